package bot

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"maillage/bot/french"
	"maillage/bot/report"
	"maillage/rules"
	"maillage/store"
)

// showBilan answers /bilan and its arrows: the figures of the year, of the one named, or of any other period. A chef de service who
// writes it also gets the report: its paragraphs, ready to paste, and its documents.
func showBilan(t *turn, value string) error {
	p, ok := readPeriod(value, t.now)
	if !ok && value != "" && t.in.What == Text {
		t.say(unknownPeriod)
		return nil
	}
	switch {
	case !ok:
		p = store.YearPeriod(t.now.Year())
	case p.From > t.now.Format(time.DateOnly):
		t.say(periodToCome)
		return nil
	}
	m, _, err := t.bot.periodMessage(t.ctx, t.chat.Member, p, t.now, false)
	if err != nil {
		return err
	}
	m.Rows = append(m.Rows, periodArrows(p, t.now))
	if t.chat.Member.Role != chef {
		t.show(m)
		return nil
	}
	m.Rows = append(m.Rows, reportRows(p)...)
	t.show(m)
	if t.in.What != Text {
		return nil
	}
	b, name, err := t.report(p)
	if err != nil {
		return err
	}
	t.reply.Send = append(t.reply.Send, paragraphMessages(b, name)...)
	t.reply.Send = append(t.reply.Send, documents(b, name)...)
	return nil
}

func reportRows(p store.Period) [][]Button {
	button := func(label, step string) Button { return Button{Label: label, Data: Data{Step: step, Value: p.Name}} }
	return [][]Button{
		{button("Texte à coller", "texte"), button("Classeur et images", "documents")},
		{button("CSV et SVG", "autres"), button("Besoins sans partenaire", "trous")},
	}
}

// report makes the report of a period for the chef of a team, and the name of its files.
func (t *turn) report(p store.Period) (report.Bilan, string, error) {
	b, err := t.bot.Report(t.ctx, t.team, p)
	return b, "bilan-" + fileName(p.Name) + "-" + t.team.ID, err
}

func fileName(period string) string { return strings.ReplaceAll(period, "..", "-au-") }

// Report reads everything that the report of a period is made of: of a team, of the whole service when it is nil.
func (b *Bot) Report(ctx context.Context, team *rules.Team, p store.Period) (report.Bilan, error) {
	now := b.Now().In(b.Rules.Service.Zone)
	checked, err := b.checkedRules(ctx)
	if err != nil {
		return report.Bilan{}, err
	}
	r := report.Bilan{Rules: checked, Whose: b.Rules.Service.Name}
	var scope store.Scope
	if team != nil {
		scope, r.Whose = store.Scope{Teams: teamIDs(team)}, team.Name
	}
	if today := now.Format(time.DateOnly); p.To > today {
		r.Until = today
	}
	if r.Summary, r.Alone, err = b.summary(ctx, scope, p, now.Format(time.DateOnly)); err != nil {
		return r, err
	}
	if r.Evaluation, err = b.Store.Evaluation(ctx, scope, p); err != nil {
		return r, fmt.Errorf("read evaluation: %w", err)
	}
	if err := b.addMonths(ctx, &r, scope); err != nil {
		return r, err
	}
	if p.IsYear() {
		if err := b.addTerritories(ctx, &r, scope); err != nil {
			return r, err
		}
	}
	return r.Present(), nil
}

// addMonths reads the months of the period that have begun, and those of the year before.
func (b *Bot) addMonths(ctx context.Context, r *report.Bilan, scope store.Scope) error {
	months := slices.DeleteFunc(r.Summary.Period.Months(), func(m store.Period) bool { return r.Until != "" && m.From > r.Until })
	var all []store.Period
	for _, m := range months {
		all = append(all, m, sameDays(m, r.Until))
	}
	figures, err := b.Store.Figures(ctx, scope, all...)
	if err != nil {
		return fmt.Errorf("read months: %w", err)
	}
	for i, m := range months {
		month := report.Month{Period: m, Figures: figures[2*i]}
		if !r.Alone {
			month.YearAgo = figures[2*i+1]
		}
		r.Months = append(r.Months, month)
	}
	return nil
}

// sameDays is a month a year before, up to the day of until when the month is not over.
func sameDays(m store.Period, until string) store.Period {
	ago := m.YearAgo()
	if until == "" || m.To <= until {
		return ago
	}
	if cut, err := store.ParsePeriod(ago.From + ".." + ago.From[:8] + until[8:]); err == nil {
		return cut
	}
	return ago
}

// addTerritories reads the figures of each quartier; of the period before, its actions.
func (b *Bot) addTerritories(ctx context.Context, r *report.Bilan, scope store.Scope) error {
	before := r.Summary.Before.Territories
	both := maps.Clone(r.Summary.Now.Territories)
	maps.Copy(both, before)
	ids := slices.Sorted(maps.Keys(both))
	now, err := b.Store.InTerritories(ctx, scope, r.Summary.Period.First().Year(), ids...)
	if err != nil {
		return fmt.Errorf("read territories: %w", err)
	}
	for i, id := range ids {
		r.Territories = append(r.Territories, report.Territory{ID: id, Now: now[i], Before: store.Figures{Actions: before[id]}})
	}
	return nil
}

// paragraphMessages are the paragraphs of a report, in as few messages as Telegram takes.
func paragraphMessages(b report.Bilan, _ string) []Message {
	var all []Message
	text := ""
	for _, p := range b.Paragraphs() {
		p = french.Escape(p)
		if len(text)+len(p) > maxText { // bytes: surely not more UTF-16 units
			all = append(all, Message{Text: text})
			text = ""
		}
		text = paragraphs(text, p)
	}
	return append(all, Message{Text: text})
}

// documents are the workbook and the pictures.
func documents(b report.Bilan, name string) []Message {
	all := []Message{{Text: "Le classeur : un tableau par feuille, avec ses graphiques.", File: &File{Name: name + ".xlsx", Write: b.Workbook}}}
	for _, p := range b.Pictures() {
		all = append(all, Message{Text: p.Title, File: bytesFile(name+"-"+p.Name+".png", p.PNG)})
	}
	return all
}

// otherDocuments are for other programs: every table as text, and the pictures as drawings.
func otherDocuments(b report.Bilan, name string) []Message {
	all := []Message{{Text: "Tous les tableaux en un fichier texte, pour un autre logiciel.", File: &File{Name: name + ".csv", Write: b.CSV}}}
	for _, p := range b.Pictures() {
		all = append(all, Message{Text: p.Title + ", à agrandir sans perte.", File: bytesFile(name+"-"+p.Name+".svg", p.SVG)})
	}
	return all
}

func bytesFile(name string, draw func() ([]byte, error)) *File {
	return &File{Name: name, Write: func(w io.Writer) error {
		drawn, err := draw()
		if err != nil {
			return err
		}
		_, err = w.Write(drawn)
		return err
	}}
}

// onReport makes the answer to a button under a bilan, from the report of the period that the button names.
func onReport(answer func(b report.Bilan, name string) []Message) func(*turn, string) error {
	return forChef(func(t *turn, value string) error {
		p, ok := readPeriod(value, t.now)
		if !ok {
			t.say(unknownPeriod)
			return nil
		}
		b, name, err := t.report(p)
		if err != nil {
			return err
		}
		t.reply.Send = append(t.reply.Send, answer(b, name)...)
		return nil
	})
}

// holesMessage says where the network has holes.
func holesMessage(b report.Bilan, _ string) []Message { return []Message{{Text: b.Holes()}} }
