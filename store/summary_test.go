package store

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// testSummary plays random histories of members who change teams, add, correct, move and delete actions, and wants every figure
// of every kind of period and scope to equal what is counted by hand from the records.
func testSummary(t *testing.T, s *Store, _ *clock) {
	r := rand.New(rand.NewPCG(4, 2026))
	for member := range int64(4) { // everybody has been in both teams: an action is of a team that its member belonged to
		join(t, s, member+1, "nord")
		join(t, s, member+1, "sud")
	}
	for update := range int64(220) {
		member := 1 + update%4
		if r.IntN(30) == 0 {
			join(t, s, member, []string{"nord", "sud", ""}[r.IntN(3)])
		}
		turn, err := randomTurn(t.Context(), s, r, member, update+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
	}
	audit(t, s)
	kept := keptBy(t, s)
	for _, scope := range []Scope{{}, {Member: 2}, {Teams: []string{"nord"}}, {Teams: []string{"sud", "nord"}}, {Teams: []string{"est"}}} {
		for _, name := range []string{"2026", "2027", "2026-T1", "2026-W01", "2026-W53", "2026-02", "2027-01", "2025-12-05..2026-02-17",
			"2026-02-26..2026-03-03", "2026-06-10..2026-06-10", "2025-12-29..2027-01-03"} {
			checkSummary(t, s, kept, scope, name)
		}
		for range 4 {
			from := time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(450))
			checkSummary(t, s, kept, scope, from.Format(time.DateOnly)+".."+from.AddDate(0, 0, r.IntN(200)).Format(time.DateOnly))
		}
	}
}

// kept is everything a store holds of one member, gone or not.
type kept struct {
	Member
	actions []Action
}

func keptBy(t testing.TB, s *Store) (all []kept) {
	t.Helper()
	var shard []string
	for n := range uint64(shards) {
		shard = append(shard, shardKey(n))
	}
	ids, err := s.ids(t.Context(), shard)
	if err != nil {
		t.Fatal(err)
	}
	members, err := s.members(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		actions, err := s.Recent(t.Context(), m.ID, 1e6)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, kept{m, actions})
	}
	return all
}

func checkSummary(t *testing.T, s *Store, all []kept, scope Scope, name string) {
	t.Helper()
	const today = "2026-07-01"
	p, err := ParsePeriod(name)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Summary(t.Context(), scope, p, today)
	if err != nil {
		t.Fatal(err)
	}
	past := Period{From: p.From[:4] + "-01-01", To: p.First().AddDate(0, 0, -1).Format(time.DateOnly)}
	past.From = p.First().AddDate(-1, 0, 0).Format("2006") + "-01-01"
	want := Summary{Period: p, Now: byHand(all, scope, p), Before: byHand(all, scope, soFar(p, p.Before(), today)), YearAgo: byHand(all, scope, soFar(p, p.YearAgo(), today))}
	known := byHand(all, scope, past)
	want.Known = known.Partners
	for _, partner := range []string{"cio", "mda", "ml"} {
		if want.Now.Partners[partner] > 0 && known.Partners[partner] == 0 {
			want.New = append(want.New, partner)
		}
	}
	want.Awaited = want.Now.Results["attente"] + known.Results["attente"]
	for _, k := range all {
		if !(scope.Member == k.ID && k.Team != "" || scope.Member == 0 && k.Team != "" && (scope.Teams == nil || slices.Contains(scope.Teams, k.Team))) {
			continue
		}
		for _, a := range k.actions {
			if a.FollowUp != "" {
				want.Open++
				if a.FollowUp < today {
					want.Late++
				}
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s of %+v:\n got %+v\nwant %+v", name, scope, got, want)
	}
	checkEvaluation(t, s, all, scope, p)
	checkHeard(t, s, all, scope, p)
	if p.IsYear() {
		checkTerritories(t, s, all, scope, p)
	}
}

// soFar is the days of another period as far as p has come on a day.
func soFar(p, other Period, today string) Period {
	if p.From <= today && today < p.To {
		for day, then := p.First(), other.First(); then.Format(time.DateOnly) <= other.To; day, then = day.AddDate(0, 0, 1), then.AddDate(0, 0, 1) {
			if day.Format(time.DateOnly) == today {
				other.To = then.Format(time.DateOnly)
			}
		}
	}
	return other
}

// inScope passes on the actions of a period that a scope holds.
func inScope(all []kept, scope Scope, p Period, each func(Action)) {
	for _, k := range all {
		for _, a := range k.actions {
			if scope.Member != 0 && scope.Member != k.ID || scope.Member == 0 && scope.Teams != nil && !slices.Contains(scope.Teams, a.Team) {
				continue
			}
			if a.Day >= p.From && a.Day <= p.To {
				each(a)
			}
		}
	}
}

func byHand(all []kept, scope Scope, p Period) Figures {
	var actions []Action
	inScope(all, scope, p, func(a Action) { actions = append(actions, a) })
	return countByHand(actions)
}

// countByHand counts without the counters' code.
func countByHand(actions []Action) Figures {
	f := Figures{Domains: map[string]int{}, Together: map[string]int{}, Needs: map[string]int{}, Unmet: map[string]int{}, Types: map[string]int{},
		Territories: map[string]int{}, Bands: map[string]int{}, Genders: map[string]int{}, Partners: map[string]int{}, Kinds: map[string]int{},
		Hows: map[string]int{}, Results: map[string]int{}}
	plus := func(m map[string]int, id string, n int) {
		if id != "" && n != 0 {
			m[id] += n
		}
	}
	for _, a := range actions {
		f.Actions++
		f.Young += a.Count
		if a.First {
			f.First++
		}
		switch a.Ended {
		case "faite":
			f.Done++
		case "sans-suite":
			f.Dropped++
		}
		domains := slices.Compact(slices.Sorted(slices.Values(a.Domains)))
		for _, d := range domains {
			f.Domains[d]++
		}
		if len(a.Domains) > 1 {
			sorted := slices.Sorted(slices.Values(a.Domains))
			f.Together[strings.Join(sorted, "+")]++
		}
		for _, n := range slices.Compact(slices.Sorted(slices.Values(a.Needs))) {
			f.Needs[n]++
			if len(a.Partners) == 0 {
				f.Unmet[n]++
			}
		}
		plus(f.Types, a.Type, 1)
		plus(f.Territories, a.Territory, 1)
		plus(f.Bands, a.Band, a.Count)
		plus(f.Genders, a.Gender, a.Count)
		for _, s := range a.Partners {
			plus(f.Partners, s.Partner, 1)
			plus(f.Kinds, s.Kind, 1)
			plus(f.Hows, s.How, 1)
			plus(f.Results, s.Result, 1)
		}
	}
	return f
}

func checkEvaluation(t *testing.T, s *Store, all []kept, scope Scope, p Period) {
	t.Helper()
	got, err := s.Evaluation(t.Context(), scope, p)
	if err != nil {
		t.Fatal(err)
	}
	outcomes, holes := map[Outcome]int{}, map[Hole]int{}
	waits, domains := map[string]Wait{}, map[string]map[string]int{}
	inScope(all, scope, p, func(a Action) {
		for _, sol := range a.Partners {
			for _, d := range a.Domains {
				if domains[d] == nil {
					domains[d] = map[string]int{}
				}
				domains[d][sol.Partner]++
			}
			if sol.Result != "" {
				outcomes[Outcome{sol.Partner, "", sol.Result, 0}]++
				for _, n := range a.Needs {
					outcomes[Outcome{sol.Partner, n, sol.Result, 0}]++
				}
			}
			if sol.Answered != "" {
				from, _ := time.Parse(time.DateOnly, a.Day)
				to, _ := time.Parse(time.DateOnly, sol.Answered)
				w := waits[sol.Partner]
				waits[sol.Partner] = Wait{w.Days + max(0, int(to.Sub(from)/(24*time.Hour))), w.Answers + 1}
			}
		}
		if len(a.Partners) == 0 {
			for _, n := range slices.Compact(slices.Sorted(slices.Values(a.Needs))) {
				holes[Hole{n, a.Territory, a.Band, 0}]++
			}
		}
	})
	same := len(got.Outcomes) == len(outcomes) && len(got.Holes) == len(holes)
	for _, o := range got.Outcomes {
		same = same && outcomes[Outcome{o.Partner, o.Need, o.Result, 0}] == o.Times
	}
	for _, h := range got.Holes {
		same = same && holes[Hole{h.Need, h.Territory, h.Band, 0}] == h.Times
	}
	if !same || !reflect.DeepEqual(got.Waits, waits) || !reflect.DeepEqual(got.Domains, domains) {
		t.Errorf("evaluation of %s, %+v:\n got %+v\nwant %v %v %v %v", p.Name, scope, got, outcomes, holes, waits, domains)
	}
	last := map[string]string{}
	inScope(all, scope, Period{From: "2025-01-01", To: "2027-12-31"}, func(a Action) {
		for _, sol := range a.Partners {
			last[sol.Partner] = max(last[sol.Partner], a.Day)
		}
	})
	for _, partner := range []string{"ml", "cio", "nobody"} {
		day, err := s.LastContact(t.Context(), scope, time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC), partner)
		if err != nil || day != last[partner] {
			t.Errorf("last contact with %s: %q, %v, want %q", partner, day, err, last[partner])
		}
	}
}

func checkHeard(t *testing.T, s *Store, all []kept, scope Scope, p Period) {
	t.Helper()
	got, err := s.Heard(t.Context(), scope, p)
	if err != nil {
		t.Fatal(err)
	}
	if _, odd := p.parts(true); len(odd) > 0 {
		if got != nil {
			t.Errorf("answers of %s, of which part cannot be known: %v", p.Name, got)
		}
		return
	}
	want := map[string]map[string]int{}
	inScope(all, scope, Period{From: "2020-01-01", To: "2030-12-31"}, func(a Action) {
		for _, sol := range a.Partners {
			day := a.Day
			if sol.Answered != "" {
				day = sol.Answered
			}
			if (sol.Result == "pris-en-charge" || sol.Result == "refus") && day >= p.From && day <= p.To {
				if want[sol.Partner] == nil {
					want[sol.Partner] = map[string]int{}
				}
				want[sol.Partner][sol.Result]++
			}
		}
	})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("answers of %s, %+v: %v, want %v", p.Name, scope, got, want)
	}
}

func checkTerritories(t *testing.T, s *Store, all []kept, scope Scope, p Period) {
	t.Helper()
	got, err := s.InTerritories(t.Context(), scope, p.First().Year(), "gare", "paillade", "nowhere")
	if err != nil {
		t.Fatal(err)
	}
	for i, territory := range []string{"gare", "paillade", "nowhere"} {
		var actions []Action
		inScope(all, scope, p, func(a Action) {
			if a.Territory == territory {
				actions = append(actions, a)
			}
		})
		if want := countByHand(actions); !reflect.DeepEqual(got[i], want) {
			t.Errorf("%s in %s, %+v:\n got %+v\nwant %+v", territory, p.Name, scope, got[i], want)
		}
	}
}

func TestPeriods(t *testing.T) {
	for _, c := range []struct{ name, from, to, before, after, ago string }{
		{"2026-W47", "2026-11-16", "2026-11-22", "2026-W46", "2026-W48", "2025-W47"},
		{"2026-W53", "2026-12-28", "2027-01-03", "2026-W52", "2027-W01", "2026-W01"},
		{"2026-03", "2026-03-01", "2026-03-31", "2026-02", "2026-04", "2025-03"},
		{"2026-01", "2026-01-01", "2026-01-31", "2025-12", "2026-02", "2025-01"},
		{"2026-T1", "2026-01-01", "2026-03-31", "2025-T4", "2026-T2", "2025-T1"},
		{"2024", "2024-01-01", "2024-12-31", "2023", "2025", "2023"},
		{"2026-03-01..2026-04-15", "2026-03-01", "2026-04-15", "2026-01-14..2026-02-28", "2026-04-16..2026-05-31", "2025-03-01..2025-04-15"},
		{"2026-03-01..2026-03-02", "2026-03-01", "2026-03-02", "2026-02-27..2026-02-28", "2026-03-03..2026-03-04", "2025-03-01..2025-03-02"},
	} {
		p, err := ParsePeriod(c.name)
		if err != nil || p != (Period{c.name, c.from, c.to}) {
			t.Errorf("%s: %+v, %v", c.name, p, err)
		}
		if got := [3]string{p.Before().Name, p.After().Name, p.YearAgo().Name}; got != [3]string{c.before, c.after, c.ago} {
			t.Errorf("%s: before, after and a year ago are %v", c.name, got)
		}
	}
	for text, name := range map[string]string{"2026-11-16..2026-11-22": "2026-W47", "2026-01-01..2026-12-31": "2026", "2026-10-01..2026-12-31": "2026-T4"} {
		if p, err := ParsePeriod(text); err != nil || p.Name != name {
			t.Errorf("%s: %+v, %v, want %s", text, p, err, name)
		}
	}
	for _, wrong := range []string{"", "2026-W54", "2025-W53", "2026-13", "2026-T5", "2026-T", "26", "2026-T1x", "2026-02-30..2026-03-01", "2026-03-02..2026-03-01", "1990-01-01..2026-01-01", ".."} {
		if p, err := ParsePeriod(wrong); err == nil {
			t.Errorf("%q is read as %+v", wrong, p)
		}
	}
}

// FuzzPeriod holds that the parts of a period are exactly its days, each once.
func FuzzPeriod(f *testing.F) {
	for _, name := range []string{"2026-W47", "2026-T1", "2024", "2025-12-05..2026-02-17", "2026-03-01..2026-04-15"} {
		f.Add(name, true)
	}
	f.Fuzz(func(t *testing.T, name string, weeks bool) {
		p, err := ParsePeriod(name)
		if err != nil {
			return
		}
		if again, err := ParsePeriod(p.Name); err != nil || again != p {
			t.Fatalf("%q is %+v, read again %+v, %v", name, p, again, err)
		}
		counted, days := p.parts(weeks)
		for _, part := range counted {
			whole, err := ParsePeriod(part)
			if err != nil {
				t.Fatal(errors.Join(err, errors.New(part)))
			}
			for day := whole.First(); !day.After(whole.Last()); day = day.AddDate(0, 0, 1) {
				days = append(days, day.Format(time.DateOnly))
			}
		}
		slices.Sort(days)
		if len(days) != p.Days() || days[0] != p.From || days[len(days)-1] != p.To || len(slices.Compact(days)) != p.Days() {
			t.Fatalf("%q has %d days, its parts %d, from %s to %s", name, p.Days(), len(days), days[0], days[len(days)-1])
		}
	})
}
