package rules

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestFigures holds what reading and the guard reach on the sets of testdata/eval.
//
//	-held   written before anything was tuned, from situations listed first, harder than the usual: a third tell their need by
//	        circumstances alone. Nobody looks at what fails there: they tell what to expect of sentences never seen
//	-fresh  of the usual difficulty, written after the tuning was over
//	others  tuned on: they only tell that nothing breaks
//
// Raise a bar when its figure has risen; never mend the misses of a held or fresh set.
//
// A line is a JSON object: text, domains (the main one first, none for a sentence without a need), also_ok (other main domains a
// colleague would accept), partner_kinds (any of them), age, count, action_type and what else is accepted of these; or text and
// pii. All people are invented.
func TestFigures(t *testing.T) {
	r := shipped(t)
	for _, c := range []struct {
		file string
		bars map[string]float64 // in percent; "false" figures must stay below, the others above
	}{
		{"sentences-held.jsonl", map[string]float64{"top-1": 80, "top-3": 86, "f1": 79, "false need": 17, "partner": 75, "age": 98, "count": 88, "type": 70, "false type": 13}},
		{"sentences-fresh.jsonl", map[string]float64{"top-1": 92, "top-3": 90, "f1": 88, "false need": 1, "partner": 87, "age": 99, "count": 93, "type": 76, "false type": 5}},
		{"sentences.jsonl", map[string]float64{"top-1": 97, "top-3": 94, "f1": 95, "false need": 1, "partner": 92, "age": 99, "count": 92, "type": 89, "false type": 4}},
		{"sentences-more.jsonl", map[string]float64{"top-1": 95, "top-3": 95, "f1": 93, "false need": 18}}, // no other facts are given there
		{"notes-held.jsonl", map[string]float64{"recall": 96, "precision": 93, "false alarm": 12}},
		{"notes.jsonl", map[string]float64{"recall": 98, "precision": 99, "false alarm": 1}},
	} {
		t.Run(c.file, func(t *testing.T) {
			figures := measure(r, readGold(t, "testdata/eval/"+c.file))
			for name, bar := range c.bars {
				if figures[name].of == 0 {
					t.Errorf("%s is not measured", name)
				}
				got := figures[name].percent()
				t.Logf("%-11s %5.1f %% (%v)", name, got, figures[name])
				if low := strings.HasPrefix(name, "false"); low && got > bar || !low && got < bar {
					t.Errorf("%s is %.1f %%, the bar is %.1f %%", name, got, bar)
				}
			}
		})
	}
}

// TestDangers holds how many of the ways to tell a danger raise the alarm, and that what only looks like one raises none: a line of
// dangers.jsonl has the need that is told, or "". They were tuned on.
func TestDangers(t *testing.T) {
	r := shipped(t)
	f := figures{}
	for _, g := range readGold(t, "testdata/eval/dangers.jsonl") {
		read := r.Read(g.Text)
		alarm := slices.ContainsFunc(read.Needs, func(n NeedFound) bool { return r.Need(n.ID).Urgency != nil })
		if g.Need == "" {
			if f.count("false", alarm); alarm {
				t.Errorf("%q raises the alarm for %v", g.Text, read.Needs)
			}
			continue
		}
		f.count("told", alarm)
	}
	if got := f["told"].percent(); got < 93 {
		t.Errorf("%.1f %% of the dangers raise the alarm (%v), the bar is 93 %%", got, f["told"])
	}
	t.Logf("told %v, false %v", f["told"], f["false"])
}

// gold is what a sentence or a note should give.
type gold struct {
	Text     string
	Need     string
	Domains  []string
	AlsoOK   []string `json:"also_ok"`
	Kinds    []string `json:"partner_kinds"`
	Age      *int
	AgeOK    []*int `json:"age_ok"`
	Count    *int
	CountOK  []*int                  `json:"count_ok"`
	Type     *string                 `json:"action_type"`
	TypeOK   []*string               `json:"action_ok"`
	Personal []struct{ Text string } `json:"pii"`
	isNote   bool
}

func readGold(t *testing.T, name string) []gold {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []gold
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var g gold
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		g.isNote = strings.Contains(lines.Text(), `"pii"`)
		all = append(all, g)
	}
	if err := lines.Err(); err != nil || len(all) < 100 {
		t.Fatalf("%s: %d lines, %v", name, len(all), err)
	}
	return all
}

// share is so many of so many.
type share struct{ n, of float64 }

func (s share) percent() float64 {
	if s.of == 0 {
		return 0
	}
	return 100 * s.n / s.of
}

func (s share) String() string { return fmt.Sprintf("%.4g of %.4g", s.n, s.of) }

type figures map[string]share

func (f figures) count(name string, right bool) {
	s := f[name]
	s.of++
	if right {
		s.n++
	}
	f[name] = s
}

func measure(r *Rules, all []gold) figures {
	f := figures{}
	for _, g := range all {
		if g.isNote {
			f.note(g, r.Personal(g.Text))
			continue
		}
		read := r.Read(g.Text)
		f.domains(g, read.Domains)
		f.facts(g, read)
		if len(g.Domains) > 0 && len(g.Kinds) > 0 {
			f.count("partner", fits(r, g, read))
		}
	}
	return f
}

// domains judges what is shown: the first domain, whether those expected are there, and what is there besides.
func (f figures) domains(g gold, shown []string) {
	if len(g.Domains) == 0 {
		f.count("false need", slices.ContainsFunc(shown, func(d string) bool { return !slices.Contains(g.AlsoOK, d) }))
		return
	}
	first := append(slices.Clone(shown), "none")[0]
	f.count("top-1", first == g.Domains[0] || slices.Contains(g.AlsoOK, first))
	accepted := slices.ContainsFunc(shown, func(d string) bool { return slices.Contains(g.AlsoOK, d) })
	found, missing, extra := 0.0, 0.0, 0.0
	there := 0.0
	for i, d := range g.Domains {
		switch {
		case slices.Contains(shown, d):
			found++
			there++
		case i == 0 && accepted:
			there++
		case !slices.Contains(g.AlsoOK, d):
			missing++
		}
	}
	for _, d := range shown {
		if !slices.Contains(g.Domains, d) && !slices.Contains(g.AlsoOK, d) {
			extra++
		}
	}
	top := f["top-3"]
	f["top-3"] = share{top.n + there/float64(len(g.Domains)), top.of + 1}
	f1 := f["f1"]
	f["f1"] = share{f1.n + 2*found, f1.of + 2*found + missing + extra}
}

func (f figures) facts(g gold, read Reading) {
	if g.Age != nil {
		f.count("age", is(read.Age, g.Age, g.AgeOK))
	}
	if g.Count != nil {
		f.count("count", is(read.Count, g.Count, g.CountOK))
	}
	kind := read.ActionType
	switch kind { // what the sets call otherwise
	case "chantier-educatif":
		kind = collective
	case "accompagnement-famille":
		kind = individual
	}
	if g.Type != nil {
		f.count("type", is(kind, g.Type, g.TypeOK))
	} else {
		f.count("false type", kind != "" && !is(kind, nil, g.TypeOK))
	}
}

// is tells whether what was read is the value expected or another one accepted; the zero value is read as nothing.
func is[T comparable](read T, want *T, accepted []*T) bool {
	var zero T
	return slices.ContainsFunc(append(slices.Clone(accepted), want), func(v *T) bool {
		return v == nil && read == zero || v != nil && *v == read
	})
}

// fits tells whether one of the first three partners, those named before those suggested, is of an expected kind.
func fits(r *Rules, g gold, read Reading) bool {
	var partners []*Partner
	for _, p := range read.Partners {
		if p := r.Partner(p.Partner); p != nil && !slices.Contains(partners, p) {
			partners = append(partners, p)
		}
	}
	var needs []string
	for _, n := range read.Needs {
		needs = append(needs, n.ID)
	}
	for _, s := range r.Suggest(Ask(needs, read.Age, read.Band, read.Territory, read.Situations), today) {
		if !slices.Contains(partners, s.Partner) {
			partners = append(partners, s.Partner)
		}
	}
	for _, p := range partners[:min(len(partners), 3)] {
		k := r.Kind(p.Kind)
		for _, name := range append([]string{p.Name, k.Name}, k.Synonyms...) {
			for _, want := range g.Kinds {
				if sameName(name, want) {
					return true
				}
			}
		}
	}
	return false
}

// sameName tells whether the words of one name are in the other, plurals aside.
func sameName(a, b string) bool {
	words := func(s string) string {
		var list []string
		for _, w := range searchWords(s) {
			list = append(list, strings.TrimSuffix(w, "s"))
		}
		return " " + strings.Join(list, " ") + " "
	}
	a, b = words(a), words(b)
	return len(a) > 2 && len(b) > 2 && (strings.Contains(a, b) || strings.Contains(b, a))
}

// note judges what the guard finds: a stretch counts when it touches an expected one.
func (f figures) note(g gold, found []Personal) {
	var expected []Personal
	for _, p := range g.Personal {
		from := strings.Index(g.Text, p.Text)
		expected = append(expected, Personal{Start: from, End: from + len(p.Text)})
	}
	touches := func(list []Personal, p Personal) bool {
		return slices.ContainsFunc(list, func(q Personal) bool { return p.Start < q.End && q.Start < p.End })
	}
	for _, p := range expected {
		f.count("recall", touches(found, p))
	}
	for _, p := range found {
		f.count("precision", touches(expected, p))
	}
	if len(expected) == 0 {
		f.count("false alarm", len(found) > 0)
	}
}
