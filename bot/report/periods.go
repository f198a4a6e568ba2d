package report

import (
	"fmt"
	"strconv"

	"maillage/bot/french"
	"maillage/store"
)

// PeriodName is the name of a period in a title: « semaine 47 (du 16 au 22 novembre) », « novembre 2026 », « 4e trimestre 2026 », « 2026 »,
// « du 1er mars au 15 avril 2026 ».
func PeriodName(p store.Period) string {
	if p.IsWeek() {
		return ShortName(p) + " (" + french.Days(p.First(), p.Last()) + ")"
	}
	return ShortName(p)
}

// ShortName is the same without the days of a week.
func ShortName(p store.Period) string {
	year := strconv.Itoa(p.First().Year())
	switch {
	case p.IsWeek():
		_, week := p.First().ISOWeek()
		return "semaine " + strconv.Itoa(week)
	case p.IsMonth():
		return french.Month(p.First()) + " " + year
	case p.IsQuarter():
		return french.Ordinal(quarter(p)) + " trimestre " + year
	case p.IsYear():
		return year
	}
	return french.DaysOfYear(p.First(), p.Last())
}

func quarter(p store.Period) int { return (int(p.First().Month()) + 2) / 3 }

// during says when, inside a sentence: « en 2026 », « au 4e trimestre 2026 », « du 1er mars au 15 avril 2026 ».
func during(p store.Period) string {
	switch {
	case p.IsWeek():
		return fmt.Sprintf("en %s (%s)", ShortName(p), french.DaysOfYear(p.First(), p.Last()))
	case p.IsMonth(), p.IsYear():
		return "en " + ShortName(p)
	case p.IsQuarter():
		return "au " + ShortName(p)
	}
	return ShortName(p)
}

// before says what the period before a period is called, after « que » or a number.
func before(p store.Period) string {
	switch {
	case p.IsWeek():
		return "la semaine d’avant"
	case p.IsMonth():
		return "le mois d’avant"
	case p.IsQuarter():
		return "le trimestre d’avant"
	case p.IsYear():
		return "l’année d’avant"
	}
	return "la période d’avant"
}

// then says when, in a message whose head names the period, which is not over when current is set.
func then(p store.Period, current bool) string {
	switch {
	case p.IsWeek():
		return "cette semaine"
	case p.IsMonth():
		return either(current, "ce mois-ci", "ce mois-là")
	case p.IsQuarter():
		return either(current, "ce trimestre", "ce trimestre-là")
	case p.IsYear():
		return either(current, "cette année", "cette année-là")
	}
	return either(current, "ces jours-ci", "ces jours-là")
}

func either(yes bool, one, other string) string {
	if yes {
		return one
	}
	return other
}
