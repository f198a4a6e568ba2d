// Package store keeps what the bot must never lose: actions, conversations, members, follow-ups, invitations and which
// digest reached whom. It speaks to a Redis (alone, behind Sentinel, or a Cluster) or, without one, to a server inside the
// process whose writes are journalled in a directory. Both run the same code and the same script.
//
// # Guarantees
//
//   - A write is one run of one script: it happens whole or not at all. Nil from Commit means kept: on the embedded store
//     the journal is synced by then; on a Redis it is as durable as its appendonly file (see [UnsafeError]).
//   - An update is applied once in 72 hours, however often it is sent: the second time Commit says [ErrDuplicate], which is
//     success. So is the case where the client repeats a commit whose answer was lost.
//   - A turn that rests on something that has changed meanwhile, the conversation's version or a record, changes nothing
//     and says [ErrConflict].
//   - A counter is at every moment the sum of tally over the records: both change in the same run.
//   - Nothing expires by itself. What ages (processed updates, invitations) is removed by the next write of its kind.
//
// # Keys
//
// A private chat has the id of its person, so everything of one person carries the hash tag {u:ID} and lies in one slot:
//
//	{u:ID}:s               hash: v (version), state (the bot's JSON), number (last action number), team, role,
//	                       teams (space between), joined (Unix seconds), settings (the bot's)
//	{u:ID}:upd             zset: processed update ids by Unix time, the last 72 h
//	{u:ID}:w:2026-W47      hash: record id -> Action as JSON
//	{u:ID}:k               hash: ISO week -> number of records in it; the list of the weeks above
//	{u:ID}:a:TEAM:PERIOD   zset: counter of actions -> value
//	{u:ID}:u:TEAM:PERIOD   zset: counter of needs without a partner -> value
//	{u:ID}:p:TEAM:PERIOD   zset: counter of solicitations -> value
//	{u:ID}:e:TEAM:PERIOD   zset: counter of what became of them -> value
//	{u:ID}:j:TEAM:PERIOD   zset: counter of answers, by the day they were known -> value
//	{u:ID}:f               zset: WEEK/RECORD by its follow-up day as yyyymmdd
//	{u:ID}:dg              hash: ISO week -> state of its digest; day -> state of its reminder
//	{u:ID}:m:TEAM          hash: "?WORD NEED" or "!WORD NEED" -> how often (see [Misread])
//
// and in slots of their own (the first two, the indexes, are added to before the script runs, so that they may hold too much but
// never too little):
//
//	idx:u:0 ... idx:u:63   sets: every person who ever joined, by id modulo 64
//	idx:team:TEAM          set: every person who ever belonged to the team
//	inv                    hash: code -> invitation
//	words                  hash: TEAM/WORD -> need, "-" for none; v -> how often it has changed
//	{words}:checked        hash: partner -> the day, 2006-01-02, on which an educator last said that its entry is right
//	idx:layout             hash: counters -> version of what is counted, and how
//
// # Counters
//
// PERIOD is an ISO week (2026-W47), a month (2026-11), a calendar year (2026) or a year in one territory (2026/cerisaie). Sorted sets,
// because a Redis adds those up by itself, and five, because up to 128 counters of 64 bytes are kept packed.
//
//	a  n actions | y young people | f first contacts | d:DOMAIN | s:DOMAIN+DOMAIN (of several) | b:NEED | t:TYPE | q:TERRITORY
//	   | z:ENDED (one per action) | a:BAND | g:GENDER (young people)
//	u  u:NEED (one per action that called upon nobody)
//	p  p:PARTNER | k:KIND | h:HOW | r:RESULT (one per solicitation)
//	e  o:PARTNER//RESULT | v:PARTNER (answered) | w:PARTNER (days waited) (per solicitation) | o:PARTNER/NEED/RESULT
//	   (per solicitation and need) | x:DOMAIN/PARTNER (per solicitation and domain) | u:NEED/TERRITORY/BAND (one per action that called
//	   upon nobody); of months and years alone
//	j  PARTNER/RESULT (one per answer)
//
// What an action leaves empty is not counted under that letter; a counter that comes to 0 is removed.
//
// The user of a Redis (6.2 or newer) needs the keys {u:*, idx:*, inv, words and {words}:checked, the commands on hashes, sets and
// sorted sets, EVAL, EVALSHA, PING, HELLO, AUTH, SELECT and INFO.
//
// The embedded store suits one process and a pilot team: all of it is held in memory, some 2 KB a record, and each commit
// waits for one sync of the disk after the one before.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

var (
	ErrDuplicate   = errors.New("this update was committed before")
	ErrConflict    = errors.New("the conversation or a record has changed meanwhile")
	ErrNotFound    = errors.New("not found")
	ErrUnreachable = errors.New("the store does not answer")
	ErrUnsafe      = errors.New("the Redis could lose data")
	ErrAddress     = errors.New("the address of the Redis cannot be read")
	ErrBusy        = errors.New("the data directory is in use")
	ErrDamaged     = errors.New("the journal is damaged")
)

// Store is safe for use by several goroutines.
type Store struct {
	redis    redis.UniversalClient
	embedded *embedded // nil on a real Redis
	now      func() time.Time
	log      *slog.Logger
}

// Ping reports whether the store answers and can still write.
func (s *Store) Ping(ctx context.Context) error {
	if s.embedded != nil {
		if err := s.embedded.failure(); err != nil {
			return err
		}
	}
	return s.redis.Ping(ctx).Err()
}

// Close lets go of the connections and of the data directory. A commit in hand is finished first on the embedded store.
func (s *Store) Close() error {
	if s.embedded != nil {
		return s.embedded.close(s.redis)
	}
	return s.redis.Close()
}

func key(member int64, rest string) string {
	return "{u:" + strconv.FormatInt(member, 10) + "}:" + rest
}

func weekKey(member int64, week string) string { return key(member, "w:"+week) }

// counterKey is the set of one kind that counts a period, or a year in a territory.
func counterKey(member int64, set, team, period string) string {
	return key(member, set+":"+team+":"+period)
}

func teamKey(team string) string { return "idx:team:" + team }

const shards = 64 // of idx:u, so that no single set grows with the service

func shardKey(shard uint64) string { return fmt.Sprintf("idx:u:%d", shard) }

// ask sends one command per key, at most 500 to a round trip, and returns them answered, in order.
func ask[C redis.Cmder](
	ctx context.Context, s *Store, keys []string, command func(redis.Pipeliner, context.Context, string) C,
) ([]C, error) {
	asked := make([]C, 0, len(keys))
	for len(keys) > 0 {
		n := min(len(keys), 500)
		pipe := s.redis.Pipeline()
		for _, key := range keys[:n] {
			asked = append(asked, command(pipe, ctx, key))
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, err
		}
		keys = keys[n:]
	}
	return asked, nil
}
