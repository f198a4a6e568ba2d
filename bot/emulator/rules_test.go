package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// inline is a sendMessage whose keyboard has one row of those buttons.
func inline(buttons string) string {
	return `{"chat_id":1001,"text":"a","reply_markup":{"inline_keyboard":[[` + buttons + `]]}}`
}

func html(text string) string {
	return fmt.Sprintf(`{"chat_id":1001,"parse_mode":"HTML","text":%q}`, text)
}

// TestBrokenRules: each request is refused in the server's words, and noted.
func TestBrokenRules(t *testing.T) {
	button := `{"text":"a","callback_data":"b"}`
	tests := []struct{ method, body, want string }{
		{"sendMesage", `{}`, "Not Found: method not found"},
		{"getUpdates", `{"timeout":"bientôt"}`, `Bad Request: parameter "timeout" of getUpdates is not an Integer`},
		{"sendMessage", `{`, "Bad Request: can't parse the request: unexpected end of JSON input"},
		{"sendMessage", `{"chat_id":1001,"text":"a","txt":"b"}`, `Bad Request: the emulator knows no parameter "txt" of sendMessage`},
		{"sendMessage", `{"chat_id":1001,"text":12}`, `Bad Request: parameter "text" of sendMessage is not a String`},
		{"sendMessage", `{"chat_id":"camille","text":"a"}`, `Bad Request: parameter "chat_id" of sendMessage is not an Integer or a @name`},
		{"sendMessage", `{"chat_id":1001,"text":"a","disable_notification":"oui"}`, `Bad Request: parameter "disable_notification" of sendMessage is not a Boolean`},
		{"sendMessage", `{"text":"a"}`, "Bad Request: chat_id is empty"},
		{"sendMessage", `{"chat_id":1001}`, "Bad Request: message text is empty"},
		{"sendMessage", `{"chat_id":1001,"text":" \n "}`, "Bad Request: text must be non-empty"},
		{"sendMessage", html("<b></b>"), "Bad Request: text must be non-empty"},
		{"sendMessage", `{"chat_id":1001,"text":"` + strings.Repeat("é", 4097) + `"}`, "Bad Request: message is too long"},
		{"sendMessage", `{"chat_id":1001,"text":"` + strings.Repeat("😀", 2049) + `"}`, "Bad Request: message is too long"},
		{"sendMessage", html("<b>" + strings.Repeat("&amp;", 6600) + "</b>"), "Bad Request: text is too long"},
		{"sendMessage", `{"chat_id":1001,"text":"a","parse_mode":"Markdown"}`, "Bad Request: unsupported parse_mode"},
		{"sendMessage", html("1 < 2"), `Bad Request: can't parse entities: Unsupported start tag "" at byte offset 2`},
		{"sendMessage", `{"chat_id":1001,"text":"a","link_preview_options":{"disabled":true}}`, `Bad Request: can't parse link preview options: json: unknown field "disabled"`},

		{"sendMessage", `{"chat_id":1001,"text":"a","reply_markup":null}`, "Bad Request: object expected as reply markup"},
		{"sendMessage", `{"chat_id":1001,"text":"a","reply_markup":[]}`, "Bad Request: object expected as reply markup"},
		{"sendMessage", `{"chat_id":1001,"text":"a","reply_markup":{"inline_keyboard":[],"force_reply":true}}`, "Bad Request: a reply markup has one of [inline_keyboard force_reply]"},
		{"sendMessage", `{"chat_id":1001,"text":"a","reply_markup":{"inline_keyboard":null}}`, `Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays`},
		{"sendMessage", `{"chat_id":1001,"text":"a","reply_markup":{"inline_keyboard":[` + button + `]}}`, `Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays`},
		{"sendMessage", inline(`"a"`), "Bad Request: can't parse inline keyboard button: InlineKeyboardButton must be an Object"},
		{"sendMessage", inline(`{"callback_data":"b"}`), `Bad Request: can't parse inline keyboard button: Can't find field "text"`},
		{"sendMessage", inline(`{"text":"","callback_data":"b"}`), "Bad Request: inline keyboard button text must be non-empty"},
		{"sendMessage", inline(`{"text":"a"}`), "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"sendMessage", inline(`{"text":"a","callback_data":""}`), "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"sendMessage", inline(`{"text":"a","callback_data":"b","url":"https://exemple.fr"}`), "Bad Request: can't parse inline keyboard button: a button has either url or callback_data"},
		{"sendMessage", inline(`{"text":"a","callback_data":"b","couleur":"rouge"}`), `Bad Request: can't parse inline keyboard button: json: unknown field "couleur"`},
		{"sendMessage", inline(`{"text":"a","callback_data":"b","style":"rouge"}`), "Bad Request: can't parse inline keyboard button: invalid button style specified"},
		{"sendMessage", inline(`{"text":"a","callback_data":"` + strings.Repeat("é", 33) + `"}`), "Bad Request: BUTTON_DATA_INVALID"},
		{"sendMessage", inline(`{"text":"a","url":"tel:0465711234"}`), "Bad Request: inline keyboard button URL 'tel:0465711234' is invalid: Unsupported URL protocol"},
		{"sendMessage", inline(`{"text":"a","url":"http://exemple"}`), "Bad Request: inline keyboard button URL 'http://exemple' is invalid: Wrong HTTP URL"},
		{"sendMessage", inline(strings.Repeat(button+",", 8) + button), "Bad Request: reply markup is too long"},
		{"sendMessage", `{"chat_id":1001,"text":"a","reply_markup":{"inline_keyboard":[` + strings.Repeat("["+button+"],", 100) + "[" + button + `]]}}`, "Bad Request: reply markup is too long"},
		{"sendMessage", `{"chat_id":1001,"text":"a","reply_markup":{"keyboard":[[""]]}}`, "Bad Request: keyboard button text must be non-empty"},
		{"sendMessage", `{"chat_id":1001,"text":"a","reply_markup":{"keyboard":[]}}`, "Bad Request: a reply keyboard without a button"},
		{"sendMessage", `{"chat_id":1001,"text":"a","reply_markup":{"force_reply":true,"input_field_placeholder":""}}`, "Bad Request: input_field_placeholder has 0 units, not 1 to 64"},

		{"editMessageText", `{"chat_id":1001,"text":"a"}`, "Bad Request: message identifier is not specified"},
		{"editMessageText", `{"chat_id":1001,"message_id":1,"text":"a"}`, "Bad Request: message can't be edited"},
		{"editMessageText", `{"chat_id":1001,"message_id":3,"text":"a"}`, "Bad Request: message can't be edited"},
		{"editMessageText", `{"chat_id":1001,"message_id":2,"text":"a","reply_markup":{"keyboard":[["a"]]}}`, "Bad Request: inline keyboard expected"},
		{"editMessageMedia", `{"chat_id":1001,"message_id":2}`, "Bad Request: can't parse input media: EOF"},
		{"editMessageMedia", `{"chat_id":1001,"message_id":2,"media":{"type":"photo","url":"a"}}`, `Bad Request: can't parse input media: json: unknown field "url"`},
		{"editMessageMedia", `{"chat_id":1001,"message_id":2,"media":{"type":"video","media":"attach://a"}}`, `Bad Request: the emulator knows no media of type "video"`},
		{"editMessageMedia", `{"chat_id":1001,"message_id":2,"media":{"type":"photo"}}`, "Bad Request: media not found"},
		{"editMessageMedia", `{"chat_id":1001,"message_id":2,"media":{"type":"photo","media":"attach://a"}}`, "Bad Request: there is no photo in the request"},
		{"editMessageMedia", `{"chat_id":1001,"message_id":2,"media":{"type":"photo","media":"https://exemple.fr/a.png"}}`, "Bad Request: wrong file identifier/HTTP URL specified"},
		{"answerCallbackQuery", `{"callback_query_id":"1","text":"` + strings.Repeat("é", 201) + `"}`, "Bad Request: MESSAGE_TOO_LONG"},
		{"sendChatAction", `{"chat_id":1001,"action":"dancing"}`, "Bad Request: wrong parameter action in request"},
		{"setMessageReaction", `{"chat_id":1001,"message_id":1,"reaction":[{"type":"emoji","emoji":"✅"}]}`, "Bad Request: REACTION_INVALID"},
		{"setMessageReaction", `{"chat_id":1001,"message_id":1,"reaction":[{"type":"emoji","emoji":"👌"},{"type":"emoji","emoji":"👍"}]}`, "Bad Request: REACTIONS_TOO_MANY"},
		{"setMyCommands", `{"commands":[{"command":"Aide","description":"Aide"}]}`, "Bad Request: BOT_COMMAND_INVALID"},
		{"setMyCommands", `{"commands":[{"command":"aide","description":""}]}`, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"},
		{"setMyCommands", `{"commands":[],"scope":{"type":"everybody"}}`, `Bad Request: the emulator knows no scope "everybody"`},
		{"sendPhoto", `{"chat_id":1001}`, "Bad Request: there is no photo in the request"},
		{"sendDocument", `{"chat_id":1001,"document":"https://exemple.fr/a.pdf"}`, "Bad Request: wrong file identifier/HTTP URL specified"},
		{"setWebhook", `{"url":"ftp://exemple.fr"}`, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"},
		{"setWebhook", `{"url":"https://exemple.fr","secret_token":"é"}`, "Bad Request: secret token contains unallowed characters"},
	}
	for _, test := range tests {
		s, url := start(t, Options{})
		s.Person(1001, "Camille").Say("bonjour") // message 1
		ask(t, url, "sendMessage", `{"chat_id":1001,"text":"à modifier"}`)
		ask(t, url, "sendMessage", `{"chat_id":1001,"text":"clavier","reply_markup":{"keyboard":[["Action"]]}}`)
		a := ask(t, url, test.method, test.body)
		if a.OK || a.Description != test.want || a.Code != a.status {
			t.Errorf("%s %.90s\n got %q (%d, status %d)\nwant %q", test.method, test.body, a.Description, a.Code, a.status, test.want)
		}
		if v := s.Violations(); !slices.Equal(v, []string{test.method + ": " + test.want}) {
			t.Errorf("%s %.90s: violations %q", test.method, test.body, v)
		}
	}
}

// TestRefusals: what depends on what happened before is refused, and no violation.
func TestRefusals(t *testing.T) {
	s, url := start(t, Options{Now: fixedClock()})
	s.Person(1001, "Camille").Say("bonjour")
	ask(t, url, "sendMessage", inline(`{"text":"a","callback_data":"b"}`)) // message 2
	for _, test := range []struct{ method, body, want string }{
		{"sendMessage", `{"chat_id":5,"text":"a"}`, "Bad Request: chat not found"},
		{"sendMessage", `{"chat_id":1001,"text":"a","reply_parameters":{"message_id":99}}`, "Bad Request: message to be replied not found"},
		{"editMessageText", `{"chat_id":1001,"message_id":99,"text":"a"}`, "Bad Request: message to edit not found"},
		{"editMessageText", `{"chat_id":1001,"message_id":2,"text":" a ","reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b","copy_text":{"text":""}}]]}}`, "Bad Request: " + notModified},
		{"editMessageReplyMarkup", `{"chat_id":1001,"message_id":2,"reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}}`, "Bad Request: " + notModified},
		{"deleteMessage", `{"chat_id":1001,"message_id":99}`, "Bad Request: message to delete not found"},
		{"setMessageReaction", `{"chat_id":1001,"message_id":99}`, "Bad Request: message to react not found"},
	} {
		if a := ask(t, url, test.method, test.body); a.OK || a.status != 400 || a.Description != test.want {
			t.Errorf("%s %s\n got %q (%d)\nwant %q", test.method, test.body, a.Description, a.status, test.want)
		}
	}
	s.Jump(s.Now().Add(48 * time.Hour))
	if a := ask(t, url, "deleteMessage", `{"chat_id":1001,"message_id":2}`); a.Description != "Bad Request: message can't be deleted" {
		t.Errorf("after two days: %+v", a)
	}
	noViolations(t, s)
}

// TestAtTheLimit: what is exactly as long as allowed passes.
func TestAtTheLimit(t *testing.T) {
	s, url := start(t, Options{})
	s.Person(1001, "Camille")
	button := `{"text":"a","callback_data":"` + strings.Repeat("b", 64) + `","copy_text":{"text":""}}`
	row := "[" + strings.Repeat(button+",", 7) + button + "]"
	for method, body := range map[string]string{
		"sendMessage":   html("<b>" + strings.Repeat("😀", 2047) + "&lt;</b>&#62;"),
		"SENDMESSAGE":   `{"chat_id":1001,"text":"a","reply_markup":{"inline_keyboard":[` + strings.Repeat(row+",", 11) + row + `]}}`,
		"setMyCommands": `{"commands":[{"command":"` + strings.Repeat("a", 32) + `","description":"` + strings.Repeat("é", 256) + `"}]}`,
	} {
		if a := ask(t, url, method, body); !a.OK {
			t.Errorf("%s: %s", method, a.Description)
		}
	}
	noViolations(t, s)
}

// TestDropped: what the server leaves out without a word is noted.
func TestDropped(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	ask(t, url, "sendMessage", html(`<a href="tel:0465711234">appeler</a>`))
	ask(t, url, "sendMessage", html(strings.Repeat("<b>a</b> ", 101)))
	want := []string{`sendMessage: the server drops the link to "tel:0465711234": Unsupported URL protocol`,
		"sendMessage: the server drops 101 entities, of which the server keeps 100"}
	if v := s.Violations(); !slices.Equal(v, want) {
		t.Errorf("violations %q, want %q", v, want)
	}
	if m := camille.Messages()[0]; m.HTML != "appeler" {
		t.Errorf("shown as %q", m.HTML)
	}
}

// TestTransport: the ways in, and the wrong doors.
func TestTransport(t *testing.T) {
	s, url := start(t, Options{})
	s.Person(1001, "Camille")
	post := func(path, contentType, body string) (*http.Response, string) {
		t.Helper()
		resp, err := http.Post(url+path, contentType, io.MultiReader(strings.NewReader(body))) // a reader without a length: chunked
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(data)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("chat_id", "1001")
	_ = w.WriteField("text", "a")
	_ = w.Close()
	for _, test := range []struct {
		what, path, contentType, body string
		status                        int
	}{
		{"urlencoded", "/bot" + token + "/sendMessage", "application/x-www-form-urlencoded", "chat_id=1001&text=a", 200},
		{"query", "/bot" + token + "/sendMessage?chat_id=1001&text=a", "", "", 200},
		{"multipart", "/bot" + token + "/sendMessage", w.FormDataContentType(), form.String(), 200},
		{"empty multipart", "/bot" + token + "/getMe", w.FormDataContentType(), "", 200},
		{"empty JSON object", "/bot" + token + "/getMe", "application/json", "{}", 200},
		{"invalid UTF-8", "/bot" + token + "/sendMessage", "application/x-www-form-urlencoded", "chat_id=1001&text=%ff", 400},
		{"wrong token", "/bot" + token + "x/getMe", "", "", 401},
		{"no method", "/bot" + token, "", "", 404},
		{"elsewhere", "/", "", "", 404},
	} {
		if resp, body := post(test.path, test.contentType, test.body); resp.StatusCode != test.status {
			t.Errorf("%s: %d %s", test.what, resp.StatusCode, body)
		}
	}
	if v := s.Violations(); !slices.Equal(v, []string{"sendMessage: Bad Request: strings must be encoded in UTF-8"}) {
		t.Errorf("violations: %q", v)
	}
}

// askForm calls a method with a multipart body: fields, and files by the name of their part.
func askForm(t *testing.T, url, method string, fields map[string]string, files map[string][]byte) answer {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, value := range fields {
		_ = w.WriteField(name, value)
	}
	for name, data := range files {
		part, err := w.CreateFormFile(name, "fichier")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(data)
	}
	_ = w.Close()
	resp, err := http.Post(url+"/bot"+token+"/"+method, w.FormDataContentType(), &form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	a := answer{status: resp.StatusCode, header: resp.Header}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestUploads: what is no picture, has the wrong shape, is empty, or says too much.
func TestUploads(t *testing.T) {
	s, url := start(t, Options{})
	s.Person(1001, "Camille")
	long := strings.Repeat("é", 1025)
	for _, test := range []struct {
		method, field string
		data          []byte
		caption, want string
	}{
		{"sendPhoto", "photo", []byte("un texte"), "", "Bad Request: IMAGE_PROCESS_FAILED"},
		{"sendPhoto", "photo", pngOf(t, 41, 2), "", "Bad Request: PHOTO_INVALID_DIMENSIONS"},
		{"sendPhoto", "photo", pngOf(t, 9500, 501), "", "Bad Request: PHOTO_INVALID_DIMENSIONS"},
		{"sendPhoto", "photo", pngOf(t, 9500, 500), long[2:], ""},
		{"sendPhoto", "photo", pngOf(t, 2, 2), long, "Bad Request: message caption is too long"},
		{"sendDocument", "document", nil, "", "Bad Request: file must be non-empty"},
		{"sendDocument", "document", []byte("a"), long, "Bad Request: message caption is too long"},
		{"sendDocument", "photo", []byte("a"), "", `Bad Request: the emulator takes no file in parameter "photo" of sendDocument`},
	} {
		a := askForm(t, url, test.method, map[string]string{"chat_id": "1001", "caption": test.caption}, map[string][]byte{test.field: test.data})
		if a.Description != test.want {
			t.Errorf("%s %s of %d bytes: %q, want %q", test.method, test.field, len(test.data), a.Description, test.want)
		}
	}
	if v := s.Violations(); len(v) != 7 {
		t.Errorf("violations: %q", v)
	}
}

// TestMediaEdits: what editMessageMedia refuses, which leaves the message as it was.
func TestMediaEdits(t *testing.T) {
	s, url := start(t, Options{})
	camille := s.Person(1001, "Camille")
	picture, file := pngOf(t, 2, 2), []byte("PK")
	ask(t, url, "sendMessage", `{"chat_id":1001,"text":"un texte"}`)
	askForm(t, url, "sendPhoto", map[string]string{"chat_id": "1001", "caption": "une photo"}, map[string][]byte{"photo": picture})
	askForm(t, url, "sendDocument", map[string]string{"chat_id": "1001"}, map[string][]byte{"document": file})
	for _, test := range []struct {
		message, media string
		files          map[string][]byte
		want           string
		noted          bool
	}{
		{"99", `{"type":"photo","media":"attach://a"}`, map[string][]byte{"a": picture}, "message to edit not found", false},
		{"2", `{"type":"photo","media":"file1","caption":" une photo "}`, nil, notModified, false},
		{"1", `{"type":"photo","media":"attach://a"}`, map[string][]byte{"a": picture}, "there is no media in the message to edit", true},
		{"2", `{"type":"photo","media":"attach://a"}`, map[string][]byte{"a": file}, "IMAGE_PROCESS_FAILED", true},
		{"2", `{"type":"photo","media":"attach://a"}`, map[string][]byte{"b": picture}, "a file in the request that the media does not name", true},
		{"2", `{"type":"photo","media":"attach://a"}`, map[string][]byte{"a": picture, "b": picture}, "a file in the request that the media does not name", true},
		{"2", `{"type":"photo","media":"file2"}`, nil, "can't use file of type document as photo", true},
		{"2", `{"type":"photo","media":"attach://a","caption":"<b>a","parse_mode":"HTML"}`, map[string][]byte{"a": picture},
			`can't parse entities: Can't find end tag corresponding to start tag "b"`, true},
		{"2", `{"type":"photo","media":"attach://a","caption":"` + strings.Repeat("é", 1025) + `"}`, map[string][]byte{"a": picture}, "message caption is too long", true},
	} {
		before := len(s.Violations())
		a := askForm(t, url, "editMessageMedia", map[string]string{"chat_id": "1001", "message_id": test.message, "media": test.media}, test.files)
		if a.status != 400 || a.Description != "Bad Request: "+test.want || len(s.Violations()) > before != test.noted {
			t.Errorf("%s of %s: %d %q, want %q", test.media, test.message, a.status, a.Description, test.want)
		}
	}
	if a := ask(t, url, "editMessageText", `{"chat_id":1001,"message_id":2,"text":"a"}`); a.Description != "Bad Request: there is no text in the message to edit" {
		t.Errorf("a text in place of a photo: %+v", a)
	}
	for i, want := range []string{"un texte", "une photo", ""} {
		if m := camille.Messages()[i]; m.Text != want || m.Edited {
			t.Errorf("message %d: %+v", i+1, m)
		}
	}
	// The same bytes uploaded again are another photo.
	a := askForm(t, url, "editMessageMedia", map[string]string{"chat_id": "1001", "message_id": "2", "media": `{"type":"photo","media":"attach://a","caption":"une photo"}`},
		map[string][]byte{"a": picture})
	if m := camille.Messages()[1]; !a.OK || !m.Edited || !bytes.Equal(m.Photo, picture) {
		t.Errorf("the same picture uploaded again: %+v, %+v", a, m)
	}
}
