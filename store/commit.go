package store

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"
)

// Chat is everything a turn of conversation starts from.
type Chat struct {
	Version int64  // 0: nobody has written here yet
	Member  Member // Team "": a stranger
	State   []byte // the bot's own JSON; the store does not look inside
	Number  int    // the last action number given
	Words   int64  // how often the words of the teams have changed: what [Store.Words] returns is good until then
}

// Turn is what one update changes, all of it or nothing.
type Turn struct {
	Chat    int64 // also the member's id
	Update  int64 // Telegram's update id, remembered for 72 h; 0: not remembered, so only where a repeat does no harm
	Version int64 // what Chat returned
	State   []byte
	Number  int
	Member  *Member  // set when it changes; its ID is Chat
	Changes []Change // at most one per record
	Misread []Misread
}

// Change is one record added (Old nil), deleted (New nil) or corrected, which may move it to another week.
// Old is the record as the store returned it.
type Change struct{ Old, New *Action }

// remembered is for how long an update is known as processed. Telegram keeps an update for 24 hours.
const remembered = 72 * time.Hour

//go:embed commit.lua
var commitLua string

var commitScript = redis.NewScript(commitLua)

// Chat reads a conversation in one round trip. An unknown id has the zero Chat.
func (s *Store) Chat(ctx context.Context, id int64) (Chat, error) {
	pipe := s.redis.Pipeline()
	saved, changed := pipe.HGetAll(ctx, key(id, "s")), pipe.HGet(ctx, wordsKey, wordsVersion)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return Chat{}, fmt.Errorf("reading chat %d: %w", id, err)
	}
	fields := saved.Val()
	if len(fields) == 0 {
		return Chat{}, nil
	}
	version, err := strconv.ParseInt(fields["v"], 10, 64)
	if err != nil {
		return Chat{}, fmt.Errorf("chat %d: version: %w", id, err)
	}
	number, err := strconv.Atoi(fields["number"])
	if err != nil {
		return Chat{}, fmt.Errorf("chat %d: last action number: %w", id, err)
	}
	chat := Chat{Version: version, State: []byte(fields["state"]), Number: number}
	if err := changed.Err(); err == nil {
		chat.Words, err = changed.Int64()
		if err != nil {
			return Chat{}, fmt.Errorf("version of the words: %w", err)
		}
	}
	if fields["joined"] != "" {
		chat.Member = memberOf(id, fields["team"], fields["role"], fields["teams"], fields["joined"], fields["settings"])
	}
	return chat, nil
}

// Commit applies a turn. Besides nil it says ErrDuplicate, which is success, ErrConflict, after which the caller reads
// again, or that the store failed; then the turn may or may not have been applied, and repeating it tells.
func (s *Store) Commit(ctx context.Context, t Turn) error {
	w, err := t.write()
	if err != nil {
		return fmt.Errorf("commit of chat %d: %w", t.Chat, err)
	}
	if err := s.write(ctx, w); err != nil {
		return fmt.Errorf("commit of chat %d: %w", t.Chat, err)
	}
	return nil
}

// write is one run of the script.
type write struct {
	seen   string // key of the processed updates
	update int64  // 0: none
	checks []check
	ops    []op
	index  []op // sadd of keys in other slots, done first; repeating them changes nothing
}

// check holds when the field of the hash has this value; "" is no field at all.
type check struct{ key, field, want string }

// op is hset, hdel, hinc, zinc, zadd, zrem or sadd: the value is that of the field, the increment, or the score.
type op struct{ name, key, field, value string }

func (w *write) do(name, key, field, value string) {
	w.ops = append(w.ops, op{name, key, field, value})
}

func (w *write) expect(key, field, want string) {
	w.checks = append(w.checks, check{key, field, want})
}

func (t Turn) write() (*write, error) {
	if !utf8.Valid(t.State) {
		return nil, errors.New("the state is not UTF-8")
	}
	w := &write{seen: key(t.Chat, "upd"), update: t.Update}
	state := key(t.Chat, "s")
	before := ""
	if t.Version != 0 {
		before = strconv.FormatInt(t.Version, 10)
	}
	w.expect(state, "v", before)
	w.do("hset", state, "v", strconv.FormatInt(t.Version+1, 10))
	w.do("hset", state, "state", string(t.State))
	w.do("hset", state, "number", strconv.Itoa(t.Number))
	if t.Member != nil {
		if err := w.member(t.Chat, *t.Member); err != nil {
			return nil, err
		}
	}
	if err := w.misread(t.Chat, t.Misread); err != nil {
		return nil, err
	}
	return w, w.changes(t.Chat, t.Changes)
}

// changes puts the operations of one kind one after the other, so that they are few commands. No two of them touch the same
// thing, so their order is free.
func (w *write) changes(member int64, changes []Change) error {
	total := deltas{}
	var touched []string
	for _, c := range changes {
		if c.Old == nil && c.New == nil {
			return errors.New("a change of nothing into nothing")
		}
		if c.Old != nil && c.New != nil && c.Old.ID != c.New.ID {
			return fmt.Errorf("record %s cannot become %s", c.Old.ID, c.New.ID)
		}
		if c.Old != nil {
			if err := c.Old.valid(); err != nil {
				return err
			}
			touched = append(touched, c.Old.ID)
			total.add(member, *c.Old, -1)
		}
		if c.New != nil {
			if err := c.New.valid(); err != nil {
				return err
			}
			if c.Old == nil {
				touched = append(touched, c.New.ID)
			}
			total.add(member, *c.New, 1)
		}
		if err := w.change(member, c, total); err != nil {
			return err
		}
	}
	slices.Sort(touched)
	if n := len(touched); len(slices.Compact(touched)) != n {
		return errors.New("two changes of one record")
	}
	slices.SortFunc(w.ops, func(a, b op) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.key, b.key))
	})
	for _, counter := range total.sorted() {
		how := "zinc"
		if counter.key == key(member, "k") {
			how = "hinc"
		}
		w.do(how, counter.key, counter.field, strconv.FormatInt(total[counter], 10))
	}
	return nil
}

// change writes the record and its follow-up; the counters of all changes are summed up first.
func (w *write) change(member int64, c Change, total deltas) error {
	stays := c.Old != nil && c.New != nil && c.Old.Week() == c.New.Week()
	weeks, followUps := key(member, "k"), key(member, "f")
	if c.Old != nil {
		text, err := json.Marshal(c.Old)
		if err != nil {
			return err
		}
		week := c.Old.Week()
		w.expect(weekKey(member, week), c.Old.ID, string(text))
		if !stays {
			w.do("hdel", weekKey(member, week), c.Old.ID, "")
			total[counter{weeks, week}]--
		}
		if c.Old.FollowUp != "" && (!stays || c.New.FollowUp == "") {
			w.do("zrem", followUps, week+"/"+c.Old.ID, "")
		}
	}
	if c.New != nil {
		text, err := json.Marshal(c.New)
		if err != nil {
			return err
		}
		week := c.New.Week()
		if !stays {
			w.expect(weekKey(member, week), c.New.ID, "")
			total[counter{weeks, week}]++
		}
		w.do("hset", weekKey(member, week), c.New.ID, string(text))
		if c.New.FollowUp != "" {
			w.do("zadd", followUps, week+"/"+c.New.ID, strings.ReplaceAll(c.New.FollowUp, "-", ""))
		}
	}
	return nil
}

// valid refuses what would make a key or a score that nobody finds again.
func (a Action) valid() error {
	if a.ID == "" {
		return errors.New("record without an id")
	}
	if err := validTeam(a.Team); err != nil {
		return fmt.Errorf("record %s: %w", a.ID, err)
	}
	if _, err := time.Parse(time.DateOnly, a.Day); err != nil {
		return fmt.Errorf("record %s: day: %w", a.ID, err)
	}
	if a.FollowUp != "" {
		if _, err := time.Parse(time.DateOnly, a.FollowUp); err != nil {
			return fmt.Errorf("record %s: follow-up: %w", a.ID, err)
		}
	}
	if strings.ContainsAny(a.Territory, " :/{}") {
		return fmt.Errorf("record %s: territory %q: want an id", a.ID, a.Territory)
	}
	for _, p := range a.Partners {
		if p.Answered == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, p.Answered); err != nil {
			return fmt.Errorf("record %s: day of the answer: %w", a.ID, err)
		}
	}
	return nil
}

func (s *Store) write(ctx context.Context, w *write) error {
	if s.embedded != nil {
		return s.embedded.write(ctx, w, s.run)
	}
	return s.run(ctx, w)
}

// run is idempotent as far as w's update or checks make it so; the client may send it several times.
func (s *Store) run(ctx context.Context, w *write) error {
	if len(w.index) > 0 {
		pipe := s.redis.Pipeline()
		for _, o := range w.index {
			pipe.SAdd(ctx, o.key, o.field)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return err
		}
	}
	keys, args := w.arguments(s.now())
	answer, err := commitScript.Run(ctx, s.redis, keys, args...).Text()
	switch {
	case err != nil:
		return err
	case answer == "dup":
		return ErrDuplicate
	case answer == "conflict":
		return ErrConflict
	}
	return nil
}

// arguments are KEYS and ARGV as commit.lua describes them.
func (w *write) arguments(now time.Time) (keys []string, args []any) {
	numbers := map[string]int{}
	number := func(key string) int {
		if numbers[key] == 0 {
			keys = append(keys, key)
			numbers[key] = len(keys)
		}
		return numbers[key]
	}
	args = make([]any, 0, 5+3*len(w.checks)+4*len(w.ops))
	if w.update != 0 {
		args = append(args, w.update, number(w.seen), now.Unix(), now.Add(-remembered).Unix())
	} else {
		args = append(args, "")
	}
	args = append(args, len(w.checks))
	for _, c := range w.checks {
		args = append(args, number(c.key), c.field, c.want)
	}
	for rest := w.ops; len(rest) > 0; {
		n := alike(rest)
		args = append(args, rest[0].name, number(rest[0].key))
		args = appendValues(args, rest[:n])
		rest = rest[n:]
	}
	return keys, args
}

// alike counts the operations at the beginning that are one command: same name, same key. Lua's stack bounds them.
func alike(ops []op) int {
	for i, o := range ops {
		if o.name != ops[0].name || o.key != ops[0].key || i == 500 {
			return i
		}
	}
	return len(ops)
}

// appendValues appends the arguments of one command, preceded by how many they are.
func appendValues(args []any, ops []op) []any {
	switch ops[0].name {
	case "hdel", "zrem":
		args = append(args, len(ops))
		for _, o := range ops {
			args = append(args, o.field)
		}
	case "zadd":
		args = append(args, 2*len(ops))
		for _, o := range ops {
			args = append(args, o.value, o.field)
		}
	default:
		args = append(args, 2*len(ops))
		for _, o := range ops {
			args = append(args, o.field, o.value)
		}
	}
	return args
}

// swap changes one field of a hash from a value to another; "" is no field. It reports false when the field had neither
// value. That it had the new one counts: the client may have repeated a write whose answer was lost.
func (s *Store) swap(ctx context.Context, key, field, from, to string) (bool, error) {
	w := &write{}
	w.expect(key, field, from)
	if to == "" {
		w.do("hdel", key, field, "")
	} else {
		w.do("hset", key, field, to)
	}
	err := s.write(ctx, w)
	if !errors.Is(err, ErrConflict) {
		return err == nil, err
	}
	found, err := s.field(ctx, key, field)
	return err == nil && found == to, err
}

// field reads one field of a hash; "" is no field.
func (s *Store) field(ctx context.Context, key, field string) (string, error) {
	value, err := s.redis.HGet(ctx, key, field).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return value, err
}
