package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// layout is the version of the counters: when tally or the sets it counts in change, a store that was counted otherwise is counted
// again from its records by the next Open. Programs of both versions must not run at the same time; where they did, or where one went
// back to the former program for a while, HDEL idx:layout counters has the next Open count again.
const layout = "2"

const (
	layoutKey   = "idx:layout"
	layoutField = "counters"
)

// upgrade counts every record again where the counters are of another layout.
func (s *Store) upgrade(ctx context.Context) error {
	found, err := s.field(ctx, layoutKey, layoutField)
	if err != nil || found == layout {
		return err
	}
	var keys []string
	for shard := range uint64(shards) {
		keys = append(keys, shardKey(shard))
	}
	members, err := s.ids(ctx, keys)
	if err != nil {
		return err
	}
	if len(members) > 0 {
		s.log.Info("the figures are counted again from the records: this version keeps more of them", "members", len(members))
	}
	for _, id := range members {
		if err := s.recount(ctx, id); err != nil {
			return fmt.Errorf("counting the records of member %d again: %w", id, err)
		}
	}
	w := &write{}
	w.do("hset", layoutKey, layoutField, layout)
	return s.write(ctx, w)
}

// recount brings the counters of every period in which a member has records to what those say, whatever they were.
func (s *Store) recount(ctx context.Context, member int64) error {
	for {
		err := s.recountOnce(ctx, member)
		if !errors.Is(err, ErrConflict) {
			return err
		}
	}
}

func (s *Store) recountOnce(ctx context.Context, member int64) error {
	state := key(member, "s")
	text, err := s.field(ctx, state, "v")
	if err != nil || text == "" { // in the index, and never joined
		return err
	}
	version, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("version: %w", err)
	}
	actions, err := s.Recent(ctx, member, 1<<30)
	if err != nil {
		return err
	}
	want, former := deltas{}, map[string]bool{}
	for _, a := range actions {
		want.add(member, a, 1)
		former[key(member, "c:"+a.Team+":"+a.Week())], former[key(member, "c:"+a.Team+":"+a.Year())] = true, true
	}
	w := &write{}
	if err := s.subtractCounted(ctx, want); err != nil {
		return err
	}
	for _, c := range want.sorted() {
		w.do("zinc", c.key, c.field, strconv.FormatInt(want[c], 10))
	}
	if err := s.dropFormer(ctx, w, slices.Sorted(maps.Keys(former))); err != nil || len(w.ops) == 0 {
		return err
	}
	// What is added was reckoned from counters read before. Another replica that starts, or a repeat by the client, must not add it
	// again: the version moves, as at a commit.
	w.expect(state, "v", text)
	w.do("hset", state, "v", strconv.FormatInt(version+1, 10))
	return s.write(ctx, w)
}

// subtractCounted takes off what the sets already count.
func (s *Store) subtractCounted(ctx context.Context, want deltas) error {
	sets := map[string]bool{}
	for c := range want {
		sets[c.key] = true
	}
	keys := slices.Sorted(maps.Keys(sets))
	replies, err := ask(ctx, s, keys, func(p redis.Pipeliner, ctx context.Context, key string) *redis.ZSliceCmd {
		return p.ZRangeWithScores(ctx, key, 0, -1)
	})
	for i, reply := range replies {
		for _, z := range reply.Val() {
			want[counter{keys[i], z.Member.(string)}] -= int64(z.Score)
		}
	}
	return err
}

// dropFormer removes the hashes in which the first layout counted weeks and years.
func (s *Store) dropFormer(ctx context.Context, w *write, keys []string) error {
	replies, err := ask(ctx, s, keys, redis.Pipeliner.HKeys)
	for i, reply := range replies {
		for _, field := range slices.Sorted(slices.Values(reply.Val())) {
			w.do("hdel", keys[i], field, "")
		}
	}
	return err
}
