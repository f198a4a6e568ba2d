package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Misread is a word of a sentence that was read wrongly, or not at all, as the educator who corrected it showed. It is kept
// alone: nothing says which sentence it was in.
type Misread struct {
	Team string // of the educator
	Word string
	Need string // the one it stood for; of a word read wrongly, the one it was taken for
	Read bool   // it was read, wrongly
}

// MisreadTimes is how often a word was misread.
type MisreadTimes struct {
	Misread
	Times int
}

func misreadKey(member int64, team string) string { return key(member, "m:"+team) }

// validWord refuses what would make a field that reads as another one.
func validWord(word string) error {
	if word == "" || strings.ContainsAny(word, " /") {
		return errors.New("want a single word")
	}
	return nil
}

func (m Misread) field() string {
	if m.Read {
		return "!" + m.Word + " " + m.Need
	}
	return "?" + m.Word + " " + m.Need
}

func misreadOf(team, field string) (Misread, error) {
	word, need, ok := strings.Cut(field[min(1, len(field)):], " ")
	if !ok {
		return Misread{}, errors.New("a field that is no misread word") // not which: it is an educator's word
	}
	return Misread{team, word, need, field[0] == '!'}, nil
}

// misread counts words; they are counted in the same run as the correction that showed them.
func (w *write) misread(member int64, list []Misread) error {
	for _, m := range list {
		if err := validTeam(m.Team); err != nil {
			return err
		}
		if err := validWord(m.Word); err != nil {
			return err
		}
		w.do("hinc", misreadKey(member, m.Team), m.field(), "1")
	}
	return nil
}

// Misread returns the words that the educators of a team had to correct, the most frequent first.
func (s *Store) Misread(ctx context.Context, team string) ([]MisreadTimes, error) {
	_, replies, err := s.misreadBy(ctx, team)
	if err != nil {
		return nil, fmt.Errorf("misread words of team %s: %w", team, err)
	}
	times := map[Misread]int{}
	for _, reply := range replies {
		for field, text := range reply.Val() {
			n, err := strconv.Atoi(text)
			m, wrong := misreadOf(team, field)
			if err := cmp.Or(err, wrong); err != nil {
				return nil, fmt.Errorf("misread words of team %s: %w", team, err)
			}
			times[m] += n
		}
	}
	var all []MisreadTimes
	for m, n := range times {
		all = append(all, MisreadTimes{m, n})
	}
	slices.SortFunc(all, func(a, b MisreadTimes) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Word, b.Word), cmp.Compare(a.field(), b.field()))
	})
	return all, nil
}

// misreadBy returns what each member of a team, gone or not, had to correct.
func (s *Store) misreadBy(ctx context.Context, team string) (keys []string, replies []*redis.MapStringStringCmd, err error) {
	ids, err := s.ids(ctx, []string{teamKey(team)})
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		keys = append(keys, misreadKey(id, team))
	}
	replies, err = ask(ctx, s, keys, redis.Pipeliner.HGetAll)
	return keys, replies, err
}

const (
	wordsKey     = "words"
	wordsVersion = "v"
	noNeed       = "-" // of a word in which nothing is to be read
)

// Words returns what each team has decided that words mean, by team and word: the id of a need, or "" for nothing; and how
// often that has changed, as Chat says it.
func (s *Store) Words(ctx context.Context) (map[string]map[string]string, int64, error) {
	fields, err := s.redis.HGetAll(ctx, wordsKey).Result()
	if err != nil {
		return nil, 0, fmt.Errorf("words of the teams: %w", err)
	}
	version := int64(0)
	if text := fields[wordsVersion]; text != "" {
		if version, err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, 0, fmt.Errorf("version of the words: %w", err)
		}
	}
	of := map[string]map[string]string{}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		team, word, ok := strings.Cut(field, "/")
		if !ok {
			continue
		}
		if of[team] == nil {
			of[team] = map[string]string{}
		}
		of[team][word] = strings.TrimSuffix(fields[field], noNeed)
	}
	return of, version, nil
}

// SetWord keeps what a word means to a team from now on, a need or, with "", nothing, and forgets that it was misread. Doing
// it twice changes nothing.
func (s *Store) SetWord(ctx context.Context, team, word, need string) error {
	return s.decide(ctx, team, word, func(w *write, field string) { w.do("hset", wordsKey, field, cmp.Or(need, noNeed)) })
}

// RemoveWord takes a word of a team back: it is read as the rules say.
func (s *Store) RemoveWord(ctx context.Context, team, word string) error {
	return s.decide(ctx, team, word, func(w *write, field string) { w.do("hdel", wordsKey, field, "") })
}

// decide changes a word of a team, then forgets that it was misread: in that order, so that a word may be listed too long but
// is never lost.
func (s *Store) decide(ctx context.Context, team, word string, change func(*write, string)) error {
	if err := cmp.Or(validTeam(team), validWord(word)); err != nil {
		return fmt.Errorf("word of a team: %w", err)
	}
	w := &write{}
	change(w, team+"/"+word)
	w.do("hinc", wordsKey, wordsVersion, "1")
	if err := s.write(ctx, w); err != nil {
		return fmt.Errorf("word of team %s: %w", team, err)
	}
	return s.ForgetMisread(ctx, team, word)
}

// ForgetMisread takes a word off the list of a team.
func (s *Store) ForgetMisread(ctx context.Context, team, word string) error {
	keys, replies, err := s.misreadBy(ctx, team)
	if err != nil {
		return fmt.Errorf("misread words of team %s: %w", team, err)
	}
	for i, reply := range replies {
		w := &write{}
		for _, field := range slices.Sorted(maps.Keys(reply.Val())) {
			if m, err := misreadOf(team, field); err == nil && m.Word == word {
				w.do("hdel", keys[i], field, "")
			}
		}
		if len(w.ops) == 0 {
			continue
		}
		if err := s.write(ctx, w); err != nil {
			return fmt.Errorf("misread words of team %s: %w", team, err)
		}
	}
	return nil
}
