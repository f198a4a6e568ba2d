package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"maillage/bot/french"
	"maillage/bot/report"
	"maillage/rules"
	"maillage/store"
)

// chef is the role that reads the team's figures in place of its own.
const chef = "chef"

// maxDue bounds the follow-ups a weekly report lists.
const maxDue = 5

// showWeek answers /semaine and its arrows: the week named, or the current one.
func showWeek(t *turn, week string) error {
	current := store.WeekOf(t.now)
	monday, err := store.WeekStart(week, t.now.Location())
	if err != nil || week > current {
		week = current
		monday, _ = store.WeekStart(current, t.now.Location())
	}
	m, err := t.bot.weekReport(t.ctx, t.chat.Member, monday, t.now)
	if err != nil {
		return err
	}
	row := []Button{weekButton("‹ Semaine %d", monday.AddDate(0, 0, -7))}
	if week != current {
		row = append(row, weekButton("Semaine %d ›", monday.AddDate(0, 0, 7)))
	}
	m.Rows = append(m.Rows, row)
	t.show(m)
	return nil
}

// weekButton opens the report of another week, whose number goes into the label.
func weekButton(label string, monday time.Time) Button {
	_, n := monday.ISOWeek()
	return Button{Label: fmt.Sprintf(label, n), Data: Data{Step: "semaine", Value: store.WeekOf(monday)}}
}

// weekReport writes the report of the week that begins on monday, as seen at now: the team's for a chef de service.
func (b *Bot) weekReport(ctx context.Context, m store.Member, monday, now time.Time) (Message, error) {
	w := report.Week{Rules: b.Rules, Monday: monday}
	members := []int64{m.ID}
	counts := func(period string) (store.Counts, error) { return b.Store.Counts(ctx, members, "", period) }
	if team := b.Rules.Team(m.Team); m.Role == chef && team != nil {
		w.Team = team.Name
		counts = func(period string) (store.Counts, error) { return b.teamCounts(ctx, team, period) }
		var err error
		if members, err = b.teamMembers(ctx, team); err != nil {
			return Message{}, err
		}
	}
	var err error
	if w.This, err = counts(store.WeekOf(monday)); err != nil {
		return Message{}, fmt.Errorf("read week: %w", err)
	}
	if w.Last, err = counts(store.WeekOf(monday.AddDate(0, 0, -7))); err != nil {
		return Message{}, fmt.Errorf("read week before: %w", err)
	}
	for _, year := range []int{now.Year(), now.Year() - 1} {
		c, err := counts(strconv.Itoa(year))
		if err != nil {
			return Message{}, fmt.Errorf("read year: %w", err)
		}
		w.Awaited += int(c["r:attente"])
	}
	due, err := b.addDue(ctx, &w, members, now)
	if err != nil {
		return Message{}, err
	}
	message := Message{Text: w.Text()}
	if len(due) > 0 {
		message.Rows = [][]Button{due}
	}
	return message, nil
}

// teamCounts adds up a team's figures under its present id and those it once had.
func (b *Bot) teamCounts(ctx context.Context, team *rules.Team, period string) (store.Counts, error) {
	sum := store.Counts{}
	for _, id := range teamIDs(team) {
		c, err := b.Store.TeamCounts(ctx, id, period)
		if err != nil {
			return nil, err
		}
		for field, n := range c {
			sum[field] += n
		}
	}
	return sum, nil
}

// teamMembers returns who belongs to a team now, also those whom its former id still names.
func (b *Bot) teamMembers(ctx context.Context, team *rules.Team) ([]int64, error) {
	var ids []int64
	for _, id := range teamIDs(team) {
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

// addDue adds the follow-ups due until the end of now's week and returns a button for each that is listed. A team's are counted
// and not listed: a report that several people read says nothing of one action.
func (b *Bot) addDue(ctx context.Context, w *report.Week, members []int64, now time.Time) (buttons []Button, err error) {
	monday, err := store.WeekStart(store.WeekOf(now), now.Location())
	if err != nil {
		return nil, fmt.Errorf("this week: %w", err)
	}
	due, err := b.Store.Due(ctx, members, monday.AddDate(0, 0, 6).Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("read follow-ups: %w", err)
	}
	v := view{Rules: b.Rules, now: now}
	for _, d := range due {
		if w.Team != "" || len(w.Due) == maxDue {
			w.DueMore++
			continue
		}
		a, err := b.Store.Action(ctx, d.Member, d.Week, d.ID)
		if errors.Is(err, store.ErrNotFound) { // deleted since
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read action to follow up: %w", err)
		}
		when := french.Day(d.Day, now)
		if d.Day < now.Format(time.DateOnly) {
			when = "en retard, " + when
		}
		w.Due = append(w.Due, when+" : n° "+french.Number(a.Number)+", "+v.title(a))
		buttons = append(buttons, recordButton(a))
	}
	return buttons, nil
}
