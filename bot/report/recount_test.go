package report

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"maillage/bot/french"
	"maillage/store"
)

// recount counts actions again by the name of what they are counted under, as a reader with the records would.
func recount(b Bilan, actions []store.Action) map[string]int {
	r, n := b.Rules, map[string]int{}
	add := func(by int, names ...string) { n[french.Typeset(strings.Join(names, "/"))] += by }
	for _, a := range actions {
		place := placeOf(b, a.Territory)
		add(1, "Types d’action", typeName(r, a.Type))
		add(a.Count, "Publics", "Tranche d’âge", bandNamed(a.Band))
		add(a.Count, "Publics", "Genre", genderNamed(a.Gender))
		add(a.Count, "Âges par quartier", bandNamed(a.Band), place)
		add(1, "Quartiers", place, "Actions")
		add(a.Count, "Quartiers", place, "Jeunes rencontrés")
		day, _ := time.Parse(time.DateOnly, a.Day)
		month := strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")[day.Month()-1]
		add(1, "Mois", month, "Actions")
		add(a.Count, "Mois", month, "Jeunes rencontrés")
		if a.First {
			add(1, "Quartiers", place, "Premiers contacts")
		}
		for _, d := range a.Domains {
			add(1, "Domaines", domainName(r, d))
			add(1, "Domaines par quartier", domainName(r, d), place)
		}
		for _, need := range a.Needs {
			add(1, "Besoins", needName(r, need))
			if len(a.Partners) == 0 {
				add(1, "Sans", needName(r, need))
				add(1, "Trous du réseau", needName(r, need), place)
			}
		}
		for _, p := range a.Partners {
			add(1, "Partenaires", partnerName(r, p.Partner))
			add(1, "Types de partenaire", kindName(r, p.Kind))
			add(1, "Mois", month, "Sollicitations")
			add(1, "Quartiers", place, "Sollicitations")
			add(1, "Résultats", "Manière", named(hows, p.How))
			if p.Result == "" {
				add(1, "Résultats", "Résultat", "Réunion, sans résultat à attendre")
			} else {
				add(1, "Résultats", "Résultat", named(results, p.Result))
				add(1, "Partenaires", partnerName(r, p.Partner), named(results, p.Result))
			}
			if p.Result == store.TakenUp {
				add(1, "Quartiers", place, "Prises en charge")
			}
		}
	}
	return n
}

// placeOf names a quartier as the tables do: by its own name, or that of those it is put with.
func placeOf(b Bilan, territory string) string {
	elsewhere := place{}
	for _, p := range b.places() {
		if p.id == territory {
			return b.placeNamed(p)
		}
		if p.and || p.id == unsaid {
			elsewhere = p
		}
	}
	return b.placeNamed(elsewhere)
}

// TestRecount counts every year again from its records and looks at each cell that is not hidden: the figure, its share, and the
// difference of two shares as they are printed.
func TestRecount(t *testing.T) {
	r, checked := city(t), 0
	for _, actions := range []int{0, 1, 7, 60, 900} {
		b := yearOf(r, actions)
		now, before := recount(b, invented(r, 2026, actions)), recount(b, invented(r, 2025, actions-actions/5))
		same := func(table Table, row []any, cell any, want int) {
			t.Helper()
			if n, ok := cell.(int); ok {
				checked++
				if n != want {
					t.Errorf("%d actions, %s, %v: %d, counted %d", actions, table.Sheet, row, n, want)
				}
			}
		}
		wholes := map[string][2]int{"Publics": {b.Summary.Now.Young, b.Summary.Before.Young},
			"Types de partenaire": {b.Summary.Now.Solicitations(), b.Summary.Before.Solicitations()}, "Résultats": {b.Summary.Now.Solicitations(), b.Summary.Before.Solicitations()}}
		for _, table := range b.Tables() {
			rows := table.Rows
			if table.Total {
				rows = rows[:len(rows)-1]
			}
			for _, row := range rows {
				name := fmt.Sprint(row[0])
				switch table.Sheet {
				case "Domaines", "Types d’action", "Besoins", "Publics", "Types de partenaire", "Résultats":
					key, at := table.Sheet+"/"+name, table.Keys
					switch {
					case name == "Ensemble" || name == "Premiers contacts":
						continue
					case table.Sheet != "Besoins" && at == 2:
						key += "/" + fmt.Sprint(row[1])
					case table.Sheet == "Besoins":
						same(table, row, row[len(row)-1], now["Sans/"+name])
					}
					same(table, row, row[at], now[key])
					of := [2]int{b.Summary.Now.Actions, b.Summary.Before.Actions}
					if w, ok := wholes[table.Sheet]; ok {
						of = w
					}
					holdShare(t, table, row[at], row[at+1], of[0])
					if b.compared() {
						same(table, row, row[at+2], before[key])
						holdShare(t, table, row[at+2], row[at+3], of[1])
					}
				case "Mois", "Quartiers", "Domaines par quartier", "Âges par quartier":
					for i, title := range table.Columns[1:] {
						key := table.Sheet + "/" + name + "/" + title
						if title == "Actions 2025" {
							same(table, row, row[i+1], before["Quartiers/"+name+"/Actions"])
						} else if _, other := map[string]bool{"Ensemble": true, "Écart": true, "Partenaires distincts": true, "Partenaires sollicités": true}[title]; !other {
							same(table, row, row[i+1], now[key])
						}
					}
				case "Partenaires":
					same(table, row, row[3], now["Partenaires/"+name])
					for i, title := range table.Columns {
						if title == "Pris en charge" || title == "Refus" || title == "Sans suite" || title == "En attente" {
							same(table, row, row[i], now["Partenaires/"+name+"/"+title])
						}
					}
				case "Trous du réseau":
					if place := fmt.Sprint(row[2]); place != "Autres, réunis" && place != string(Untold) {
						same(table, row, row[3], now["Trous du réseau/"+name+"/"+place])
					}
				}
			}
		}
	}
	if checked < 1000 {
		t.Errorf("only %d figures were looked at", checked)
	}
}

func holdShare(t *testing.T, table Table, n, share any, of int) {
	t.Helper()
	count, ok := n.(int)
	if !ok || of == 0 {
		if _, told := share.(Share); told {
			t.Errorf("%s: %v of %d has the share %v", table.Sheet, n, of, share)
		}
		return
	}
	if want := Share(math.Floor(100*float64(count)/float64(of) + 0.5)); share != want {
		t.Errorf("%s: %d of %d is %v, want %v", table.Sheet, count, of, share, want)
	}
}

// TestPartOfMonths has no table and no picture of months where the period has but a part of some: their figures are of whole months.
func TestPartOfMonths(t *testing.T) {
	b := yearOf(city(t), 900)
	for name, want := range map[string]bool{"2026": true, "2026-T4": true, "2026-W49": false, "2026-03-01..2026-04-15": false, "2026-03-01..2026-04-30": true, "2026-03": false} {
		p, err := store.ParsePeriod(name)
		if err != nil {
			t.Fatal(err)
		}
		b.Summary.Period, b.Months = p, nil
		for _, m := range p.Months() {
			b.Months = append(b.Months, Month{Period: m, Figures: store.Figures{Actions: 9, Young: 9}})
		}
		if got := len(b.monthTable().Rows) > 0; got != want {
			t.Errorf("%s: a table of months is %v", name, got)
		}
		if got := len(b.monthChart().Bars) > 0; got != want {
			t.Errorf("%s: a picture of months is %v", name, got)
		}
	}
}

// TestMeanWait says the same delay in a report and in the record of a partner.
func TestMeanWait(t *testing.T) {
	for want, w := range map[string]store.Wait{"moins d’un jour": {Days: 1, Answers: 3}, "un jour": {Days: 1, Answers: 2}, "2 jours": {Days: 3, Answers: 2}} {
		if got := meanWait(w); got != want {
			t.Errorf("%v: %q, want %q", w, got, want)
		}
	}
	b := Bilan{Rules: town(t), Summary: store.Summary{Now: store.Figures{Partners: counts{"ml": 1}}}, Evaluation: store.Evaluation{Waits: map[string]store.Wait{"ml": {Answers: 1}}}}
	if got := b.PartnerRecord("ml", 2025, "", time.Time{}); !strings.Contains(got, "Réponse en moins d’un jour en moyenne, sur 1 réponse datée") {
		t.Errorf("the record says %q", got)
	}
}
