package report

import (
	"cmp"
	"maps"
	"slices"

	"maillage/rules"
	"maillage/store"
)

// present adds what was counted under former ids to what is counted under the present ones. An id that the rules do not know any
// more stays as it is, and so do those that never change: domains, types of action. What was counted in the domain that a need then
// had stays there when the need has moved since.
func present(r *rules.Rules, f store.Figures) store.Figures {
	current := idOf{r}
	f.Needs, f.Unmet = merged(f.Needs, current.need), merged(f.Unmet, current.need)
	f.Territories = merged(f.Territories, current.territory)
	f.Partners, f.Kinds = merged(f.Partners, current.partner), merged(f.Kinds, current.kind)
	return f
}

// presentSummary does the same for a summary. A partner renamed meanwhile is not new.
func presentSummary(r *rules.Rules, s store.Summary) store.Summary {
	s.Now, s.Before, s.YearAgo = present(r, s.Now), present(r, s.Before), present(r, s.YearAgo)
	s.Known = merged(s.Known, idOf{r}.partner)
	s.New = s.Now.NewTo(s.Known)
	return s
}

// presentEvaluation does the same for what became of solicitations.
func presentEvaluation(r *rules.Rules, e store.Evaluation) store.Evaluation {
	current := idOf{r}
	now := store.Evaluation{
		Outcomes: presentOutcomes(r, e.Outcomes), Holes: presentHoles(r, e.Holes),
		Waits: map[string]store.Wait{}, Domains: map[string]map[string]int{},
	}
	for id, w := range e.Waits {
		sum := now.Waits[current.partner(id)]
		now.Waits[current.partner(id)] = store.Wait{Days: sum.Days + w.Days, Answers: sum.Answers + w.Answers}
	}
	for id, partners := range e.Domains {
		now.Domains[id] = merged(partners, current.partner)
	}
	return now
}

func presentOutcomes(r *rules.Rules, outcomes []store.Outcome) []store.Outcome {
	current := idOf{r}
	times := map[store.Outcome]int{}
	for _, o := range outcomes {
		times[store.Outcome{Partner: current.partner(o.Partner), Need: current.need(o.Need), Result: o.Result}] += o.Times
	}
	var all []store.Outcome
	for o, n := range times {
		o.Times = n
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b store.Outcome) int {
		return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Need, b.Need), cmp.Compare(a.Result, b.Result))
	})
	return all
}

func presentHoles(r *rules.Rules, holes []store.Hole) []store.Hole {
	current := idOf{r}
	times := map[store.Hole]int{}
	for _, h := range holes {
		times[store.Hole{Need: current.need(h.Need), Territory: current.territory(h.Territory), Band: h.Band}] += h.Times
	}
	var all []store.Hole
	for h, n := range times {
		h.Times = n
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b store.Hole) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Need, b.Need), cmp.Compare(a.Territory, b.Territory), cmp.Compare(a.Band, b.Band))
	})
	return all
}

// merged adds counts up by what id makes of each id.
func merged(counts map[string]int, id func(string) string) map[string]int {
	sum := make(map[string]int, len(counts))
	for old, n := range counts {
		sum[id(old)] += n
	}
	return sum
}

// Present returns the digest with ids as the rules have them now.
func (d Digest) Present() Digest {
	d.Summary, d.Lately = presentSummary(d.Rules, d.Summary), presentEvaluation(d.Rules, d.Lately)
	if d.Heard == nil {
		return d
	}
	heard := map[string]map[string]int{}
	for id, results := range d.Heard {
		id = idOf{d.Rules}.partner(id)
		heard[id] = more(heard[id], results)
	}
	d.Heard = heard
	return d
}

// Present returns the report with ids as the rules have them now, and its territories in the order of the rules.
func (b Bilan) Present() Bilan {
	b.Summary, b.Evaluation = presentSummary(b.Rules, b.Summary), presentEvaluation(b.Rules, b.Evaluation)
	for i, m := range b.Months {
		b.Months[i].Figures, b.Months[i].YearAgo = present(b.Rules, m.Figures), present(b.Rules, m.YearAgo)
	}
	all := map[string]Territory{}
	for _, t := range b.Territories {
		id := idOf{b.Rules}.territory(t.ID)
		now, before := present(b.Rules, t.Now), present(b.Rules, t.Before)
		if known, twice := all[id]; twice {
			now, before = plus(now, known.Now), plus(before, known.Before)
		}
		all[id] = Territory{id, now, before}
	}
	b.Territories = nil
	for _, t := range b.Rules.Territories {
		if known, ok := all[t.ID]; ok {
			b.Territories = append(b.Territories, known)
			delete(all, t.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		b.Territories = append(b.Territories, all[id])
	}
	return b
}

// plus adds the figures of two quartiers, or of one that was counted under two ids.
func plus(f, g store.Figures) store.Figures {
	return store.Figures{
		Actions: f.Actions + g.Actions, Young: f.Young + g.Young, First: f.First + g.First, Done: f.Done + g.Done, Dropped: f.Dropped + g.Dropped,
		Domains: more(f.Domains, g.Domains), Together: more(f.Together, g.Together), Needs: more(f.Needs, g.Needs), Unmet: more(f.Unmet, g.Unmet),
		Types: more(f.Types, g.Types), Territories: more(f.Territories, g.Territories), Bands: more(f.Bands, g.Bands), Genders: more(f.Genders, g.Genders),
		Partners: more(f.Partners, g.Partners), Kinds: more(f.Kinds, g.Kinds), Hows: more(f.Hows, g.Hows), Results: more(f.Results, g.Results),
	}
}

// more is counts plus others.
func more(counts, others map[string]int) map[string]int {
	sum := map[string]int{}
	for _, some := range []map[string]int{counts, others} {
		for id, n := range some {
			sum[id] += n
		}
	}
	return sum
}
