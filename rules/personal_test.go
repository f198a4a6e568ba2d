package rules

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPersonal reads testdata/personal.txt with the real lists: under each note stands what is found (rewritten by -update),
// something in every note but those of the part « rien ».
func TestPersonal(t *testing.T) {
	const file = "testdata/personal.txt"
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := shipped(t)
	var out strings.Builder
	part := ""
	for line := range strings.Lines(string(source)) {
		switch text, isNote := strings.CutPrefix(line, "> "); {
		case isNote:
			text = strings.TrimSpace(text)
			found := r.Personal(text)
			fmt.Fprintf(&out, "> %s\n", text)
			for _, p := range found {
				fmt.Fprintf(&out, "  %s : %s\n", p.Kind, p.Text)
			}
			if (len(found) == 0) != (part == "rien") {
				t.Errorf("%s: %q gives %v", part, text, found)
			}
		case strings.HasPrefix(line, "  "):
		default:
			if strings.HasPrefix(line, "== ") {
				part = strings.TrimSpace(line[3:])
			}
			out.WriteString(line)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if out.String() != string(source) {
		t.Errorf("%s is not what is found now; see the difference after: go test ./rules -run Personal -update", file)
	}
}

// TestPersonalOfThePartners allows whatever the directory says, and the same words elsewhere no longer.
func TestPersonalOfThePartners(t *testing.T) {
	const town = `
domaines: [{id: education, nom: Éducation}]
types: [{id: college, nom: Collège, domaines: [education], synonymes: [Apprentis d'Auteuil]}]
territoires: [{id: prevert, nom: Cité Jacques Prévert, synonymes: [Malika]}]
partenaires:
  - {id: moulin, nom: Jean Moulin, type: college, telephone: 04 65 71 12 34, courriel: karim.b@college.example, adresse: 4 rue des Lilas}
  - {id: fanny, nom: Chez Fanny, type: college, synonymes: [Fanny]}
donnees_personnelles:
  prenoms: Jean, Jacques, Fanny, Malika, Karim
  noms: Moulin
  lieux: rue
`
	r, err := load(nil, []File{{"ville.yaml", []byte(town)}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"vu avec Jean Moulin":                               "",
		"vu avec Jean hier":                                 "name Jean",
		"à la cité Jacques Prévert":                         "",
		"vu Jacques":                                        "name Jacques",
		"on mange chez Fanny, puis à Malika":                "",
		"stage aux Apprentis d'Auteuil":                     "",
		"appeler 04.65.71.12.34 ou karim.b@college.example": "",
		"appeler 04.65.71.12.35":                            "phone 04.65.71.12.35",
		"rdv 4 rue des Lilas":                               "",
		"rdv 5 rue des Lilas":                               "address 5 rue des Lilas",
	} {
		var found []string
		for _, p := range r.Personal(text) {
			found = append(found, p.Kind+" "+p.Text)
		}
		if got := strings.Join(found, ", "); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

// TestPersonalLists adds the lists of config.yaml to the national ones, and takes no common word for a name without a cue.
func TestPersonalLists(t *testing.T) {
	national := File{"france.yaml", []byte("lecture: {mots_courants: [perle]}\ndonnees_personnelles: {prenoms: 'Karim, Perle', indices: jeune, lieux: tour}")}
	local := File{"config.yaml", []byte("donnees_personnelles: {prenoms: [Loriel], pas_des_noms: [Karim le cordonnier, Brin], indices: caporal, lieux: [dalle]}")}
	r, err := load([]File{national}, []File{local})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"karim dort dehors":                      "karim",
		"loriel dort dehors":                     "loriel",
		"une perle rare":                         "",
		"le jeune Perle dort dehors":             "Perle",
		"passé chez Karim le cordonnier":         "",
		"le caporal Brunelot":                    "Brunelot",
		"le caporal Brin":                        "",
		"sur la dalle Gustave, à la tour Karima": "",
	} {
		var found []string
		for _, p := range r.Personal(text) {
			found = append(found, p.Text)
		}
		if got := strings.Join(found, ", "); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func FuzzPersonal(f *testing.F) {
	r := shipped(f)
	for _, text := range []string{"", "Karim, 06 39 98 12 34, 5 rue des Lilas", "zéro six trente-neuf quatre-vingt", "né le 12/03/2009", "@", "_", "a_b@", "\xff\xfe_é", "M. D. ",
		"AB-123-CD 1 09 12 2A 215 077 19", "12 rue", "bât C appt", "arobase point", "snap : ", "d.d.n 1/1/", "le jeune", "Mme de la ", "appt 3 rue x", "a arobase b.c", "01.02.03/04/0639981234a", "1 A t rue de la de"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, p := range r.Personal(text) {
			if p.Start < end || p.End <= p.Start || p.End > len(text) || text[p.Start:p.End] != p.Text || p.Kind == "" {
				t.Fatalf("%q gives %+v", text, p)
			}
			if utf8.ValidString(text) && !utf8.ValidString(p.Text) {
				t.Fatalf("%q cuts a letter: %+v", text, p)
			}
			end = p.End
		}
	})
}

func BenchmarkPersonal(b *testing.B) {
	r := shipped(b)
	long := func(s string) string { return strings.Repeat(s, 4096/len(s)+1)[:4096] }
	for _, c := range []struct{ name, text string }{
		{"note of 100", "vu Karim, 17 ans, à la Cerisaie, plus rien depuis juin, dort chez sa tante, 06 39 98 12 34, rdv mardi"},
		{"4096 of notes", long("vu Karim, 17 ans, au collège, dort 5 rue des Lilas, 06 39 98 12 34, né le 12/03/2009. ")},
		{"4096 of a name", long("karim ")},
		{"4096 of capitals", long("Xolbar Mlkjhgf ")},
		{"4096 of digits", long("1")},
		{"4096 of numbers", long("06 39 ")},
		{"4096 of number words", long("zero quatre vingt ")},
		{"4096 of at signs", long("a@")},
		{"4096 of arobase", long("a arobase point ")},
		{"4096 of networks", long("snap insta c'est ")},
		{"4096 of streets", long("12 rue de la ")},
		{"4096 of flats", long("appt 12 ")},
		{"4096 of articles", long("la ")},
		{"4096 of prepositions", long("de ")},
		{"4096 of houses", long("1 A ")},
		{"4096 of houses repeated", long("3 t ")},
		{"4096 of networks in one name", long("1.snap.")},
		{"4096 of dates", long("12/03/")},
		{"4096 of underscores", long("a_")},
		{"4096 of places", long("collège de la ")},
		{"4096 of births", long("né à ")},
		{"4096 of one letter", long("a")},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Personal(c.text)
			}
		})
	}
}
