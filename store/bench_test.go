package store

import (
	"bytes"
	"slices"
	"sync/atomic"
	"testing"
)

// onEach runs a benchmark on a real Redis and on both embedded stores.
func onEach(b *testing.B, run func(b *testing.B, s *Store)) {
	b.Run("redis", func(b *testing.B) { run(b, mustOpen(b, Options{URL: startRedis(b).url()})) })
	b.Run("directory", func(b *testing.B) { run(b, mustOpen(b, Options{Dir: b.TempDir()})) })
	b.Run("memory", func(b *testing.B) { run(b, mustOpen(b, Options{})) })
}

func BenchmarkCommit(b *testing.B) {
	onEach(b, func(b *testing.B, s *Store) {
		join(b, s, 1, "nord")
		number := int64(0)
		for b.Loop() {
			number++
			a := sample(number)
			turn := Turn{Chat: 1, Update: number, Version: number, State: []byte(`{}`), Changes: []Change{{New: &a}}}
			if err := s.Commit(b.Context(), turn); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A tap: the conversation moves on, no record changes.
func BenchmarkCommitState(b *testing.B) {
	onEach(b, func(b *testing.B, s *Store) {
		state := bytes.Repeat([]byte("0123456789"), 60)
		for number := int64(0); b.Loop(); number++ {
			if err := s.Commit(b.Context(), Turn{Chat: 1, Update: number + 1, Version: number, State: state}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCommitParallel(b *testing.B) {
	onEach(b, func(b *testing.B, s *Store) {
		var members atomic.Int64
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			member := members.Add(1)
			for number := int64(0); pb.Next(); number++ {
				a := sample(number)
				turn := Turn{Chat: member, Update: number + 1, Version: number, State: []byte(`{}`), Changes: []Change{{New: &a}}}
				if err := s.Commit(b.Context(), turn); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

func BenchmarkChat(b *testing.B) {
	onEach(b, func(b *testing.B, s *Store) {
		join(b, s, 1, "nord")
		for b.Loop() {
			if _, err := s.Chat(b.Context(), 1); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A year's figures of 200 educators with 50 actions each.
func BenchmarkCounts(b *testing.B) {
	onEach(b, func(b *testing.B, s *Store) {
		var members []int64
		for member := range int64(200) {
			members = append(members, member+1)
			join(b, s, member+1, "nord")
			commit(b, s, member+1, samples(member*50, 50)...)
		}
		for b.Loop() {
			if _, err := s.Counts(b.Context(), members, "nord", "2026"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A year of a service: 4,000 actions of 8 educators, 20 to a commit.
func BenchmarkYear(b *testing.B) {
	onEach(b, func(b *testing.B, s *Store) {
		from := int64(0)
		for b.Loop() {
			for changes := range slices.Chunk(samples(from, 4000), 20) {
				commit(b, s, from/20%8+1, changes...)
				from += 20
			}
		}
	})
}

func samples(from int64, n int) []Change {
	changes := make([]Change, n)
	for i := range changes {
		a := sample(from + int64(i))
		changes[i].New = &a
	}
	return changes
}
