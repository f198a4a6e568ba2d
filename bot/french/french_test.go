package french

import (
	"testing"
	"time"
)

func TestTypeset(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Quel jour ?", "Quel jour\u00a0?"},
		{"« mardi » ou « 12/03 » : l'un", "«\u00a0mardi\u00a0» ou «\u00a012/03\u00a0»\u00a0: l’un"},
		{"42 % ; 3", "42\u00a0%\u00a0; 3"},
		{"https://t.me/x?start=1", "https://t.me/x?start=1"},
	} {
		if got := Typeset(c.in); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
		if got := Typeset(Typeset(c.in)); got != c.want {
			t.Errorf("%q: typeset twice it is %q", c.in, got)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		n              int
		number, signed string
		counted        string
	}{
		{0, "0", "=", "0 action"}, {1, "1", "+1", "1 action"}, {2, "2", "+2", "2 actions"}, {-3, "-3", "−3", "-3 actions"},
		{999, "999", "+999", "999 actions"}, {1000, "1\u202f000", "+1\u202f000", "1\u202f000 actions"},
		{1234567, "1\u202f234\u202f567", "+1\u202f234\u202f567", "1\u202f234\u202f567 actions"},
		{-1000, "-1\u202f000", "−1\u202f000", "-1\u202f000 actions"},
	} {
		if got := Number(c.n); got != c.number {
			t.Errorf("Number(%d) = %q", c.n, got)
		}
		if got := Signed(c.n); got != c.signed {
			t.Errorf("Signed(%d) = %q", c.n, got)
		}
		if got := Count(c.n, "action", "actions"); got != c.counted {
			t.Errorf("Count(%d) = %q", c.n, got)
		}
	}
}

func TestDay(t *testing.T) {
	now := time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC)
	for day, want := range map[string]string{
		"2026-12-31": "aujourd’hui", "2026-12-30": "hier", "2027-01-01": "demain", "2026-12-01": "mar. 1er décembre",
		"2027-02-02": "mar. 2 février 2027", "jamais": "jamais",
	} {
		if got := Day(day, now); got != want {
			t.Errorf("%s: got %q, want %q", day, got, want)
		}
	}
}
