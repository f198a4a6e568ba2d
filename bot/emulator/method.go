package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	_ "image/gif"  // a photo may be one
	_ "image/jpeg" // a photo may be one
	_ "image/png"  // a photo may be one
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Limits on what the bot sends.
const (
	maxRawText  = 32768 // bytes, before the HTML is parsed
	maxText     = 4096  // UTF-16 units, after
	maxCaption  = 1024
	maxToast    = 200
	maxCommands = 100
	maxPhoto    = 10 << 20
	maxDocument = 50 << 20
	keepForAll  = 48 * time.Hour // how long a message can be deleted
	actionLasts = 5 * time.Second
)

// apiMethod is one method of the Bot API: what it takes, and what it does. run is called with the server's lock held;
// getUpdates, which waits, has none.
type apiMethod struct {
	params map[string]paramType
	run    func(*Server, *call) (any, *apiError)
}

// methods are all that the emulator answers, by their documented name.
var methods = map[string]apiMethod{
	"getMe":          {nil, (*Server).getMe},
	"getUpdates":     {map[string]paramType{"offset": tInteger, "limit": tInteger, "timeout": tInteger, "allowed_updates": tList}, nil},
	"setWebhook":     {map[string]paramType{"url": tString, "secret_token": tString, "max_connections": tInteger, "allowed_updates": tList, "drop_pending_updates": tBoolean}, (*Server).setWebhook},
	"deleteWebhook":  {map[string]paramType{"drop_pending_updates": tBoolean}, (*Server).deleteWebhook},
	"getWebhookInfo": {nil, (*Server).getWebhookInfo},
	"setMyCommands":  {map[string]paramType{"commands": tList, "scope": tObject, "language_code": tString}, (*Server).setMyCommands},
	"getMyCommands":  {map[string]paramType{"scope": tObject, "language_code": tString}, (*Server).getMyCommands},
	"sendMessage":    {sending("text", tString, "link_preview_options", tObject), (*Server).sendMessage},
	"sendPhoto":      {sending("photo", tFile, "caption", tString), (*Server).sendPhoto},
	"sendDocument":   {sending("document", tFile, "caption", tString), (*Server).sendDocument},
	"editMessageText": {map[string]paramType{"chat_id": tChat, "message_id": tInteger, "text": tString, "parse_mode": tString,
		"link_preview_options": tObject, "reply_markup": tObject}, (*Server).editMessageText},
	"editMessageMedia": {map[string]paramType{"chat_id": tChat, "message_id": tInteger, "media": tMedia, "reply_markup": tObject},
		(*Server).editMessageMedia},
	"editMessageReplyMarkup": {map[string]paramType{"chat_id": tChat, "message_id": tInteger, "reply_markup": tObject}, (*Server).editMessageReplyMarkup},
	"deleteMessage":          {map[string]paramType{"chat_id": tChat, "message_id": tInteger}, (*Server).deleteMessage},
	"answerCallbackQuery":    {map[string]paramType{"callback_query_id": tString, "text": tString, "show_alert": tBoolean, "cache_time": tInteger}, (*Server).answerCallbackQuery},
	"sendChatAction":         {map[string]paramType{"chat_id": tChat, "action": tString}, (*Server).sendChatAction},
	"setMessageReaction":     {map[string]paramType{"chat_id": tChat, "message_id": tInteger, "reaction": tList, "is_big": tBoolean}, (*Server).setMessageReaction},
}

// sending are the parameters that all methods which send have in common, and two of one's own.
func sending(what string, t paramType, more string, u paramType) map[string]paramType {
	return map[string]paramType{"chat_id": tChat, "parse_mode": tString, "disable_notification": tBoolean, "protect_content": tBoolean,
		"reply_parameters": tObject, "reply_markup": tObject, what: t, more: u}
}

func (s *Server) getMe(*call) (any, *apiError) {
	me := s.me()
	me["can_join_groups"], me["can_read_all_group_messages"], me["supports_inline_queries"] = true, true, false
	return me, nil
}

// sendMessage and the other senders return the message as the server would.
func (s *Server) sendMessage(c *call) (any, *apiError) {
	f, err := c.messageText()
	if err != nil {
		return nil, err
	}
	return s.send(c, &message{formatted: f})
}

// messageText is the text of a message, which cannot be empty, with its options.
func (c *call) messageText() (formatted, *apiError) {
	if c.str("text") == "" {
		return formatted{}, broken("Message text is empty")
	}
	f, err := c.formatted("text", maxText)
	if err == nil && f.text == "" {
		err = broken("text must be non-empty")
	}
	if err == nil {
		err = c.checkPreview()
	}
	return f, err
}

func (s *Server) sendPhoto(c *call) (any, *apiError) { return s.sendMedia(c, "photo") }

func (s *Server) sendDocument(c *call) (any, *apiError) { return s.sendMedia(c, "document") }

// sendMedia sends the photo or the document of a call, and its caption.
func (s *Server) sendMedia(c *call, kind string) (any, *apiError) {
	m, err := s.media(c, kind, c.str(kind), kind)
	if err != nil {
		return nil, err
	}
	if m.formatted, err = c.formatted("caption", maxCaption); err != nil {
		return nil, err
	}
	return s.send(c, m)
}

// media is a message that holds the photo or the document which came with a call under the name part, or which the bot names
// by its id.
func (s *Server) media(c *call, kind, id, part string) (*message, *apiError) {
	f := s.files[id]
	switch {
	case f != nil && f.kind() != kind:
		return nil, broken("can't use file of type %s as %s", f.kind(), kind)
	case f == nil && id != "":
		return nil, broken("wrong file identifier/HTTP URL specified")
	case f == nil:
		var err *apiError
		if f, err = s.upload(c, kind, part); err != nil {
			return nil, err
		}
	}
	if kind == "photo" {
		return &message{photo: f}, nil
	}
	return &message{document: f}, nil
}

// upload keeps a file that came with a call.
func (s *Server) upload(c *call, kind, part string) (*file, *apiError) {
	u, ok := c.files[part]
	f := &file{id: fmt.Sprintf("file%d", len(s.files)+1), name: u.name, data: u.data}
	most := maxDocument
	if kind == "photo" {
		most = maxPhoto
	}
	switch {
	case !ok:
		return nil, broken("there is no %s in the request", kind)
	case len(u.data) == 0:
		return nil, broken("file must be non-empty")
	case len(u.data) > most:
		return nil, &apiError{code: http.StatusRequestEntityTooLarge, description: "Request Entity Too Large", broken: true}
	case kind == "photo":
		if err := f.measure(); err != nil {
			return nil, err
		}
	}
	s.files[f.id] = f
	return f, nil
}

// measure makes a file a photo, if the server would take it for one.
func (f *file) measure() *apiError {
	size, _, err := image.DecodeConfig(bytes.NewReader(f.data))
	switch {
	case err != nil:
		return broken("IMAGE_PROCESS_FAILED")
	case size.Width+size.Height > 10_000 || max(size.Width, size.Height) > 20*min(size.Width, size.Height):
		return broken("PHOTO_INVALID_DIMENSIONS")
	}
	f.width, f.height = size.Width, size.Height
	return nil
}

// formatted is a text in its parse mode, within its limits.
func (c *call) formatted(param string, most int) (formatted, *apiError) {
	raw := c.str(param)
	f := plain(raw)
	switch strings.ToLower(c.str("parse_mode")) {
	case "":
	case "html":
		parsed, err := parseHTML(raw)
		if err != nil {
			return formatted{}, broken("Can't parse entities: %v", err)
		}
		f = parsed
	default:
		return formatted{}, broken("Unsupported parse_mode")
	}
	switch {
	case len(raw) > maxRawText:
		return formatted{}, broken("Text is too long")
	case units(f.text) > most && param == "caption":
		return formatted{}, broken("Message caption is too long")
	case units(f.text) > most:
		return formatted{}, broken("Message is too long")
	}
	return f, nil
}

// send puts a message into its chat.
func (s *Server) send(c *call, m *message) (any, *apiError) {
	ch, err := s.chatOf(c)
	if err != nil {
		return nil, err
	}
	mk, err := parseMarkup(c.str("reply_markup"), false)
	if err != nil {
		return nil, err
	}
	if err := ch.checkReply(c.str("reply_parameters")); err != nil {
		return nil, err
	}
	if ch.blocked {
		return nil, forbidden("bot was blocked by the user")
	}
	s.noteDrops(c, m)
	m.keyboard, m.fixed = mk.inline, mk.reply != nil || mk.remove || mk.force
	switch {
	case mk.reply != nil:
		ch.reply, ch.hint = mk.reply, mk.hint
	case mk.remove:
		ch.reply, ch.hint = nil, ""
	case mk.force:
		ch.hint = mk.hint
	}
	ch.typing = time.Time{}
	m.fromBot = true
	s.add(ch, m)
	return s.onWire(ch, m), nil
}

// chatOf finds the chat that a call is about.
func (s *Server) chatOf(c *call) (*chat, *apiError) {
	if c.str("chat_id") == "" {
		return nil, broken("chat_id is empty")
	}
	ch := s.chats[int64(c.int("chat_id", 0))]
	if ch == nil {
		return nil, refused("chat not found")
	}
	return ch, nil
}

// target finds the message that a call is about; missing is what the server says when it is not there.
func (s *Server) target(c *call, missing string) (*chat, *message, *apiError) {
	ch, err := s.chatOf(c)
	if err != nil {
		return nil, nil, err
	}
	if !c.has("message_id") {
		return nil, nil, broken("Message identifier is not specified")
	}
	m := ch.find(c.int("message_id", 0))
	if m == nil {
		return nil, nil, refused("%s", missing)
	}
	return ch, m, nil
}

// checkPreview refuses link_preview_options that the server would not read.
func (c *call) checkPreview() *apiError {
	var options struct {
		Disabled bool   `json:"is_disabled"`
		URL      string `json:"url"`
		Small    bool   `json:"prefer_small_media"`
		Large    bool   `json:"prefer_large_media"`
		Above    bool   `json:"show_above_text"`
	}
	if !c.has("link_preview_options") {
		return nil
	}
	if err := strictly([]byte(c.str("link_preview_options")), &options); err != nil {
		return broken("Can't parse link preview options: %v", err)
	}
	return nil
}

func (ch *chat) checkReply(raw string) *apiError {
	var p struct {
		Message int  `json:"message_id"`
		Without bool `json:"allow_sending_without_reply"`
	}
	if raw == "" {
		return nil
	}
	if err := strictly([]byte(raw), &p); err != nil {
		return broken("Can't parse reply parameters: %v", err)
	}
	if ch.find(p.Message) == nil && !p.Without {
		return refused("message to be replied not found")
	}
	return nil
}

const notModified = "message is not modified: specified new message content and reply markup are exactly the same " +
	"as a current content and reply markup of the message"

func (s *Server) editMessageText(c *call) (any, *apiError) {
	f, err := c.messageText()
	if err != nil {
		return nil, err
	}
	return s.edit(c, &message{formatted: f})
}

// editMessageMedia takes a photo or a document, uploaded under the name that attach:// gives it or known by its id. One that
// is uploaded is another one, even with the same bytes.
func (s *Server) editMessageMedia(c *call) (any, *apiError) {
	var in struct {
		Type      string `json:"type"`
		Media     string `json:"media"`
		Caption   string `json:"caption"`
		ParseMode string `json:"parse_mode"`
	}
	if err := strictly([]byte(c.str("media")), &in); err != nil {
		return nil, broken("Can't parse input media: %v", err)
	}
	part, attached := strings.CutPrefix(in.Media, "attach://")
	switch _, came := c.files[part]; {
	case in.Type != "photo" && in.Type != "document":
		return nil, broken("the emulator knows no media of type %q", in.Type)
	case in.Media == "":
		return nil, broken("media not found")
	case len(c.files) > 1 || len(c.files) == 1 && !came:
		return nil, broken("a file in the request that the media does not name")
	case attached:
		in.Media = ""
	}
	m, err := s.media(c, in.Type, in.Media, part)
	if err != nil {
		return nil, err
	}
	words := &call{values: map[string]string{"caption": in.Caption, "parse_mode": in.ParseMode}}
	if m.formatted, err = words.formatted("caption", maxCaption); err != nil {
		return nil, err
	}
	return s.edit(c, m)
}

func (s *Server) editMessageReplyMarkup(c *call) (any, *apiError) { return s.edit(c, nil) }

// edit replaces the inline keyboard of a message, and what it says and holds if there is something new. Without a keyboard in
// the call, the message loses its own. A text stays a text and a photo or a document one of the two, although the server would
// make a text into them.
func (s *Server) edit(c *call, to *message) (any, *apiError) {
	mk, err := parseMarkup(c.str("reply_markup"), true)
	if err != nil {
		return nil, err
	}
	ch, m, err := s.target(c, "message to edit not found")
	if err != nil {
		return nil, err
	}
	switch {
	case !m.fromBot || m.fixed:
		return nil, broken("message can't be edited")
	case to != nil && !to.hasMedia() && m.hasMedia():
		return nil, broken("there is no text in the message to edit")
	case to != nil && to.hasMedia() && !m.hasMedia():
		return nil, broken("there is no media in the message to edit")
	case (to == nil || to.sameAs(m)) && slices.EqualFunc(mk.inline, m.keyboard, slices.Equal[[]Button]):
		return nil, refused(notModified)
	}
	if to != nil {
		s.noteDrops(c, to)
		m.formatted, m.photo, m.document = to.formatted, to.photo, to.document
	}
	m.keyboard, m.edited = mk.inline, s.now()
	ch.version++
	return s.onWire(ch, m), nil
}

func (m *message) hasMedia() bool { return m.photo != nil || m.document != nil }

func (m *message) sameAs(other *message) bool {
	return m.html == other.html && m.photo == other.photo && m.document == other.document
}

// noteDrops records what the server leaves out of a text without a word.
func (s *Server) noteDrops(c *call, m *message) {
	for _, drop := range m.drops {
		s.violation("%s: the server drops %s", c.method, drop)
	}
}

func (s *Server) deleteMessage(c *call) (any, *apiError) {
	ch, m, err := s.target(c, "message to delete not found")
	if err != nil {
		return nil, err
	}
	if s.now().Sub(m.date) >= keepForAll || !ch.private() && !m.fromBot {
		return nil, refused("message can't be deleted")
	}
	ch.messages = slices.DeleteFunc(ch.messages, func(other *message) bool { return other == m })
	ch.version++
	return true, nil
}

func (s *Server) answerCallbackQuery(c *call) (any, *apiError) {
	if units(c.str("text")) > maxToast {
		return nil, broken("MESSAGE_TOO_LONG")
	}
	q := s.queries[c.str("callback_query_id")]
	if q == nil || q.answered || s.now().Sub(q.tapped) >= keepTap {
		return nil, refused("query is too old and response timeout expired or query ID is invalid")
	}
	if !q.delivered.IsZero() && s.now().Sub(q.delivered) > answerWithin {
		s.noteTap(q)
	}
	q.answered = true
	ch := s.chats[q.person.id]
	ch.toasts = append(ch.toasts, toastShown{Text: c.str("text"), Alert: c.bool("show_alert")})
	return true, nil
}

// chatActions are what a bot can be seen doing.
var chatActions = []string{"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
	"choose_sticker", "find_location", "record_video_note", "upload_video_note"}

func (s *Server) sendChatAction(c *call) (any, *apiError) {
	ch, err := s.chatOf(c)
	switch {
	case err != nil:
		return nil, err
	case !slices.Contains(chatActions, c.str("action")):
		return nil, broken("wrong parameter action in request")
	case ch.blocked:
		return nil, forbidden("bot was blocked by the user")
	}
	ch.typing = s.now().Add(actionLasts)
	ch.version++
	time.AfterFunc(actionLasts, func() { // the page learns of the end by a change
		s.mu.Lock()
		defer s.mu.Unlock()
		ch.version++
		s.wake()
	})
	return true, nil
}

// reactions are the emoji that a bot may react with.
var reactions = strings.Fields("❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 " +
	"🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡")

func (s *Server) setMessageReaction(c *call) (any, *apiError) {
	var chosen []struct {
		Type  string `json:"type"`
		Emoji string `json:"emoji"`
	}
	if c.has("reaction") {
		if err := strictly([]byte(c.str("reaction")), &chosen); err != nil {
			return nil, broken("Can't parse reactions: %v", err)
		}
	}
	ch, m, err := s.target(c, "message to react not found")
	if err != nil {
		return nil, err
	}
	switch {
	case len(chosen) > 1:
		return nil, broken("REACTIONS_TOO_MANY")
	case len(chosen) == 0:
		m.reaction = ""
	case chosen[0].Type != "emoji" || !slices.Contains(reactions, chosen[0].Emoji):
		return nil, broken("REACTION_INVALID")
	default:
		m.reaction = chosen[0].Emoji
	}
	ch.version++
	return true, nil
}

// command is an entry of the bot's menu.
type command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

var commandName = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func (s *Server) setMyCommands(c *call) (any, *apiError) {
	key, err := commandsKey(c)
	if err != nil {
		return nil, err
	}
	var list []command
	if err := strictly([]byte(c.str("commands")), &list); err != nil {
		return nil, broken("Can't parse commands list: %v", err)
	}
	if len(list) > maxCommands {
		return nil, broken("BOT_COMMANDS_TOO_MUCH")
	}
	for _, entry := range list {
		if !commandName.MatchString(entry.Command) {
			return nil, broken("BOT_COMMAND_INVALID")
		}
		if n := units(entry.Description); n < 1 || n > 256 {
			return nil, broken("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	s.commands[key] = list
	for _, ch := range s.chats {
		ch.version++
	}
	return true, nil
}

func (s *Server) getMyCommands(c *call) (any, *apiError) {
	key, err := commandsKey(c)
	if err != nil {
		return nil, err
	}
	return append([]command{}, s.commands[key]...), nil
}

// commandsKey is the list that a call is about: one per scope and language.
func commandsKey(c *call) (string, *apiError) {
	scope := struct {
		Type string `json:"type"`
	}{"default"}
	if c.has("scope") {
		if err := json.Unmarshal([]byte(c.str("scope")), &scope); err != nil {
			return "", broken("Can't parse BotCommandScope: %v", err)
		}
	}
	if !slices.Contains([]string{"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}, scope.Type) {
		return "", broken("the emulator knows no scope %q", scope.Type)
	}
	if n := len(c.str("language_code")); n != 0 && n != 2 {
		return "", broken("LANG_CODE_INVALID")
	}
	return scope.Type + " " + c.str("language_code"), nil
}

// menu is the list of commands that a French person sees in a private chat.
func (s *Server) menu() []command {
	for _, key := range []string{"all_private_chats fr", "all_private_chats ", "default fr", "default "} {
		if list := s.commands[key]; len(list) > 0 {
			return list
		}
	}
	return []command{}
}
