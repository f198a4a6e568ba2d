package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"maillage/bot/french"
	"maillage/rules"
	"maillage/store"
)

// solicited is what became of the solicitations of one partner.
type solicited struct {
	results map[string]int // by store.TakenUp and so on
	needs   map[string]int
}

func (b Bilan) solicited() map[string]solicited {
	all := map[string]solicited{}
	for _, o := range b.Evaluation.Outcomes {
		if all[o.Partner].results == nil {
			all[o.Partner] = solicited{map[string]int{}, map[string]int{}}
		}
		if o.Need == "" {
			all[o.Partner].results[o.Result] += o.Times
		} else {
			all[o.Partner].needs[o.Need] += o.Times
		}
	}
	return all
}

func (b Bilan) partnerTable() Table {
	s := b.Summary
	t := Table{
		Sheet: "Partenaires", Title: "Partenaires sollicités, et ce qu’il en est advenu",
		Note: "Une action qui sollicite deux partenaires compte une sollicitation pour chacun. Taux de prise en charge : parmi les issues connues. " +
			"Délai : du jour de l’action au jour où la réponse a été connue, pour les réponses datées. Besoins : les trois plus fréquents, sans leur nombre, à partir de 5 sollicitations chacun. " +
			"Nouveau : non sollicité depuis le début de l’année précédente.",
		Columns: []string{"Partenaire", "Type", "Cadre", "Sollicitations", "Part"},
	}
	if b.compared() {
		t.Columns = append(t.Columns, "Sollicitations "+titleOf(s.Period.Before()), "Écart")
	}
	t.Columns = append(t.Columns, "Pris en charge", "Refus", "Sans suite", "En attente", "Réunions", "Taux de prise en charge", "Délai moyen (jours)",
		"Réponses datées", "Besoins", "Dernier contact", "Nouveau", "Horaires", "Conditions", "Vérifié le")
	came, sum, named := b.solicited(), s.Now.Solicitations(), b.namedNeeds()
	for _, id := range b.partnersByTimes() {
		n := s.Now.Partners[id]
		p, row := b.partner(id), []any{}
		row = append(row, p.Name, p.Kind, p.Framework, n, shareOf(n, sum))
		if b.compared() {
			row = append(row, s.Before.Partners[id], Difference(n-s.Before.Partners[id]))
		}
		row = append(row, b.answers(n, came[id].results, b.Evaluation.Waits[id])...)
		row = append(row, b.mainNeeds(named, came[id].needs), b.lastContact(id), mark(slices.Contains(s.New, id)), p.Hours, p.Terms, date(p.Checked))
		t.Rows = append(t.Rows, row)
	}
	return t
}

// lastContact is the last month in which a partner was called upon, as far as the report has months.
func (b Bilan) lastContact(id string) any {
	for _, m := range slices.Backward(b.months()) {
		if m.Partners[id] > 0 {
			return french.Month(m.Period.First()) + " " + strconv.Itoa(m.Period.First().Year())
		}
	}
	return nil
}

// partnersByTimes are the partners called upon, the most often first, then by name.
func (b Bilan) partnersByTimes() []string {
	times := b.Summary.Now.Partners
	return slices.SortedFunc(maps.Keys(times), func(x, y string) int {
		return cmp.Or(cmp.Compare(times[y], times[x]),
			cmp.Compare(rules.Fold(partnerName(b.Rules, x)), rules.Fold(partnerName(b.Rules, y))), cmp.Compare(x, y))
	})
}

// partner is what is written of a partner, its kind by name; of one that was taken out of the rules only its id is known.
func (b Bilan) partner(id string) rules.Partner {
	found := b.Rules.Partner(id)
	if found == nil {
		return rules.Partner{Name: id, Kind: "retiré de la configuration"}
	}
	p := *found
	p.Checked = b.Rules.CheckedOn(found)
	if p.Closed {
		p.Name += " (fermé)"
	}
	p.Kind = kindName(b.Rules, p.Kind)
	return p
}

// answers are the cells of what n solicitations came to. Those without any result were meetings.
func (b Bilan) answers(n int, results map[string]int, wait store.Wait) []any {
	taken, refused, nothing, awaited := results[store.TakenUp], results[store.Refused], results[store.NoFollowUp], results[store.Awaited]
	var mean, answers any
	if wait.Answers > 0 {
		mean, answers = Days(float64(wait.Days)/float64(wait.Answers)), wait.Answers
	}
	return []any{taken, refused, nothing, awaited, max(n-taken-refused-nothing-awaited, 0), shareOf(taken, taken+refused+nothing), mean, answers}
}

// mainNeeds names the needs of a partner's solicitations. Those of a few young people would be told by the name alone.
func (b Bilan) mainNeeds(named map[string]bool, needs map[string]int) string {
	ids := slices.DeleteFunc(b.needIDs(needs), func(id string) bool { return needs[id] < fewest || !named[id] })
	slices.SortStableFunc(ids, func(x, y string) int { return cmp.Compare(needs[y], needs[x]) })
	var names []string
	for _, id := range ids[:min(len(ids), 3)] {
		names = append(names, needName(b.Rules, id))
	}
	return strings.Join(names, " ; ")
}

func mark(yes bool) string {
	if yes {
		return "oui"
	}
	return ""
}

func (b Bilan) kindTable() Table {
	s := b.Summary
	now, before, ago := s.Now, s.YearAgo, s.Period.YearAgo()
	compared := before.Actions > 0
	t := Table{
		Sheet: "Types de partenaire", Title: "Sollicitations par type de partenaire",
		Note:    "Le type est celui qu’avait le partenaire le jour de l’action. " + pointsAsRead,
		Columns: []string{"Type de partenaire", "Sollicitations", "Part"},
	}
	if compared {
		t.Columns = append(t.Columns, "Sollicitations "+titleOf(ago), "Part "+titleOf(ago), "Écart (points)")
	}
	ids := counted(idsOf(b.Rules.Kinds, func(k rules.Kind) string { return k.ID }), now.Kinds, before.Kinds)
	slices.SortStableFunc(ids, func(x, y string) int { return cmp.Compare(now.Kinds[y], now.Kinds[x]) })
	of, ofBefore := now.Solicitations(), before.Solicitations()
	for _, id := range ids {
		t.Rows = append(t.Rows, versus(compared, kindName(b.Rules, id), now.Kinds[id], of, before.Kinds[id], ofBefore))
	}
	t.Graph = &Graph{Title: "Types de partenaire les plus sollicités", Series: []int{1}, Rows: min(len(t.Rows), 12)}
	if compared {
		t.Graph.Series = append(t.Graph.Series, 3)
	}
	return t.withTotal(versus(compared, "Sollicitations", of, of, ofBefore, ofBefore))
}

func (b Bilan) partnerDomainTable() Table {
	t := Table{
		Sheet: "Partenaires par domaine", Title: "Partenaires par domaine",
		Note:    "Partenaires distincts sollicités dans des actions du domaine. Une sollicitation d’une action de deux domaines compte dans chacun.",
		Columns: []string{"Domaine", "Partenaires distincts", "Sollicitations", "Partenaires les plus sollicités"},
	}
	of := b.Evaluation.Domains
	sums, times := map[string]int{}, b.Summary.Now.Partners
	for id, partners := range of {
		for _, n := range partners {
			sums[id] += n
		}
	}
	for _, id := range b.domainIDs(sums) {
		partners := slices.SortedFunc(maps.Keys(of[id]), func(x, y string) int {
			return cmp.Or(cmp.Compare(of[id][y], of[id][x]), cmp.Compare(times[y], times[x]), cmp.Compare(x, y))
		})
		var names []string
		for _, p := range partners[:min(len(partners), 3)] {
			names = append(names, partnerName(b.Rules, p))
		}
		t.Rows = append(t.Rows, []any{domainName(b.Rules, id), len(partners), sums[id], strings.Join(names, " ; ")})
	}
	t.Graph = &Graph{Title: "Partenaires distincts par domaine", Series: []int{1}, Rows: len(t.Rows)}
	return t.withTotal([]any{"En tout, sans répétition", len(times), b.Summary.Now.Solicitations(), ""})
}

// What records say of solicitations: an id and its name, in the order they are printed.
var (
	results = [][2]string{{store.TakenUp, "Pris en charge"}, {store.Refused, "Refus"}, {store.NoFollowUp, "Sans suite"}, {store.Awaited, "En attente"}}
	hows    = [][2]string{{"orientation", "Orientation"}, {"accompagnement", "Accompagnement physique"}, {"contact", "Contact"}, {"reunion", "Réunion"}}
)

func (b Bilan) resultTable() Table {
	now, before := b.Summary.Now, b.Summary.Before
	t := Table{
		Sheet: "Résultats", Title: "Résultats et manières de solliciter",
		Note: "Un résultat compte pour le jour de l’action, quel que soit le jour où il est connu. Une réunion n’attend pas de résultat. " + pointsAsRead,
		Keys: 2, Columns: append([]string{"Répartition", "Sollicitations"}, b.against("Nombre")...),
	}
	of, ofBefore := now.Solicitations(), before.Solicitations()
	add := func(what string, list [][2]string, rest string, now, before map[string]int) {
		now, before = withRest(now, of), withRest(before, ofBefore)
		for _, id := range counted(firsts(list), now, before) {
			name := cmp.Or(named(list, id), rest)
			t.Rows = append(t.Rows, append([]any{what}, b.versus(name, now[id], of, before[id], ofBefore)...))
		}
	}
	if of+ofBefore == 0 {
		return t
	}
	add("Résultat", results, "Réunion, sans résultat à attendre", now.Results, before.Results)
	shown := len(t.Rows)
	add("Manière", hows, "Non notée", now.Hows, before.Hows)
	t.Graph = b.graph("Résultats des sollicitations", shown)
	t.Graph.Label = 1
	for i := range t.Graph.Series {
		t.Graph.Series[i]++
	}
	return t.withTotal(append([]any{"Ensemble"}, b.versus("Sollicitations", of, of, ofBefore, ofBefore)...))
}

func firsts(list [][2]string) []string {
	return idsOf(list, func(entry [2]string) string { return entry[0] })
}

// named is the name of an id in a fixed list, the id itself when it is not there.
func named(list [][2]string, id string) string {
	for _, entry := range list {
		if entry[0] == id {
			return entry[1]
		}
	}
	return id
}
