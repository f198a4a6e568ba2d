package emulator

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Person is somebody with a private chat with the bot.
type Person struct {
	Role string // of those whom the page plays, shown there; "" for the others. Set it before the page is served

	s    *Server
	id   int64
	name string
}

// Message is what stands in a chat.
type Message struct {
	ID       int
	FromBot  bool
	Text     string // plain; of a photo or a document, the caption
	HTML     string // the same with b i u s code pre a blockquote tg-spoiler, escaped
	Keyboard [][]Button
	Edited   bool
	Date     time.Time
	Photo    []byte
	Document []byte
	FileName string // of the photo or the document
	Reaction string // the bot's
}

// chat is what the bot and somebody, or a group, have said.
type chat struct {
	id       int64
	person   *Person // nil in a group
	messages []*message
	reply    *replyKeyboard
	hint     string // in the field where the person types
	toasts   []toastShown
	typing   time.Time // until when
	blocked  bool
	version  int // counts the changes that a page shows
}

// toastShown is the answer to a tap. With an empty text it only ends the wait.
type toastShown struct {
	Text  string `json:"text"`
	Alert bool   `json:"alert"`
}

type message struct {
	formatted
	id       int
	fromBot  bool
	person   *Person // who wrote it, when not the bot
	date     time.Time
	edited   time.Time // zero: never
	keyboard [][]Button
	fixed    bool // carries a markup that is not inline: cannot be edited
	photo    *file
	document *file
	kind     string // of what a person sent, when it is no text
	reaction string
}

// file is a photo or a document, kept in memory.
type file struct {
	id, name      string
	data          []byte
	width, height int // of a photo
}

func (f *file) kind() string {
	if f.width > 0 {
		return "photo"
	}
	return "document"
}

func (f *file) mime() string {
	if kind := http.DetectContentType(f.data); strings.HasPrefix(kind, "image/") {
		return kind
	}
	return "application/octet-stream"
}

// Person returns the person with an id, who appears under that name when new.
func (s *Server) Person(id int64, firstName string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.chats[id]; ch != nil && ch.person != nil {
		return ch.person
	}
	p := &Person{s: s, id: id, name: firstName}
	s.chats[id] = &chat{id: id, person: p}
	s.people = append(s.people, p)
	return p
}

// ID is the person's, which is also that of the private chat.
func (p *Person) ID() int64 { return p.id }

// Say sends a text, a command or a deep link ("/start CODE"), and returns the message's id. Who had blocked the bot unblocks it.
func (p *Person) Say(text string) int {
	p.Unblock()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.say(p.s.chats[p.id], text)
}

// SayInGroup sends a text to a group (a negative id), which appears when new.
func (p *Person) SayInGroup(chatID int64, text string) int {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch := p.s.chats[chatID]
	if ch == nil {
		ch = &chat{id: chatID}
		p.s.chats[chatID] = ch
	}
	return p.say(ch, text)
}

func (p *Person) say(ch *chat, text string) int {
	m := &message{formatted: plain(text), person: p}
	p.s.add(ch, m)
	p.s.push(ch.id, "message", p.s.onWire(ch, m), keepMessage, nil)
	return m.id
}

// sent is what a person can send beside text, and how the server shows it to the bot.
var sent = map[string]any{
	"photo":    []any{map[string]any{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}},
	"sticker":  map[string]any{"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 512, "height": 512, "is_animated": false, "is_video": false, "emoji": "👍"},
	"voice":    map[string]any{"file_id": "v", "file_unique_id": "v", "duration": 3, "mime_type": "audio/ogg"},
	"contact":  map[string]any{"phone_number": "+33639980001", "first_name": "Dominique"},
	"location": map[string]any{"latitude": 43.6, "longitude": 3.87},
}

// Send sends something that is no text: photo, sticker, voice, contact or location. Any other kind panics.
func (p *Person) Send(kind string) int {
	if sent[kind] == nil {
		panic("emulator: nobody can send a " + kind)
	}
	p.Unblock()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m := p.s.chats[p.id], &message{person: p, kind: kind}
	p.s.add(ch, m)
	p.s.push(p.id, "message", p.s.onWire(ch, m), keepMessage, nil)
	return m.id
}

// Edit changes the text of one of the person's own messages.
func (p *Person) Edit(messageID int, text string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch := p.s.chats[p.id]
	m := ch.find(messageID)
	if m == nil || m.fromBot || m.kind != "" {
		return fmt.Errorf("emulator: %s has no text %d to edit", p.name, messageID)
	}
	m.formatted, m.edited = plain(text), p.s.now()
	ch.version++
	p.s.push(p.id, "edited_message", p.s.onWire(ch, m), keepMessage, nil)
	return nil
}

// Tap taps an inline button of a message by its label.
func (p *Person) Tap(messageID int, label string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.tap(messageID, func(b Button) bool { return b.Label == label }, label)
}

// tap taps the first button that is picked; what says which one that was to be.
func (p *Person) tap(messageID int, picked func(Button) bool, what string) error {
	m := p.s.chats[p.id].find(messageID)
	if m == nil {
		return fmt.Errorf("emulator: %s has no message %d", p.name, messageID)
	}
	for _, row := range m.keyboard {
		for _, b := range row {
			if !picked(b) {
				continue
			}
			if b.URL != "" {
				return fmt.Errorf("emulator: the button %q of message %d is a link", what, messageID)
			}
			p.query(m, b)
			return nil
		}
	}
	return fmt.Errorf("emulator: message %d has no button %q", messageID, what)
}

// Forge taps a button that is not there, or no longer: what a late or a made-up tap looks like to the bot.
func (p *Person) Forge(messageID int, data string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.s.chats[p.id].find(messageID)
	if m == nil {
		return fmt.Errorf("emulator: %s has no message %d", p.name, messageID)
	}
	p.query(m, Button{Label: data, Data: data})
	return nil
}

// query queues a tap. It counts as open only if the bot wants taps at all.
func (p *Person) query(m *message, b Button) {
	q := &query{id: strconv.FormatInt(rand.Int64(), 10), person: p, label: b.Label, tapped: p.s.now()}
	if p.s.wants("callback_query") {
		p.s.queries[q.id] = q
	}
	p.s.push(p.id, "callback_query", map[string]any{
		"id": q.id, "from": p.onWire(), "message": p.s.onWire(p.s.chats[p.id], m),
		"chat_instance": strconv.FormatInt(p.id, 10), "data": b.Data,
	}, keepTap, q)
}

// Press presses a button of the reply keyboard, which sends its label as a text.
func (p *Person) Press(label string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch := p.s.chats[p.id]
	if ch.reply == nil || !slices.ContainsFunc(ch.reply.labels, func(row []string) bool { return slices.Contains(row, label) }) {
		return fmt.Errorf("emulator: %s has no key %q", p.name, label)
	}
	if ch.reply.oneTime {
		ch.reply = nil
	}
	p.say(ch, label)
	return nil
}

// Block blocks the bot: from now on it cannot send anything to this person.
func (p *Person) Block() { p.setBlocked(true) }

// Unblock undoes Block.
func (p *Person) Unblock() { p.setBlocked(false) }

func (p *Person) setBlocked(blocked bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch := p.s.chats[p.id]
	if ch.blocked == blocked {
		return
	}
	ch.blocked = blocked
	before, after := p.s.membership(!blocked), p.s.membership(blocked)
	p.s.push(p.id, "my_chat_member", map[string]any{"chat": ch.onWire(), "from": p.onWire(), "date": p.s.now().Unix(),
		"old_chat_member": before, "new_chat_member": after}, keepMessage, nil)
}

// membership is what the bot is in a private chat.
func (s *Server) membership(blocked bool) map[string]any {
	if blocked {
		return map[string]any{"user": s.me(), "status": "kicked", "until_date": 0}
	}
	return map[string]any{"user": s.me(), "status": "member"}
}

// Messages is what stands in the chat now, oldest first.
func (p *Person) Messages() []Message { return p.s.Messages(p.id) }

// Messages is what stands in a chat now, a group's included, oldest first.
func (s *Server) Messages(chatID int64) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot(chatID)
}

// Toasts lists what flashed over the chat in answer to taps.
func (p *Person) Toasts() []string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	var texts []string
	for _, t := range p.s.chats[p.id].toasts {
		if t.Text != "" {
			texts = append(texts, t.Text)
		}
	}
	return texts
}

// ReplyKeyboard is what stands under the field where the person types; nil when nothing does.
func (p *Person) ReplyKeyboard() [][]string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if reply := p.s.chats[p.id].reply; reply != nil {
		return reply.labels
	}
	return nil
}

// Wait waits until the chat looks as ok wants it. ok must not call the emulator.
func (p *Person) Wait(ctx context.Context, ok func([]Message) bool) error {
	err := p.s.wait(ctx, func() bool { return ok(p.s.snapshot(p.id)) })
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("emulator: %s waited in vain, for what is not among %d messages: %w", p.name, len(p.Messages()), err)
	}
	return err
}

// The functions below are called with the lock held.

func (s *Server) snapshot(chatID int64) []Message {
	ch := s.chats[chatID]
	if ch == nil {
		return nil
	}
	shown := make([]Message, len(ch.messages))
	for i, m := range ch.messages {
		shown[i] = Message{ID: m.id, FromBot: m.fromBot, Text: m.text, HTML: m.html, Edited: !m.edited.IsZero(), Date: m.date, Reaction: m.reaction}
		for _, row := range m.keyboard {
			shown[i].Keyboard = append(shown[i].Keyboard, slices.Clone(row))
		}
		if m.photo != nil {
			shown[i].Photo, shown[i].FileName = m.photo.data, m.photo.name
		}
		if m.document != nil {
			shown[i].Document, shown[i].FileName = m.document.data, m.document.name
		}
	}
	return shown
}

// add puts a message at the end of a chat and gives it its id and date.
func (s *Server) add(ch *chat, m *message) {
	s.lastID++
	m.id, m.date = s.lastID, s.now()
	ch.messages = append(ch.messages, m)
	ch.version++
	s.wake()
}

func (ch *chat) private() bool { return ch.person != nil }

func (ch *chat) find(id int) *message {
	for _, m := range ch.messages {
		if m.id == id {
			return m
		}
	}
	return nil
}

func (s *Server) me() map[string]any {
	return map[string]any{"id": botID, "is_bot": true, "first_name": botName, "username": s.username}
}

// The bot, as an account.
const (
	botID   = 1
	botName = "Maillage"
)

func (p *Person) onWire() map[string]any {
	return map[string]any{"id": p.id, "is_bot": false, "first_name": p.name, "language_code": "fr"}
}

func (ch *chat) onWire() map[string]any {
	if !ch.private() {
		return map[string]any{"id": ch.id, "type": "supergroup", "title": "Groupe"}
	}
	return map[string]any{"id": ch.id, "type": "private", "first_name": ch.person.name}
}

// onWire is a message as the bot gets it. The entities of the bot's own messages are left out.
func (s *Server) onWire(ch *chat, m *message) map[string]any {
	w := map[string]any{"message_id": m.id, "date": m.date.Unix(), "chat": ch.onWire(), "from": s.me()}
	if !m.fromBot {
		w["from"] = m.person.onWire()
	}
	if !m.edited.IsZero() {
		w["edit_date"] = m.edited.Unix()
	}
	if m.keyboard != nil {
		w["reply_markup"] = onWire(m.keyboard)
	}
	words := "text"
	switch {
	case m.photo != nil:
		words = "caption"
		w["photo"] = []any{map[string]any{"file_id": m.photo.id, "file_unique_id": m.photo.id, "width": m.photo.width, "height": m.photo.height, "file_size": len(m.photo.data)}}
	case m.document != nil:
		words = "caption"
		w["document"] = map[string]any{"file_id": m.document.id, "file_unique_id": m.document.id, "file_name": m.document.name, "mime_type": m.document.mime(), "file_size": len(m.document.data)}
	case m.kind != "":
		w[m.kind] = sent[m.kind]
	}
	if m.text != "" {
		w[words] = m.text
	}
	if name, _, _ := strings.Cut(m.text, " "); strings.HasPrefix(name, "/") && len(name) > 1 && !m.fromBot {
		w["entities"] = []any{map[string]any{"type": "bot_command", "offset": 0, "length": units(name)}}
	}
	return w
}
