package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"maillage/bot/emulator"
)

// pictured is a message with a picture of a width, by which it is told from others.
func pictured(text string, width int) Message {
	return Message{Text: text, Picture: &Picture{Alt: "Emploi 12 <13", PNG: func() ([]byte, error) {
		var data bytes.Buffer
		err := png.Encode(&data, image.NewGray(image.Rect(0, 0, width, 10)))
		return data.Bytes(), err
	}}}
}

func filed(text string, write func(io.Writer) error) Message {
	return Message{Text: text, File: &File{Name: "bilan.csv", Write: write}}
}

func writesRows(w io.Writer) error {
	_, err := io.WriteString(w, "a;b")
	return err
}

// undrawn is a picture whose making fails, and quotes what nobody may read in a log.
func undrawn(text string) Message {
	m := pictured(text, 1)
	m.Picture.PNG = func() ([]byte, error) { return nil, errors.New(`no room for "secretword"`) }
	return m
}

// chatOf writes what the bot has in a chat: what kind of message, its text, its keys.
func chatOf(all []emulator.Message) []string {
	var lines []string
	for _, m := range all {
		if !m.FromBot {
			continue
		}
		line := m.HTML
		if m.Photo != nil {
			size, err := png.DecodeConfig(bytes.NewReader(m.Photo))
			line = fmt.Sprintf("picture %d: %s", size.Width, line)
			if err != nil {
				line = err.Error()
			}
		}
		if m.Document != nil {
			line = fmt.Sprintf("%s %q: %s", m.FileName, m.Document, line)
		}
		if m.Edited {
			line += " (edited)"
		}
		for _, row := range m.Keyboard {
			for _, b := range row {
				line += " [" + b.Label + "]"
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// TestTapBetweenTextsAndPictures taps on a message of each kind and answers with each kind.
func TestTapBetweenTextsAndPictures(t *testing.T) {
	kinds := map[string]func(string) Message{
		"text":    func(s string) Message { return Message{Text: s} },
		"picture": func(s string) Message { return pictured(s, len(s)) },
		"undrawn": undrawn,
		"file":    func(s string) Message { return filed(s, writesRows) },
	}
	for _, c := range []struct {
		tapped, answer string
		want           []string
	}{
		{"text", "text", []string{"après (edited) [Suite]"}},
		{"text", "picture", []string{"avant (edited)", "picture 6: après [Suite]"}},
		{"text", "undrawn", []string{"après\n\nEmploi 12 &lt;13 (edited) [Suite]"}},
		{"text", "file", []string{"avant (edited)", `bilan.csv "a;b": après [Suite]`}},
		{"picture", "text", []string{"picture 5: avant [Suite]", "après [Suite]"}},
		{"picture", "picture", []string{"picture 6: après (edited) [Suite]"}},
		{"picture", "undrawn", []string{"picture 5: avant [Suite]", "après\n\nEmploi 12 &lt;13 [Suite]"}},
		{"picture", "file", []string{"picture 5: avant [Suite]", `bilan.csv "a;b": après [Suite]`}},
		{"file", "text", []string{`bilan.csv "a;b": avant [Suite]`, "après [Suite]"}},
		{"file", "picture", []string{"picture 6: après (edited) [Suite]"}},
	} {
		t.Run(c.tapped+" "+c.answer, func(t *testing.T) {
			e, url := newEmulator(t)
			camille := e.Person(1001, "Camille")
			r := run(t, url, func(_ context.Context, in Incoming) (Reply, error) {
				m := kinds[c.tapped]("avant")
				if in.What == Tap {
					m = kinds[c.answer]("après")
				}
				m.Rows = [][]Button{{{Label: "Suite", Data: Data{Step: "suite"}}}}
				if in.What == Tap {
					return Reply{Edit: &m}, nil
				}
				return Reply{Send: []Message{m}}, nil
			})
			camille.Say("/bilan")
			idle(t, e)
			if err := camille.Tap(camille.Messages()[1].ID, "Suite"); err != nil {
				t.Fatal(err)
			}
			idle(t, e)
			if got := chatOf(camille.Messages()); !reflect.DeepEqual(got, c.want) {
				t.Errorf("chat %q\nwant %q", got, c.want)
			}
			wantLogged := 0
			if c.answer == "undrawn" {
				wantLogged = 1
			}
			if log := r.log.String(); strings.Count(log, "\n") != wantLogged || strings.Contains(log, "secretword") {
				t.Errorf("logged: %s", log)
			}
		})
	}
}

// A picture and a file go through the same luck as a text, and arrive whole after it.
func TestDeliverPicturesAndFiles(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		m      Message
		kind   emulator.Kind
		want   Delivery
		chat   []string
		waited string
	}{
		"picture, flood":        {"sendPhoto", pictured("bilan", 7), emulator.TooMany(3), Delivered, []string{"picture 7: bilan"}, "[3s]"},
		"picture, gateway":      {"sendPhoto", pictured("bilan", 7), emulator.BadGateway, Delivered, []string{"picture 7: bilan"}, "[100ms]"},
		"picture, answer lost":  {"sendPhoto", pictured("bilan", 7), emulator.DropAfter, Unsure, []string{"picture 7: bilan"}, "[]"},
		"file, flood":           {"sendDocument", filed("bilan", writesRows), emulator.TooMany(3), Delivered, []string{`bilan.csv "a;b": bilan`}, "[3s]"},
		"file, answer lost":     {"sendDocument", filed("bilan", writesRows), emulator.DropAfter, Unsure, []string{`bilan.csv "a;b": bilan`}, "[]"},
		"file that is not made": {"", filed("bilan", func(io.Writer) error { return errors.New("no") }), emulator.Kind{}, Delivered, []string{"bilan\n\n" + fileMissing}, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			e, url := newEmulator(t)
			e.Person(1001, "Camille")
			if c.method != "" {
				e.Fail(emulator.Fault{Method: c.method, Kind: c.kind})
			}
			edge, _ := newEdge(t, url, nil)
			waited := []time.Duration{}
			edge.wire.wait = func(_ context.Context, d time.Duration) error {
				waited = append(waited, d)
				return nil
			}
			got, err := edge.Deliver(testContext(t), 1001, c.m)
			if got != c.want || (err == nil) != (got == Delivered) {
				t.Errorf("delivery %d, %v, want %d", got, err, c.want)
			}
			if chat := chatOf(e.Messages(1001)); !reflect.DeepEqual(chat, c.chat) {
				t.Errorf("chat %q, want %q", chat, c.chat)
			}
			if fmt.Sprint(waited) != c.waited {
				t.Errorf("waited %v, want %s", waited, c.waited)
			}
		})
	}
}

func TestDeliverAPictureToWhoBlocked(t *testing.T) {
	e, url := newEmulator(t)
	e.Person(1001, "Camille").Block()
	edge, log := newEdge(t, url, nil)
	for _, m := range []Message{pictured("bilan", 7), filed("bilan", writesRows)} {
		if got, err := edge.Deliver(testContext(t), 1001, m); got != Blocked || err == nil {
			t.Errorf("delivery %d, %v, want Blocked", got, err)
		}
	}
	if e.Calls()["sendMessage"] != 0 || log.String() != "" {
		t.Errorf("%d texts tried, logged %s", e.Calls()["sendMessage"], log)
	}
}

// A file that cannot be made keeps neither its message nor the following ones from being sent, and is logged once.
func TestAFailingFileHoldsNothingUp(t *testing.T) {
	e, url := newEmulator(t)
	e.Person(1001, "Camille")
	edge, log := newEdge(t, url, nil)
	var none []string
	edge.answer(testContext(t), Incoming{Chat: 1001, What: Text}, Reply{Send: []Message{
		filed("un", func(io.Writer) error { return errors.New(`sheet "secretword" is full`) }),
		filed("deux", func(io.Writer) error { panic("secretword" + none[len(none)-1]) }),
		filed("trois", func(io.Writer) error { panic(errors.New("secretword")) }),
		filed("quatre", writesRows),
		pictured("cinq", 5),
	}})
	want := []string{"un\n\n" + fileMissing, "deux\n\n" + fileMissing, "trois\n\n" + fileMissing, `bilan.csv "a;b": quatre`, "picture 5: cinq"}
	if got := chatOf(e.Messages(1001)); !reflect.DeepEqual(got, want) {
		t.Errorf("chat %q\nwant %q", got, want)
	}
	if said := log.String(); strings.Count(said, "picture or file not made") != 3 || strings.Contains(said, "secretword") || !strings.Contains(said, "index out of range") {
		t.Errorf("logged: %s", said)
	}
}

// An answer that may not have arrived is sent once more, without making its file again.
func TestUnsureFileIsMadeOnce(t *testing.T) {
	e, url := newEmulator(t)
	e.Person(1001, "Camille")
	e.Fail(emulator.Fault{Method: "sendDocument", Kind: emulator.DropAfter})
	edge, _ := newEdge(t, url, nil)
	made := 0
	edge.answer(testContext(t), Incoming{Chat: 1001, What: Text}, Reply{Send: []Message{filed("bilan", func(w io.Writer) error {
		made++
		return writesRows(w)
	})}})
	if got := chatOf(e.Messages(1001)); len(got) != 2 || got[1] != `bilan.csv "a;b": bilan` || made != 1 {
		t.Errorf("chat %q, made %d times", got, made)
	}
}

// What Telegram does not take as a picture or a file is said in words.
func TestRefusedPictureGoesOutInWords(t *testing.T) {
	tap := Incoming{Chat: 1, What: Tap, Query: "q", Message: 3, Picture: true}
	m, empty := pictured("bilan", 7), pictured("bilan", 7)
	empty.Picture.PNG = func() ([]byte, error) { return nil, nil }
	file := filed("bilan", writesRows)
	refusal := []http.HandlerFunc{refuses(400, "Bad Request: IMAGE_PROCESS_FAILED", 0)}
	for name, c := range map[string]struct {
		in    Incoming
		reply Reply
		want  string
	}{
		"picture": {Incoming{Chat: 1}, Reply{Send: []Message{m}}, "sendPhoto sendMessage"},
		"empty":   {Incoming{Chat: 1}, Reply{Send: []Message{empty}}, "sendPhoto sendMessage"},
		"file":    {Incoming{Chat: 1}, Reply{Send: []Message{file}}, "sendDocument sendMessage"},
		"edit":    {tap, Reply{Edit: &m}, "editMessageMedia sendMessage"},
	} {
		s, url := newScript(t, map[string][]http.HandlerFunc{"sendPhoto": refusal, "sendDocument": refusal, "editMessageMedia": refusal})
		edge, log := newEdge(t, url, nil)
		edge.answer(testContext(t), c.in, c.reply)
		called := strings.NewReplacer("answerCallbackQuery ", "", " answerCallbackQuery", "", "sendChatAction ", "", " sendChatAction", "").Replace(s.called())
		if called != c.want || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("%s: called %s, logged %s", name, called, log)
		}
	}
}

func TestPictureEditsAreRepeated(t *testing.T) {
	picture := pictured("bilan", 7)
	picture.Card = true
	tap := Incoming{Chat: 1, What: Tap, Query: "q", Message: 3, Picture: true}
	for name, c := range map[string]struct {
		answers []http.HandlerFunc
		edits   int
		sends   int
		card    int
	}{
		"cut, then done":   {[]http.HandlerFunc{cuts(""), says(504, ""), refuses(400, "Bad Request: message is not modified: specified", 0)}, 3, 0, 3},
		"flood, then done": {[]http.HandlerFunc{refuses(429, "Too Many Requests: retry after 3", 3), sends}, 2, 0, 3},
		"gone":             {[]http.HandlerFunc{refuses(400, "Bad Request: message to edit not found", 0)}, 1, 1, 71},
		"not its own":      {[]http.HandlerFunc{refuses(400, "Bad Request: message can't be edited", 0)}, 1, 1, 71},
	} {
		s, url := newScript(t, map[string][]http.HandlerFunc{"editMessageMedia": c.answers})
		edge, log := newEdge(t, url, nil)
		edge.answer(testContext(t), tap, Reply{Edit: &picture})
		called := s.called()
		if strings.Count(called, "editMessageMedia") != c.edits || strings.Count(called, "sendPhoto") != c.sends || edge.card(1) != c.card {
			t.Errorf("%s: called %s, card %d", name, called, edge.card(1))
		}
		if said := log.String(); strings.Contains(said, "answer not shown") {
			t.Errorf("%s: logged %s", name, said)
		}
	}
}

// The file waits for the notice that it is on its way: without one it would never come.
func TestAFileThatTakesLongIsAnnounced(t *testing.T) {
	announced := make(chan struct{})
	s, url := newScript(t, map[string][]http.HandlerFunc{"sendChatAction": {func(w http.ResponseWriter, r *http.Request) {
		says(200, `{"ok":true,"result":true}`)(w, r)
		close(announced)
	}}})
	edge, log := newEdge(t, url, nil)
	edge.answer(testContext(t), Incoming{Chat: 1}, Reply{Send: []Message{filed("bilan", func(w io.Writer) error {
		await(t, announced, "the notice")
		return writesRows(w)
	})}})
	if s.called() != "sendChatAction sendDocument" || log.String() != "" {
		t.Errorf("called %s, logged %s", s.called(), log)
	}
}

func TestAQuickFileIsNotAnnounced(t *testing.T) {
	s, url := newScript(t, nil)
	edge, _ := newEdge(t, url, nil)
	edge.wire.wait = func(ctx context.Context, d time.Duration) error {
		if d != noticeable {
			t.Errorf("waits %v", d)
		}
		<-ctx.Done() // the second is not over when the file is there
		return ctx.Err()
	}
	edge.answer(testContext(t), Incoming{Chat: 1}, Reply{Send: []Message{filed("bilan", writesRows), pictured("bilan", 7)}})
	if s.called() != "sendDocument sendPhoto" {
		t.Errorf("called %s", s.called())
	}
}

// The emulator refuses a caption of 1,025 units and takes a text of 4,096.
func TestCaptionsAreCutShorterThanTexts(t *testing.T) {
	e, url := newEmulator(t)
	e.Person(1001, "Camille")
	edge, log := newEdge(t, url, nil)
	long := "<b>" + strings.Repeat("é", maxText) + "</b>"
	edge.answer(testContext(t), Incoming{Chat: 1001, What: Text}, Reply{Send: []Message{{Text: long}, pictured(long, 7), filed(long, writesRows)}})
	edge.answer(testContext(t), Incoming{Chat: 1001, What: Tap, Query: "q", Message: 2, Picture: true}, Reply{Edit: new(pictured(long, 8))})
	var got []int
	for _, m := range e.Messages(1001) {
		got = append(got, len([]rune(m.Text)))
	}
	if !reflect.DeepEqual(got, []int{maxText, maxCaption, maxCaption}) || strings.Count(log.String(), "message cut") != 3 {
		t.Errorf("lengths %d, logged %s", got, log)
	}
}
