package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"maillage/bot/french"
	"maillage/bot/report"
	"maillage/rules"
	"maillage/store"
)

// chef is the role that reads the team's figures in place of its own.
const chef = "chef"

// showWeek answers /semaine, its arrows, and the button of a digest: the week named, else the current one.
func showWeek(t *turn, value string) error {
	if n, err := strconv.Atoi(value); err == nil && n < 54 {
		value = "semaine " + value
	}
	return t.showPeriod(value, store.WeekPeriod(t.now), store.Period.IsWeek)
}

// showMonth answers /mois and its arrows.
func showMonth(t *turn, value string) error {
	if n, err := strconv.Atoi(value); err == nil && n >= 1 && n <= 12 {
		value = french.Month(time.Date(2000, time.Month(n), 1, 0, 0, 0, 0, time.UTC))
	}
	return t.showPeriod(value, store.MonthPeriod(t.now), store.Period.IsMonth)
}

// showPeriod shows the figures of the period named, the current one when none is named.
func (t *turn) showPeriod(value string, current store.Period, ofKind func(store.Period) bool) error {
	p, ok := current, true
	if value != "" {
		p, ok = readPeriod(value, t.now)
	}
	switch {
	case !ok || !ofKind(p):
		t.say(unknownPeriod)
		return nil
	case p.From > current.From:
		t.say(periodToCome)
		return nil
	}
	m, _, err := t.bot.periodMessage(t.ctx, t.chat.Member, p, t.now, p == current)
	if err != nil {
		return err
	}
	m.Rows = append(m.Rows, periodArrows(p, t.now))
	t.show(m)
	return nil
}

// periodArrows step back and forth in time; nothing is told of a period to come.
func periodArrows(p store.Period, now time.Time) []Button {
	row := []Button{periodButton("‹ %s", p.Before())}
	if after := p.After(); after.From <= now.Format(time.DateOnly) {
		row = append(row, periodButton("%s ›", after))
	}
	return row
}

// periodButton opens the figures of a period, whose short name goes into the label.
func periodButton(label string, p store.Period) Button {
	step := "bilan"
	switch {
	case p.IsWeek():
		step = "semaine"
	case p.IsMonth():
		step = "mois"
	}
	return Button{Label: fmt.Sprintf(label, french.Upper(report.ShortName(p))), Data: Data{Step: step, Value: p.Name}}
}

// scopeOf is of whom a member reads the figures: a chef de service the team's, under all its ids, anybody else its own.
func (b *Bot) scopeOf(m store.Member) (store.Scope, *rules.Team) {
	if team := b.Rules.Team(m.Team); m.Role == chef && team != nil {
		return store.Scope{Teams: teamIDs(team)}, team
	}
	return store.Scope{Member: m.ID}, nil
}

// periodMessage writes what a member reads of a period at now: a picture and its caption. A quiet period has its picture too: from
// one to the next the arrows change one message. withDue, it also says what is to be followed up this week.
func (b *Bot) periodMessage(ctx context.Context, m store.Member, p store.Period, now time.Time, withDue bool) (message Message, quiet bool, err error) {
	scope, team := b.scopeOf(m)
	today := now.Format(time.DateOnly)
	sum, _, err := b.summary(ctx, scope, p, today)
	if err != nil {
		return message, false, err
	}
	d := report.Digest{Rules: b.Rules, Summary: sum, Current: p.To >= today}
	if team != nil {
		d.Team = team.Name
	}
	var due []Button
	if p.IsWeek() {
		month := store.MonthPeriod(p.Last())
		lately, _ := store.ParsePeriod(month.Before().Before().From + ".." + month.To)
		if d.Lately, err = b.Store.Evaluation(ctx, scope, lately); err != nil {
			return message, false, fmt.Errorf("read evaluation: %w", err)
		}
	}
	if d.Heard, err = b.Store.Heard(ctx, scope, p); err != nil {
		return message, false, fmt.Errorf("read answers: %w", err)
	}
	if withDue && p.IsWeek() {
		if due, err = b.addDue(ctx, &d, scope, now); err != nil {
			return message, false, err
		}
	}
	d = d.Present()
	message = Message{Text: d.Caption(), Picture: pictureOf(d.Chart())}
	if len(due) > 0 {
		message.Rows = [][]Button{due}
	}
	return message, sum.Now.Actions == 0, nil
}

// summary reads the figures of a period. A year is not compared with one of which nothing is known before April: it would only tell
// when the team began to log.
func (b *Bot) summary(ctx context.Context, scope store.Scope, p store.Period, today string) (sum store.Summary, alone bool, err error) {
	if sum, err = b.Store.Summary(ctx, scope, p, today); err != nil {
		return sum, false, fmt.Errorf("read summary: %w", err)
	}
	if !p.IsYear() || sum.YearAgo.Actions == 0 {
		return sum, false, nil
	}
	began, err := b.Store.Figures(ctx, scope, store.QuarterPeriod(p.YearAgo().First()))
	if err != nil {
		return sum, false, fmt.Errorf("read the beginning of a year: %w", err)
	}
	if began[0].Actions > 0 {
		return sum, false, nil
	}
	sum.Before, sum.YearAgo = store.Figures{}, store.Figures{}
	return sum, true, nil
}

func pictureOf(c report.Chart) *Picture {
	return &Picture{Alt: or(c.String(), "aucune action"), PNG: c.PNG}
}

// addDue counts the follow-ups due until the end of now's week, and returns the button that lists a member's own.
func (b *Bot) addDue(ctx context.Context, d *report.Digest, scope store.Scope, now time.Time) ([]Button, error) {
	members := []int64{scope.Member}
	if scope.Member == 0 {
		var err error
		if members, err = b.teamMembers(ctx, scope.Teams); err != nil {
			return nil, err
		}
	}
	due, err := b.Store.Due(ctx, members, store.WeekPeriod(now).To)
	if err != nil {
		return nil, fmt.Errorf("read follow-ups: %w", err)
	}
	d.Due = len(due)
	if scope.Member == 0 || len(due) == 0 {
		return nil, nil
	}
	return []Button{{Label: "Relances", Data: Data{Step: "relances"}}}, nil
}

// teamMembers returns who belongs today to a team, under any of its ids.
func (b *Bot) teamMembers(ctx context.Context, teams []string) ([]int64, error) {
	var ids []int64
	for _, id := range teams {
		members, err := b.Store.Members(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read team: %w", err)
		}
		for _, m := range members {
			ids = append(ids, m.ID)
		}
	}
	return ids, nil
}

// readPeriod reads a period as it is named in a button, or as somebody writes it: « 2025 », « octobre », « octobre 2025 », « T3 »,
// « T3 2025 », « semaine 46 », « du 01/03/2026 au 15/04/2026 ». Without a year, the last one that has begun.
func readPeriod(text string, now time.Time) (store.Period, bool) {
	if p, err := store.ParsePeriod(strings.TrimSpace(text)); err == nil {
		return p, true
	}
	words := strings.Fields(rules.Fold(text))
	if from, to, ok := readDays(words); ok {
		p, err := store.ParsePeriod(from.Format(time.DateOnly) + ".." + to.Format(time.DateOnly))
		return p, err == nil
	}
	year := 0
	if n := len(words); n > 0 {
		if y, err := time.Parse("2006", words[n-1]); err == nil {
			year, words = y.Year(), words[:n-1]
		}
	}
	if year != 0 {
		return periodIn(words, year)
	}
	for _, year := range []int{now.Year() + 1, now.Year(), now.Year() - 1} { // the first week of a year may begin in December
		if p, ok := periodIn(words, year); ok && p.From <= now.Format(time.DateOnly) {
			return p, true
		}
	}
	return store.Period{}, false
}

// periodIn reads a period of a year, in folded words.
func periodIn(words []string, year int) (store.Period, bool) {
	text := strings.Join(words, " ")
	for month := time.January; month <= time.December; month++ {
		first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
		if rules.Fold(french.Month(first)) == text {
			return store.MonthPeriod(first), true
		}
	}
	var n int
	if _, err := fmt.Sscanf(text, "semaine %d", &n); err == nil {
		p, err := store.ParsePeriod(fmt.Sprintf("%04d-W%02d", year, n))
		return p, err == nil
	}
	for _, form := range []string{"t%d", "%der trimestre", "%de trimestre", "trimestre %d"} {
		if got, err := fmt.Sscanf(text, form, &n); err == nil && got == 1 {
			p, err := store.ParsePeriod(fmt.Sprintf("%04d-T%d", year, n))
			return p, err == nil
		}
	}
	return store.Period{}, false
}

// readDays reads « du 01/03/2026 au 15/04/2026 », with or without its small words.
func readDays(words []string) (from, to time.Time, ok bool) {
	var days []time.Time
	for _, word := range words {
		if day, ok := readDate(word); ok {
			days = append(days, day)
		} else if word != "du" && word != "au" && word != "-" {
			return from, to, false
		}
	}
	if len(days) != 2 {
		return from, to, false
	}
	return days[0], days[1], true
}

// readDate reads 01/03/2026 or 1/3/26.
func readDate(word string) (time.Time, bool) {
	for _, form := range []string{"2/1/2006", "2/1/06"} {
		if day, err := time.Parse(form, word); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}
