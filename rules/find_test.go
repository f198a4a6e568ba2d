package rules

import (
	"fmt"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	r, err := load(nil, []File{{"f", []byte(`
domaines: [{id: d, nom: D}]
territoires: [{id: paillade, nom: La Paillade, synonymes: [Mosson]}, {id: centre, nom: Centre}]
types:
  - {id: mission-locale, nom: Mission locale, synonymes: [ML, milo], domaines: [d]}
  - {id: mlds, nom: MLDS, domaines: [d]}
  - {id: college, nom: Collège, synonymes: [clg], domaines: [d]}
partenaires:
  - {id: ml-centre, nom: Mission locale du Centre, type: mission-locale, territoires: [centre]}
  - {id: ml-paillade, nom: Antenne de la Paillade, type: mission-locale, territoires: [paillade]}
  - {id: mlds, nom: MLDS, type: mlds}
  - {id: college-oeuvre, nom: Collège de l'Œuvre, type: college, synonymes: [L’Œuvre]}
  - {id: college-ete, nom: Collège Été-Hiver, type: college}
  - {id: vieux, nom: Collège de l'Ancienne Œuvre, type: college, ferme: oui}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"":                      "",
		"de la":                 "",
		"xyz":                   "",
		"mission":               "ml-centre ml-paillade",
		"miss loc":              "ml-centre ml-paillade",
		"LOCALE mission":        "ml-centre ml-paillade",
		"mission locale mosson": "ml-paillade",
		"ML":                    "ml-centre ml-paillade mlds",
		"mld":                   "mlds",
		"college":               "college-ete college-oeuvre vieux",
		"Oeuvre":                "college-oeuvre vieux",
		"l'oeuvre":              "college-oeuvre vieux",
		"ete hiver":             "college-ete",
		"clg hiv":               "college-ete",
		"mission xyz":           "",
		"paillade":              "ml-paillade",
	} {
		var got []string
		for _, p := range r.Find(text) {
			got = append(got, p.ID)
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestFindAtMostTen(t *testing.T) {
	var local strings.Builder
	local.WriteString("domaines: [{id: d, nom: D}]\ntypes: [{id: k, nom: Kiosque, domaines: [d]}]\npartenaires:\n")
	for i := range 15 {
		fmt.Fprintf(&local, "  - {id: p%d, nom: Porte, type: k}\n", i)
	}
	r, err := load(nil, []File{{"f", []byte(local.String())}})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(r.Find("kiosque")); got != maxFound {
		t.Errorf("found %d", got)
	}
}
