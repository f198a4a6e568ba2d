package emulator

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the page shows Paris time wherever it runs
)

//go:embed page
var pageFiles embed.FS

var paris = must(time.LoadLocation("Europe/Paris"))

// maxPost bounds a request of the page, in bytes: a text of 4,096 characters and some.
const maxPost = 64 << 10

// maxHours bounds one jump of the clock.
const maxHours = 24 * 366

// pageHandler serves the page, its API and the files in its chats, to a browser on this machine only.
func (s *Server) pageHandler() http.Handler {
	files := http.FileServerFS(must(fs.Sub(pageFiles, "page")))
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", files)
	mux.Handle("GET /page/", http.StripPrefix("/page", files))
	mux.HandleFunc("GET /file/{id}/{name}", s.pageFile)
	mux.HandleFunc("GET /api/people", s.pagePeople)
	mux.HandleFunc("GET /api/chat", s.pageChat)
	mux.HandleFunc("GET /api/events", s.pageEvents)
	mux.HandleFunc("POST /api/say", s.pageSay)
	mux.HandleFunc("POST /api/tap", s.pageTap)
	mux.HandleFunc("POST /api/edit", s.pageEdit)
	mux.HandleFunc("POST /api/send", s.pageSend)
	mux.HandleFunc("POST /api/jump", s.pageJump)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if problem := foreign(r); problem != "" {
			http.Error(w, problem, http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

// foreign says why a request does not come from the page itself: a name that points at this machine (DNS rebinding), or
// a page from elsewhere that posts here.
func foreign(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = strings.Trim(r.Host, "[]")
	}
	if host != "127.0.0.1" && host != "localhost" && host != "::1" {
		return "only 127.0.0.1, localhost and [::1] are served"
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return ""
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
			return "only this page may post here"
		}
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return "only application/json may be posted here"
	}
	return ""
}

// problem answers in a sentence for the person at the page.
func problem(w http.ResponseWriter, sentence string) {
	writeJSON(w, http.StatusBadRequest, map[string]string{"error": sentence})
}

// personOf finds who an id of the page stands for.
func (s *Server) personOf(id int64) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.chats[id]; ch != nil {
		return ch.person
	}
	return nil
}

func (s *Server) personOfQuery(w http.ResponseWriter, r *http.Request) *Person {
	id, _ := strconv.ParseInt(r.URL.Query().Get("person"), 10, 64)
	p := s.personOf(id)
	if p == nil {
		problem(w, "Cette personne n’existe pas.")
	}
	return p
}

func (s *Server) pagePeople(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	people := []map[string]any{}
	for _, p := range s.people {
		if p.Role != "" {
			people = append(people, map[string]any{"id": p.id, "name": p.name, "role": p.Role})
		}
	}
	writeJSON(w, http.StatusOK, people)
}

func (s *Server) pageChat(w http.ResponseWriter, r *http.Request) {
	p := s.personOfQuery(w, r)
	if p == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.chats[p.id]
	messages := []map[string]any{}
	for _, m := range ch.messages {
		messages = append(messages, onPage(m))
	}
	var keyboard [][]string
	if ch.reply != nil {
		keyboard = ch.reply.labels
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"now": s.now().In(paris).Format(time.RFC3339), "bot": map[string]string{"name": botName, "username": s.username},
		"commands": s.menu(), "keyboard": keyboard, "placeholder": ch.hint, "messages": messages, "typing": s.now().Before(ch.typing),
	})
}

// shownAs is what the page writes for what a person sent and the emulator does not draw.
var shownAs = map[string]string{
	"photo": "📷 Photo", "sticker": "👍", "voice": "🎤 Message vocal", "contact": "👤 Contact", "location": "📍 Position",
}

// onPage is a message as the page shows it.
func onPage(m *message) map[string]any {
	out := map[string]any{"id": m.id, "from": "me", "html": m.html, "date": m.date.In(paris).Format(time.DateOnly),
		"time": m.date.In(paris).Format("15:04"), "edited": !m.edited.IsZero(), "reaction": m.reaction, "photo": "", "document": nil}
	if m.fromBot {
		out["from"] = "bot"
	}
	if m.kind != "" {
		out["html"] = shownAs[m.kind]
	}
	if m.photo != nil {
		out["photo"] = m.photo.path()
	}
	if m.document != nil {
		out["document"] = map[string]any{"name": m.document.name, "url": m.document.path(), "size": len(m.document.data)}
	}
	buttons := [][]map[string]string{}
	for _, row := range m.keyboard {
		var shown []map[string]string
		for _, b := range row {
			shown = append(shown, map[string]string{"label": b.Label, "data": b.Data, "url": b.URL})
		}
		buttons = append(buttons, shown)
	}
	out["buttons"] = buttons
	return out
}

func (f *file) path() string { return "/file/" + f.id + "/" + url.PathEscape(f.name) }

// pageFile serves what the bot sent. What is no image is only ever saved, never shown in the page's own name.
func (s *Server) pageFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	known := s.files[r.PathValue("id")]
	if known == nil {
		known = &file{}
	}
	f := *known
	s.mu.Unlock()
	if f.id == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.mime())
	if f.kind() == "document" {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	}
	_, _ = w.Write(f.data)
}

// pageEvents tells a page what changes in one chat: that it changed, what flashed over it, that the clock was moved.
func (s *Server) pageEvents(w http.ResponseWriter, r *http.Request) {
	p := s.personOfQuery(w, r)
	if p == nil {
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	s.mu.Lock()
	ch := s.chats[p.id]
	version, toasts, jumps := ch.version, len(ch.toasts), s.jumps
	s.mu.Unlock()
	_, _ = fmt.Fprint(w, ": open\n\n")
	if out.Flush() != nil {
		return
	}
	for {
		var flashed []toastShown
		var changed, jumped bool
		var now time.Time
		err := s.wait(r.Context(), func() bool {
			flashed, changed, jumped, now = ch.toasts[toasts:], ch.version != version, s.jumps != jumps, s.now()
			version, toasts, jumps = ch.version, len(ch.toasts), s.jumps
			return changed || jumped || len(flashed) > 0
		})
		if err != nil {
			return
		}
		if jumped {
			event(w, "clock", map[string]string{"now": now.In(paris).Format(time.RFC3339)})
		}
		for _, t := range flashed {
			event(w, "toast", t)
		}
		if changed {
			event(w, "chat", struct{}{})
		}
		if out.Flush() != nil {
			return
		}
	}
}

func event(w http.ResponseWriter, name string, data any) {
	_, _ = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, must(json.Marshal(data)))
}

// post is what the page sends; each address uses some of it.
type post struct {
	Person  int64   `json:"person"`
	Text    string  `json:"text"`
	Message int     `json:"message"`
	Data    string  `json:"data"`
	Kind    string  `json:"kind"`
	To      string  `json:"to"`
	Hours   float64 `json:"hours"`
}

// readPost reads what the page sent, and who acts. It has answered when it returns nil.
func (s *Server) readPost(w http.ResponseWriter, r *http.Request) (*Person, post) {
	var in post
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxPost)).Decode(&in); err != nil {
		problem(w, "La demande est illisible.")
		return nil, in
	}
	p := s.personOf(in.Person)
	if p == nil {
		problem(w, "Cette personne n’existe pas.")
	}
	return p, in
}

// textProblem says in French why nobody could send a text, or nothing.
func textProblem(text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "Le message est vide."
	case units(text) > maxText:
		return "Le message dépasse 4 096 caractères."
	}
	return ""
}

func (s *Server) pageSay(w http.ResponseWriter, r *http.Request) {
	p, in := s.readPost(w, r)
	if p == nil {
		return
	}
	if sentence := textProblem(in.Text); sentence != "" {
		problem(w, sentence)
		return
	}
	writeJSON(w, http.StatusOK, map[string]int{"message": p.Say(in.Text)})
}

func (s *Server) pageTap(w http.ResponseWriter, r *http.Request) {
	p, in := s.readPost(w, r)
	if p == nil {
		return
	}
	s.mu.Lock()
	err := p.tap(in.Message, func(b Button) bool { return b.Data == in.Data && b.Data != "" }, in.Data)
	s.mu.Unlock()
	if err != nil {
		problem(w, "Ce bouton n’est plus là.")
		return
	}
	writeJSON(w, http.StatusOK, map[string]int{"message": in.Message})
}

func (s *Server) pageEdit(w http.ResponseWriter, r *http.Request) {
	p, in := s.readPost(w, r)
	if p == nil {
		return
	}
	if sentence := textProblem(in.Text); sentence != "" {
		problem(w, sentence)
		return
	}
	if p.Edit(in.Message, in.Text) != nil {
		problem(w, "Ce message n’est plus là.")
		return
	}
	writeJSON(w, http.StatusOK, map[string]int{"message": in.Message})
}

func (s *Server) pageSend(w http.ResponseWriter, r *http.Request) {
	p, in := s.readPost(w, r)
	if p == nil {
		return
	}
	if sent[in.Kind] == nil {
		problem(w, "Rien de tel ne peut être envoyé.")
		return
	}
	writeJSON(w, http.StatusOK, map[string]int{"message": p.Send(in.Kind)})
}

// pageJump moves the clock forward, to the next Monday morning or by some hours.
func (s *Server) pageJump(w http.ResponseWriter, r *http.Request) {
	var in post
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxPost)).Decode(&in); err != nil {
		problem(w, "La demande est illisible.")
		return
	}
	var to time.Time
	switch now := s.Now(); {
	case in.To == "monday8":
		to = nextMonday(now)
	case in.Hours > 0 && in.Hours <= maxHours:
		to = now.Add(time.Duration(in.Hours * float64(time.Hour)))
	default:
		problem(w, "L’horloge ne peut qu’avancer, d’un an au plus.")
		return
	}
	s.Jump(to)
	if s.onJump != nil {
		s.onJump(to)
	}
	writeJSON(w, http.StatusOK, map[string]string{"now": to.In(paris).Format(time.RFC3339)})
}

// nextMonday is the first Monday, 8 o'clock in Paris, after now.
func nextMonday(now time.Time) time.Time {
	now = now.In(paris)
	days := (int(time.Monday) - int(now.Weekday()) + 7) % 7
	to := time.Date(now.Year(), now.Month(), now.Day()+days, 8, 0, 0, 0, paris)
	if !to.After(now) {
		to = time.Date(now.Year(), now.Month(), now.Day()+days+7, 8, 0, 0, 0, paris)
	}
	return to
}
