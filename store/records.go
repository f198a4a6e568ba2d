package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Action reads one record, or says ErrNotFound.
func (s *Store) Action(ctx context.Context, member int64, week, id string) (Action, error) {
	text, err := s.field(ctx, weekKey(member, week), id)
	if err != nil {
		return Action{}, fmt.Errorf("record %s of %s: %w", id, week, err)
	}
	if text == "" {
		return Action{}, fmt.Errorf("record %s of %s: %w", id, week, ErrNotFound)
	}
	return decode(id, text)
}

// Week returns a member's records of an ISO week, in order of Number.
func (s *Store) Week(ctx context.Context, member int64, week string) ([]Action, error) {
	actions, err := s.weeks(ctx, member, []string{week})
	slices.SortFunc(actions, func(a, b Action) int { return cmp.Compare(a.Number, b.Number) })
	return actions, err
}

// Recent returns at most n records of a member, the newest day first, then the highest number.
func (s *Store) Recent(ctx context.Context, member int64, n int) ([]Action, error) {
	inWeek, err := s.redis.HGetAll(ctx, key(member, "k")).Result()
	if err != nil {
		return nil, fmt.Errorf("weeks of member %d: %w", member, err)
	}
	var weeks []string
	for week := range inWeek {
		weeks = append(weeks, week)
	}
	slices.Sort(weeks)
	slices.Reverse(weeks)
	enough, records := 0, 0
	for enough < len(weeks) && records < n {
		count, err := strconv.Atoi(inWeek[weeks[enough]])
		if err != nil {
			return nil, fmt.Errorf("weeks of member %d: %w", member, err)
		}
		records += count
		enough++
	}
	actions, err := s.weeks(ctx, member, weeks[:enough])
	slices.SortFunc(actions, func(a, b Action) int {
		return cmp.Or(cmp.Compare(b.Day, a.Day), cmp.Compare(b.Number, a.Number))
	})
	return actions[:max(0, min(n, len(actions)))], err
}

func (s *Store) weeks(ctx context.Context, member int64, weeks []string) ([]Action, error) {
	keys := make([]string, len(weeks))
	for i, week := range weeks {
		keys[i] = weekKey(member, week)
	}
	replies, err := ask(ctx, s, keys, redis.Pipeliner.HGetAll)
	if err != nil {
		return nil, fmt.Errorf("records of member %d: %w", member, err)
	}
	var actions []Action
	for _, reply := range replies {
		for id, text := range reply.Val() {
			a, err := decode(id, text)
			if err != nil {
				return nil, fmt.Errorf("member %d: %w", member, err)
			}
			actions = append(actions, a)
		}
	}
	return actions, nil
}

func decode(id, text string) (Action, error) {
	var a Action
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return Action{}, fmt.Errorf("record %s: %w", id, err)
	}
	return a, nil
}

// Due is a record to come back to.
type Due struct {
	Day, Week, ID string
	Member        int64
}

// DueActions reads the records of follow-ups in one round trip; those deleted since are left out.
func (s *Store) DueActions(ctx context.Context, due []Due) ([]Action, error) {
	if len(due) == 0 {
		return nil, nil
	}
	pipe := s.redis.Pipeline()
	replies := make([]*redis.StringCmd, len(due))
	for i, d := range due {
		replies[i] = pipe.HGet(ctx, weekKey(d.Member, d.Week), d.ID)
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("records to follow up: %w", err)
	}
	var actions []Action
	for i, reply := range replies {
		text, err := reply.Result()
		if errors.Is(err, redis.Nil) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("records to follow up: %w", err)
		}
		a, err := decode(due[i].ID, text)
		if err != nil {
			return nil, fmt.Errorf("member %d: %w", due[i].Member, err)
		}
		actions = append(actions, a)
	}
	return actions, nil
}

// Due returns the follow-ups of members that fall on or before a day, by day, then by member.
func (s *Store) Due(ctx context.Context, members []int64, until string) ([]Due, error) {
	if _, err := time.Parse(time.DateOnly, until); err != nil {
		return nil, fmt.Errorf("follow-ups: %w", err)
	}
	keys := make([]string, len(members))
	for i, id := range members {
		keys[i] = key(id, "f")
	}
	upTo := &redis.ZRangeBy{Min: "-inf", Max: strings.ReplaceAll(until, "-", "")}
	replies, err := ask(ctx, s, keys, func(p redis.Pipeliner, ctx context.Context, key string) *redis.ZSliceCmd {
		return p.ZRangeByScoreWithScores(ctx, key, upTo)
	})
	if err != nil {
		return nil, fmt.Errorf("follow-ups: %w", err)
	}
	var due []Due
	for i, reply := range replies {
		for _, z := range reply.Val() {
			week, id, _ := strings.Cut(z.Member.(string), "/")
			yyyymmdd := int(z.Score)
			day := fmt.Sprintf("%04d-%02d-%02d", yyyymmdd/10000, yyyymmdd/100%100, yyyymmdd%100)
			due = append(due, Due{Day: day, Week: week, ID: id, Member: members[i]})
		}
	}
	slices.SortStableFunc(due, func(a, b Due) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Member, b.Member))
	})
	return due, nil
}
