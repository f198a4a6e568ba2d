package rules

import (
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Été, À l’école !": "ete, a l'ecole !", "CŒUR": "coeur", "e\u0301te\u0301": "ete", "Ægidius": "aegidius", "": "", "Straße": "straße", "naïf": "naif",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTokenize(t *testing.T) {
	for in, want := range map[string]string{
		"L'école d’à côté":         "le ecole de a cote",
		"jeune 17ans, 16a":         "jeune 17 ans |16 ans",
		"4ème et 3e, C2S e2c":      "4 e et 3 e |c2s e2c",
		"rendez-vous - mardi":      "rendez vous |mardi",
		"aujourd'hui mais demain":  "aujourdhui |mais demain",
		"1.5 et 12/03. fin":        "1 5 et 12 03 |fin",
		"quelqu'un a dit : \"ok\"": "quelqu un a dit |ok",
		"🙂 ça va":                  "|ca va",
		"":                         "",
	} {
		var parts []string
		for _, tok := range tokenize(in) {
			sign := ""
			if tok.breaks {
				sign = "|"
			}
			parts = append(parts, sign+tok.text)
			if tok.start >= tok.end || tok.end > len(in) {
				t.Errorf("%q: token %q stands at %d:%d", in, tok.text, tok.start, tok.end)
			}
		}
		if got := strings.Join(parts, " "); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func TestStem(t *testing.T) {
	same := [][]string{{"exclu", "exclue", "exclus", "exclues"}, {"renvoye", "renvoyee", "renvoyer"}, {"fume", "fumer", "fumee"}, {"job", "jobs"}, {"travail", "travails"}}
	for _, words := range same {
		for _, w := range words[1:] {
			if stem(w) != stem(words[0]) {
				t.Errorf("%s and %s are told apart: %s, %s", words[0], w, stem(words[0]), stem(w))
			}
		}
	}
	for _, pair := range [][2]string{{"mere", "mer"}, {"cafe", "caf"}, {"rate", "rat"}, {"armee", "arme"}, {"fille", "fil"}, {"fils", "fil"}, {"passe", "pass"}, {"sorti", "sortie"}, {"gars", "gare"}} {
		if stem(pair[0]) == stem(pair[1]) {
			t.Errorf("%s and %s are taken for one word: %s", pair[0], pair[1], stem(pair[0]))
		}
	}
}

func TestPhonetic(t *testing.T) {
	for wrong, right := range map[string]string{
		"dosier": "dossier", "convocassion": "convocation", "farmacie": "pharmacie", "bato": "bateau", "cantinne": "cantine",
		"mediassion": "mediation", "garan": "garant", "kartier": "quartier", "boulanje": "boulange",
	} {
		if phonetic(wrong) != phonetic(right) {
			t.Errorf("%s sounds %s, %s sounds %s", wrong, phonetic(wrong), right, phonetic(right))
		}
	}
}

func TestNear(t *testing.T) {
	for _, c := range []struct {
		a, b string
		max  int
		want bool
	}{
		{"logement", "logement", 0, true}, {"logement", "logemant", 1, true}, {"logement", "lgoement", 1, true}, {"logement", "logment", 1, true},
		{"logement", "logmant", 1, false}, {"logement", "logmant", 2, true}, {"apprentissage", "aprentisage", 2, true}, {"abc", "abcdef", 2, false},
		{"", "", 0, true}, {strings.Repeat("a", 30), strings.Repeat("a", 30), 1, false},
	} {
		if got := near(c.a, c.b, c.max); got != c.want {
			t.Errorf("near(%q, %q, %d) = %v", c.a, c.b, c.max, got)
		}
	}
}
