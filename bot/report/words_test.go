package report

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf16"

	"maillage/bot/french"
	"maillage/rules"
	"maillage/store"
)

// drawn makes figures up, small ones more often than not.
type drawn struct {
	*rand.Rand
	r *rules.Rules
}

func (d drawn) number() int {
	return []int{0, 1, 2, d.IntN(7), d.IntN(50), d.IntN(3000)}[d.IntN(6)]
}

func (d drawn) counts(ids ...string) counts {
	c := counts{}
	for _, id := range ids {
		if n := d.number(); n > 0 {
			c[id] = n
		}
	}
	return c
}

func (d drawn) figures() store.Figures {
	if d.IntN(5) == 0 {
		return store.Figures{}
	}
	domains := append(idsOf(d.r.Domains, func(d rules.Domain) string { return d.ID }), "ancien")
	f := store.Figures{
		Young: d.number(), First: d.number(), Done: d.number(), Dropped: d.number(), Domains: d.counts(domains...),
		Needs: d.counts("recherche-emploi", "sport", "disparu"), Unmet: d.counts("recherche-emploi", "danger-mineur", "disparu"),
		Types: d.counts("travail-de-rue", "partenariat", "disparu"), Territories: d.counts("gare", "tanneries", "disparu"),
		Bands: d.counts(idsOf(rules.Bands, func(b rules.Band) string { return b.ID })...), Genders: d.counts("fille", "garcon", "mixte"),
		Partners: d.counts("ml", "ccas", "cio", "disparu"), Kinds: d.counts("mission-locale", "ccas", "disparu"),
		Results: d.counts(store.Awaited, store.TakenUp, store.Refused, store.NoFollowUp),
	}
	for _, n := range f.Domains {
		f.Actions = max(f.Actions, n)
	}
	if f.Actions > 3 {
		f.Together = counts{domains[d.IntN(9)] + "+" + domains[9]: 1}
	}
	return f
}

func (d drawn) summary() store.Summary {
	day := time.Date(2026, 1, 1+d.IntN(365), 0, 0, 0, 0, time.UTC)
	free, _ := store.ParsePeriod(day.Format(time.DateOnly) + ".." + day.AddDate(0, 0, d.IntN(60)).Format(time.DateOnly))
	p := []store.Period{store.WeekPeriod(day), store.MonthPeriod(day), store.QuarterPeriod(day), store.YearPeriod(2026), free}[d.IntN(5)]
	s := store.Summary{Period: p, Now: d.figures(), Before: d.figures(), YearAgo: d.figures(), Awaited: d.number(), Open: d.number(), Late: d.number()}
	for id := range s.Now.Partners {
		if d.IntN(2) == 0 {
			s.New = append(s.New, id)
		}
	}
	return s
}

func (d drawn) evaluation() store.Evaluation {
	return store.Evaluation{
		Outcomes: []store.Outcome{{Partner: "ccas", Result: store.Refused, Times: d.number()}, {Partner: "cio", Result: store.TakenUp, Times: d.number()}},
		Waits:    map[string]store.Wait{"ml": {Days: d.number(), Answers: d.number()}},
	}
}

var (
	ofOne = regexp.MustCompile(`(?:^|[^\pL\d\x{202f}])[01] (\pL+s)\b`)
	// invariable follow 0 or 1 with their s.
	invariable = map[string]bool{"refus": true, "sans": true}
	// never stands in a text that is set.
	never = []string{
		"  ", "de les ", "de le ", "De les ", "De le ", "de un", "%!", "()", " .", " ,", " )", "..", "« ", " »", " ;", " :", " !", " ?", " %",
		"«\u00a0\u00a0»", "'",
	}
)

// holdFrench tells what is wrong with a French text, whatever it says.
func holdFrench(t *testing.T, text string) {
	t.Helper()
	for _, m := range ofOne.FindAllStringSubmatch(text, -1) {
		if !invariable[m[1]] {
			t.Errorf("%q is plural in %q", m[0], text)
		}
	}
	for _, s := range never {
		if strings.Contains(text, s) {
			t.Errorf("%q in %q", s, text)
		}
	}
}

// TestWhateverTheFigures holds every paragraph and caption to the French that figures drawn at random must come out in.
func TestWhateverTheFigures(t *testing.T) {
	d := drawn{rand.New(rand.NewPCG(1, 2)), valmont(t)}
	for range 500 {
		b := Bilan{Rules: d.r, Whose: "Équipe Nord", Summary: d.summary(), Evaluation: d.evaluation()}
		if d.IntN(2) == 0 {
			b.Until = b.Summary.Period.From
		}
		for _, text := range b.Paragraphs() {
			holdFrench(t, text)
			if first := []rune(text)[0]; !unicode.IsUpper(first) && !unicode.IsDigit(first) || !strings.HasSuffix(text, ".") {
				t.Errorf("no sentence: %q", text)
			}
		}
		digest := Digest{Rules: d.r, Summary: d.summary(), Lately: d.evaluation(), Due: d.number(), Current: d.IntN(2) == 0}
		for _, line := range strings.Split(french.Typeset(digest.Caption()), "\n") {
			holdFrench(t, line)
		}
		if t.Failed() {
			return
		}
	}
}

// TestCaptionFits holds captions under what Telegram takes below a picture, with names as long as anybody may write them.
func TestCaptionFits(t *testing.T) {
	long := strings.Repeat("👩‍🚒&<", 400)
	r, err := rules.Load(rules.File{Name: "config.yaml", Text: []byte(`
territoires: [{id: gare, nom: La Gare}]
equipes: [{id: nord, nom: Nord, territoires: [gare]}]
domaines: [{id: sante, nom: "` + long + `"}, {id: justice, nom: "` + long + `"}]
besoins: [{id: sport, nom: "` + long + `", domaine: sport-culture}]
partenaires: [{id: ml, nom: "` + long + `", type: mission-locale}, {id: ccas, nom: "` + long + `", type: ccas}]
`)})
	if err != nil {
		t.Fatal(err)
	}
	tags := regexp.MustCompile(`<[^<>]*>`)
	whole := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
	d := drawn{rand.New(rand.NewPCG(3, 4)), r}
	longest := 0
	for range 200 {
		digest := Digest{Rules: r, Team: long, Summary: d.summary(), Lately: d.evaluation(), Due: d.number()}
		digest.Summary.Now.Unmet = counts{"sport": 1_000_000}
		digest.Heard = map[string]map[string]int{}
		for id, n := range digest.Summary.Now.Partners {
			digest.Heard[id] = counts{store.TakenUp: n, store.Refused: d.number()}
		}
		text := whole.Replace(tags.ReplaceAllString(digest.Caption(), ""))
		length := len(utf16.Encode([]rune(text)))
		longest = max(longest, length)
		if length > 1024 {
			t.Fatalf("%d units: %s", length, text)
		}
	}
	if longest < 900 {
		t.Errorf("the longest has %d units: nothing was cut", longest)
	}
}
