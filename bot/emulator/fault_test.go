package emulator

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	telegram "github.com/go-telegram/bot"
)

const hello = `{"chat_id":1001,"text":"bonjour"}`

func TestTooMany(t *testing.T) {
	s, url := start(t, Options{})
	s.Person(1001, "Camille")
	s.Person(1002, "Sacha")
	s.Fail(Fault{Method: "sendMessage", Chat: 1001, Times: 2, Kind: TooMany(7)})
	if a := ask(t, url, "sendMessage", strings.Replace(hello, "1001", "1002", 1)); !a.OK {
		t.Errorf("another chat: %+v", a)
	}
	a := ask(t, url, "sendMessage", hello)
	if a.status != 429 || a.Description != "Too Many Requests: retry after 7" || a.Parameters.RetryAfter != 7 || a.header.Get("Retry-After") != "7" {
		t.Errorf("%+v", a)
	}
	_, err := client(t, url).SendMessage(t.Context(), &telegram.SendMessageParams{ChatID: 1001, Text: "bonjour"})
	var many *telegram.TooManyRequestsError
	if !errors.As(err, &many) || many.RetryAfter != 7 {
		t.Errorf("the library says %v", err)
	}
	if a := ask(t, url, "sendMessage", hello); !a.OK {
		t.Errorf("after two times: %+v", a)
	}
	if n := s.Calls()["sendMessage"]; n != 4 {
		t.Errorf("%d calls counted, want 4", n)
	}
	noViolations(t, s)
}

func TestBadGateway(t *testing.T) {
	s, url := start(t, Options{})
	s.Person(1001, "Camille")
	s.Fail(Fault{Kind: BadGateway})
	ask(t, url, "getUpdates", `{}`) // not what an unnamed fault waits for
	resp, err := http.Post(url+"/bot"+token+"/sendMessage", "application/json", strings.NewReader(hello))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 502 || !strings.HasPrefix(string(body), "<html>") {
		t.Errorf("%v %d %s", err, resp.StatusCode, body)
	}
}

// TestLostConnections: each of the three ends without an answer, and only DropAfter was processed.
func TestLostConnections(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		left int
	}{{ResetBefore, 0}, {DropAfter, 1}, {Hang, 0}} {
		t.Run(c.kind.what, func(t *testing.T) {
			s, url := start(t, Options{})
			camille := s.Person(1001, "Camille")
			s.Fail(Fault{Method: "sendMessage", Kind: c.kind})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.kind == Hang {
				go func() {
					_ = s.wait(ctx, func() bool { return s.calls["sendMessage"] == 1 })
					cancel()
				}()
			}
			if a, err := tryAsk(ctx, url, "sendMessage", hello); err == nil {
				t.Errorf("answered: %+v", a)
			}
			if n := len(camille.Messages()); n != c.left {
				t.Errorf("%d messages, want %d", n, c.left)
			}
			if a := ask(t, url, "sendMessage", hello); !a.OK {
				t.Errorf("the next call: %+v", a)
			}
		})
	}
}

// TestDropAfterNotes: that the refusal is lost on its way back does not hide it.
func TestDropAfterNotes(t *testing.T) {
	s, url := start(t, Options{})
	s.Person(1001, "Camille")
	s.Fail(Fault{Kind: DropAfter})
	if _, err := tryAsk(t.Context(), url, "sendMessage", html("<br>")); err == nil || len(s.Violations()) != 1 {
		t.Errorf("%v, violations %q", err, s.Violations())
	}
}

// TestTwice: a confirmed update comes once more, with its own id.
func TestTwice(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	s.Fail(Fault{Chat: 1001, Kind: Twice})
	camille.Say("a")
	camille.Say("b")
	first := poll(t, url, `{}`)
	again := poll(t, url, offsetAfter(first[1]))
	if len(again) != 1 || again[0].ID != first[0].ID || again[0].Message.Text != "a" {
		t.Fatalf("again: %+v", again)
	}
	if u := poll(t, url, offsetAfter(first[1])); len(u) != 0 {
		t.Errorf("a third time: %+v", u)
	}
}

// TestFaultyAnswer: a bot that tried to answer a tap has done its part.
func TestFaultyAnswer(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"carte","reply_markup":{"inline_keyboard":[[{"text":"Oui","callback_data":"a"}]]}}`)
	if err := camille.Tap(1, "Oui"); err != nil {
		t.Fatal(err)
	}
	s.Fail(Fault{Method: "answerCallbackQuery", Chat: 1001, Kind: ResetBefore})
	u := poll(t, url, `{}`)[0]
	if _, err := tryAsk(t.Context(), url, "answerCallbackQuery", `{"callback_query_id":"`+u.CallbackQuery.ID+`"}`); err == nil {
		t.Fatal("answered")
	}
	poll(t, url, offsetAfter(u))
	if err := s.Idle(t.Context()); err != nil {
		t.Error(err)
	}
	noViolations(t, s)
}
