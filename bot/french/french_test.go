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

func TestDays(t *testing.T) {
	for _, c := range []struct{ from, to, days, ofYear string }{
		{"2026-11-16", "2026-11-22", "du 16 au 22 novembre", "du 16 au 22 novembre 2026"},
		{"2026-03-01", "2026-03-07", "du 1er au 7 mars", "du 1er au 7 mars 2026"},
		{"2026-03-01", "2026-04-15", "du 1er mars au 15 avril", "du 1er mars au 15 avril 2026"},
		{"2026-12-28", "2027-01-03", "du 28 décembre au 3 janvier", "du 28 décembre 2026 au 3 janvier 2027"},
		{"2026-03-01", "2027-03-07", "du 1er mars au 7 mars", "du 1er mars 2026 au 7 mars 2027"},
		{"2026-08-01", "2026-08-01", "le 1er août", "le 1er août 2026"},
	} {
		from, _ := time.Parse(time.DateOnly, c.from)
		to, _ := time.Parse(time.DateOnly, c.to)
		if got := Days(from, to); got != c.days {
			t.Errorf("%s..%s: got %q, want %q", c.from, c.to, got, c.days)
		}
		if got := DaysOfYear(from, to); got != c.ofYear {
			t.Errorf("%s..%s: got %q, want %q", c.from, c.to, got, c.ofYear)
		}
	}
}

func TestShares(t *testing.T) {
	for _, c := range []struct {
		part, whole, percent int
		share                string
	}{
		{0, 0, 0, "0\u00a0%"}, {0, 7, 0, "0\u00a0%"}, {1, 8, 13, "13\u00a0%"}, {1, 200, 1, "1\u00a0%"}, {1, 201, 0, "0\u00a0%"},
		{2, 3, 67, "67\u00a0%"}, {5, 5, 100, "100\u00a0%"}, {320, 1000, 32, "32\u00a0%"},
	} {
		if got := Percent(c.part, c.whole); got != c.percent {
			t.Errorf("Percent(%d, %d) = %d", c.part, c.whole, got)
		}
		if got := Share(c.part, c.whole); got != c.share {
			t.Errorf("Share(%d, %d) = %q", c.part, c.whole, got)
		}
	}
	for n, want := range map[int]string{0: "0 point", 1: "un point", -1: "un point", 2: "2 points", -3: "3 points"} {
		if got := Points(n); got != want {
			t.Errorf("Points(%d) = %q", n, got)
		}
	}
}
