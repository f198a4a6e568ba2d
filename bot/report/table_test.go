package report

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maillage/rules"
	"maillage/store"
)

// city is a service with all the needs of France, 150 partners and five quartiers.
func city(t testing.TB) *rules.Rules {
	t.Helper()
	r, err := bigCity()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var bigCity = sync.OnceValues(func() (*rules.Rules, error) {
	var text strings.Builder
	text.WriteString("territoires: [{id: gare, nom: La Gare}, {id: lac, nom: Le Lac}, {id: bourg, nom: Vieux Bourg}, {id: tilleuls, nom: Les Tilleuls}, {id: port, nom: Le Port}]\n")
	text.WriteString("equipes: [{id: nord, nom: Équipe Nord, territoires: [gare, lac, bourg, tilleuls, port]}]\npartenaires:\n")
	kinds := []string{"mission-locale", "ccas", "college", "lycee", "maison-pour-tous", "mda", "cjc", "pjj", "france-travail", "e2c"}
	for i := range 150 {
		fmt.Fprintf(&text, "  - {id: p%d, nom: Partenaire de l’Exemple n° %d, type: %s, horaires_accueil: \"lun-ven 9:00-17:00\", "+
			"conditions_acces: \"sur rendez-vous : appeler avant\", verifie_le: 2026-03-12, cadre: convention}\n", i, i, kinds[i%len(kinds)])
	}
	return rules.Load(rules.File{Name: "config.yaml", Text: []byte(text.String())})
})

// invented makes up actions of one year. The smaller an index, the more often it is drawn.
func invented(r *rules.Rules, year, actions int) []store.Action {
	random := rand.New(rand.NewPCG(uint64(year), uint64(actions)))
	often := func(n int) int { return min(random.IntN(n), random.IntN(n), random.IntN(n)) }
	results := []string{store.TakenUp, store.TakenUp, store.TakenUp, store.Refused, store.NoFollowUp, store.Awaited, ""}
	var all []store.Action
	for range actions {
		need := r.Needs[often(len(r.Needs))]
		a := store.Action{
			Day:  time.Date(year, 1, 1+random.IntN(365), 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
			Type: r.ActionTypes[often(len(r.ActionTypes))].ID, Band: rules.Bands[random.IntN(6)].ID, Gender: genders[often(4)][0], Count: 1 + often(4),
			First: random.IntN(8) == 0, Needs: []string{need.ID}, Domains: []string{need.Domain}, Territory: r.Territories[often(len(r.Territories))].ID,
		}
		if need.Second != "" {
			a.Domains = append(a.Domains, need.Second)
		}
		for range random.IntN(3) {
			p := r.Partners[often(len(r.Partners))]
			s := store.Solicitation{Partner: p.ID, Kind: p.Kind, How: hows[often(4)][0], Result: results[random.IntN(len(results))]}
			if s.Result != "" && s.Result != store.Awaited {
				s.Answered = a.Day
			}
			a.Partners = append(a.Partners, s)
		}
		all = append(all, a)
	}
	return all
}

// figuresOf counts actions as a store does.
func figuresOf(actions []store.Action) store.Figures {
	f := store.Figures{Domains: map[string]int{}, Together: map[string]int{}, Needs: map[string]int{}, Unmet: map[string]int{}, Types: map[string]int{},
		Territories: map[string]int{}, Bands: map[string]int{}, Genders: map[string]int{}, Partners: map[string]int{}, Kinds: map[string]int{},
		Hows: map[string]int{}, Results: map[string]int{}}
	for _, a := range actions {
		f.Actions++
		f.Young += a.Count
		if a.First {
			f.First++
		}
		for _, d := range a.Domains {
			f.Domains[d]++
		}
		if len(a.Domains) > 1 {
			f.Together[strings.Join(slices.Sorted(slices.Values(a.Domains)), "+")]++
		}
		for _, n := range a.Needs {
			f.Needs[n]++
			if len(a.Partners) == 0 {
				f.Unmet[n]++
			}
		}
		f.Types[a.Type]++
		f.Territories[a.Territory]++
		f.Bands[a.Band] += a.Count
		f.Genders[a.Gender] += a.Count
		for _, p := range a.Partners {
			f.Partners[p.Partner]++
			f.Kinds[p.Kind]++
			f.Hows[p.How]++
			if p.Result != "" {
				f.Results[p.Result]++
			}
		}
	}
	return f
}

func evaluationOf(actions []store.Action) store.Evaluation {
	e := store.Evaluation{Waits: map[string]store.Wait{}, Domains: map[string]map[string]int{}}
	outcomes, holes := map[store.Outcome]int{}, map[store.Hole]int{}
	for i, a := range actions {
		for _, n := range a.Needs {
			if len(a.Partners) == 0 {
				holes[store.Hole{Need: n, Territory: a.Territory, Band: a.Band}]++
			}
		}
		for _, p := range a.Partners {
			for _, d := range a.Domains {
				if e.Domains[d] == nil {
					e.Domains[d] = map[string]int{}
				}
				e.Domains[d][p.Partner]++
			}
			if p.Result != "" {
				for _, n := range append([]string{""}, a.Needs...) {
					outcomes[store.Outcome{Partner: p.Partner, Need: n, Result: p.Result}]++
				}
			}
			if p.Answered != "" {
				w := e.Waits[p.Partner]
				e.Waits[p.Partner] = store.Wait{Days: w.Days + i%20, Answers: w.Answers + 1}
			}
		}
	}
	for o, n := range outcomes {
		o.Times = n
		e.Outcomes = append(e.Outcomes, o)
	}
	for h, n := range holes {
		h.Times = n
		e.Holes = append(e.Holes, h)
	}
	slices.SortFunc(e.Holes, func(a, b store.Hole) int {
		return strings.Compare(a.Need+"/"+a.Territory+"/"+a.Band, b.Need+"/"+b.Territory+"/"+b.Band)
	})
	return e
}

func only(actions []store.Action, keep func(store.Action) bool) []store.Action {
	return slices.DeleteFunc(slices.Clone(actions), func(a store.Action) bool { return !keep(a) })
}

// yearOf is the report of a year of so many actions, and of as many less a fifth the year before.
func yearOf(r *rules.Rules, actions int) Bilan {
	now, before := invented(r, 2026, actions), invented(r, 2025, actions-actions/5)
	b := Bilan{Rules: r, Whose: "Équipe Nord", Evaluation: evaluationOf(now), Summary: store.Summary{
		Period: store.YearPeriod(2026), Now: figuresOf(now), Before: figuresOf(before), YearAgo: figuresOf(before),
		Open: 9, Late: 2, New: []string{"p3", "p140"},
	}}
	for _, m := range b.Summary.Period.Months() {
		b.Months = append(b.Months, Month{Period: m, Figures: figuresOf(only(now, func(a store.Action) bool { return a.Month() == m.Name }))})
	}
	for _, t := range r.Territories {
		here := func(a store.Action) bool { return a.Territory == t.ID }
		b.Territories = append(b.Territories, Territory{t.ID, figuresOf(only(now, here)), figuresOf(only(before, here))})
	}
	return b
}

func tableOf(t *testing.T, b Bilan, sheet string) Table {
	t.Helper()
	tables := b.Tables()
	i := slices.IndexFunc(tables, func(t Table) bool { return t.Sheet == sheet })
	if i < 0 {
		t.Fatalf("no table %q", sheet)
	}
	return tables[i]
}

// written is a table as a reader sees it.
func written(t Table) string {
	var lines []string
	for _, row := range append([][]any{anys(t.Columns)}, t.Rows...) {
		var cells []string
		for _, cell := range row {
			switch cell := cell.(type) {
			case nil:
				cells = append(cells, "")
			case Share:
				cells = append(cells, fmt.Sprintf("%d %%", cell))
			case Difference:
				cells = append(cells, fmt.Sprintf("%+d", cell))
			case Days:
				cells = append(cells, fmt.Sprintf("%.1f j", cell))
			case time.Time:
				cells = append(cells, cell.Format(time.DateOnly))
			default:
				cells = append(cells, fmt.Sprint(cell))
			}
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	return strings.Join(lines, "\n")
}

func anys(texts []string) []any {
	all := make([]any, len(texts))
	for i, s := range texts {
		all[i] = s
	}
	return all
}

// twoYears is a report whose figures are easy to check by hand.
func twoYears(t *testing.T) Bilan {
	t.Helper()
	b := Bilan{Rules: town(t), Whose: "Équipe Nord", Summary: store.Summary{
		Period: store.YearPeriod(2026), Open: 3, Late: 1, New: []string{"ccas"},
		Now: store.Figures{
			Actions: 1000, Young: 1500, First: 3, Done: 20, Dropped: 4,
			Domains:  map[string]int{"insertion-emploi": 320, "sante": 90, "justice": 80, "ancien": 2},
			Together: map[string]int{"justice+sante": 10},
			Needs:    map[string]int{"recherche-emploi": 200, "ancien-besoin": 3, "autre-ancien": 2, "stage": 9, "cv-lettre": 7},
			Unmet:    map[string]int{"recherche-emploi": 18, "ancien-besoin": 3},
			Types:    map[string]int{"travail-de-rue": 1000}, Territories: map[string]int{"gare": 990},
			Bands: map[string]int{"11-14": 3, "15-17": 900, "18-21": 590}, Genders: map[string]int{"fille": 500, "garcon": 1000},
			Partners: map[string]int{"ml": 9, "ccas": 2, "parti": 1}, Kinds: map[string]int{"mission-locale": 9, "ccas": 3},
			Hows: map[string]int{"orientation": 12}, Results: map[string]int{store.TakenUp: 5, store.Refused: 3, store.Awaited: 2},
		},
	}}
	b.Summary.Before = store.Figures{Actions: 1000, Young: 1200, First: 8,
		Domains: map[string]int{"insertion-emploi": 285, "sante": 90}, Partners: map[string]int{"ml": 10}, Kinds: map[string]int{"mission-locale": 10},
		Bands: map[string]int{"15-17": 1200}, Genders: map[string]int{"fille": 1200}, Results: map[string]int{store.TakenUp: 1, store.Refused: 1}}
	b.Summary.YearAgo = b.Summary.Before
	b.Evaluation = store.Evaluation{
		Outcomes: []store.Outcome{
			{Partner: "ml", Result: store.TakenUp, Times: 5}, {Partner: "ml", Result: store.Refused, Times: 2}, {Partner: "ml", Need: "recherche-emploi", Result: store.TakenUp, Times: 5},
			{Partner: "ccas", Result: store.Awaited, Times: 2}, {Partner: "ccas", Need: "recherche-emploi", Result: store.Awaited, Times: 2}, {Partner: "parti", Result: store.Refused, Times: 1},
		},
		Waits:   map[string]store.Wait{"ml": {Days: 20, Answers: 7}},
		Domains: map[string]map[string]int{"insertion-emploi": {"ml": 9, "ccas": 1}, "sante": {"ccas": 2}},
		Holes:   []store.Hole{{Need: "recherche-emploi", Territory: "gare", Band: "15-17", Times: 8}, {Need: "recherche-emploi", Territory: "gare", Band: "18-21", Times: 4}, {Need: "recherche-emploi", Times: 6}, {Need: "ancien-besoin", Territory: "gare", Times: 3}},
	}
	return b
}

func TestTables(t *testing.T) {
	b := twoYears(t)
	for sheet, want := range map[string]string{
		"Synthèse": ` | 2026 | 2025 | Écart (2025)
Actions distinctes | 1000 | 1000 | +0
Jeunes rencontrés (somme des rencontres) | 1500 | 1200 | +300
Premiers contacts (actions) | moins de 5 | 8 | non détaillé
Justice et santé ensemble, part des actions | 16 % | 9 % | +7
Partenaires sollicités | 3 | 1 | +2
 dont nouveaux | 1 |  | 
Sollicitations | 12 | 10 | +2
Taux de prise en charge (issues connues) | 63 % | 50 % | +13
Réponses encore attendues | 2 | 0 | +2
Relances faites | 20 | 0 | +20
Relances closes sans suite | 4 | 0 | +4
Relances ouvertes à ce jour | 3 |  | 
 dont en retard | 1 |  | `,
		"Domaines": `Domaine | Actions 2026 | Part 2026 | Actions 2025 | Part 2025 | Écart (points)
Insertion et emploi | 320 | 32 % | 285 | 29 % | +3
Santé | 90 | 9 % | 90 | 9 % | +0
Justice | 80 | 8 % | 0 | 0 % | +8
ancien | 2 | 0 % | 0 | 0 % | +0
Actions distinctes | 1000 | 100 % | 1000 | 100 % | +0`,
		"Publics": `Répartition | Public | Jeunes 2026 | Part 2026 | Jeunes 2025 | Part 2025 | Écart (points)
Tranche d’âge | Moins de 11 ans | 0 | 0 % | 0 | 0 % | +0
Tranche d’âge | 11-14 ans | moins de 5 | non détaillé | 0 | 0 % | non détaillé
Tranche d’âge | 15-17 ans | 900 | 60 % | 1200 | 100 % | -40
Tranche d’âge | 18-21 ans | 590 | 39 % | 0 | 0 % | +39
Tranche d’âge | 22-25 ans | 0 | 0 % | 0 | 0 % | +0
Tranche d’âge | Plus de 25 ans | 0 | 0 % | 0 | 0 % | +0
Tranche d’âge | Adulte, parent | 0 | 0 % | 0 | 0 % | +0
Tranche d’âge | Âge non connu | 0 | 0 % | 0 | 0 % | +0
Tranche d’âge | Non notée | non détaillé | non détaillé | 0 | 0 % | non détaillé
Genre | Filles | 500 | 33 % | 1200 | 100 % | -67
Genre | Garçons | 1000 | 67 % | 0 | 0 % | +67
Genre | Groupes mixtes | 0 | 0 % | 0 | 0 % | +0
Genre | Autre | 0 | 0 % | 0 | 0 % | +0
Genre | Non précisé | 0 | 0 % | 0 | 0 % | +0
Genre | Non noté | 0 | 0 % | 0 | 0 % | +0
Ensemble | Jeunes rencontrés | 1500 | 100 % | 1200 | 100 % | +0
Premiers contacts | Actions, et part des actions | moins de 5 | non détaillé | 8 | 1 % | non détaillé`,
		"Besoins": `Besoin | Domaine | Actions 2026 | Part 2026 | Actions 2025 | Part 2025 | Écart (points) | Sans partenaire
Recherche d’emploi | Insertion et emploi | 200 | 20 % | 0 | 0 % | +20 | 18
Stage, immersion | Insertion et emploi | 9 | 1 % | 0 | 0 % | +1 | 0
CV, lettre, entretien d’embauche | Insertion et emploi | 7 | 1 % | 0 | 0 % | +1 | 0`,
		"Partenaires": `Partenaire | Type | Cadre | Sollicitations | Part | Sollicitations 2025 | Écart | Pris en charge | Refus | Sans suite | En attente | Réunions | Taux de prise en charge | Délai moyen (jours) | Réponses datées | Besoins | Dernier contact | Nouveau | Horaires | Conditions | Vérifié le
Mission locale <du> Lac | Mission locale |  | 9 | 75 % | 10 | -1 | 5 | 2 | 0 | 0 | 2 | 71 % | 2.9 j | 7 | Recherche d’emploi |  |  |  | hors scolarité, jusqu’à la veille des 26 ans ; entrée du CEJ et du PACEA | 
CCAS | CCAS |  | 2 | 17 % | 0 | +2 | 0 | 0 | 0 | 2 | 0 |  |  |  |  |  | oui |  | habiter la commune ; aides facultatives, domiciliation | 
parti | retiré de la configuration |  | 1 | 8 % | 0 | +1 | 0 | 1 | 0 | 0 | 0 | 0 % |  |  |  |  |  |  |  | `,
		"Partenaires par domaine": `Domaine | Partenaires distincts | Sollicitations | Partenaires les plus sollicités
Insertion et emploi | 2 | 10 | Mission locale <du> Lac ; CCAS
Santé | 1 | 2 | CCAS
En tout, sans répétition | 3 | 12 | `,
		"Résultats": `Répartition | Sollicitations | Nombre 2026 | Part 2026 | Nombre 2025 | Part 2025 | Écart (points)
Résultat | Pris en charge | 5 | 42 % | 1 | 10 % | +32
Résultat | Refus | 3 | 25 % | 1 | 10 % | +15
Résultat | En attente | 2 | 17 % | 0 | 0 % | +17
Résultat | Réunion, sans résultat à attendre | 2 | 17 % | 8 | 80 % | -63
Manière | Orientation | 12 | 100 % | 0 | 0 % | +100
Manière | Non notée | 0 | 0 % | 10 | 100 % | -100
Ensemble | Sollicitations | 12 | 100 % | 10 | 100 % | +0`,
		"Trous du réseau": `Besoin | Domaine | Quartier | Actions
Recherche d’emploi | Insertion et emploi | La Gare | 12
Recherche d’emploi | Insertion et emploi | Autres, réunis | 6`,
		"Quartiers": `Quartier | Actions 2026 | Part 2026 | Actions 2025 | Part 2025 | Écart (points)
La Gare | 990 | 99 % | 0 | 0 % | +99
Ailleurs ou non noté | 10 | 1 % | 1000 | 100 % | -99
Ensemble | 1000 | 100 % | 1000 | 100 % | +0`,
	} {
		if got := strings.NewReplacer("\u00a0", " ", "\u2003", " ").Replace(written(tableOf(t, b, sheet))); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", sheet, got, want)
		}
	}
}

// TestTablesOfAnyYear makes tables of years big and small, with and without one before, and looks at what must hold of all.
func TestTablesOfAnyYear(t *testing.T) {
	r := city(t)
	for _, actions := range []int{0, 1, 2, 6, 30, 200, 1500} {
		for _, change := range []func(*Bilan){
			func(*Bilan) {},
			func(b *Bilan) { b.Summary.Before, b.Summary.YearAgo = store.Figures{}, store.Figures{} },
			func(b *Bilan) { b.Summary.Period, b.Territories = store.QuarterPeriod(b.Summary.Period.Last()), nil },
			func(b *Bilan) { b.Territories = b.Territories[:1]; b.Until = "2026-11-22" },
		} {
			b := yearOf(r, actions)
			change(&b)
			for _, table := range b.Tables() {
				holds(t, table)
			}
		}
	}
}

func holds(t *testing.T, table Table) {
	t.Helper()
	if n := len([]rune(table.Sheet)); n > 31 || strings.ContainsAny(table.Sheet, `:\/?*[]'`) {
		t.Errorf("a sheet is named %q", table.Sheet)
	}
	if table.Note == "" || table.Title == "" {
		t.Errorf("%s: title %q, note %q", table.Sheet, table.Title, table.Note)
	}
	holdFrench(t, table.Title)
	holdFrench(t, table.Note)
	for _, row := range table.Rows {
		if table.Sheet == "Règles de comptage" {
			holdFrench(t, row[0].(string))
			holdFrench(t, row[1].(string))
		}
		if len(row) != len(table.Columns) {
			t.Fatalf("%s: %d cells in %d columns: %v", table.Sheet, len(row), len(table.Columns), row)
		}
		for i, title := range table.Columns {
			if title != "Écart (points)" || row[i] == nil || isMask(row[i]) {
				continue
			}
			now, before := row[i-3].(Share), row[i-1].(Share)
			if row[i] != Difference(now-before) {
				t.Errorf("%s: %v is %d %% against %d %%, and %+d", table.Sheet, row[0], now, before, row[i])
			}
		}
	}
	if g := table.Graph; g != nil && g.Rows > len(table.Rows) {
		t.Errorf("%s: the graph has %d rows of %d", table.Sheet, g.Rows, len(table.Rows))
	}
}

// town is a small town with names that HTML would take for marks.
func town(t *testing.T) *rules.Rules {
	t.Helper()
	r, err := rules.Load(rules.File{Name: "config.yaml", Text: []byte(`
territoires: [{id: gare, nom: La Gare}]
equipes: [{id: nord, nom: Nord, territoires: [gare]}]
partenaires:
  - {id: ml, nom: Mission locale <du> Lac, type: mission-locale}
  - {id: ccas, nom: CCAS, type: ccas}
`)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
