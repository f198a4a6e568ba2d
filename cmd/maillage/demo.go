package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"maillage/bot"
	"maillage/bot/emulator"
	"maillage/rules"
	"maillage/store"
)

// demoToken is what the demo's Telegram and the demo's bot agree on; it opens nothing else.
const demoToken = "1:demo-demo-demo-demo-demo-demo-demo"

// cast are the people of the demo: six educators in the service's first two teams, and the chef de service of the first.
// The page plays the first educator and the chef.
var cast = []struct {
	id        int64
	name      string
	team      int // index in Rules.Teams
	role      string
	title     string // on the page; "" for those the page does not play
	busyShare int    // how much this one logs, in percent of the usual
}{
	{1001, "Camille", 0, "educateur", "éducatrice", 100},
	{1002, "Dominique", 0, "chef", "chef de service", 0},
	{1003, "Sacha", 0, "educateur", "", 120},
	{1004, "Alix", 0, "educateur", "", 80},
	{1005, "Noa", 1, "educateur", "", 100},
	{1006, "Charlie", 1, "educateur", "", 110},
	{1007, "Maxime", 1, "educateur", "", 90},
}

// demo runs the bot that serve runs against a Telegram of its own, shown in a browser. Nothing is kept when it stops.
func (e *environment) demo(ctx context.Context, args []string) error {
	o := e.flags("demo")
	addr := o.String("addr", "127.0.0.1:8080", "where the page is served; this machine only")
	if err := o.parse(args); err != nil {
		return err
	}
	r, err := o.rules()
	if err != nil {
		return err
	}
	listener, err := listenLoopback(*addr)
	if err != nil {
		return o.refuse("--addr: %v", err)
	}
	wake := make(chan struct{}, 1)
	tg := emulator.New(emulator.Options{
		Token: demoToken, Username: "maillage_demo_bot", Page: true, Log: e.logger(),
		OnJump: func(time.Time) {
			select {
			case wake <- struct{}{}:
			default: // a round is due already
			}
		},
	})
	for _, c := range cast {
		tg.Person(c.id, c.name).Role = c.title
	}
	server := &http.Server{Handler: tg, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) // until Close below
	defer server.Close()
	defer tg.Close()
	return e.playDemo(ctx, r, tg, "http://"+listener.Addr().String(), wake)
}

// playDemo fills a store with two years, starts the bot and opens the two chats of the page.
func (e *environment) playDemo(ctx context.Context, r *rules.Rules, tg *emulator.Server, address string, wake <-chan struct{}) error {
	log := e.logger()
	s, err := store.Open(ctx, store.Options{Now: tg.Now, Log: log})
	if err != nil {
		return err
	}
	defer s.Close()
	b := &bot.Bot{Rules: r, Store: s, Now: tg.Now, Log: log}
	t, err := bot.NewTelegram(demoToken, address, b.Handle, b.Commands(), log)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.Err, "inventing two years of activity…")
	if err := inventYears(ctx, r, s, tg.Now().In(r.Service.Zone)); err != nil {
		return fmt.Errorf("invent two years: %w", err)
	}
	for _, c := range cast {
		if c.title != "" {
			tg.Person(c.id, c.name).Say("/start")
		}
	}
	if err := t.Start(ctx); err != nil {
		return err
	}
	fmt.Fprintf(e.Out, "Maillage est prêt : ouvrez %s dans un navigateur (Ctrl-C pour arrêter).\n", address)
	return live(ctx, b, t, wake, log)
}

// listenLoopback refuses any address that another machine could reach: the demo has no password.
func listenLoopback(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, errors.New("the demo is served to this machine only: use 127.0.0.1")
	}
	return net.Listen("tcp", addr)
}
