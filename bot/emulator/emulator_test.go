package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

const token = "1000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// start serves a new Telegram, and closes it with the test.
func start(t *testing.T, o Options) (*Server, string) {
	t.Helper()
	o.Token = token
	s := New(o)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Cleanup(s.Close)
	return s, server.URL
}

// client is the library the bot is made with. It is never started: it only sends.
func client(t *testing.T, url string) *telegram.Bot {
	t.Helper()
	b, err := telegram.New(token, telegram.WithServerURL(url), telegram.WithSkipGetMe())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// answer is what the Bot API says.
type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
	status int
	header http.Header
}

// ask calls a method with a JSON body.
func ask(t *testing.T, url, method, body string) answer {
	t.Helper()
	a, err := tryAsk(t.Context(), url, method, body)
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return a
}

func tryAsk(ctx context.Context, url, method, body string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/bot"+token+"/"+method, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: resp.StatusCode, header: resp.Header}
	return a, json.Unmarshal(data, &a)
}

func noViolations(t *testing.T, s *Server) {
	t.Helper()
	if v := s.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// pngOf is a picture of a size.
func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

// TestLibrary talks to the emulator as the bot does: everything the library sends must pass, with nothing noted.
func TestLibrary(t *testing.T) {
	s, url := start(t, Options{Username: "essai_bot"})
	b, ctx := client(t, url), t.Context()
	camille := s.Person(1001, "Camille")

	me, err := b.GetMe(ctx)
	if err != nil || me.Username != "essai_bot" || !me.IsBot {
		t.Fatalf("getMe: %v %+v", err, me)
	}
	if info, err := b.GetWebhookInfo(ctx); err != nil || info.URL != "" {
		t.Fatalf("getWebhookInfo: %v %+v", err, info)
	}
	if _, err := b.DeleteWebhook(ctx, &telegram.DeleteWebhookParams{}); err != nil {
		t.Fatal(err)
	}
	menu := []models.BotCommand{{Command: "action", Description: "Saisir une action"}}
	if _, err := b.SetMyCommands(ctx, &telegram.SetMyCommandsParams{Commands: menu, Scope: &models.BotCommandScopeAllPrivateChats{}}); err != nil {
		t.Fatal(err)
	}
	got, err := b.GetMyCommands(ctx, &telegram.GetMyCommandsParams{Scope: &models.BotCommandScopeAllPrivateChats{}})
	if err != nil || !reflect.DeepEqual(got, menu) {
		t.Fatalf("getMyCommands: %v %v", err, got)
	}

	disabled := true
	card, err := b.SendMessage(ctx, &telegram.SendMessageParams{
		ChatID: 1001, Text: "<b>Camille &amp; l’équipe</b> <i>17 ans</i>", ParseMode: models.ParseModeHTML,
		LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: &disabled}, DisableNotification: true,
		ReplyMarkup: models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{
			{{Text: "Enregistrer", CallbackData: "carte:enregistrer:4"}, {Text: "Site", URL: "https://exemple.fr/a?b=1&c=2"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if card.Text != "Camille & l’équipe 17 ans" || card.Chat.ID != 1001 {
		t.Errorf("sendMessage returned %+v", card)
	}
	want := Message{ID: card.ID, FromBot: true, Text: "Camille & l’équipe 17 ans", HTML: "<b>Camille &amp; l’équipe</b> <i>17 ans</i>",
		Keyboard: [][]Button{{{Label: "Enregistrer", Data: "carte:enregistrer:4"}, {Label: "Site", URL: "https://exemple.fr/a?b=1&c=2"}}}}
	shown := camille.Messages()[0]
	want.Date = shown.Date
	if !reflect.DeepEqual(shown, want) {
		t.Errorf("chat shows\n%+v, want\n%+v", shown, want)
	}

	if err := camille.Tap(card.ID, "Enregistrer"); err != nil {
		t.Fatal(err)
	}
	if err := camille.Tap(card.ID, "Site"); err == nil {
		t.Error("a link could be tapped")
	}
	updates := poll(t, url, `{}`)
	if len(updates) != 1 || updates[0].CallbackQuery.Data != "carte:enregistrer:4" || updates[0].CallbackQuery.Message.Message.ID != card.ID {
		t.Fatalf("updates: %+v", updates)
	}
	query := updates[0].CallbackQuery.ID
	if _, err := b.AnswerCallbackQuery(ctx, &telegram.AnswerCallbackQueryParams{CallbackQueryID: query, Text: "C’est noté."}); err != nil {
		t.Fatal(err)
	}
	edited, err := b.EditMessageText(ctx, &telegram.EditMessageTextParams{ChatID: 1001, MessageID: card.ID, Text: "Enregistré"})
	if err != nil || edited.Text != "Enregistré" {
		t.Fatalf("editMessageText: %v %+v", err, edited)
	}
	if m := camille.Messages()[0]; !m.Edited || m.Keyboard != nil || m.Text != "Enregistré" {
		t.Errorf("after the edit: %+v", m)
	}
	if toasts := camille.Toasts(); !reflect.DeepEqual(toasts, []string{"C’est noté."}) {
		t.Errorf("toasts: %q", toasts)
	}
	if _, err := b.DeleteMessage(ctx, &telegram.DeleteMessageParams{ChatID: 1001, MessageID: card.ID}); err != nil || len(camille.Messages()) != 0 {
		t.Errorf("deleteMessage: %v, left %d", err, len(camille.Messages()))
	}
	noViolations(t, s)
}

func TestFilesActionsReactions(t *testing.T) {
	s, url := start(t, Options{})
	b, ctx := client(t, url), t.Context()
	camille := s.Person(1001, "Camille")
	said := camille.Say("bonjour")
	if _, err := b.SetMessageReaction(ctx, &telegram.SetMessageReactionParams{ChatID: 1001, MessageID: said, Reaction: []models.ReactionType{
		{Type: models.ReactionTypeTypeEmoji, ReactionTypeEmoji: &models.ReactionTypeEmoji{Type: models.ReactionTypeTypeEmoji, Emoji: "👌"}}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SendChatAction(ctx, &telegram.SendChatActionParams{ChatID: 1001, Action: models.ChatActionUploadDocument}); err != nil {
		t.Fatal(err)
	}
	picture := pngOf(t, 4, 3)
	if _, err := b.SendPhoto(ctx, &telegram.SendPhotoParams{ChatID: 1001, Caption: "La <b>semaine</b>", ParseMode: models.ParseModeHTML,
		Photo: &models.InputFileUpload{Filename: "semaine.png", Data: bytes.NewReader(picture)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SendDocument(ctx, &telegram.SendDocumentParams{ChatID: 1001,
		Document: &models.InputFileUpload{Filename: "bilan.xlsx", Data: strings.NewReader("PK")}}); err != nil {
		t.Fatal(err)
	}
	m := camille.Messages()
	if len(m) != 3 || m[0].Reaction != "👌" || !bytes.Equal(m[1].Photo, picture) || m[1].Text != "La semaine" ||
		string(m[2].Document) != "PK" || m[2].FileName != "bilan.xlsx" {
		t.Errorf("chat: %+v", m)
	}
	noViolations(t, s)
}

// TestEditedMedia edits a picture as the library does: into another, then into a document, and back by its id.
func TestEditedMedia(t *testing.T) {
	s, url := start(t, Options{})
	b, ctx := client(t, url), t.Context()
	camille := s.Person(1001, "Camille")
	first, second := pngOf(t, 4, 3), pngOf(t, 5, 3)
	sent, err := b.SendPhoto(ctx, &telegram.SendPhotoParams{ChatID: 1001, Caption: "Semaine 46",
		Photo: &models.InputFileUpload{Filename: "a.png", Data: bytes.NewReader(first)}})
	if err != nil || len(sent.Photo) != 1 {
		t.Fatalf("sendPhoto: %v %+v", err, sent)
	}
	edit := func(media models.InputMedia) Message {
		t.Helper()
		_, err := b.EditMessageMedia(ctx, &telegram.EditMessageMediaParams{ChatID: 1001, MessageID: sent.ID, Media: media,
			ReplyMarkup: models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Mois", CallbackData: "a:b:1"}}}}})
		if err != nil {
			t.Fatal(err)
		}
		return camille.Messages()[0]
	}
	m := edit(&models.InputMediaPhoto{Media: "attach://b.png", MediaAttachment: bytes.NewReader(second), Caption: "La <b>semaine</b> 47", ParseMode: models.ParseModeHTML})
	if !bytes.Equal(m.Photo, second) || m.HTML != "La <b>semaine</b> 47" || m.FileName != "b.png" || !m.Edited || m.Keyboard[0][0].Label != "Mois" {
		t.Errorf("another picture: %+v", m)
	}
	if err := camille.Tap(sent.ID, "Mois"); err != nil {
		t.Fatal(err)
	}
	tapped := poll(t, url, `{}`)[0].CallbackQuery.Message.Message
	if len(tapped.Photo) != 1 || tapped.Photo[0].Width != 5 || tapped.Caption != "La semaine 47" || tapped.Text != "" {
		t.Errorf("the message tapped on: %+v", tapped)
	}
	m = edit(&models.InputMediaDocument{Media: "attach://bilan.xlsx", MediaAttachment: strings.NewReader("PK")})
	if string(m.Document) != "PK" || m.Photo != nil || m.FileName != "bilan.xlsx" || m.Text != "" {
		t.Errorf("a document: %+v", m)
	}
	if err := camille.Tap(sent.ID, "Mois"); err != nil {
		t.Fatal(err)
	}
	if tapped = poll(t, url, `{"offset":-1}`)[0].CallbackQuery.Message.Message; tapped.Document == nil || tapped.Document.FileName != "bilan.xlsx" || tapped.Photo != nil {
		t.Errorf("the message tapped on: %+v", tapped)
	}
	if m = edit(&models.InputMediaPhoto{Media: sent.Photo[0].FileID}); !bytes.Equal(m.Photo, first) || m.Document != nil {
		t.Errorf("the first picture again: %+v", m)
	}
	noViolations(t, s)
}

// TestReplyKeyboard has a person press keys, one time only where the bot said so.
func TestReplyKeyboard(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	if err := camille.Press("Action"); err == nil {
		t.Error("a key could be pressed without a keyboard")
	}
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"a","reply_markup":{"keyboard":[["Action",{"text":"Aide"}]],"is_persistent":true,"input_field_placeholder":"Une phrase"}}`)
	if keys := camille.ReplyKeyboard(); !reflect.DeepEqual(keys, [][]string{{"Action", "Aide"}}) {
		t.Errorf("keyboard: %v", keys)
	}
	if err := camille.Press("Aide"); err != nil {
		t.Fatal(err)
	}
	if m := camille.Messages(); m[len(m)-1].Text != "Aide" || m[len(m)-1].FromBot {
		t.Errorf("pressing said %+v", m[len(m)-1])
	}
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"b","reply_markup":{"keyboard":[["Oui"]],"one_time_keyboard":true}}`)
	if err := camille.Press("Oui"); err != nil || camille.ReplyKeyboard() != nil {
		t.Errorf("one time: %v %v", err, camille.ReplyKeyboard())
	}
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"c","reply_markup":{"keyboard":[["Oui"]]}}`)
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"d","reply_markup":{"remove_keyboard":true}}`)
	if camille.ReplyKeyboard() != nil {
		t.Error("the keyboard was not removed")
	}
	noViolations(t, s)
}

// TestWaitIsWoken: a message that comes later ends the wait, and a context ends it without one.
func TestWaitIsWoken(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	started := make(chan struct{})
	waited := make(chan error)
	go func() {
		first := true
		waited <- camille.Wait(t.Context(), func(m []Message) bool {
			if first {
				first = false
				close(started)
			}
			return len(m) == 1 && m[0].Text == "enfin"
		})
	}()
	<-started
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"enfin"}`)
	if err := <-waited; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := camille.Wait(ctx, func([]Message) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled wait returned %v", err)
	}
}

// TestIdle needs each update confirmed and each tap answered.
func TestIdle(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Idle(over); err != nil {
		t.Fatalf("nothing happened, and Idle says %v", err)
	}
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"carte","reply_markup":{"inline_keyboard":[[{"text":"Oui","callback_data":"a"}]]}}`)
	if err := camille.Tap(1, "Oui"); err != nil {
		t.Fatal(err)
	}
	u := poll(t, url, `{}`)[0]
	if err := s.Idle(over); err == nil {
		t.Error("idle with an update that is not confirmed")
	}
	noViolations(t, s)
	poll(t, url, offsetAfter(u))
	if err := s.Idle(over); err == nil {
		t.Error("idle with a tap that is not answered")
	}
	want := []string{`answerCallbackQuery: the tap on "Oui" was not answered`}
	if v := s.Violations(); !reflect.DeepEqual(v, want) {
		t.Errorf("violations %q, want %q", v, want)
	}
	ask(t, url, "answerCallbackQuery", `{"callback_query_id":"`+u.CallbackQuery.ID+`"}`)
	if err := s.Idle(over); err != nil {
		t.Error(err)
	}
}

func TestClock(t *testing.T) {
	fixed := time.Date(2026, 11, 21, 17, 5, 0, 0, paris)
	s, _ := start(t, Options{Now: func() time.Time { return fixed }})
	if !s.Now().Equal(fixed) {
		t.Errorf("now %v, want %v", s.Now(), fixed)
	}
	to := fixed.AddDate(0, 0, 9)
	s.Jump(to)
	if !s.Now().Equal(to) {
		t.Errorf("after the jump %v, want %v", s.Now(), to)
	}
	fixed = fixed.Add(time.Minute)
	if !s.Now().Equal(to.Add(time.Minute)) {
		t.Errorf("a minute later %v: the clock must run on", s.Now())
	}
}

// TestBlocked: the bot cannot send to who blocked it, learns of it, and is unblocked by a word.
func TestBlocked(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	camille.Block()
	for _, call := range []string{"sendMessage", "sendChatAction"} {
		a := ask(t, url, call, map[string]string{"sendMessage": `{"chat_id":1001,"text":"a"}`, "sendChatAction": `{"chat_id":1001,"action":"typing"}`}[call])
		if a.status != 403 || a.Code != 403 || a.Description != "Forbidden: bot was blocked by the user" {
			t.Errorf("%s: %+v", call, a)
		}
	}
	camille.Say("/start")
	if a := ask(t, url, "sendMessage", `{"chat_id":1001,"text":"a"}`); !a.OK {
		t.Errorf("after unblocking: %+v", a)
	}
	got := poll(t, url, `{}`)
	if len(got) != 3 || got[0].MyChatMember == nil || got[0].MyChatMember.NewChatMember.Type != models.ChatMemberTypeBanned ||
		got[1].MyChatMember == nil || got[2].Message == nil || got[2].Message.Text != "/start" {
		t.Errorf("updates: %+v", got)
	}
	noViolations(t, s)
}

// TestWhatPeopleDo checks the update for each thing a person can do.
func TestWhatPeopleDo(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	if s.Person(1001, "Autre") != camille {
		t.Error("the same id is somebody else")
	}
	said := camille.Say("/start AB12")
	if err := camille.Edit(said, "/start CD34"); err != nil {
		t.Fatal(err)
	}
	if camille.Edit(said+50, "x") == nil {
		t.Error("a message that is not there was edited")
	}
	for _, kind := range []string{"photo", "sticker", "voice", "contact", "location"} {
		camille.Send(kind)
	}
	camille.SayInGroup(-100200, "/aide")
	u := poll(t, url, `{}`)
	if len(u) != 8 {
		t.Fatalf("%d updates", len(u))
	}
	first := u[0].Message
	if first.Text != "/start AB12" || first.From.FirstName != "Camille" || first.Chat.Type != models.ChatTypePrivate || first.Entities[0].Length != 6 ||
		time.Since(time.Unix(int64(first.Date), 0)) > time.Minute {
		t.Errorf("said: %+v", first)
	}
	if u[1].EditedMessage == nil || u[1].EditedMessage.ID != said || u[1].EditedMessage.Text != "/start CD34" {
		t.Errorf("edited: %+v", u[1])
	}
	if u[2].Message.Photo == nil || u[3].Message.Sticker == nil || u[4].Message.Voice == nil || u[5].Message.Contact == nil || u[6].Message.Location == nil {
		t.Error("a kind did not arrive as itself")
	}
	if g := u[7].Message; g.Chat.ID != -100200 || g.Chat.Type != models.ChatTypeSupergroup || g.From.ID != 1001 {
		t.Errorf("in the group: %+v", g)
	}
	if m := s.Messages(-100200); len(m) != 1 || m[0].Text != "/aide" {
		t.Errorf("group: %+v", m)
	}
	noViolations(t, s)
}
