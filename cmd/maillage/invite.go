package main

import (
	"context"
	"slices"
	"time"

	"maillage/bot"
)

// invite prints a one-time invitation. The link needs the bot's name, which Telegram tells; without a token the code alone
// does.
func (e *environment) invite(ctx context.Context, args []string) error {
	o := e.flags("invite").withStore()
	team := o.String("equipe", "", "id of the team")
	role := o.String("role", "", "educateur or chef")
	if err := o.parse(args); err != nil {
		return err
	}
	r, err := o.rules()
	if err != nil {
		return err
	}
	t := r.Team(*team)
	if t == nil {
		var ids []string
		for _, t := range r.Teams {
			ids = append(ids, t.ID)
		}
		return o.refuse("--equipe %q: no such team in %s, which has %q", *team, o.config, ids)
	}
	if !slices.Contains([]string{"educateur", "chef"}, *role) {
		return o.refuse("--role %q: want educateur or chef", *role)
	}
	log := e.logger()
	s, err := e.openStore(ctx, o, log)
	if err != nil {
		return err
	}
	defer s.Close()
	return e.printInvitation(ctx, s, *t, *role, e.username(ctx))
}

// username asks Telegram for the bot's name; "" when there is no token or no answer, for the code works all the same.
func (e *environment) username(ctx context.Context) string {
	t, err := bot.NewTelegram(e.Getenv("TELEGRAM_BOT_TOKEN"), e.Getenv("TELEGRAM_API_URL"), nil, nil, e.logger())
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if t.Meet(ctx) != nil {
		return ""
	}
	return t.Username
}
