package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var today = time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC)

const suggestYAML = `
domaines: [{id: emploi, nom: Emploi}, {id: sante, nom: Santé}]
situations: [{id: famille, nom: En famille}, {id: sans-solution, nom: Sans solution}]
territoires: [{id: nord, nom: Nord}, {id: sud, nom: Sud, anciens_ids: [midi]}]
types:
  - {id: mission-locale, nom: Mission locale, domaines: [emploi], age: 16-25, acces: libre, anciens_ids: [paio]}
  - {id: cio, nom: CIO, domaines: [emploi], acces: sur-rendez-vous}
  - {id: interim, nom: Intérim, domaines: [emploi], age: 18+}
  - {id: pjj, nom: PJJ, domaines: [emploi], acces: sur-decision}
  - {id: mda, nom: Maison des ados, domaines: [sante], age: 11-20, acces: libre}
  - {id: cmp, nom: CMP, domaines: [sante], age: 0-17, acces: par-les-parents, attente: souvent plus de 6 mois, relais: [cmpp, mda, paej]}
  - {id: cmpp, nom: CMPP, domaines: [sante], attente: 7 mois, relais: [mda]}
  - {id: paej, nom: Point écoute, domaines: [sante], age: 12-25, acces: libre}
  - {id: hebergement, nom: "115", domaines: [sante], age: 18+}
  - {id: crip, nom: CRIP, domaines: [sante], acces: sur-decision}
  - {id: n119, nom: "119", domaines: [sante], acces: libre}
besoins:
  - id: travail
    nom: Recherche d'emploi
    domaine: emploi
    regles:
      - {si: {age: 16-17, situation: sans-solution}, proposer: [mission-locale, cio], parce_que: obligation de formation}
      - {proposer: [mission-locale, interim, cio]}
      - {si: {territoire: sud}, proposer: [mda], parce_que: permanence au Sud}
  - {id: orientation, nom: Orientation, domaine: emploi, age: 11-20, regles: [{proposer: [cio, mission-locale]}]}
  - {id: mal-etre, nom: Mal-être, domaine: sante, regles: [{proposer: [cmp, paej]}]}
  - {id: psy, nom: Psychologue, domaine: sante, regles: [{proposer: [paej, cmp]}]}
  - {id: placement, nom: Placement, domaine: sante, regles: [{proposer: [cio], prevenir: [pjj]}, {proposer: [interim]}]}
  - {id: suivi, nom: Suivi, domaine: sante, regles: [{prevenir: [pjj]}, {proposer: [cio]}]}
  - id: dehors
    nom: Dehors
    domaine: sante
    age: 18+
    urgence: {etapes: [Appeler le 115.]}
    regles:
      - {si: {situation: famille}, proposer: [hebergement], parce_que: le 115 accueille les familles}
      - {si: {age: 0-17}, prevenir: [crip]}
      - {si: {age: 0-17}, proposer: [n119]}
      - {si: {age: 18+}, proposer: [hebergement]}
partenaires:
  - {id: ml-ville, nom: ML ville, type: mission-locale, verifie_le: 2026-11-01}
  - {id: ml-nord, nom: ML Nord, type: mission-locale, territoires: [nord], verifie_le: 2026-03-12}
  - {id: ml-fermee, nom: ML fermée, type: mission-locale, ferme: oui}
  - {id: cio, nom: CIO, type: cio, verifie_le: 2025-11-20}
  - {id: interim-1, nom: Intérim 1, type: interim, age: 17+, verifie_le: 2025-11-21}
  - {id: interim-2, nom: Intérim 2, type: interim, verifie_le: 2026-01-01}
  - {id: interim-3, nom: Intérim 3, type: interim, verifie_le: 2026-01-01}
  - {id: mda, nom: MDA, type: mda, verifie_le: 2026-01-01}
  - {id: cmp-nord, nom: CMP Nord, type: cmp, territoires: [nord], verifie_le: 2026-01-01}
  - {id: cmpp, nom: CMPP, type: cmpp, verifie_le: 2026-01-01}
  - {id: paej, nom: Le Point, type: paej, verifie_le: 2026-01-01}
  - {id: pjj, nom: PJJ, type: pjj, verifie_le: 2026-01-01}
  - {id: h115, nom: "115", type: hebergement, verifie_le: 2026-01-01}
  - {id: crip, nom: CRIP, type: crip, verifie_le: 2026-01-01}
  - {id: n119, nom: "119", type: n119, verifie_le: 2026-01-01}
`

func suggestRules(t testing.TB) *Rules {
	t.Helper()
	r, err := load(nil, []File{{"config.yaml", []byte(suggestYAML)}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ids lists suggestions in order, with "!" before those to inform.
func ids(suggested []Suggestion) string {
	var all []string
	for _, s := range suggested {
		id := s.Partner.ID
		if s.Inform {
			id = "!" + id
		}
		all = append(all, id)
	}
	return strings.Join(all, " ")
}

func TestSuggest(t *testing.T) {
	r := suggestRules(t)
	tests := []struct {
		name string
		q    Query
		want string
	}{
		{"nothing asked", Query{}, ""},
		{"an unknown need", Query{Needs: []string{"rien"}}, ""},
		{"nothing else known", Query{Needs: []string{"travail"}}, "ml-ville interim-1 cio ml-nord interim-2 interim-3"},
		{"the kind's ages", Query{Needs: []string{"travail"}, Ages: Ages{26, 0}}, "interim-1 cio interim-2 interim-3"},
		{"the partner's own ages", Query{Needs: []string{"travail"}, Ages: Ages{17, 17}}, "ml-ville interim-1 cio ml-nord"},
		{"a band meets the ages", Query{Needs: []string{"travail"}, Ages: BandAges("15-17")}, "ml-ville interim-1 cio ml-nord"},
		{"the nearest first", Query{Needs: []string{"travail"}, Ages: Ages{17, 17}, Territory: "nord"}, "ml-nord interim-1 cio ml-ville"},
		{"another territory", Query{Needs: []string{"travail"}, Ages: Ages{17, 17}, Territory: "sud"}, "ml-ville interim-1 cio mda"},
		{"a former id of a territory", Query{Needs: []string{"travail"}, Ages: Ages{17, 17}, Territory: "midi"}, "ml-ville interim-1 cio mda"},
		{"an unknown territory", Query{Needs: []string{"travail"}, Ages: Ages{17, 17}, Territory: "mars"}, "ml-ville interim-1 cio ml-nord"},
		{"a situation", Query{Needs: []string{"travail"}, Ages: Ages{16, 16}, Situations: []string{"sans-solution"}}, "ml-ville cio ml-nord"},
		{"a rule with an age asks for one", Query{Needs: []string{"travail"}, Situations: []string{"sans-solution"}}, "ml-ville interim-1 cio ml-nord interim-2 interim-3"},
		{"outside the ages of the need", Query{Needs: []string{"orientation"}, Ages: Ages{21, 21}}, ""},
		{"needs take turns", Query{Needs: []string{"orientation", "mal-etre"}, Ages: Ages{16, 16}}, "cio cmp-nord mda ml-ville paej ml-nord"},
		{"a partner of two needs goes to the first", Query{Needs: []string{"travail", "orientation"}, Ages: Ages{16, 16}}, "ml-ville cio ml-nord"},
		{"a relay follows a long wait", Query{Needs: []string{"mal-etre"}, Ages: Ages{14, 14}}, "cmp-nord mda paej"},
		{"a relay that is not of the age", Query{Needs: []string{"mal-etre"}, Ages: Ages{8, 8}}, "cmp-nord"},
		{"no relay when one comes before", Query{Needs: []string{"psy"}, Ages: Ages{14, 14}}, "paej cmp-nord"},
		{"those to inform after the doors", Query{Needs: []string{"placement"}}, "cio interim-1 interim-2 interim-3 !pjj"},
		{"but first when their rule comes first", Query{Needs: []string{"suivi"}}, "!pjj cio"},
		{"danger first, in the order of its rules", Query{Needs: []string{"orientation", "dehors"}, Ages: Ages{15, 15}}, "!crip n119 cio"},
		{"danger looks at no age of the need", Query{Needs: []string{"dehors"}, Ages: Ages{15, 15}}, "!crip n119"},
		{"a family is received whatever the age", Query{Needs: []string{"dehors"}, Ages: Ages{15, 15}, Situations: []string{"famille"}}, "h115 !crip n119"},
		{"an adult outside", Query{Needs: []string{"dehors"}, Ages: Ages{19, 19}}, "h115"},
		{"no age known", Query{Needs: []string{"dehors"}}, ""},
		{"the one that was named comes first of its kind", Query{Needs: []string{"travail"}, Ages: Ages{26, 0}, Said: []string{"l'Intérim 2"}}, "interim-2 cio interim-1 interim-3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := ids(r.Suggest(test.q, today)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestWhy(t *testing.T) {
	r := suggestRules(t)
	tests := []struct {
		q       Query
		partner string
		want    string
	}{
		{Query{Needs: []string{"travail"}, Territory: "nord"}, "ml-nord", "Recherche d'emploi ; 16-25 ans ; sans rendez-vous ; dans le quartier"},
		{Query{Needs: []string{"travail"}, Territory: "nord"}, "ml-ville", "Recherche d'emploi ; 16-25 ans ; sans rendez-vous"},
		{Query{Needs: []string{"travail"}}, "cio", "Recherche d'emploi ; sur rendez-vous ; infos vérifiées il y a plus d'un an"},
		{Query{Needs: []string{"travail"}}, "interim-1", "Recherche d'emploi ; 17 ans et plus"},
		{Query{Needs: []string{"travail"}, Ages: Ages{16, 16}, Situations: []string{"sans-solution"}}, "cio",
			"Obligation de formation ; sur rendez-vous ; infos vérifiées il y a plus d'un an"},
		{Query{Needs: []string{"mal-etre"}}, "cmp-nord", "Mal-être ; jusqu'à 17 ans ; demande par les parents ; attente : souvent plus de 6 mois"},
		{Query{Needs: []string{"mal-etre"}}, "mda", "En attendant « CMP Nord » ; 11-20 ans ; sans rendez-vous"},
		{Query{Needs: []string{"suivi"}}, "pjj", "Suivi ; à prévenir par un professionnel"},
	}
	for _, test := range tests {
		got := "not suggested"
		for _, s := range r.Suggest(test.q, today) {
			if s.Partner.ID == test.partner {
				got = s.Why
			}
		}
		if want := typography.Replace(test.want); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.partner, got, want)
		}
	}
}

func TestRecord(t *testing.T) {
	r := suggestRules(t)
	of := func(partner string, takenUp, refused int) Record {
		return Record{{partner, "travail"}: {takenUp, refused}, {partner, ""}: {takenUp, refused}}
	}
	for _, c := range []struct {
		name   string
		record Record
		want   string
	}{
		{"nothing is known", nil, "ml-ville interim-1 cio ml-nord interim-2 interim-3"},
		{"one refusal moves nobody", of("ml-ville", 0, 1), "ml-ville interim-1 cio ml-nord interim-2 interim-3"},
		{"one success moves nobody", of("interim-2", 1, 0), "ml-ville interim-1 cio ml-nord interim-2 interim-3"},
		{"four refusals go down one place", of("ml-ville", 0, 4), "interim-1 ml-ville cio ml-nord interim-2 interim-3"},
		{"nothing but refusals goes down and stays", of("ml-ville", 0, 100), "interim-1 cio ml-ville ml-nord interim-2 interim-3"},
		{"whoever takes up goes up", of("cio", 9, 0), "ml-ville cio interim-1 ml-nord interim-2 interim-3"},
		{"two answers for this need: all needs are looked at", Record{{"cio", "travail"}: {0, 2}, {"cio", ""}: {19, 2}}, "ml-ville cio interim-1 ml-nord interim-2 interim-3"},
		{"others are not moved", of("paej", 0, 50), "ml-ville interim-1 cio ml-nord interim-2 interim-3"},
	} {
		got := ids(r.Suggest(Query{Needs: []string{"travail"}, Ages: Ages{19, 19}, Record: c.record}, today))
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	why := func(takenUp, refused int) string {
		return r.Suggest(Query{Needs: []string{"travail"}, Ages: Ages{19, 19}, Record: of("ml-ville", takenUp, refused)}, today)[0].Why
	}
	if got := why(1, 2); !strings.Contains(got, "équipe\u00a0: 1 prise en charge sur 3") {
		t.Error(got)
	}
	if got := why(3, 0); !strings.Contains(got, "3 prises en charge sur 3") {
		t.Error(got)
	}
	if got := why(1, 1); strings.Contains(got, "équipe") {
		t.Errorf("two answers are told: %s", got)
	}
	danger := Query{Needs: []string{"dehors"}, Ages: Ages{19, 19}, Situations: []string{"famille"}}
	before := ids(r.Suggest(danger, today))
	danger.Record = Record{{"h115", "dehors"}: {0, 99}}
	if got := ids(r.Suggest(danger, today)); got != before {
		t.Errorf("a danger's order moved from %s to %s", before, got)
	}
}

func TestWhyOfEntriesNotChecked(t *testing.T) {
	local := `partenaires: [{id: ml, nom: ML, type: mission-locale}]`
	for _, s := range loadSmall(t, local).Suggest(Query{Needs: []string{"travail"}}, today) {
		if got, want := strings.Contains(s.Why, "infos jamais vérifiées"), s.Partner.ID == "ml"; got != want {
			t.Errorf("%s: %q", s.Partner.ID, s.Why)
		}
	}
}

func TestSuggestKeepsRoom(t *testing.T) {
	var local strings.Builder
	local.WriteString("domaines: [{id: d, nom: D}]\nbesoins: [{id: b, nom: B, domaine: d, regles: [{proposer: [k], prevenir: [i]}]}]\n" +
		"types: [{id: k, nom: K, domaines: [d]}, {id: i, nom: I, domaines: [d], acces: sur-decision}]\npartenaires:\n")
	for i := range 12 {
		fmt.Fprintf(&local, "  - {id: k%02d, nom: K, type: k}\n", i)
		fmt.Fprintf(&local, "  - {id: i%02d, nom: I, type: i}\n", i)
	}
	r, err := load(nil, []File{{"f", []byte(local.String())}})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Suggest(Query{Needs: []string{"b"}}, today)
	if len(got) != maxSuggestions || got[5].Inform || !got[6].Inform || !got[7].Inform {
		t.Errorf("got %d suggestions, want 6 doors and 2 to inform: %v", len(got), got)
	}
}

// A relay is no use without the one it stands in for, nor the other way round.
func TestSuggestKeepsRoomForTheRelay(t *testing.T) {
	var local strings.Builder
	local.WriteString("domaines: [{id: d, nom: D}]\nbesoins: [{id: b, nom: B, domaine: d, regles: [{proposer: [a, slow, z]}]}]\n" +
		"types:\n  - {id: slow, nom: S, domaines: [d], attente: un an, relais: [quick]}\n")
	for _, kind := range []string{"a", "quick", "z"} {
		fmt.Fprintf(&local, "  - {id: %s, nom: K, domaines: [d]}\n", kind)
	}
	local.WriteString("partenaires:\n  - {id: slow, nom: S, type: slow}\n  - {id: quick, nom: Q, type: quick}\n  - {id: z, nom: Z, type: z}\n")
	for i := range 7 {
		fmt.Fprintf(&local, "  - {id: a%d, nom: A, type: a}\n", i)
	}
	r, err := load(nil, []File{{"f", []byte(local.String())}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range r.Suggest(Query{Needs: []string{"b"}}, today) {
		got = append(got, s.Partner.ID)
	}
	if want := []string{"a0", "slow", "quick", "z", "a1", "a2", "a3", "a4"}; !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestHoles(t *testing.T) {
	r, err := load(nil, []File{{"f", []byte(`
domaines: [{id: d, nom: D}]
territoires: [{id: nord, nom: Nord}, {id: sud, nom: Sud}]
types:
  - {id: jeune, nom: J, domaines: [d], age: 11-17}
  - {id: decide, nom: I, domaines: [d], acces: sur-decision}
besoins:
  - {id: b, nom: B, domaine: d, age: 15-20, regles: [{proposer: [jeune]}]}
  - {id: c, nom: C, domaine: d, regles: [{prevenir: [decide]}]}
partenaires:
  - {id: p, nom: P, type: jeune, territoires: [nord]}
  - {id: q, nom: Q, type: decide}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	want := []Hole{{"b", "15-17", "sud"}, {"b", "18-21", "nord"}, {"b", "18-21", "sud"}}
	if got := r.Holes(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestHolesWithoutTerritories(t *testing.T) {
	r := loadSmall(t, "equipes: []")
	got := r.Holes() // its one partner is a mission locale
	if want := []Hole{{"travail", "11-14", ""}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAgesInFrench(t *testing.T) {
	for ages, want := range map[Ages]string{
		{}: "", {16, 25}: "16-25 ans", {18, 0}: "18 ans et plus", {0, 17}: "jusqu'à 17 ans", {17, 17}: "17 ans",
	} {
		if got := ages.String(); got != want {
			t.Errorf("%#v: got %q, want %q", ages, got, want)
		}
	}
}
