package rules

import (
	"reflect"
	"strings"
	"testing"
)

// TestWith reads with the words that a team has decided.
func TestWith(t *testing.T) {
	r := readRules(t)
	with := r.With(map[string]string{"gamos": "emploi", "élève": "", "chambre": "orientation", "vide": "gone", "deux mots": "emploi"})
	for _, c := range []struct{ rule, text, needs string }{
		{"a word that nobody knew", "il voudrait un gamos", "emploi"},
		{"in the plural, in capitals", "des GAMOS pour lui", "emploi"},
		{"a word of the vocabulary means another need", "une chambre pour lui", "orientation"},
		{"a word means nothing", "un élève lui a parlé", ""},
		{"a phrase that it begins is read as before", "un élève au collège lui a parlé", "orientation"},
		{"what nothing was decided of is read as before", "il dort dehors, 20 ans", "toit"},
		{"a need that is gone leaves its word alone", "du vide pour lui", ""},
	} {
		if got := needsOf(with.Read(c.text)); got != c.needs {
			t.Errorf("%s: %q gives %q, want %q", c.rule, c.text, got, c.needs)
		}
	}
	if got := needsOf(r.Read("il voudrait un gamos")); got != "" {
		t.Errorf("the rules of other teams read %q", got)
	}
}

// TestUnread lists words that nobody knows, and nothing that may say who somebody is.
func TestUnread(t *testing.T) {
	r := readRules(t)
	for _, c := range []struct{ text, unread string }{
		{"il voudrait un gamos et une schmilta", "gamos schmilta voudrait"},
		{"un gamos, deux gamos", "gamos"},
		{"vu avec Zorglub, son gamos", "gamos"},
		{"logique pour lui, 17 ans, bosser", ""},
		{"gamos06 et g4mos", ""},
		{"vu mekhitar hier", ""}, // may be a name
		{"chez boukandoura, avec sounkalo", ""},
		{"son gosse diawoye, kinzaa 16 ans", ""},
		{strings.Repeat("trop", 10), ""},
		{"un jeune, gamos : gamos@exemple.fr", "gamos"},
	} {
		got := r.With(map[string]string{"lol": ""}).Read(c.text).Unread
		if !sameWords(got, c.unread) {
			t.Errorf("%q leaves %q, want %q", c.text, got, c.unread)
		}
	}
	if got := r.With(map[string]string{"gamos": ""}).Read("un gamos").Unread; got != nil {
		t.Errorf("a word that the team has decided of is listed: %q", got)
	}
}

func sameWords(got []string, want string) bool {
	for _, w := range got {
		if !strings.Contains(" "+want+" ", " "+w+" ") {
			return false
		}
	}
	return len(got) == len(strings.Fields(want))
}

// TestInstead proposes other domains where the reading is unsure.
func TestInstead(t *testing.T) {
	r := readRules(t)
	for _, c := range []struct {
		rule, text, needs, instead string
		unsure                     bool
	}{
		{"a strong word is sure", "il veut bosser", "emploi", "", false},
		{"a middling word is not", "un garage au lycée, 17 ans", "emploi orientation", "", true},
		{"other domains below those shown", "dort dehors et mis à la porte, logement, poste, cv, 20 ans", "toit emploi", "", false},
		{"too little to say a need", "une chambre et un poste", "", "toit emploi", true},
		{"nothing", "bonjour", "", "", false},
	} {
		got := r.Read(c.text)
		if needsOf(got) != c.needs || strings.Join(got.Instead, " ") != c.instead || got.Unsure != c.unsure {
			t.Errorf("%s: %q gives %q, instead %q, unsure %t", c.rule, c.text, needsOf(got), got.Instead, got.Unsure)
		}
	}
}

func TestSharedWords(t *testing.T) {
	text := strings.Replace(fewWords, "forts: [CEJ]", "forts: [CEJ, CV], moyens: [boulanger, poste]", 1)
	r, err := load(nil, []File{{"petit.yaml", []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	want := []Shared{ // dort dehors is told apart by age, poste by its weight
		{[]string{"emploi", "suivi"}, "forts", []string{"cv"}},
		{[]string{"emploi", "suivi"}, "moyens", []string{"boulanger"}},
	}
	if got := r.SharedWords(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
