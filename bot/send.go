package bot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

const (
	// callLimit bounds one try of a call, pollSlack the time that a poll may take beyond what Telegram was asked to hold it.
	callLimit = 30 * time.Second
	pollSlack = 15 * time.Second
	// deliverLimit bounds Deliver with all its tries.
	deliverLimit = time.Minute
	// patience bounds how long one call waits in all for a Telegram that can be reached and refuses: too many requests, a
	// gateway in trouble. A network that is down is waited for as long as the context lasts.
	patience = time.Minute
	// firstPause doubles with every try up to longestPause.
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
	// maxAnswer bounds what is read of an answer, in bytes; Telegram's longest are 4 MB.
	maxAnswer = 16 << 20
	// maxText is the length of a message after parsing, in UTF-16 units.
	maxText = 4096
	// maxCaption is the same of the text that goes with a picture or a file.
	maxCaption = 1024
	// noticeable is how long somebody waits for a file before being told that it is on its way.
	noticeable = time.Second
)

// nextPause is the pause after one of the given length.
func nextPause(last time.Duration) time.Duration {
	return min(max(2*last, firstPause), longestPause)
}

// Deliver sends one message outside of a turn. The Delivery says what became of it, the error why; the error holds no token.
func (t *Telegram) Deliver(ctx context.Context, chat int64, m Message) (Delivery, error) {
	ctx, cancel := context.WithTimeout(ctx, deliverLimit)
	defer cancel()
	err := t.send(ctx, chat, t.pack(m))
	if err != nil {
		return outcome(err), fmt.Errorf("deliver: %w", t.wire.clean(err))
	}
	return Delivered, nil
}

// answer shows what a turn answered: the toast, the edit, the buttons and the message to remove side by side, new messages
// after the edit and in their order. What cannot be shown is logged: the turn is committed, and the next one shows its state.
func (t *Telegram) answer(ctx context.Context, in Incoming, r Reply) {
	var calls sync.WaitGroup
	call := func(what string, f func() error) {
		if err := f(); err != nil {
			t.log.Warn("answer not shown", "update", in.Update, "part", what, "err", t.wire.clean(err))
		}
	}
	if in.What == Tap {
		calls.Go(func() { call("toast", func() error { return t.toast(ctx, in.Query, r.Toast) }) })
	}
	if r.Strip != 0 {
		calls.Go(func() { call("buttons", func() error { return t.strip(ctx, in.Chat, r.Strip) }) })
	}
	if r.Delete != 0 {
		calls.Go(func() { call("removal", func() error { return t.remove(ctx, in.Chat, r.Delete) }) })
	}
	if r.Edit != nil {
		call("edit", func() error { return t.replace(ctx, in, *r.Edit) })
	}
	for _, m := range r.Send {
		call("message", func() error { return t.add(ctx, in.Chat, m) })
	}
	calls.Wait()
}

// add sends m as a new message to somebody who waits for it.
func (t *Telegram) add(ctx context.Context, chat int64, m Message) error {
	if m.File != nil {
		defer t.announce(ctx, chat)()
	}
	return t.sendAgain(ctx, chat, t.pack(m))
}

// announce says in the chat that a file is on its way, if that takes long enough to wonder. It ends with stop.
func (t *Telegram) announce(ctx context.Context, chat int64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var call sync.WaitGroup
	call.Go(func() {
		if t.wire.wait(ctx, noticeable) == nil {
			// Whether it is seen or not, the file comes.
			_, _ = t.api.SendChatAction(ctx, &telegram.SendChatActionParams{ChatID: chat, Action: models.ChatActionUploadDocument})
		}
	})
	return func() {
		cancel()
		call.Wait()
	}
}

// sendAgain sends p, and once more when it may not have arrived: an answer seen twice is better than none.
func (t *Telegram) sendAgain(ctx context.Context, chat int64, p parcel) error {
	err := t.send(ctx, chat, p)
	if outcome(err) == Unsure {
		err = t.send(ctx, chat, p)
	}
	return err
}

// send sends p as a new message.
func (t *Telegram) send(ctx context.Context, chat int64, p parcel) error {
	var sent *models.Message
	var err error
	switch {
	case p.Picture != nil:
		sent, err = t.sendPhoto(ctx, chat, p)
	case p.File != nil:
		sent, err = t.sendDocument(ctx, chat, p)
	default:
		sent, err = t.sendText(ctx, chat, p.Message)
	}
	if p.refused(err) {
		t.logRefused(err)
		return t.send(ctx, chat, p.inWords())
	}
	if err == nil && p.Card {
		t.shown(chat, sent.ID, true)
	}
	return err
}

func (t *Telegram) sendText(ctx context.Context, chat int64, m Message) (*models.Message, error) {
	return t.api.SendMessage(ctx, &telegram.SendMessageParams{
		ChatID: chat, Text: t.fitting(m.Text, maxText), ParseMode: models.ParseModeHTML, LinkPreviewOptions: noPreview(), ReplyMarkup: m.markup(),
	})
}

func (t *Telegram) sendPhoto(ctx context.Context, chat int64, p parcel) (*models.Message, error) {
	return t.api.SendPhoto(ctx, &telegram.SendPhotoParams{
		ChatID: chat, Photo: &models.InputFileUpload{Filename: pictureName, Data: bytes.NewReader(p.data)},
		Caption: t.fitting(p.Text, maxCaption), ParseMode: models.ParseModeHTML, ReplyMarkup: p.markup(),
	})
}

func (t *Telegram) sendDocument(ctx context.Context, chat int64, p parcel) (*models.Message, error) {
	return t.api.SendDocument(ctx, &telegram.SendDocumentParams{
		ChatID: chat, Document: &models.InputFileUpload{Filename: p.File.Name, Data: bytes.NewReader(p.data)},
		Caption: t.fitting(p.Text, maxCaption), ParseMode: models.ParseModeHTML, ReplyMarkup: p.markup(),
	})
}

// refused reports whether Telegram refused a message that it may well take in words.
func (p parcel) refused(err error) bool {
	return (p.Picture != nil || p.File != nil) && errors.Is(err, telegram.ErrorBadRequest) && outcome(err) == NotSent
}

func (t *Telegram) logRefused(err error) {
	t.log.Error("picture or file refused: its message goes out without", "err", t.wire.clean(err))
}

// replace puts m in the place of the message tapped on, or sends it where that cannot be: the message is gone, or one of the
// two is a text and the other is not.
func (t *Telegram) replace(ctx context.Context, in Incoming, m Message) error {
	p := t.pack(m)
	switch {
	case in.What != Tap || in.Message == 0:
		return t.sendAgain(ctx, in.Chat, p)
	case p.File != nil || in.Picture != (p.Picture != nil):
		return t.sendBelow(ctx, in, p)
	}
	err := t.edit(ctx, in.Chat, in.Message, p)
	switch {
	case err == nil || refusedFor(err, "message is not modified"):
		t.shown(in.Chat, in.Message, m.Card)
		return nil
	case refusedFor(err, "message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID"):
		return t.sendAgain(ctx, in.Chat, p)
	case p.refused(err):
		t.logRefused(err)
		return t.sendAgain(ctx, in.Chat, p.inWords())
	}
	return err
}

// sendBelow sends p and leaves the message tapped on: a picture as it is, for it still shows what it showed, a text without its buttons.
func (t *Telegram) sendBelow(ctx context.Context, in Incoming, p parcel) error {
	err := t.sendAgain(ctx, in.Chat, p)
	if err != nil || in.Picture {
		return err
	}
	return t.strip(ctx, in.Chat, in.Message)
}

func (t *Telegram) edit(ctx context.Context, chat int64, message int, p parcel) error {
	if p.Picture != nil {
		return t.editPhoto(ctx, chat, message, p)
	}
	_, err := t.api.EditMessageText(ctx, &telegram.EditMessageTextParams{
		ChatID: chat, MessageID: message, Text: t.fitting(p.Text, maxText), ParseMode: models.ParseModeHTML, LinkPreviewOptions: noPreview(), ReplyMarkup: p.markup(),
	})
	return err
}

// pictureName is the name of every picture: nobody sees it, but Telegram goes by its end.
const pictureName = "image.png"

// editPhoto puts another picture, caption and buttons in the place of those of a message.
func (t *Telegram) editPhoto(ctx context.Context, chat int64, message int, p parcel) error {
	_, err := t.api.EditMessageMedia(ctx, &telegram.EditMessageMediaParams{
		ChatID: chat, MessageID: message, ReplyMarkup: p.markup(),
		Media: &models.InputMediaPhoto{Media: "attach://" + pictureName, MediaAttachment: bytes.NewReader(p.data),
			Caption: t.fitting(p.Text, maxCaption), ParseMode: models.ParseModeHTML},
	})
	return err
}

// toast answers a tap, which ends the waiting shown on its button.
func (t *Telegram) toast(ctx context.Context, query, text string) error {
	if r := []rune(text); len(r) > maxToast {
		text = string(r[:maxToast-1]) + "…"
	}
	_, err := t.api.AnswerCallbackQuery(ctx, &telegram.AnswerCallbackQueryParams{CallbackQueryID: query, Text: text})
	if refusedFor(err, "query is too old", "query ID is invalid") {
		return nil
	}
	return err
}

// strip takes the buttons off a message. One that is gone, or that has none, is as wanted.
func (t *Telegram) strip(ctx context.Context, chat int64, message int) error {
	_, err := t.api.EditMessageReplyMarkup(ctx, &telegram.EditMessageReplyMarkupParams{ChatID: chat, MessageID: message})
	if err == nil || errors.Is(err, telegram.ErrorBadRequest) {
		t.shown(chat, message, false)
		return nil
	}
	return err
}

// remove removes a message. One that is gone or older than Telegram lets a bot remove stays as it is.
func (t *Telegram) remove(ctx context.Context, chat int64, message int) error {
	_, err := t.api.DeleteMessage(ctx, &telegram.DeleteMessageParams{ChatID: chat, MessageID: message})
	if errors.Is(err, telegram.ErrorBadRequest) {
		return nil
	}
	return err
}

// refusedFor reports whether Telegram refused a call for one of the reasons, which only its description tells apart.
func refusedFor(err error, reasons ...string) bool {
	if !errors.Is(err, telegram.ErrorBadRequest) {
		return false
	}
	for _, reason := range reasons {
		if strings.Contains(err.Error(), reason) {
			return true
		}
	}
	return false
}

// outcome classifies how sending a message ended.
func outcome(err error) Delivery {
	var failed *failure
	switch {
	case err == nil:
		return Delivered
	case errors.As(err, &failed) && failed.unsure:
		return Unsure
	case errors.Is(err, telegram.ErrorForbidden), refusedFor(err, "chat not found", "user not found", "PEER_ID_INVALID"):
		return Blocked
	}
	return NotSent
}

// fitting cuts a text that Telegram would refuse for its length.
func (t *Telegram) fitting(text string, limit int) string {
	cut := cutHTML(text, limit)
	if cut != text {
		t.log.Error("message cut: it is longer than Telegram takes", "bytes", len(text))
	}
	return cut
}

// cutHTML shortens text to at most limit UTF-16 units after parsing: at the end of a line where there is one, with "…" after
// it and every open tag closed.
func cutHTML(text string, limit int) string {
	if len(text) <= limit {
		return text // a UTF-16 unit takes at least one byte
	}
	line, anywhere, units := 0, 0, 0
	for i := 0; i < len(text); {
		if units < limit {
			anywhere = i
			if text[i] == '\n' {
				line = i
			}
		}
		n, _, width := htmlToken(text[i:])
		i += n
		units += width
	}
	if units <= limit {
		return text
	}
	at := cmp.Or(line, anywhere)
	return text[:at] + ending(openTags(text[:at]))
}

// openTags are the tags that text leaves open, the outermost first.
func openTags(text string) (open []string) {
	for len(text) > 0 {
		n, tag, _ := htmlToken(text)
		switch {
		case strings.HasPrefix(tag, "/"):
			open = open[:max(len(open)-1, 0)]
		case tag != "":
			open = append(open, tag)
		}
		text = text[n:]
	}
	return open
}

func ending(open []string) string {
	var end strings.Builder
	end.WriteString("…")
	for _, tag := range slices.Backward(open) {
		end.WriteString("</" + tag + ">")
	}
	return end.String()
}

// htmlToken measures what text begins with: its bytes, the name when it is a tag ("/b" when it closes), the UTF-16 units shown.
func htmlToken(text string) (n int, tag string, units int) {
	switch text[0] {
	case '<':
		if end := strings.IndexByte(text, '>'); end > 0 {
			tag, _, _ = strings.Cut(text[1:end], " ")
			return end + 1, tag, 0
		}
	case '&':
		end := strings.IndexByte(text[:min(len(text), 12)], ';')
		if end < 0 {
			break
		}
		// Telegram knows numbers and these four; it shows any other as it stands.
		if entity := text[:end+1]; text[1] == '#' || strings.Contains("&lt; &gt; &amp; &quot;", entity) {
			return end + 1, "", len(utf16.Encode([]rune(html.UnescapeString(entity))))
		}
	}
	r, size := utf8.DecodeRuneInString(text)
	return size, "", max(utf16.RuneLen(r), 1)
}

// wire carries the calls of the library and the polls to the Bot API, over connections that it keeps.
type wire struct {
	transport *http.Transport
	base      string // ends before the method; holds the token
	secret    string // the part of the token that must not be seen
	log       *slog.Logger
	limit     time.Duration                              // of one try of a call
	wait      func(context.Context, time.Duration) error // until the pause is over; the context's error when it ends first
}

func newWire(apiURL, token string, log *slog.Logger) *wire {
	_, secret, _ := strings.Cut(token, ":")
	return &wire{
		transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout: 10 * time.Second,
			// Two, the default, would open a new connection for most taps of a busy hour.
			MaxIdleConns:        100,
			MaxIdleConnsPerHost: 100,
			// Shorter than servers keep theirs: a message written to a connection that just closed has an unknown end.
			IdleConnTimeout: 45 * time.Second,
		},
		base:   apiURL + "/bot" + token + "/",
		secret: secret,
		log:    log,
		limit:  callLimit,
		wait:   waitFor,
	}
}

func waitFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// clean is err without the token and without what Telegram quotes from a message.
// The error it came from is cut off: something in it may still hold the address of the call.
func (w *wire) clean(err error) error {
	text, _, _ := strings.Cut(err.Error(), `"`)
	return errors.New(strings.ReplaceAll(text, w.secret, "***"))
}

// failure is a call without an answer of the Bot API: not reached, cut, or a gateway in trouble.
type failure struct {
	text    string
	reached bool // something was there: waiting for the network does not help
	unsure  bool // Telegram may have done what was asked
}

func (f *failure) Error() string { return f.text }

// apiAnswer is the envelope of every answer of the Bot API.
type apiAnswer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result,omitempty"`
	Code        int             `json:"error_code,omitempty"`
	Description string          `json:"description,omitempty"`
	Parameters  struct {
		RetryAfter int `json:"retry_after,omitempty"` // in seconds
	} `json:"parameters"`
}

func (a apiAnswer) retryAfter() time.Duration {
	return time.Duration(a.Parameters.RetryAfter) * time.Second
}

// Do makes a call of the library, again where it failed and doing so is harmless. It takes the place of an http.Client, which
// would follow redirects with the token and put the address into its errors.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, w.clean(err)
	}
	method := path.Base(req.URL.Path)
	repeatable := !strings.HasPrefix(method, "send") // editing, removing or answering twice ends where once does
	var waited, pause time.Duration
	for {
		a, failed := w.once(req, body, w.limit)
		switch {
		case failed == nil && a.Code != http.StatusTooManyRequests:
			return a.response()
		case failed == nil:
			pause = max(a.retryAfter(), firstPause)
			w.log.Info("Telegram asks to wait", "method", method, "pause", pause)
		case failed.unsure && !repeatable:
			return nil, failed
		default:
			pause = nextPause(pause)
		}
		if failed == nil || failed.reached {
			waited += pause
		}
		if waited > patience || w.wait(req.Context(), pause) != nil {
			if failed != nil {
				return nil, failed
			}
			return a.response()
		}
	}
}

// once makes one try of a call.
func (w *wire) once(req *http.Request, body []byte, limit time.Duration) (apiAnswer, *failure) {
	ctx, cancel := context.WithTimeout(req.Context(), limit)
	defer cancel()
	try := req.Clone(ctx)
	try.Body, try.ContentLength = http.NoBody, 0
	var gone atomic.Bool // the whole body was handed over, so Telegram may have it
	if len(body) > 0 {
		try.ContentLength = int64(len(body))
		// Called again by net/http when nothing of the first was written.
		try.GetBody = func() (io.ReadCloser, error) {
			gone.Store(false)
			return io.NopCloser(&handedOver{rest: bytes.NewReader(body), gone: &gone}), nil
		}
		try.Body, _ = try.GetBody()
	}
	resp, err := w.transport.RoundTrip(try)
	if err != nil {
		return apiAnswer{}, &failure{text: w.clean(err).Error(), reached: gone.Load(), unsure: gone.Load()}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return apiAnswer{}, &failure{text: w.clean(err).Error(), reached: true, unsure: true}
	}
	return readAnswer(resp.StatusCode, raw)
}

// handedOver is a body that notes when its last byte was read, which is before that byte is written.
type handedOver struct {
	rest *bytes.Reader
	gone *atomic.Bool
}

func (h *handedOver) Read(p []byte) (int, error) {
	n, err := h.rest.Read(p)
	if h.rest.Len() == 0 {
		h.gone.Store(true)
	}
	return n, err
}

// readAnswer reads the envelope. What is not one comes from something between the bot and Telegram; its words are not kept,
// because they may quote the address.
func readAnswer(status int, raw []byte) (apiAnswer, *failure) {
	var a apiAnswer
	err := json.Unmarshal(raw, &a)
	readable := err == nil && (a.OK || a.Code != 0)
	if readable && a.Code < 500 {
		return a, nil
	}
	if readable {
		status = a.Code
	}
	// 502 and 503 say that nobody took the call. After any other trouble Telegram may have done it.
	refused := status == http.StatusBadGateway || status == http.StatusServiceUnavailable || (status >= 300 && status < 500)
	return apiAnswer{}, &failure{text: fmt.Sprintf("Telegram, or a gateway before it, answers HTTP %d", status), reached: true, unsure: !refused}
}

// response is a as the library reads it. Of a message only the id is left: the library refuses a whole answer over one part
// that is newer than it is, and what was sent would then seem not to be.
func (a apiAnswer) response() (*http.Response, error) {
	var message struct {
		ID int `json:"message_id"`
	}
	if json.Unmarshal(a.Result, &message) == nil && message.ID != 0 {
		a.Result = fmt.Appendf(nil, `{"message_id":%d}`, message.ID)
	}
	raw, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(raw))}, nil
}
