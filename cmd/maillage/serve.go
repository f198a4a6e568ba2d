package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"maillage/bot"
	"maillage/rules"
	"maillage/store"
)

// serve runs the bot until it is told to stop.
func (e *environment) serve(ctx context.Context, args []string) error {
	o := e.flags("serve").withStore()
	if err := o.parse(args); err != nil {
		return err
	}
	if e.Getenv("WEBHOOK_URL") != "" {
		return o.refuse("WEBHOOK_URL is set, and this version receives by long polling only: unset it")
	}
	r, err := o.rules()
	if err != nil {
		return err
	}
	log := e.logger()
	b := &bot.Bot{Rules: r, Now: time.Now, Log: log}
	t, err := bot.NewTelegram(e.Getenv("TELEGRAM_BOT_TOKEN"), e.Getenv("TELEGRAM_API_URL"), b.Handle, b.Commands(), log)
	if err != nil {
		return fmt.Errorf("TELEGRAM_BOT_TOKEN: %w", err)
	}
	if b.Store, err = e.openStore(ctx, o, log); err != nil {
		return err
	}
	defer b.Store.Close()
	if err := t.Start(ctx); err != nil {
		return err
	}
	if e.Getenv("REDIS_URL") == "" {
		log.Warn("embedded store: one process and a pilot team; set REDIS_URL for a service", "dir", o.data)
	}
	if err := e.firstInvitations(ctx, b, t.Username); err != nil {
		return err
	}
	debug.FreeOSMemory() // reading the rules takes twice what they weigh once read
	log.Info("serving", "bot", t.Username, "rules", r.Version, "partners", len(r.Partners))
	return live(ctx, b, t, nil, log)
}

// live receives and sends digests until ctx ends. It is all that serve and demo do once everything is open.
func live(ctx context.Context, b *bot.Bot, t *bot.Telegram, wake <-chan struct{}, log *slog.Logger) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	planner := &bot.Planner{Bot: b, Deliver: t.Deliver, Log: log}
	var planning sync.WaitGroup
	planning.Go(func() { planner.Run(ctx, wake) })
	err := t.Run(ctx)
	stop()
	planning.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// firstInvitations prints a way in for each team while nobody has joined: on the embedded store, nobody else can make one
// while the bot runs.
func (e *environment) firstInvitations(ctx context.Context, b *bot.Bot, username string) error {
	members, err := b.Store.Members(ctx, "")
	if err != nil || len(members) > 0 {
		return err
	}
	fmt.Fprintln(e.Out, "Personne n’a encore rejoint le bot. Une première invitation par équipe, valable 14 jours, pour une personne :")
	for _, team := range b.Rules.Teams {
		if err := e.printInvitation(ctx, b.Store, team, "chef", username); err != nil {
			return err
		}
	}
	return nil
}

func (e *environment) printInvitation(ctx context.Context, s *store.Store, team rules.Team, role, username string) error {
	code, err := s.Invite(ctx, store.Invitation{Team: team.ID, Role: role})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Out, "%s (%s) : /start %s\n", team.Name, role, code)
	if username != "" {
		fmt.Fprintf(e.Out, "    https://t.me/%s?start=%s\n", username, code)
	}
	return nil
}
