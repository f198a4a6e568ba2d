package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"maillage/bot/emulator"
)

// script answers each call of a method with the next of its answers, and with the last one from then on. A call that has no
// script succeeds.
type script struct {
	mu      sync.Mutex
	answers map[string][]http.HandlerFunc
	calls   []string
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	method := path.Base(r.URL.Path)
	s.mu.Lock()
	s.calls = append(s.calls, method)
	answer := sends
	if method == "answerCallbackQuery" || method == "deleteMessage" {
		answer = says(200, `{"ok":true,"result":true}`)
	}
	if next := s.answers[method]; len(next) > 0 {
		answer = next[0]
		if len(next) > 1 {
			s.answers[method] = next[1:]
		}
	}
	s.mu.Unlock()
	answer(w, r)
}

func (s *script) called() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.calls, " ")
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// refuses answers as the Bot API does.
func refuses(code int, description string, retryAfter int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(code)
		_, _ = fmt.Fprintf(w, `{"ok":false,"error_code":%d,"description":%q,"parameters":{"retry_after":%d}}`, code, description, retryAfter)
	}
}

// cuts closes the connection, after half an answer when there is one to give.
func cuts(half string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, half)
			_ = conn.Close()
		}
	}
}

func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func echoesAddress(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, "<p>no such page: "+r.URL.Path+"</p>")
}

var sends = says(200, `{"ok":true,"result":{"message_id":71}}`)

func newScript(t *testing.T, answers map[string][]http.HandlerFunc) (*script, string) {
	t.Helper()
	s := &script{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return s, server.URL
}

func TestDeliverSaysWhatBecameOfTheMessage(t *testing.T) {
	html502 := says(502, "<html>502 Bad Gateway</html>")
	for name, c := range map[string]struct {
		answers []http.HandlerFunc
		want    Delivery
		calls   int
		waited  string
	}{
		"sent":                      {[]http.HandlerFunc{sends}, Delivered, 1, "[]"},
		"sent, with news inside":    {[]http.HandlerFunc{says(200, `{"ok":true,"result":{"message_id":71,"forward_origin":{"type":"new"}}}`)}, Delivered, 1, "[]"},
		"flood of seconds":          {[]http.HandlerFunc{refuses(429, "Too Many Requests: retry after 3", 3), sends}, Delivered, 2, "[3s]"},
		"flood of minutes":          {[]http.HandlerFunc{refuses(429, "Too Many Requests: retry after 300", 300)}, NotSent, 1, "[]"},
		"flood without end":         {[]http.HandlerFunc{refuses(429, "Too Many Requests: retry after 25", 25)}, NotSent, 3, "[25s 25s]"},
		"flood, said by a proxy":    {[]http.HandlerFunc{says(429, "slow down"), sends}, Delivered, 2, "[100ms]"},
		"gateway, then sent":        {[]http.HandlerFunc{html502, html502, sends}, Delivered, 3, "[100ms 200ms]"},
		"gateway without end":       {[]http.HandlerFunc{html502}, NotSent, 17, ""},
		"gateway in Telegram's way": {[]http.HandlerFunc{refuses(502, "Bad Gateway", 0), sends}, Delivered, 2, "[100ms]"},
		"gateway timeout":           {[]http.HandlerFunc{says(504, "<html>"), sends}, Unsure, 1, "[]"},
		"internal error":            {[]http.HandlerFunc{refuses(500, "Internal Server Error", 0), sends}, Unsure, 1, "[]"},
		"not Telegram at all":       {[]http.HandlerFunc{says(200, "<html>Wi-Fi</html>"), sends}, Unsure, 1, "[]"},
		"cut before the answer":     {[]http.HandlerFunc{cuts(""), sends}, Unsure, 1, "[]"},
		"cut in the answer":         {[]http.HandlerFunc{cuts("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), sends}, Unsure, 1, "[]"},
		"no answer":                 {[]http.HandlerFunc{hangs, sends}, Unsure, 1, "[]"},
		"blocked":                   {[]http.HandlerFunc{refuses(403, "Forbidden: bot was blocked by the user", 0)}, Blocked, 1, "[]"},
		"deactivated":               {[]http.HandlerFunc{refuses(403, "Forbidden: user is deactivated", 0)}, Blocked, 1, "[]"},
		"never met":                 {[]http.HandlerFunc{refuses(400, "Bad Request: chat not found", 0)}, Blocked, 1, "[]"},
		"malformed":                 {[]http.HandlerFunc{refuses(400, "Bad Request: can't parse entities", 0)}, NotSent, 1, "[]"},
		"too large":                 {[]http.HandlerFunc{refuses(413, "Request Entity Too Large", 0)}, NotSent, 1, "[]"},
		"redirected": {[]http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, sends}, Delivered, 2, "[100ms]"},
		"a page for an error": {[]http.HandlerFunc{echoesAddress, sends}, Delivered, 2, "[100ms]"},
	} {
		t.Run(name, func(t *testing.T) {
			s, url := newScript(t, map[string][]http.HandlerFunc{"sendMessage": c.answers})
			edge, _ := newEdge(t, url, nil)
			if name == "no answer" {
				edge.wire.limit = 50 * time.Millisecond
			}
			waited := []time.Duration{}
			edge.wire.wait = func(_ context.Context, d time.Duration) error {
				waited = append(waited, d)
				return nil
			}
			got, err := edge.Deliver(testContext(t), 1001, Message{Text: "Bonjour"})
			if got != c.want || (err == nil) != (got == Delivered) {
				t.Errorf("delivery %d, %v, want %d", got, err, c.want)
			}
			if calls := strings.Count(s.called(), "sendMessage"); calls != c.calls {
				t.Errorf("%d calls, want %d", calls, c.calls)
			}
			if c.waited != "" && fmt.Sprint(waited) != c.waited {
				t.Errorf("waited %v, want %s", waited, c.waited)
			}
			if err != nil && strings.Contains(err.Error(), edge.wire.secret) {
				t.Errorf("the error holds the token: %v", err)
			}
		})
	}
}

func TestDeliverWaitsForTheNetwork(t *testing.T) {
	edge, _ := newEdge(t, closedAddress(), nil)
	ctx, cancel := context.WithCancel(testContext(t))
	tries := 0
	edge.wire.wait = func(ctx context.Context, _ time.Duration) error {
		if tries++; tries == 40 { // longer than a Telegram that refuses is waited for
			cancel()
		}
		return ctx.Err()
	}
	got, err := edge.Deliver(ctx, 1001, Message{Text: "Bonjour"})
	if got != NotSent || err == nil || tries != 40 {
		t.Errorf("delivery %d, %v after %d tries", got, err, tries)
	}
}

// A connection that ends while the message is still being written cannot have carried it: that is sure.
func TestDeliverIsSureOfAMessageHalfWritten(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadFull(conn, make([]byte, 64))
			_ = conn.Close()
		}
	}()
	edge, _ := newEdge(t, "http://"+listener.Addr().String(), nil)
	ctx, cancel := context.WithCancel(testContext(t))
	edge.wire.wait = func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	}
	// More than the buffers of two sockets hold, of which a message shows next to nothing.
	text := "a" + strings.Repeat("<b></b>", 1<<20)
	if got, err := edge.Deliver(ctx, 1001, Message{Text: text}); got != NotSent || err == nil {
		t.Errorf("delivery %d, %v, want NotSent", got, err)
	}
}

func TestErrorsKeepTheSecret(t *testing.T) {
	in := Incoming{Update: 5, Chat: 1001, Private: true, What: Tap, Query: "q", Message: 3}
	reply := Reply{Toast: "ok", Edit: &Message{Text: "carte"}, Send: []Message{{Text: "suite"}}, Strip: 2, Delete: 1}
	onPicture, picture := in, pictured("carte", 7)
	onPicture.Picture = true
	replyWithFile := Reply{Edit: &picture, Send: []Message{filed("suite", writesRows), picture}}
	unreachable := closedAddress()
	for name, answer := range map[string]http.HandlerFunc{
		"page that quotes the address": echoesAddress,
		"cut":                          cuts(""),
		"half a header":                cuts("HTTP/1.1 200 OK\r\nX: "),
		"nonsense":                     cuts("no HTTP here: " + edgeToken + "\r\n\r\n"),
		"description with the token":   refuses(400, "Bad Request: no "+edgeToken+" here", 0),
		"description with words":       refuses(400, `Bad Request: can't parse entities: Unsupported start tag "secretword" at byte offset 1`, 0),
		"unreachable":                  nil,
	} {
		t.Run(name, func(t *testing.T) {
			url := unreachable
			if answer != nil {
				all := map[string][]http.HandlerFunc{}
				for _, method := range []string{"sendMessage", "editMessageText", "answerCallbackQuery", "editMessageReplyMarkup", "deleteMessage",
					"sendPhoto", "sendDocument", "editMessageMedia", "sendChatAction"} {
					all[method] = []http.HandlerFunc{answer}
				}
				_, url = newScript(t, all)
			}
			edge, log := newEdge(t, url, nil)
			ctx, cancel := context.WithCancel(testContext(t))
			edge.wire.wait = func(context.Context, time.Duration) error { return errors.New("enough") }
			edge.answer(ctx, in, reply)
			edge.answer(ctx, onPicture, replyWithFile)
			_, err := edge.Deliver(ctx, 1001, Message{Text: "Bonjour"})
			cancel()
			if err == nil {
				t.Fatal("no error")
			}
			said := log.String() + err.Error()
			if !strings.Contains(log.String(), "answer not shown") {
				t.Error("nothing logged")
			}
			for _, secret := range []string{edge.wire.secret, "secretword"} {
				if strings.Contains(said, secret) {
					t.Errorf("%q is in: %s", secret, said)
				}
			}
		})
	}
}

// Edits, removals and answers to taps end where they should when they are made twice.
func TestRepeatableCallsAreRepeated(t *testing.T) {
	s, url := newScript(t, map[string][]http.HandlerFunc{
		"editMessageText": {cuts(""), says(504, ""), refuses(400, "Bad Request: message is not modified: specified new message content", 0)},
		"answerCallbackQuery": {cuts(""),
			refuses(400, "Bad Request: query is too old and response timeout expired or query ID is invalid", 0)},
		"editMessageReplyMarkup": {refuses(500, "Internal Server Error", 0), refuses(400, "Bad Request: message to edit not found", 0)},
		"deleteMessage":          {cuts(""), refuses(400, "Bad Request: message can't be deleted for everyone", 0)},
	})
	edge, log := newEdge(t, url, nil)
	edge.answer(testContext(t), Incoming{Chat: 1, What: Tap, Query: "q", Message: 3},
		Reply{Edit: &Message{Text: "carte", Card: true}, Strip: 2, Delete: 1})
	called := strings.Fields(s.called())
	slices.Sort(called)
	const want = "answerCallbackQuery answerCallbackQuery deleteMessage deleteMessage editMessageReplyMarkup editMessageReplyMarkup" +
		" editMessageText editMessageText editMessageText"
	if got := strings.Join(called, " "); got != want {
		t.Errorf("called %s\nwant %s", got, want)
	}
	if log.String() != "" {
		t.Errorf("logged: %s", log)
	}
	if edge.card(1) != 3 {
		t.Errorf("card %d", edge.card(1))
	}
}

func TestEditOfAMessageThatIsGoneIsSent(t *testing.T) {
	for _, why := range []string{"Bad Request: message to edit not found", "Bad Request: message can't be edited", "Bad Request: MESSAGE_ID_INVALID"} {
		s, url := newScript(t, map[string][]http.HandlerFunc{"editMessageText": {refuses(400, why, 0)}})
		edge, _ := newEdge(t, url, nil)
		edge.answer(testContext(t), Incoming{Chat: 1, What: Tap, Query: "q", Message: 3}, Reply{Edit: &Message{Text: "carte", Card: true}})
		if strings.Count(s.called(), "sendMessage") != 1 || edge.card(1) != 71 {
			t.Errorf("%s: called %s, card %d", why, s.called(), edge.card(1))
		}
	}
}

func TestEditWithoutAMessageIsSent(t *testing.T) {
	s, url := newScript(t, nil)
	edge, _ := newEdge(t, url, nil)
	edge.answer(testContext(t), Incoming{Chat: 1, What: Text, Message: 3}, Reply{Edit: &Message{Text: "carte"}})
	if s.called() != "sendMessage" {
		t.Errorf("called %s", s.called())
	}
}

// A new message that may or may not have arrived is sent once more, not for ever.
func TestUnsureAnswerIsSentOnceMore(t *testing.T) {
	s, url := newScript(t, map[string][]http.HandlerFunc{"sendMessage": {cuts("")}})
	edge, log := newEdge(t, url, nil)
	edge.answer(testContext(t), Incoming{Chat: 1, What: Text}, Reply{Send: []Message{{Text: "carte"}}})
	if s.called() != "sendMessage sendMessage" || !strings.Contains(log.String(), "answer not shown") {
		t.Errorf("called %s, logged %s", s.called(), log)
	}
}

// Each call of the two waits for the other to arrive: one after the other they would never end.
func TestToastAndEditGoOutSideBySide(t *testing.T) {
	var both sync.WaitGroup
	both.Add(2)
	meet := func(answer http.HandlerFunc) []http.HandlerFunc {
		return []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			both.Done()
			both.Wait()
			answer(w, r)
		}}
	}
	_, url := newScript(t, map[string][]http.HandlerFunc{
		"answerCallbackQuery": meet(says(200, `{"ok":true,"result":true}`)), "editMessageText": meet(sends),
	})
	edge, log := newEdge(t, url, nil)
	edge.wire.limit = 5 * time.Second
	edge.wire.wait = func(context.Context, time.Duration) error { return errors.New("enough") }
	edge.answer(testContext(t), Incoming{Chat: 1, What: Tap, Query: "q", Message: 3}, Reply{Edit: &Message{Text: "carte"}})
	if log.String() != "" {
		t.Errorf("logged: %s", log)
	}
}

func TestMessagesKeepTheirOrder(t *testing.T) {
	e, url := newEmulator(t)
	e.Person(1001, "Camille")
	edge, _ := newEdge(t, url, nil)
	var reply Reply
	var want []string
	for i := range 12 {
		want = append(want, fmt.Sprint("message ", i))
		reply.Send = append(reply.Send, Message{Text: want[i]})
	}
	e.Fail(emulator.Fault{Method: "sendMessage", Kind: emulator.BadGateway})
	edge.answer(testContext(t), Incoming{Chat: 1001, What: Text}, reply)
	var got []string
	for _, m := range e.Messages(1001) {
		got = append(got, m.Text)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("chat %q", got)
	}
}

func TestConnectionsAreKept(t *testing.T) {
	opened := 0
	var mu sync.Mutex
	server := httptest.NewUnstartedServer(&script{})
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			mu.Lock()
			opened++
			mu.Unlock()
		}
	}
	server.Start()
	defer server.Close()
	edge, _ := newEdge(t, server.URL, nil)
	const side = 20
	for range 5 {
		var all sync.WaitGroup
		for i := range side {
			all.Go(func() { _, _ = edge.Deliver(testContext(t), int64(i), Message{Text: "Bonjour"}) })
		}
		all.Wait()
	}
	edge.wire.transport.CloseIdleConnections()
	mu.Lock()
	defer mu.Unlock()
	// A request that finds none free may dial one and then take another that came free, so a few more are opened than used.
	if opened > 2*side {
		t.Errorf("%d connections opened for %d calls side by side", opened, side)
	}
}

func TestCutHTML(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"court", "court"},
		{"0123456789", "0123456789"},
		{"01234567890", "012345678…"},
		{"<b>012345</b>6789", "<b>012345</b>6789"},
		{"abc\ndef\nghijklmn", "abc\ndef…"},
		{"<b>abc\n<i>def</i>\nghijklmn</b>", "<b>abc\n<i>def</i>…</b>"},
		{"<blockquote expandable>0123456789012</blockquote>", "<blockquote expandable>012345678…</blockquote>"},
		{"&lt;&amp;&quot;&gt;&#39;56789", "&lt;&amp;&quot;&gt;&#39;56789"},
		{"&lt;&amp;&quot;&gt;&#39;567890", "&lt;&amp;&quot;&gt;&#39;5678…"},
		{"&nbsp;&nbsp;", "&nbsp;&nb…"},
		{"😀😀😀😀😀", "😀😀😀😀😀"},
		{"😀😀😀😀😀.", "😀😀😀😀…"},
		{"&#128512;&#128512;&#128512;&#128512;&#128512;.", "&#128512;&#128512;&#128512;&#128512;…"},
		{"é\u00a0: été, à côté", "é\u00a0: été, …"},
	} {
		if got := cutHTML(c.text, 10); got != c.want {
			t.Errorf("%q cut to %q, want %q", c.text, got, c.want)
		}
	}
}

// FuzzCutHTML makes HTML of pieces, as many as the bytes of a string, and closes what it opens.
func FuzzCutHTML(f *testing.F) {
	f.Add("abc&def\n(ghi)")
	f.Add("((((0123456789))))")
	f.Add("")
	f.Add(strings.Repeat("\x08", 3000)) // links, none of them closed
	pieces := []string{"a", "é", "\n", "😀", "&lt;", "&#128512;", "&nbsp;", "<b>", "<a href=\"https://exemple.invalid/\">", "</>", "\u00a0:", "&", "\xff"}
	f.Fuzz(func(t *testing.T, chosen string) {
		var text strings.Builder
		var open []string
		for i := range len(chosen) {
			switch piece := pieces[int(chosen[i])%len(pieces)]; piece {
			case "<b>", "<a href=\"https://exemple.invalid/\">":
				open = append(open, piece[1:2])
				text.WriteString(piece)
			case "</>":
				if n := len(open); n > 0 {
					text.WriteString("</" + open[n-1] + ">")
					open = open[:n-1]
				}
			default:
				text.WriteString(piece)
			}
		}
		text.WriteString(strings.TrimPrefix(ending(open), "…"))
		checkCut(t, text.String())
	})
}

func checkCut(t *testing.T, text string) {
	t.Helper()
	const limit = 10
	cut := cutHTML(text, limit)
	if before, _ := measureHTML(text); before <= limit && cut != text {
		t.Errorf("%q cut to %q: %d units fit", text, cut, before)
	}
	if units, open := measureHTML(cut); units > limit || open != 0 {
		t.Errorf("%q cut to %q: %d units, %d tags open", text, cut, units, open)
	}
	if utf8.ValidString(text) && !utf8.ValidString(cut) {
		t.Errorf("%q cut to %q inside a character", text, cut)
	}
	if before, _, _ := strings.Cut(cut, "…"); !strings.HasPrefix(text, before) {
		t.Errorf("%q cut to %q", text, cut)
	}
}

func measureHTML(text string) (units, open int) {
	for text != "" {
		n, tag, width := htmlToken(text)
		if strings.HasPrefix(tag, "/") {
			open--
		} else if tag != "" {
			open++
		}
		units += width
		text = text[n:]
	}
	return units, open
}
