package report

import (
	"fmt"
	"strings"
	"testing"

	"maillage/bot/french"
	"maillage/rules"
	"maillage/store"
)

// attack is a reader who puts everything printed in a report together: what each figure can be, and how figures add up.
type attack struct {
	known map[string]*[2]int
	truth map[string]int
	sums  [][]string // the first is the sum of the others
	under [][2]string
}

func (a *attack) figure(name string, truth int) string {
	name = french.Typeset(name) // as it is printed
	if a.known[name] == nil {
		a.known[name] = &[2]int{0, 1 << 20}
	}
	a.truth[name] = truth
	return name
}

func (a *attack) reads(name string, cell any) {
	k := a.known[name]
	if k == nil {
		return
	}
	switch cell := cell.(type) {
	case int:
		k[0], k[1] = max(k[0], cell), min(k[1], cell)
	case Mask:
		if cell == Few {
			k[0], k[1] = max(k[0], 1), min(k[1], 4)
		}
	}
}

// deduce narrows what each figure can be until nothing more follows.
func (a *attack) deduce() {
	for again := true; again; {
		again = false
		narrow := func(name string, low, high int) {
			k := a.known[name]
			if low > k[0] || high < k[1] {
				k[0], k[1], again = max(k[0], low), min(k[1], high), true
			}
		}
		for _, u := range a.under {
			narrow(u[0], 0, a.known[u[1]][1])
			narrow(u[1], a.known[u[0]][0], 1<<20)
		}
		for _, s := range a.sums {
			low, high := 0, 0
			for _, part := range s[1:] {
				low, high = low+a.known[part][0], high+a.known[part][1]
			}
			narrow(s[0], low, high)
			all := *a.known[s[0]]
			for _, part := range s[1:] {
				k := *a.known[part]
				narrow(part, all[0]-(high-k[1]), all[1]-(low-k[0]))
			}
		}
	}
}

// attacked reads the tables of a report of a calendar year.
func attacked(b Bilan) *attack {
	a := &attack{known: map[string]*[2]int{}, truth: map[string]int{}}
	r, now := b.Rules, b.Summary.Now
	a.figure("jeunes", now.Young)
	a.figure("premiers", now.First)
	a.figure("actions", now.Actions)
	whole := func(sum string, parts []string) { a.sums = append(a.sums, append([]string{sum}, parts...)) }
	var bands, gendered, months []string
	for _, band := range rules.Bands {
		bands = append(bands, a.figure("âge "+band.Name, now.Bands[band.ID]))
	}
	for _, g := range genders {
		gendered = append(gendered, a.figure("genre "+g[1], now.Genders[g[0]]))
	}
	for _, m := range b.Months {
		months = append(months, a.figure("mois "+m.Period.First().Format("1"), m.Young))
	}
	whole("jeunes", bands)
	whole("jeunes", gendered)
	whole("jeunes", months)
	places := map[string][]string{}
	for _, t := range b.Territories {
		at := " à " + territoryName(r, t.ID)
		for what, n := range map[string]int{"actions": t.Now.Actions, "jeunes": t.Now.Young, "premiers": t.Now.First} {
			places[what] = append(places[what], a.figure(what+at, n))
		}
		a.figure("sollicitations"+at, t.Now.Solicitations())
		a.figure("prises"+at, t.Now.Results[store.TakenUp])
		a.figure("distincts"+at, len(t.Now.Partners))
		a.under = append(a.under, [2]string{"premiers" + at, "actions" + at}, [2]string{"prises" + at, "sollicitations" + at}, [2]string{"distincts" + at, "sollicitations" + at})
		var here []string
		for _, band := range rules.Bands {
			here = append(here, a.figure("âge "+band.Name+at, t.Now.Bands[band.ID]))
			places["âge "+band.Name] = append(places["âge "+band.Name], "âge "+band.Name+at)
		}
		whole("jeunes"+at, here)
		for _, d := range r.Domains {
			a.figure("domaine "+d.Name, now.Domains[d.ID])
			places["domaine "+d.Name] = append(places["domaine "+d.Name], a.figure("domaine "+d.Name+at, t.Now.Domains[d.ID]))
			a.under = append(a.under, [2]string{"domaine " + d.Name + at, "actions" + at})
		}
	}
	taken, _ := now.TakenUp()
	for sum, n := range map[string]int{"sollicitations": now.Solicitations(), "prises": taken} {
		a.known[a.figure(sum, n)] = &[2]int{n, n}
		for _, t := range b.Territories {
			places[sum] = append(places[sum], sum+" à "+territoryName(r, t.ID))
		}
	}
	for sum, parts := range places {
		whole(sum, parts)
	}
	a.readNeeds(b)
	for _, t := range b.Tables() {
		a.readTable(t)
	}
	return a
}

func (a *attack) readNeeds(b Bilan) {
	now := b.Summary.Now
	of := map[string][]string{}
	for _, n := range b.Rules.Needs {
		domain := "domaine " + domainName(b.Rules, n.Domain)
		need, unmet := a.figure("besoin "+n.Name, now.Needs[n.ID]), a.figure("sans "+n.Name, now.Unmet[n.ID])
		a.under = append(a.under, [2]string{unmet, need}, [2]string{need, domain})
		of[n.Domain] = append(of[n.Domain], need)
		holes := map[string]int{}
		for _, h := range b.Evaluation.Holes {
			if h.Need == n.ID {
				holes[h.Territory] += h.Times
			}
		}
		var all []string
		for _, t := range b.Territories {
			at := " à " + territoryName(b.Rules, t.ID)
			all = append(all, a.figure("sans "+n.Name+at, holes[t.ID]))
			a.under = append(a.under, [2]string{all[len(all)-1], domain + at})
		}
		a.sums = append(a.sums, append([]string{unmet}, all...))
	}
	for id, needs := range of {
		sum := 0
		for _, n := range needs {
			sum += a.truth[n]
		}
		if sum == now.Domains[id] { // a reader may well suppose so
			a.sums = append(a.sums, append([]string{"domaine " + domainName(b.Rules, id)}, needs...))
		}
	}
}

// readTable takes what is in one table for the figures that it is of.
func (a *attack) readTable(t Table) {
	for i, row := range t.Rows {
		name, _ := row[0].(string)
		last := t.Total && i == len(t.Rows)-1
		switch t.Sheet {
		case "Synthèse":
			for begins, figure := range map[string]string{"Jeunes rencontrés": "jeunes", "Premiers contacts": "premiers", "Actions distinctes": "actions"} {
				if strings.HasPrefix(name, begins) {
					a.reads(figure, row[1])
				}
			}
		case "Publics":
			a.reads(map[string]string{"Tranche d’âge": "âge ", "Genre": "genre "}[name]+row[1].(string), row[2])
		case "Mois":
			a.reads(fmt.Sprint("mois ", i+1), row[2])
		case "Domaines":
			a.reads("domaine "+name, row[1])
		case "Besoins":
			if isMask(row[2]) && (len(row) < 6 || row[4] == 0) { // that it stands there tells that it is not 0
				a.known["besoin "+name][0] = max(a.known["besoin "+name][0], 1)
			}
			a.reads("besoin "+name, row[2])
			a.reads("sans "+name, row[len(row)-1])
		case "Trous du réseau":
			a.reads("sans "+name+" à "+row[2].(string), row[3])
		case "Quartiers":
			if isMask(row[1]) && a.known["actions à "+name] != nil && (len(row) < 8 || row[7] == 0) {
				a.known["actions à "+name][0] = max(a.known["actions à "+name][0], 1)
			}
			for j, what := range []string{"actions", "jeunes", "premiers", "sollicitations", "prises", "distincts"} {
				a.reads(what+" à "+name, row[1+j])
			}
		case "Domaines par quartier", "Âges par quartier":
			for j, title := range t.Columns[1:] {
				if !last {
					a.reads(map[string]string{"D": "domaine ", "T": "âge "}[t.Columns[0][:1]]+name+" à "+title, row[1+j])
				}
			}
		}
	}
}

// TestNothingIsGivenAway adds up and subtracts all that is printed in the reports of many small teams: no figure from 1 to 4 about
// young people, needs or quartiers may come out.
func TestNothingIsGivenAway(t *testing.T) {
	r := city(t)
	narrowed := 0
	for actions := 1; actions < 400; actions += 1 + actions/12 {
		b := yearOf(r, actions)
		if actions%2 == 0 {
			b.Summary.Before, b.Summary.YearAgo = store.Figures{}, store.Figures{}
			for i := range b.Territories {
				b.Territories[i].Before = store.Figures{}
			}
		}
		a := attacked(b)
		a.deduce()
		for name, n := range a.truth {
			k := a.known[name]
			if n < k[0] || n > k[1] {
				t.Fatalf("%d actions: %s is %d, and read as %v", actions, name, n, *k)
			}
			if k[1]-k[0] < 1<<19 && k[0] < k[1] {
				narrowed++
			}
			if 0 < n && n < fewest && k[0] == k[1] && name != "actions" && !domainOnly(name) && !partnersOnly(name) {
				t.Errorf("%d actions: %s is read to be %d", actions, name, n)
			}
		}
	}
	if narrowed == 0 {
		t.Error("nothing was read")
	}
}

// domainOnly: the domains of the whole are always told.
func domainOnly(name string) bool {
	return strings.HasPrefix(name, "domaine ") && !strings.Contains(name, " à ")
}

// partnersOnly: so are the partners, and what is asked of them in all.
func partnersOnly(name string) bool {
	return strings.HasPrefix(name, "distincts") || name == "prises" || name == "sollicitations"
}
