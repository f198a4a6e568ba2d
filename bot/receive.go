package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// window is how many updates Telegram gives at once. It counts from the lowest one not acknowledged, so it also bounds
	// what is in hand.
	window = 100
	// longPoll is how long Telegram holds an empty answer back, in seconds; it allows no more.
	longPoll = 50
	// busyPause is the least time between two polls while something is in hand; samePause while that is also the lowest
	// unfinished update: Telegram gives a single update to who asks for the same offset twice within half a second.
	busyPause = 50 * time.Millisecond
	samePause = 600 * time.Millisecond
	// hopeless is how often in a row the turns of one chat may fail, some 40 seconds, before it counts as in trouble of its own:
	// provided that enough turns of other chats ended well meanwhile, or that the window is closed, so that none can, and only
	// few chats have anything in hand. It gets an apology and is acknowledged, for it would hold up everybody else.
	hopeless = 12
	enough   = 10
	few      = 3
	// turnLimit bounds one try of a turn, so that a store that hangs is tried again.
	turnLimit = 30 * time.Second
	// drainLimit bounds how long Run goes on after its context ended, ackLimit the last acknowledgement after that.
	drainLimit = 10 * time.Second
	ackLimit   = 5 * time.Second
)

// allowedUpdates is what Telegram is asked for. my_chat_member says who blocked the bot; sending finds that out by itself.
var allowedUpdates = []string{"message", "edited_message", "callback_query", "my_chat_member"}

// maxRefusals is how often in a row a token that worked may be refused before it is taken for withdrawn.
const maxRefusals = 5

// Run receives until ctx ends, then finishes what is in hand and acknowledges it. It only returns an error that trying on
// cannot mend: ErrToken.
//
// An update is acknowledged once its turn is committed and its answer shown, by asking for what comes after it. Updates of a
// chat are handled in order, those of different chats side by side; while one is in hand, the poll asks again from the lowest
// unfinished one and skips what it has seen. What dies in between comes again under the same update id.
func (t *Telegram) Run(ctx context.Context) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	r := &receiver{
		Telegram: t,
		known:    make(map[int64]bool),
		queues:   make(map[int64][]Incoming),
		changed:  make(chan struct{}, 1),
	}
	err := r.receive(ctx, work)
	idle := make(chan struct{})
	go func() {
		r.chats.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-time.After(t.drain):
		t.log.Warn("turns cut short: Telegram will send their updates again")
		stop()
		select {
		case <-idle:
		case <-time.After(time.Second): // whoever does not heed its context is left behind
		}
	}
	if err == nil {
		r.acknowledge()
	}
	return err
}

// receiver is what one Run knows of the updates that Telegram still holds.
type receiver struct {
	*Telegram
	chats   sync.WaitGroup // one per chat with something in hand
	changed chan struct{}  // woken when an update is finished
	done    atomic.Int64   // how many turns ended well

	asked      int64 // the offset of the last poll; the polling goroutine's own
	down       bool  // Telegram cannot be reached, and that was logged
	conflicted bool  // another process polls, and that was logged

	mu     sync.Mutex
	known  map[int64]bool       // by update id, what was taken and not acknowledged: true once it is finished
	inHand int                  // how many of known are unfinished
	next   int64                // where to go on once all is finished; 0 before the first update
	queues map[int64][]Incoming // by chat; an entry, even an empty one, means that a goroutine serves this chat
}

// receive polls until ctx ends.
func (r *receiver) receive(ctx, work context.Context) error {
	var pause time.Duration
	everReached, refusals := false, 0
	for ctx.Err() == nil {
		r.asked, _ = r.offset()
		updates, a, err := r.getUpdates(ctx, r.asked, window, longPoll)
		answered := time.Now() // a long poll has waited enough by itself, the pause is from here
		switch {
		case ctx.Err() != nil:
			return nil // an answer that came all the same is not acknowledged, and comes again
		case err == nil && a.OK:
			pause = 0
			everReached, refusals = true, 0
			r.reached()
			for _, raw := range updates {
				in, unread := parseUpdate(raw)
				if !r.take(ctx, work, in, unread) {
					break
				}
			}
			r.rest(ctx, answered)
			continue
		case err == nil && (a.Code == http.StatusUnauthorized || a.Code == http.StatusNotFound):
			if refusals++; refusals == maxRefusals || !everReached {
				return ErrToken
			}
			r.unreached(a, err) // one refusal of a token that worked is a gateway's
			pause = longestPause
		case err == nil && a.Code == http.StatusConflict:
			r.conflict(a)
			pause = longestPause
		case err == nil && a.retryAfter() > 0:
			pause = a.retryAfter()
		default:
			r.unreached(a, err)
			pause = nextPause(pause)
		}
		if r.wire.wait(ctx, pause) != nil {
			return nil
		}
	}
	return nil
}

// getUpdates asks for updates from offset on, which acknowledges those below it.
func (r *receiver) getUpdates(ctx context.Context, offset int64, limit, timeout int) ([]json.RawMessage, apiAnswer, error) {
	body, err := json.Marshal(struct {
		Offset  int64    `json:"offset,omitempty"`
		Limit   int      `json:"limit"`
		Timeout int      `json:"timeout"`
		Allowed []string `json:"allowed_updates"`
	}{offset, limit, timeout, allowedUpdates})
	if err != nil {
		return nil, apiAnswer{}, fmt.Errorf("encode getUpdates: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.wire.base+"getUpdates", nil)
	if err != nil {
		return nil, apiAnswer{}, r.wire.clean(err)
	}
	req.Header.Set("Content-Type", "application/json")
	a, failed := r.wire.once(req, body, time.Duration(timeout)*time.Second+pollSlack)
	if failed != nil {
		return nil, apiAnswer{}, failed
	}
	var updates []json.RawMessage
	if a.OK && json.Unmarshal(a.Result, &updates) != nil {
		return nil, apiAnswer{}, errors.New("what Telegram gives is no list of updates")
	}
	return updates, a, nil
}

// reached, unreached and conflict log a state once, when it begins or ends.
func (r *receiver) reached() {
	if r.down {
		r.log.Info("Telegram is reached again")
	}
	r.down = false
}

func (r *receiver) unreached(a apiAnswer, err error) {
	if err == nil {
		err = r.wire.clean(fmt.Errorf("Telegram answers %d: %s", a.Code, a.Description))
	}
	if !r.down {
		r.log.Warn("no updates from Telegram, trying on", "err", err)
	}
	r.down = true
}

func (r *receiver) conflict(a apiAnswer) {
	if !r.conflicted {
		r.log.Error("another process polls for this bot: stop it, or give this one a token of its own",
			"err", r.wire.clean(errors.New(a.Description)))
	}
	r.conflicted = true
}

// take takes one update in hand. False means that enough is in hand: this one and all after it come again.
func (r *receiver) take(ctx, work context.Context, in Incoming, unread error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, seen := r.known[in.Update]; seen {
		return true
	}
	if r.inHand >= window {
		return false
	}
	if unread != nil && unread != errPassedOver {
		r.log.Error("update set aside", "update", in.Update, "err", unread)
	}
	if in.Update == 0 {
		return true
	}
	r.next = in.Update + 1
	r.known[in.Update] = unread != nil
	if unread != nil {
		return true
	}
	r.inHand++
	queue, served := r.queues[in.Chat]
	r.queues[in.Chat] = append(queue, in)
	if !served {
		r.chats.Go(func() { r.serve(ctx, work, in.Chat) })
	}
	return true
}

// serve handles the updates of one chat in order, until there are none or until one has to be left for the next start.
func (r *receiver) serve(ctx, work context.Context, chat int64) {
	var t trouble
	for {
		in, ok := r.first(chat)
		if !ok || !r.finish(ctx, work, in, &t) {
			return
		}
	}
}

// trouble is what a chat knows of its own failing turns.
type trouble struct {
	tries int   // in a row
	done  int64 // receiver.done at the first of them
}

func (r *receiver) first(chat int64) (Incoming, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	queue := r.queues[chat]
	if len(queue) == 0 {
		delete(r.queues, chat)
		return Incoming{}, false
	}
	r.queues[chat] = queue[1:]
	return queue[0], true
}

// finish plays the turn of one update and shows its answer. A turn that fails is played again until it does not, so that the
// updates of a chat keep their order. False means that the end came first.
func (r *receiver) finish(ctx, work context.Context, in Incoming, t *trouble) bool {
	var pause time.Duration
	for {
		in.Card = r.card(in.Chat)
		reply, err := r.play(work, in)
		if err == nil {
			*t = trouble{}
			r.done.Add(1)
			return r.show(work, in, reply)
		}
		if pause == 0 {
			r.log.Error("turn failed, trying again", "update", in.Update, "err", err)
		}
		if r.isHopeless(t) {
			r.log.Error("update set aside: turns of this chat fail while others do not", "update", in.Update)
			return r.show(work, in, sorry())
		}
		pause = nextPause(pause)
		if r.wire.wait(ctx, pause) != nil {
			return false
		}
	}
}

// isHopeless counts one more failed turn in t and reports whether going on would only hold up other chats.
// A store that is down does not come to that: then nobody's turns end well, and everybody's are in hand.
func (r *receiver) isHopeless(t *trouble) bool {
	done := r.done.Load()
	if t.tries == 0 {
		t.done = done
	}
	t.tries++
	r.mu.Lock()
	defer r.mu.Unlock()
	closed := len(r.known) >= window && len(r.queues) <= few
	return t.tries >= hopeless && (closed || done-t.done >= enough)
}

// show answers an update and counts it as finished. False means that the end cut the answer short: the update comes again.
func (r *receiver) show(work context.Context, in Incoming, reply Reply) bool {
	r.answer(work, in, reply)
	if work.Err() != nil {
		return false
	}
	r.mu.Lock()
	r.known[in.Update] = true
	r.inHand--
	r.mu.Unlock()
	select {
	case r.changed <- struct{}{}:
	default:
	}
	return true
}

// play runs the handler once. A turn that panics gets an apology and is not tried again.
func (r *receiver) play(work context.Context, in Incoming) (reply Reply, err error) {
	ctx, cancel := context.WithTimeout(work, turnLimit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("turn panicked", "update", in.Update, "panic", panicText(p), "stack", string(debug.Stack()))
			reply, err = sorry(), nil
		}
	}()
	return r.handle(ctx, in)
}

// panicText says what a panic was. Only the runtime's own words are safe: others may quote what an educator typed.
func panicText(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", p)
}

func sorry() Reply { return Reply{Send: []Message{{Text: apology}}}.typeset() }

// offset is where the next poll starts, and whether nothing is in hand. It forgets what that poll acknowledges, so it must
// not be called while a poll is under way.
func (r *receiver) offset() (offset int64, idle bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.inHand == 0 {
		clear(r.known)
		return r.next, true
	}
	for id, finished := range r.known {
		if !finished && (offset == 0 || id < offset) {
			offset = id
		}
	}
	for id := range r.known {
		if id < offset {
			delete(r.known, id)
		}
	}
	return offset, false
}

// rest waits until another poll is worth its cost: at once when nothing is in hand, soon when it acknowledges something,
// else at the pace that Telegram allows.
func (r *receiver) rest(ctx context.Context, answered time.Time) {
	for {
		offset, idle := r.offset()
		pause := busyPause
		if offset == r.asked {
			pause = samePause
		}
		pause -= time.Since(answered)
		if idle || pause <= 0 {
			return
		}
		timer := time.NewTimer(pause)
		select {
		case <-r.changed:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// acknowledge tells Telegram what was finished since the last poll. The one update that this may bring is not taken: only a
// later offset would acknowledge it.
func (r *receiver) acknowledge() {
	offset, _ := r.offset()
	if offset == r.asked {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), ackLimit)
	defer cancel()
	if _, a, err := r.getUpdates(ctx, offset, 1, 0); err != nil || !a.OK {
		r.log.Warn("finished updates not acknowledged: they come again and change nothing", "err", err)
	}
}
