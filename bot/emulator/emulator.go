// Package emulator is a small Telegram: enough of the Bot API's server to test a bot against over HTTP, and to try it
// in a browser without a token.
//
// It answers the methods that this bot calls and no other. It is stricter than the real server: whatever Telegram would
// refuse, drop without a word, or merely not know (a parameter, a type, a length, a tag, a tap left without an answer) is
// kept in [Server.Violations], so that a test can fail on it, and refused, save what the server would take and cut. An
// error that a correct bot meets in a normal life (not modified, not found, query too old, blocked, two pollers) is
// answered as Telegram answers it and is no violation.
//
// A test looks like this:
//
//	telegram := emulator.New(emulator.Options{Token: token})
//	server := httptest.NewServer(telegram) // the bot's TELEGRAM_API_URL is server.URL
//	camille := telegram.Person(1001, "Camille")
//	camille.Say("/start")
//	err := telegram.Idle(ctx) // the bot has taken all of it
//	camille.Messages()        // what stands in her chat
//
// Nothing here waits by sleeping: Wait and Idle are woken by each change. All times are the emulator's own
// ([Server.Now]), which [Server.Jump] moves; only the timeout of a long poll is measured by the clock on the wall.
//
// Left out, on purpose: flood limits (use [TooMany]), the delays by which the server slows down a bot that polls with the same
// offset over and over, formatting other than HTML, files fetched by the bot, topics, channels, inline mode.
package emulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options say which bot the emulator serves, and how.
type Options struct {
	Token    string
	Username string           // of the bot, without @; "maillage_bot" when empty
	Now      func() time.Time // the clock under the emulator's; time.Now when nil
	Log      *slog.Logger     // violations, as they happen; nowhere when nil

	Page   bool                // serve the page and its API as well
	OnJump func(now time.Time) // called after the page's clock was moved
}

// Server is one emulated Telegram with one bot. Make it with New.
type Server struct {
	token    string
	username string
	clock    func() time.Time
	log      *slog.Logger
	onJump   func(time.Time)
	page     http.Handler // nil without a page

	done  chan struct{} // closed by Close
	close sync.Once

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced at every change
	offset     time.Duration // between clock and Now
	jumps      int
	chats      map[int64]*chat
	people     []*Person // in order of appearance
	lastID     int       // of a message: as in a real account, ids grow across the private chats
	files      map[string]*file
	commands   map[string][]command // by scope and language
	faults     []*Fault
	calls      map[string]int
	violations []string

	queue   []*update
	nextID  int64 // the id of the next update
	allowed []string
	poller  int // counts calls of getUpdates: a waiting one that is no longer the last gives way
	queries map[string]*query
	hook    *webhook // nil: none set
}

// New makes a Telegram where nobody has written yet.
func New(o Options) *Server {
	s := &Server{
		token: o.Token, username: o.Username, clock: o.Now, log: o.Log, onJump: o.OnJump,
		done: make(chan struct{}), changed: make(chan struct{}),
		chats: map[int64]*chat{}, files: map[string]*file{}, commands: map[string][]command{},
		calls: map[string]int{}, queries: map[string]*query{},
		nextID: 2_000_001 + rand.Int64N(900_000_000),
	}
	if s.username == "" {
		s.username = "maillage_bot"
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if o.Page {
		s.page = s.pageHandler()
	}
	return s
}

// Close ends long polls, hanging calls, event streams and webhook deliveries. Calls made after it still work.
func (s *Server) Close() {
	s.close.Do(func() {
		close(s.done)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.hook != nil {
			s.hook.stop()
		}
	})
}

// ServeHTTP answers the Bot API under /bot, and everything else from the page, if there is one.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, isBot := strings.CutPrefix(r.URL.Path, "/bot")
	switch {
	case isBot:
		s.serveBot(w, r, rest)
	case s.page != nil:
		s.page.ServeHTTP(w, r)
	default:
		notFound("Not Found").write(w)
	}
}

// Now is the time in this Telegram.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// Jump puts the clock at a time; it runs on from there.
func (s *Server) Jump(to time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset = to.Sub(s.clock())
	s.jumps++
	s.expire()
	s.wake()
}

// Violations lists every broken rule so far, oldest first, each beginning with its method.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noteUnanswered()
	return append([]string(nil), s.violations...)
}

// Calls counts the calls of each method so far, those that a fault swallowed included.
func (s *Server) Calls() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := make(map[string]int, len(s.calls))
	for method, n := range s.calls {
		calls[method] = n
	}
	return calls
}

// Idle waits until every update queued so far is confirmed and every tap among them answered. When ctx ends first, the
// error says what was outstanding, and a tap that the bot confirmed without answering it is a violation.
func (s *Server) Idle(ctx context.Context) error {
	s.mu.Lock()
	upTo := s.nextID
	s.mu.Unlock()
	err := s.wait(ctx, func() bool {
		waiting, unanswered := s.outstanding(upTo)
		return waiting+len(unanswered) == 0
	})
	if err == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, unanswered := s.outstanding(upTo)
	for _, q := range unanswered {
		if q.confirmed {
			s.noteTap(q)
		}
	}
	return fmt.Errorf("emulator: not idle: %d updates not confirmed, %d taps not answered: %w", waiting, len(unanswered), err)
}

// errClosed ends what was waiting when the server was closed.
var errClosed = errors.New("emulator: closed")

// wait blocks until ok is true; ok is called with the lock held, now and after every change.
func (s *Server) wait(ctx context.Context, ok func() bool) error {
	for {
		s.mu.Lock()
		met, changed := ok(), s.changed
		s.mu.Unlock()
		if met {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.done:
			return errClosed
		}
	}
}

// The methods below are called with the lock held.

func (s *Server) now() time.Time { return s.clock().Add(s.offset) }

// wake lets everybody who waits look again.
func (s *Server) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Server) violation(format string, args ...any) {
	v := fmt.Sprintf(format, args...)
	s.violations = append(s.violations, v)
	s.log.Warn("a rule of Telegram was broken", "violation", v)
}
