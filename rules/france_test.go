package rules

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"
)

// shipped gives what is shipped: rules/france and the example config.yaml.
func shipped(t testing.TB) *Rules {
	t.Helper()
	r, err := loadShipped()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var loadShipped = sync.OnceValues(func() (*Rules, error) {
	text, err := os.ReadFile("../config.yaml")
	if err != nil {
		return nil, err
	}
	return Load(File{"config.yaml", text})
})

func TestFranceAlone(t *testing.T) {
	if _, err := Load(); err != nil {
		t.Fatal(err)
	}
}

// TestEveryDomainIsDrawnAndSaid holds that the nine have colours of their own, 3:1 or more on white as WCAG asks of drawings, and
// are the subject of a sentence.
func TestEveryDomainIsDrawnAndSaid(t *testing.T) {
	r := shipped(t)
	drawn := map[string]string{}
	for _, d := range r.Domains {
		if ratio := contrastOnWhite(t, d.Color); ratio < 3 {
			t.Errorf("%s: %s is %.2f:1 on white", d.ID, d.Color, ratio)
		}
		if other := drawn[d.Color]; other != "" {
			t.Errorf("%s and %s have the same colour", d.ID, other)
		}
		drawn[d.Color] = d.ID
		if d.Subject == "" {
			t.Errorf("%s has no subject", d.ID)
		}
	}
}

// contrastOnWhite is the contrast ratio that WCAG 2 defines.
func contrastOnWhite(t *testing.T, color string) float64 {
	t.Helper()
	var red, green, blue uint8
	if _, err := fmt.Sscanf(color, "#%02X%02X%02X", &red, &green, &blue); err != nil {
		t.Fatalf("%q: %v", color, err)
	}
	linear := func(c uint8) float64 {
		v := float64(c) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 1.05 / (0.2126*linear(red) + 0.7152*linear(green) + 0.0722*linear(blue) + 0.05)
}

func TestEveryNeedLeadsSomewhere(t *testing.T) {
	r := shipped(t)
	for _, need := range r.Needs {
		if len(need.Rules) == 0 {
			t.Errorf("%s has no rule", need.ID)
		}
		answered := false
		for age := range 30 {
			answered = answered || len(r.Suggest(Query{Needs: []string{need.ID}, Ages: Ages{age, age}}, today)) > 0
		}
		if !answered {
			t.Errorf("%s leads to nobody at any age", need.ID)
		}
	}
}

// everyQuery calls f for each need, alone and with the next one, for ages and bands, territories and situations.
func everyQuery(r *Rules, f func(Query)) {
	ages := []Ages{{}, {8, 8}, {11, 14}, {15, 17}, {16, 16}, {18, 18}, {24, 24}, {26, 0}}
	situations := [][]string{nil, {"sans-solution"}, {"enceinte", family}}
	territories := []string{"", r.Territories[0].ID, r.Territories[len(r.Territories)-1].ID}
	for i, need := range r.Needs {
		for _, needs := range [][]string{{need.ID}, {need.ID, r.Needs[(i+1)%len(r.Needs)].ID}} {
			for _, a := range ages {
				for _, t := range territories {
					for _, s := range situations {
						f(Query{Needs: needs, Ages: a, Territory: t, Situations: s})
					}
				}
			}
		}
	}
}

func TestSuggestHolds(t *testing.T) {
	r := shipped(t)
	everyQuery(r, func(q Query) {
		got := r.Suggest(q, today)
		if err := suggestionsHold(r, q, got); err != nil {
			t.Errorf("%v: %v", q, err)
		}
		if again := r.Suggest(q, today); !reflect.DeepEqual(got, again) {
			t.Errorf("%v: asked twice, got %v and %v", q, got, again)
		}
	})
}

// suggestionsHold checks what must be true of every answer, whatever the data.
func suggestionsHold(r *Rules, q Query, got []Suggestion) error {
	if len(got) > maxSuggestions {
		return fmt.Errorf("%d suggestions", len(got))
	}
	minor := q.Ages.Known() && q.Ages.Max > 0 && q.Ages.Max < 18
	withFamily := slices.Contains(q.Situations, family)
	seen := map[*Partner]bool{}
	for _, s := range got {
		p := s.Partner
		switch {
		case seen[p]:
			return fmt.Errorf("%s twice", p.ID)
		case p.Closed:
			return fmt.Errorf("%s is closed", p.ID)
		case !p.Ages.Meets(q.Ages) && !withFamily:
			return fmt.Errorf("%s is for %v", p.ID, p.Ages)
		case p.Kind == "siao-115" && minor && !withFamily:
			return fmt.Errorf("%s for a minor", p.ID)
		case p.Access == ByDecision && !s.Inform:
			return fmt.Errorf("%s is no door", p.ID)
		case slices.Contains([]string{"pjj", "dispositif-relais", "spip"}, p.Kind) && !s.Inform:
			return fmt.Errorf("%s is no door", p.ID)
		case q.Territory != "" && len(p.Territories) > 0 && !slices.Contains(p.Territories, q.Territory):
			return fmt.Errorf("%s is for %v", p.ID, p.Territories)
		case s.Why == "" || r.Need(s.Need) == nil:
			return fmt.Errorf("%s without a reason", p.ID)
		}
		seen[p] = true
	}
	return relayed(r, q, got)
}

// relayed checks that who has a long wait comes with one of the relays of its kind, when the age allows any.
func relayed(r *Rules, q Query, got []Suggestion) error {
	for _, s := range got {
		if s.Partner.Wait == "" || s.Inform || !q.Ages.Meets(Ages{12, 20}) {
			continue
		}
		relays := r.Kind(s.Partner.Kind).Relays
		if len(relays) > 0 && !slices.ContainsFunc(got, func(o Suggestion) bool { return slices.Contains(relays, o.Partner.Kind) }) {
			return fmt.Errorf("%s has a long wait and nobody to see meanwhile", s.Partner.ID)
		}
	}
	return nil
}

func TestWithoutSolutionAtSixteen(t *testing.T) {
	r := shipped(t)
	for _, territory := range r.Territories {
		for _, need := range []string{"obligation-formation", "recherche-emploi"} {
			for _, ages := range []Ages{{16, 16}, {17, 17}, {15, 17}} {
				q := Query{Needs: []string{need}, Ages: ages, Territory: territory.ID, Situations: []string{"sans-solution"}}
				kinds := kindsOf(r.Suggest(q, today))
				for _, kind := range []string{"mission-locale", "cio"} {
					if !slices.Contains(kinds, kind) {
						t.Errorf("%v: no %s in %v", q, kind, kinds)
					}
				}
			}
		}
	}
}

func TestMinorOutside(t *testing.T) {
	r := shipped(t)
	for _, need := range []string{"mineur-dehors", "hebergement-urgence"} {
		kinds := kindsOf(r.Suggest(Query{Needs: []string{need}, Ages: Ages{15, 15}}, today))
		if !slices.Contains(kinds, "n119") {
			t.Errorf("%s of a minor leads to %v, not to 119", need, kinds)
		}
	}
	q := Query{Needs: []string{"hebergement-urgence"}, Ages: Ages{15, 15}, Situations: []string{family}}
	if kinds := kindsOf(r.Suggest(q, today)); !slices.Contains(kinds, "siao-115") {
		t.Errorf("a family outside is led to %v, not to 115", kinds)
	}
}

func kindsOf(suggestions []Suggestion) []string {
	var kinds []string
	for _, s := range suggestions {
		kinds = append(kinds, s.Partner.Kind)
	}
	return kinds
}

func TestDangerAsksNothing(t *testing.T) {
	r := shipped(t)
	for _, id := range []string{"crise-suicidaire", "hebergement-urgence", "mineur-dehors", "danger-mineur", "violences-intrafamiliales", "exploitation-sexuelle"} {
		need := r.Need(id)
		if need == nil || need.Urgency == nil || need.Urgency.Ask || len(need.Urgency.Steps) == 0 {
			t.Errorf("%s must show its steps and ask nothing", id)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	config := File{"config.yaml", read(b, "../config.yaml")}
	for b.Loop() {
		if _, err := Load(config); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSuggest(b *testing.B) {
	for _, partners := range []int{150, 10_000} {
		b.Run(fmt.Sprint(partners), func(b *testing.B) {
			r := town(b, partners)
			q := Query{Needs: []string{"recherche-emploi", "mal-etre"}, Ages: Ages{17, 17}, Territory: r.Territories[0].ID, Situations: []string{"sans-solution"}}
			for b.Loop() {
				if len(r.Suggest(q, today)) == 0 {
					b.Fatal("nothing suggested")
				}
			}
		})
	}
}

func BenchmarkReadAndSuggest(b *testing.B) {
	for _, partners := range []int{150, 10_000} {
		b.Run(fmt.Sprint(partners), func(b *testing.B) {
			r := town(b, partners)
			b.ReportAllocs()
			for b.Loop() {
				said := r.Read("vu un jeune de 17 ans à la Cerisaie, plus rien depuis juin, dort chez des potes, orienté ML, rdv mardi")
				q := Query{Ages: Ages{said.Age, said.Age}, Territory: said.Territory, Situations: said.Situations}
				for _, n := range said.Needs {
					q.Needs = append(q.Needs, n.ID)
				}
				if len(r.Suggest(q, today)) == 0 {
					b.Fatal("nothing suggested")
				}
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	r := town(b, 10_000)
	for b.Loop() {
		if len(r.Find("miss loc")) == 0 {
			b.Fatal("nothing found")
		}
	}
}

// town is the shipped one with its partners repeated until there are n.
func town(b *testing.B, n int) *Rules {
	r := *shipped(b)
	r.Partners = slices.Clone(r.Partners)
	for i := 0; len(r.Partners) < n; i++ {
		p := r.Partners[i]
		p.ID = fmt.Sprintf("%s-%d", p.ID, i)
		p.Checked = time.Time{}
		r.Partners = append(r.Partners, p)
	}
	r.index = newIndex(&r, nil)
	return &r
}
