package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Scope is of whom figures are told: one member, teams, or, with neither, the whole service.
type Scope struct {
	Member int64    // what this member did, in whatever team
	Teams  []string // what anybody, gone or not, did as a member of one of these: a team under its present id and its former ones
}

// Summary is what a period came to, beside those it is compared with.
type Summary struct {
	Period  Period
	Now     Figures
	Before  Figures        // of the period before
	YearAgo Figures        // of the same period a year before
	Known   map[string]int // solicitations by partner between the beginning of the year before the period's first day and that day
	New     []string       // partners called upon in the period that are not among those
	Awaited int            // answers not known yet, of the solicitations made from that same beginning to the end of the period
	Open    int            // follow-ups that those who are in the scope today have before them, whatever the period
	Late    int            // of those, how many were for a day before today
}

// Summary adds up the figures of a period. today, 2006-01-02, is the day from which follow-ups are late.
func (s *Store) Summary(ctx context.Context, scope Scope, p Period, today string) (Summary, error) {
	sum := Summary{Period: p}
	past := between(YearPeriod(p.First().Year()-1).First(), p.First().AddDate(0, 0, -1))
	seats, present, err := s.seats(ctx, scope)
	if err != nil {
		return sum, fmt.Errorf("summary of %s: %w", p.Name, err)
	}
	before, ago := p.compared(today)
	counts, err := s.count(ctx, seats, asked{p, figures}, asked{before, figures}, asked{ago, figures}, asked{past, partners})
	if err != nil {
		return sum, fmt.Errorf("summary of %s: %w", p.Name, err)
	}
	sum.Now, sum.Before, sum.YearAgo = figuresOf(counts[0]), figuresOf(counts[1]), figuresOf(counts[2])
	known := figuresOf(counts[3])
	sum.Known, sum.New = known.Partners, sum.Now.NewTo(known.Partners)
	sum.Awaited = sum.Now.Results[Awaited] + known.Results[Awaited]
	sum.Open, sum.Late, err = s.followUps(ctx, present, today)
	if err != nil {
		return sum, fmt.Errorf("summary of %s: %w", p.Name, err)
	}
	return sum, nil
}

// NewTo are the partners called upon that are not among those known, in the order of their ids.
func (f Figures) NewTo(known map[string]int) (partners []string) {
	for _, id := range slices.Sorted(maps.Keys(f.Partners)) {
		if known[id] == 0 {
			partners = append(partners, id)
		}
	}
	return partners
}

// Figures adds up the figures of several periods.
func (s *Store) Figures(ctx context.Context, scope Scope, periods ...Period) ([]Figures, error) {
	seats, _, err := s.seats(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	var asks []asked
	for _, p := range periods {
		asks = append(asks, asked{p, figures})
	}
	counts, err := s.count(ctx, seats, asks...)
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	var all []Figures
	for _, c := range counts {
		all = append(all, figuresOf(c))
	}
	return all, nil
}

// InTerritories adds up the figures of a calendar year in each of some territories, in their order.
func (s *Store) InTerritories(ctx context.Context, scope Scope, year int, territories ...string) ([]Figures, error) {
	seats, _, err := s.seats(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("figures by territory: %w", err)
	}
	sums := make([][]string, len(territories))
	for i, territory := range territories {
		period := inTerritory(YearPeriod(year).Name, territory)
		for _, set := range figures {
			sums[i] = append(sums[i], setsOf(seats, set, period)...)
		}
	}
	counts, err := s.addUp(ctx, sums)
	if err != nil {
		return nil, fmt.Errorf("figures by territory: %w", err)
	}
	var all []Figures
	for _, c := range counts {
		all = append(all, figuresOf(c))
	}
	return all, nil
}

// Evaluation adds up what became of the solicitations of a period.
func (s *Store) Evaluation(ctx context.Context, scope Scope, p Period) (Evaluation, error) {
	seats, _, err := s.seats(ctx, scope)
	if err != nil {
		return Evaluation{}, fmt.Errorf("evaluation of %s: %w", p.Name, err)
	}
	counts, err := s.count(ctx, seats, asked{p, outcomes})
	if err != nil {
		return Evaluation{}, fmt.Errorf("evaluation of %s: %w", p.Name, err)
	}
	return evaluationOf(counts[0]), nil
}

// Heard adds up the answers that were known in a period, whenever they were asked for: by partner, TakenUp and Refused. Only whole
// weeks, months and years are counted: a period with odd days has none.
func (s *Store) Heard(ctx context.Context, scope Scope, p Period) (map[string]map[string]int, error) {
	whole, odd := p.parts(true)
	if len(odd) > 0 {
		return nil, nil
	}
	seats, _, err := s.seats(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("answers of %s: %w", p.Name, err)
	}
	var keys []string
	for _, period := range whole {
		keys = append(keys, setsOf(seats, ofAnswers, period)...)
	}
	sums, err := s.addUp(ctx, [][]string{keys})
	if err != nil {
		return nil, fmt.Errorf("answers of %s: %w", p.Name, err)
	}
	by := map[string]map[string]int{}
	for field, n := range sums[0] {
		partner, result, _ := strings.Cut(field, "/")
		if by[partner] == nil {
			by[partner] = map[string]int{}
		}
		by[partner][result] = int(n)
	}
	return by, nil
}

// seat is one member in one team: what figures are kept by.
type seat struct {
	member int64
	team   string
}

// seats returns those of a scope, and who is in it today.
func (s *Store) seats(ctx context.Context, scope Scope) (seats []seat, present []int64, err error) {
	ids := []int64{scope.Member}
	if scope.Member == 0 {
		var keys []string
		for _, team := range scope.Teams {
			keys = append(keys, teamKey(team))
		}
		if len(scope.Teams) == 0 {
			for shard := range uint64(shards) {
				keys = append(keys, shardKey(shard))
			}
		}
		if ids, err = s.ids(ctx, keys); err != nil {
			return nil, nil, err
		}
		ids = slices.Compact(ids)
	}
	members, err := s.members(ctx, ids)
	for _, m := range members {
		for _, team := range m.Teams {
			if scope.has(team) {
				seats = append(seats, seat{m.ID, team})
			}
		}
		if m.Team != "" && scope.has(m.Team) {
			present = append(present, m.ID)
		}
	}
	return seats, present, err
}

func (s Scope) has(team string) bool {
	return s.Member != 0 || len(s.Teams) == 0 || slices.Contains(s.Teams, team)
}

func setsOf(seats []seat, set, period string) []string {
	keys := make([]string, len(seats))
	for i, at := range seats {
		keys[i] = counterKey(at.member, set, at.team, period)
	}
	return keys
}

// asked is a period, and the sets to add up for it.
type asked struct {
	Period
	sets []string
}

var (
	figures  = []string{ofActions, ofUnmet, ofPartners}
	partners = []string{ofPartners}
	outcomes = []string{ofOutcomes}
)

// count adds up counters. What no counter tells, the odd days at the ends of a free period, is counted from the records of those
// days.
func (s *Store) count(ctx context.Context, seats []seat, asks ...asked) ([]Counts, error) {
	lists := make([][]string, len(asks)) // of sets to add up
	same := make([]int, len(asks))       // what is asked twice is added up once: the period before may be the same a year before
	days := map[string][]int{}           // an odd day -> who asks for it
	for i, a := range asks {
		same[i] = slices.IndexFunc(asks, func(other asked) bool { return other.Period == a.Period && len(other.sets) >= len(a.sets) })
		if same[i] < i {
			continue
		}
		whole, odd := a.parts(!slices.Contains(a.sets, ofOutcomes))
		for _, period := range whole {
			for _, set := range a.sets {
				lists[i] = append(lists[i], setsOf(seats, set, period)...)
			}
		}
		for _, day := range odd {
			days[day] = append(days[day], i)
		}
	}
	sums, err := s.addUp(ctx, lists)
	if err == nil && len(days) > 0 {
		err = s.recorded(ctx, seats, days, func(a Action) {
			for set, counted := range tally(a) {
				for _, i := range days[a.Day] {
					if slices.Contains(asks[i].sets, set) {
						sums[i].add(counted)
					}
				}
			}
		})
	}
	for i, first := range same {
		sums[i] = sums[first]
	}
	return sums, err
}

func (c Counts) add(other Counts) {
	for field, n := range other {
		c[field] += n
	}
}

// recorded passes on the records of some days.
func (s *Store) recorded(ctx context.Context, seats []seat, days map[string][]int, each func(Action)) error {
	weeks := map[string]bool{}
	for day := range days {
		weeks[WeekOf(parseDay(day))] = true
	}
	teams := map[int64][]string{}
	for _, at := range seats {
		teams[at.member] = append(teams[at.member], at.team)
	}
	var keys []string
	var members []int64
	for member := range teams {
		for week := range weeks {
			keys, members = append(keys, weekKey(member, week)), append(members, member)
		}
	}
	replies, err := ask(ctx, s, keys, redis.Pipeliner.HGetAll)
	if err != nil {
		return err
	}
	for i, reply := range replies {
		for id, text := range reply.Val() {
			a, err := decode(id, text)
			if err != nil {
				return fmt.Errorf("member %d: %w", members[i], err)
			}
			if days[a.Day] != nil && slices.Contains(teams[members[i]], a.Team) {
				each(a)
			}
		}
	}
	return nil
}

// A Redis adds sets up by itself: a hundred in some 5 ms, during which it does nothing else.
const (
	addedAtOnce = 100
	perTrip     = 4 // such additions
	readers     = 3 // at a time: more would only wait for each other
)

// addition is some sets to add up, and which sum they belong to.
type addition struct {
	to   int
	sets []string
}

// addUp returns for each list of keys the sum of the sets that they name. In a Cluster, where members lie on different servers,
// sets are read one by one.
func (s *Store) addUp(ctx context.Context, lists [][]string) ([]Counts, error) {
	atOnce, trip := addedAtOnce, perTrip
	if _, cluster := s.redis.(*redis.ClusterClient); cluster {
		atOnce, trip = 1, 500
	}
	sums := make([]Counts, len(lists))
	var all []addition
	for i, keys := range lists {
		sums[i] = Counts{}
		for sets := range slices.Chunk(keys, atOnce) {
			all = append(all, addition{i, sets})
		}
	}
	trips := slices.Collect(slices.Chunk(all, trip))
	var mu sync.Mutex
	var failed error
	var next atomic.Int64
	var reading sync.WaitGroup
	for range min(readers, len(trips)) {
		reading.Go(func() {
			for i := next.Add(1); int(i) <= len(trips); i = next.Add(1) {
				replies, err := s.union(ctx, trips[i-1])
				mu.Lock()
				failed = cmp.Or(failed, err)
				for j, reply := range replies {
					sum := sums[trips[i-1][j].to]
					for _, z := range reply.Val() {
						sum[z.Member.(string)] += int64(z.Score)
					}
				}
				mu.Unlock()
			}
		})
	}
	reading.Wait()
	return sums, failed
}

// union asks for some additions in one round trip.
func (s *Store) union(ctx context.Context, some []addition) ([]*redis.ZSliceCmd, error) {
	pipe := s.redis.Pipeline()
	var replies []*redis.ZSliceCmd
	for _, a := range some {
		if len(a.sets) == 1 {
			replies = append(replies, pipe.ZRangeWithScores(ctx, a.sets[0], 0, -1))
		} else {
			replies = append(replies, pipe.ZUnionWithScores(ctx, redis.ZStore{Keys: a.sets}))
		}
	}
	_, err := pipe.Exec(ctx)
	return replies, err
}

// followUps counts what members have before them, and how much of it is late.
func (s *Store) followUps(ctx context.Context, members []int64, today string) (open, late int, err error) {
	day, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return 0, 0, fmt.Errorf("today: %w", err)
	}
	yesterday := day.AddDate(0, 0, -1).Format("20060102")
	keys := make([]string, len(members))
	for i, id := range members {
		keys[i] = key(id, "f")
	}
	all, err := ask(ctx, s, keys, redis.Pipeliner.ZCard)
	if err != nil {
		return 0, 0, err
	}
	behind, err := ask(ctx, s, keys, func(p redis.Pipeliner, ctx context.Context, key string) *redis.IntCmd {
		return p.ZCount(ctx, key, "-inf", yesterday)
	})
	if err != nil {
		return 0, 0, err
	}
	for i := range keys {
		open, late = open+int(all[i].Val()), late+int(behind[i].Val())
	}
	return open, late, nil
}

// lastLooked is how far back LastContact looks.
const lastLooked = 2 * 366 * 24 * time.Hour

// LastContact returns the last day, up to today, on which somebody of the scope called upon a partner known under some ids; "" when
// nobody did for two years.
func (s *Store) LastContact(ctx context.Context, scope Scope, today time.Time, ids ...string) (string, error) {
	if len(ids) == 0 {
		return "", nil
	}
	seats, _, err := s.seats(ctx, scope)
	if err != nil {
		return "", fmt.Errorf("last contact: %w", err)
	}
	oldest := today.Add(-lastLooked)
	for month := MonthPeriod(today); month.Last().After(oldest); month = month.Before() {
		days := map[string][]int{}
		counts, err := s.count(ctx, seats, asked{month, partners})
		if err != nil {
			return "", fmt.Errorf("last contact: %w", err)
		}
		if !slices.ContainsFunc(ids, func(id string) bool { return counts[0]["p:"+id] != 0 }) {
			continue
		}
		for day := month.First(); !day.After(month.Last()); day = day.AddDate(0, 0, 1) {
			days[day.Format(time.DateOnly)] = []int{0}
		}
		last := ""
		err = s.recorded(ctx, seats, days, func(a Action) {
			if slices.ContainsFunc(a.Partners, func(p Solicitation) bool { return slices.Contains(ids, p.Partner) }) {
				last = max(last, a.Day)
			}
		})
		return last, err
	}
	return "", nil
}
