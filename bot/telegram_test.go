package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"maillage/bot/emulator"
)

// edgeToken has the form of a real one and belongs to nobody.
const edgeToken = "7000000001:AAinventedinventedinventedinvented0"

// edgeLog keeps what was logged, so that a test can look for what must not be there.
type edgeLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *edgeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *edgeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newEdge is a Telegram that talks to apiURL and waits for nothing but its context. After the test its log must not hold
// the token.
func newEdge(t *testing.T, apiURL string, handle func(context.Context, Incoming) (Reply, error)) (*Telegram, *edgeLog) {
	t.Helper()
	log := new(edgeLog)
	edge, err := NewTelegram(edgeToken, apiURL, handle, []Command{{"action", "noter une action"}}, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	edge.wire.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	t.Cleanup(func() {
		edge.wire.transport.CloseIdleConnections()
		if strings.Contains(log.String(), edge.wire.secret) {
			t.Error("the log holds the token")
		}
	})
	return edge, log
}

// newEmulator is a Telegram that fails the test when one of its rules was broken.
func newEmulator(t *testing.T) (*emulator.Server, string) {
	t.Helper()
	e := emulator.New(emulator.Options{Token: edgeToken, Username: "essai_bot"})
	server := httptest.NewServer(e)
	t.Cleanup(func() {
		e.Close()
		server.CloseClientConnections()
		server.Close()
		nothingLeft(t)
		for _, v := range e.Violations() {
			t.Error("rule broken:", v)
		}
	})
	return e, server.URL
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestNewTelegramChecksTheToken(t *testing.T) {
	for token, want := range map[string]error{
		edgeToken:                    nil,
		" " + edgeToken + "\r\n":     nil,
		"":                           ErrToken,
		"7000000001":                 ErrToken,
		"7000000001:short":           ErrToken,
		edgeToken + "\n" + edgeToken: ErrToken,
		edgeToken + "/../x":          ErrToken,
		"bot" + edgeToken:            ErrToken,
	} {
		_, err := NewTelegram(token, "", nil, nil, slog.New(slog.DiscardHandler))
		if !errors.Is(err, want) {
			t.Errorf("token %q: error %v, want %v", token, err, want)
		}
		if err != nil && token != "" && strings.Contains(err.Error(), token) {
			t.Errorf("the error quotes the token: %v", err)
		}
	}
}

func TestNewTelegramChecksTheAddress(t *testing.T) {
	for address, ok := range map[string]bool{
		"": true, PublicAPI + "/": true, "http://127.0.0.1:8081": true, "http://127.0.0.1:8081/telegram/": true,
		"api.telegram.org": false, "ftp://api.telegram.org": false, "https://": false, "http://[::1": false, "https://a.invalid/?x": false,
	} {
		if _, err := NewTelegram(edgeToken, address, nil, nil, slog.New(slog.DiscardHandler)); (err == nil) != ok {
			t.Errorf("address %q: error %v", address, err)
		}
	}
}

func TestParseUpdate(t *testing.T) {
	const private, group = `"chat":{"id":1001,"type":"private"}`, `"chat":{"id":-500,"type":"supergroup"}`
	sent := time.Unix(1795000000, 0)
	for name, c := range map[string]struct {
		raw  string
		want Incoming
		err  bool
	}{
		"text": {`{"update_id":7,"message":{"message_id":3,"date":1795000000,` + private + `,"text":" é à "}}`,
			Incoming{Update: 7, Chat: 1001, Private: true, What: Text, Text: " é à ", Message: 3, Sent: sent}, false},
		"text beside parts newer than this program": {
			`{"update_id":7,"message":{"message_id":3,"date":1795000000,` + private + `,"text":"a","forward_origin":{"type":"new"},"future":[1]},"future":{}}`,
			Incoming{Update: 7, Chat: 1001, Private: true, What: Text, Text: "a", Message: 3, Sent: sent}, false},
		"group": {`{"update_id":7,"message":{"message_id":3,"date":1795000000,` + group + `,"text":"a"}}`,
			Incoming{Update: 7, Chat: -500, What: Text, Text: "a", Message: 3, Sent: sent}, false},
		"edited": {`{"update_id":8,"edited_message":{"message_id":3,"date":1795000000,"edit_date":1795000060,` + private + `,"text":"b"}}`,
			Incoming{Update: 8, Chat: 1001, Private: true, What: Edited, Text: "b", Message: 3, Sent: sent}, false},
		"a caption is not read": {`{"update_id":9,"message":{"message_id":4,"date":1795000000,` + private + `,"photo":[{"file_id":"x"}],"caption":"c"}}`,
			Incoming{Update: 9, Chat: 1001, Private: true, What: Other, Message: 4, Sent: sent}, false},
		"tap": {`{"update_id":10,"callback_query":{"id":"q","from":{"id":1001},"data":"nav:retour:2","message":{"message_id":5,"date":1795000000,` + private + `}}}`,
			Incoming{Update: 10, Chat: 1001, Private: true, What: Tap, Tap: "nav:retour:2", Query: "q", Message: 5}, false},
		"tap on a picture": {`{"update_id":10,"callback_query":{"id":"q","from":{"id":1001},"data":"x","message":{"message_id":5,"date":1,` + private + `,"photo":[{}],"caption":"c"}}}`,
			Incoming{Update: 10, Chat: 1001, Private: true, What: Tap, Tap: "x", Query: "q", Message: 5, Picture: true}, false},
		"tap on a file": {`{"update_id":10,"callback_query":{"id":"q","from":{"id":1001},"data":"x","message":{"message_id":5,"date":1,` + private + `,"document":{}}}}`,
			Incoming{Update: 10, Chat: 1001, Private: true, What: Tap, Tap: "x", Query: "q", Message: 5, Picture: true}, false},
		"tap in a group": {`{"update_id":10,"callback_query":{"id":"q","from":{"id":1001},"data":"x","message":{"message_id":5,"date":1795000000,` + group + `}}}`,
			Incoming{Update: 10, Chat: -500, What: Tap, Tap: "x", Query: "q", Message: 5}, false},
		"tap on a message too old": {`{"update_id":11,"callback_query":{"id":"q","from":{"id":1001},"data":"x","message":{"message_id":5,"date":0,` + private + `}}}`,
			Incoming{Update: 11, Chat: 1001, Private: true, What: Tap, Tap: "x", Query: "q"}, false},
		"tap without a message": {`{"update_id":12,"callback_query":{"id":"q","from":{"id":1001},"data":"x"}}`,
			Incoming{Update: 12, Chat: 1001, Private: true, What: Tap, Tap: "x", Query: "q"}, false},
		"live location":     {`{"update_id":13,"edited_message":{"message_id":3,"date":1,` + private + `,"location":{}}}`, Incoming{Update: 13}, true},
		"pinned":            {`{"update_id":14,"message":{"message_id":3,"date":1,` + private + `,"pinned_message":{}}}`, Incoming{Update: 14}, true},
		"blocked":           {`{"update_id":15,"my_chat_member":{"future":1}}`, Incoming{Update: 15}, true},
		"unknown kind":      {`{"update_id":16,"guest_message":{}}`, Incoming{Update: 16}, true},
		"wrong type":        {`{"update_id":17,"message":{"text":{}}}`, Incoming{Update: 17}, true},
		"wrong type before": {`{"message":7,"update_id":18}`, Incoming{Update: 18}, true},
		"no object":         {`[]`, Incoming{}, true},
	} {
		got, err := parseUpdate([]byte(c.raw))
		if (err != nil) != c.err || got != c.want {
			t.Errorf("%s: %+v, %v\nwant %+v", name, got, err, c.want)
		}
	}
}

func FuzzParseUpdate(f *testing.F) {
	f.Add([]byte(`{"update_id":7,"message":{"message_id":3,"date":1,"chat":{"id":1,"type":"private"},"text":"a"}}`))
	f.Add([]byte(`{"update_id":7,"callback_query":{"id":"q","from":{"id":1},"message":null}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := parseUpdate(raw)
		if err != nil && in != (Incoming{Update: in.Update}) {
			t.Errorf("an update that is passed over left %+v", in)
		}
		if err != nil && len(raw) > 0 && strings.Contains(err.Error(), string(raw)) && !strings.Contains("update cannot be decoded nothing that the bot answers", string(raw)) {
			t.Errorf("error quotes the update: %v", err)
		}
	})
}

func TestMarkupHoldsNothingBesideTheButtons(t *testing.T) {
	m := Message{Rows: [][]Button{
		{{Label: "Enregistrer", Data: Data{Step: "nav", Value: "enregistrer", Rev: 4}}, {Label: "Le guide", URL: "https://exemple.invalid/guide"}},
		nil,
	}}
	got, err := json.Marshal(m.markup())
	const want = `{"inline_keyboard":[[{"text":"Enregistrer","callback_data":"nav:enregistrer:4"},{"text":"Le guide","url":"https://exemple.invalid/guide"}]]}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v\nwant %s", got, err, want)
	}
	if got := (Message{}).markup(); got != nil {
		t.Errorf("no rows make %v, want no markup", got)
	}
}

func TestStartPreparesTheAccount(t *testing.T) {
	e, url := newEmulator(t)
	hook, err := http.Post(url+"/bot"+edgeToken+"/setWebhook?url=https://exemple.invalid/hook", "", nil)
	if err != nil || hook.StatusCode != http.StatusOK {
		t.Fatal(hook, err)
	}
	_ = hook.Body.Close()
	edge, _ := newEdge(t, url, nil)
	if err := edge.Start(testContext(t)); err != nil {
		t.Fatal(err)
	}
	if edge.Username != "essai_bot" {
		t.Errorf("username %q", edge.Username)
	}
	var menu struct {
		Result []struct{ Command, Description string }
	}
	getJSON(t, url+"/bot"+edgeToken+"/getMyCommands", &menu)
	if fmt.Sprint(menu.Result) != "[{action noter une action}]" {
		t.Errorf("menu %v", menu.Result)
	}
	var info struct{ Result struct{ URL string } }
	getJSON(t, url+"/bot"+edgeToken+"/getWebhookInfo", &info)
	if info.Result.URL != "" || e.Calls()["deleteWebhook"] != 1 {
		t.Errorf("webhook %q left, %d removals", info.Result.URL, e.Calls()["deleteWebhook"])
	}
}

func getJSON(t *testing.T, url string, into any) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

func TestStartAndRunTellARefusedToken(t *testing.T) {
	for _, code := range []int{http.StatusUnauthorized, http.StatusNotFound} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(code)
			fmt.Fprintf(w, `{"ok":false,"error_code":%d,"description":"refused %s"}`, code, r.URL.Path)
		}))
		edge, _ := newEdge(t, server.URL, nil)
		if err := edge.Start(testContext(t)); !errors.Is(err, ErrToken) {
			t.Errorf("%d: Start ends with %v", code, err)
		}
		if err := edge.Run(testContext(t)); !errors.Is(err, ErrToken) {
			t.Errorf("%d: Run ends with %v", code, err)
		}
		server.Close()
	}
}

func TestStartGivesUpOnAnUnreachableTelegram(t *testing.T) {
	edge, _ := newEdge(t, closedAddress(), nil)
	ctx, cancel := context.WithCancel(testContext(t))
	tries := 0
	edge.wire.wait = func(ctx context.Context, _ time.Duration) error {
		if tries++; tries == 5 {
			cancel()
		}
		return ctx.Err()
	}
	err := edge.Start(ctx)
	if err == nil || errors.Is(err, ErrToken) || strings.Contains(err.Error(), edge.wire.secret) {
		t.Errorf("Start ends with %v", err)
	}
}

// closedAddress is an address where nobody listens.
func closedAddress() string {
	server := httptest.NewServer(nil)
	server.Close()
	return server.URL
}

func TestCardIsRememberedPerChat(t *testing.T) {
	edge, _ := newEdge(t, "", nil)
	edge.shown(1, 10, true)
	edge.shown(2, 20, true)
	edge.shown(1, 9, false)  // another message of the chat
	edge.shown(2, 20, false) // the card was saved: it is one no more
	if got := []int{edge.card(1), edge.card(2), edge.card(3)}; !reflect.DeepEqual(got, []int{10, 0, 0}) {
		t.Errorf("cards %v", got)
	}
}
