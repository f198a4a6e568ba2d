package report

import (
	"strings"
	"testing"

	"maillage/rules"
	"maillage/store"
)

// reference has the figures that the yearly report the project is measured against had: 148 partners, insertion and employment first
// with 32 % of actions, justice and health together 16 %, social services three points up.
func reference() store.Summary {
	partners := func(n, times int) counts {
		all := counts{"ml": times - n + 1}
		for i := range n - 1 {
			all["p"+string(rune('a'+i/26))+string(rune('a'+i%26))] = 1
		}
		return all
	}
	return store.Summary{
		Now: store.Figures{
			Actions: 1000, Young: 1310, First: 210, Done: 86, Dropped: 1,
			Domains: counts{"insertion-emploi": 320, "education": 180, "sante": 95, "justice": 73, "logement": 60, "sport-culture": 120,
				"services-sociaux": 120, "droits": 40, "vie-locale": 4},
			Together: counts{"justice+sante": 8, "droits+logement": 4},
			Types:    counts{"accompagnement-individuel": 480, "travail-de-rue": 300, "action-collective": 220},
			Bands:    counts{"11-14": 300, "15-17": 510, "18-21": 400, "22-25": 98, "plus-25": 2}, Genders: counts{"fille": 500, "garcon": 810},
			Partners: partners(148, 1204), Kinds: counts{"mission-locale": 410, "ccas": 180, "maison-pour-tous": 160, "college": 120, "mds": 80, "pjj": 20},
			Territories: counts{"tanneries": 605, "gare": 388},
			Results:     counts{store.TakenUp: 214, store.Refused: 60, store.NoFollowUp: 36, store.Awaited: 100},
			Needs:       counts{"recherche-emploi": 200, "logement-jeune": 50, "sport": 4, "violences-intrafamiliales": 40},
			Unmet:       counts{"recherche-emploi": 12, "logement-jeune": 5, "sport": 4, "violences-intrafamiliales": 30},
		},
		YearAgo: store.Figures{
			Actions: 980, Young: 1250,
			Domains:  counts{"insertion-emploi": 330, "education": 180, "sante": 80, "justice": 95, "sport-culture": 120, "services-sociaux": 87},
			Together: counts{"justice+sante": 18},
			Partners: partners(131, 1000), Results: counts{store.TakenUp: 66, store.Refused: 34},
		},
		New: []string{"paa", "pab", "pac"}, Open: 14, Late: 3,
	}
}

// TestParagraphs reads whole reports.
func TestParagraphs(t *testing.T) {
	r := valmont(t)
	for _, c := range []struct {
		name   string
		bilan  Bilan
		period string
		want   string
	}{
		{"the reference", Bilan{Whose: "Prévention de Valmont", Summary: reference(),
			Evaluation: store.Evaluation{Waits: map[string]store.Wait{"ml": {Days: 1500, Answers: 150}, "ccas": {Days: 130, Answers: 30}}}}, "2026", `
En 2026, 148 partenaires ont été sollicités (131 en 2025), pour 1 204 sollicitations. Le type de partenaire le plus sollicité est « Mission locale » (410 sollicitations, 34 %), devant « CCAS » (180, 15 %), « Maison pour tous, centre social » (160, 13 %), « Collège » (120, 10 %) et « Maison des solidarités » (80, 7 %). Parmi ces partenaires, 3 n’avaient pas été sollicités depuis le début de 2025.

L’insertion et l’emploi restent le premier domaine (32 % des actions). Viennent ensuite l’éducation et la scolarité (18 %), le sport, la culture et les loisirs (12 %), les services sociaux et la famille (12 %), la santé (10 %), la justice (7 %), l’hébergement et le logement (6 %), les droits et les démarches (4 %) et la vie locale et le quartier (moins de 1 %). La justice et la santé représentent ensemble 16 % des actions, comme en 2025. L’hébergement et le logement progressent de 6 points (6 %, contre 0 % en 2025) ; les droits et les démarches progressent de 4 points (4 %, contre 0 %) ; les services sociaux et la famille progressent de 3 points (12 %, contre 9 %). La justice recule de 3 points (7 %, contre 10 % en 2025) ; l’insertion et l’emploi reculent de 2 points (32 %, contre 34 %).

Au total, 1 000 actions distinctes ont été notées (980 en 2025). 1 310 jeunes ont été rencontrés (1 250 en 2025) : c’est la somme des rencontres, pas des personnes uniques. 210 actions étaient un premier contact. Par type d’action : accompagnement individuel, 480 (48 %) ; travail de rue, 300 (30 %) ; action collective, 220 (22 %).

Par tranche d’âge, les jeunes rencontrés se répartissent ainsi : 11-14 ans, 300 (23 %) ; 15-17 ans, 510 (39 %) ; 18-21 ans, 400 (31 %) ; plus de 25 ans, moins de 5. Par genre : filles, 500 (38 %) ; garçons, 810 (62 %).

Sur 310 issues connues, on compte 214 prises en charge, 60 refus et 36 sans suite : le taux de prise en charge est de 69 % (66 % en 2025). Le délai moyen de réponse est de 9 jours (connu pour 180 réponses). 100 réponses restent attendues.

Actions par quartier : Les Tanneries, 605 (61 %) ; La Gare, 388 (39 %).

86 relances ont été faites et 1 relance a été close sans suite.

Des besoins sont revenus sans qu’aucun partenaire soit sollicité : « Recherche d’emploi » (12 actions) et « Se loger » (5 actions).

Règles de comptage : une action qui relève de deux domaines compte une fois dans chacun, si bien que les parts peuvent dépasser 100 % en tout ; les actions distinctes sont données à côté. Les jeunes rencontrés sont une somme de rencontres, pas des personnes uniques. Ce qui concerne moins de 5 jeunes n’est pas détaillé. Les écarts en points sont les différences des parts arrondies, telles qu’elles sont écrites. Périmètre : Prévention de Valmont.`},
		{"the year that is not over", Bilan{Until: "2026-11-22", Summary: store.Summary{
			Now:     store.Figures{Actions: 2, Young: 3, First: 1, Domains: counts{"sante": 1, "justice": 1}, Partners: counts{"ml": 1, "ccas": 1}, Kinds: counts{"ccas": 1, "mission-locale": 1}, Bands: counts{"15-17": 3}},
			YearAgo: store.Figures{Actions: 2, Young: 2, Domains: counts{"sante": 1, "justice": 1}, Partners: counts{"ml": 2, "ccas": 1}},
			New:     []string{"ccas"},
		}}, "2026", `
En 2026, jusqu’au 22 novembre, 2 partenaires ont été sollicités (autant en 2025, mêmes dates), pour 2 sollicitations. Les types de partenaire les plus sollicités sont « CCAS » (1 sollicitation, 50 %) et « Mission locale » (1, 50 %). Parmi ces partenaires, un n’avait pas été sollicité depuis le début de 2025.

Arrivent en tête à égalité, avec 50 % des actions pour chaque domaine : la santé ; la justice. La justice et la santé représentent ensemble 100 % des actions, comme en 2025. La part de chaque domaine reste stable : la même en 2025, au point près.

Au total, 2 actions distinctes ont été notées (autant en 2025, mêmes dates). Moins de 5 jeunes ont été rencontrés (moins de 5 en 2025, mêmes dates) : c’est la somme des rencontres, pas des personnes uniques. Moins de 5 actions étaient un premier contact.

Règles de comptage : une action qui relève de deux domaines compte une fois dans chacun, si bien que les parts peuvent dépasser 100 % en tout ; les actions distinctes sont données à côté. Les jeunes rencontrés sont une somme de rencontres, pas des personnes uniques. Ce qui concerne moins de 5 jeunes n’est pas détaillé. Les écarts en points sont les différences des parts arrondies, telles qu’elles sont écrites.`},
		{"one of everything, and no year before", Bilan{Whose: "Équipe Nord", Summary: store.Summary{
			Now: store.Figures{Actions: 1, Young: 1, First: 1, Done: 1, Dropped: 1, Domains: counts{"droits": 1}, Partners: counts{"ml": 1}, Kinds: counts{"mission-locale": 1},
				Types: counts{"travail-de-rue": 1}, Bands: counts{"15-17": 1}, Genders: counts{"fille": 1}, Territories: counts{"gare": 1}, Results: counts{store.Refused: 1, store.Awaited: 1}, Unmet: counts{"sport": 1}},
			New: []string{"ml"}, Open: 1, Late: 1,
		}, Evaluation: store.Evaluation{Waits: map[string]store.Wait{"ml": {Days: 1, Answers: 1}}}}, "2026-T4", `
Au 4e trimestre 2026, 1 partenaire a été sollicité, pour 1 sollicitation.

Les droits et les démarches sont le premier domaine (100 % des actions). La justice et la santé ne figurent dans aucune action.

Au total, 1 action distincte a été notée. Moins de 5 jeunes ont été rencontrés : c’est la somme des rencontres, pas des personnes uniques. Moins de 5 actions étaient un premier contact. Par type d’action : travail de rue, 1 (100 %).

Sur 1 issue connue, on compte 1 refus : le taux de prise en charge est de 0 %. Le délai moyen de réponse est d’un jour (connu pour 1 réponse). 1 réponse reste attendue.

1 relance a été faite et 1 relance a été close sans suite.

Règles de comptage : une action qui relève de deux domaines compte une fois dans chacun, si bien que les parts peuvent dépasser 100 % en tout ; les actions distinctes sont données à côté. Les jeunes rencontrés sont une somme de rencontres, pas des personnes uniques. Ce qui concerne moins de 5 jeunes n’est pas détaillé. Périmètre : Équipe Nord.`},
		{"nothing", Bilan{Summary: store.Summary{YearAgo: store.Figures{Actions: 1}, Open: 2}}, "2026-03", `
En mars 2026, aucune action n’a été notée (1 en mars 2025).`},
		{"nothing ever", Bilan{}, "2026-03-01..2026-04-15", `
Du 1er mars au 15 avril 2026, aucune action n’a été notée.`},
		{"less than the year before, and what is not known any more", Bilan{Summary: store.Summary{
			Now:     store.Figures{Actions: 200, Domains: counts{"ancien": 1, "services-sociaux": 100, "sante": 99}},
			YearAgo: store.Figures{Actions: 200, Young: 4, Domains: counts{"ancien": 3, "services-sociaux": 98, "sante": 101}, Partners: counts{"ml": 1}},
		}}, "2026-W47", `
En semaine 47 (du 16 au 22 novembre 2026), aucun partenaire n’a été sollicité (1 l’année d’avant).

Les services sociaux et la famille deviennent le premier domaine (50 % des actions). Viennent ensuite la santé (50 %) et le domaine « ancien » (1 %). La justice et la santé représentent ensemble 50 % des actions, contre 51 % l’année d’avant. Les services sociaux et la famille progressent d’un point (50 %, contre 49 % l’année d’avant). La santé recule d’un point (50 %, contre 51 % l’année d’avant) ; le domaine « ancien » recule d’un point (1 %, contre 2 %).

Au total, 200 actions distinctes ont été notées (autant l’année d’avant). Aucun jeune rencontré n’y est compté (moins de 5 l’année d’avant).

Règles de comptage : une action qui relève de deux domaines compte une fois dans chacun, si bien que les parts peuvent dépasser 100 % en tout ; les actions distinctes sont données à côté. Les jeunes rencontrés sont une somme de rencontres, pas des personnes uniques. Ce qui concerne moins de 5 jeunes n’est pas détaillé. Les écarts en points sont les différences des parts arrondies, telles qu’elles sont écrites.`},
		{"as the year before", Bilan{Summary: store.Summary{
			Now:     store.Figures{Actions: 10, Young: 10, Domains: counts{"sante": 10}, Bands: counts{"15-17": 6, "18-21": 4}},
			YearAgo: store.Figures{Actions: 10, Young: 10, Domains: counts{"sante": 10}},
		}}, "2026-03-01..2026-04-15", `
Du 1er mars au 15 avril 2026, aucun partenaire n’a été sollicité (aucun non plus l’année d’avant).

La santé reste le premier domaine (100 % des actions). La justice et la santé représentent ensemble 100 % des actions, comme l’année d’avant. La part de chaque domaine reste stable : la même l’année d’avant, au point près.

Au total, 10 actions distinctes ont été notées (autant l’année d’avant). 10 jeunes ont été rencontrés (autant l’année d’avant) : c’est la somme des rencontres, pas des personnes uniques.

Par genre, les jeunes rencontrés se répartissent ainsi : non noté, 10 (100 %).

Règles de comptage : une action qui relève de deux domaines compte une fois dans chacun, si bien que les parts peuvent dépasser 100 % en tout ; les actions distinctes sont données à côté. Les jeunes rencontrés sont une somme de rencontres, pas des personnes uniques. Ce qui concerne moins de 5 jeunes n’est pas détaillé. Les écarts en points sont les différences des parts arrondies, telles qu’elles sont écrites.`},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.bilan.Rules, c.bilan.Summary.Period = r, period(t, c.period)
			if got := readable.Replace(strings.Join(c.bilan.Paragraphs(), "\n\n")); got != strings.TrimPrefix(c.want, "\n") {
				t.Errorf("got\n%s\nwant%s", got, c.want)
			}
		})
	}
}

// TestParagraphsOfAnotherTown has more quartiers than are named, and a domain named by itself.
func TestParagraphsOfAnotherTown(t *testing.T) {
	r, err := rules.Load(rules.File{Name: "config.yaml", Text: []byte(`
territoires: [{id: gare, nom: La Gare}]
equipes: [{id: nord, nom: Équipe Nord, territoires: [gare]}]
domaines: [{id: sante, nom: Santé et soin, sujet: la santé et le soin}]
`)})
	if err != nil {
		t.Fatal(err)
	}
	places := counts{"gare": 20}
	for _, c := range "abcdefghijk" {
		places["quartier-"+string(c)] = 10
	}
	b := Bilan{Rules: r, Summary: store.Summary{
		Period:  period(t, "2026"),
		Now:     store.Figures{Actions: 130, Domains: counts{"sante": 13}, Territories: places, Partners: counts{"cpam": 3}},
		YearAgo: store.Figures{Actions: 1},
		New:     []string{"cpam"},
	}}
	got := readable.Replace(strings.Join(b.Paragraphs(), "\n"))
	for _, want := range []string{
		"En 2026, 1 partenaire a été sollicité (aucun en 2025), pour 3 sollicitations. Il n’avait pas été sollicité depuis le début de 2025.",
		"La justice ainsi que la santé et le soin représentent ensemble 10 % des actions, contre 0 % en 2025.",
		"La santé et le soin progressent de 10 points (10 %, contre 0 % en 2025).",
		"Actions par quartier : La Gare, 20 (15 %) ; quartier-a, 10 (8 %) ;", "quartier-i, 10 (8 %) ; et d’autres quartiers.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}
