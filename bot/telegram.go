package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// PublicAPI is where the Bot API is found when nothing else is said.
const PublicAPI = "https://api.telegram.org"

// startLimit bounds all calls of Start together, so that a wrong token or a missing network is told at once.
const startLimit = 4 * time.Second

// ErrToken means that the token is malformed or that Telegram refuses it: nothing will work until it is changed.
var ErrToken = errors.New("the bot token is missing, malformed or refused by Telegram: copy it again from @BotFather")

var tokenForm = regexp.MustCompile(`^\d+:[A-Za-z0-9_-]{30,}$`)

// Telegram receives what educators send and shows them what a turn answers. The library only makes the calls that send:
// its own loop acknowledges updates before they are handled, and one update that it cannot decode stops it for a day.
type Telegram struct {
	Username string // of the bot, for https://t.me/Username?start=CODE; known after Start

	api      *telegram.Bot
	wire     *wire
	handle   func(context.Context, Incoming) (Reply, error)
	log      *slog.Logger
	commands []Command     // of the menu
	drain    time.Duration // how long Run goes on after its context ended

	mu    sync.Mutex
	cards map[int64]int // by chat, the message that holds the live card; one entry per chat seen since the start
}

// NewTelegram makes the edge for one bot. It calls nobody: a network that is down shows in Start.
// An empty apiURL is PublicAPI. Neither the token nor the text of a message is ever in an error or in log.
func NewTelegram(token, apiURL string, handle func(context.Context, Incoming) (Reply, error), commands []Command, log *slog.Logger) (*Telegram, error) {
	token = strings.TrimSpace(token)
	if !tokenForm.MatchString(token) {
		return nil, ErrToken
	}
	if apiURL == "" {
		apiURL = PublicAPI
	}
	apiURL = strings.TrimRight(apiURL, "/")
	u, err := url.Parse(apiURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" {
		return nil, errors.New("the address of the Bot API must be like " + PublicAPI)
	}
	t := &Telegram{
		wire:     newWire(apiURL, token, log),
		handle:   handle,
		commands: commands,
		log:      log,
		drain:    drainLimit,
		cards:    make(map[int64]int),
	}
	t.api, err = telegram.New(token,
		telegram.WithSkipGetMe(),
		telegram.WithServerURL(apiURL),
		telegram.WithHTTPClient(callLimit, t.wire),
		telegram.WithErrorsHandler(func(err error) { log.Warn("Telegram library", "err", t.wire.clean(err)) }))
	if err != nil {
		return nil, fmt.Errorf("make the Telegram client: %w", t.wire.clean(err))
	}
	return t, nil
}

// Start finds out who the bot is and prepares its account: the menu of commands, and no webhook, which would keep updates away.
func (t *Telegram) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := t.Meet(ctx); err != nil {
		return err
	}
	hook, err := t.api.GetWebhookInfo(ctx)
	if err != nil {
		return fmt.Errorf("ask Telegram for a webhook: %w", t.wire.clean(err))
	}
	if hook.URL != "" {
		if _, err := t.api.DeleteWebhook(ctx, &telegram.DeleteWebhookParams{}); err != nil {
			return fmt.Errorf("remove the webhook: %w", t.wire.clean(err))
		}
		t.log.Info("webhook removed: updates are polled")
	}
	if err := t.setCommands(ctx); err != nil {
		t.log.Warn("menu of commands not set", "err", t.wire.clean(err))
	}
	return nil
}

// Meet asks Telegram who the bot is, which is all that Deliver and a deep link need.
func (t *Telegram) Meet(ctx context.Context) error {
	me, err := t.api.GetMe(ctx)
	if errors.Is(err, telegram.ErrorUnauthorized) || errors.Is(err, telegram.ErrorNotFound) {
		return ErrToken
	}
	if err != nil {
		return fmt.Errorf("ask Telegram who the bot is: %w", t.wire.clean(err))
	}
	t.Username = me.Username
	return nil
}

func (t *Telegram) setCommands(ctx context.Context) error {
	menu := make([]models.BotCommand, 0, len(t.commands))
	for _, c := range t.commands {
		menu = append(menu, models.BotCommand{Command: c.Name, Description: c.Help})
	}
	_, err := t.api.SetMyCommands(ctx, &telegram.SetMyCommandsParams{Commands: menu})
	return err
}

// card is the message that holds the live card of a chat, 0 when unknown.
func (t *Telegram) card(chat int64) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cards[chat]
}

// shown notes what message now shows: the live card, or something that is no longer it.
func (t *Telegram) shown(chat int64, message int, card bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case card:
		t.cards[chat] = message
	case t.cards[chat] == message:
		delete(t.cards, chat)
	}
}

// The parts of an update that the bot reads. The library's own types are not used here: they refuse a whole update over one
// part that is newer than they are.
type (
	tgUpdate struct {
		ID      int64           `json:"update_id"`
		Message *tgMessage      `json:"message"`
		Edited  *tgMessage      `json:"edited_message"`
		Tap     *tgTap          `json:"callback_query"`
		Member  json.RawMessage `json:"my_chat_member"`
	}
	tgMessage struct {
		ID   int   `json:"message_id"`
		Date int64 `json:"date"` // in seconds; 0 marks a message that is no longer accessible
		Chat struct {
			ID   int64  `json:"id"`
			Type string `json:"type"`
		} `json:"chat"`
		Text     string          `json:"text"`
		Photo    json.RawMessage `json:"photo"`
		Document json.RawMessage `json:"document"`
		// Messages that the app writes by itself, and nobody expects an answer to.
		Pinned     json.RawMessage `json:"pinned_message"`
		AutoDelete json.RawMessage `json:"message_auto_delete_timer_changed"`
		Background json.RawMessage `json:"chat_background_set"`
	}
	tgTap struct {
		ID   string `json:"id"`
		From struct {
			ID int64 `json:"id"`
		} `json:"from"`
		Message *tgMessage `json:"message"`
		Data    string     `json:"data"`
	}
)

// errPassedOver is an update that the bot has nothing to do with.
var errPassedOver = errors.New("nothing that the bot answers")

// parseUpdate reads one update. With an error, only Incoming.Update is set, and 0 when even that cannot be read.
func parseUpdate(raw []byte) (Incoming, error) {
	var u tgUpdate
	err := json.Unmarshal(raw, &u)
	in := Incoming{Update: u.ID}
	switch {
	case err != nil:
		return in, errors.New("update cannot be decoded") // the error of json may quote what was typed
	case u.Message != nil:
		return u.Message.incoming(in)
	case u.Edited != nil && u.Edited.Text != "": // a live location edits its message every few seconds
		in, err := u.Edited.incoming(in)
		in.What = Edited
		return in, err
	case u.Tap != nil:
		return u.Tap.incoming(in), nil
	}
	return in, errPassedOver
}

func (m *tgMessage) incoming(in Incoming) (Incoming, error) {
	if m.Pinned != nil || m.AutoDelete != nil || m.Background != nil {
		return in, errPassedOver
	}
	in.Chat, in.Private, in.Message = m.Chat.ID, m.Chat.Type == "private", m.ID
	in.Sent = time.Unix(m.Date, 0)
	in.What, in.Text = Text, m.Text
	if m.Text == "" {
		in.What = Other
	}
	return in, nil
}

func (q *tgTap) incoming(in Incoming) Incoming {
	in.What, in.Tap, in.Query = Tap, q.Data, q.ID
	in.Chat, in.Private = q.From.ID, true
	if m := q.Message; m != nil {
		in.Chat, in.Private = m.Chat.ID, m.Chat.Type == "private"
		if m.Date != 0 {
			in.Message, in.Picture = m.ID, m.Photo != nil || m.Document != nil
		}
	}
	return in
}

// keyboard is an inline keyboard. The library's own would add an empty copy_text to every button.
type keyboard struct {
	Rows [][]key `json:"inline_keyboard"`
}

type key struct {
	Label string `json:"text"`
	Data  string `json:"callback_data,omitempty"`
	URL   string `json:"url,omitempty"`
}

// markup is the keyboard under m, nil without buttons.
func (m Message) markup() any {
	var rows [][]key
	for _, row := range m.Rows {
		var keys []key
		for _, b := range row {
			k := key{Label: b.Label, URL: b.URL}
			if b.URL == "" {
				k.Data = b.Data.String()
			}
			keys = append(keys, k)
		}
		if len(keys) > 0 {
			rows = append(rows, keys)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return keyboard{rows}
}

// noPreview keeps a link in a message from growing a picture under it.
func noPreview() *models.LinkPreviewOptions {
	return &models.LinkPreviewOptions{IsDisabled: telegram.True()}
}
