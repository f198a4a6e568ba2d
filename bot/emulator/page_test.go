package emulator

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// get fetches from the page, and decodes JSON into target unless that is nil.
func get(t *testing.T, url string, target any) (*http.Response, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && target != nil {
		err = json.Unmarshal(body, target)
	}
	if err != nil {
		t.Fatalf("%s: %v in %s", url, err, body)
	}
	return resp, string(body)
}

// send posts to the page as the page does.
func send(t *testing.T, url, body string) (int, string) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

// TestPageChat shows one chat as the page gets it.
func TestPageChat(t *testing.T) {
	now := time.Date(2026, 11, 21, 16, 5, 0, 0, time.UTC)
	s, url := start(t, Options{Page: true, Username: "essai_bot", Now: func() time.Time { return now }})
	s.Person(1001, "Camille").Role = "éducatrice"
	b := client(t, url)
	ask(t, url, "setMyCommands", `{"commands":[{"command":"aide","description":"De l’aide"}]}`)
	ask(t, url, "sendMessage", html("<b>Bonjour</b> <3")) // refused: must not show
	ask(t, url, "sendMessage", inline(`{"text":"Oui","callback_data":"a:b:1"},{"text":"Site","url":"https://exemple.fr"}`))
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"b","reply_markup":{"keyboard":[["Action"]],"input_field_placeholder":"Une phrase"}}`)
	if _, err := b.SendPhoto(t.Context(), &telegram.SendPhotoParams{ChatID: 1001, Photo: &models.InputFileUpload{Filename: "s.png", Data: strings.NewReader(string(pngOf(t, 2, 2)))}}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SendDocument(t.Context(), &telegram.SendDocumentParams{ChatID: 1001, Document: &models.InputFileUpload{Filename: "a b.html", Data: strings.NewReader("<script>")}}); err != nil {
		t.Fatal(err)
	}
	s.people[0].Say("<i>moi</i>")
	ask(t, url, "sendChatAction", `{"chat_id":1001,"action":"typing"}`)

	var chat, want any
	get(t, url+"/api/chat?person=1001", &chat)
	const shown = `{"now":"2026-11-21T17:05:00+01:00","bot":{"name":"Maillage","username":"essai_bot"},
	 "commands":[{"command":"aide","description":"De l’aide"}],"keyboard":[["Action"]],"placeholder":"Une phrase","typing":true,"messages":[
	 {"id":1,"from":"bot","html":"a","date":"2026-11-21","date": "2026-11-21", "time": "17:05","edited":false,"photo":"","document":null,"reaction":"","buttons":[[{"label":"Oui","data":"a:b:1","url":""},{"label":"Site","data":"","url":"https://exemple.fr"}]]},
	 {"id":2,"from":"bot","html":"b","date":"2026-11-21","date": "2026-11-21", "time": "17:05","edited":false,"photo":"","document":null,"reaction":"","buttons":[]},
	 {"id":3,"from":"bot","html":"","date":"2026-11-21","date": "2026-11-21", "time": "17:05","edited":false,"photo":"/file/file1/s.png","document":null,"reaction":"","buttons":[]},
	 {"id":4,"from":"bot","html":"","date":"2026-11-21","date": "2026-11-21", "time": "17:05","edited":false,"photo":"","document":{"name":"a b.html","url":"/file/file2/a%20b.html","size":8},"reaction":"","buttons":[]},
	 {"id":5,"from":"me","html":"&lt;i&gt;moi&lt;/i&gt;","date":"2026-11-21","date": "2026-11-21", "time": "17:05","edited":false,"photo":"","document":null,"reaction":"","buttons":[]}]}`
	if err := json.Unmarshal([]byte(shown), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(chat, want) {
		t.Errorf("got  %v\nwant %v", chat, want)
	}

	var people any
	if _, body := get(t, url+"/api/people", &people); !strings.Contains(body, `"role":"éducatrice"`) || !strings.Contains(body, `"id":1001`) {
		t.Errorf("people: %s", body)
	}
	if resp, _ := get(t, url+"/file/file1/s.png", nil); resp.Header.Get("Content-Type") != "image/png" || resp.Header.Get("Content-Disposition") != "" {
		t.Errorf("photo: %v", resp.Header)
	}
	if resp, body := get(t, url+"/file/file2/a%20b.html", nil); body != "<script>" || resp.Header.Get("Content-Type") != "application/octet-stream" ||
		!strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("document: %s %v", body, resp.Header)
	}
	if resp, body := get(t, url+"/", nil); resp.StatusCode != 200 || !strings.Contains(body, "<html") {
		t.Errorf("page: %d %.40s", resp.StatusCode, body)
	}
}

// TestPageRedrawsAPicture: an edited picture has another address, or a browser would show the one it has.
func TestPageRedrawsAPicture(t *testing.T) {
	s, url := start(t, Options{Page: true})
	s.Person(1001, "Camille")
	askForm(t, url, "sendPhoto", map[string]string{"chat_id": "1001"}, map[string][]byte{"photo": pngOf(t, 2, 2)})
	second := pngOf(t, 3, 2)
	askForm(t, url, "editMessageMedia", map[string]string{"chat_id": "1001", "message_id": "1", "media": `{"type":"photo","media":"attach://photo"}`},
		map[string][]byte{"photo": second})
	var chat struct{ Messages []struct{ Photo string } }
	get(t, url+"/api/chat?person=1001", &chat)
	if len(chat.Messages) != 1 || chat.Messages[0].Photo != "/file/file2/fichier" {
		t.Fatalf("chat: %+v", chat)
	}
	if _, body := get(t, url+chat.Messages[0].Photo, nil); body != string(second) {
		t.Errorf("%d bytes served, want the second picture", len(body))
	}
	noViolations(t, s)
}

// TestPagePosts does from the page what a person can do, and is told what cannot be done.
func TestPagePosts(t *testing.T) {
	var woken []time.Time
	now := time.Date(2026, 11, 21, 16, 5, 0, 0, time.UTC)
	s, url := start(t, Options{Page: true, Now: func() time.Time { return now }, OnJump: func(at time.Time) { woken = append(woken, at) }})
	camille := s.Person(1001, "Camille")
	ask(t, url, "sendMessage", inline(`{"text":"Oui","callback_data":"a:b:1"}`)) // message 1
	for _, test := range []struct {
		path, body string
		status     int
		want       string
	}{
		{"/api/say", `{"person":1001,"text":"bonjour"}`, 200, `{"message":2}`},
		{"/api/say", `{"person":1001,"text":"  "}`, 400, `{"error":"Le message est vide."}`},
		{"/api/say", `{"person":1001,"text":"` + strings.Repeat("é", 4097) + `"}`, 400, `{"error":"Le message dépasse 4 096 caractères."}`},
		{"/api/say", `{"person":7,"text":"a"}`, 400, `{"error":"Cette personne n’existe pas."}`},
		{"/api/say", `{"person":`, 400, `{"error":"La demande est illisible."}`},
		{"/api/edit", `{"person":1001,"message":2,"text":"bonsoir"}`, 200, `{"message":2}`},
		{"/api/edit", `{"person":1001,"message":1,"text":"bonsoir"}`, 400, `{"error":"Ce message n’est plus là."}`},
		{"/api/tap", `{"person":1001,"message":1,"data":"a:b:1"}`, 200, `{"message":1}`},
		{"/api/tap", `{"person":1001,"message":1,"data":"a:b:2"}`, 400, `{"error":"Ce bouton n’est plus là."}`},
		{"/api/send", `{"person":1001,"kind":"voice"}`, 200, `{"message":3}`},
		{"/api/send", `{"person":1001,"kind":"cheval"}`, 400, `{"error":"Rien de tel ne peut être envoyé."}`},
		{"/api/jump", `{"hours":24}`, 200, `{"now":"2026-11-22T17:05:00+01:00"}`},
		{"/api/jump", `{"to":"monday8"}`, 200, `{"now":"2026-11-23T08:00:00+01:00"}`},
		{"/api/jump", `{"to":"monday8"}`, 200, `{"now":"2026-11-30T08:00:00+01:00"}`},
		{"/api/jump", `{"hours":-1}`, 400, `{"error":"L’horloge ne peut qu’avancer, d’un an au plus."}`},
	} {
		if status, body := send(t, url+test.path, test.body); status != test.status || body != test.want {
			t.Errorf("%s %.60s: %d %s, want %d %s", test.path, test.body, status, body, test.status, test.want)
		}
	}
	if m := camille.Messages(); len(m) != 3 || m[1].Text != "bonsoir" || !m[1].Edited {
		t.Errorf("chat: %+v", m)
	}
	if len(woken) != 3 || !woken[2].Equal(s.Now()) {
		t.Errorf("OnJump was told %v", woken)
	}
}

// TestNextMonday includes the hour that summer time takes away, and a Monday before 8 o'clock.
func TestNextMonday(t *testing.T) {
	for from, want := range map[string]string{
		"2026-11-23T07:59:59+01:00": "2026-11-23T08:00:00+01:00",
		"2026-11-23T08:00:00+01:00": "2026-11-30T08:00:00+01:00",
		"2026-03-28T12:00:00+01:00": "2026-03-30T08:00:00+02:00",
		"2026-11-22T23:30:00Z":      "2026-11-23T08:00:00+01:00",
	} {
		at, err := time.Parse(time.RFC3339, from)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextMonday(at).Format(time.RFC3339); got != want {
			t.Errorf("after %s: %s, want %s", from, got, want)
		}
	}
}

// TestForeign: neither another name for this machine nor another page gets in.
func TestForeign(t *testing.T) {
	s, url := start(t, Options{Page: true})
	camille := s.Person(1001, "Camille")
	host := strings.TrimPrefix(url, "http://")
	port := host[strings.LastIndex(host, ":"):]
	for _, test := range []struct {
		method, host, origin, contentType string
		want                              int
	}{
		{"POST", host, "", "application/json", 200},
		{"POST", host, "http://" + host, "application/json; charset=utf-8", 200},
		{"POST", "localhost" + port, "http://localhost" + port, "application/json", 200},
		{"POST", "[::1]" + port, "", "application/json", 200},
		{"POST", "[::1]", "", "application/json", 200},
		{"POST", "evil.example" + port, "", "application/json", 403},
		{"GET", "evil.example", "", "", 403},
		{"GET", "127.0.0.1.evil.example", "", "", 403},
		{"POST", host, "http://evil.example", "application/json", 403},
		{"POST", host, "null", "application/json", 403},
		{"POST", host, "http://localhost:1", "application/json", 403},
		{"POST", host, "", "text/plain", 403},
		{"POST", host, "", "application/x-www-form-urlencoded", 403},
		{"POST", host, "", "", 403},
		{"OPTIONS", host, "http://evil.example", "", 403},
	} {
		req, err := http.NewRequestWithContext(t.Context(), test.method, url+"/api/say", strings.NewReader(`{"person":1001,"text":"a"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Host = test.host
		req.Header.Set("Origin", test.origin)
		req.Header.Set("Content-Type", test.contentType)
		before := len(camille.Messages())
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if said := len(camille.Messages()) > before; resp.StatusCode != test.want || said != (test.want == 200) {
			t.Errorf("%+v: %d, said %v", test, resp.StatusCode, said)
		}
	}
}

// TestEvents reads the stream while things happen, one after the other.
func TestEvents(t *testing.T) {
	s, url := start(t, Options{Page: true, Now: fixedClock()})
	camille := s.Person(1001, "Camille")
	s.Person(1002, "Sacha")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/events?person=1001", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	stream := bufio.NewScanner(resp.Body)
	next := func() string {
		t.Helper()
		var event []string
		for stream.Scan() {
			if stream.Text() == "" {
				return strings.Join(event, " ")
			}
			event = append(event, stream.Text())
		}
		t.Fatal("the stream ended")
		return ""
	}
	if got := next(); got != ": open" {
		t.Errorf("first %q", got)
	}
	ask(t, url, "sendMessage", strings.Replace(hello, "1001", "1002", 1)) // somebody else's
	ask(t, url, "sendMessage", inline(`{"text":"Oui","callback_data":"a"}`))
	if got := next(); got != "event: chat data: {}" {
		t.Errorf("after a message %q", got)
	}
	if err := camille.Tap(2, "Oui"); err != nil {
		t.Fatal(err)
	}
	id := poll(t, url, `{}`)[0].CallbackQuery.ID
	ask(t, url, "answerCallbackQuery", `{"callback_query_id":"`+id+`","text":"C’est noté.","show_alert":true}`)
	if got := next(); got != `event: toast data: {"text":"C’est noté.","alert":true}` {
		t.Errorf("after an answer %q", got)
	}
	s.Jump(time.Date(2026, 11, 23, 8, 0, 0, 0, paris))
	if got := next(); got != `event: clock data: {"now":"2026-11-23T08:00:00+01:00"}` {
		t.Errorf("after a jump %q", got)
	}
	s.Close()
	if stream.Scan() {
		t.Errorf("after Close %q", stream.Text())
	}
}
