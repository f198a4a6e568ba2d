// Package french writes numbers, days and marks the way French does. The sentences of the bot are elsewhere; here is only what
// every sentence needs.
package french

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var weekdays = []string{"dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."}

var months = []string{
	"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
}

// Day says a day kept as 2006-01-02, seen from now: "aujourd’hui", "hier", "demain", else "mar. 24 novembre", with its year
// when that is not now's. What is no day comes back as it is.
func Day(day string, now time.Time) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	switch day {
	case now.Format(time.DateOnly):
		return "aujourd’hui"
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return "hier"
	case now.AddDate(0, 0, 1).Format(time.DateOnly):
		return "demain"
	}
	name := weekdays[t.Weekday()] + " " + DayOfMonth(t)
	if t.Year() != now.Year() {
		name += " " + strconv.Itoa(t.Year())
	}
	return name
}

// DayOfMonth says "24 novembre", and "1er décembre" for the first.
func DayOfMonth(t time.Time) string {
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = Ordinal(1)
	}
	return day + " " + Month(t)
}

// Month says "novembre".
func Month(t time.Time) string { return months[t.Month()-1] }

// Days says "du 16 au 22 novembre", "du 30 novembre au 6 décembre", "le 1er mars" when there is only one.
func Days(from, to time.Time) string {
	if from.Equal(to) {
		return "le " + DayOfMonth(to)
	}
	first := DayOfMonth(from)
	if from.Month() == to.Month() && from.Year() == to.Year() {
		first, _, _ = strings.Cut(first, " ")
	}
	return "du " + first + " au " + DayOfMonth(to)
}

// DaysOfYear is Days with the year: "du 1er mars au 15 avril 2026", "du 28 décembre 2026 au 3 janvier 2027".
func DaysOfYear(from, to time.Time) string {
	if from.Year() == to.Year() {
		return Days(from, to) + " " + strconv.Itoa(to.Year())
	}
	return "du " + DayOfMonth(from) + " " + strconv.Itoa(from.Year()) + " au " + DayOfMonth(to) + " " + strconv.Itoa(to.Year())
}

// Ordinal says "1er", "2e", of what is masculine.
func Ordinal(n int) string {
	if n == 1 {
		return "1er"
	}
	return strconv.Itoa(n) + "e"
}

// Plural picks the singular for -1, 0 and 1.
func Plural(n int, one, many string) string {
	if n < 2 && n > -2 {
		return one
	}
	return many
}

// Count says a number with its noun: "0 action", "2 actions".
func Count(n int, one, many string) string { return Number(n) + " " + Plural(n, one, many) }

// Number writes n with a narrow no-break space between thousands.
func Number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// Signed writes a difference with its sign: "+3", "−2" with a true minus, "=" for none.
func Signed(n int) string {
	switch {
	case n > 0:
		return "+" + Number(n)
	case n < 0:
		return "−" + Number(-n)
	}
	return "="
}

// Percent is the share of a part in a whole, in whole percents, a half rounded up; 0 of nothing.
func Percent(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return (200*part + whole) / (2 * whole)
}

// Share says that share: "32 %".
func Share(part, whole int) string { return Number(Percent(part, whole)) + "\u00a0%" }

// Points says a distance between two shares, whatever its sign: "3 points", "un point", "0 point".
func Points(n int) string {
	n = max(n, -n)
	if n == 1 {
		return "un point"
	}
	return Count(n, "point", "points")
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Escape makes a text safe inside a message of HTML.
func Escape(s string) string { return escaper.Replace(s) }

// spaces finds where French wants a space that does not break: before : ; ! ? % » and after «.
var spaces = regexp.MustCompile(` ([:;!?»%])|« `)

// Typeset puts the no-break spaces and the apostrophes of French typography into a text; done twice it changes nothing more.
func Typeset(s string) string {
	s = strings.ReplaceAll(s, "'", "’")
	return spaces.ReplaceAllStringFunc(s, func(m string) string { return strings.Replace(m, " ", "\u00a0", 1) })
}
