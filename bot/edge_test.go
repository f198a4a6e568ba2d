package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"maillage/bot"
	"maillage/bot/emulator"
)

// cardBot shows a card under every sentence and edits it at every tap, as the real bot does, and counts what it was asked.
type cardBot struct {
	mu    sync.Mutex
	turns map[int64]int // by update id
	taps  int
}

func (b *cardBot) handle(_ context.Context, in bot.Incoming) (bot.Reply, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.turns == nil {
		b.turns = make(map[int64]int)
	}
	if b.turns[in.Update]++; in.What == bot.Tap && b.turns[in.Update] == 1 {
		b.taps++
	}
	card := bot.Message{Text: fmt.Sprintf("<b>Carte</b>\n%d touches", b.taps), Card: true,
		Rows: [][]bot.Button{{{Label: "Enregistrer", Data: bot.Data{Step: "nav", Value: "enregistrer", Rev: b.taps}}}}}
	if in.What == bot.Tap {
		return bot.Reply{Toast: "Noté", Edit: &card}, nil
	}
	return bot.Reply{Send: []bot.Message{card}, Delete: in.Message}, nil
}

// edge is a Telegram with one person, and a bot that runs against it until the test ends.
type edge struct {
	*emulator.Server
	camille  *emulator.Person
	bot      cardBot
	telegram *bot.Telegram
}

func newEdge(t *testing.T) *edge {
	t.Helper()
	const token = "7000000002:BBinventedinventedinventedinvented0"
	e := &edge{Server: emulator.New(emulator.Options{Token: token})}
	e.camille = e.Person(1001, "Camille")
	server := httptest.NewServer(e.Server)
	telegram, err := bot.NewTelegram(token, server.URL, e.bot.handle, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	e.telegram = telegram
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- telegram.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error("Run ends with", err)
		}
		e.Close()
		server.CloseClientConnections()
		server.Close()
		for _, v := range e.Violations() {
			t.Error("rule broken:", v)
		}
	})
	return e
}

func (e *edge) idle(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := e.Idle(ctx); err != nil {
		t.Fatal(err)
	}
}

// card says a sentence and returns the card under it.
func (e *edge) card(t *testing.T) emulator.Message {
	t.Helper()
	e.camille.Say("vu trois jeunes aux Glycines")
	e.idle(t)
	all := e.camille.Messages()
	if len(all) != 1 || len(all[0].Keyboard) != 1 {
		t.Fatalf("chat %+v, want one card and the sentence removed", all)
	}
	return all[0]
}

func (e *edge) tap(t *testing.T, message int) {
	t.Helper()
	if err := e.camille.Tap(message, "Enregistrer"); err != nil {
		t.Fatal(err)
	}
	e.idle(t)
}

// Whatever happens to the calls that answer a tap, there is one card and it shows the last state, and one toast.
func TestOneCardUnderEveryFault(t *testing.T) {
	for name, kind := range map[string]emulator.Kind{
		"too many":     emulator.TooMany(1),
		"bad gateway":  emulator.BadGateway,
		"reset before": emulator.ResetBefore,
		"drop after":   emulator.DropAfter,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			card := e.card(t)
			e.Fail(emulator.Fault{Method: "editMessageText", Chat: 1001, Times: 2, Kind: kind})
			e.Fail(emulator.Fault{Method: "answerCallbackQuery", Chat: 1001, Kind: kind})
			e.tap(t, card.ID)
			e.tap(t, card.ID)
			all := e.camille.Messages()
			if len(all) != 1 || all[0].ID != card.ID || all[0].Text != "Carte\n2 touches" {
				t.Errorf("chat %+v", all)
			}
			if got := e.camille.Toasts(); !reflect.DeepEqual(got, []string{"Noté", "Noté"}) {
				t.Errorf("toasts %q", got)
			}
		})
	}
}

// A sentence is answered under every fault, and by one card wherever Telegram's silence leaves no doubt.
func TestASentenceIsAnsweredUnderEveryFault(t *testing.T) {
	for name, c := range map[string]struct {
		kind  emulator.Kind
		cards int
	}{
		"too many":     {emulator.TooMany(1), 1},
		"bad gateway":  {emulator.BadGateway, 1},
		"reset before": {emulator.ResetBefore, 1},
		"drop after":   {emulator.DropAfter, 2}, // looks like the one above
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			e.Fail(emulator.Fault{Method: "sendMessage", Kind: c.kind})
			e.Fail(emulator.Fault{Method: "deleteMessage", Kind: c.kind})
			e.camille.Say("vu trois jeunes aux Glycines")
			e.idle(t)
			all := e.camille.Messages()
			if len(all) != c.cards {
				t.Fatalf("chat %+v, want %d cards", all, c.cards)
			}
			e.tap(t, all[0].ID)
			if all := e.camille.Messages(); all[0].Text != "Carte\n1 touches" {
				t.Errorf("chat %+v", all)
			}
		})
	}
}

func TestAnUpdateDeliveredTwiceShowsOneCard(t *testing.T) {
	e := newEdge(t)
	card := e.card(t)
	e.Fail(emulator.Fault{Method: "getUpdates", Kind: emulator.Twice})
	e.tap(t, card.ID)
	e.tap(t, card.ID)
	if all := e.camille.Messages(); len(all) != 1 || all[0].Text != "Carte\n2 touches" {
		t.Errorf("chat %+v", all)
	}
}

func TestReceivingOutlivesABadNetwork(t *testing.T) {
	e := newEdge(t)
	for _, kind := range []emulator.Kind{emulator.BadGateway, emulator.ResetBefore, emulator.DropAfter, emulator.TooMany(1)} {
		e.Fail(emulator.Fault{Method: "getUpdates", Kind: kind})
	}
	e.tap(t, e.card(t).ID)
	if all := e.camille.Messages(); len(all) != 1 || all[0].Text != "Carte\n1 touches" {
		t.Errorf("chat %+v", all)
	}
}

func TestDeliverToSomebodyWhoBlockedTheBot(t *testing.T) {
	e := newEdge(t)
	for _, c := range []struct {
		before func()
		want   bot.Delivery
	}{
		{func() {}, bot.Delivered},
		{e.camille.Block, bot.Blocked},
		{e.camille.Unblock, bot.Delivered},
		{func() { e.Fail(emulator.Fault{Method: "sendMessage", Kind: emulator.DropAfter}) }, bot.Unsure},
		{func() { e.Fail(emulator.Fault{Method: "sendMessage", Kind: emulator.TooMany(3600)}) }, bot.NotSent},
	} {
		c.before()
		got, err := e.telegram.Deliver(t.Context(), 1001, bot.Message{Text: "Votre semaine"})
		if got != c.want || (err == nil) != (got == bot.Delivered) {
			t.Errorf("delivery %d, %v, want %d", got, err, c.want)
		}
	}
	if all := e.camille.Messages(); len(all) != 3 {
		t.Errorf("%d messages, want the two delivered and the unsure one", len(all))
	}
	e.idle(t)
}

func TestAMessageTooLongIsCutNotLost(t *testing.T) {
	e := newEdge(t)
	text := "<i>" + strings.Repeat("une ligne de vingt-cinq\n", 400) + "</i>"
	if got, err := e.telegram.Deliver(t.Context(), 1001, bot.Message{Text: text}); got != bot.Delivered {
		t.Fatal(got, err)
	}
	all := e.camille.Messages()
	if len(all) != 1 || !strings.HasSuffix(all[0].Text, "une ligne de vingt-cinq…") {
		t.Errorf("chat %+v", all)
	}
}
