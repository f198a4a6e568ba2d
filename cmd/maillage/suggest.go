package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"maillage/rules"
)

// suggest reads one sentence and lists the partners that fit.
func (e *environment) suggest(_ context.Context, args []string) error {
	o := e.flags("suggest")
	asJSON := o.Bool("json", false, "one JSON object")
	age := o.Int("age", 0, "age in years, when the sentence does not say it")
	territory := o.String("territoire", "", "id of the territory, when the sentence does not say it")
	if err := o.parse(args); err != nil {
		return err
	}
	if o.NArg() == 0 {
		return o.refuse("suggest: a sentence is missing (flags come before it)")
	}
	r, err := o.rules()
	if err != nil {
		return err
	}
	if *territory != "" && r.Territory(*territory) == nil {
		return o.refuse("--territoire %q: no such territory in %s", *territory, o.config)
	}
	if *age < 0 || *age > 120 {
		return o.refuse("--age %d: want years", *age)
	}
	read := r.Read(strings.Join(o.Args(), " "))
	if *age > 0 {
		read.Age = *age
	}
	if *territory != "" {
		read.Territory = *territory
	}
	answer := answerTo(r, read)
	if *asJSON {
		return json.NewEncoder(e.Out).Encode(answer)
	}
	if len(answer.Suggestions) == 0 {
		fmt.Fprintln(e.Out, "Aucun besoin reconnu, ou aucun partenaire qui convienne.")
	}
	for _, step := range answer.Urgency {
		fmt.Fprintln(e.Out, "!", step)
	}
	for _, s := range answer.Suggestions {
		fmt.Fprintf(e.Out, "%s : %s\n", s.Name, s.Why)
	}
	return nil
}

// answer is a suggestion as scripts see it.
type answer struct {
	Needs       []string     `json:"needs"`
	Domains     []string     `json:"domains"`
	Suggestions []suggestion `json:"suggestions"`
	Urgency     []string     `json:"urgence"`
}

type suggestion struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
	Why  string `json:"why"`
}

func answerTo(r *rules.Rules, read rules.Reading) answer {
	a := answer{Needs: []string{}, Domains: append([]string{}, read.Domains...), Suggestions: []suggestion{}, Urgency: []string{}}
	for _, n := range read.Needs {
		a.Needs = append(a.Needs, n.ID)
		if u := r.Need(n.ID).Urgency; u != nil {
			a.Urgency = append(a.Urgency, u.Steps...)
		}
	}
	for _, s := range r.Suggest(queryOf(read), today(r)) {
		a.Suggestions = append(a.Suggestions, suggestion{s.Partner.ID, s.Partner.Name, s.Partner.Kind, s.Why})
	}
	return a
}

// queryOf asks for partners with all that a reading says.
func queryOf(read rules.Reading) rules.Query {
	var needs, said []string
	for _, n := range read.Needs {
		needs, said = append(needs, n.ID), append(said, n.Words...)
	}
	q := rules.Ask(needs, read.Age, read.Band, read.Territory, read.Situations)
	q.Said = said
	return q
}

func today(r *rules.Rules) time.Time { return time.Now().In(r.Service.Zone) }
