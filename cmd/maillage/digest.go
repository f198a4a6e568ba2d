package main

import (
	"context"
	"fmt"
	"time"

	"maillage/bot"
	"maillage/store"
)

// digest shows the weekly digest of every member as text, or sends it to those who have not had it.
func (e *environment) digest(ctx context.Context, args []string) error {
	o := e.flags("digest").withStore()
	week := o.String("semaine", "", "ISO week, as 2026-W47; the last closed one when not given")
	send := o.Bool("envoyer", false, "send instead of showing")
	if err := o.parse(args); err != nil {
		return err
	}
	if o.NArg() > 0 {
		return o.refuse("digest: %q: the week is given with --semaine", o.Arg(0))
	}
	r, err := o.rules()
	if err != nil {
		return err
	}
	now := time.Now().In(r.Service.Zone)
	if *week == "" {
		*week = store.WeekOf(now.AddDate(0, 0, -7))
	}
	monday, err := store.WeekStart(*week, r.Service.Zone)
	if err != nil {
		return o.refuse("--semaine: %v", err)
	}
	log := e.logger()
	b := &bot.Bot{Rules: r, Now: time.Now, Log: log}
	var t *bot.Telegram
	if *send {
		if now.Before(monday.AddDate(0, 0, 7)) {
			return o.refuse("--semaine %s is not over yet", *week)
		}
		if t, err = bot.NewTelegram(e.Getenv("TELEGRAM_BOT_TOKEN"), e.Getenv("TELEGRAM_API_URL"), nil, nil, log); err != nil {
			return fmt.Errorf("TELEGRAM_BOT_TOKEN: %w", err)
		}
	}
	if b.Store, err = e.openStore(ctx, o, log); err != nil {
		return err
	}
	defer b.Store.Close()
	members, err := b.Store.Members(ctx, "")
	if err != nil {
		return err
	}
	if len(members) == 0 {
		fmt.Fprintln(e.Out, "Personne n’a encore rejoint le bot.")
	}
	if *send {
		planner := &bot.Planner{Bot: b, Deliver: t.Deliver, Log: log}
		sent, err := planner.SendWeek(ctx, members, monday)
		fmt.Fprintf(e.Out, "%d sent\n", sent)
		return err
	}
	for _, m := range members {
		text, err := b.Digest(ctx, m, monday)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.Out, "--- %d, %s, %s\n%s\n\n", m.ID, m.Team, m.Role, text)
	}
	return nil
}
