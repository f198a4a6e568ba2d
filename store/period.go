package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Period is a stretch of whole days of which figures are told. Its zero value is no period.
type Period struct {
	// Name is the period as scripts and buttons write it: an ISO week 2026-W47, a month 2026-11, a quarter 2026-T4, a calendar
	// year 2026, else its two days, 2026-03-01..2026-04-15.
	Name     string
	From, To string // its first and its last day, 2006-01-02
}

// maxDays bounds a period: five years.
const maxDays = 5*366 + 1

// ParsePeriod reads the name of a period. Two days that are exactly a week, a month, a quarter or a year become that.
func ParsePeriod(name string) (Period, error) {
	wrong := fmt.Errorf("period %q: want 2026-W47, 2026-11, 2026-T4, 2026 or 2026-03-01..2026-04-15", name)
	if from, to, ok := strings.Cut(name, ".."); ok {
		first, err := time.Parse(time.DateOnly, from)
		last, wrongEnd := time.Parse(time.DateOnly, to)
		if err != nil || wrongEnd != nil || last.Before(first) || last.Sub(first) > maxDays*24*time.Hour {
			return Period{}, wrong
		}
		return between(first, last), nil
	}
	if strings.Contains(name, "-W") {
		monday, err := WeekStart(name, time.UTC)
		if err != nil {
			return Period{}, wrong
		}
		return WeekPeriod(monday), nil
	}
	year, quarter, isQuarter := strings.Cut(name, "-T")
	if isQuarter {
		y, err := time.Parse("2006", year)
		q, wrongQuarter := strconv.Atoi(quarter)
		if err != nil || wrongQuarter != nil || q < 1 || q > 4 || len(quarter) != 1 {
			return Period{}, wrong
		}
		return QuarterPeriod(y.AddDate(0, 3*(q-1), 0)), nil
	}
	if month, err := time.Parse("2006-01", name); err == nil {
		return MonthPeriod(month), nil
	}
	if y, err := time.Parse("2006", name); err == nil {
		return YearPeriod(y.Year()), nil
	}
	return Period{}, wrong
}

// WeekPeriod is the ISO week of a day.
func WeekPeriod(day time.Time) Period {
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	return named(WeekOf(monday), monday, monday.AddDate(0, 0, 6))
}

// MonthPeriod is the month of a day.
func MonthPeriod(day time.Time) Period {
	first := time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
	return named(first.Format("2006-01"), first, first.AddDate(0, 1, -1))
}

// QuarterPeriod is the quarter of a day.
func QuarterPeriod(day time.Time) Period {
	q := (int(day.Month()) - 1) / 3
	first := time.Date(day.Year(), time.Month(3*q+1), 1, 0, 0, 0, 0, time.UTC)
	return named(fmt.Sprintf("%04d-T%d", day.Year(), q+1), first, first.AddDate(0, 3, -1))
}

// YearPeriod is a calendar year.
func YearPeriod(year int) Period {
	first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	return named(fmt.Sprintf("%04d", year), first, first.AddDate(1, 0, -1))
}

func named(name string, first, last time.Time) Period {
	return Period{name, first.Format(time.DateOnly), last.Format(time.DateOnly)}
}

// between is the period of these days, under the name of a week, a month, a quarter or a year when it is one.
func between(first, last time.Time) Period {
	p := named("", first, last)
	for _, whole := range []Period{WeekPeriod(first), MonthPeriod(first), QuarterPeriod(first), YearPeriod(first.Year())} {
		if whole.From == p.From && whole.To == p.To {
			return whole
		}
	}
	p.Name = p.From + ".." + p.To
	return p
}

// Before is the period of the same kind that ends the day before p begins; of a free period, as many days.
func (p Period) Before() Period { return p.step(-1) }

// After is the period of the same kind that begins the day after p ends; of a free period, as many days.
func (p Period) After() Period { return p.step(1) }

func (p Period) step(by int) Period {
	first, last := parseDay(p.From), parseDay(p.To)
	switch {
	case p.IsYear():
		return YearPeriod(first.Year() + by)
	case p.IsQuarter():
		return QuarterPeriod(first.AddDate(0, 3*by, 0))
	case p.IsMonth():
		return MonthPeriod(first.AddDate(0, by, 0))
	}
	days := by * p.Days()
	return between(first.AddDate(0, 0, days), last.AddDate(0, 0, days))
}

// YearAgo is the same period a year before: of a week, the week 52 weeks before, which has the same days of the week; of a free
// period, the same dates, a 29 February being a 1 March.
func (p Period) YearAgo() Period {
	first, last := parseDay(p.From), parseDay(p.To)
	switch {
	case p.IsWeek():
		return WeekPeriod(first.AddDate(0, 0, -364))
	case p.IsMonth():
		return MonthPeriod(first.AddDate(-1, 0, 0))
	}
	return between(first.AddDate(-1, 0, 0), last.AddDate(-1, 0, 0))
}

// compared returns the period before and the same a year before; where p is not over, as far as it has come today.
func (p Period) compared(today string) (before, ago Period) {
	before, ago = p.Before(), p.YearAgo()
	if today < p.From || today >= p.To {
		return before, ago
	}
	days := int(parseDay(today).Sub(p.First()).Hours() / 24)
	return before.until(before.First().AddDate(0, 0, days)), ago.until(ago.First().AddDate(0, 0, days))
}

// until is p up to a day, or all of it when it ends before.
func (p Period) until(day time.Time) Period {
	if day.After(p.Last()) {
		return p
	}
	return between(p.First(), day)
}

// Days is how many days p has.
func (p Period) Days() int { return int(parseDay(p.To).Sub(parseDay(p.From)).Hours()/24) + 1 }

// Months are the months that p lies in, in whole or in part.
func (p Period) Months() []Period {
	var all []Period
	for m := MonthPeriod(parseDay(p.From)); m.From <= p.To; m = m.After() {
		all = append(all, m)
	}
	return all
}

func (p Period) IsWeek() bool    { return strings.Contains(p.Name, "-W") }
func (p Period) IsQuarter() bool { return strings.Contains(p.Name, "-T") }
func (p Period) IsMonth() bool   { return len(p.Name) == len("2006-01") && !p.IsQuarter() }
func (p Period) IsYear() bool    { return len(p.Name) == len("2006") }

// First and Last are the first and the last day, at midnight UTC.
func (p Period) First() time.Time { return parseDay(p.From) }
func (p Period) Last() time.Time  { return parseDay(p.To) }

// parts cuts p from its first day on into periods that have counters, each the longest that fits of year, month and, where they
// count, week, and the days left over, of which only the records tell.
func (p Period) parts(weeks bool) (counted []string, days []string) {
	last := p.Last()
	for day := p.First(); !day.After(last); {
		whole, found := Period{}, false
		for _, candidate := range []Period{YearPeriod(day.Year()), MonthPeriod(day), WeekPeriod(day)} {
			if candidate.IsWeek() && !weeks {
				continue
			}
			if candidate.From == day.Format(time.DateOnly) && candidate.To <= p.To {
				whole, found = candidate, true
				break
			}
		}
		if !found {
			days = append(days, day.Format(time.DateOnly))
			day = day.AddDate(0, 0, 1)
			continue
		}
		counted = append(counted, whole.Name)
		day = whole.Last().AddDate(0, 0, 1)
	}
	return counted, days
}
