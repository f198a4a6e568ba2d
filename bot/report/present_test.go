package report

import (
	"reflect"
	"testing"

	"maillage/rules"
	"maillage/store"
)

// renamed is a town where everything that may change its id has.
func renamed(t *testing.T) *rules.Rules {
	t.Helper()
	r, err := rules.Load(rules.File{Name: "config.yaml", Text: []byte(`
territoires: [{id: gare, nom: La Gare, anciens_ids: [station]}]
equipes: [{id: nord, nom: Équipe Nord, territoires: [gare]}]
types: [{id: foot, nom: Club de foot, anciens_ids: [ballon], domaines: [sport-culture]}]
besoins: [{id: jouer, nom: Jouer au foot, anciens_ids: [ballon-rond], domaine: sport-culture}]
partenaires: [{id: ml, nom: Mission locale, type: mission-locale, anciens_ids: [milo, ml-nord]}, {id: fc, nom: FC Gare, type: foot}]
`)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPresent(t *testing.T) {
	r := renamed(t)
	figures := store.Figures{
		Actions: 9, Domains: counts{"sante": 1, "ancien": 2}, Types: counts{"travail-de-rue": 3},
		Needs: counts{"jouer": 1, "ballon-rond": 2, "disparu": 3}, Unmet: counts{"ballon-rond": 1}, Territories: counts{"gare": 1, "station": 4},
		Partners: counts{"ml": 1, "milo": 2, "ml-nord": 4, "parti": 8}, Kinds: counts{"ballon": 5, "foot": 1},
	}
	want := store.Figures{
		Actions: 9, Domains: counts{"sante": 1, "ancien": 2}, Types: counts{"travail-de-rue": 3},
		Needs: counts{"jouer": 3, "disparu": 3}, Unmet: counts{"jouer": 1}, Territories: counts{"gare": 5},
		Partners: counts{"ml": 7, "parti": 8}, Kinds: counts{"foot": 6},
	}
	if got := present(r, figures); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if figures.Partners["milo"] != 2 {
		t.Error("what was read has changed")
	}
}

func TestPresentEvaluation(t *testing.T) {
	got := presentEvaluation(renamed(t), store.Evaluation{
		Outcomes: []store.Outcome{
			{Partner: "milo", Result: store.Refused, Times: 1}, {Partner: "ml", Result: store.Refused, Times: 2},
			{Partner: "fc", Need: "ballon-rond", Result: store.TakenUp, Times: 4}, {Partner: "fc", Need: "jouer", Result: store.TakenUp, Times: 8},
		},
		Waits:   map[string]store.Wait{"milo": {Days: 5, Answers: 1}, "ml": {Days: 7, Answers: 2}},
		Domains: map[string]map[string]int{"sante": {"milo": 1, "ml": 2}},
		Holes: []store.Hole{
			{Need: "sport", Territory: "gare", Times: 4}, {Need: "jouer", Territory: "gare", Times: 3},
			{Need: "ballon-rond", Territory: "station", Times: 2}, {Need: "jouer", Territory: "gare", Band: "15-17", Times: 1},
		},
	})
	want := store.Evaluation{
		Outcomes: []store.Outcome{{Partner: "fc", Need: "jouer", Result: store.TakenUp, Times: 12}, {Partner: "ml", Result: store.Refused, Times: 3}},
		Waits:    map[string]store.Wait{"ml": {Days: 12, Answers: 3}},
		Domains:  map[string]map[string]int{"sante": {"ml": 3}},
		Holes: []store.Hole{
			{Need: "jouer", Territory: "gare", Times: 5}, {Need: "sport", Territory: "gare", Times: 4}, {Need: "jouer", Territory: "gare", Band: "15-17", Times: 1},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestRenamedIsNotNew has a partner renamed between two years.
func TestRenamedIsNotNew(t *testing.T) {
	sum := presentSummary(renamed(t), store.Summary{
		Now: store.Figures{Partners: counts{"ml": 1, "milo": 1, "fc": 1, "parti": 2}}, Known: counts{"ml-nord": 1},
		New: []string{"fc", "milo", "ml", "parti"},
	})
	if want := []string{"fc", "parti"}; !reflect.DeepEqual(sum.New, want) {
		t.Errorf("new are %q, want %q", sum.New, want)
	}
}

func TestPresentBilan(t *testing.T) {
	counted := func(n int) store.Figures {
		return store.Figures{Actions: n, Young: n, Domains: counts{"sante": n}, Together: counts{}, Types: counts{}, Bands: counts{"15-17": n},
			Genders: counts{}, Hows: counts{}, Results: counts{}}
	}
	b := Bilan{
		Rules: renamed(t), Months: []Month{{Figures: store.Figures{Partners: counts{"milo": 1}}}},
		Territories: []Territory{{ID: "disparu", Now: counted(1), Before: counted(2)}, {ID: "gare", Now: counted(3), Before: counted(4)}, {ID: "station", Now: counted(5), Before: counted(6)}},
	}.Present()
	if len(b.Territories) != 2 || b.Territories[0].ID != "gare" || b.Territories[1].ID != "disparu" {
		t.Fatalf("territories are %+v", b.Territories)
	}
	if gare := b.Territories[0]; gare.Now.Actions != 8 || gare.Now.Domains["sante"] != 8 || gare.Before.Bands["15-17"] != 10 {
		t.Errorf("the territory under both ids is %+v", gare)
	}
	if got := b.Months[0].Partners; got["ml"] != 1 {
		t.Errorf("the month has %v", got)
	}
}
