package report

import (
	"cmp"
	"slices"

	"maillage/rules"
	"maillage/store"
)

// place is a column of a breakdown by territory: a territory, or, with no id, all that was done elsewhere or nowhere said.
type place struct {
	id          string
	now, before store.Figures
}

func (b Bilan) placeNamed(id string) string {
	if id == unsaid {
		return "Ailleurs ou non noté"
	}
	return territoryName(b.Rules, id)
}

// places are the territories of the report, and elsewhere when the figures of the whole are more than theirs.
func (b Bilan) places() []place {
	var all []place
	for _, t := range b.Territories {
		all = append(all, place{t.ID, t.Now, t.Before})
	}
	rest := place{unsaid, lessAll(b.Summary.Now, all, nowOf), lessAll(b.Summary.Before, all, beforeOf)}
	if rest.now.Actions > 0 || rest.before.Actions > 0 {
		all = append(all, rest)
	}
	return all
}

func nowOf(p place) store.Figures    { return p.now }
func beforeOf(p place) store.Figures { return p.before }

// lessAll is what figures have beyond those of some places, as far as the tables by territory need it.
func lessAll(f store.Figures, places []place, of func(place) store.Figures) store.Figures {
	rest := store.Figures{Actions: f.Actions, Young: f.Young, First: f.First, Domains: less(f.Domains, nil), Bands: less(f.Bands, nil),
		Results: less(f.Results, nil), Kinds: map[string]int{}}
	// Solicitations have no places of their own: their sum is kept under one id.
	sum := f.Solicitations()
	for _, p := range places {
		t := of(p)
		rest.Actions, rest.Young, rest.First = max(rest.Actions-t.Actions, 0), max(rest.Young-t.Young, 0), max(rest.First-t.First, 0)
		rest.Domains, rest.Bands, rest.Results = less(rest.Domains, t.Domains), less(rest.Bands, t.Bands), less(rest.Results, t.Results)
		sum = max(sum-t.Solicitations(), 0)
	}
	rest.Partners = map[string]int{unsaid: sum}
	return rest
}

// less is counts minus others, never under 0.
func less(counts, others map[string]int) map[string]int {
	rest := map[string]int{}
	for id, n := range counts {
		rest[id] = max(n-others[id], 0)
	}
	return rest
}

// measure is a column of the table of territories.
type measure struct {
	name string
	of   func(store.Figures) int
}

var measures = []measure{
	{"Actions", func(f store.Figures) int { return f.Actions }},
	{"Jeunes rencontrés", func(f store.Figures) int { return f.Young }},
	{"Premiers contacts", func(f store.Figures) int { return f.First }},
	{"Sollicitations", store.Figures.Solicitations},
	{"Prises en charge", func(f store.Figures) int { taken, _ := f.TakenUp(); return taken }},
}

// column masks one measure over places. A whole that is hidden elsewhere hides all of them.
func column(places []place, of func(place) store.Figures, measured func(store.Figures) int, hidden bool) []any {
	figures := make([]int, len(places))
	for i, p := range places {
		figures[i] = measured(of(p))
	}
	all := whole(len(places))
	all.hidden = hidden
	return masked(figures, all)
}

func (b Bilan) territoryTable() Table {
	t := Table{Sheet: "Quartiers", Title: "Quartiers", Note: "Chaque action a un seul quartier. " + youngAreSums + " " + smallAreHidden}
	if len(b.Territories) == 0 {
		return b.territoriesOnly(t)
	}
	places, now := b.places(), b.Summary.Now
	t.Columns = []string{"Quartier"}
	t.Rows = make([][]any, len(places))
	total := []any{"Ensemble"}
	for i, p := range places {
		t.Rows[i] = []any{b.placeNamed(p.id)}
	}
	add := func(title string, cells []any, all any) {
		t.Columns, total = append(t.Columns, title), append(total, all)
		for i := range t.Rows {
			t.Rows[i] = append(t.Rows[i], cells[i])
		}
	}
	for _, m := range measures {
		all := any(m.of(now))
		if m.name == "Premiers contacts" {
			all = told(now.First)
		}
		add(m.name, column(places, nowOf, m.of, isMask(all)), all)
	}
	add("Partenaires distincts", distinct(places), len(now.Partners))
	series := []int{1}
	if b.compared() {
		actions := measures[0].of
		before := column(places, beforeOf, actions, false)
		series = append(series, len(t.Columns))
		add("Actions "+titleOf(b.Summary.Period.Before()), before, b.Summary.Before.Actions)
		add("Écart", differences(column(places, nowOf, actions, false), before), difference(now.Actions, b.Summary.Before.Actions))
	}
	t.Graph = &Graph{Title: "Actions par quartier", Series: series, Rows: len(t.Rows)}
	return t.withTotal(total)
}

// territoriesOnly is the table of a period that is no calendar year, of which only the actions are counted by territory.
func (b Bilan) territoriesOnly(t Table) Table {
	now, before := b.Summary.Now, b.Summary.Before
	nowRest, beforeRest := withRest(now.Territories, now.Actions), withRest(before.Territories, before.Actions)
	if len(now.Territories)+len(before.Territories) == 0 {
		return t
	}
	t.Columns = append([]string{"Quartier"}, b.against("Actions")...)
	ids := counted(idsOf(b.Rules.Territories, func(t rules.Territory) string { return t.ID }), nowRest, beforeRest)
	nowCells, beforeCells := masked(values(ids, nowRest), whole(len(ids))), masked(values(ids, beforeRest), whole(len(ids)))
	for i, id := range ids {
		t.Rows = append(t.Rows, b.versus(b.placeNamed(id), nowCells[i], now.Actions, beforeCells[i], before.Actions))
	}
	t.Graph = b.graph("Actions par quartier", len(t.Rows))
	return t.withTotal(b.versus("Ensemble", now.Actions, now.Actions, before.Actions, before.Actions))
}

// distinct is how many partners were called upon in each place; of elsewhere, nobody knows.
func distinct(places []place) []any {
	cells := make([]any, len(places))
	for i, p := range places {
		if p.id != unsaid {
			cells[i] = len(p.now.Partners)
		}
	}
	return cells
}

func differences(now, before []any) []any {
	cells := make([]any, len(now))
	for i := range now {
		cells[i] = difference(now[i], before[i])
	}
	return cells
}

func (b Bilan) territoryDomainTable() Table {
	t := Table{Sheet: "Domaines par quartier", Title: "Actions par domaine et par quartier", Note: countedTwice + " " + smallAreHidden}
	places, now := b.places(), b.Summary.Now
	if len(places) < 2 {
		return t
	}
	c := cross{
		rows: b.domainIDs(now.Domains), named: func(id string) string { return domainName(b.Rules, id) },
		figure: func(f store.Figures, id string) int { return f.Domains[id] },
		totals: column(places, nowOf, measures[0].of, false), whole: now.Actions,
	}
	for _, id := range c.rows {
		c.rowTotals = append(c.rowTotals, now.Domains[id])
	}
	return b.crossed(t, "Domaine", "Actions distinctes", places, c)
}

func (b Bilan) territoryBandTable() Table {
	t := Table{Sheet: "Âges par quartier", Title: "Jeunes rencontrés par âge et par quartier", Note: youngAreSums + " " + smallAreHidden}
	places, now := b.places(), b.Summary.Now
	if len(places) < 2 {
		return t
	}
	bands := withRest(now.Bands, now.Young)
	c := cross{
		rows: counted(bandIDs(), bands), named: bandNamed,
		figure: func(f store.Figures, id string) int { return withRest(f.Bands, f.Young)[id] },
		totals: column(places, nowOf, measures[1].of, false), whole: now.Young,
	}
	c.rowTotals = masked(values(c.rows, bands), whole(len(c.rows)))
	return b.crossed(t, "Tranche d’âge", "Ensemble", places, c)
}

// cross is a table of ids by place.
type cross struct {
	rows      []string
	named     func(id string) string
	figure    func(f store.Figures, id string) int
	rowTotals []any // as printed
	totals    []any // of the places, as printed
	whole     int
}

// crossed fills a table of ids by place, and masks it along its rows and along its columns.
func (b Bilan) crossed(t Table, of, total string, places []place, c cross) Table {
	t.Columns = []string{of}
	var figures []int
	columns := make([]line, len(places))
	for j, p := range places {
		t.Columns = append(t.Columns, b.placeNamed(p.id))
		columns[j].hidden = isMask(c.totals[j])
	}
	var rows []line
	for i, id := range c.rows {
		row := line{hidden: isMask(c.rowTotals[i])}
		for j, p := range places {
			columns[j].parts, row.parts = append(columns[j].parts, len(figures)), append(row.parts, len(figures))
			figures = append(figures, c.figure(p.now, id))
		}
		rows = append(rows, row)
	}
	t.Columns = append(t.Columns, "Ensemble")
	cells := masked(figures, slices.Concat(rows, columns)...)
	for i, id := range c.rows {
		row := append([]any{c.named(id)}, cells[i*len(places):(i+1)*len(places)]...)
		t.Rows = append(t.Rows, append(row, c.rowTotals[i]))
	}
	return t.withTotal(append(append([]any{total}, c.totals...), c.whole))
}

// holeTable lists the needs met without any partner being called upon, the most frequent first: where and at what age, as far as
// that happened often enough to be told, and for the rest in one row per need.
func (b Bilan) holeTable() Table {
	t := Table{
		Sheet: "Trous du réseau", Title: "Besoins notés sans qu’aucun partenaire soit sollicité",
		Note: "Actions où ce besoin était noté et où aucun partenaire n’a été sollicité, par quartier et par tranche d’âge. " +
			"Pour un même besoin, les quartiers et les âges où c’est arrivé moins de 5 fois sont réunis. " + smallAreHidden, Keys: 4,
		Columns: []string{"Besoin", "Domaine", "Quartier", "Tranche d’âge", "Actions"},
	}
	ids := b.needIDs(b.Summary.Now.Unmet)
	slices.SortStableFunc(ids, func(x, y string) int {
		return cmp.Compare(printed(told(b.Summary.Now.Unmet[y])), printed(told(b.Summary.Now.Unmet[x])))
	})
	for _, id := range ids {
		t.Rows = append(t.Rows, b.holesOf(id, told(b.Summary.Now.Unmet[id]))...)
	}
	return t
}

// holesOf are the rows of one need: one only when its total is hidden.
func (b Bilan) holesOf(need string, total any) [][]any {
	name, domain := needName(b.Rules, need), b.domainOfNeed(need)
	if isMask(total) {
		return [][]any{{name, domain, string(Untold), string(Untold), total}}
	}
	var rows [][]any
	var times []int
	few := 0
	for _, h := range b.Evaluation.Holes {
		switch {
		case h.Need != need:
		case h.Times < fewest:
			few += h.Times
		default:
			where := "Non noté"
			if h.Territory != "" {
				where = territoryName(b.Rules, h.Territory)
			}
			rows, times = append(rows, []any{name, domain, where, bandNamed(h.Band)}), append(times, h.Times)
		}
	}
	if few > 0 {
		others := "Autres, réunis"
		if len(rows) == 0 {
			others = string(Untold)
		}
		rows, times = append(rows, []any{name, domain, others, others}), append(times, few)
	}
	for i, cell := range masked(times, whole(len(times))) {
		rows[i] = append(rows[i], cell)
	}
	return rows
}
