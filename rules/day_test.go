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

// TestComingBack: what is planned is a day to come, what was done is the day of the action.
func TestComingBack(t *testing.T) {
	r := readRules(t)
	for _, c := range []struct{ text, when, next string }{
		{"un jeune de 20 ans aux Tanneries a une amende, relance mardi", "", "tuesday"},
		{"amende, relance dans 3 jours", "", "+3d"},
		{"une jeune à revoir, relance mardi", "", "tuesday"},
		{"relance mardi", "", "tuesday"},
		{"relance : mardi", "", "tuesday"},
		{"relance : dans 3 jours", "", "+3d"},
		{"relance demain", "", "tomorrow"},
		{"relance dans une semaine", "", "+7d"},
		{"relance la semaine prochaine", "", "+7d"},
		{"relance lundi prochain", "", "monday"},
		{"relance le 12", "", "d12"},
		{"relance le 12/03", "", "03-12"},
		{"relance le lundi 7 décembre", "", "12-07"},
		{"relance prévue mardi", "", "tuesday"},
		{"relance a faire mardi", "", "tuesday"},
		{"relance à faire dans 3 jours", "", "+3d"},
		{"relance tel mardi", "", "tuesday"},
		{"relance ML dans 3 jours", "", "+3d"},
		{"relance de la ML dans 10 jours", "", "+10d"},
		{"je relance la ML mardi", "", "tuesday"},
		{"je la relance mardi", "", "tuesday"},
		{"on relance dans 2 jours", "", "+2d"},
		{"vu hier relance vendredi", "yesterday", "friday"},
		{"vu mardi relance vendredi", "tuesday", "friday"},
		{"croisé 5 jeunes mardi au city, relance vendredi", "tuesday", "friday"},
		{"pas venu, relance d'ici mardi", "", "tuesday"},
		{"amende a payer relance mardi", "", "tuesday"},
		{"relance si besoin mardi", "", "tuesday"},
		{"à relancer mardi", "", "tuesday"},
		{"le relancer lundi", "", "monday"},
		{"à relancer dans 3 jours", "", "+3d"},
		{"a relancer dans une semaine", "", "+7d"},
		{"relancer le CCAS le 12", "", "d12"},
		{"rappel mardi", "", "tuesday"},
		{"rappel dans 3 jours", "", "+3d"},
		{"à rappeler dans 3 jours", "", "+3d"},
		{"à rappeler : dans 3 jours", "", "+3d"},
		{"je le rappelle dans 2 jours", "", "+2d"},
		{"je rappelle la CAF mardi", "", "tuesday"},
		{"à revoir le 12", "", "d12"},
		{"à revoir dans une semaine", "", "+7d"},
		{"on se revoit dans 15 jours", "", "+15d"},
		{"on se revoit lundi prochain", "", "monday"},
		{"prochain rdv le 12/03", "", "03-12"},
		{"prochain rdv dans 3 jours", "", "+3d"},
		{"point mardi", "", "tuesday"},
		{"point dans 3 jours", "", "+3d"},
		{"point avec la ML dans 3 jours", "", "+3d"},
		{"on fait le point dans 2 semaines", "", "+14d"},
		{"retour prévu mardi", "", "tuesday"},
		{"retour prévu dans 3 jours", "", "+3d"},
		{"retour dans 3 jours", "", "+3d"},
		{"je repasse mardi", "", "tuesday"},
		{"je repasse dans 3 jours", "", "+3d"},
		{"je le revois dans 3 jours", "", "+3d"},
		{"je le reverrai dans 3 jours", "", "+3d"},
		{"je repasserai dans 3 jours", "", "+3d"},
		{"vu ce matin au local, à revoir la semaine prochaine", "today", "+7d"},
		{"relancé la mission locale mardi", "tuesday", ""},
		{"relance la mission locale mardi", "tuesday", ""},
		{"relance le CCAS mardi", "tuesday", ""},
		{"relance le CCAS le 12", "", ""},
		{"j'ai relancé le CCAS hier", "yesterday", ""},
		{"j'ai relance le CCAS hier", "yesterday", ""},
		{"j'ai relance mardi", "tuesday", ""},
		{"on a deja relance mardi", "tuesday", ""},
		{"relance faite mardi", "tuesday", ""},
		{"relance de la ML lundi dernier", "monday", ""},
		{"relance lundi dernier", "monday", ""},
		{"relance mardi passé", "tuesday", ""},
		{"relance mardi passe", "tuesday", ""},
		{"ML relancée ce matin", "today", ""},
		{"ML relancée mardi", "tuesday", ""},
		{"relancé mardi", "tuesday", ""},
		{"il a été relancé mardi", "tuesday", ""},
		{"relance hier", "yesterday", ""},
		{"relance ML il y a 3 jours", "-3d", ""},
		{"relance la semaine dernière", "-7d", ""},
		{"relance envoyée mardi", "tuesday", ""},
		{"mardi relance faite", "tuesday", ""},
		{"relance mardi sans réponse", "tuesday", ""},
		{"après relance mardi", "tuesday", ""},
		{"dernière relance mardi", "tuesday", ""},
		{"relance mardi si pas de réponse", "", "tuesday"},
		{"rappelé mardi", "tuesday", ""},
		{"rappelé la ML mardi", "tuesday", ""},
		{"rappel fait mardi", "tuesday", ""},
		{"a eu un rappel à la loi mardi", "tuesday", ""},
		{"revu mardi", "tuesday", ""},
		{"revue mardi au local", "tuesday", ""},
		{"on a fait le point mardi", "tuesday", ""},
		{"fait le point mardi avec la ML", "tuesday", ""},
		{"point fait mardi", "tuesday", ""},
		{"rdv honoré mardi", "tuesday", ""},
		{"rdv raté mardi", "tuesday", ""},
		{"dossier envoyé mardi", "tuesday", ""},
		{"relancé la ML, rdv mardi", "", "tuesday"},
		{"relancé la ML hier, relance mardi", "yesterday", "tuesday"},
		{"relancée hier par la ML, rappel le 12", "yesterday", "d12"},
		{"7 jeunes vus au lac, retour vendredi sans bobo", "friday", ""},
		{"mardi relance", "", "tuesday"},
		{"relance de mercredi sans réponse", "wednesday", ""},
		{"jeune vu lundi, relance jeudi", "monday", "thursday"},
		{"relance ce soir", "", "today"},
		{"relance cet après-midi", "", "today"},
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
