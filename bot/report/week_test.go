package report

import (
	"strings"
	"testing"
	"time"

	"maillage/rules"
	"maillage/store"
)

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

// TestWeek reads whole reports, as a phone would show them without their marks.
func TestWeek(t *testing.T) {
	r := town(t)
	monday := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		week Week
		want string
	}{
		{"a quiet week, alone", Week{Monday: monday}, `
Votre semaine 47
du 16 au 22 novembre

Aucune action notée cette semaine : elle a pu être bien remplie autrement. Une phrase suffit pour en noter une.`},
		{"a quiet week of a team, with something left to do", Week{Monday: monday.AddDate(0, 0, 14), Team: "Équipe <Nord>", Awaited: 1, DueMore: 1}, `
Équipe &lt;Nord&gt;, semaine 49
du 30 novembre au 6 décembre

Aucune action notée par l’équipe cette semaine.

1 résultat attendu
1 relance à faire d’ici dimanche`},
		{"one of everything", Week{
			Monday: monday, Awaited: 1, Due: []string{"demain : n° 1, Stage"},
			This: store.Counts{"n": 1, "y": 1, "f": 1, "d:sante": 1, "p:ml": 1}, Last: store.Counts{"n": 1, "y": 3},
		}, `
Votre semaine 47
du 16 au 22 novembre

1 action (comme la semaine d’avant)
1 jeune rencontré (−2), dont 1 premier contact

Santé         100 %  +1 ████████
Part des actions et écart avec la semaine d’avant. Une action de deux domaines compte dans chacun.

1 partenaire sollicité
Mission locale &lt;du&gt; Lac (1)

1 résultat attendu
1 relance à faire d’ici dimanche
• demain : n° 1, Stage`},
		{"much, in two domains at once, with what the rules no longer know", Week{
			Monday: monday, Awaited: 12, Due: []string{"mar. 24 novembre : n° 2, Stage"}, DueMore: 2,
			This: store.Counts{"n": 1200, "y": 2000, "f": 2, "d:insertion-emploi": 800, "d:sport-culture": 700, "d:ancien": 1,
				"p:a": 1, "p:b": 1, "p:c": 1, "p:d": 1, "p:ml": 9, "p:ccas": 9},
			Last: store.Counts{"n": 100, "y": 100, "d:insertion-emploi": 900},
		}, `
Votre semaine 47
du 16 au 22 novembre

1 200 actions (+1 100)
2 000 jeunes rencontrés (+1 900), dont 2 premiers contacts

Emploi         67 % −100 ████████
Sport-culture  58 % +700 ███████
ancien          0 %  +1 █
Part des actions et écart avec la semaine d’avant. Une action de deux domaines compte dans chacun.

6 partenaires sollicités
CCAS (9) ; Mission locale &lt;du&gt; Lac (9) ; a (1) ; b (1) ; c (1) ; 1 autre

12 résultats attendus
3 relances à faire d’ici dimanche
• mar. 24 novembre : n° 2, Stage
et 2 autres`},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.week.Rules = r
			marks := strings.NewReplacer("<b>", "", "</b>", "", "<i>", "", "</i>", "", "<pre>", "", "</pre>", "", "\u202f", " ")
			if got := marks.Replace(c.week.Text()); got != strings.TrimPrefix(c.want, "\n") {
				t.Errorf("got\n%s\nwant%s", got, c.want)
			}
		})
	}
}
