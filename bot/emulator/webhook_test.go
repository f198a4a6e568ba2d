package emulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
)

// TestWebhook: an update refused comes again, when the bot said, before all others, and with the secret.
func TestWebhook(t *testing.T) {
	s, url := start(t, Options{Now: fixedClock()})
	camille := s.Person(1001, "Camille")
	got := make(chan string)
	statuses := make(chan int)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u models.Update
		if err := json.NewDecoder(r.Body).Decode(&u); err != nil {
			t.Error(err)
		}
		got <- r.Header.Get("X-Telegram-Bot-Api-Secret-Token") + " " + u.Message.Text
		status := <-statuses
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(status)
	}))
	t.Cleanup(hook.Close)
	if a := ask(t, url, "setWebhook", `{"url":"`+hook.URL+`","secret_token":"s3cret"}`); !a.OK {
		t.Fatal(a.Description)
	}
	camille.Say("a")
	camille.Say("b")

	var order []string
	order = append(order, <-got)
	statuses <- 503
	failed := func() string {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.hook.lastError
	}
	if err := s.wait(t.Context(), func() bool { return s.hook.lastError != "" }); err != nil {
		t.Fatal(err)
	}
	if failed() != "Wrong response from the webhook: 503 Service Unavailable" {
		t.Errorf("last error %q", failed())
	}
	select {
	case early := <-got:
		t.Errorf("%q came before its time", early)
	default:
	}
	s.Jump(s.Now().Add(30 * time.Second))
	for range 2 {
		order = append(order, <-got)
		statuses <- 200
	}
	if want := []string{"s3cret a", "s3cret a", "s3cret b"}; !slices.Equal(order, want) {
		t.Errorf("delivered %q, want %q", order, want)
	}
	if err := s.Idle(t.Context()); err != nil {
		t.Error(err)
	}
	ask(t, url, "deleteWebhook", `{}`)
	camille.Say("c")
	if u := poll(t, url, `{}`); len(u) != 1 || u[0].Message.Text != "c" {
		t.Errorf("after deleteWebhook: %+v", u)
	}
	noViolations(t, s)
}
