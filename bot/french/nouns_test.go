package french

import "testing"

func TestDe(t *testing.T) {
	for _, c := range []struct {
		group, want string
		plural      bool
	}{
		{"les services sociaux", "des services sociaux", true},
		{"le sport, la culture et les loisirs", "du sport, de la culture et des loisirs", true},
		{"l'insertion et l'emploi", "de l’insertion et de l’emploi", true},
		{"l’éducation", "de l’éducation", false},
		{"la santé", "de la santé", false},
		{"le domaine «\u00a0Sport et vie\u00a0»", "du domaine «\u00a0Sport et vie\u00a0»", false},
		{"un point", "d’un point", false},
		{"3 points", "de 3 points", false},
		{"Échirol", "d’Échirol", false},
		{"", "de ", false},
	} {
		if got := De(c.group); got != c.want {
			t.Errorf("De(%q) = %q, want %q", c.group, got, c.want)
		}
		if got := IsPlural(c.group); got != c.plural {
			t.Errorf("IsPlural(%q) = %v", c.group, got)
		}
	}
}

func TestAnd(t *testing.T) {
	for want, list := range map[string][]string{"": nil, "a": {"a"}, "a et b": {"a", "b"}, "a, b et c": {"a", "b", "c"}} {
		if got := And(list...); got != want {
			t.Errorf("And(%q) = %q", list, got)
		}
	}
}

func TestCapitals(t *testing.T) {
	for _, c := range []struct{ in, upper, lower string }{
		{"", "", ""}, {"élan", "Élan", "élan"}, {"Travail de rue", "Travail de rue", "travail de rue"}, {"CCAS", "CCAS", "CCAS"},
		{"À", "À", "à"}, {"11-14 ans", "11-14 ans", "11-14 ans"},
	} {
		if got := Upper(c.in); got != c.upper {
			t.Errorf("Upper(%q) = %q", c.in, got)
		}
		if got := Lower(c.in); got != c.lower {
			t.Errorf("Lower(%q) = %q", c.in, got)
		}
	}
}
