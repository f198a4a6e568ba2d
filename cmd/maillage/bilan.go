package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"maillage/bot"
	"maillage/bot/report"
	"maillage/rules"
	"maillage/store"
)

// bilan prints the paragraphs of a report and, with --sortie, writes its workbook, and beside it its tables as text and its
// pictures.
func (e *environment) bilan(ctx context.Context, args []string) error {
	o := e.flags("bilan").withStore()
	year := o.Int("annee", 0, "calendar year; the current one when not given")
	period := o.String("periode", "", "instead of a year: 2026-W47, 2026-11, 2026-T4 or 2026-03-01..2026-04-15")
	teamID := o.String("equipe", "", "id of the team; the whole service when not given")
	out := o.String("sortie", "", "the workbook, as bilan.xlsx; beside it come bilan.csv and the pictures, bilan-*.png and bilan-*.svg")
	if err := o.parse(args); err != nil {
		return err
	}
	if o.NArg() > 0 {
		return o.refuse("bilan: %q: the year is given with --annee", o.Arg(0))
	}
	if *out != "" && filepath.Ext(*out) != ".xlsx" {
		return o.refuse("--sortie %q: the workbook is a file .xlsx", *out)
	}
	r, err := o.rules()
	if err != nil {
		return err
	}
	name := *period
	switch {
	case name != "" && *year != 0:
		return o.refuse("--annee and --periode: one of the two")
	case name == "" && *year == 0:
		name = strconv.Itoa(time.Now().In(r.Service.Zone).Year())
	case name == "" && *year < 2000:
		return o.refuse("--annee %d: a year is written with four digits, as 2026", *year)
	case name == "":
		name = strconv.Itoa(*year)
	}
	p, err := store.ParsePeriod(name)
	if err != nil {
		return o.refuse("%v", err)
	}
	if p.From > time.Now().In(r.Service.Zone).Format(time.DateOnly) {
		return o.refuse("%s has not begun", p.Name)
	}
	var team *rules.Team
	if *teamID != "" {
		if team = r.Team(*teamID); team == nil {
			return o.refuse("--equipe %q: no such team in %s", *teamID, o.config)
		}
	}
	log := e.logger()
	b := &bot.Bot{Rules: r, Now: time.Now, Log: log}
	if b.Store, err = e.openStore(ctx, o, log); err != nil {
		return err
	}
	defer b.Store.Close()
	made, err := b.Report(ctx, team, p)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.Out, strings.Join(made.Paragraphs(), "\n\n"))
	if *out == "" {
		return nil
	}
	return e.writeReport(made, *out)
}

// writeReport writes every document of a report, under the name of its workbook.
func (e *environment) writeReport(b report.Bilan, workbook string) error {
	base := strings.TrimSuffix(workbook, ".xlsx")
	if err := e.writeFile(workbook, b.Workbook); err != nil {
		return err
	}
	if err := e.writeFile(base+".csv", b.CSV); err != nil {
		return err
	}
	for _, p := range b.Pictures() {
		for kind, draw := range map[string]func() ([]byte, error){"png": p.PNG, "svg": p.SVG} {
			err := e.writeFile(base+"-"+p.Name+"."+kind, func(w io.Writer) error {
				drawn, err := draw()
				if err == nil {
					_, err = w.Write(drawn)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// writeFile writes a file whole or not at all: a report half written could be taken for one.
func (e *environment) writeFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".bilan-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer os.Remove(f.Name()) // gone already when all went well
	if err := write(f); err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	fmt.Fprintln(e.Err, "written:", name)
	return nil
}
