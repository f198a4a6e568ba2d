package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"maillage/rules"
)

// maxLine bounds a line of standard input, in bytes: a JSON object around a message of Telegram's greatest length.
const maxLine = 64 * 1024

// read understands the sentences of standard input, a line each.
func (e *environment) read(_ context.Context, args []string) error {
	o := e.flags("read")
	jsonl := o.Bool("jsonl", false, `lines of {"id","text"} -> a JSON object a line`)
	if err := o.parse(args); err != nil {
		return err
	}
	r, err := o.rules()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(e.Out)
	defer out.Flush()
	in := bufio.NewScanner(e.In)
	in.Buffer(nil, maxLine)
	for n := 1; in.Scan(); n++ {
		if !*jsonl {
			fmt.Fprint(out, inWords(r, r.Read(in.Text())))
			continue
		}
		var line struct {
			ID   json.RawMessage `json:"id"`
			Text string          `json:"text"`
		}
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			return fmt.Errorf(`line %d: want {"id","text"}: %w`, n, err)
		}
		if err := json.NewEncoder(out).Encode(wireReading(r, line.ID, r.Read(line.Text))); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return in.Err()
}

// reading is a Reading as scripts see it. What was not said is null.
type reading struct {
	ID       json.RawMessage `json:"id"`
	Domains  []string        `json:"domains"`
	Needs    []string        `json:"needs"`
	Partners []namedPartner  `json:"partners"`
	Age      *int            `json:"age"`
	Count    *int            `json:"count"`
	Gender   *string         `json:"gender"`
	Type     *string         `json:"action_type"`
	Place    *string         `json:"territory"`
	When     *string         `json:"when"`
	FollowUp *string         `json:"followup"`
	PII      []personal      `json:"pii"`
	Why      []string        `json:"why"`
}

type personal struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

type namedPartner struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// wireType gives, for the kinds of work that the wire has no word for, the one that they are a part of.
var wireType = map[string]string{"chantier-educatif": "action-collective", "accompagnement-famille": "accompagnement-individuel"}

// wireGender says a gender as the wire does: f, m, null when mixed or not said.
var wireGender = map[string]string{"fille": "f", "garcon": "m"}

func wireReading(r *rules.Rules, id json.RawMessage, read rules.Reading) reading {
	w := reading{
		ID: id, Domains: append([]string{}, read.Domains...), Needs: []string{}, Partners: []namedPartner{}, PII: []personal{}, Why: []string{},
		Age: said(read.Age), Count: said(read.Count), Gender: said(wireGender[read.Gender]), Type: said(cmp.Or(wireType[read.ActionType], read.ActionType)), Place: said(read.Territory),
		When: said(read.When), FollowUp: said(read.FollowUp),
	}
	if id == nil {
		w.ID = json.RawMessage("null")
	}
	for _, p := range read.Personal {
		w.PII = append(w.PII, personal{p.Kind, p.Text})
	}
	for _, n := range read.Needs {
		w.Needs = append(w.Needs, n.ID)
		w.Why = append(w.Why, strings.Join(n.Words, ", ")+" -> "+n.ID)
	}
	for _, p := range partnersOf(r, read) {
		w.Partners = append(w.Partners, namedPartner{p.Name, kindName(r, p)})
	}
	return w
}

// partnersOf returns the partners that answer a reading: those it names, then those suggested for its needs.
func partnersOf(r *rules.Rules, read rules.Reading) []*rules.Partner {
	var all []*rules.Partner
	for _, p := range read.Partners {
		if p := r.Partner(p.Partner); p != nil {
			all = append(all, p)
		}
	}
	for _, s := range r.Suggest(queryOf(read), today(r)) {
		all = append(all, s.Partner)
	}
	return unique(all)
}

func unique(all []*rules.Partner) []*rules.Partner {
	seen := map[string]bool{}
	var kept []*rules.Partner
	for _, p := range all {
		if !seen[p.ID] {
			kept = append(kept, p)
		}
		seen[p.ID] = true
	}
	return kept
}

func kindName(r *rules.Rules, p *rules.Partner) string {
	if k := r.Kind(p.Kind); k != nil {
		return k.Name
	}
	return p.Kind
}

// said points to a value, nil when it is the zero value: not said.
func said[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// inWords says a reading to a person trying a sentence in a terminal.
func inWords(r *rules.Rules, read rules.Reading) string {
	var b strings.Builder
	for _, n := range read.Needs {
		fmt.Fprintf(&b, "%s : « %s »\n", r.Need(n.ID).Name, strings.Join(n.Words, " », « "))
	}
	for _, p := range partnersOf(r, read) {
		fmt.Fprintf(&b, "  %s\n", p.Name)
	}
	for _, p := range read.Personal {
		fmt.Fprintf(&b, "non gardé : « %s »\n", p.Text)
	}
	return cmp.Or(b.String(), "rien de reconnu\n") + "\n"
}
