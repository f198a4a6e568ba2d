package report

import (
	"maps"
	"slices"

	"maillage/rules"
	"maillage/store"
)

// place is a column of a breakdown by territory: a territory, or, with no id, all that was done elsewhere or nowhere said.
type place struct {
	id          string
	and         bool // with others that are too small to be told alone
	now, before store.Figures
}

func (b Bilan) placeNamed(p place) string {
	switch {
	case p.id == unsaid:
		return "Ailleurs ou non noté"
	case p.and:
		return territoryName(b.Rules, p.id) + " et autres"
	}
	return territoryName(b.Rules, p.id)
}

// places are the territories of the report, and elsewhere when the figures of the whole are more than theirs. Of a period that is no
// calendar year only their actions are counted.
func (b Bilan) places() []place {
	var all []place
	if len(b.Territories) == 0 {
		now, before := b.Summary.Now.Territories, b.Summary.Before.Territories
		for _, id := range counted(idsOf(b.Rules.Territories, func(t rules.Territory) string { return t.ID }), now, before) {
			if id != unsaid {
				all = append(all, place{id: id, now: store.Figures{Actions: now[id]}, before: store.Figures{Actions: before[id]}})
			}
		}
	}
	for _, t := range b.Territories {
		all = append(all, place{id: t.ID, now: t.Now, before: t.Before})
	}
	rest := place{id: unsaid, now: lessAll(b.Summary.Now, all, nowOf), before: lessAll(b.Summary.Before, all, beforeOf)}
	if rest.now.Actions > 0 || rest.before.Actions > 0 {
		all = append(all, rest)
	}
	return gathered(all)
}

// gathered puts the places of fewer than 5 actions together, and, where that is not enough, with the smallest of the others: a stray
// action in another team's quartier must not hide a whole one.
func gathered(all []place) []place {
	var kept, small []place
	for _, p := range all {
		if 0 < p.now.Actions && p.now.Actions < fewest {
			small = append(small, p)
		} else {
			kept = append(kept, p)
		}
	}
	if len(small) == 0 || !slices.ContainsFunc(kept, func(p place) bool { return p.now.Actions > 0 }) {
		return all
	}
	others := place{id: unsaid}
	for _, p := range small {
		others.now, others.before = plus(others.now, p.now), plus(others.before, p.before)
	}
	into := slices.IndexFunc(kept, func(p place) bool { return p.id == unsaid })
	switch {
	case into < 0 && others.now.Actions >= fewest:
		return append(kept, others)
	case into < 0 || kept[into].now.Actions+others.now.Actions < fewest:
		into = smallest(kept)
	}
	p := &kept[into]
	p.and, p.now, p.before = p.id != unsaid, plus(p.now, others.now), plus(p.before, others.before)
	return kept
}

// smallest is the place with the fewest actions, of those that have some.
func smallest(places []place) int {
	least := 0
	for i, p := range places {
		if p.now.Actions > 0 && (places[least].now.Actions == 0 || p.now.Actions < places[least].now.Actions) {
			least = i
		}
	}
	return least
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

// column masks one measure over places: where a cell beside is hidden too, and everywhere when the whole of all places is.
func column(places []place, of func(place) store.Figures, measured func(store.Figures) int, beside []any, hidden bool) []any {
	figures := make([]int, len(places))
	for i, p := range places {
		figures[i] = measured(of(p))
	}
	all := whole(len(places))
	all.hidden = hidden
	return maskedBeside(beside, figures, all)
}

func actionsIn(places []place, of func(place) store.Figures) []any {
	return column(places, of, func(f store.Figures) int { return f.Actions }, nil, false)
}

// shownPlaces are those of which the actions of one year at least are printed. To name the others would tell that they have some.
func shownPlaces(places []place) []bool {
	now, before, shown := actionsIn(places, nowOf), actionsIn(places, beforeOf), make([]bool, len(places))
	for i := range places {
		shown[i] = printed(now[i])+printed(before[i]) > 0
	}
	return shown
}

func youngIn(places []place) []any {
	return column(places, nowOf, func(f store.Figures) int { return f.Young }, actionsIn(places, nowOf), false)
}

func (b Bilan) territoryTable() Table {
	t := Table{Sheet: "Quartiers", Title: "Quartiers", Note: "Chaque action a un seul quartier. Un quartier dont les actions ne sont pas détaillées n’est pas nommé. " + youngAreSums + " " + smallAreHidden}
	if len(b.Territories) == 0 {
		return b.territoriesOnly(t)
	}
	places, now := b.places(), b.Summary.Now
	t.Columns = []string{"Quartier"}
	rows := make([][]any, len(places))
	total := []any{"Ensemble"}
	for i, p := range places {
		rows[i] = []any{b.placeNamed(p)}
	}
	add := func(title string, cells []any, all any) {
		t.Columns, total = append(t.Columns, title), append(total, all)
		for i := range rows {
			rows[i] = append(rows[i], cells[i])
		}
	}
	actions := actionsIn(places, nowOf)
	add("Actions", actions, now.Actions)
	add("Jeunes rencontrés", youngIn(places), told(now.Young))
	add("Premiers contacts", column(places, nowOf, func(f store.Figures) int { return f.First }, actions, isMask(told(now.First))), told(now.First))
	solicitations := column(places, nowOf, store.Figures.Solicitations, actions, false)
	add("Sollicitations", solicitations, now.Solicitations())
	taken := func(f store.Figures) int { return f.Results[store.TakenUp] }
	add("Prises en charge", column(places, nowOf, taken, solicitations, false), taken(now))
	add("Partenaires distincts", distinct(places, solicitations), len(now.Partners))
	series := []int{1}
	if b.compared() {
		before := actionsIn(places, beforeOf)
		series = append(series, len(t.Columns))
		add("Actions "+titleOf(b.Summary.Period.Before()), before, b.Summary.Before.Actions)
		add("Écart", differences(actions, before), difference(now.Actions, b.Summary.Before.Actions))
	}
	for i, shown := range shownPlaces(places) {
		if shown {
			t.Rows = append(t.Rows, rows[i])
		}
	}
	t.Graph = &Graph{Title: "Actions par quartier", Series: series, Rows: len(t.Rows)}
	return t.withTotal(total)
}

// territoriesOnly is the table of a period that is no calendar year, of which only the actions are counted by territory.
func (b Bilan) territoriesOnly(t Table) Table {
	now, before, places := b.Summary.Now, b.Summary.Before, b.places()
	t.Columns = append([]string{"Quartier"}, b.against("Actions")...)
	nowCells, beforeCells := actionsIn(places, nowOf), actionsIn(places, beforeOf)
	for i, shown := range shownPlaces(places) {
		if shown {
			t.Rows = append(t.Rows, b.versus(b.placeNamed(places[i]), nowCells[i], now.Actions, beforeCells[i], before.Actions))
		}
	}
	t.Graph = b.graph("Actions par quartier", len(t.Rows))
	return t.withTotal(b.versus("Ensemble", now.Actions, now.Actions, before.Actions, before.Actions))
}

// distinct is how many partners were called upon in each place, which would tell of solicitations that are hidden; of elsewhere, and
// of several places, nobody knows.
func distinct(places []place, solicitations []any) []any {
	cells := make([]any, len(places))
	for i, p := range places {
		switch {
		case p.id == unsaid || p.and:
		case isMask(solicitations[i]):
			cells[i] = Untold
		default:
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
	places := b.places()
	if len(b.Territories) == 0 || len(places) < 2 {
		return t
	}
	return b.crossed(t, "Domaine", "Actions distinctes", places, b.domainsIn(places))
}

func (b Bilan) domainsIn(places []place) cross {
	now := b.Summary.Now
	c := cross{
		rows: b.domainIDs(now.Domains), named: func(id string) string { return domainName(b.Rules, id) },
		figure: func(f store.Figures, id string) int { return f.Domains[id] },
		totals: actionsIn(places, nowOf), whole: now.Actions,
	}
	for _, id := range c.rows {
		c.rowTotals = append(c.rowTotals, now.Domains[id])
	}
	c.mask(places)
	return c
}

func (b Bilan) territoryBandTable() Table {
	t := Table{Sheet: "Âges par quartier", Title: "Jeunes rencontrés par âge et par quartier", Note: youngAreSums + " " + smallAreHidden}
	places, now := b.places(), b.Summary.Now
	if len(b.Territories) == 0 || len(places) < 2 || now.Young == 0 {
		return t
	}
	bands := withRest(now.Bands, now.Young)
	c := cross{
		rows: every(bandIDs(), bands), named: bandNamed,
		figure: func(f store.Figures, id string) int { return withRest(f.Bands, f.Young)[id] },
		totals: youngIn(places), whole: told(now.Young),
	}
	c.rowTotals = masked(values(c.rows, bands), whole(len(c.rows)))
	c.mask(places)
	return b.crossed(t, "Tranche d’âge", "Ensemble", places, c)
}

// cross is a table of ids by place.
type cross struct {
	rows      []string
	named     func(id string) string
	figure    func(f store.Figures, id string) int
	rowTotals []any // as printed
	totals    []any // of the places, as printed
	whole     any
	cells     [][]any // of each row
}

// mask fills the cells, masked along the rows and along the columns.
func (c *cross) mask(places []place) {
	var figures []int
	rows, columns := make([]line, len(c.rows)), make([]line, len(places))
	for j := range places {
		columns[j].hidden, columns[j].most = isMask(c.totals[j]), printed(c.totals[j])
	}
	for i, id := range c.rows {
		rows[i].hidden = isMask(c.rowTotals[i])
		for j, p := range places {
			columns[j].parts, rows[i].parts = append(columns[j].parts, len(figures)), append(rows[i].parts, len(figures))
			figures = append(figures, c.figure(p.now, id))
		}
	}
	c.cells = slices.Collect(slices.Chunk(masked(figures, slices.Concat(rows, columns)...), max(len(places), 1)))
}

// crossed writes a table of ids by place.
func (b Bilan) crossed(t Table, of, total string, places []place, c cross) Table {
	t.Columns = []string{of}
	last := []any{total}
	rows := make([][]any, len(c.rows))
	for i, id := range c.rows {
		rows[i] = []any{c.named(id)}
	}
	for j, shown := range shownPlaces(places) {
		if !shown {
			continue
		}
		t.Columns, last = append(t.Columns, b.placeNamed(places[j])), append(last, c.totals[j])
		for i := range rows {
			rows[i] = append(rows[i], c.cells[i][j])
		}
	}
	if len(t.Columns) == 1 {
		return t
	}
	t.Columns = append(t.Columns, "Ensemble")
	for i := range rows {
		t.Rows = append(t.Rows, append(rows[i], c.rowTotals[i]))
	}
	return t.withTotal(append(last, c.whole))
}

// holeTable lists the needs met without any partner being called upon, the most frequent first, and where, as far as that happened
// often enough to be told. The age is left to the team, as are the needs of danger.
func (b Bilan) holeTable() Table {
	t := Table{
		Sheet: "Trous du réseau", Title: "Besoins notés sans qu’aucun partenaire soit sollicité",
		Note: "Actions où ce besoin était noté et où aucun partenaire n’a été sollicité, par quartier, à partir de 5 actions. " +
			"Pour un même besoin, les quartiers où c’est arrivé moins souvent sont réunis. Les besoins de danger n’y sont pas.", Keys: 3,
		Columns: []string{"Besoin", "Domaine", "Quartier", "Actions"},
	}
	unmet, named, shown := b.Summary.Now.Unmet, b.namedNeeds(), b.shownWhere()
	for _, id := range mostFirst(unmet) {
		if need := b.Rules.Need(id); unmet[id] >= fewest && named[id] && (need == nil || need.Urgency == nil) {
			t.Rows = append(t.Rows, b.holesOf(id, shown)...)
		}
	}
	return t
}

// holesOf are the rows of one need. Together they are all of it: what cannot be told apart stays in one row, 5 actions or more.
func (b Bilan) holesOf(need string, shown func(need, territory string) bool) [][]any {
	where, rest := map[string]int{}, b.Summary.Now.Unmet[need]
	for _, h := range b.Evaluation.Holes {
		if h.Need == need {
			where[h.Territory] += h.Times
		}
	}
	maps.DeleteFunc(where, func(territory string, n int) bool { return n < fewest || !shown(need, territory) })
	var rows [][]any
	row := func(place string, n int) {
		rows = append(rows, []any{needName(b.Rules, need), b.domainOfNeed(need), place, n})
	}
	for _, territory := range mostFirst(where) {
		if left := rest - where[territory]; left == 0 || left >= fewest {
			row(territoryName(b.Rules, territory), where[territory])
			rest = left
		}
	}
	if rest > 0 {
		row(either(len(rows) == 0, string(Untold), "Autres, réunis"), rest)
	}
	return rows
}

// shownWhere tells whether the actions of a quartier are printed, and those of a need's domains in it: a hole would tell that they
// are no fewer.
func (b Bilan) shownWhere() func(need, territory string) bool {
	places := b.places()
	actions, domains := actionsIn(places, nowOf), b.domainsIn(places)
	return func(need, territory string) bool {
		j := slices.IndexFunc(places, func(p place) bool { return p.id == territory && p.id != unsaid })
		if j < 0 || isMask(actions[j]) {
			return false
		}
		n := b.Rules.Need(need)
		for i, id := range domains.rows {
			if len(b.Territories) > 0 && isMask(domains.cells[i][j]) && (n == nil || id == n.Domain || id == n.Second) {
				return false
			}
		}
		return true
	}
}
