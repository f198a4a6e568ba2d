package bot_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/redis/go-redis/v9"

	"maillage/bot"
	"maillage/bot/emulator"
	"maillage/rules"
	"maillage/store"
)

const (
	benchToken = "7000000003:CCinventedinventedinventedinvented0"
	sentence   = "vu un jeune de 17 ans aux Aubépines, plus rien depuis juin, orienté ML, rdv mardi"
	benchTeam  = "equipe-nord"
	benchChat  = 1001
)

// TestMain also is the other end of BenchmarkCPU: a Telegram and its educators, in a process whose CPU does not count.
func TestMain(m *testing.M) {
	if os.Getenv("MAILLAGE_BENCH_TELEGRAM") != "" {
		if err := serveEducators(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// BenchmarkTurn is an action logged: one sentence and one tap, without Telegram. On a real Redis it also counts what an
// update costs there: one read, one commit, and nothing else.
func BenchmarkTurn(b *testing.B) {
	b.Run("memory", func(b *testing.B) { logActions(b, store.Options{}, nil) })
	b.Run("directory", func(b *testing.B) { logActions(b, store.Options{Dir: b.TempDir()}, nil) })
	b.Run("redis", func(b *testing.B) {
		socket := startRedis(b)
		logActions(b, store.Options{URL: "unix://" + socket}, redisAt(b, socket))
	})
}

func logActions(b *testing.B, o store.Options, stats *redis.Client) {
	m := newMaillage(b, o, benchChat)
	update := int64(0)
	log := func() {
		update += 2
		card, err := m.Handle(b.Context(), bot.Incoming{Update: update, Chat: benchChat, Private: true, Text: sentence, Message: int(update), Sent: m.Now()})
		if err != nil {
			b.Fatal(err)
		}
		saved, err := m.Handle(b.Context(), bot.Incoming{Update: update + 1, Chat: benchChat, Private: true, What: bot.Tap, Tap: data(b, card.Send[0], "Enregistrer"), Message: int(update + 1)})
		if err != nil || !strings.HasPrefix(saved.Toast, "Enregistrée") {
			b.Fatal(saved.Toast, err)
		}
	}
	log() // the script is loaded once
	var before redisWork
	if stats != nil {
		before = workOf(b, stats)
	}
	b.ReportAllocs()
	for b.Loop() {
		log()
	}
	if stats == nil {
		return
	}
	after, updates := workOf(b, stats), float64(2*b.N)
	reads, commits, trips := after.reads-before.reads, after.commits-before.commits, after.trips-before.trips-1 // one was the counting itself
	b.ReportMetric(float64(reads)/updates, "reads/update")
	b.ReportMetric(float64(commits)/updates, "commits/update")
	b.ReportMetric(float64(trips)/updates, "trips/update")
	if n := 2 * b.N; reads != n || commits != n || trips != 2*n {
		b.Errorf("%d updates made %d reads, %d commits, %d round trips", n, reads, commits, trips)
	}
}

// redisWork is what a Redis has done: reads of a conversation, runs of a script, and requests of whatever kind, each of
// which is one read of its socket as long as it is short.
type redisWork struct{ reads, commits, trips int }

func workOf(b *testing.B, client *redis.Client) redisWork {
	b.Helper()
	info, err := client.Info(b.Context(), "stats", "commandstats").Result()
	if err != nil {
		b.Fatal(err)
	}
	number := func(after string) int {
		_, rest, _ := strings.Cut(info, after)
		n, _ := strconv.Atoi(rest[:max(strings.IndexAny(rest, ",\r"), 0)])
		return n
	}
	return redisWork{
		reads:   number("cmdstat_hgetall:calls="),
		commits: number("cmdstat_evalsha:calls=") + number("cmdstat_eval:calls="),
		trips:   number("total_reads_processed:"),
	}
}

// BenchmarkTapToCard is the time from a tap to the edited card, with a Bot API that takes 50 ms for every call but the poll,
// against the least a bot of the library can do: edit and nothing else (echo), and answer the tap, then edit (answering).
// The three take turns. One op is one tap on each.
func BenchmarkTapToCard(b *testing.B) {
	bots := []*tapped{
		newTapped(b, func(b *testing.B, url string) { newMaillage(b, store.Options{}, benchChat).serve(b, url) }),
		newTapped(b, func(b *testing.B, url string) { startEcho(b, url, false) }),
		newTapped(b, func(b *testing.B, url string) { startEcho(b, url, true) }),
	}
	took := make([][]float64, len(bots)) // ms
	for b.Loop() {
		for i, t := range bots {
			took[i] = append(took[i], t.tap(b).Seconds()*1000)
		}
	}
	ours, echo, answering := median(took[0]), median(took[1]), median(took[2])
	b.ReportMetric(ours, "ms-p50")
	b.ReportMetric(echo, "ms-p50-echo")
	b.ReportMetric(answering, "ms-p50-answering")
	b.ReportMetric(ours/echo, "x-echo")
	b.ReportMetric(ours/answering, "x-answering")
	polls := bots[0].Calls()["getUpdates"]
	b.ReportMetric(float64(polls)/float64(b.N), "polls/tap")
	b.ReportMetric(float64(bots[1].Calls()["getUpdates"])/float64(b.N), "polls/tap-echo")
}

// tapped is a slow Telegram with one educator and a bot that has shown a card.
type tapped struct {
	*emulator.Server
	camille *emulator.Person
	card    emulator.Message
}

const apiTime = 50 * time.Millisecond

func newTapped(b *testing.B, start func(b *testing.B, url string)) *tapped {
	t := &tapped{Server: emulator.New(emulator.Options{Token: benchToken})}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/getUpdates") {
			time.Sleep(apiTime) // the network and the server of a real Telegram
		}
		t.ServeHTTP(w, r)
	}))
	b.Cleanup(func() {
		t.Close()
		server.CloseClientConnections()
		server.Close()
		for _, v := range t.Violations() {
			b.Error("rule broken:", v)
		}
	})
	start(b, server.URL)
	t.camille = t.Person(benchChat, "Camille")
	t.camille.Say(sentence)
	t.wait(b, func(m emulator.Message) bool { return len(m.Keyboard) > 0 })
	return t
}

// wait waits until the last message is as wanted, and keeps it.
func (t *tapped) wait(b *testing.B, ok func(emulator.Message) bool) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
	defer cancel()
	err := t.camille.Wait(ctx, func(all []emulator.Message) bool {
		last := all[len(all)-1]
		if !last.FromBot || !ok(last) {
			return false
		}
		t.card = last
		return true
	})
	if err != nil {
		b.Fatal(err)
	}
}

// tap taps the first button, a partner or the echo's own, once the bot is at rest, and returns how long the card took.
func (t *tapped) tap(b *testing.B) time.Duration {
	if err := t.Idle(b.Context()); err != nil {
		b.Fatal(err)
	}
	label := t.card.Keyboard[0][0].Label
	started := time.Now()
	if err := t.camille.Tap(t.card.ID, label); err != nil {
		b.Fatal(err)
	}
	t.wait(b, func(m emulator.Message) bool { return m.Keyboard[0][0].Label != label })
	return time.Since(started)
}

// startEcho runs a bot of the library that shows one button and counts its taps.
func startEcho(b *testing.B, url string, answering bool) {
	taps := 0
	startLibrary(b, url, func(ctx context.Context, api *telegram.Bot, u *models.Update) {
		if u.CallbackQuery == nil {
			_, err := api.SendMessage(ctx, &telegram.SendMessageParams{ChatID: u.Message.Chat.ID, Text: "echo", ReplyMarkup: oneButton(taps)})
			check(b, err)
			return
		}
		taps++
		m := u.CallbackQuery.Message.Message
		if answering {
			_, err := api.AnswerCallbackQuery(ctx, &telegram.AnswerCallbackQueryParams{CallbackQueryID: u.CallbackQuery.ID})
			check(b, err)
		}
		_, err := api.EditMessageText(ctx, &telegram.EditMessageTextParams{ChatID: m.Chat.ID, MessageID: m.ID, Text: fmt.Sprint("echo ", taps), ReplyMarkup: oneButton(taps)})
		check(b, err)
		if !answering { // after the card, so that the emulator calls it answered
			_, err := api.AnswerCallbackQuery(ctx, &telegram.AnswerCallbackQueryParams{CallbackQueryID: u.CallbackQuery.ID})
			check(b, err)
		}
	})
}

func oneButton(n int) any {
	return markupOf(bot.Message{Rows: [][]bot.Button{{{Label: fmt.Sprint("touche ", n), Data: bot.Data{Step: "echo"}}}}})
}

// BenchmarkCPU is the CPU of this process, user and system, for an update, with twenty educators who log actions side by
// side: of Maillage, and of the library's own loop with handlers that read nothing, keep a state by GET and SET and a record
// by RPUSH, and show the same two messages. "same" also removes the sentence, so that it makes the same calls; "naive" does not.
// Telegram and its educators are processes of their own, as is the Redis of all. The three take turns.
// One op is educators × rounds actions, of two updates each, on each.
//
// In a profile, pprof -tagfocus=bot=maillage and -tagfocus=bot=library tell them apart.
func BenchmarkCPU(b *testing.B) {
	for _, educators := range []int{1, 20} {
		b.Run(fmt.Sprintf("educators-%d", educators), func(b *testing.B) { benchCPU(b, educators, 200/educators) })
	}
}

func benchCPU(b *testing.B, educators, rounds int) {
	socket := startRedis(b)
	m := newMaillage(b, store.Options{URL: "unix://" + socket})
	card, saved := shownBy(b)
	ours, same, naive := startEducators(b), startEducators(b), startEducators(b)
	m.serve(b, ours.url)
	startNaive(b, same.url, redisAt(b, socket), card, saved, true)
	startNaive(b, naive.url, redisAt(b, socket), card, saved, false)

	first := int64(benchChat)
	round := func(n int) (cpu [3]time.Duration) {
		m.join(b, first, educators)
		for i, e := range []*educatorsProcess{ours, same, naive} {
			runtime.GC() // each pays for its own garbage
			before := cpuTime(b)
			e.log(b, first, educators, n)
			cpu[i] = cpuTime(b) - before
		}
		first += int64(educators)
		return cpu
	}
	round(5)
	var spent [3][]float64 // µs per update
	var overSame, overNaive []float64
	for b.Loop() {
		cpu := round(rounds)
		for i, d := range cpu {
			spent[i] = append(spent[i], float64(d.Microseconds())/float64(2*educators*rounds))
		}
		overSame = append(overSame, float64(cpu[0])/float64(cpu[1])) // of one turn: the machine's mood counts for both
		overNaive = append(overNaive, float64(cpu[0])/float64(cpu[2]))
	}
	b.ReportMetric(median(spent[0]), "µs/update")
	b.ReportMetric(median(spent[1]), "µs/update-same")
	b.ReportMetric(median(spent[2]), "µs/update-naive")
	b.ReportMetric(median(overSame), "x-same")
	b.ReportMetric(median(overNaive), "x-naive")
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// shownBy returns what Maillage shows under the sentence, and after the tap.
func shownBy(b *testing.B) (card, saved bot.Message) {
	m := newMaillage(b, store.Options{}, benchChat)
	r, err := m.Handle(b.Context(), bot.Incoming{Update: 1, Chat: benchChat, Private: true, Text: sentence, Message: 1, Sent: m.Now()})
	if err != nil {
		b.Fatal(err)
	}
	card = r.Send[0]
	r, err = m.Handle(b.Context(), bot.Incoming{Update: 2, Chat: benchChat, Private: true, What: bot.Tap, Tap: data(b, card, "Enregistrer"), Message: 2})
	if err != nil {
		b.Fatal(err)
	}
	return card, *r.Edit
}

// naiveState is what a bot of the library without a design keeps between two updates.
type naiveState struct {
	Step     string    `json:"step"`
	Text     string    `json:"text"`
	Sentence int       `json:"sentence"`
	At       time.Time `json:"at"`
	Saved    int       `json:"saved"`
}

func startNaive(b *testing.B, url string, client *redis.Client, card, saved bot.Message, remove bool) {
	startLibrary(b, url, func(ctx context.Context, api *telegram.Bot, u *models.Update) {
		chat := int64(0)
		switch {
		case u.Message != nil:
			chat = u.Message.Chat.ID
		case u.CallbackQuery != nil:
			chat = u.CallbackQuery.From.ID
		default:
			return
		}
		key := fmt.Sprintf("state:%s:%d", url, chat)
		var s naiveState
		raw, err := client.Get(ctx, key).Bytes()
		if err == nil {
			err = json.Unmarshal(raw, &s)
		}
		if err != nil && err != redis.Nil {
			check(b, err)
		}
		save := func() {
			raw, err := json.Marshal(s)
			check(b, err)
			check(b, client.Set(ctx, key, raw, 0).Err())
		}
		if u.Message != nil {
			s = naiveState{Step: "card", Text: u.Message.Text, Sentence: u.Message.ID, At: time.Now(), Saved: s.Saved}
			save()
			_, err := api.SendMessage(ctx, &telegram.SendMessageParams{ChatID: chat, Text: card.Text, ParseMode: models.ParseModeHTML, ReplyMarkup: markupOf(card)})
			check(b, err)
			return
		}
		raw, err = json.Marshal(s)
		check(b, err)
		check(b, client.RPush(ctx, "records:"+key, raw).Err())
		s.Step, s.Text = "", ""
		s.Saved++
		save()
		_, err = api.AnswerCallbackQuery(ctx, &telegram.AnswerCallbackQueryParams{CallbackQueryID: u.CallbackQuery.ID, Text: "Enregistrée"})
		check(b, err)
		_, err = api.EditMessageText(ctx, &telegram.EditMessageTextParams{ChatID: chat, MessageID: u.CallbackQuery.Message.Message.ID, Text: saved.Text, ParseMode: models.ParseModeHTML, ReplyMarkup: markupOf(saved)})
		check(b, err)
		if remove {
			_, err = api.DeleteMessage(ctx, &telegram.DeleteMessageParams{ChatID: chat, MessageID: s.Sentence})
			check(b, err)
		}
	})
}

// startLibrary runs a bot by the library's own loop until the benchmark ends.
func startLibrary(b *testing.B, url string, handler telegram.HandlerFunc) {
	api, err := telegram.New(benchToken, telegram.WithSkipGetMe(), telegram.WithServerURL(url), telegram.WithDefaultHandler(handler), telegram.WithErrorsHandler(func(error) {}))
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { pprof.Do(ctx, pprof.Labels("bot", "library"), api.Start) })
	b.Cleanup(func() {
		stop()
		running.Wait()
	})
}

// markupOf is an inline keyboard in a form that costs the library no more than its own.
func markupOf(m bot.Message) any {
	type button struct {
		Label string `json:"text"`
		Data  string `json:"callback_data"`
	}
	var rows [][]button
	for _, row := range m.Rows {
		var buttons []button
		for _, b := range row {
			buttons = append(buttons, button{b.Label, b.Data.String()})
		}
		rows = append(rows, buttons)
	}
	return map[string]any{"inline_keyboard": rows}
}

// educatorsProcess is serveEducators, seen from here.
type educatorsProcess struct {
	url string
	in  io.Writer
	out *bufio.Scanner
}

func startEducators(b *testing.B) *educatorsProcess {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "MAILLAGE_BENCH_TELEGRAM=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close() // ends it
		if err := cmd.Wait(); err != nil {
			b.Error("the educators:", err)
		}
	})
	e := &educatorsProcess{in: in, out: bufio.NewScanner(out)}
	e.url = e.line(b)
	return e
}

func (e *educatorsProcess) line(b *testing.B) string {
	b.Helper()
	if !e.out.Scan() {
		b.Fatal("the educators are gone")
	}
	return e.out.Text()
}

// log lets educators with ids from first on log actions, side by side, n each.
func (e *educatorsProcess) log(b *testing.B, first int64, educators, n int) {
	b.Helper()
	if _, err := fmt.Fprintln(e.in, first, educators, n); err != nil {
		b.Fatal(err)
	}
	if answer := e.line(b); answer != "done" {
		b.Fatal(answer)
	}
}

// serveEducators serves a Telegram, whose address is the first line of out. Each line of in, "FIRST EDUCATORS ACTIONS", makes
// that many educators log actions, and a line of out says how that ended. It returns when in does.
func serveEducators(in io.Reader, out io.Writer) error {
	tg := emulator.New(emulator.Options{Token: benchToken})
	defer tg.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: tg}
	go server.Serve(listener)
	defer server.Close()
	fmt.Fprintln(out, "http://"+listener.Addr().String())
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var first int64
		var educators, actions int
		if _, err := fmt.Sscan(lines.Text(), &first, &educators, &actions); err != nil {
			return err
		}
		answer := "done"
		if err := logSideBySide(tg, first, educators, actions); err != nil {
			answer = err.Error()
		}
		fmt.Fprintln(out, answer)
	}
	if v := tg.Violations(); len(v) > 0 {
		return fmt.Errorf("rule broken: %s", v[0])
	}
	return nil
}

func logSideBySide(tg *emulator.Server, first int64, educators, actions int) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ended := make(chan error, educators)
	for i := range int64(educators) {
		go func() {
			var err error
			for n := 0; n < actions && err == nil; n++ {
				err = logOne(ctx, tg.Person(first+i, "Camille"))
			}
			ended <- err
		}()
	}
	for range educators {
		if err := <-ended; err != nil {
			return err
		}
	}
	return tg.Idle(ctx)
}

// logOne says a sentence, waits for its card, taps Enregistrer and waits until the card says so.
func logOne(ctx context.Context, p *emulator.Person) error {
	p.Say(sentence)
	var card emulator.Message
	last := func(want func(emulator.Message) bool) func([]emulator.Message) bool {
		return func(all []emulator.Message) bool {
			card = all[len(all)-1]
			return card.FromBot && want(card)
		}
	}
	if err := p.Wait(ctx, last(func(m emulator.Message) bool { return !m.Edited })); err != nil {
		return err
	}
	if err := p.Tap(card.ID, "Enregistrer"); err != nil {
		return err
	}
	return p.Wait(ctx, last(func(m emulator.Message) bool { return m.Edited }))
}

// maillage is the whole bot, with the configuration that is shipped.
type maillage struct{ *bot.Bot }

func newMaillage(b *testing.B, o store.Options, members ...int64) maillage {
	b.Helper()
	text, err := os.ReadFile("../config.yaml")
	if err != nil {
		b.Fatal(err)
	}
	r, err := rules.Load(rules.File{Name: "config.yaml", Text: text})
	if err != nil {
		b.Fatal(err)
	}
	o.Log = slog.New(slog.DiscardHandler)
	s, err := store.Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	m := maillage{&bot.Bot{Rules: r, Store: s, Now: time.Now, Log: slog.New(slog.DiscardHandler)}}
	for _, id := range members {
		m.join(b, id, 1)
	}
	return m
}

func (m maillage) join(b *testing.B, first int64, n int) {
	b.Helper()
	for id := first; id < first+int64(n); id++ {
		who := store.Member{ID: id, Team: benchTeam, Role: "educateur", Joined: 1}
		if err := m.Store.Commit(b.Context(), store.Turn{Chat: id, Member: &who, State: []byte("{}")}); err != nil {
			b.Fatal(err)
		}
	}
}

// serve runs the bot against a Telegram until the benchmark ends.
func (m maillage) serve(b *testing.B, url string) {
	b.Helper()
	t, err := bot.NewTelegram(benchToken, url, m.Handle, nil, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		pprof.Do(ctx, pprof.Labels("bot", "maillage"), func(ctx context.Context) {
			if err := t.Run(ctx); err != nil {
				b.Error(err)
			}
		})
	})
	b.Cleanup(func() {
		stop()
		running.Wait()
	})
}

// data is that of the button with a label.
func data(b *testing.B, m bot.Message, label string) string {
	b.Helper()
	for _, row := range m.Rows {
		for _, button := range row {
			if button.Label == label {
				return button.Data.String()
			}
		}
	}
	b.Fatalf("no button [%s]", label)
	return ""
}

func check(b *testing.B, err error) {
	if err != nil && b.Context().Err() == nil {
		b.Error(err)
	}
}

// startRedis runs a real redis-server until the benchmark ends and returns its socket. Without one the benchmark is skipped.
func startRedis(b *testing.B) (socket string) {
	b.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		b.Skip("no redis-server on this machine")
	}
	dir := b.TempDir()
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", "s", "--dir", dir, "--save", "", "--appendonly", "yes")
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return filepath.Join(dir, "s")
}

func redisAt(b *testing.B, socket string) *redis.Client {
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	b.Cleanup(func() { client.Close() })
	return client
}
