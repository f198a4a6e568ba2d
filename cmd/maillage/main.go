// Command maillage is a Telegram bot for teams of prévention spécialisée: it logs actions, suggests partners, sends the week's
// figures and writes the year's report.
//
//	maillage serve     the bot; TELEGRAM_BOT_TOKEN is required, REDIS_URL optional
//	maillage demo      the whole bot in a browser: no token, no Redis
//	maillage help      every command
//
// What goes wrong at start is told in one line that says what to mend, with an exit code of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"maillage/bot"
	"maillage/rules"
	"maillage/store"
)

// The exit codes scripts may rely on.
const (
	exitOK          = 0
	exitFailed      = 1 // mistakes in config.yaml, and whatever has no code of its own
	exitUsage       = 2 // the command line or the environment
	exitToken       = 3 // TELEGRAM_BOT_TOKEN missing, malformed or refused
	exitUnreachable = 4 // the Redis does not answer
	exitUnsafe      = 5 // the Redis would lose data
	exitBusy        = 6 // the data directory is used by another process, or damaged
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &environment{Getenv: os.Getenv, In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	os.Exit(e.run(ctx, os.Args[1:]))
}

// environment is what a command sees of the world.
type environment struct {
	Getenv func(string) string
	In     io.Reader
	Out    io.Writer
	Err    io.Writer // problems and logs
}

// command is a subcommand.
type command struct {
	name, args, help string
	run              func(*environment, context.Context, []string) error
}

func commands() []command {
	return []command{
		{"serve", "", "the bot, by long polling", (*environment).serve},
		{"demo", "[--addr 127.0.0.1:8080]", "the whole bot in a browser: no token, no Redis, two years of invented activity", (*environment).demo},
		{"check", "[FILE...]", "every mistake of config.yaml with its place, else the holes in the coverage and the words that tell nothing", (*environment).check},
		{"read", "[--jsonl]", "sentences on standard input -> what is understood", (*environment).read},
		{"suggest", "[--json] [--age N] [--territoire ID] PHRASE", "partners for a sentence", (*environment).suggest},
		{"invite", "--equipe ID --role educateur|chef", "a one-time link and its code", (*environment).invite},
		{"mots", "[--equipe ID]", "the words that the teams attached to needs with /mots, as a piece of config.yaml", (*environment).mots},
		{"bilan", "--annee 2026 [--equipe ID] [--sortie bilan.xlsx]", "the report of a year, or with --periode of any period: its paragraphs, its workbook, its pictures", (*environment).bilan},
		{"digest", "[--semaine 2026-W47] [--envoyer]", "shows the weekly digests, or sends them to whoever has not had theirs", (*environment).digest},
	}
}

// errUsage is a mistake on the command line, already told.
var errUsage = errors.New("usage")

func (e *environment) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		e.usage()
		return exitUsage
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return e.exitCode(c.run(e, ctx, args[1:]))
		}
	}
	e.usage()
	switch args[0] {
	case "help", "-h", "--help":
		return exitOK
	}
	fmt.Fprintf(e.Err, "\nmaillage: no command %q\n", args[0])
	return exitUsage
}

func (e *environment) usage() {
	fmt.Fprintln(e.Err, "usage: maillage COMMAND [--config config.yaml] [...]")
	for _, c := range commands() {
		fmt.Fprintf(e.Err, "\n  %s\n        %s\n", strings.TrimSpace("maillage "+c.name+" "+c.args), c.help)
	}
}

// exitCode tells an error, once, and gives its code.
func (e *environment) exitCode(err error) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if errors.Is(err, errUsage) {
		return exitUsage
	}
	var problems rules.Problems
	if errors.As(err, &problems) {
		fmt.Fprintln(e.Err, problems)
		return exitFailed
	}
	fmt.Fprintln(e.Err, "maillage:", err)
	for _, known := range []struct {
		err  error
		code int
	}{
		{bot.ErrToken, exitToken}, {store.ErrAddress, exitUsage}, {store.ErrUnreachable, exitUnreachable}, {store.ErrUnsafe, exitUnsafe},
		{store.ErrBusy, exitBusy}, {store.ErrDamaged, exitBusy},
	} {
		if errors.Is(err, known.err) {
			return known.code
		}
	}
	return exitFailed
}

// options are the flags that most commands share.
type options struct {
	*flag.FlagSet
	config     string
	data       string
	acceptLoss bool
}

func (e *environment) flags(name string) *options {
	o := &options{FlagSet: flag.NewFlagSet("maillage "+name, flag.ContinueOnError)}
	o.SetOutput(e.Err)
	o.StringVar(&o.config, "config", "config.yaml", "what is local: teams, territories, partners")
	return o
}

// withStore adds the flags of the commands that open the store.
func (o *options) withStore() *options {
	o.StringVar(&o.data, "data", "data", "directory of the embedded store, when REDIS_URL is not set")
	o.BoolVar(&o.acceptLoss, "accepter-perte", false, "use a Redis that would lose data when it stops")
	return o
}

// parse reads the flags; what it refuses has been told.
func (o *options) parse(args []string) error {
	err := o.Parse(args)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		return errUsage
	}
	return err
}

// refuse tells a mistake on the command line.
func (o *options) refuse(format string, args ...any) error {
	fmt.Fprintf(o.Output(), format+"\n", args...)
	o.Usage()
	return errUsage
}

func (o *options) rules() (*rules.Rules, error) { return loadRules(o.config) }

func loadRules(files ...string) (*rules.Rules, error) {
	var local []rules.File
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the configuration: %w (--config says where it is)", err)
		}
		local = append(local, rules.File{Name: name, Text: text})
	}
	return rules.Load(local...)
}

func (e *environment) openStore(ctx context.Context, o *options, log *slog.Logger) (*store.Store, error) {
	return store.Open(ctx, store.Options{URL: e.Getenv("REDIS_URL"), Dir: o.data, AcceptLoss: o.acceptLoss, Log: log})
}

func (e *environment) logger() *slog.Logger { return slog.New(slog.NewTextHandler(e.Err, nil)) }
