package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func testStore(t *testing.T, open func(*testing.T, *clock) *Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *Store, *clock)
	}{
		{"conversation", testConversation},
		{"records", testRecords},
		{"figures", testFigures},
		{"refusals", testRefusals},
		{"teams", testTeams},
		{"summary", testSummary},
		{"week at once", testWeekAtOnce},
		{"many keys", testManyKeys},
		{"several writers", testSeveralWriters},
		{"invitations", testInvitations},
		{"words", testWords},
		{"checks", testChecks},
		{"recount", testRecount},
		{"upgrade twice", testUpgradeTwice},
		{"digests", testDigests},
		{"digest race", testDigestRace},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock()
			c.test(t, open(t, clock), clock)
		})
	}
}

// sample is an invented action, the same for the same seed: a day between 2025 and 2027, one team out of two.
func sample(seed int64) Action {
	r := rand.New(rand.NewPCG(uint64(seed), 7))
	pick := func(ids ...string) string { return ids[r.IntN(len(ids))] }
	day := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(420))
	a := Action{
		ID: RecordID(seed + 1e9), Number: int(seed), Team: pick("nord", "sud"), Day: day.Format(time.DateOnly),
		Type: pick("travail-de-rue", "partenariat"), Band: pick("11-14", "15-17"), Gender: pick("fille", "garcon", "mixte"),
		Count: r.IntN(4), First: r.IntN(3) == 0, Needs: []string{pick("scolarite", "logement"), "sante"},
		Domains: []string{pick("emploi", "sante")}, Territory: pick("paillade", "gare", ""), Rules: "v1", At: day.Unix(),
		Ended: pick("", "", FollowedUp, GivenUp),
	}
	if r.IntN(3) == 0 {
		a.Domains = append(a.Domains, pick("justice", "logement"))
	}
	for range r.IntN(3) {
		p := Solicitation{Partner: pick("ml", "cio", "mda"), Kind: "mission-locale", How: pick("orientation", "contact"),
			Result: pick(Awaited, TakenUp, Refused, NoFollowUp, "")}
		if p.Result != "" && p.Result != Awaited && r.IntN(2) == 0 {
			p.Answered = day.AddDate(0, 0, r.IntN(40)).Format(time.DateOnly)
		}
		a.Partners = append(a.Partners, p)
	}
	if r.IntN(2) == 0 {
		a.FollowUp = day.AddDate(0, 0, 3).Format(time.DateOnly)
	}
	return a
}

// commit adds changes to a member's chat, as it is now.
func commit(t testing.TB, s *Store, member int64, changes ...Change) {
	t.Helper()
	chat, err := s.Chat(t.Context(), member)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Commit(t.Context(), Turn{Chat: member, Version: chat.Version, State: chat.State, Number: chat.Number, Changes: changes})
	if err != nil {
		t.Fatal(err)
	}
}

func join(t testing.TB, s *Store, member int64, team string) {
	t.Helper()
	chat, err := s.Chat(t.Context(), member)
	if err != nil {
		t.Fatal(err)
	}
	m := chat.Member
	m.Team, m.Role, m.Joined = team, "educateur", 1
	if err := s.Commit(t.Context(), Turn{Chat: member, Version: chat.Version, Member: &m}); err != nil {
		t.Fatal(err)
	}
}

// audit counts everything again from the records and wants the store to hold that and nothing else.
func audit(t testing.TB, s *Store) {
	t.Helper()
	ctx := t.Context()
	want := map[string]map[string]string{}
	put := func(key, field, value string) {
		if want[key] == nil {
			want[key] = map[string]string{}
		}
		want[key][field] = value
	}
	sums := deltas{}
	for _, m := range keptBy(t, s) {
		for _, a := range m.actions {
			sums.add(m.ID, a, 1)
			sums[counter{key(m.ID, "k"), a.Week()}]++
			if a.FollowUp != "" {
				put(key(m.ID, "f"), a.Week()+"/"+a.ID, strings.ReplaceAll(a.FollowUp, "-", ""))
			}
		}
	}
	for _, c := range sums.sorted() {
		put(c.key, c.field, strconv.FormatInt(sums[c], 10))
	}
	got := map[string]map[string]string{}
	for _, key := range s.redis.Keys(ctx, "{u:*").Val() {
		switch kind := key[strings.Index(key, "}:")+2:]; {
		case kind == "f":
			got[key] = map[string]string{}
			for _, z := range s.redis.ZRangeWithScores(ctx, key, 0, -1).Val() {
				got[key][z.Member.(string)] = strconv.Itoa(int(z.Score))
			}
		case kind == "k":
			got[key] = s.redis.HGetAll(ctx, key).Val()
		case strings.HasPrefix(kind, ofActions+":"), strings.HasPrefix(kind, ofUnmet+":"), strings.HasPrefix(kind, ofPartners+":"), strings.HasPrefix(kind, ofOutcomes+":"),
			strings.HasPrefix(kind, ofAnswers+":"):
			got[key] = map[string]string{}
			for _, z := range s.redis.ZRangeWithScores(ctx, key, 0, -1).Val() {
				got[key][z.Member.(string)] = strconv.FormatFloat(z.Score, 'f', -1, 64)
			}
		}
	}
	for key := range maps.Keys(got) {
		if !maps.Equal(got[key], want[key]) {
			t.Errorf("%s is %v, counted again %v", key, got[key], want[key])
		}
		delete(want, key)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

func testConversation(t *testing.T, s *Store, c *clock) {
	ctx := t.Context()
	if chat, err := s.Chat(ctx, 7); err != nil || !reflect.DeepEqual(chat, Chat{}) {
		t.Fatalf("unknown chat: %+v, %v", chat, err)
	}
	member := Member{ID: 7, Team: "nord", Role: "chef", Joined: 12}
	first := Turn{Chat: 7, Update: 100, State: []byte(`{"é":"<&>"}`), Number: 3, Member: &member}
	if err := s.Commit(ctx, first); err != nil {
		t.Fatal(err)
	}
	member.Teams = []string{"nord"}
	want := Chat{Version: 1, Member: member, State: first.State, Number: 3}
	if chat, err := s.Chat(ctx, 7); err != nil || !reflect.DeepEqual(chat, want) {
		t.Fatalf("got %+v, %v, want %+v", chat, err, want)
	}
	if err := s.Commit(ctx, first); !errors.Is(err, ErrDuplicate) {
		t.Errorf("the same update again: %v, want ErrDuplicate", err)
	}
	stale := Turn{Chat: 7, Update: 101, State: []byte("stale")}
	if err := s.Commit(ctx, stale); !errors.Is(err, ErrConflict) {
		t.Errorf("an old version: %v, want ErrConflict", err)
	}
	stale.Version = 1
	if err := s.Commit(ctx, stale); err != nil {
		t.Errorf("the update of a refused turn, read again: %v", err)
	}
	c.advance(71 * time.Hour)
	if err := s.Commit(ctx, Turn{Chat: 7, Update: 102, Version: 2}); err != nil {
		t.Error(err)
	}
	if err := s.Commit(ctx, first); !errors.Is(err, ErrDuplicate) {
		t.Errorf("after 71 h: %v, want ErrDuplicate", err)
	}
	c.advance(2 * time.Hour)
	if err := s.Commit(ctx, Turn{Chat: 7, Update: 100, Version: 3}); err != nil {
		t.Errorf("after 73 h the id may be another update's: %v", err)
	}
	if n := s.redis.ZCard(ctx, key(7, "upd")).Val(); n != 2 {
		t.Errorf("%d updates remembered, want 102 and the new 100", n)
	}
	if err := s.Ping(ctx); err != nil {
		t.Error(err)
	}
}

func testRecords(t *testing.T, s *Store, _ *clock) {
	ctx := t.Context()
	join(t, s, 7, "nord")
	monday := Action{ID: "m", Number: 1, Team: "nord", Day: "2026-11-16", Needs: []string{}, FollowUp: "2026-11-20"}
	sunday := Action{ID: "s", Number: 2, Team: "nord", Day: "2026-11-15", FollowUp: "2026-11-20"}
	friday := Action{ID: "f", Number: 3, Team: "nord", Day: "2026-11-20", FollowUp: "2027-01-04"}
	commit(t, s, 7, Change{New: &friday}, Change{New: &monday}, Change{New: &sunday})

	if got, err := s.Action(ctx, 7, "2026-W47", "m"); err != nil || !reflect.DeepEqual(got, monday) {
		t.Errorf("got %+v, %v, want %+v", got, err, monday)
	}
	if _, err := s.Action(ctx, 7, "2026-W46", "m"); !errors.Is(err, ErrNotFound) {
		t.Errorf("in another week: %v, want ErrNotFound", err)
	}
	if got, err := s.Week(ctx, 7, "2026-W47"); err != nil || !reflect.DeepEqual(got, []Action{monday, friday}) {
		t.Errorf("week: %+v, %v", got, err)
	}
	for n, want := range [][]Action{{}, {friday}, {friday, monday}, {friday, monday, sunday}, {friday, monday, sunday}} {
		if got, err := s.Recent(ctx, 7, n); err != nil || !slices.EqualFunc(got, want, same) {
			t.Errorf("recent %d: %+v, %v", n, got, err)
		}
	}
	due, err := s.Due(ctx, []int64{6, 7}, "2027-01-03")
	if want := []Due{{"2026-11-20", "2026-W46", "s", 7}, {"2026-11-20", "2026-W47", "m", 7}}; err != nil || !reflect.DeepEqual(due, want) {
		t.Errorf("due: %v, %v, want %v", due, err, want)
	}

	gone := Due{Week: "2026-W53", ID: "gone", Member: 7}
	if got, err := s.DueActions(ctx, append([]Due{gone}, due...)); err != nil || len(due) == 0 || len(got) != len(due) || got[0].ID != due[0].ID {
		t.Errorf("records to follow up: %+v, %v", got, err)
	}
	moved := friday
	moved.Day, moved.FollowUp = "2027-01-01", "2027-01-02"
	commit(t, s, 7, Change{Old: &friday, New: &moved})
	if got, err := s.Week(ctx, 7, "2026-W53"); err != nil || !slices.EqualFunc(got, []Action{moved}, same) {
		t.Errorf("moved to: %+v, %v", got, err)
	}
	audit(t, s)

	stale := Turn{Chat: 7, Version: 3, Changes: []Change{{Old: &friday}}}
	if err := s.Commit(ctx, stale); !errors.Is(err, ErrConflict) {
		t.Errorf("deleting what has moved: %v, want ErrConflict", err)
	}
	stale.Changes = []Change{{New: &monday}}
	if err := s.Commit(ctx, stale); !errors.Is(err, ErrConflict) {
		t.Errorf("adding what is there: %v, want ErrConflict", err)
	}
	commit(t, s, 7, Change{Old: &moved}, Change{Old: &monday}, Change{Old: &sunday})
	keys := s.redis.Keys(ctx, "{u:*").Val()
	if !reflect.DeepEqual(keys, []string{key(7, "s")}) {
		t.Errorf("left over after all is deleted: %v", keys)
	}
}

func same(a, b Action) bool { return reflect.DeepEqual(a, b) }

func testFigures(t *testing.T, s *Store, _ *clock) {
	ctx := t.Context()
	join(t, s, 7, "nord")
	a := Action{ID: "a", Team: "nord", Day: "2027-01-01", Type: "travail-de-rue", Band: "15-17", Gender: "mixte", Count: 3, First: true,
		Needs: []string{"logement", "sante"}, Domains: []string{"logement", "emploi"}, Territory: "paillade", Ended: FollowedUp,
		Partners: []Solicitation{{"ml", "mission-locale", "orientation", Awaited, ""}, {"ml-sud", "mission-locale", "contact", TakenUp, "2027-01-05"}}}
	b := Action{ID: "b", Team: "nord", Day: "2026-12-31", Type: "partenariat", Needs: []string{"sante"}, Domains: []string{"logement"}}
	commit(t, s, 7, Change{New: &a}, Change{New: &b})
	week, _ := ParsePeriod("2026-W53")
	got, err := s.Figures(ctx, Scope{Member: 7}, week)
	want := Figures{
		Actions: 2, Young: 3, First: 1, Done: 1,
		Domains: map[string]int{"logement": 2, "emploi": 1}, Together: map[string]int{"emploi+logement": 1},
		Needs: map[string]int{"logement": 1, "sante": 2}, Unmet: map[string]int{"sante": 1},
		Types: map[string]int{"travail-de-rue": 1, "partenariat": 1}, Territories: map[string]int{"paillade": 1},
		Bands: map[string]int{"15-17": 3}, Genders: map[string]int{"mixte": 3}, Partners: map[string]int{"ml": 1, "ml-sud": 1},
		Kinds: map[string]int{"mission-locale": 2}, Hows: map[string]int{"orientation": 1, "contact": 1}, Results: map[string]int{Awaited: 1, TakenUp: 1},
	}
	if err != nil || !reflect.DeepEqual(got[0], want) {
		t.Errorf("week over the turn of the year: %+v, %v, want %+v", got, err, want)
	}
	if n := want.InDomains("logement", "emploi"); n != 2 {
		t.Errorf("%d distinct actions of two domains, want 2", n)
	}
	e, err := s.Evaluation(ctx, Scope{Teams: []string{"nord"}}, YearPeriod(2027))
	wantOutcomes := []Outcome{{"ml", "", Awaited, 1}, {"ml", "logement", Awaited, 1}, {"ml", "sante", Awaited, 1},
		{"ml-sud", "", TakenUp, 1}, {"ml-sud", "logement", TakenUp, 1}, {"ml-sud", "sante", TakenUp, 1}}
	if err != nil || !reflect.DeepEqual(e.Outcomes, wantOutcomes) || e.Waits["ml-sud"] != (Wait{4, 1}) || e.Domains["emploi"]["ml"] != 1 {
		t.Errorf("evaluation: %+v, %v", e, err)
	}
	for period, n := range map[string]int{"2026": 1, "2027": 1, "2025": 0, "2026-W52": 0, "2026-12": 1, "2027-T1": 1, "2026-12-31..2027-01-01": 2} {
		p, err := ParsePeriod(period)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Figures(ctx, Scope{Teams: []string{"nord"}}, p); err != nil || got[0].Actions != n {
			t.Errorf("%s: %v, %v, want %d actions", period, got, err, n)
		}
	}
}

func testRefusals(t *testing.T, s *Store, _ *clock) {
	ctx := t.Context()
	good := Action{ID: "a", Team: "nord", Day: "2026-11-16"}
	for name, spoil := range map[string]func(*Action){
		"no id": func(a *Action) { a.ID = "" }, "no team": func(a *Action) { a.Team = "" },
		"team": func(a *Action) { a.Team = "nord:sud" }, "day": func(a *Action) { a.Day = "2026-02-30" },
		"follow-up": func(a *Action) { a.FollowUp = "mardi" },
	} {
		bad := good
		spoil(&bad)
		for _, c := range []Change{{New: &bad}, {Old: &bad}} {
			if err := s.Commit(ctx, Turn{Chat: 7, Changes: []Change{c}}); err == nil || errors.Is(err, ErrConflict) {
				t.Errorf("%s: %v, want a refusal", name, err)
			}
		}
	}
	other := good
	other.ID = "b"
	for name, turn := range map[string]Turn{
		"nothing":       {Chat: 7, Changes: []Change{{}}},
		"another id":    {Chat: 7, Changes: []Change{{Old: &good, New: &other}}},
		"twice":         {Chat: 7, Changes: []Change{{New: &good}, {Old: &good}}},
		"state":         {Chat: 7, State: []byte{0xff}},
		"member's team": {Chat: 7, Member: &Member{Team: "nord sud"}},
	} {
		if err := s.Commit(ctx, turn); err == nil || errors.Is(err, ErrConflict) {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
	if _, err := s.Due(ctx, []int64{7}, "demain"); err == nil {
		t.Error("a day that is none was accepted")
	}
	if _, err := s.Invite(ctx, Invitation{}); err == nil {
		t.Error("an invitation to no team was given")
	}
	if keys := s.redis.Keys(ctx, "*").Val(); len(keys) > 1 || len(keys) == 1 && keys[0] != layoutKey {
		t.Errorf("written all the same: %v", keys)
	}
	given, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Commit(given, Turn{Chat: 7}); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	if err := s.Commit(ctx, Turn{Chat: 7}); err != nil {
		t.Errorf("after a turn given up: %v", err)
	}
}

func testTeams(t *testing.T, s *Store, _ *clock) {
	ctx := t.Context()
	join(t, s, 7, "nord")
	join(t, s, 71, "nord") // of the same shard as 7
	join(t, s, 8, "sud")
	before := Action{ID: "a", Team: "nord", Day: "2026-11-16"}
	commit(t, s, 7, Change{New: &before})
	join(t, s, 7, "sud")
	after := Action{ID: "b", Team: "sud", Day: "2026-11-17"}
	commit(t, s, 7, Change{New: &after})

	for team, want := range map[string][]int64{"nord": {71}, "sud": {7, 8}, "": {7, 8, 71}, "est": nil} {
		members, err := s.Members(ctx, team)
		var got []int64
		for _, m := range members {
			got = append(got, m.ID)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("members of %q: %v, %v, want %v", team, got, err, want)
		}
	}
	members, err := s.Members(ctx, "sud")
	if want := (Member{ID: 7, Team: "sud", Role: "educateur", Teams: []string{"nord", "sud"}, Joined: 1}); err != nil || !reflect.DeepEqual(members[0], want) {
		t.Errorf("got %+v, %v, want %+v", members[0], err, want)
	}
	for _, c := range []struct {
		scope Scope
		want  int
	}{{Scope{Teams: []string{"nord"}}, 1}, {Scope{Teams: []string{"sud"}}, 1}, {Scope{Teams: []string{"nord", "sud"}}, 2}, {Scope{Teams: []string{"est"}}, 0},
		{Scope{Member: 7}, 2}, {Scope{Member: 8}, 0}, {Scope{Member: 99}, 0}, {Scope{}, 2}} {
		if got, err := s.Figures(ctx, c.scope, YearPeriod(2026)); err != nil || got[0].Actions != c.want {
			t.Errorf("%+v: %v, %v, want %d actions", c.scope, got, err, c.want)
		}
	}
	join(t, s, 7, "")
	if members, err := s.Members(ctx, ""); err != nil || len(members) != 2 {
		t.Errorf("after one has left: %v, %v", members, err)
	}
	if got, err := s.Figures(ctx, Scope{Teams: []string{"sud"}}, YearPeriod(2026)); err != nil || got[0].Actions != 1 {
		t.Errorf("figures of a team that one has left: %v, %v", got, err)
	}
}

// More at once than one command of the script takes.
func testWeekAtOnce(t *testing.T, s *Store, _ *clock) {
	join(t, s, 7, "nord")
	var changes []Change
	for i := range int64(700) {
		a := sample(i)
		a.Day, a.FollowUp, a.Needs = "2026-11-16", "2026-11-18", []string{fmt.Sprintf("besoin-%d", i)}
		changes = append(changes, Change{New: &a})
	}
	commit(t, s, 7, changes...)
	audit(t, s)
	for i, c := range changes {
		a := *c.New
		a.Day, a.Count = "2026-11-23", a.Count+1
		changes[i] = Change{Old: c.New, New: &a}
	}
	commit(t, s, 7, changes...)
	audit(t, s)
	for week, n := range map[string]int{"2026-W47": 0, "2026-W48": 700} {
		if got, err := s.Week(t.Context(), 7, week); err != nil || len(got) != n {
			t.Errorf("%s: %d records, %v, want %d", week, len(got), err, n)
		}
	}
	if got, err := s.Recent(t.Context(), 7, 1000); err != nil || len(got) != 700 {
		t.Errorf("%d records, %v, want 700", len(got), err)
	}
}

// A pipeline whose answers are larger than any buffer must not stop.
func testManyKeys(t *testing.T, s *Store, _ *clock) {
	join(t, s, 7, "nord")
	a := Action{ID: "a", Team: "nord", Day: "2026-11-16"}
	for i := range 100 {
		a.Needs = append(a.Needs, fmt.Sprintf("un-besoin-au-nom-long-%d", i))
	}
	commit(t, s, 7, Change{New: &a})
	got, err := s.addUp(t.Context(), [][]string{slices.Repeat([]string{counterKey(7, ofActions, "nord", "2026")}, 1700)})
	if err != nil || got[0]["n"] != 1700 || got[0]["b:un-besoin-au-nom-long-99"] != 1700 {
		t.Errorf("n = %d, %v, want 1700", got[0]["n"], err)
	}
}

// Six writers share three chats: they add, correct, move and delete, send turns twice and send turns that are out of date.
func testSeveralWriters(t *testing.T, s *Store, _ *clock) {
	for member := range int64(3) {
		join(t, s, member+1, "nord")
		join(t, s, member+1, "sud")
	}
	var updates, duplicates, conflicts atomic.Int64
	var group sync.WaitGroup
	for writer := range uint64(6) {
		group.Go(func() {
			r := rand.New(rand.NewPCG(writer, 1))
			member := int64(writer%3) + 1
			for range 40 {
				update := updates.Add(1)
				turn, err := randomTurn(t.Context(), s, r, member, update)
				if err == nil {
					err = s.Commit(t.Context(), turn)
				}
				for errors.Is(err, ErrConflict) {
					conflicts.Add(1)
					if turn, err = randomTurn(t.Context(), s, r, member, update); err == nil {
						err = s.Commit(t.Context(), turn)
					}
				}
				if err != nil {
					t.Error(err)
					return
				}
				if r.IntN(3) == 0 {
					duplicates.Add(1)
					if err := s.Commit(t.Context(), turn); !errors.Is(err, ErrDuplicate) {
						t.Errorf("sent twice: %v, want ErrDuplicate", err)
					}
				}
				if r.IntN(3) == 0 {
					turn.Update = updates.Add(1)
					if err := s.Commit(t.Context(), turn); !errors.Is(err, ErrConflict) {
						t.Errorf("out of date: %v, want ErrConflict", err)
					}
				}
			}
		})
	}
	group.Wait()
	audit(t, s)
	if duplicates.Load() == 0 {
		t.Error("nothing was sent twice")
	}
	t.Logf("%d updates, %d sent twice, %d conflicts", updates.Load(), duplicates.Load(), conflicts.Load())
}

func randomTurn(ctx context.Context, s *Store, r *rand.Rand, member, update int64) (Turn, error) {
	chat, err := s.Chat(ctx, member)
	if err != nil {
		return Turn{}, err
	}
	all, err := s.Recent(ctx, member, 1000)
	if err != nil {
		return Turn{}, err
	}
	turn := Turn{Chat: member, Update: update, Version: chat.Version, Number: chat.Number + 1}
	if len(all) == 0 || r.IntN(2) == 0 {
		a := sample(update)
		turn.Changes = []Change{{New: &a}}
		return turn, nil
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, old := range all[:min(len(all), 1+r.IntN(3))] {
		if r.IntN(2) == 0 {
			turn.Changes = append(turn.Changes, Change{Old: &old})
			continue
		}
		a := sample(r.Int64N(1e6))
		a.ID, a.Team = old.ID, old.Team
		if r.IntN(2) == 0 {
			a.Day = old.Day
		}
		turn.Changes = append(turn.Changes, Change{Old: &old, New: &a})
	}
	return turn, nil
}

// testWords has two colleagues correct the same word and their chef decide what it means.
func testWords(t *testing.T, s *Store, _ *clock) {
	ctx := t.Context()
	for _, member := range []int64{1, 2, 3} {
		join(t, s, member, map[int64]string{1: "nord", 2: "nord", 3: "sud"}[member])
		chat, err := s.Chat(ctx, member)
		if err != nil {
			t.Fatal(err)
		}
		team := chat.Member.Team
		turn := Turn{Chat: member, Version: chat.Version, Misread: []Misread{
			{team, "gamos", "permis", false}, {team, "place", "logement", true},
		}}
		if err := s.Commit(ctx, turn); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(ctx, turn); !errors.Is(err, ErrConflict) { // the conversation has moved on: counted once
			t.Fatalf("the same turn again: %v", err)
		}
	}
	misread := func(want ...MisreadTimes) {
		t.Helper()
		if got, err := s.Misread(ctx, "nord"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("misread %v, %v; want %v", got, err, want)
		}
	}
	place := MisreadTimes{Misread{"nord", "place", "logement", true}, 2}
	misread(MisreadTimes{Misread{"nord", "gamos", "permis", false}, 2}, place)

	decided := func(version int64, want map[string]map[string]string) {
		t.Helper()
		got, v, err := s.Words(ctx)
		if err != nil || v != version || !reflect.DeepEqual(got, want) {
			t.Errorf("words %v, version %d, %v; want %v, version %d", got, v, err, want, version)
		}
		if chat, err := s.Chat(ctx, 1); err != nil || chat.Words != version {
			t.Errorf("a chat says version %d, %v; want %d", chat.Words, err, version)
		}
	}
	decided(0, map[string]map[string]string{})
	for range 2 { // an update delivered twice
		if err := s.SetWord(ctx, "nord", "gamos", "permis"); err != nil {
			t.Fatal(err)
		}
	}
	misread(place)
	if err := s.SetWord(ctx, "sud", "wesh", ""); err != nil {
		t.Fatal(err)
	}
	decided(3, map[string]map[string]string{"nord": {"gamos": "permis"}, "sud": {"wesh": ""}})
	if err := s.RemoveWord(ctx, "nord", "gamos"); err != nil {
		t.Fatal(err)
	}
	decided(4, map[string]map[string]string{"sud": {"wesh": ""}})
	if err := s.SetWord(ctx, "no team", "a", "b"); err == nil {
		t.Error("a word of a team that cannot be was kept")
	}
}

// testChecks has an educator say that a partner's entry is right.
func testChecks(t *testing.T, s *Store, _ *clock) {
	ctx := t.Context()
	if days, err := s.Checked(ctx); err != nil || len(days) > 0 {
		t.Errorf("nobody has checked anything: %v, %v", days, err)
	}
	for _, day := range []string{"2026-11-20", "2026-11-22"} {
		if err := s.SetChecked(ctx, "ml", day); err != nil {
			t.Fatal(err)
		}
	}
	if days, err := s.Checked(ctx); err != nil || !maps.Equal(days, map[string]string{"ml": "2026-11-22"}) {
		t.Errorf("checked: %v, %v", days, err)
	}
	if words, version, err := s.Words(ctx); err != nil || version != 2 || len(words) > 0 {
		t.Errorf("words %v, version %d, %v: want no word and two changes", words, version, err)
	}
	if s.SetChecked(ctx, "ml", "demain") == nil || s.SetChecked(ctx, "", "2026-11-22") == nil {
		t.Error("a check of nothing, or on no day, was accepted")
	}
}

// testRecount opens a store whose counters are those of the first layout, and one whose counters are wrong.
func testRecount(t *testing.T, s *Store, _ *clock) {
	ctx := t.Context()
	join(t, s, 7, "nord")
	a := Action{ID: "a", Team: "nord", Day: "2026-11-16", Type: "partenariat", Count: 2, Territory: "gare", Needs: []string{"sante"}}
	b := a
	b.ID, b.Day = "b", "2027-01-01"
	commit(t, s, 7, Change{New: &a}, Change{New: &b})
	w := &write{}
	for _, period := range []string{"2026-W47", "2026", "2026-W53", "2027"} {
		w.do("hset", key(7, "c:nord:"+period), "n", "1")
		w.do("hset", key(7, "c:nord:"+period), "y", "2")
	}
	w.do("zinc", counterKey(7, ofActions, "nord", "2026-11"), "n", "41")
	w.do("zinc", counterKey(7, ofActions, "nord", "2026"), "n", "-1")
	counted := &write{}
	counted.do("hdel", layoutKey, layoutField, "")
	for _, w := range []*write{w, counted} {
		if err := s.write(ctx, w); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := s.upgrade(ctx); err != nil {
			t.Fatal(err)
		}
		audit(t, s)
		if left := s.redis.Keys(ctx, "{u:7}:c:*").Val(); len(left) > 0 {
			t.Errorf("still there: %v", left)
		}
	}
}

// testUpgradeTwice lets several replicas that start at once count the same store again.
func testUpgradeTwice(t *testing.T, s *Store, _ *clock) {
	for member := range int64(3) {
		join(t, s, member+1, "nord")
		commit(t, s, member+1, samples(100*member, 20)...)
	}
	w := &write{}
	w.do("hdel", layoutKey, layoutField, "")
	if err := s.write(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	for _, key := range s.redis.Keys(t.Context(), "{u:?}:[aupe]:*").Val() {
		if err := s.redis.Del(t.Context(), key).Err(); err != nil {
			t.Fatal(err)
		}
	}
	var replicas sync.WaitGroup
	for range 6 {
		replicas.Go(func() {
			if err := s.upgrade(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	replicas.Wait()
	audit(t, s)
}

func testInvitations(t *testing.T, s *Store, c *clock) {
	ctx := t.Context()
	want := Invitation{Team: "nord", Role: "chef"}
	code, err := s.Invite(ctx, want)
	if err != nil || len(code) < 10 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		t.Fatalf("code %q, %v", code, err)
	}
	if _, err := s.Redeem(ctx, "SOMETHINGELSE", 7); !errors.Is(err, ErrNotFound) {
		t.Errorf("a code never given: %v, want ErrNotFound", err)
	}
	const racers = 8
	won := make(chan int64, racers)
	var group sync.WaitGroup
	for member := range int64(racers) {
		group.Go(func() {
			switch got, err := s.Redeem(ctx, code, member+1); {
			case err == nil && got == want:
				won <- member + 1
			case !errors.Is(err, ErrNotFound):
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	group.Wait()
	if len(won) != 1 {
		t.Fatalf("%d members were let in by one code", len(won))
	}
	winner := <-won
	c.advance(15 * 24 * time.Hour)
	if got, err := s.Redeem(ctx, " "+strings.ToLower(code)+"\n", winner); err != nil || got != want {
		t.Errorf("delivered again: %v, %v", got, err)
	}

	late, err := s.Invite(ctx, want)
	if err != nil {
		t.Fatal(err)
	}
	c.advance(14*24*time.Hour + time.Second)
	if _, err := s.Redeem(ctx, late, 7); !errors.Is(err, ErrNotFound) {
		t.Errorf("after 14 days: %v, want ErrNotFound", err)
	}
	if _, err := s.Invite(ctx, want); err != nil {
		t.Fatal(err)
	}
	if n := s.redis.HLen(ctx, invitations).Val(); n != 2 {
		t.Errorf("%d invitations kept, want the new one and the one that has just expired", n)
	}
}

func testDigests(t *testing.T, s *Store, c *clock) {
	ctx := t.Context()
	const week = "2026-W46"
	claim := func(want bool) Claim {
		t.Helper()
		got, err := s.ClaimDigest(ctx, 7, week)
		if err != nil || want != (got.Token != "") {
			t.Fatalf("claim: %+v, %v, want one: %v", got, err, want)
		}
		return got
	}
	move := func(c Claim, to DigestState, want bool) {
		t.Helper()
		if ok, err := s.MoveDigest(ctx, 7, week, c.Token, to); err != nil || ok != want {
			t.Fatalf("move to %s: %v, %v, want %v", to, ok, err, want)
		}
	}
	state := func(want DigestState) {
		t.Helper()
		if got, err := s.DigestState(ctx, 7, week); err != nil || got != want {
			t.Fatalf("state %q, %v, want %q", got, err, want)
		}
	}
	state("")
	move(Claim{}, Sending, false)
	first := claim(true)
	state(Claimed)
	claim(false)
	move(first, Released, true)
	state("")
	move(first, Sending, false)

	dead := claim(true)
	c.advance(lease)
	alive := claim(true) // the lease is over
	if alive.Notice {
		t.Error("a notice though nobody had begun to send")
	}
	move(dead, Sending, false)
	move(alive, Sending, true)
	claim(false)
	c.advance(lease - time.Second)
	claim(false)
	c.advance(time.Second)
	notice := claim(true)
	if !notice.Notice {
		t.Error("no notice though the digest may have arrived")
	}
	state(Unsure)
	move(alive, Delivered, false)
	move(notice, Sending, true)
	state(Unsure)
	move(notice, Released, true)
	notice = claim(true)
	if !notice.Notice {
		t.Error("given back, the doubt was forgotten")
	}
	move(notice, Unsure, true)
	move(notice, Unsure, true) // asked again
	move(notice, Delivered, false)
	c.advance(time.Hour)
	claim(false)
	state(Unsure)

	for i, settled := range []DigestState{Delivered, Blocked} {
		week := fmt.Sprintf("2026-W4%d", i)
		got, err := s.ClaimDigest(ctx, 7, week)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []DigestState{Sending, settled} {
			if ok, err := s.MoveDigest(ctx, 7, week, got.Token, to); err != nil || !ok {
				t.Fatalf("to %s: %v, %v", to, ok, err)
			}
		}
		c.advance(time.Hour)
		if got, err := s.ClaimDigest(ctx, 7, week); err != nil || got.Token != "" {
			t.Errorf("%s, and claimed again: %+v, %v", settled, got, err)
		}
	}
}

func testDigestRace(t *testing.T, s *Store, c *clock) {
	for round := range 10 {
		var tokens atomic.Int64
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				claim, err := s.ClaimDigest(t.Context(), 7, "2026-W46")
				if err != nil {
					t.Error(err)
				}
				if claim.Token != "" {
					tokens.Add(1)
				}
			})
		}
		group.Wait()
		if n := tokens.Load(); n != 1 {
			t.Fatalf("round %d: %d claimers have the digest", round, n)
		}
		c.advance(lease) // the next round races for a dead claim
	}
}

func TestWeeks(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	night := time.Date(2026, 11, 16, 0, 30, 0, 0, paris)
	if got := WeekOf(night); got != "2026-W47" {
		t.Errorf("Monday 00:30 in Paris is in %s", got)
	}
	if got := WeekOf(night.UTC()); got != "2026-W46" {
		t.Errorf("the same moment is in %s in UTC", got)
	}
	if got := (Action{Day: night.Format(time.DateOnly)}).Week(); got != "2026-W47" {
		t.Errorf("an action of that night is kept in %s", got)
	}
	for day := time.Date(2020, 1, 1, 12, 0, 0, 0, paris); day.Year() < 2040; day = day.AddDate(0, 0, 1) {
		start, err := WeekStart(WeekOf(day), paris)
		if err != nil || start.Weekday() != time.Monday || start.Hour() != 0 || day.Before(start) || !day.Before(start.AddDate(0, 0, 7)) {
			t.Fatalf("%s: the week starts %s, %v", day, start, err)
		}
		if got := (Action{Day: day.Format(time.DateOnly)}).Week(); got != WeekOf(day) {
			t.Fatalf("%s: the action is in %s, the day in %s", day, got, WeekOf(day))
		}
	}
	for _, bad := range []string{"", "2026", "2026-W54", "2027-W53", "2026-W00", "2026-W4", "2026-47", "2026-W047", "2026-W47x"} {
		if start, err := WeekStart(bad, paris); err == nil {
			t.Errorf("week %q starts %s", bad, start)
		}
	}
}
