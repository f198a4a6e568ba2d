package emulator

import (
	"net/http"
	"strconv"
)

// Fault is a piece of bad luck, waiting for the calls it is meant for.
type Fault struct {
	Method string // exactly as documented; empty: any but getUpdates
	Chat   int64  // the chat the call is about; 0: any, and calls about no chat
	Times  int    // how many calls it hits; 0 means one
	Kind   Kind
}

// Kind is what happens to a call.
type Kind struct {
	what       string
	retryAfter int
}

// What can go wrong.
var (
	BadGateway  = Kind{what: "bad gateway"}  // not processed, answered by the proxy in front: 502 and a page of HTML
	Hang        = Kind{what: "hang"}         // not processed, never answered
	ResetBefore = Kind{what: "reset before"} // not processed, the connection is closed
	DropAfter   = Kind{what: "drop after"}   // processed, and the connection closed before the answer
	Twice       = Kind{what: twice}          // whatever Method says: the next update is handed out once more after its confirmation
)

const twice = "twice"

// TooMany is a 429 with the number of seconds to wait, in the body and in the header. Not processed.
func TooMany(retryAfter int) Kind { return Kind{what: "too many", retryAfter: retryAfter} }

// Fail arms a fault. Several wait side by side; the first armed that fits a call has it.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(f.Times, 1)
	s.faults = append(s.faults, &f)
}

// takeFault uses up the fault that a call meets, or returns nil.
func (s *Server) takeFault(c *call) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	chat := int64(c.int("chat_id", 0))
	if q := s.queries[c.str("callback_query_id")]; q != nil {
		chat = q.person.id
		q.tried = true
		s.wake()
	}
	return s.fault(c.method, chat, "")
}

// fault uses up the first fault that fits, of the kind Twice or of any other kind. Called with the lock held.
func (s *Server) fault(method string, chat int64, what string) *Fault {
	for i, f := range s.faults {
		fits := f.Method == method || f.Method == "" && method != "getUpdates" || what == twice
		if !fits || f.Chat != 0 && f.Chat != chat || (f.Kind.what == twice) != (what == twice) {
			continue
		}
		if f.Times--; f.Times == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return f
	}
	return nil
}

// before does what happens instead of the call, and reports false when the call is to be processed first.
func (f *Fault) before(w http.ResponseWriter, r *http.Request, closed <-chan struct{}) bool {
	switch f.Kind {
	case BadGateway:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n" +
			"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"))
	case Hang:
		select {
		case <-r.Context().Done():
		case <-closed:
		}
		panic(http.ErrAbortHandler)
	case ResetBefore:
		panic(http.ErrAbortHandler)
	case DropAfter:
		return false
	default:
		(&apiError{code: http.StatusTooManyRequests, retryAfter: f.Kind.retryAfter,
			description: "Too Many Requests: retry after " + strconv.Itoa(f.Kind.retryAfter)}).write(w)
	}
	return true
}
