package bot

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"maillage/rules"
	"maillage/store"
)

var update = flag.Bool("update", false, "rewrite the conversations in testdata with what the bot says now")

// TestConversations plays every testdata/*.txt: a conversation as it reads on a phone, and what was stored at its end.
//
//	# a comment                          kept
//	clock: 2026-11-18 14:05              the hour in Paris from there on
//	educator: un texte                   a message; chef:, second: and stranger: are other people
//	educator: [Enregistrer]              a tap on the last message that has this button
//	educator: [Enregistrer] 2            the same button, two such messages earlier
//	educator edits: un texte             the last text, edited
//	educator late: un texte              a message that left the phone yesterday and arrives now
//	educator sends: photo                what is no text
//	educator group: un texte             a text in a group
//	again:                               Telegram delivers the last update a second time
//	invite: nord educateur               an invitation, written CODE from there on
//	monday: 2026-W47                     the digests that are due are sent
//	stored:                              what the store holds for everybody
//
// The bot's lines are written by -update; read the diff.
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := newPlay(t).play(string(want))
			if got == string(want) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("the conversation goes otherwise (-update rewrites it):\n%s", difference(string(want), got))
		})
	}
}

// people are the characters of the conversations, by name.
var people = map[string]int64{"educator": 1001, "chef": 1002, "second": 1003, "stranger": 1009}

// shown is a message as it stood in somebody's chat: an edited one is there once for each text, for a thumb may be quicker
// than the edit.
type shown struct {
	id int
	m  Message
}

// play is one conversation being played.
type play struct {
	t       *testing.T
	bot     *Bot
	planner *Planner
	now     time.Time
	out     strings.Builder
	chats   map[int64][]shown
	cards   map[int64]int
	said    map[int64]int // the last text of each person
	next    int           // message and update ids
	code    string        // of the last invitation
	last    Incoming
}

func newPlay(t *testing.T) *play {
	p := &play{t: t, chats: map[int64][]shown{}, cards: map[int64]int{}, said: map[int64]int{}, next: 100}
	p.bot = &Bot{Rules: testRules(t), Now: func() time.Time { return p.now }, Log: slog.New(slog.DiscardHandler)}
	p.clock("2026-11-18 14:05")
	s, err := store.Open(t.Context(), store.Options{Now: p.bot.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	p.bot.Store = s
	p.planner = &Planner{Bot: p.bot, Deliver: p.deliver, Log: p.bot.Log}
	p.join("educator", "nord", "educateur")
	p.join("chef", "nord", "chef")
	p.join("second", "nord", "educateur")
	return p
}

func testRules(t testing.TB) *rules.Rules {
	t.Helper()
	text, err := os.ReadFile("testdata/config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := rules.Load(rules.File{Name: "config.yaml", Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (p *play) join(name, team, role string) {
	id := people[name]
	m := store.Member{ID: id, Team: team, Role: role, Joined: 1}
	if err := p.bot.Store.Commit(p.t.Context(), store.Turn{Chat: id, Member: &m, State: []byte("{}")}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *play) clock(s string) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err == nil {
		p.now, err = time.ParseInLocation("2006-01-02 15:04", s, paris)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// play answers every line that is not the bot's and returns the whole conversation.
func (p *play) play(script string) string {
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "bot") || strings.HasPrefix(line, " ") {
			continue
		}
		p.out.WriteString(line + "\n")
		who, what, found := strings.Cut(line, ":")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		p.line(who, strings.TrimSpace(what))
	}
	return p.out.String()
}

func (p *play) line(who, what string) {
	switch who {
	case "clock":
		p.clock(what)
		return
	case "again":
		p.handle(p.last)
		return
	case "invite":
		team, role, _ := strings.Cut(what, " ")
		code, err := p.bot.Store.Invite(p.t.Context(), store.Invitation{Team: team, Role: role})
		if err != nil {
			p.t.Fatal(err)
		}
		p.code = code
		return
	case "monday", "morning":
		if _, err := p.planner.Round(p.t.Context()); err != nil {
			p.t.Fatal(err)
		}
		return
	case "stored":
		p.stored()
		return
	}
	name, how, _ := strings.Cut(who, " ")
	id, known := people[name]
	if !known {
		p.t.Fatalf("%q is nobody", name)
	}
	p.next++
	in := Incoming{Update: int64(p.next), Chat: id, Private: true, Message: p.next, Text: strings.Replace(what, "CODE", p.code, 1), Sent: p.now, Card: p.cards[id]}
	switch how {
	case "late":
		in.Sent = p.now.AddDate(0, 0, -1)
	case "edits":
		in.What, in.Message = Edited, p.said[id]
	case "sends":
		in.What, in.Text = Other, ""
	case "group":
		in.Private = false
	default:
		if label := tapped.FindStringSubmatch(what); label != nil {
			in.What, in.Text = Tap, ""
			in.Message, in.Tap, in.Picture = p.find(id, label[1], label[2])
		} else {
			p.said[id] = p.next
			if n, ok := strings.CutPrefix(what, "%long "); ok { // a text of n characters
				length, _ := strconv.Atoi(n)
				in.Text = strings.Repeat("bla ", length/4)
			}
		}
	}
	p.handle(in)
}

var tapped = regexp.MustCompile(`^\[(.*)\](?: (\d))?$`)

// find returns the message with a button, and its data; earlier counts back among the messages that have it.
func (p *play) find(chat int64, label, earlier string) (message int, data string, picture bool) {
	skip, _ := strconv.Atoi(earlier)
	for i := len(p.chats[chat]) - 1; i >= 0; i-- {
		for _, row := range p.chats[chat][i].m.Rows {
			for _, b := range row {
				if plain(b.Label) == label {
					if skip > 1 {
						skip--
						break
					}
					m := p.chats[chat][i]
					return m.id, b.Data.String(), m.m.Picture != nil || m.m.File != nil
				}
			}
		}
	}
	p.t.Fatalf("no button [%s] in the chat of %d:\n%s", label, chat, p.out.String())
	return 0, "", false
}

func (p *play) handle(in Incoming) {
	p.last = in
	r, err := p.bot.Handle(p.t.Context(), in)
	if err != nil {
		p.t.Fatalf("%v: %v", in, err)
	}
	if r.Toast != "" {
		p.write("bot toast: ", Message{Text: r.Toast})
	}
	if m := r.Edit; m != nil && (m.File != nil || in.Picture != (m.Picture != nil)) {
		p.send(in.Chat, "bot: ", *m) // a text and a picture do not take each other's place
		r.Edit = nil
	}
	if r.Edit != nil {
		p.write("bot edits: ", *r.Edit)
		p.chats[in.Chat] = append(p.chats[in.Chat], shown{in.Message, *r.Edit})
		if r.Edit.Card {
			p.cards[in.Chat] = in.Message
		} else if p.cards[in.Chat] == in.Message {
			delete(p.cards, in.Chat)
		}
	}
	if r.Strip != 0 {
		p.out.WriteString("bot takes the buttons off the earlier card\n")
	}
	for _, m := range r.Send {
		p.send(in.Chat, "bot: ", m)
	}
	if r.Delete != 0 {
		p.out.WriteString("bot deletes the educator's message\n")
	}
}

func (p *play) send(chat int64, prefix string, m Message) {
	p.next++
	p.chats[chat] = append(p.chats[chat], shown{p.next, m})
	if m.Card {
		p.cards[chat] = p.next
	}
	p.write(prefix, m)
}

func (p *play) deliver(_ context.Context, chat int64, m Message) (Delivery, error) {
	p.send(chat, fmt.Sprintf("bot to %d: ", chat), m)
	return Delivered, nil
}

// write prints a message: its text, then its rows of buttons, each line after the first behind a bar.
func (p *play) write(prefix string, m Message) {
	checkLimits(p.t, m)
	text := plain(m.Text)
	if m.Picture != nil {
		text = "[picture: " + strings.ReplaceAll(plain(m.Picture.Alt), "\n", " · ") + "]\n" + text
	}
	if m.File != nil {
		text = "[file: " + m.File.Name + "] " + text
	}
	lines := strings.Split(text, "\n")
	p.out.WriteString(prefix + lines[0] + "\n")
	for _, l := range lines[1:] {
		p.out.WriteString(strings.TrimRight("   | "+l, " ") + "\n")
	}
	for _, row := range m.Rows {
		p.out.WriteString("   |")
		for _, b := range row {
			p.out.WriteString(" [" + plain(b.Label) + "]")
		}
		p.out.WriteString("\n")
	}
}

// plain shows the no-break spaces as ordinary ones: they are tested by themselves.
func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

// checkLimits holds every message of every conversation to what Telegram takes.
func checkLimits(t *testing.T, m Message) {
	t.Helper()
	most := maxText
	if m.Picture != nil || m.File != nil {
		most = maxCaption
	}
	if n := len([]rune(m.Text)); n > most || strings.TrimSpace(m.Text) == "" {
		t.Errorf("a message of %d characters", n)
	}
	for _, row := range m.Rows {
		if len(row) > 8 {
			t.Errorf("a row of %d buttons", len(row))
		}
		for _, b := range row {
			data := b.Data.String()
			if back, err := parseData(data); b.Label == "" || err != nil || back != b.Data {
				t.Errorf("button %q carries %q: %v", b.Label, data, err)
			}
		}
	}
}

// stored prints every record and what the counters say, which must be the same.
func (p *play) stored() {
	for _, name := range []string{"educator", "chef", "second"} {
		id := people[name]
		all, err := p.bot.Store.Recent(p.t.Context(), id, 1000)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, a := range all {
			partners := strings.ReplaceAll(fmt.Sprint(a.Partners), " }", "}") // no day of an answer
			fmt.Fprintf(&p.out, "   | %s n° %d %s %s %s %s ×%d first=%t %v %v %q %s followup=%q", name, a.Number, a.Day, a.Type,
				a.Band, a.Gender, a.Count, a.First, a.Needs, a.Domains, a.Territory, partners, a.FollowUp)
			if a.Ended != "" {
				fmt.Fprintf(&p.out, " ended=%q", a.Ended)
			}
			p.out.WriteString("\n")
		}
		ever, err := store.ParsePeriod(fmt.Sprintf("%d-01-01..%d-12-31", p.now.Year()-2, p.now.Year()))
		if err != nil {
			p.t.Fatal(err)
		}
		counted, err := p.bot.Store.Figures(p.t.Context(), store.Scope{Member: id}, ever)
		if err != nil {
			p.t.Fatal(err)
		}
		if counted[0].Actions != len(all) {
			p.t.Errorf("%s has %d records and a count of %d", name, len(all), counted[0].Actions)
		}
	}
	strange, err := p.bot.Store.Chat(p.t.Context(), people["stranger"])
	if err != nil {
		p.t.Fatal(err)
	}
	if strange.Member.Team == "" && strange.Version != 0 {
		p.t.Error("the store keeps something of a stranger")
	}
}

// difference shows where two texts part, with what stands around.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(w) && i < len(g) && w[i] == g[i] {
		i++
	}
	from := max(0, i-3)
	return fmt.Sprintf("line %d, want\n%s\ngot\n%s", i+1,
		strings.Join(w[from:min(len(w), i+12)], "\n"), strings.Join(g[from:min(len(g), i+12)], "\n"))
}
