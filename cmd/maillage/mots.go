package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maillage/bot"
	"maillage/rules"
)

// mots writes the words that the teams have attached to needs as a piece of config.yaml.
func (e *environment) mots(ctx context.Context, args []string) error {
	o := e.flags("mots").withStore()
	team := o.String("equipe", "", "id of the team; all of them when not given")
	if err := o.parse(args); err != nil {
		return err
	}
	r, err := o.rules()
	if err != nil {
		return err
	}
	if *team != "" && r.Team(*team) == nil {
		return o.refuse("--equipe %q: no such team in %s", *team, o.config)
	}
	s, err := e.openStore(ctx, o, e.logger())
	if err != nil {
		return err
	}
	defer s.Close()
	words, _, err := s.Words(ctx)
	if err != nil {
		return err
	}
	var own []map[string]string
	for _, t := range r.Teams {
		if *team == "" || t.ID == r.Team(*team).ID {
			own = append(own, bot.WordsOf(&t, words))
		}
	}
	fmt.Fprint(e.Out, wordsYAML(r, own))
	return nil
}

// wordsYAML writes the words of teams as the sections besoins and lecture of config.yaml. A need that the rules no longer have is
// left out with its words.
func wordsYAML(r *rules.Rules, teams []map[string]string) string {
	of := map[string][]string{} // by need, "" for the words in which nothing is to be read
	for _, words := range teams {
		for _, word := range slices.Sorted(maps.Keys(words)) {
			id := words[word]
			if n := r.Need(id); n != nil {
				id = n.ID
			} else if id != "" {
				continue
			}
			if !slices.Contains(of[id], word) {
				of[id] = append(of[id], word)
			}
		}
	}
	if len(of) == 0 {
		return "# Aucun mot d'équipe : un chef de service en ajoute avec /mots.\n"
	}
	var b strings.Builder
	b.WriteString("# Les mots ajoutés par les équipes avec /mots. À recopier dans config.yaml : si une section y est déjà,\n" +
		"# ajoutez-y seulement ce qui suit son nom.\n")
	if masks := of[""]; len(masks) > 0 {
		fmt.Fprintf(&b, "lecture:\n  masques: %s\n", strings.Join(masks, ", "))
		delete(of, "")
	}
	if len(of) > 0 {
		b.WriteString("besoins:\n")
	}
	for _, n := range r.Needs {
		if len(of[n.ID]) > 0 {
			fmt.Fprintf(&b, "  - id: %s   # %s\n    mots:\n      forts: %s\n", n.ID, n.Name, strings.Join(of[n.ID], ", "))
		}
	}
	return b.String()
}
