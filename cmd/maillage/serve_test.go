package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
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

	"maillage/bot"
	"maillage/bot/emulator"
	"maillage/store"
)

var transcript = flag.String("transcript", "", "write the chats of TestServiceOnRedis to this file")

const testToken = "123456:abcdefghijklmnopqrstuvwxyz_0123456789"

// TestStartFailures starts the bot in every broken surrounding: it says what to mend and ends, with a code of its own.
func TestStartFailures(t *testing.T) {
	telegram := httptest.NewServer(emulator.New(emulator.Options{Token: testToken}))
	defer telegram.Close()
	broken := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(broken, []byte("equipes:\n  - {id: nord, nom: Nord, territoires: [nulle-part]}\nservise: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	busy := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Dir: busy})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range []struct {
		name   string
		args   []string
		env    map[string]string
		code   int
		saying string
	}{
		{"no command", nil, nil, exitUsage, "usage"},
		{"unknown command", []string{"dance"}, nil, exitUsage, "dance"},
		{"unknown flag", []string{"serve", "--fast"}, nil, exitUsage, "fast"},
		{"webhook", []string{"serve"}, map[string]string{"WEBHOOK_URL": "https://bot.example"}, exitUsage, "WEBHOOK_URL"},
		{"no token", []string{"serve"}, map[string]string{"TELEGRAM_BOT_TOKEN": ""}, exitToken, "TELEGRAM_BOT_TOKEN"},
		{"malformed token", []string{"serve"}, map[string]string{"TELEGRAM_BOT_TOKEN": "123456:short"}, exitToken, "@BotFather"},
		{"refused token", []string{"serve"}, map[string]string{"TELEGRAM_BOT_TOKEN": strings.ToUpper(testToken)}, exitToken, "@BotFather"},
		{"broken config", []string{"serve", "--config", broken}, nil, exitFailed, "config.yaml:2:41: "},
		{"no config", []string{"serve", "--config", "nowhere.yaml"}, nil, exitFailed, "--config"},
		{"no Redis", []string{"serve"}, map[string]string{"REDIS_URL": "redis://:secret@127.0.0.1:1"}, exitUnreachable, "127.0.0.1:1"},
		{"unreadable Redis address", []string{"serve"}, map[string]string{"REDIS_URL": "redis//:secret"}, exitUsage, "redis://"},
		{"data in use", []string{"serve", "--data", busy}, nil, exitBusy, "in use"},
		{"invite while serving", []string{"invite", "--data", busy, "--equipe", "equipe-nord", "--role", "chef"}, nil, exitBusy, "in use"},
		{"invite without a team", []string{"invite", "--role", "chef"}, nil, exitUsage, "--equipe"},
		{"invite without a role", []string{"invite", "--equipe", "equipe-nord"}, nil, exitUsage, "--role"},
		{"words while serving", []string{"mots", "--data", busy}, nil, exitBusy, "in use"},
		{"words of no team", []string{"mots", "--equipe", "nulle-part"}, nil, exitUsage, "nulle-part"},
		{"an age that is none", []string{"suggest", "--age", "300", "stage"}, nil, exitUsage, "--age"},
		{"suggest nothing", []string{"suggest"}, nil, exitUsage, "sentence"},
		{"a week that is not", []string{"digest", "--semaine", "2026-W60"}, nil, exitUsage, "2026-W60"},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := map[string]string{"TELEGRAM_BOT_TOKEN": testToken, "TELEGRAM_API_URL": telegram.URL}
			for k, v := range c.env {
				env[k] = v
			}
			code, told := runCommand(t, t.Context(), env, c.args...)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if !strings.Contains(told, c.saying) {
				t.Errorf("does not say %q:\n%s", c.saying, told)
			}
			for _, secret := range []string{"abcdefghijklmnopqrstuvwxyz_", "secret"} {
				if strings.Contains(strings.ToLower(told), secret) {
					t.Errorf("tells %q:\n%s", secret, told)
				}
			}
		})
	}
}

// TestRedisThatWouldLoseData is refused, unless told otherwise.
func TestRedisThatWouldLoseData(t *testing.T) {
	telegram := httptest.NewServer(emulator.New(emulator.Options{Token: testToken}))
	defer telegram.Close()
	for _, c := range []struct {
		name    string
		options []string
		saying  string
	}{
		{"no append-only file", []string{"--appendonly", "no"}, "appendonly"},
		{"evicting", []string{"--appendonly", "yes", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"}, "maxmemory-policy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := map[string]string{"TELEGRAM_BOT_TOKEN": testToken, "TELEGRAM_API_URL": telegram.URL, "REDIS_URL": startRedis(t, c.options...)}
			code, told := runCommand(t, t.Context(), env, "serve")
			if code != exitUnsafe || !strings.Contains(told, c.saying) {
				t.Errorf("exit code %d, saying\n%s", code, told)
			}
			code, told = runCommand(t, t.Context(), env, "invite", "--accepter-perte", "--equipe", "equipe-nord", "--role", "chef")
			if code != exitOK || !strings.Contains(told, "/start ") || !strings.Contains(told, "https://t.me/maillage_bot?start=") {
				t.Errorf("told otherwise: exit code %d, saying\n%s", code, told)
			}
		})
	}
}

// runCommand runs maillage with the shipped config.yaml and returns its exit code and all that it printed.
func runCommand(t *testing.T, ctx context.Context, env map[string]string, args ...string) (code int, told string) {
	var out bytes.Buffer
	if len(args) > 0 && !slices.Contains(args, "--config") {
		args = slices.Insert(slices.Clone(args), 1, "--config", "../../config.yaml")
	}
	if len(args) > 0 && slices.Contains([]string{"serve", "invite", "digest", "mots", "bilan"}, args[0]) && !slices.Contains(args, "--data") {
		args = slices.Insert(args, 1, "--data", t.TempDir())
	}
	e := &environment{Getenv: func(k string) string { return env[k] }, In: strings.NewReader(""), Out: &out, Err: &out}
	code = e.run(ctx, args)
	return code, out.String()
}

// startRedis runs a real redis-server on a socket until the test ends. Without one the test is skipped, in CI it fails.
func startRedis(t *testing.T, options ...string) (url string) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no redis-server: make test installs it")
		}
		t.Skip("no redis-server on this machine")
	}
	dir := t.TempDir()
	cmd := exec.Command("redis-server", append([]string{"--port", "0", "--unixsocket", "s", "--dir", dir, "--save", ""}, options...)...)
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return "unix://" + filepath.Join(dir, "s")
}

// TestServiceOnRedis is the main job, end to end, over HTTP and on a real Redis: an invitation, a sentence, a tap, the bot
// killed and started again, Monday at 8:00 and its digest.
func TestServiceOnRedis(t *testing.T) {
	url := startRedis(t, "--appendonly", "yes")
	tg := emulator.New(emulator.Options{Token: testToken})
	server := httptest.NewServer(tg)
	defer server.Close()
	defer tg.Close()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	tg.Jump(time.Date(2026, 11, 18, 14, 5, 0, 0, paris))
	run := &service{t: t, tg: tg, api: server.URL, redis: url}

	stop := run.start()
	camille, stranger := tg.Person(1001, "Camille"), tg.Person(1009, "Inconnu")
	stranger.Say("bonjour")
	camille.Say("/start " + run.invite("educateur"))
	run.settle()
	camille.Say("vu une fille de 19 ans aux Aubépines, cherche du boulot")
	run.settle()
	card := lastWith(t, camille, "Enregistrer")
	stop() // no reply is owed, and nothing in memory is needed
	stop = run.start()
	if err := camille.Tap(card, "Enregistrer"); err != nil {
		t.Fatal(err)
	}
	run.settle()
	if err := camille.Tap(card, "Encore"); err != nil {
		t.Fatal(err)
	}
	run.settle()
	tg.Jump(time.Date(2026, 11, 23, 8, 0, 0, 0, paris))
	run.wake <- struct{}{}
	if err := camille.Wait(t.Context(), func(all []emulator.Message) bool {
		return strings.Contains(all[len(all)-1].Text, "Votre semaine 47")
	}); err != nil {
		t.Fatal(err)
	}
	run.wake <- struct{}{} // taken once the round is over
	stop()

	digest := camille.Messages()[len(camille.Messages())-1]
	for _, want := range []string{"1 action", "1 jeune rencontré", "Aucun partenaire sollicité"} {
		if !strings.Contains(digest.Text, want) {
			t.Errorf("the digest does not say %q:\n%s", want, digest.Text)
		}
	}
	if !bytes.HasPrefix(digest.Photo, []byte("\x89PNG")) {
		t.Errorf("the digest has no picture but %d bytes", len(digest.Photo))
	}
	if texts := stranger.Messages(); len(texts) != 2 {
		t.Errorf("the stranger has %d messages", len(texts))
	}
	for _, v := range tg.Violations() {
		t.Errorf("against Telegram's rules: %s", v)
	}
	run.write(camille)
}

// service is a bot started and stopped at will on one Redis and one Telegram.
type service struct {
	t     *testing.T
	tg    *emulator.Server
	api   string
	redis string
	store *store.Store
	wake  chan struct{}
}

func (s *service) start() (stop func()) {
	r, err := loadRules("../../config.yaml")
	if err != nil {
		s.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(testLog{s.t}, nil))
	s.store, err = store.Open(s.t.Context(), store.Options{URL: s.redis, Now: s.tg.Now, Log: log})
	if err != nil {
		s.t.Fatal(err)
	}
	b := &bot.Bot{Rules: r, Store: s.store, Now: s.tg.Now, Log: log}
	t, err := bot.NewTelegram(testToken, s.api, b.Handle, b.Commands(), log)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := t.Start(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	s.wake = make(chan struct{})
	var living sync.WaitGroup
	living.Go(func() {
		if err := live(ctx, b, t, s.wake, log); err != nil {
			s.t.Error(err)
		}
	})
	return func() {
		cancel()
		living.Wait()
		s.store.Close()
	}
}

// invite makes an invitation the way an administrator does, beside the running bot.
func (s *service) invite(role string) string {
	code, told := runCommand(s.t, s.t.Context(), map[string]string{"REDIS_URL": s.redis}, "invite", "--equipe", "equipe-nord", "--role", role)
	found := regexp.MustCompile(`/start (\S+)`).FindStringSubmatch(told)
	if code != exitOK || found == nil {
		s.t.Fatalf("invite: exit code %d, saying\n%s", code, told)
	}
	return found[1]
}

func (s *service) settle() {
	s.t.Helper()
	if err := s.tg.Idle(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// write keeps a chat as a person reads it.
func (s *service) write(p *emulator.Person) {
	if *transcript == "" {
		return
	}
	var b strings.Builder
	for _, m := range p.Messages() {
		who := "educator"
		if m.FromBot {
			who = "bot"
		}
		fmt.Fprintf(&b, "%s: %s\n", who, m.Text)
		for _, row := range m.Keyboard {
			for _, button := range row {
				fmt.Fprintf(&b, " [%s]", button.Label)
			}
			b.WriteString("\n")
		}
	}
	if err := os.WriteFile(*transcript, []byte(b.String()), 0o644); err != nil {
		s.t.Error(err)
	}
}

// lastWith returns the last message of a chat that has a button.
func lastWith(t *testing.T, p *emulator.Person, label string) int {
	t.Helper()
	for _, m := range slices.Backward(p.Messages()) {
		for _, row := range m.Keyboard {
			for _, b := range row {
				if b.Label == label {
					return m.ID
				}
			}
		}
	}
	t.Fatalf("no button [%s]", label)
	return 0
}
