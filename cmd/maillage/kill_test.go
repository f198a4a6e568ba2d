package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maillage/bot/emulator"
	"maillage/store"
)

// TestMain lets the test binary be maillage itself, so that a test can kill it.
func TestMain(m *testing.M) {
	if os.Getenv("MAILLAGE_TEST_RUN") != "" {
		e := &environment{Getenv: os.Getenv, In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
		os.Exit(e.run(context.Background(), os.Args[1:]))
	}
	os.Exit(m.Run())
}

// How much TestKilled does: every kills-th action shown as saved is followed by a kill.
const (
	educators = 5
	actions   = 8 // of each
	kills     = 7
)

// TestKilled kills the bot again and again (SIGKILL) while educators log actions: all that was shown as saved is there, once,
// and the counters equal a recount.
func TestKilled(t *testing.T) {
	t.Run("embedded store", func(t *testing.T) { testKilled(t, "") })
	t.Run("redis", func(t *testing.T) { testKilled(t, startRedis(t, "--appendonly", "yes", "--appendfsync", "always")) })
}

func testKilled(t *testing.T, redis string) {
	tg := emulator.New(emulator.Options{Token: testToken})
	server := httptest.NewServer(tg)
	defer server.Close()
	defer tg.Close()
	p := &program{t: t, api: server.URL, redis: redis, dir: t.TempDir()}
	var codes []string
	for range educators {
		codes = append(codes, p.invite())
	}
	p.start()
	defer p.kill()

	saved := make(chan struct{}, educators*actions)
	var logging sync.WaitGroup
	for i, code := range codes {
		logging.Go(func() { logActions(t, tg.Person(int64(1001+i), fmt.Sprint("Personne ", i)), code, saved) })
	}
	done := make(chan struct{})
	go func() { logging.Wait(); close(done) }()
	for n := 1; ; n++ {
		select {
		case <-saved:
			if n%kills == 0 {
				p.kill()
				p.start()
			}
			continue
		case <-done:
		}
		break
	}
	p.kill()
	p.check(tg)
}

// logActions joins, then types a sentence and saves its card, again and again.
func logActions(t *testing.T, p *emulator.Person, code string, saved chan<- struct{}) {
	p.Say("/start " + code)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	wait := func(what string, ok func([]emulator.Message) bool) {
		if err := p.Wait(ctx, ok); err != nil && !t.Failed() {
			t.Errorf("waiting for %s: %v\n%v", what, err, p.Messages())
		}
	}
	wait("the welcome", func(all []emulator.Message) bool { return strings.Contains(all[len(all)-1].Text, "Bienvenue") })
	for n := range actions {
		p.Say("une fille de 19 ans aux Aubépines cherche du boulot")
		card := 0
		wait("a card", func(all []emulator.Message) bool {
			last := all[len(all)-1]
			card = last.ID
			return last.FromBot && strings.Contains(fmt.Sprint(last.Keyboard), "Enregistrer")
		})
		if err := p.Tap(card, "Enregistrer"); err != nil {
			t.Errorf("action %d: %v", n, err)
			return
		}
		wait("the saved card", func(all []emulator.Message) bool {
			return slices.ContainsFunc(all, func(m emulator.Message) bool { return m.ID == card && strings.Contains(m.Text, "Enregistrée") })
		})
		saved <- struct{}{}
	}
}

// program is maillage in a process of its own.
type program struct {
	t       *testing.T
	api     string
	redis   string
	dir     string
	running *exec.Cmd
}

func (p *program) command(args ...string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	config, err := filepath.Abs("../../config.yaml")
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(exe, append([]string{args[0], "--config", config, "--data", filepath.Join(p.dir, "data")}, args[1:]...)...)
	cmd.Env = append(os.Environ(), "MAILLAGE_TEST_RUN=1", "TELEGRAM_BOT_TOKEN="+testToken, "TELEGRAM_API_URL="+p.api, "REDIS_URL="+p.redis)
	return cmd
}

func (p *program) invite() string {
	told, err := p.command("invite", "--equipe", "equipe-nord", "--role", "educateur").CombinedOutput()
	code := regexp.MustCompile(`/start (\S+)`).FindSubmatch(told)
	if err != nil || code == nil {
		p.t.Fatalf("invite: %v\n%s", err, told)
	}
	return string(code[1])
}

func (p *program) start() {
	p.running = p.command("serve")
	if err := p.running.Start(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) kill() {
	p.running.Process.Kill()
	p.running.Wait()
}

// check compares what the educators were shown with what the store has.
func (p *program) check(tg *emulator.Server) {
	s, err := store.Open(p.t.Context(), store.Options{URL: p.redis, Dir: filepath.Join(p.dir, "data")})
	if err != nil {
		p.t.Fatal(err)
	}
	defer s.Close()
	for i := range int64(educators) {
		id := 1001 + i
		shown := map[string]bool{}
		for _, m := range tg.Messages(id) {
			if number := regexp.MustCompile(`Enregistrée · n° (\d+)`).FindStringSubmatch(strings.ReplaceAll(m.Text, "\u00a0", " ")); number != nil {
				shown[number[1]] = true
			}
		}
		all, err := s.Recent(p.t.Context(), id, 1000)
		if err != nil {
			p.t.Fatal(err)
		}
		if len(all) != actions || len(shown) != actions {
			p.t.Errorf("%d: %d shown as saved, %d in the store, of %d", id, len(shown), len(all), actions)
		}
		for _, a := range all {
			if !shown[fmt.Sprint(a.Number)] {
				p.t.Errorf("%d: n° %d is in the store and was never shown", id, a.Number)
			}
		}
		year, err := store.ParsePeriod(all[0].Year())
		if err != nil {
			p.t.Fatal(err)
		}
		counted, err := s.Figures(p.t.Context(), store.Scope{Member: id}, year)
		if err != nil || counted[0].Actions != len(all) {
			p.t.Errorf("%d: %+v counted, %v", id, counted, err)
		}
	}
}
