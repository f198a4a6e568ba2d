package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"
)

// Pauses between two tries of the same update: none before the second, then from firstPause, doubled up to lastPause,
// unless the bot says how long.
const (
	firstPause = 2 * time.Second
	lastPause  = 60 * time.Second
	mostPause  = time.Hour
)

// webhook is where updates go instead of waiting to be fetched: one after the other, over all chats. (The real server keeps
// one such line per chat.)
type webhook struct {
	url, secret string
	stop        context.CancelFunc
	lastError   string
	lastErrorAt time.Time
}

var secretToken = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// setWebhook takes http beside https, and any port: it delivers on this machine.
func (s *Server) setWebhook(c *call) (any, *apiError) {
	if c.str("url") == "" {
		return s.deleteWebhook(c)
	}
	u, err := url.Parse(c.str("url"))
	most := c.int("max_connections", 40)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, broken("bad webhook: An HTTPS URL must be provided for webhook")
	case c.has("secret_token") && !secretToken.MatchString(c.str("secret_token")):
		return nil, broken("secret token contains unallowed characters")
	case most < 1 || most > 100:
		return nil, broken("max_connections is %d, not 1 to 100", most)
	}
	if err := s.setAllowed(c); err != nil {
		return nil, err
	}
	s.removeWebhook(c)
	ctx, stop := context.WithCancel(context.Background())
	s.hook = &webhook{url: c.str("url"), secret: c.str("secret_token"), stop: stop}
	s.poller++ // a poll that waits gives way
	go s.deliverTo(ctx, s.hook)
	return true, nil
}

func (s *Server) deleteWebhook(c *call) (any, *apiError) {
	s.removeWebhook(c)
	return true, nil
}

func (s *Server) removeWebhook(c *call) {
	if s.hook != nil {
		s.hook.stop()
		s.hook = nil
	}
	if c.bool("drop_pending_updates") {
		s.drop(func(*update) bool { return true })
	}
}

func (s *Server) getWebhookInfo(*call) (any, *apiError) {
	info := map[string]any{"url": "", "has_custom_certificate": false, "pending_update_count": len(s.queue)}
	if h := s.hook; h != nil {
		info["url"], info["max_connections"] = h.url, 40
		if h.lastError != "" {
			info["last_error_message"], info["last_error_date"] = h.lastError, h.lastErrorAt.Unix()
		}
	}
	return info, nil
}

// deliverTo posts the updates until ctx ends, each again and again until it is taken or too old.
func (s *Server) deliverTo(ctx context.Context, h *webhook) {
	tries := 0
	for {
		var u *update
		err := s.wait(ctx, func() bool {
			s.expire()
			if len(s.queue) == 0 {
				return false
			}
			u = s.queue[0]
			s.deliver(u)
			return true
		})
		if err != nil {
			return
		}
		pause, err := h.post(ctx, u)
		if err == nil {
			tries = 0
			s.taken(u)
			continue
		}
		tries++
		if pause == 0 && tries > 1 {
			pause = min(firstPause<<min(tries-2, 10), lastPause)
		}
		if s.failed(ctx, h, err, pause) != nil {
			return
		}
	}
}

// post sends one update. With an error comes the pause that the bot asked for, if it did.
func (h *webhook) post(ctx context.Context, u *update) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(u.body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if h.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode/100 == 2 {
		return 0, nil
	}
	seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
	return min(time.Duration(max(seconds, 0))*time.Second, mostPause), parseErrorf("Wrong response from the webhook: %s", answer.Status)
}

// taken confirms one update.
func (s *Server) taken(u *update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(func(other *update) bool { return other == u })
	s.wake()
}

// failed keeps the error for getWebhookInfo and waits for the pause to pass, on the emulator's clock.
func (s *Server) failed(ctx context.Context, h *webhook, err error, pause time.Duration) error {
	s.mu.Lock()
	h.lastError, h.lastErrorAt = err.Error(), s.now()
	until := s.now().Add(pause)
	s.wake()
	s.mu.Unlock()
	alarm := time.AfterFunc(pause, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.wake()
	})
	defer alarm.Stop()
	return s.wait(ctx, func() bool { return !s.now().Before(until) })
}

// setAllowed keeps the kinds of update that the bot wants, when it says so.
func (s *Server) setAllowed(c *call) *apiError {
	if !c.has("allowed_updates") {
		return nil
	}
	var kinds []string
	if err := json.Unmarshal([]byte(c.str("allowed_updates")), &kinds); err != nil {
		return broken("Can't parse allowed updates list: %v", err)
	}
	s.allowed = kinds
	return nil
}
