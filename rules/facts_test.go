package rules

import (
	"fmt"
	"strings"
	"testing"
)

// TestWho: age, band, count and gender, with a dash for what is not said.
func TestWho(t *testing.T) {
	r := readRules(t)
	for _, c := range []struct{ text, want string }{
		{"un jeune de 17 ans", "17 15-17 1 garcon"},
		{"une jeune, 17ans", "17 15-17 1 fille"},
		{"jeune fille 16a", "16 15-17 1 fille"},
		{"dix-sept ans, il est seul", "17 15-17 1 garcon"},
		{"vingt et un ans", "21 18-21 1 -"},
		{"un gamin de 14", "14 11-14 1 garcon"},
		{"bientôt 18 ans", "17 15-17 1 -"},
		{"elle va avoir 16 ans", "15 15-17 1 fille"},
		{"il fête ses 18 ans", "18 18-21 1 garcon"},
		{"fume depuis ses 13 ans", "- - - -"},
		{"2 ans de prison", "- - - -"},
		{"il a pris 8 ans ferme", "- - 1 garcon"},
		{"suivi depuis 10 ans", "- - - -"},
		{"contrat de 12 mois", "- - - -"},
		{"elle a 22 ans, deux enfants de 2 et 7 ans", "22 22-25 1 fille"},
		{"3 jeunes de 15 et 16 ans", "- 15-17 3 -"},
		{"des jeunes de 14-18 ans", "- - - -"},
		{"une mère de 42 ans", "- plus-25 - -"},
		{"une maman demande de l'aide", "- adulte-parent - -"},
		{"la maman a appelé", "- - - -"},
		{"un collégien", "- 11-14 1 garcon"},
		{"en 5ème, elle pleure", "- 11-14 1 fille"},
		{"le 3e rdv", "- - - -"},
		{"une quinzaine de jeunes", "- - 15 -"},
		{"12 gamins ont joué", "- - 12 -"},
		{"trois filles et 2 garçons", "- - 5 mixte"},
		{"deux soeurs", "- - 2 fille"},
		{"2 gars veulent partir", "- - 2 garcon"},
		{"ils sont 4 à venir", "- - 4 -"},
		{"ils sont six dans un T2", "- - - -"},
		{"quatre loyers de retard", "- - - -"},
		{"le petit veut passer le code", "- - 1 garcon"},
		{"un petit boulot", "- - - -"},
		{"il faut rappeler demain", "- - - -"},
		{"il pleuvait, personne dehors", "- - - -"},
		{"sa mère est venue avec lui", "- - 1 garcon"},
		{"la mère dit qu'elle craque", "- - 1 -"},
		{"hospitalisée samedi", "- - - fille"},
		{"accompagné au lac", "- - - -"},
		{"des garçons et des filles", "- - - mixte"},
	} {
		got := r.Read(c.text)
		if s := strings.Join([]string{dash(got.Age), dash(got.Band), dash(got.Count), dash(got.Gender)}, " "); s != c.want {
			t.Errorf("%q gives %s, want %s", c.text, s, c.want)
		}
	}
}

func dash(v any) string {
	if s := fmt.Sprint(v); s != "" && s != "0" {
		return s
	}
	return "-"
}

func TestHow(t *testing.T) {
	r := readRules(t)
	for _, c := range []struct{ text, want string }{
		{"orienté vers la mission locale, inscrit", "orientation pris-en-charge"},
		{"accompagné à la ML ce matin", "accompagnement -"},
		{"appelé la ML, en attente", "contact attente"},
		{"réunion avec la ML", "reunion -"},
		{"rdv ML raté", "- sans-suite"},
		{"pas de place à la mission locale", "- refus"},
		{"orienté, inscrit", "- -"}, // no partner to speak of
	} {
		got := r.Read(c.text)
		if s := dash(got.Solicitation) + " " + dash(got.Result); s != c.want {
			t.Errorf("%q gives %s, want %s", c.text, s, c.want)
		}
	}
}
