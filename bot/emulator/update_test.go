package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
)

// poll calls getUpdates and decodes what came.
func poll(t *testing.T, url, body string) []models.Update {
	t.Helper()
	a := ask(t, url, "getUpdates", body)
	var updates []models.Update
	if err := json.Unmarshal(a.Result, &updates); err != nil || !a.OK {
		t.Fatalf("getUpdates: %v %s", err, a.Description)
	}
	return updates
}

// offsetAfter is the body of a poll that confirms an update.
func offsetAfter(u models.Update) string { return fmt.Sprintf(`{"offset":%d}`, u.ID+1) }

func texts(updates []models.Update) []string {
	out := []string{}
	for _, u := range updates {
		out = append(out, u.Message.Text)
	}
	return out
}

// TestOffset walks through the rules of the queue: what is not confirmed comes again, in order.
func TestOffset(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	for _, text := range []string{"a", "b", "c", "d"} {
		camille.Say(text)
	}
	first := poll(t, url, `{}`)[0].ID
	if first < 2_000_001 || first >= 1_000_000_000 {
		t.Errorf("first update id %d", first)
	}
	for _, step := range []struct {
		what, body string
		want       []string
	}{
		{"redelivered", `{}`, []string{"a", "b", "c", "d"}},
		{"limited", `{"limit":2}`, []string{"a", "b"}},
		{"limit below 1", `{"limit":0}`, []string{"a"}},
		{"the library's first offset is far below", `{"offset":1}`, []string{"a", "b", "c", "d"}},
		{"far above is ignored", fmt.Sprintf(`{"offset":%d}`, first+15), []string{"a", "b", "c", "d"}},
		{"confirms below", fmt.Sprintf(`{"offset":%d}`, first+1), []string{"b", "c", "d"}},
		{"never comes back", fmt.Sprintf(`{"offset":%d}`, first), []string{"b", "c", "d"}},
		{"negative keeps the last", `{"offset":-2}`, []string{"c", "d"}},
		{"negative beyond", `{"offset":-20}`, []string{"c", "d"}},
		{"a little above confirms all", fmt.Sprintf(`{"offset":%d}`, first+9), []string{}},
	} {
		if got := texts(poll(t, url, step.body)); !slices.Equal(got, step.want) {
			t.Errorf("%s: %q, want %q", step.what, got, step.want)
		}
	}
	camille.Say("e")
	if u := poll(t, url, `{}`); len(u) != 1 || u[0].ID != first+4 {
		t.Errorf("ids must follow each other: %+v", u)
	}
	noViolations(t, s)
}

// TestLongPoll: a waiting poll is woken by an update.
func TestLongPoll(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	polled := make(chan answer)
	go func() {
		a, _ := tryAsk(t.Context(), url, "getUpdates", `{"timeout":50}`)
		polled <- a
	}()
	waitForPollers(t, s, 1)
	camille.Say("bonjour")
	var updates []models.Update
	if a := <-polled; json.Unmarshal(a.Result, &updates) != nil || len(updates) != 1 {
		t.Errorf("polled %+v", a)
	}
}

// waitForPollers waits until getUpdates was called n times; the last one may just be about to wait.
func waitForPollers(t *testing.T, s *Server, n int) {
	t.Helper()
	if err := s.wait(t.Context(), func() bool { return s.poller >= n }); err != nil {
		t.Fatal(err)
	}
}

func TestConflict(t *testing.T) {
	s, url := start(t, Options{})
	older := make(chan answer)
	poll50 := func() {
		a, _ := tryAsk(t.Context(), url, "getUpdates", `{"timeout":50}`)
		older <- a
	}
	go poll50()
	waitForPollers(t, s, 1)
	poll(t, url, `{}`)
	want := "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
	if a := <-older; a.status != 409 || a.Code != 409 || a.Description != want {
		t.Errorf("the older poller got %+v", a)
	}
	go poll50()
	waitForPollers(t, s, 3)
	ask(t, url, "setWebhook", `{"url":"http://127.0.0.1:1/"}`)
	if a := <-older; a.Description != "Conflict: terminated by setWebhook request" {
		t.Errorf("after setWebhook: %+v", a)
	}
	want = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
	if a := ask(t, url, "getUpdates", `{}`); a.Code != 409 || a.Description != want {
		t.Errorf("with a webhook: %+v", a)
	}
	ask(t, url, "deleteWebhook", `{}`)
	if a := ask(t, url, "getUpdates", `{}`); !a.OK {
		t.Errorf("without it: %+v", a)
	}
	noViolations(t, s)
}

// TestExpiry: a tap waits for 150 seconds, a message for a day.
func TestExpiry(t *testing.T) {
	s, url := start(t, Options{Now: fixedClock()})
	camille := s.Person(1001, "Camille")
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"carte","reply_markup":{"inline_keyboard":[[{"text":"Oui","callback_data":"a"}]]}}`)
	tapAndSay := func() {
		t.Helper()
		if err := camille.Tap(1, "Oui"); err != nil {
			t.Fatal(err)
		}
		camille.Say("bonjour")
	}
	tapAndSay()
	for _, step := range []struct {
		after time.Duration
		left  int
	}{{149 * time.Second, 2}, {time.Second, 1}, {24*time.Hour - 151*time.Second, 1}, {time.Second, 0}} {
		s.Jump(s.Now().Add(step.after))
		if u := poll(t, url, `{}`); len(u) != step.left {
			t.Errorf("%v later %d updates, want %d", step.after, len(u), step.left)
		}
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Idle(over); err != nil {
		t.Errorf("what expired is still waited for: %v", err)
	}
	noViolations(t, s)
}

// fixedClock stands still at a moment, so that only Jump moves it.
func fixedClock() func() time.Time {
	now := time.Date(2026, 11, 21, 17, 5, 0, 0, time.UTC)
	return func() time.Time { return now }
}

// TestAnswers: an id is good for one answer; a tap left spinning is a violation after 15 seconds.
func TestAnswers(t *testing.T) {
	s, url := start(t, Options{Now: fixedClock()})
	camille := s.Person(1001, "Camille")
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"carte","reply_markup":{"inline_keyboard":[[{"text":"Oui","callback_data":"a"}]]}}`)
	tapped := func() string {
		t.Helper()
		if err := camille.Tap(1, "Oui"); err != nil {
			t.Fatal(err)
		}
		u := poll(t, url, `{"offset":-1}`)
		return `{"callback_query_id":"` + u[0].CallbackQuery.ID + `"}`
	}
	const tooOld = "Bad Request: query is too old and response timeout expired or query ID is invalid"

	id := tapped()
	if a := ask(t, url, "answerCallbackQuery", id); !a.OK {
		t.Errorf("first answer: %+v", a)
	}
	if a := ask(t, url, "answerCallbackQuery", id); a.Code != 400 || a.Description != tooOld {
		t.Errorf("second answer: %+v", a)
	}
	if a := ask(t, url, "answerCallbackQuery", `{"callback_query_id":"1"}`); a.Description != tooOld {
		t.Errorf("made-up id: %+v", a)
	}
	id = tapped()
	s.Jump(s.Now().Add(150 * time.Second))
	if a := ask(t, url, "answerCallbackQuery", id); a.Description != tooOld {
		t.Errorf("late answer: %+v", a)
	}
	noViolations(t, s)

	tapped()
	s.Jump(s.Now().Add(15 * time.Second))
	noViolations(t, s)
	s.Jump(s.Now().Add(time.Second))
	want := []string{`answerCallbackQuery: the tap on "Oui" was not answered`}
	if v := s.Violations(); !slices.Equal(v, want) {
		t.Errorf("violations %q, want %q", v, want)
	}
	if v := s.Violations(); len(v) != 1 {
		t.Errorf("the same tap is noted again: %q", v)
	}
}

func TestAllowedUpdates(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"carte","reply_markup":{"inline_keyboard":[[{"text":"Oui","callback_data":"a"}]]}}`)
	poll(t, url, `{"allowed_updates":["callback_query"]}`)
	camille.Say("sans effet")
	if err := camille.Tap(1, "Oui"); err != nil {
		t.Fatal(err)
	}
	if u := poll(t, url, `{}`); len(u) != 1 || u[0].CallbackQuery == nil {
		t.Errorf("with callback_query only: %+v", u)
	}
	poll(t, url, `{"allowed_updates":["message"],"offset":-1}`)
	if err := camille.Tap(1, "Oui"); err != nil {
		t.Fatal(err)
	}
	if u := poll(t, url, `{}`); len(u) != 1 {
		t.Errorf("with message only, a tap arrived: %+v", u)
	}
}

// TestPoison: the update is well-formed JSON with an id that the library cannot decode.
func TestPoison(t *testing.T) {
	s, url := start(t, Options{})
	s.Poison()
	s.Person(1001, "Camille").Say("après")
	var raw []json.RawMessage
	a := ask(t, url, "getUpdates", `{}`)
	if err := json.Unmarshal(a.Result, &raw); err != nil || len(raw) != 2 {
		t.Fatalf("%v: %s", err, a.Result)
	}
	var id struct {
		ID int64 `json:"update_id"`
	}
	if json.Unmarshal(raw[0], &id) != nil || id.ID == 0 {
		t.Errorf("the poison has no id: %s", raw[0])
	}
	var u models.Update
	if json.Unmarshal(raw[0], &u) == nil {
		t.Error("the library decodes the poison")
	}
	if err := json.Unmarshal(raw[1], &u); err != nil || u.Message.Text != "après" {
		t.Errorf("behind the poison: %v %+v", err, u.Message)
	}
}
