package report

import (
	"strings"
	"testing"

	"maillage/rules"
	"maillage/store"
)

// valmont is an invented town whose entries have what a message must take care of: marks, former ids, names that are long.
func valmont(t *testing.T) *rules.Rules {
	t.Helper()
	r, err := rules.Load(rules.File{Name: "config.yaml", Text: []byte(`
territoires: [{id: gare, nom: La Gare, anciens_ids: [station]}, {id: tanneries, nom: Les Tanneries}]
equipes: [{id: nord, nom: Équipe Nord, territoires: [gare]}]
partenaires:
  - {id: ml, nom: Mission locale <du> Lac, type: mission-locale, anciens_ids: [milo]}
  - {id: ccas, nom: CCAS de Valmont, type: ccas}
  - {id: cio, nom: CIO de Valmont, type: cio}
  - {id: mda, nom: Maison des adolescents, type: mda, ferme: oui}
`)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func period(t *testing.T, name string) store.Period {
	t.Helper()
	p, err := store.ParsePeriod(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

type counts = map[string]int

// readable is a text without the marks of a message, its narrow spaces plain.
var readable = strings.NewReplacer("<b>", "", "</b>", "", "<i>", "", "</i>", "", "\u202f", " ", "\u00a0", " ")

// TestCaption reads whole captions, as a phone would show them without their marks.
func TestCaption(t *testing.T) {
	r := valmont(t)
	for _, c := range []struct {
		name   string
		digest Digest
		period string
		want   string
	}{
		{"a week like others", Digest{
			Due: 3, Heard: map[string]map[string]int{"ccas": {store.TakenUp: 2}, "cio": {store.TakenUp: 1, store.Refused: 1}},
			Summary: store.Summary{
				Now: store.Figures{
					Actions: 12, Young: 15, First: 4, Domains: counts{"insertion-emploi": 7, "justice": 1, "sante": 3, "education": 2}, Together: counts{"education+insertion-emploi": 1},
					Partners: counts{"ml": 3, "ccas": 2, "cio": 1, "mda": 1}, Results: counts{store.TakenUp: 2, store.Refused: 1, store.NoFollowUp: 1, store.Awaited: 3},
					Unmet: counts{"recherche-emploi": 2},
				},
				Before: store.Figures{Actions: 9, Young: 13, Domains: counts{"insertion-emploi": 3, "justice": 4, "sante": 2}},
				New:    []string{"cio", "mda"}, Awaited: 12, Open: 5, Late: 1,
			},
		}, "2026-W47", `
Votre semaine 47
du 16 au 22 novembre

12 actions, 3 de plus que la semaine d’avant
15 jeunes rencontrés (+2) ; 4 actions de premier contact

Réponses reçues : 3 prises en charge (CCAS de Valmont ; CIO de Valmont) et 1 refus (CIO de Valmont)

En hausse : Insertion et emploi, 7 actions (+4)
En baisse : Justice, 1 action (−3)

4 partenaires sollicités : Mission locale &lt;du&gt; Lac (3) ; CCAS de Valmont (2) ; CIO de Valmont (1) ; 1 autre
2 nouveaux pour vous : CIO de Valmont ; Maison des adolescents

12 réponses attendues
3 relances à faire d’ici dimanche, dont 1 en retard

Une action de deux domaines compte dans chacun. Jeunes : somme des rencontres, pas des personnes uniques.`},
		{"a team", Digest{
			Team: "Équipe <Nord>", Due: 4,
			Lately: store.Evaluation{Outcomes: []store.Outcome{
				{Partner: "ccas", Result: store.Refused, Times: 3}, {Partner: "cio", Result: store.Refused, Times: 9}, {Partner: "cio", Result: store.TakenUp, Times: 1},
				{Partner: "mda", Result: store.Refused, Times: 8}, {Partner: "ccas", Need: "sport", Result: store.Refused, Times: 9},
			}},
			Summary: store.Summary{
				Now:     store.Figures{Actions: 1200, Young: 2000, First: 1, Domains: counts{"ancien": 2, "sante": 600}, Partners: counts{"a": 1, "b": 1, "c": 1, "d": 1, "ml": 1009}},
				Before:  store.Figures{Actions: 1200, Young: 2000, Domains: counts{"sante": 601}},
				Awaited: 1, Late: 4,
			},
		}, "2026-11", `
Équipe &lt;Nord&gt;, novembre 2026

1 200 actions, autant que le mois d’avant
2 000 jeunes rencontrés ; 1 action de premier contact

En hausse : ancien, 2 actions (+2)

5 partenaires sollicités : Mission locale &lt;du&gt; Lac (1 009) ; a (1) ; b (1) ; 2 autres

1 réponse attendue
4 relances à faire d’ici dimanche, toutes en retard

💡 CCAS de Valmont : 3 refus en trois mois, sans aucune prise en charge. Un appel peut en dire la raison.

Jeunes : somme des rencontres, pas des personnes uniques.`},
		{"one of everything, the first week", Digest{
			Due: 1,
			Summary: store.Summary{
				Now: store.Figures{Actions: 1, Young: 1, First: 1, Domains: counts{"sante": 1}, Partners: counts{"ml": 1}, Results: counts{store.TakenUp: 1}},
				New: []string{"ml"}, Awaited: 1,
			},
		}, "2026-W10", `
Votre semaine 10
du 2 au 8 mars

1 action
1 jeune rencontré ; 1 action de premier contact

Réponses : 1 prise en charge

1 partenaire sollicité : Mission locale &lt;du&gt; Lac (1)

1 réponse attendue
1 relance à faire d’ici dimanche`},
		{"a week that is not over", Digest{
			Current: true,
			Summary: store.Summary{
				Now:    store.Figures{Actions: 4, Young: 3, Domains: counts{"sante": 3, "justice": 1}, Unmet: counts{"logement-jeune": 3, "violences-intrafamiliales": 9}},
				Before: store.Figures{Actions: 9, Young: 12, Domains: counts{"justice": 9, "sante": 1}},
			},
		}, "2026-W48", `
Votre semaine 48
du 23 au 29 novembre

4 actions pour l’instant (9 au même point la semaine d’avant)
3 jeunes rencontrés

En hausse : Santé, 3 actions (+2)

Aucun partenaire sollicité.

💡 « Se loger » : 3 actions sans partenaire sollicité. <code>/partenaires Se loger</code> en propose.

Jeunes : somme des rencontres, pas des personnes uniques.`},
		{"no young person", Digest{
			Summary: store.Summary{
				Now:    store.Figures{Actions: 3, First: 1, Domains: counts{"sante": 3}},
				Before: store.Figures{Actions: 4, Young: 4, Domains: counts{"sante": 2}},
			},
		}, "2026-T4", `
Votre 4e trimestre 2026

3 actions, 1 de moins que le trimestre d’avant

Aucun partenaire sollicité.`},
		{"a quiet week", Digest{Summary: store.Summary{Before: store.Figures{Actions: 3}}}, "2026-W47", `
Votre semaine 47
du 16 au 22 novembre

Aucune action notée cette semaine : le temps a pu être bien rempli autrement. Une phrase suffit pour en noter une.`},
		{"a quiet week that is not over", Digest{Current: true}, "2026-W48", `
Votre semaine 48
du 23 au 29 novembre

Aucune action notée cette semaine pour l’instant. Une phrase suffit pour en noter une.`},
		{"a quiet team, with something left to do", Digest{Team: "Équipe Nord", Due: 2, Summary: store.Summary{Awaited: 1, Late: 2}}, "2026-W49", `
Équipe Nord, semaine 49
du 30 novembre au 6 décembre

Pas d’action notée par l’équipe cette semaine. S’il en revient une, une phrase et son jour suffisent.

1 réponse attendue
2 relances à faire d’ici dimanche, toutes en retard`},
		{"a quiet year", Digest{}, "2026", `
Votre année 2026

Rien de noté cette année-là : tout ce qui compte ne se note pas. Une phrase suffira la prochaine fois.`},
		{"quiet days", Digest{}, "2026-03-01..2026-04-15", `
Vos actions du 1er mars au 15 avril 2026

Aucune action notée ces jours-là : le temps a pu être bien rempli autrement. Une phrase suffit pour en noter une.`},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.digest.Rules, c.digest.Summary.Period = r, period(t, c.period)
			if got := readable.Replace(c.digest.Caption()); got != strings.TrimPrefix(c.want, "\n") {
				t.Errorf("got\n%s\nwant%s", got, c.want)
			}
		})
	}
}

// TestDigestChart reads the bars: most first, then in the order of the rules, and none for what neither period has.
func TestDigestChart(t *testing.T) {
	d := Digest{Rules: valmont(t), Team: "Équipe Nord", Summary: store.Summary{
		Period: period(t, "2026-W47"),
		Now:    store.Figures{Actions: 1200, Domains: counts{"insertion-emploi": 2, "sante": 1200, "justice": 2, "ancien": 1}, Together: counts{"justice+sante": 1}},
		Before: store.Figures{Actions: 9, Domains: counts{"insertion-emploi": 5, "justice": 2, "education": 3, "sante": 4}},
	}}
	c := d.Chart()
	var got []string
	for _, b := range c.Bars {
		got = append(got, b.Label+" "+readable.Replace(b.Text))
	}
	if want := "Santé 1 200 (+1 196)|Emploi 2 (−3)|Justice 2|ancien 1 (+1)|École 0 (−3)"; strings.Join(got, "|") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "|"), want)
	}
	if c.Subtitle != "Équipe Nord, semaine 47 (du 16 au 22 novembre)" || c.Now != "Semaine 47" || c.Before != "Semaine 46" || c.Note == "" {
		t.Errorf("around the bars: %q, %q, %q, %q", c.Subtitle, c.Now, c.Before, c.Note)
	}
	if c.Bars[0].Color != d.Rules.Domain("sante").Color {
		t.Errorf("the colour of health is %q", c.Bars[0].Color)
	}

	d.Summary.Before, d.Team, d.Current = store.Figures{}, "", true
	if c := d.Chart(); c.Before != "" || c.Bars[0].Text != "1\u202f200" || c.Subtitle != "Semaine 47 (du 16 au 22 novembre), en cours" {
		t.Errorf("with nothing before: %+v", c)
	}
	d.Summary.Now = store.Figures{}
	if c := d.Chart(); len(c.Bars) > 0 || c.Note == "" {
		t.Errorf("of nothing: %+v", c)
	}
}
