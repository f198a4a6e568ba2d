package bot

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"maillage/store"
)

// digests is a planner on a store with three members, its clock on a Monday morning.
func digests(t *testing.T) (*play, *Planner) {
	p := newPlay(t)
	p.clock("2026-11-23 08:00")
	return p, &Planner{Bot: p.bot, Deliver: p.deliver, Log: slog.New(slog.DiscardHandler)}
}

// TestDigestTime holds when a digest leaves: after its week, on the day and at the hour of the service or of the member.
func TestDigestTime(t *testing.T) {
	p := newPlay(t)
	for _, c := range []struct {
		settings settings
		monday   string // of the week told
		want     string
	}{
		{settings{}, "2026-11-16", "2026-11-23 08:00"},
		{settings{Day: 4}, "2026-11-16", "2026-11-26 08:00"},
		{settings{Hour: 18}, "2026-11-16", "2026-11-23 18:00"},
		{settings{Day: 5, Hour: 7}, "2026-12-28", "2027-01-08 07:00"},
		{settings{}, "2026-03-23", "2026-03-30 08:00"}, // the night before lost an hour
	} {
		p.clock(c.monday + " 00:00")
		if got := digestTime(p.bot.Rules.Service, c.settings, p.now).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%+v, week of %s: %s, want %s", c.settings, c.monday, got, c.want)
		}
	}
}

// TestDigestOnce runs several planners at once, twice: everybody gets one digest a week.
func TestDigestOnce(t *testing.T) {
	p, _ := digests(t)
	var mu sync.Mutex
	got := map[int64]int{}
	deliver := func(_ context.Context, chat int64, _ Message) (Delivery, error) {
		mu.Lock()
		defer mu.Unlock()
		got[chat]++
		return Delivered, nil
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			planner := &Planner{Bot: p.bot, Deliver: deliver, Log: slog.New(slog.DiscardHandler)}
			for range 2 {
				if _, err := planner.Round(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for name, id := range people {
		want := 2 // the last two closed weeks
		if name == "stranger" {
			want = 0
		}
		if got[id] != want {
			t.Errorf("%s got %d digests, want %d", name, got[id], want)
		}
	}
}

// TestDigestEndings follows each way a sending can end through the hours after it.
func TestDigestEndings(t *testing.T) {
	for _, c := range []struct {
		name          string
		first         Delivery
		second, third int // messages to one member in the round at once after, and in one ten minutes later
		state         store.DigestState
	}{
		{"delivered", Delivered, 0, 0, store.Delivered},
		{"blocked", Blocked, 0, 0, store.Blocked},
		{"surely not sent: again at once", NotSent, 1, 0, store.Delivered},
		{"perhaps sent: one notice later, no second digest", Unsure, 0, 1, store.Unsure},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, planner := digests(t)
			how := c.first
			var texts []string
			planner.Deliver = func(_ context.Context, chat int64, m Message) (Delivery, error) {
				if chat == people["educator"] {
					texts = append(texts, m.Text)
				}
				if how == Delivered {
					return how, nil
				}
				return how, errors.New("no")
			}
			monday, _ := store.WeekStart("2026-W47", p.now.Location())
			members, err := p.bot.Store.Members(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			round := func() (sent int) {
				texts = nil
				if _, err := planner.SendWeek(t.Context(), members, monday); err != nil {
					t.Fatal(err)
				}
				return len(texts)
			}
			if n := round(); n != 1 {
				t.Fatalf("%d messages at first", n)
			}
			how = Delivered
			if n := round(); n != c.second {
				t.Errorf("%d messages at once after, want %d", n, c.second)
			}
			p.now = p.now.Add(10 * time.Minute)
			if n := round(); n != c.third {
				t.Errorf("%d messages ten minutes later, want %d", n, c.third)
			}
			if c.state == store.Unsure && (len(texts) != 1 || texts[0] != (Message{Text: digestNotice}).typeset().Text) {
				t.Errorf("not the notice but %q", texts)
			}
			state, err := p.bot.Store.DigestState(t.Context(), people["educator"], "2026-W47")
			if err != nil || state != c.state {
				t.Errorf("state %q, %v; want %q", state, err, c.state)
			}
			if n := round(); n != 0 {
				t.Errorf("%d more messages in the end", n)
			}
		})
	}
}

// TestDigestOfNewcomers sends nobody a week that was over before they joined.
func TestDigestOfNewcomers(t *testing.T) {
	p, planner := digests(t)
	m := store.Member{ID: 2000, Team: "nord", Role: "educateur", Joined: p.now.Add(-time.Hour).Unix()}
	if err := p.bot.Store.Commit(t.Context(), store.Turn{Chat: m.ID, Member: &m, State: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	if _, err := planner.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(p.chats[m.ID]); n != 0 {
		t.Errorf("a newcomer got %d digests", n)
	}
}

// TestNoticeEndings sends the notice again only when it surely did not leave.
func TestNoticeEndings(t *testing.T) {
	for how, want := range map[Delivery]store.DigestState{Delivered: store.Unsure, Blocked: store.Blocked, Unsure: store.Unsure} {
		p, planner := digests(t)
		monday, _ := store.WeekStart("2026-W47", p.now.Location())
		members := []store.Member{{ID: people["educator"], Team: "nord", Role: "educateur", Joined: 1}}
		messages := 0
		planner.Deliver = func(context.Context, int64, Message) (Delivery, error) {
			messages++
			switch messages {
			case 1:
				return Unsure, errors.New("cut")
			case 2:
				return NotSent, errors.New("not reached")
			}
			return how, nil
		}
		for range 5 {
			if _, err := planner.SendWeek(t.Context(), members, monday); err != nil {
				t.Fatal(err)
			}
			p.now = p.now.Add(10 * time.Minute)
		}
		state, err := p.bot.Store.DigestState(t.Context(), people["educator"], "2026-W47")
		if err != nil || state != want || messages != 3 {
			t.Errorf("a notice that ends with %v: %d messages, state %q, %v", how, messages, state, err)
		}
	}
}

// TestTelegramDown gives a round up after a few members in a row, and sends to everybody once Telegram is back.
func TestTelegramDown(t *testing.T) {
	p, planner := digests(t)
	var members []store.Member
	for id := range int64(10) {
		members = append(members, store.Member{ID: 3000 + id, Team: "nord", Role: "educateur", Joined: 1})
	}
	monday, _ := store.WeekStart("2026-W47", p.now.Location())
	tries, down := 0, true
	planner.Deliver = func(context.Context, int64, Message) (Delivery, error) {
		if tries++; down {
			return NotSent, errors.New("not reached")
		}
		return Delivered, nil
	}
	if sent, err := planner.SendWeek(t.Context(), members, monday); err != nil || sent != 0 || tries != maxUnreached {
		t.Errorf("down: %d tries, %d sent, %v", tries, sent, err)
	}
	down = false
	if sent, err := planner.SendWeek(t.Context(), members, monday); err != nil || sent != len(members) {
		t.Errorf("back: %d sent, %v", sent, err)
	}
}

// TestStop settles what was sent although the planner is being stopped.
func TestStop(t *testing.T) {
	p, planner := digests(t)
	ctx, stop := context.WithCancel(t.Context())
	planner.Deliver = func(context.Context, int64, Message) (Delivery, error) {
		stop()
		return Delivered, nil
	}
	monday, _ := store.WeekStart("2026-W47", p.now.Location())
	members := []store.Member{{ID: people["educator"], Team: "nord", Role: "educateur", Joined: 1}, {ID: people["second"], Team: "nord", Joined: 1}}
	if sent, err := planner.SendWeek(ctx, members, monday); sent != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d sent, %v", sent, err)
	}
	if state, err := p.bot.Store.DigestState(t.Context(), people["educator"], "2026-W47"); state != store.Delivered {
		t.Errorf("state %q, %v", state, err)
	}
}

// TestNothingLeftToRecall sends no reminder to whoever treats its last follow-up while the round is under way.
func TestNothingLeftToRecall(t *testing.T) {
	p, planner := digests(t)
	p.clock("2026-11-24 07:00")
	for _, name := range []string{"educator", "second"} {
		p.line(name, "/reglages")
		p.line(name, "[Ne plus recevoir le bilan]")
		p.line(name, "un jeune de 20 ans aux Tanneries a une amende, rdv demain")
		p.line(name, "[Enregistrer]")
	}
	p.clock("2026-11-25 08:00")
	p.line("second", "/relances")
	sent := map[int64]int{}
	planner.Deliver = func(_ context.Context, chat int64, m Message) (Delivery, error) {
		sent[chat]++
		if chat == people["educator"] {
			p.line("second", "[① Fait]")
		}
		return Delivered, nil
	}
	for range 2 {
		if _, err := planner.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if sent[people["educator"]] != 1 || sent[people["second"]] != 0 {
		t.Errorf("messages by person: %v", sent)
	}
}

// TestWeekOfNewYear reads the number of a week as the last one that has begun, whatever the calendar year.
func TestWeekOfNewYear(t *testing.T) {
	p := newPlay(t)
	for _, c := range []struct{ today, said, want string }{
		{"2025-12-30", "semaine 1", "2026-W01"},
		{"2025-12-28", "semaine 1", "2025-W01"},
		{"2027-01-01", "semaine 53", "2026-W53"},
		{"2027-01-05", "semaine 1", "2027-W01"},
		{"2026-11-18", "semaine 47", "2026-W47"},
		{"2026-11-18", "semaine 48", "2025-W48"},
		{"2027-01-01", "décembre", "2026-12"},
		{"2027-01-01", "T1", "2027-T1"},
		{"2026-11-18", "semaine 54", ""},
	} {
		p.clock(c.today + " 09:00")
		if got, ok := readPeriod(c.said, p.now); got.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s on %s: %q, want %q", c.said, c.today, got.Name, c.want)
		}
	}
}
