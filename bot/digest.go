package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"maillage/store"
)

// Planner sends the weekly digest: to each member once per ISO week, at the service's day and hour.
//
// It looks at the last two closed weeks and claims whatever is not settled, so a bot that was down on Monday morning catches
// up by itself, and several replicas share the work. What may have arrived is never sent again: a short notice goes instead.
type Planner struct {
	Bot     *Bot
	Deliver func(ctx context.Context, chat int64, m Message) (Delivery, error)
	Log     *slog.Logger
}

// every is how long the planner rests between two rounds: how late a digest may leave.
const every = 30 * time.Second

// notice goes to whoever may have received a digest already.
const notice = "Votre bilan de la semaine est peut-être déjà arrivé. Sinon, /semaine l’affiche."

// Run plays rounds until ctx ends: one at once, one every 30 s, and one at each wake.
func (p *Planner) Run(ctx context.Context, wake <-chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := p.Round(ctx); err != nil && ctx.Err() == nil {
			p.Log.Error("weekly digest", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-wake:
		}
	}
}

// Round sends every digest that is due now and not settled, and returns how many arrived. A failure with one member does not
// keep the others from theirs; the first one is returned.
func (p *Planner) Round(ctx context.Context) (sent int, err error) {
	now := p.Bot.Now().In(p.Bot.Rules.Service.Zone)
	weeks := p.Bot.dueWeeks(now)
	if len(weeks) == 0 {
		return 0, nil
	}
	members, err := p.Bot.Store.Members(ctx, "")
	if err != nil {
		return 0, fmt.Errorf("read members: %w", err)
	}
	for _, monday := range weeks {
		n, failed := p.SendWeek(ctx, members, monday)
		sent += n
		if err == nil {
			err = failed
		}
	}
	return sent, err
}

// maxUnreached is how many members in a row may not be reached before a round is given up: Telegram is down.
const maxUnreached = 3

// SendWeek sends the digest of the week that begins on monday to those who have not had it.
func (p *Planner) SendWeek(ctx context.Context, members []store.Member, monday time.Time) (sent int, err error) {
	closed := monday.AddDate(0, 0, 7)
	unreached := 0
	for _, m := range members {
		if m.Joined >= closed.Unix() || p.Bot.Rules.Team(m.Team) == nil {
			continue
		}
		how, failed := p.sendOne(ctx, m, monday)
		if failed != nil && err == nil {
			err = fmt.Errorf("member %d: %w", m.ID, failed)
		}
		switch how {
		case Delivered:
			sent, unreached = sent+1, 0
		case NotSent:
			unreached++
		}
		if ctx.Err() != nil || unreached == maxUnreached {
			return sent, errors.Join(err, ctx.Err())
		}
	}
	return sent, err
}

// dueWeeks returns the Mondays of those of the last two closed weeks whose digest is due at now, older first.
func (b *Bot) dueWeeks(now time.Time) []time.Time {
	this, err := store.WeekStart(store.WeekOf(now), now.Location())
	if err != nil {
		return nil
	}
	var due []time.Time
	for _, back := range []int{-14, -7} {
		if monday := this.AddDate(0, 0, back); !now.Before(b.digestTime(monday)) {
			due = append(due, monday)
		}
	}
	return due
}

// digestTime is when the digest of the week that begins on monday leaves: the service's day and hour in the week after.
func (b *Bot) digestTime(monday time.Time) time.Time {
	s := b.Rules.Service
	days := 7 + (int(s.DigestDay)+6)%7
	return time.Date(monday.Year(), monday.Month(), monday.Day()+days, s.DigestHour, s.DigestMinute, 0, 0, monday.Location())
}

// sendOne claims, writes and sends one digest, and settles how that ended. What may have arrived gets a short notice instead.
func (p *Planner) sendOne(ctx context.Context, m store.Member, monday time.Time) (how Delivery, err error) {
	week := store.WeekOf(monday)
	claim, err := p.Bot.Store.ClaimDigest(ctx, m.ID, week)
	if err != nil || claim.Token == "" {
		return settledBefore, err
	}
	message, ends := Message{Text: notice}.typeset(), endOfNotice
	if !claim.Notice {
		ends = endOfDigest
		if message, err = p.Bot.digest(ctx, m, monday); err != nil {
			return settledBefore, errors.Join(err, p.settle(ctx, m.ID, week, claim.Token, store.Released))
		}
		if ok, err := p.Bot.Store.MoveDigest(ctx, m.ID, week, claim.Token, store.Sending); err != nil || !ok {
			return settledBefore, err
		}
	}
	how, failed := p.Deliver(ctx, m.ID, message)
	if failed != nil {
		p.Log.Warn("digest not delivered", "member", m.ID, "week", week, "err", failed)
	}
	return how, p.settle(ctx, m.ID, week, claim.Token, ends[how])
}

// settledBefore is the end of a digest that was not this planner's to send.
const settledBefore Delivery = -1

// endOfDigest is the state of a digest after each end of its sending. An unsure one stays in Sending: when its lease ends, the
// short notice is due.
var endOfDigest = map[Delivery]store.DigestState{
	Delivered: store.Delivered, Blocked: store.Blocked, NotSent: store.Released, Unsure: store.Sending,
}

// endOfNotice is the same for a notice, which is sent again only when it surely was not.
var endOfNotice = map[Delivery]store.DigestState{
	Delivered: store.Unsure, Blocked: store.Blocked, NotSent: store.Released, Unsure: store.Unsure,
}

// settleLimit bounds how long settling may take when the planner is being stopped: what was sent is said to be sent.
const settleLimit = 5 * time.Second

func (p *Planner) settle(ctx context.Context, member int64, week, token string, to store.DigestState) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleLimit)
	defer cancel()
	if _, err := p.Bot.Store.MoveDigest(ctx, member, week, token, to); err != nil {
		return fmt.Errorf("settle digest of %s: %w", week, err)
	}
	return nil
}

// digest writes the weekly digest of a member: the report of the week, and a way to read it again.
func (b *Bot) digest(ctx context.Context, m store.Member, monday time.Time) (Message, error) {
	now := b.Now().In(b.Rules.Service.Zone)
	message, err := b.weekReport(ctx, m, monday, now)
	if err != nil {
		return Message{}, err
	}
	message.Rows = append(message.Rows, [][]Button{
		{weekButton("‹ Semaine %d", monday.AddDate(0, 0, -7)), {Label: "Cette semaine", Data: Data{Step: "semaine"}}},
		{{Label: "Noter une action", Data: Data{Step: "action"}}},
	}...)
	return message.typeset(), nil
}

// Digest shows the weekly digest of a member as it would be sent, without sending it.
func (b *Bot) Digest(ctx context.Context, m store.Member, monday time.Time) (string, error) {
	message, err := b.digest(ctx, m, monday)
	return message.Text, err
}
