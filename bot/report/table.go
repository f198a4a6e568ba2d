package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"maillage/bot/french"
	"maillage/rules"
	"maillage/store"
)

// Table is one table of a report, in the workbook and in the file of comma-separated values alike.
type Table struct {
	Sheet   string // at most 31 characters, none of : \ / ? * [ ] '
	Title   string
	Note    string // how what is in it is counted
	Columns []string
	Keys    int     // how many of the first columns say what a row is of; 0 is 1
	Rows    [][]any // string, int, Share, Difference, Days, time.Time, Mask, or nil where there is nothing to tell
	Total   bool    // the last row is the whole of which the others are parts
	Graph   *Graph  // nil: none
}

// What a cell holds beside a text, a count, a day or a Mask.
type (
	Share      int     // of 100, rounded as it is printed
	Difference int     // between two counts, or two Shares, as they are printed
	Days       float64 // a mean
)

// Graph shows columns of a table beside it, as bars or as columns.
type Graph struct {
	Title   string
	Upright bool     // columns, for what follows in time; else bars
	Label   int      // the column of the table that names the bars
	Series  []int    // the columns that are drawn, the period's own first
	Rows    int      // how many of the first rows
	Colors  []string // of each row of the first series, "#2A6F97"; none: all alike
}

// What notes say of how figures are counted.
const (
	countedTwice   = "Une action qui relève de deux domaines ou de deux besoins compte une fois dans chacun : les parts peuvent dépasser 100 % en tout."
	youngAreSums   = "Les jeunes rencontrés sont une somme de rencontres, pas des personnes uniques."
	smallAreHidden = "Ce qui concerne moins de 5 jeunes ou actions n’est pas détaillé (voir « Règles de comptage »)."
	pointsAsRead   = "L’écart est la différence des parts telles qu’elles sont écrites, en points."
)

// Tables returns the tables of the report, in order. A table in which nothing was counted is left out.
func (b Bilan) Tables() []Table {
	tables := []Table{
		b.overviewTable(), b.domainTable(), b.needTable(), b.typeTable(), b.publicTable(),
		b.territoryTable(), b.territoryDomainTable(), b.territoryBandTable(), b.monthTable(),
		b.partnerTable(), b.kindTable(), b.partnerDomainTable(), b.resultTable(), b.holeTable(), b.ruleTable(),
	}
	tables = slices.DeleteFunc(tables, func(t Table) bool { return len(t.Rows) == 0 })
	for i := range tables {
		t := &tables[i]
		t.Keys = max(t.Keys, 1)
		t.typeset()
	}
	return tables
}

func (t *Table) typeset() {
	t.Note = french.Typeset(t.Note)
	for i, title := range t.Columns {
		t.Columns[i] = french.Typeset(title)
	}
	for _, row := range t.Rows {
		for i, cell := range row {
			if text, ok := cell.(string); ok {
				row[i] = french.Typeset(text)
			}
		}
	}
}

// heading says whose report it is, and of what period.
func (b Bilan) heading() string {
	heading := cmp.Or(b.Whose, "Mes actions") + ", " + PeriodName(b.Summary.Period)
	if until, err := time.Parse(time.DateOnly, b.Until); err == nil {
		heading += " (jusqu’au " + french.DayOfMonth(until) + ")"
	}
	return heading
}

// overviewTable is what a reader looks for first: each headline figure beside those of the periods it is compared with.
func (b Bilan) overviewTable() Table {
	s := b.Summary
	t := Table{
		Sheet: "Synthèse", Title: "Synthèse",
		Note:    countedTwice + " " + youngAreSums + " L’écart d’un taux ou d’une part est en points.",
		Columns: []string{"", titleOf(s.Period)},
	}
	if b.Until != "" {
		t.Note += " La période n’est pas finie : elle est comparée aux mêmes jours des périodes d’avant."
	}
	var compared []store.Figures
	for _, c := range []struct {
		period  store.Period
		figures store.Figures
	}{{s.Period.Before(), s.Before}, {s.Period.YearAgo(), s.YearAgo}} {
		name := titleOf(c.period)
		if c.figures.Actions > 0 && !slices.Contains(t.Columns, name) {
			t.Columns = append(t.Columns, name, "Écart ("+name+")")
			compared = append(compared, c.figures)
		}
	}
	for _, h := range b.headlines() {
		row := []any{h.name, h.now}
		for _, f := range compared {
			if h.of == nil {
				row = append(row, nil, nil)
			} else {
				row = append(row, h.of(f), difference(h.now, h.of(f)))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// headline is a figure of the overview: now, and how it is told of another period, nil where it cannot be.
type headline struct {
	name string
	now  any
	of   func(store.Figures) any
}

func (b Bilan) headlines() []headline {
	s := b.Summary
	var all []headline
	figure := func(name string, of func(store.Figures) any) { all = append(all, headline{name, of(s.Now), of}) }
	today := func(name string, n int) { all = append(all, headline{name, n, nil}) }

	figure("Actions distinctes", func(f store.Figures) any { return f.Actions })
	figure("Jeunes rencontrés (somme des rencontres)", func(f store.Figures) any { return told(f.Young) })
	figure("Premiers contacts (actions)", func(f store.Figures) any { return told(f.First) })
	if b.Rules.Domain("justice") != nil && b.Rules.Domain("sante") != nil {
		figure("Justice et santé ensemble, part des actions", func(f store.Figures) any { return shareOf(f.InDomains("justice", "sante"), f.Actions) })
	}
	figure("Partenaires sollicités", func(f store.Figures) any { return len(f.Partners) })
	today("\u2003dont nouveaux", len(s.New))
	figure("Sollicitations", func(f store.Figures) any { return f.Solicitations() })
	figure("Taux de prise en charge (issues connues)", func(f store.Figures) any {
		taken, answered := f.TakenUp()
		return shareOf(taken, answered)
	})
	figure("Réponses encore attendues", func(f store.Figures) any { return f.Results[store.Awaited] })
	figure("Relances faites", func(f store.Figures) any { return f.Done })
	figure("Relances closes sans suite", func(f store.Figures) any { return f.Dropped })
	today("Relances ouvertes à ce jour", s.Open)
	today("\u2003dont en retard", s.Late)
	return all
}

func (b Bilan) domainTable() Table {
	now, before := b.Summary.Now, b.Summary.Before
	t := Table{
		Sheet: "Domaines", Title: "Actions par domaine", Note: countedTwice + " " + pointsAsRead,
		Columns: append([]string{"Domaine"}, b.against("Actions")...),
	}
	ids := b.domainIDs(now.Domains, before.Domains)
	slices.SortStableFunc(ids, func(x, y string) int { return cmp.Compare(now.Domains[y], now.Domains[x]) })
	colors := []string{}
	for _, id := range ids {
		t.Rows = append(t.Rows, b.versus(domainName(b.Rules, id), now.Domains[id], now.Actions, before.Domains[id], before.Actions))
		colors = append(colors, b.colorOf(id))
	}
	t.Graph = b.graph("Actions par domaine", len(t.Rows))
	t.Graph.Colors = colors
	return t.withTotal(b.versus("Actions distinctes", now.Actions, now.Actions, before.Actions, before.Actions))
}

func (b Bilan) needTable() Table {
	now, before := b.Summary.Now, b.Summary.Before
	t := Table{
		Sheet: "Besoins", Title: "Actions par besoin",
		Note: countedTwice + " " + pointsAsRead + " « Sans partenaire » : actions où ce besoin était noté et où aucun partenaire n’a été sollicité. Un besoin noté moins de 5 fois n’est pas nommé. " + smallAreHidden,
		Keys: 2,
	}
	t.Columns = append(append([]string{"Besoin", "Domaine"}, b.against("Actions")...), "Sans partenaire")
	ids := b.needIDs(now.Needs, before.Needs)
	nowCells, beforeCells := b.needCells(ids, now), b.needCells(ids, before)
	for i, id := range ids {
		if printed(nowCells[i])+printed(beforeCells[i]) == 0 {
			continue // that it was met at all would tell
		}
		figures := b.versus(needName(b.Rules, id), nowCells[i], now.Actions, beforeCells[i], before.Actions)
		row := append([]any{figures[0], b.domainOfNeed(id)}, figures[1:]...)
		t.Rows = append(t.Rows, append(row, toldBeside(nowCells[i], now.Unmet[id])))
	}
	// By what is printed only: the place of a hidden figure between two others would tell it.
	slices.SortStableFunc(t.Rows, func(x, y []any) int { return cmp.Compare(printed(y[2]), printed(x[2])) })
	shown := 0
	for shown < min(len(t.Rows), 15) && printed(t.Rows[shown][2]) > 0 {
		shown++
	}
	t.Graph = &Graph{Title: "Les besoins les plus fréquents", Series: []int{2}, Rows: shown}
	return t
}

// printed is the count in a cell, 0 of a hidden one.
func printed(cell any) int {
	n, _ := cell.(int)
	return n
}

// toldBeside is a figure that cannot be more than that of a cell, which it would give away where that is hidden.
func toldBeside(cell any, n int) any {
	if isMask(cell) {
		return Untold
	}
	return told(n)
}

// domainIDs are the domains counted, in the order of the rules.
func (b Bilan) domainIDs(counts ...map[string]int) []string {
	return counted(idsOf(b.Rules.Domains, func(d rules.Domain) string { return d.ID }), counts...)
}

// needIDs are the needs counted, in the order of the rules.
func (b Bilan) needIDs(counts ...map[string]int) []string {
	return counted(idsOf(b.Rules.Needs, func(n rules.Need) string { return n.ID }), counts...)
}

// needCells masks needs along those of each domain, whose actions are printed elsewhere.
func (b Bilan) needCells(ids []string, f store.Figures) []any {
	of := map[string][]int{}
	for i, id := range ids {
		if n := b.Rules.Need(id); n != nil {
			of[n.Domain] = append(of[n.Domain], i)
		}
	}
	var lines []line
	for _, domain := range slices.Sorted(maps.Keys(of)) {
		n := f.Domains[domain]
		lines = append(lines, line{parts: of[domain], hidden: isMask(told(n)), most: n})
	}
	return masked(values(ids, f.Needs), lines...)
}

// namedNeeds are the needs met whose figure is printed.
func (b Bilan) namedNeeds() map[string]bool {
	now := b.Summary.Now
	named, ids := map[string]bool{}, b.needIDs(now.Needs, b.Summary.Before.Needs)
	for i, cell := range b.needCells(ids, now) {
		named[ids[i]] = printed(cell) > 0
	}
	return named
}

func (b Bilan) typeTable() Table {
	now, before := b.Summary.Now, b.Summary.Before
	t := Table{
		Sheet: "Types d’action", Title: "Actions par type", Note: "Chaque action a un seul type. " + pointsAsRead,
		Columns: append([]string{"Type d’action"}, b.against("Actions")...),
	}
	for _, id := range counted(idsOf(b.Rules.ActionTypes, func(a rules.ActionType) string { return a.ID }), now.Types, before.Types) {
		t.Rows = append(t.Rows, b.versus(typeName(b.Rules, id), now.Types[id], now.Actions, before.Types[id], before.Actions))
	}
	t.Graph = b.graph("Actions par type", len(t.Rows))
	return t
}

// genders in the order they are printed: a record's id and its name.
var genders = [][2]string{{"fille", "Filles"}, {"garcon", "Garçons"}, {"mixte", "Groupes mixtes"}, {"autre", "Autre"}, {"non-precise", "Non précisé"}}

// unsaid is the id under which stands what a breakdown does not tell of its whole.
const unsaid = ""

func (b Bilan) publicTable() Table {
	now, before := b.Summary.Now, b.Summary.Before
	t := Table{
		Sheet: "Publics", Title: "Jeunes rencontrés", Note: youngAreSums + " " + pointsAsRead + " " + smallAreHidden, Keys: 2,
		Columns: append([]string{"Répartition", "Public"}, b.against("Jeunes")...),
	}
	add := func(what string, order []string, name func(string) string, now, before map[string]int, of, ofBefore int) {
		now, before = withRest(now, of), withRest(before, ofBefore)
		ids := every(order, now, before)
		nowCells, beforeCells := masked(values(ids, now), whole(len(ids))), masked(values(ids, before), whole(len(ids)))
		for i, id := range ids {
			t.Rows = append(t.Rows, append([]any{what}, b.versus(name(id), nowCells[i], of, beforeCells[i], ofBefore)...))
		}
	}
	add("Tranche d’âge", bandIDs(), bandNamed, now.Bands, before.Bands, now.Young, before.Young)
	bands := len(t.Rows)
	add("Genre", genderIDs(), genderNamed, now.Genders, before.Genders, now.Young, before.Young)
	t.Rows = append(t.Rows,
		append([]any{"Ensemble"}, b.versus("Jeunes rencontrés", told(now.Young), now.Young, told(before.Young), before.Young)...),
		append([]any{"Premiers contacts"}, b.versus("Actions, et part des actions", told(now.First), now.Actions, told(before.First), before.Actions)...))
	t.Graph = b.graph("Jeunes rencontrés par âge", bands)
	t.Graph.Label = 1
	t.Graph.Upright = true
	for i := range t.Graph.Series {
		t.Graph.Series[i]++
	}
	return t
}

// every is all the ids of a breakdown that is not told in part only: a row left out would tell a zero, and a row alone its whole.
func every(order []string, counts ...map[string]int) []string {
	all := map[string]int{unsaid: 1}
	for _, id := range order {
		all[id] = 1
	}
	return counted(order, append(counts, all)...)
}

// withRest is counts with, under unsaid, what their sum lacks of a whole.
func withRest(counts map[string]int, whole int) map[string]int {
	all := maps.Clone(counts)
	if all == nil {
		all = map[string]int{}
	}
	for _, n := range counts {
		whole -= n
	}
	if whole > 0 {
		all[unsaid] += whole
	}
	return all
}

func (b Bilan) monthTable() Table {
	t := Table{
		Sheet: "Mois", Title: "Mois par mois", Note: youngAreSums + " " + smallAreHidden,
		Columns: []string{"Mois", "Actions", "Jeunes rencontrés", "Partenaires sollicités", "Sollicitations"},
	}
	months := b.months()
	young := make([]int, len(months))
	for i, m := range months {
		young[i] = m.Young
	}
	youngCells := masked(young, whole(len(months)))
	for i, m := range months {
		name := titleOf(m.Period)
		if b.Summary.Period.From[:4] == b.Summary.Period.To[:4] {
			name = french.Month(m.Period.First())
		}
		t.Rows = append(t.Rows, []any{name, m.Actions, youngCells[i], len(m.Partners), m.Solicitations()})
	}
	t.Graph = &Graph{Title: "Actions par mois", Upright: true, Series: []int{1}, Rows: len(t.Rows)}
	return t
}

// months are those of a period that is made of several whole ones. Part of a month has no figures of its own here.
func (b Bilan) months() []Month {
	first, last := store.MonthPeriod(b.Summary.Period.First()), store.MonthPeriod(b.Summary.Period.Last())
	if len(b.Months) < 2 || first.From != b.Summary.Period.From || last.To != b.Summary.Period.To {
		return nil
	}
	return b.Months
}

// compared tells whether anything was counted in the period before.
func (b Bilan) compared() bool { return b.Summary.Before.Actions > 0 }

// against are the titles of the columns of versus but for its first.
func (b Bilan) against(what string) []string {
	if !b.compared() {
		return []string{what, "Part"}
	}
	now, before := titleOf(b.Summary.Period), titleOf(b.Summary.Period.Before())
	return []string{what + " " + now, "Part " + now, what + " " + before, "Part " + before, "Écart (points)"}
}

func (b Bilan) versus(name string, now any, of int, before any, ofBefore int) []any {
	return versus(b.compared(), name, now, of, before, ofBefore)
}

// versus is a row: a name, a figure and its share of a whole, beside those it is compared with, if any, and the difference of the
// two shares.
func versus(compared bool, name string, now any, of int, before any, ofBefore int) []any {
	row := []any{name, now, shareOf(now, of)}
	if compared {
		row = append(row, before, shareOf(before, ofBefore), difference(shareOf(now, of), shareOf(before, ofBefore)))
	}
	return row
}

// graph shows the columns of versus.
func (b Bilan) graph(title string, rows int) *Graph {
	g := &Graph{Title: title, Series: []int{1}, Rows: rows}
	if b.compared() {
		g.Series = append(g.Series, 3)
	}
	return g
}

// withTotal ends a table that has rows with its whole.
func (t Table) withTotal(total []any) Table {
	if len(t.Rows) > 0 {
		t.Rows, t.Total = append(t.Rows, total), true
	}
	return t
}

// shareOf is the share of a whole that a count or a Mask is, nil of nothing.
func shareOf(n any, of int) any {
	switch n := n.(type) {
	case int:
		if of > 0 {
			return Share(french.Percent(n, of))
		}
	case Mask:
		return Untold
	}
	return nil
}

// difference is between two cells of one sort, Untold when one is hidden, nil when one has nothing to tell.
func difference(now, before any) any {
	if isMask(now) || isMask(before) {
		return Untold
	}
	switch now := now.(type) {
	case int:
		if before, ok := before.(int); ok {
			return Difference(now - before)
		}
	case Share:
		if before, ok := before.(Share); ok {
			return Difference(now - before)
		}
	}
	return nil
}

func idsOf[T any](list []T, id func(T) string) []string {
	ids := make([]string, len(list))
	for i, entry := range list {
		ids[i] = id(entry)
	}
	return ids
}

// counted are the ids that have something counted, in a given order; those it does not have, which the rules do not know any more,
// come after, and unsaid last.
func counted(order []string, counts ...map[string]int) []string {
	has := map[string]bool{}
	for _, c := range counts {
		for id, n := range c {
			has[id] = has[id] || n != 0
		}
	}
	ids := slices.DeleteFunc(slices.Clone(order), func(id string) bool { return !has[id] })
	for _, id := range slices.Sorted(maps.Keys(has)) {
		if has[id] && id != unsaid && !slices.Contains(order, id) {
			ids = append(ids, id)
		}
	}
	if has[unsaid] {
		ids = append(ids, unsaid)
	}
	return ids
}

func values(ids []string, counts map[string]int) []int {
	all := make([]int, len(ids))
	for i, id := range ids {
		all[i] = counts[id]
	}
	return all
}

// colorOf is the colour of a domain's bars, "" for the usual one.
func (b Bilan) colorOf(domain string) string {
	if d := b.Rules.Domain(domain); d != nil {
		return d.Color
	}
	return ""
}

func (b Bilan) domainOfNeed(id string) string {
	if n := b.Rules.Need(id); n != nil {
		return domainName(b.Rules, n.Domain)
	}
	return ""
}

func bandIDs() []string { return idsOf(rules.Bands, func(b rules.Band) string { return b.ID }) }

func bandNamed(id string) string {
	for _, b := range rules.Bands {
		if b.ID == id {
			return b.Name
		}
	}
	return cmp.Or(id, "Non notée")
}

func genderIDs() []string { return firsts(genders) }

func genderNamed(id string) string { return cmp.Or(named(genders, id), "Non noté") }

// titleOf names a period at the head of a column.
func titleOf(p store.Period) string {
	if p.IsWeek() {
		year, _ := p.First().ISOWeek()
		return fmt.Sprintf("%s de %d", ShortName(p), year)
	}
	return ShortName(p)
}

func date(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
