package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Counts are figures by counter; the package comment lists the counters.
type Counts map[string]int64

// tally is what one action adds to the figures: the only place that knows the counters.
func tally(a Action) Counts {
	c := Counts{"n": 1}
	one := func(letter, id string) {
		if id != "" {
			c[letter+id] = 1
		}
	}
	several := func(letter, id string, n int) {
		if id != "" {
			c[letter+id] += int64(n)
		}
	}
	c["y"] = int64(a.Count)
	if a.First {
		c["f"] = 1
	}
	for _, domain := range a.Domains {
		one("d:", domain)
	}
	for _, need := range a.Needs {
		one("b:", need)
	}
	one("t:", a.Type)
	one("q:", a.Territory)
	several("a:", a.Band, a.Count)
	several("g:", a.Gender, a.Count)
	for _, p := range a.Partners {
		several("p:", p.Partner, 1)
		several("k:", p.Kind, 1)
		several("h:", p.How, 1)
		several("r:", p.Result, 1)
		if p.Result == "" {
			continue
		}
		several("o:", p.Partner+"//"+p.Result, 1)
		for _, need := range a.Needs {
			several("o:", p.Partner+"/"+need+"/"+p.Result, 1)
		}
	}
	return c
}

// Outcome is what referrals to a partner came to.
type Outcome struct {
	Partner string
	Need    string // "": whatever the need
	Result  string
	Times   int
}

// Outcomes returns what the figures know of referrals, a line for each partner, need and result.
func (c Counts) Outcomes() []Outcome {
	var all []Outcome
	for _, field := range slices.Sorted(maps.Keys(c)) {
		if said, ok := strings.CutPrefix(field, "o:"); ok {
			partner, rest, _ := strings.Cut(said, "/")
			need, result, _ := strings.Cut(rest, "/")
			all = append(all, Outcome{partner, need, result, int(c[field])})
		}
	}
	return all
}

type counter struct{ key, field string }

// deltas is by how much one commit moves each counter.
type deltas map[counter]int64

func (d deltas) add(member int64, a Action, sign int64) {
	week, year := counterKey(member, a.Team, a.Week()), counterKey(member, a.Team, a.Year())
	for field, n := range tally(a) {
		d[counter{week, field}] += sign * n
		d[counter{year, field}] += sign * n
	}
}

// sorted returns the counters that move.
func (d deltas) sorted() []counter {
	moving := make([]counter, 0, len(d))
	for c, n := range d {
		if n != 0 {
			moving = append(moving, c)
		}
	}
	slices.SortFunc(moving, func(a, b counter) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.field, b.field))
	})
	return moving
}

// Counts sums up the figures of members over a period, an ISO week (2026-W47) or a calendar year (2026), as members of one
// team; with team "", of whatever team they were in.
func (s *Store) Counts(ctx context.Context, members []int64, team, period string) (Counts, error) {
	keys, err := s.counterKeys(ctx, members, team, period)
	if err != nil {
		return nil, fmt.Errorf("figures of %s: %w", period, err)
	}
	replies, err := ask(ctx, s, keys, redis.Pipeliner.HGetAll)
	if err != nil {
		return nil, fmt.Errorf("figures of %s: %w", period, err)
	}
	sum := Counts{}
	for i, reply := range replies {
		for field, text := range reply.Val() {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("figures of %s: %s: %s: %w", period, keys[i], field, err)
			}
			sum[field] += n
		}
	}
	return sum, nil
}

func (s *Store) counterKeys(ctx context.Context, members []int64, team, period string) ([]string, error) {
	var keys []string
	if team != "" {
		for _, id := range members {
			keys = append(keys, counterKey(id, team, period))
		}
		return keys, nil
	}
	found, err := s.members(ctx, members)
	for _, m := range found {
		for _, team := range m.Teams {
			keys = append(keys, counterKey(m.ID, team, period))
		}
	}
	return keys, err
}

// TeamCounts sums up the figures of everybody who ever belonged to a team, gone or not, as members of that team.
func (s *Store) TeamCounts(ctx context.Context, team, period string) (Counts, error) {
	ids, err := s.ids(ctx, []string{teamKey(team)})
	if err != nil {
		return nil, fmt.Errorf("members of team %s: %w", team, err)
	}
	return s.Counts(ctx, ids, team, period)
}
