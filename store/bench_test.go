package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
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

// The figures of a large service: 2,000 educators in teams of 15 who log 500 actions a year, 1,000,000 in 2026 and as many in
// 2025. It takes minutes to fill.
func BenchmarkSummary(b *testing.B) {
	s := mustOpen(b, Options{URL: startRedis(b).url()})
	fill(b, s)
	team := Scope{Teams: []string{"equipe-7"}}
	week, _ := ParsePeriod("2026-W20")
	free, _ := ParsePeriod("2026-02-11..2026-05-20")
	figures := func(scope Scope, p Period) func(*testing.B) {
		return func(b *testing.B) {
			for b.Loop() {
				if f, err := s.Figures(b.Context(), scope, p); err != nil || f[0].Actions == 0 {
					b.Fatal(f, err)
				}
			}
		}
	}
	summary := func(scope Scope, p Period, today string) func(*testing.B) {
		return func(b *testing.B) {
			for b.Loop() {
				if sum, err := s.Summary(b.Context(), scope, p, today); err != nil || sum.Before.Actions == 0 {
					b.Fatal(sum, err)
				}
			}
		}
	}
	b.Run("figures/service/year", figures(Scope{}, YearPeriod(2026)))
	b.Run("figures/team/year", figures(team, YearPeriod(2026)))
	const over, running = "2027-01-04", "2026-11-22"
	b.Run("summary/service/year", summary(Scope{}, YearPeriod(2026), over))
	b.Run("summary/service/running-year", summary(Scope{}, YearPeriod(2026), running))
	b.Run("summary/team/year", summary(team, YearPeriod(2026), over))
	b.Run("summary/team/running-year", summary(team, YearPeriod(2026), running))
	b.Run("summary/team/week", summary(team, week, over))
	b.Run("summary/member/week", summary(Scope{Member: 100}, week, over))
	b.Run("summary/team/free", summary(team, free, over))
	b.Run("evaluation/team/year", func(b *testing.B) {
		for b.Loop() {
			if e, err := s.Evaluation(b.Context(), team, YearPeriod(2026)); err != nil || len(e.Outcomes) == 0 {
				b.Fatal(e, err)
			}
		}
	})
	used, err := s.redis.Info(b.Context(), "memory").Result()
	if err != nil {
		b.Fatal(err)
	}
	b.Log(strings.Split(used, "\r\n")[1])
}

func fill(b *testing.B, s *Store) {
	b.Helper()
	var next atomic.Int64
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for member := next.Add(1); member <= 2000; member = next.Add(1) {
				fillOne(b, s, member)
			}
		})
	}
	group.Wait()
}

func fillOne(b *testing.B, s *Store, member int64) {
	r := rand.New(rand.NewPCG(uint64(member), 1))
	team := member / 15
	turn := Turn{Chat: member, Member: &Member{ID: member, Team: fmt.Sprintf("equipe-%d", team), Role: "educateur", Joined: 1}}
	partner, need := rand.NewZipf(r, 1.15, 4, 79), rand.NewZipf(r, 1.2, 3, 75)
	for day := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2027; day = day.AddDate(0, 0, 1) {
		for range (day.YearDay()+1)*500/366 - day.YearDay()*500/366 {
			n := need.Uint64()
			a := Action{ID: RecordID(member<<20 + int64(turn.Number)), Number: turn.Number, Team: turn.Member.Team, Day: day.Format(time.DateOnly),
				Type: fmt.Sprintf("type-%d", r.IntN(6)), Band: bands[r.IntN(len(bands))], Gender: fmt.Sprintf("genre-%d", r.IntN(4)), Count: 1 + r.IntN(3),
				First: r.IntN(6) == 0, Needs: []string{fmt.Sprintf("besoin-numero-%d", n)}, Domains: []string{fmt.Sprintf("domaine-%d", n%9)},
				Territory: fmt.Sprintf("quartier-%d", 3*team+r.Int64N(3)), Rules: "0123456789abcdef", At: day.Unix()}
			if r.IntN(3) > 0 {
				p := partner.Uint64()
				a.Partners = []Solicitation{{fmt.Sprintf("partenaire-%d-%d", team, p), fmt.Sprintf("type-de-%d", p%40), "orientation",
					[]string{Awaited, TakenUp, Refused, NoFollowUp}[r.IntN(4)], ""}}
			}
			turn.Number++
			turn.Changes = append(turn.Changes, Change{New: &a})
		}
		if len(turn.Changes) > 200 || day.YearDay() == 365 {
			if err := s.Commit(b.Context(), turn); err != nil {
				b.Error(err)
				return
			}
			turn.Version, turn.Changes = turn.Version+1, nil
		}
	}
}

// bands are as many as the bot has.
var bands = []string{"moins-11", "11-14", "15-17", "18-21", "22-25", "plus-25", "adulte-parent", "non-connue"}

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
