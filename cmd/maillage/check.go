package main

import (
	"context"
	"fmt"
	"strings"

	"maillage/bot/french"
	"maillage/rules"
)

// check reads configuration files together and tells every mistake, else what they cover, where they do
// not, and the words that do not tell needs apart.
func (e *environment) check(_ context.Context, args []string) error {
	o := e.flags("check")
	if err := o.parse(args); err != nil {
		return err
	}
	files := o.Args()
	if len(files) == 0 {
		files = []string{o.config}
	}
	r, err := loadRules(files...)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Out, "%s, %s, %s, %s, %s.\n", french.Count(len(r.Needs), "besoin", "besoins"),
		french.Count(len(r.Kinds), "type de partenaire", "types de partenaires"),
		french.Count(len(r.Partners), "partenaire", "partenaires"),
		french.Count(len(r.Territories), "territoire", "territoires"), french.Count(len(r.Teams), "équipe", "équipes"))
	e.printHoles(r)
	e.printShared(r)
	return nil
}

// printShared lists the words that do not tell needs apart. They are no mistakes either: « carte d'invalidité » suits two needs.
func (e *environment) printShared(r *rules.Rules) {
	shared := r.SharedWords()
	if len(shared) == 0 {
		return
	}
	fmt.Fprintln(e.Out, "Mots qui ne départagent pas ces besoins, auxquels ils appartiennent avec le même poids :")
	for _, s := range shared {
		fmt.Fprintf(e.Out, "  %s (%s) : %s\n", strings.Join(s.Needs, ", "), s.Weight, strings.Join(s.Words, ", "))
	}
}

// printHoles lists, need by need, for whom nobody can be called upon. Holes are no mistakes: they are where the network of
// partners ends.
func (e *environment) printHoles(r *rules.Rules) {
	holes := r.Holes()
	if len(holes) == 0 {
		fmt.Fprintln(e.Out, "Chaque besoin a un partenaire pour chaque âge et chaque territoire.")
		return
	}
	fmt.Fprintf(e.Out, "%s dans la couverture (besoin, âge, territoire sans partenaire) :\n", french.Count(len(holes), "trou", "trous"))
	for _, h := range holes {
		fmt.Fprintf(e.Out, "  %s, %s, %s\n", r.Need(h.Need).Name, h.Band, r.Territory(h.Territory).Name)
	}
}
