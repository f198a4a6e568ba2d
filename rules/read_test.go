package rules

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestProblems reads each file of testdata/problems over testdata/france.yaml; beside each is what must be said of it.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/problems/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			_, err := load(smallFrance(t), []File{{name, read(t, file)}})
			if err == nil {
				t.Fatal("no problem found")
			}
			got, golden := err.Error()+"\n", strings.TrimSuffix(file, ".yaml")+".out"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(read(t, golden)); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func smallFrance(t testing.TB) []File {
	return []File{{"france.yaml", read(t, "testdata/france.yaml")}}
}

// loadSmall reads local text over testdata/france.yaml.
func loadSmall(t testing.TB, local string) *Rules {
	t.Helper()
	r, err := load(smallFrance(t), []File{{"config.yaml", []byte(local)}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestProblemsOfSeveralFiles(t *testing.T) {
	_, err := load(smallFrance(t), []File{
		{"b.yaml", []byte("equipes:\n  - {id: rue}\n")},
		{"a.yaml", []byte("equipes:\n  - {id: rue, nom: La rue}\n  - {id: local}\n")},
	})
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v, want problems", err)
	}
	want := Problems{
		{"a.yaml", 2, 10, "l'identifiant «\u00a0rue\u00a0» est déjà pris (b.yaml, ligne 2)"},
		{"a.yaml", 3, 5, "il manque la clé «\u00a0nom\u00a0»"},
		{"b.yaml", 2, 5, "il manque la clé «\u00a0nom\u00a0»"},
	}
	if !reflect.DeepEqual(problems, want) {
		t.Errorf("got\n%v\nwant\n%v", problems, want)
	}
}

func TestLocalOverNational(t *testing.T) {
	r := loadSmall(t, `
domaines: [{id: sante, nom: Soins}]
besoins:
  - id: boulot                      # the former id of travail
    nom: Trouver du travail
    mots: {forts: [taf, turbin], faibles: [thune]}
  - {id: dent, nom: Mal aux dents, domaine: sante, regles: [{proposer: [paio]}]}
types:
  - {id: epide, age: 18-25, synonymes: [le centre]}
partenaires:
  - {id: ml, nom: ML du Moulin, type: paio}
lecture: {masques: [travail de rue], abreviations: {pr: pour}}
`)
	if got, want := *r.Domain("sante"), (Domain{ID: "sante", Name: "Soins", Short: "Soins", Color: "#DE3569", Subject: "la santé"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	need := r.Need("travail")
	if need == nil || need != r.Need("boulot") {
		t.Fatal("travail and its former id boulot are not the same need")
	}
	if want := (Words{Strong: []string{"taf", "turbin"}, Weak: []string{"thune"}}); !reflect.DeepEqual(need.Words, want) {
		t.Errorf("words are %+v, want those of both files: %+v", need.Words, want)
	}
	if need.Name != "Trouver du travail" || need.Domain != "emploi" || len(need.Rules) != 1 {
		t.Errorf("only what config.yaml says may change: %+v", need)
	}
	if got := r.Kind("epide"); got.Ages != (Ages{18, 25}) || got.Name != "EPIDE" || len(got.Synonyms) != 1 {
		t.Errorf("kind is %+v", got)
	}
	if got := r.Need("dent").Rules[0].Offer[0]; got != "mission-locale" {
		t.Errorf("a former id in a rule stays %q", got)
	}
	if got := r.Partner("ml").Kind; got != "mission-locale" {
		t.Errorf("a former id of a kind stays %q", got)
	}
	if !r.Partner("n119").National || r.Partner("ml").National {
		t.Error("only the partner of the national file is national")
	}
}

func TestRemove(t *testing.T) {
	r := loadSmall(t, `
types: [{id: epide, retirer: oui}]
partenaires: [{id: n119, retirer: oui}]
`)
	if r.Kind("epide") != nil || r.Partner("n119") != nil || len(r.Partners) != 0 {
		t.Error("what is removed can still be found")
	}
	if got := r.Need("travail").Rules[0].Offer; !reflect.DeepEqual(got, []string{"mission-locale"}) {
		t.Errorf("the national rule offers %v", got)
	}
	if got := r.Kind("cmp").Relays; !reflect.DeepEqual(got, []string{"mission-locale"}) {
		t.Errorf("the relays are %v", got)
	}
}

func TestRemoveKindOfNationalPartner(t *testing.T) {
	r := loadSmall(t, `types: [{id: mission-locale, retirer: oui}]`)
	if r.Partner("n119") != nil {
		t.Error("a national partner outlives its kind")
	}
}

func TestPartnerTakesFromItsKind(t *testing.T) {
	r := loadSmall(t, `
partenaires:
  - {id: a, nom: A, type: cmp}
  - {id: b, nom: B, type: cmp, age: 0+, acces: libre, conditions_acces: sonner, attente: }
  - {id: c, nom: C, type: mission-locale, attente: longue}
`)
	type terms struct {
		ages   Ages
		access Access
		wait   string
	}
	for id, want := range map[string]terms{
		"a": {Ages{0, 17}, "", "plus de 6 mois"},
		"b": {Ages{}, Open, ""},
		"c": {Ages{16, 25}, Open, "longue"},
	} {
		p := r.Partner(id)
		if got := (terms{p.Ages, p.Access, p.Wait}); got != want {
			t.Errorf("%s: got %+v, want %+v", id, got, want)
		}
	}
}

func TestService(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	reunion, err := time.LoadLocation("Indian/Reunion")
	if err != nil {
		t.Fatal(err)
	}
	for local, want := range map[string]Service{
		"equipes: []": {Zone: paris, DigestDay: time.Monday, DigestHour: 8, DeleteSentence: true},
		"service: {nom: La rue, fuseau: Indian/Reunion, bilan_hebdo: {jour: dimanche, heure: 17:30}, effacer_messages: non}": {
			Name: "La rue", Zone: reunion, DigestDay: time.Sunday, DigestHour: 17, DigestMinute: 30,
		},
		"service: {bilan_hebdo: {heure: 0:05}}": {Zone: paris, DigestDay: time.Monday, DigestMinute: 5, DeleteSentence: true},
	} {
		if got := loadSmall(t, local).Service; !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngot  %+v\nwant %+v", local, got, want)
		}
	}
}

func TestLecture(t *testing.T) {
	rd := newReader()
	rd.document(parse(File{"a", []byte("lecture: {masques: [travail de rue], negations: [pas besoin de], hors_sujet: [RTT], abreviations: {pr: pour, ml: mal}, mots_courants: [le]}")}), true)
	rd.document(parse(File{"b", []byte("lecture: {masques: [chef de service, travail de rue], abreviations: {ml: mission locale}}")}), false)
	want := Lecture{
		Masks:         []string{"travail de rue", "chef de service"},
		Negations:     []string{"pas besoin de"},
		OffTopic:      []string{"RTT"},
		Abbreviations: map[string]string{"pr": "pour", "ml": "mission locale"},
		Forms:         map[string][]string{},
		CommonWords:   []string{"le"},
	}
	if got := rd.lecture(); !reflect.DeepEqual(got, want) || rd.problems != nil {
		t.Errorf("got %+v, %v", got, rd.problems)
	}
}

func TestAges(t *testing.T) {
	for text, want := range map[string]Ages{
		"16-25": {16, 25}, "16+": {16, 0}, "0-17": {0, 17}, "17": {17, 17}, "0+": {}, "0": {}, "0-0": {},
	} {
		r, err := load(smallFrance(t), []File{{"f", []byte("types: [{id: a, nom: A, domaines: [sante], age: " + text + "}]")}})
		if text == "0" || text == "0-0" { // would read as an age not known
			if err == nil {
				t.Errorf("%s is accepted", text)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Kind("a").Ages; got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestVersion(t *testing.T) {
	one := loadSmall(t, "equipes: []").Version
	if again := loadSmall(t, "equipes: []").Version; again != one {
		t.Errorf("the same files have the versions %s and %s", one, again)
	}
	if other := loadSmall(t, "equipes: [] ").Version; other == one {
		t.Error("other files have the same version")
	}
	if len(one) != 12 {
		t.Errorf("version %q is not 12 characters", one)
	}
}

// FuzzLoad holds that no file makes the reader panic, that every problem has a place, and that what is accepted can be used.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/problems/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "testdata/france.yaml") {
		f.Add(read(f, file))
	}
	f.Add([]byte("besoins: [{id: \"a\\nb\\e\", nom: x}]"))
	f.Add([]byte("a: &a [*a]\nbesoins: [&b {id: b, nom: *c, <<: *b}]\n"))
	national := smallFrance(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := load(national, []File{{"f", text}})
		if err != nil {
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want problems", err)
			}
			for _, p := range problems {
				if p.Line < 1 || p.Column < 1 || p.File == "" || p.Message == "" || strings.Contains(p.String(), "\n") {
					t.Fatalf("a problem is a place and one line: %+v", p)
				}
			}
			return
		}
		for _, need := range r.Needs {
			if r.Domain(need.Domain) == nil {
				t.Fatalf("need %s is of no domain", need.ID)
			}
		}
		for _, p := range r.Partners {
			if r.Kind(p.Kind) == nil {
				t.Fatalf("partner %s is of no kind", p.ID)
			}
		}
		r.Holes()
	})
}
