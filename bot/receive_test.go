package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maillage/bot/emulator"
)

// running is a Run under way.
type running struct {
	*Telegram
	log   *edgeLog
	stop  context.CancelFunc
	ended chan error
}

// run receives from url until the test ends or end is called.
func run(t *testing.T, url string, handle func(context.Context, Incoming) (Reply, error), with ...func(*Telegram)) *running {
	t.Helper()
	edge, log := newEdge(t, url, handle)
	ctx, stop := context.WithCancel(context.Background())
	r := &running{edge, log, stop, make(chan error, 1)}
	// A pause that ends at once would turn a Telegram or a store that is down into a busy loop.
	edge.wire.wait = func(ctx context.Context, _ time.Duration) error { return waitFor(ctx, time.Millisecond) }
	for _, set := range with {
		set(edge)
	}
	go func() { r.ended <- edge.Run(ctx) }()
	t.Cleanup(func() { r.end(t) })
	return r
}

func (r *running) end(t *testing.T) {
	t.Helper()
	r.stop()
	select {
	case err := <-r.ended:
		if err != nil {
			t.Error("Run ends with", err)
		}
		r.ended <- nil
	case <-time.After(20 * time.Second):
		t.Fatal("Run does not end")
	}
}

// nothingLeft checks that no goroutine of a Run outlives it. One that has just ended may still be seen for a moment.
func nothingLeft(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	for until := time.Now().Add(5 * time.Second); ; runtime.Gosched() {
		all := stacks[:runtime.Stack(stacks, true)]
		if !bytes.Contains(all, []byte("bot.(*receiver)")) {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("goroutines left:\n%s", all)
		}
	}
}

// order notes what was handled, per chat.
type order struct {
	mu      sync.Mutex
	handled map[int64][]string
}

func (o *order) note(in Incoming) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.handled == nil {
		o.handled = make(map[int64][]string)
	}
	o.handled[in.Chat] = append(o.handled[in.Chat], in.Text)
}

func (o *order) of(chat int64) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.handled[chat], " ")
}

func idle(t *testing.T, e *emulator.Server) {
	t.Helper()
	if err := e.Idle(testContext(t)); err != nil {
		t.Fatal(err)
	}
}

func await(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-testContext(t).Done():
		t.Fatal(what, "does not come")
	}
}

func TestChatsKeepTheirOrderAndDoNotWaitForEachOther(t *testing.T) {
	e, url := newEmulator(t)
	camille, noah := e.Person(1001, "Camille"), e.Person(1002, "Noah")
	var seen order
	free := make(chan struct{})
	r := run(t, url, func(ctx context.Context, in Incoming) (Reply, error) {
		if in.Chat == 1001 && in.Text == "0" {
			<-free // the whole rest of this chat has to wait, and nobody else
		}
		seen.note(in)
		return Reply{Send: []Message{{Text: "vu " + in.Text}}}, nil
	})
	for i := range 5 {
		camille.Say(fmt.Sprint(i))
		noah.Say(fmt.Sprint(i))
	}
	answered := func(n int) func([]emulator.Message) bool {
		return func(all []emulator.Message) bool { return fromBot(all) == n }
	}
	if err := noah.Wait(testContext(t), answered(5)); err != nil {
		t.Fatal(err)
	}
	// What comes while the slow chat is in hand is taken as well.
	noah.Say("5")
	if err := noah.Wait(testContext(t), answered(6)); err != nil {
		t.Fatal(err)
	}
	if got := seen.of(1001); got != "" {
		t.Errorf("slow chat handled %q already", got)
	}
	close(free)
	idle(t, e)
	r.end(t)
	if a, b := seen.of(1001), seen.of(1002); a != "0 1 2 3 4" || b != "0 1 2 3 4 5" {
		t.Errorf("handled %q and %q", a, b)
	}
}

func fromBot(all []emulator.Message) (n int) {
	for _, m := range all {
		if m.FromBot {
			n++
		}
	}
	return n
}

func TestPoisonIsPassedOver(t *testing.T) {
	e, url := newEmulator(t)
	camille := e.Person(1001, "Camille")
	camille.Say("avant")
	e.Poison()
	camille.Say("après")
	var seen order
	run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
		seen.note(in)
		return Reply{}, nil
	})
	idle(t, e)
	if got := seen.of(1001); got != "avant après" {
		t.Errorf("handled %q", got)
	}
}

// What a process that dies had in hand comes again to the next one.
func TestNothingInHandIsAcknowledged(t *testing.T) {
	e, url := newEmulator(t)
	camille, noah := e.Person(1001, "Camille"), e.Person(1002, "Noah")
	camille.Say("a")
	taken, free := make(chan struct{}), make(chan struct{})
	first := run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
		if in.Chat == 1001 {
			close(taken)
			<-free
		}
		return Reply{Send: []Message{{Text: "vu"}}}, nil
	})
	await(t, taken, "the update")
	noah.Say("b") // asked for after a, and answered: several polls happen while a is in hand
	if err := noah.Wait(testContext(t), func(all []emulator.Message) bool { return fromBot(all) == 1 }); err != nil {
		t.Fatal(err)
	}
	var seen order
	again := make(chan struct{})
	second := run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
		seen.note(in)
		if in.Chat == 1001 {
			close(again)
		}
		return Reply{}, nil
	})
	await(t, again, "the update of the process that died")
	close(free)
	second.end(t)
	first.end(t)
	if got := seen.of(1001); got != "a" {
		t.Errorf("second process handled %q", got)
	}
}

func TestAPanicIsExcusedAndAcknowledged(t *testing.T) {
	e, url := newEmulator(t)
	camille := e.Person(1001, "Camille")
	r := run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
		switch in.Text {
		case "un":
			panic("broken by " + in.Text + " motsecret")
		case "deux":
			return Reply{Send: make([]Message, len(in.Text)-5)}, nil // of length -1
		}
		return Reply{Send: []Message{{Text: "vu"}}}, nil
	})
	for _, text := range []string{"un", "deux", "trois"} {
		camille.Say(text)
	}
	idle(t, e)
	r.end(t)
	var got []string
	for _, m := range camille.Messages() {
		if m.FromBot {
			got = append(got, m.Text)
		}
	}
	if want := []string{sorry().Send[0].Text, sorry().Send[0].Text, "vu"}; !reflect.DeepEqual(got, want) {
		t.Errorf("answers %q\nwant %q", got, want)
	}
	log := r.log.String()
	if strings.Contains(log, "motsecret") || !strings.Contains(log, "receive_test.go") || !strings.Contains(log, "makeslice") {
		t.Errorf("logged: %s", log)
	}
}

func TestAFailingTurnIsPlayedAgainInItsPlace(t *testing.T) {
	e, url := newEmulator(t)
	camille := e.Person(1001, "Camille")
	var seen order
	var mu sync.Mutex
	tries := 0
	r := run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
		mu.Lock()
		defer mu.Unlock()
		if tries++; tries <= 2*hopeless { // far longer than a single chat may take: nobody else gets on either
			return Reply{}, errors.New("store down")
		}
		seen.note(in)
		return Reply{Send: []Message{{Text: "vu " + in.Text}}}, nil
	})
	camille.Say("a")
	camille.Say("b")
	idle(t, e)
	r.end(t)
	if got := seen.of(1001); got != "a b" || tries != 2*hopeless+2 {
		t.Errorf("handled %q in %d tries", got, tries)
	}
	if n := strings.Count(r.log.String(), "turn failed"); n != 1 {
		t.Errorf("logged %d times:\n%s", n, r.log)
	}
}

// One chat whose turns cannot succeed must not close the window for all others.
func TestAHopelessChatIsSetAside(t *testing.T) {
	e, url := newEmulator(t)
	camille, noah := e.Person(1001, "Camille"), e.Person(1002, "Noah")
	failed := make(chan struct{})
	tries := 0 // of the one failing turn at a time
	r := run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
		if in.Chat == 1001 {
			if tries++; tries == 2 {
				close(failed)
			}
			return Reply{}, errors.New("saved conversation cannot be read")
		}
		return Reply{}, nil
	})
	camille.Say("a")
	camille.Say("b")
	await(t, failed, "the second try")
	for i := range enough {
		noah.Say(fmt.Sprint(i))
	}
	idle(t, e)
	r.end(t)
	var got []string
	for _, m := range camille.Messages() {
		if m.FromBot {
			got = append(got, m.Text)
		}
	}
	if want := []string{sorry().Send[0].Text, sorry().Send[0].Text}; !reflect.DeepEqual(got, want) {
		t.Errorf("answers %q", got)
	}
}

// The same when the window closed before its first turn failed: nobody else can show then that the store works.
func TestAHopelessChatDoesNotCloseTheWindow(t *testing.T) {
	e, url := newEmulator(t)
	camille, noah := e.Person(1001, "Camille"), e.Person(1002, "Noah")
	camille.Say("a")
	for i := range window + 5 {
		noah.Say(fmt.Sprint(i))
	}
	var seen order
	full := make(chan struct{})
	run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
		if in.Chat == 1001 {
			<-full
			return Reply{}, errors.New("saved conversation cannot be read")
		}
		if seen.note(in); in.Text == fmt.Sprint(window-2) {
			close(full)
		}
		return Reply{}, nil
	})
	idle(t, e)
	if n := len(strings.Fields(seen.of(1002))); n != window+5 {
		t.Errorf("%d updates handled", n)
	}
}

func TestNoMoreThanTheWindowIsInHand(t *testing.T) {
	edge, _ := newEdge(t, "", nil)
	free := make(chan struct{})
	edge.handle = func(context.Context, Incoming) (Reply, error) {
		<-free
		return Reply{}, nil
	}
	r := &receiver{Telegram: edge, known: make(map[int64]bool), queues: make(map[int64][]Incoming), changed: make(chan struct{}, 1)}
	for i := range int64(window + 2) {
		if got, want := r.take(t.Context(), t.Context(), Incoming{Update: i + 1, Chat: i + 1}, nil), i < window; got != want {
			t.Errorf("update %d of %d taken: %v", i+1, window, got)
		}
	}
	close(free)
	r.chats.Wait()
	if offset, idle := r.offset(); offset != window+1 || !idle {
		t.Errorf("goes on at %d, idle %v", offset, idle)
	}
}

// A turn that is still at work when the time to finish is over is cut short, and comes again.
func TestATurnCutShortIsNotAcknowledged(t *testing.T) {
	e, url := newEmulator(t)
	e.Person(1001, "Camille").Say("a")
	begun := make(chan struct{})
	first := run(t, url, func(ctx context.Context, _ Incoming) (Reply, error) {
		close(begun)
		<-ctx.Done()
		return Reply{Send: []Message{{Text: "trop tard"}}}, nil
	}, func(edge *Telegram) { edge.drain = time.Millisecond })
	await(t, begun, "the turn")
	first.end(t)
	var seen order
	run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
		seen.note(in)
		return Reply{}, nil
	})
	idle(t, e)
	if got := seen.of(1001); got != "a" {
		t.Errorf("handled %q", got)
	}
}

// Many short lives handle every update, and none twice: the last poll of each acknowledges what it finished and no more.
func TestShutdownLosesAndRepeatsNothing(t *testing.T) {
	e, url := newEmulator(t)
	const each = 15
	var seen order
	said := make(map[int64][]string)
	for life := range 6 {
		begun := make(chan struct{}, 1000)
		r := run(t, url, func(ctx context.Context, in Incoming) (Reply, error) {
			begun <- struct{}{}
			runtime.Gosched()
			if ctx.Err() != nil {
				t.Error("a turn in hand sees its context ended")
			}
			seen.note(in)
			return Reply{Send: []Message{{Text: "vu"}}}, nil
		})
		for i := range each {
			for chat := int64(1); chat <= 4; chat++ {
				text := fmt.Sprint(life*each + i)
				said[chat] = append(said[chat], text)
				e.Person(chat, "Camille").Say(text)
			}
		}
		for range 3 * life {
			await(t, begun, "a turn")
		}
		r.end(t)
	}
	run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
		seen.note(in)
		return Reply{}, nil
	})
	idle(t, e)
	for chat, texts := range said {
		if got, want := seen.of(chat), strings.Join(texts, " "); got != want {
			t.Errorf("chat %d handled %s\nwant %s", chat, got, want)
		}
	}
}

// A turn that outlives the end of Run is not acknowledged.
func TestShutdownWhileTheStoreIsDown(t *testing.T) {
	e, url := newEmulator(t)
	camille := e.Person(1001, "Camille")
	failed := make(chan struct{}, 1)
	first := run(t, url, func(context.Context, Incoming) (Reply, error) {
		select {
		case failed <- struct{}{}:
		default:
		}
		return Reply{}, errors.New("store down")
	})
	camille.Say("a")
	camille.Say("b")
	await(t, failed, "the first try")
	first.end(t)
	var seen order
	run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
		seen.note(in)
		return Reply{}, nil
	})
	idle(t, e)
	if got := seen.of(1001); got != "a b" {
		t.Errorf("handled %q", got)
	}
}

// polls is a Telegram without updates that notes how it is polled, and answers with each of answers in turn.
type polls struct {
	mu      sync.Mutex
	asked   []string
	answers []string
	done    sync.Once
	all     chan struct{} // closed by the poll after the last answer
}

func (p *polls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	p.asked = append(p.asked, string(body))
	if len(p.answers) == 0 {
		p.done.Do(func() { close(p.all) })
		p.mu.Unlock()
		<-r.Context().Done()
		return
	}
	answer := p.answers[0]
	p.answers = p.answers[1:]
	p.mu.Unlock()
	var a struct {
		Code int `json:"error_code"`
	}
	if json.Unmarshal([]byte(answer), &a) != nil || a.Code == 0 {
		a.Code = http.StatusOK
	}
	w.WriteHeader(a.Code)
	_, _ = io.WriteString(w, answer)
}

// runPolls runs against answers until all were given, and returns what was asked, how long was waited and what was logged.
func runPolls(t *testing.T, handle func(context.Context, Incoming) (Reply, error), answers ...string) ([]string, []time.Duration, string) {
	t.Helper()
	p := &polls{answers: answers, all: make(chan struct{})}
	server := httptest.NewServer(p)
	defer server.Close()
	defer server.CloseClientConnections()
	edge, log := newEdge(t, server.URL, handle)
	var mu sync.Mutex
	var waited []time.Duration
	edge.wire.wait = func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		waited = append(waited, d)
		return ctx.Err()
	}
	ctx, stop := context.WithCancel(testContext(t))
	defer stop()
	ended := make(chan error)
	go func() { ended <- edge.Run(ctx) }()
	await(t, p.all, "the poll after the last answer")
	stop()
	if err := <-ended; err != nil {
		t.Error("Run ends with", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	mu.Lock()
	defer mu.Unlock()
	return p.asked, waited, log.String()
}

func TestPollingWaitsAsLongAsItShould(t *testing.T) {
	const conflict = `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}`
	_, waited, log := runPolls(t, nil,
		`{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7}}`,
		conflict, conflict,
		`<html>502 Bad Gateway</html>`, `{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}`, `<html>`, `<html>`, `<html>`, `<html>`, `<html>`,
		`{"ok":true,"result":[]}`,
		`{"ok":true,"result":{}}`,
	)
	want := []time.Duration{7 * time.Second, 5 * time.Second, 5 * time.Second,
		5 * time.Second, 5 * time.Second, 5 * time.Second, 5 * time.Second, 5 * time.Second, 5 * time.Second, 5 * time.Second,
		100 * time.Millisecond}
	if !reflect.DeepEqual(waited, want) {
		t.Errorf("waited %v\nwant %v", waited, want)
	}
	for part, want := range map[string]int{"another process polls": 1, "no updates from Telegram": 2, "reached again": 1} {
		if got := strings.Count(log, part); got != want {
			t.Errorf("%q is logged %d times, want %d:\n%s", part, got, want, log)
		}
	}
}

func TestPollingBacksOff(t *testing.T) {
	_, waited, _ := runPolls(t, nil, slices.Repeat([]string{`<html>`}, 9)...)
	const want = "[100ms 200ms 400ms 800ms 1.6s 3.2s 5s 5s 5s]"
	if got := fmt.Sprint(waited); got != want {
		t.Errorf("waited %s, want %s", got, want)
	}
}

func TestPollingAsksForWhatItHandles(t *testing.T) {
	asked, _, _ := runPolls(t, func(context.Context, Incoming) (Reply, error) { return Reply{}, nil },
		`{"ok":true,"result":[{"update_id":500,"message":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"a"}},{"update_id":501,"future":{}}]}`,
		`{"ok":true,"result":[{"update_id":502,"message":{"text":1}},{"no":"id"}]}`,
		// Telegram draws new ids after an idle week.
		`{"ok":true,"result":[{"update_id":20,"message":{"message_id":2,"date":1,"chat":{"id":1,"type":"private"},"text":"b"}}]}`,
		`{"ok":true,"result":[]}`,
	)
	var offsets []int
	for _, body := range asked {
		var q struct {
			Offset  int
			Limit   int
			Timeout int
			Allowed []string `json:"allowed_updates"`
		}
		if err := json.Unmarshal([]byte(body), &q); err != nil {
			t.Fatal(err)
		}
		if q.Limit != 100 || q.Timeout != 50 || strings.Join(q.Allowed, " ") != "message edited_message callback_query my_chat_member" {
			t.Errorf("asked %s", body)
		}
		offsets = append(offsets, q.Offset)
	}
	if got := fmt.Sprint(offsets); got != "[0 502 503 21 21]" {
		t.Errorf("offsets %s", got)
	}
}

func TestUnreadableUpdateIsLoggedWithoutItsText(t *testing.T) {
	_, _, log := runPolls(t, nil, `{"ok":true,"result":[{"update_id":502,"message":{"message_id":"motsecret","text":"motsecret"}}]}`, `{"ok":true,"result":[]}`)
	if strings.Contains(log, "motsecret") || !strings.Contains(log, "update=502") {
		t.Errorf("logged: %s", log)
	}
}

func TestPollErrorsKeepTheSecret(t *testing.T) {
	_, _, log := runPolls(t, nil,
		`{"ok":false,"error_code":400,"description":"no `+edgeToken+` here"}`,
		`{"ok":false,"error_code":409,"description":"no `+edgeToken+` here"}`)
	if strings.Contains(log, edgeToken[11:]) || !strings.Contains(log, "***") {
		t.Errorf("logged: %s", log)
	}
}

func TestTheCardSentComesBack(t *testing.T) {
	e, url := newEmulator(t)
	camille := e.Person(1001, "Camille")
	var mu sync.Mutex
	var cards []int
	run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
		mu.Lock()
		defer mu.Unlock()
		cards = append(cards, in.Card)
		return Reply{Send: []Message{{Text: "vu", Card: in.Text == "carte"}}}, nil
	})
	camille.Say("carte")
	camille.Say("autre")
	camille.Say("autre")
	idle(t, e)
	mu.Lock()
	defer mu.Unlock()
	sent := 0
	for _, m := range camille.Messages() {
		if m.FromBot {
			sent = m.ID
			break
		}
	}
	if want := []int{0, sent, sent}; !reflect.DeepEqual(cards, want) {
		t.Errorf("cards %v, want %v", cards, want)
	}
}
