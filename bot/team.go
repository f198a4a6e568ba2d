package bot

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"maillage/rules"
	"maillage/store"
)

// recordLife is for how long a team's record orders suggestions before it is read again.
const recordLife = time.Hour

// teams keeps what turns need to know of the teams, so that most of them cost one read.
type teams struct {
	mu      sync.Mutex
	words   int64                   // how often the words had changed when these were made:
	checked *rules.Rules            // with the partners that educators have checked; nil: none yet
	rules   map[string]*rules.Rules // the same, of the teams that have words of their own
	records map[string]keptRecord
}

type keptRecord struct {
	record rules.Record
	until  time.Time
}

// rulesOf returns the rules as a team reads with them. changed is how often the words of the teams, or the checks of partners, have
// changed, which the chat says: what is said anywhere works at the next update everywhere.
func (b *Bot) rulesOf(ctx context.Context, team string, changed int64) (*rules.Rules, error) {
	b.teams.mu.Lock()
	known, all, own := b.teams.words == changed, b.teams.checked, b.teams.rules[team]
	b.teams.mu.Unlock()
	if !known {
		words, version, err := b.Store.Words(ctx)
		if err != nil {
			return nil, err
		}
		if all, err = b.checkedRules(ctx); err != nil {
			return nil, err
		}
		made := map[string]*rules.Rules{}
		for _, t := range b.Rules.Teams {
			if own := WordsOf(&t, words); len(own) > 0 {
				made[t.ID] = all.With(own)
			}
		}
		b.teams.mu.Lock()
		b.teams.words, b.teams.checked, b.teams.rules = version, all, made
		b.teams.mu.Unlock()
		own = made[team]
	}
	switch {
	case own != nil:
		return own, nil
	case all != nil:
		return all, nil
	}
	return b.Rules, nil
}

// checkedRules returns the rules with the days on which educators said that entries are right.
func (b *Bot) checkedRules(ctx context.Context) (*rules.Rules, error) {
	checked, err := b.Store.Checked(ctx)
	if err != nil {
		return nil, err
	}
	days := map[string]time.Time{}
	for id, text := range checked {
		if day, err := time.Parse(time.DateOnly, text); err == nil {
			days[id] = day
		}
	}
	return b.Rules.WithChecked(days), nil
}

// WordsOf returns what a team has decided of words, of what [store.Store.Words] returns: what it has decided under its present id
// wins over a former one.
func WordsOf(t *rules.Team, words map[string]map[string]string) map[string]string {
	own := map[string]string{}
	for _, id := range teamIDs(t) {
		maps.Copy(own, words[id])
	}
	return own
}

// teamIDs are all the ids that something of a team may be kept under, the present one last.
func teamIDs(t *rules.Team) []string { return append(slices.Clone(t.Former), t.ID) }

// recordOf returns what the referrals of a team came to in this year and the one before. It only orders suggestions: when it cannot
// be read, the one read last does.
func (b *Bot) recordOf(ctx context.Context, team *rules.Team, now time.Time) rules.Record {
	b.teams.mu.Lock()
	kept := b.teams.records[team.ID]
	b.teams.mu.Unlock()
	if now.Before(kept.until) {
		return kept.record
	}
	lastYear := store.YearPeriod(now.Year() - 1)
	since, _ := store.ParsePeriod(lastYear.From + ".." + store.YearPeriod(now.Year()).To)
	e, err := b.Store.Evaluation(ctx, store.Scope{Teams: teamIDs(team)}, since)
	if err != nil {
		b.Log.Warn("the record of a team cannot be read: suggestions keep the order they had", "team", team.ID, "err", err)
		return kept.record
	}
	record := b.recordIn(e)
	b.teams.mu.Lock()
	if b.teams.records == nil {
		b.teams.records = map[string]keptRecord{}
	}
	b.teams.records[team.ID] = keptRecord{record, now.Add(recordLife)}
	b.teams.mu.Unlock()
	return record
}

// recordIn returns what an evaluation says. What is still awaited says nothing of a partner.
func (b *Bot) recordIn(e store.Evaluation) rules.Record {
	record := rules.Record{}
	for _, o := range e.Outcomes {
		p := b.Rules.Partner(o.Partner)
		if p == nil || o.Times < 0 {
			continue
		}
		referral := rules.Referral{Partner: p.ID, Need: o.Need}
		if n := b.Rules.Need(o.Need); n != nil {
			referral.Need = n.ID
		}
		answers := record[referral]
		switch o.Result {
		case store.TakenUp:
			answers.TakenUp += o.Times
		case store.Refused, store.NoFollowUp:
			answers.Refused += o.Times
		}
		if answers != (rules.Answers{}) {
			record[referral] = answers
		}
	}
	return record
}
