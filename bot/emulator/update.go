package emulator

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// How long an update waits for the bot. The age up to which Telegram takes the answer to a tap is not documented; here
// it ends when the tap itself would have been dropped.
const (
	keepTap     = 150 * time.Second
	keepMessage = 24 * time.Hour
)

// answerWithin is the patience of a person who looks at a spinning button: a rule of ours, not of Telegram.
const answerWithin = 15 * time.Second

const (
	maxPoll  = 50 * time.Second
	maxBatch = 100
)

// update is one thing waiting for the bot, as it goes over the wire.
type update struct {
	id      int64
	chat    int64
	body    json.RawMessage
	expires time.Time
	query   *query // of a tap
	seen    bool   // handed out at least once
	again   bool   // survives its next confirmation: the fault Twice
}

// query is a tap on an inline button.
type query struct {
	id        string
	person    *Person
	label     string
	tapped    time.Time
	delivered time.Time // the last time it was handed out; zero before
	confirmed bool
	answered  bool // with success: an id is good for one answer
	tried     bool // the bot called answerCallbackQuery, whatever came of it
	dropped   bool // too old before the bot confirmed it
	noted     bool // its violation is recorded
}

// push queues an update of a kind, unless the bot said that it does not want that kind.
func (s *Server) push(chat int64, kind string, what any, keep time.Duration, q *query) {
	if !s.wants(kind) {
		return
	}
	id := s.nextID
	s.nextID++
	body := must(json.Marshal(map[string]any{"update_id": id, kind: what}))
	s.queue = append(s.queue, &update{id: id, chat: chat, body: body, expires: s.now().Add(keep), query: q})
	s.wake()
}

// wants applies allowed_updates. An empty list means everything but what must be asked for.
func (s *Server) wants(kind string) bool {
	if len(s.allowed) > 0 {
		return slices.Contains(s.allowed, kind)
	}
	return kind != "message_reaction"
}

// Poison queues an update that a correct server may send and that a client which knows all kinds of reaction in advance
// cannot decode. It is queued whatever updates the bot asked for.
func (s *Server) Poison() {
	s.mu.Lock()
	defer s.mu.Unlock()
	allowed := s.allowed
	s.allowed = []string{"message_reaction"}
	s.push(0, "message_reaction", map[string]any{
		"chat": map[string]any{"id": 1, "type": "private"}, "message_id": 1, "date": s.now().Unix(),
		"old_reaction": []any{}, "new_reaction": []any{map[string]any{"type": "hologram"}},
	}, keepMessage, nil)
	s.allowed = allowed
}

// getUpdates is the long poll. It takes the lock itself, as it waits without it.
func (s *Server) getUpdates(ctx context.Context, c *call) (any, *apiError) {
	limit := min(max(c.int("limit", maxBatch), 1), maxBatch)
	timeout := min(max(time.Duration(c.int("timeout", 0))*time.Second, 0), maxPoll)
	me, err := s.startPoll(c)
	if err != nil {
		return nil, err
	}
	var batch []json.RawMessage
	replaced, hooked := false, false
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_ = s.wait(ctx, func() bool { // a poll that times out is a poll without updates
		replaced, hooked = s.poller != me, s.hook != nil
		if !replaced {
			batch = s.hand(limit)
		}
		return replaced || len(batch) > 0
	})
	if hooked {
		return nil, conflict("terminated by setWebhook request")
	}
	if replaced {
		return nil, conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
	}
	if batch == nil {
		batch = []json.RawMessage{}
	}
	return batch, nil
}

// startPoll confirms by the offset and ends the poll that was waiting, if any. It returns the number of this poll.
func (s *Server) startPoll(c *call) (int, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hook != nil {
		return 0, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	if err := s.setAllowed(c); err != nil {
		return 0, err
	}
	s.expire()
	s.confirm(int64(c.int("offset", 0)))
	s.poller++
	s.wake()
	return s.poller, nil
}

// confirm drops everything below offset, or all but the last -offset. An offset far from the queue is ignored.
func (s *Server) confirm(offset int64) {
	head := s.nextID
	if len(s.queue) > 0 {
		head = s.queue[0].id
	}
	switch {
	case offset == 0, offset > s.nextID+10, offset > 0 && offset < head-100_000:
		return
	case offset < 0 && len(s.queue) <= int(-offset):
		return
	case offset < 0:
		offset = s.queue[len(s.queue)+int(offset)].id
	}
	s.drop(func(u *update) bool { return u.id < offset })
}

// drop confirms the updates that gone picks.
func (s *Server) drop(gone func(*update) bool) {
	s.queue = slices.DeleteFunc(s.queue, func(u *update) bool {
		if !gone(u) {
			return false
		}
		if u.again {
			u.again = false
			return false
		}
		if u.query != nil {
			u.query.confirmed = true
		}
		return true
	})
}

// hand gives the next updates to whoever polls.
func (s *Server) hand(limit int) []json.RawMessage {
	s.expire()
	var batch []json.RawMessage
	for _, u := range s.queue[:min(limit, len(s.queue))] {
		s.deliver(u)
		batch = append(batch, u.body)
	}
	return batch
}

// deliver notes that an update leaves for the bot.
func (s *Server) deliver(u *update) {
	if !u.seen {
		u.seen = true
		u.again = s.fault("getUpdates", u.chat, twice) != nil
	}
	if u.query != nil {
		u.query.delivered = s.now()
	}
}

// expire drops what has waited too long.
func (s *Server) expire() {
	now := s.now()
	s.queue = slices.DeleteFunc(s.queue, func(u *update) bool {
		if now.Before(u.expires) {
			return false
		}
		if u.query != nil {
			u.query.dropped = true
		}
		return true
	})
}

// outstanding counts the updates with an id below upTo that the bot has not confirmed, and lists all taps that it has not answered.
func (s *Server) outstanding(upTo int64) (waiting int, unanswered []*query) {
	s.expire()
	for _, u := range s.queue {
		if u.id < upTo {
			waiting++
		}
	}
	for _, q := range s.queries {
		if !q.tried && !q.dropped {
			unanswered = append(unanswered, q)
		}
	}
	return waiting, unanswered
}

// noteUnanswered records the taps that were handed out too long ago.
func (s *Server) noteUnanswered() {
	for _, q := range s.queries {
		if !q.delivered.IsZero() && !q.tried && !q.dropped && s.now().Sub(q.delivered) > answerWithin {
			s.noteTap(q)
		}
	}
}

func (s *Server) noteTap(q *query) {
	if !q.noted {
		q.noted = true
		s.violation("answerCallbackQuery: the tap on %q was not answered", q.label)
	}
}

// must is for what cannot fail: encoding our own values.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
