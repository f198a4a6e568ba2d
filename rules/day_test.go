package rules

import (
	"testing"
	"time"
)

// TestDays: the day of the action and the day to come back to it.
func TestDays(t *testing.T) {
	r := readRules(t)
	for _, c := range []struct{ text, when, next string }{
		{"vu hier", "yesterday", ""},
		{"vu avant-hier soir", "-2d", ""},
		{"vu ce matin, rdv demain", "today", "tomorrow"},
		{"on se revoit après-demain", "", "+2d"},
		{"vu aujourd'hui", "today", ""},
		{"accompagné mardi au lycée", "tuesday", ""},
		{"rdv mardi", "", "tuesday"},
		{"vu lundi, rdv jeudi", "monday", "thursday"},
		{"forum jeudi dernier", "thursday", ""},
		{"il attaque lundi prochain", "", "monday"},
		{"en fugue depuis dimanche", "", ""},
		{"tous les mercredis, le mardi aussi", "", ""},
		{"on fait le point vendredi", "", "friday"},
		{"la dame de lundi", "monday", ""},
		{"le rdv de lundi", "", ""},
		{"rdv dans 3 jours", "", "+3d"},
		{"rdv dans deux semaines", "", "+14d"},
		{"son titre expire dans 10 jours", "", ""},
		{"rdv cmp dans 6 mois", "", ""},
		{"vu il y a 3 jours", "-3d", ""},
		{"arrivé il y a 3 jours", "", ""},
		{"rdv la semaine prochaine", "", "+7d"},
		{"on voit ça la semaine pro", "", "+7d"},
		{"convoqué le 12", "", "d12"},
		{"audience le 12 mars", "", "03-12"},
		{"rdv le 5/12 à 14h", "", "12-05"},
		{"rdv mardi 4 à 10h", "", "d04"},
		{"le 14 ans décroche", "", ""},
		{"les habitants du 12", "", ""},
		{"vu le 12", "", ""},
		{"rdv ce soir", "", "today"},
		{"croisé ce soir", "today", ""},
		{"il est 18h", "", ""},
	} {
		if got := r.Read(c.text); got.When != c.when || got.FollowUp != c.next {
			t.Errorf("%q gives %q and %q, want %q and %q", c.text, got.When, got.FollowUp, c.when, c.next)
		}
	}
}

func TestDayOf(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	saturday := time.Date(2026, 11, 21, 23, 30, 0, 0, paris)
	for _, c := range []struct {
		token, next, last string // "" for none
	}{
		{"today", "2026-11-21", "2026-11-21"},
		{"yesterday", "2026-11-20", "2026-11-20"},
		{"tomorrow", "2026-11-22", "2026-11-22"},
		{"-3d", "2026-11-18", "2026-11-18"},
		{"+14d", "2026-12-05", "2026-12-05"},
		{"monday", "2026-11-23", "2026-11-16"},
		{"friday", "2026-11-27", "2026-11-20"},
		{"saturday", "2026-11-28", "2026-11-14"},
		{"d21", "2026-11-21", "2026-11-21"},
		{"d12", "2026-12-12", "2026-11-12"},
		{"d31", "2026-12-31", "2026-10-31"},
		{"03-12", "2027-03-12", "2026-03-12"},
		{"02-29", "2028-02-29", "2024-02-29"},
		{"02-30", "", ""}, {"13-01", "", ""}, {"d0", "", ""}, {"d32", "", ""}, {"", "", ""}, {"+d", "", ""}, {"+9999d", "", ""}, {"lundi", "", ""}, {"d", "", ""},
	} {
		for past, want := range map[bool]string{false: c.next, true: c.last} {
			got, ok := DayOf(c.token, saturday, past)
			if ok != (want != "") || ok && (got.Format(time.DateOnly) != want || got.Hour() != 0 || got.Location() != paris) {
				t.Errorf("%q, past %v: %v %v, want %q", c.token, past, got, ok, want)
			}
		}
	}
	// the night the clocks change has 25 hours
	if got, _ := DayOf("tomorrow", time.Date(2026, 10, 24, 12, 0, 0, 0, paris), false); got.Format("2006-01-02 15:04") != "2026-10-25 00:00" {
		t.Errorf("tomorrow is %v", got)
	}
}
