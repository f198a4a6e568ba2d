package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"maillage/store"
)

// Planner sends the weekly digest, to each member once per ISO week on the day and at the hour it chose, and the reminders of
// follow-ups, in the morning of a day that has some.
//
// It looks at the last two closed weeks, and at the reminders of the last week, and claims whatever is not settled, so a bot that was
// down on Monday morning catches up by itself, and several replicas share the work. What may have arrived is never sent again: a
// short notice goes instead.
type Planner struct {
	Bot     *Bot
	Deliver func(ctx context.Context, chat int64, m Message) (Delivery, error)
	Log     *slog.Logger
}

// every is how long the planner rests between two rounds: how late a digest may leave.
const every = 30 * time.Second

// What goes to whoever may have received a digest, or a reminder, already.
const (
	digestNotice   = "Votre bilan de la semaine est peut-être déjà arrivé. Sinon, /semaine l’affiche."
	reminderNotice = "Vos relances du jour sont peut-être déjà arrivées. Sinon, /relances les affiche."
)

// Run plays rounds until ctx ends: one at once, one every 30 s, and one at each wake.
func (p *Planner) Run(ctx context.Context, wake <-chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := p.Round(ctx); err != nil && ctx.Err() == nil {
			p.Log.Error("digests and reminders", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-wake:
		}
	}
}

// Round sends every digest and every reminder that is due now and not settled, and returns how many arrived. A failure with one
// member does not keep the others from theirs; the first one is returned.
func (p *Planner) Round(ctx context.Context) (sent int, err error) {
	members, err := p.Bot.Store.Members(ctx, "")
	if err != nil {
		return 0, fmt.Errorf("read members: %w", err)
	}
	now := p.Bot.Now().In(p.Bot.Rules.Service.Zone)
	this := store.WeekPeriod(now).First()
	for _, back := range []int{-14, -7} {
		monday := time.Date(this.Year(), this.Month(), this.Day()+back, 0, 0, 0, 0, now.Location())
		due := slices.DeleteFunc(slices.Clone(members), func(m store.Member) bool {
			s := settingsOf(m)
			leaves := digestTime(p.Bot.Rules.Service, s, monday)
			return now.Before(leaves) || leaves.Unix() < s.Since
		})
		n, failed := p.SendWeek(ctx, due, monday)
		sent += n
		err = cmp.Or(err, failed)
	}
	n, failed := p.remind(ctx, members, now)
	return sent + n, cmp.Or(err, failed)
}

// maxUnreached is how many members in a row may not be reached before a round is given up: Telegram is down.
const maxUnreached = 3

// letter is one message that a member gets once: a digest under the name of its week, or a reminder under that of its day.
type letter struct {
	name   string
	notice string                                               // goes to whoever may have received it already
	write  func(context.Context, store.Member) (Message, error) // no text: nothing is to be sent any more
}

// SendWeek sends the digest of the week that begins on monday to those who want one and have not had it.
func (p *Planner) SendWeek(ctx context.Context, members []store.Member, monday time.Time) (sent int, err error) {
	closed := monday.AddDate(0, 0, 7)
	members = slices.DeleteFunc(slices.Clone(members), func(m store.Member) bool {
		return m.Joined >= closed.Unix() || settingsOf(m).Never
	})
	return p.sendAll(ctx, members, letter{store.WeekOf(monday), digestNotice, func(ctx context.Context, m store.Member) (Message, error) {
		return p.Bot.digest(ctx, m, monday)
	}})
}

// sendAll sends a letter to those who have not had it.
func (p *Planner) sendAll(ctx context.Context, members []store.Member, l letter) (sent int, err error) {
	ids := make([]int64, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	settled, err := p.Bot.Store.Settled(ctx, ids, l.name)
	if err != nil {
		return 0, err
	}
	unreached := 0
	for _, m := range members {
		if settled[m.ID][l.name] || p.Bot.Rules.Team(m.Team) == nil {
			continue
		}
		how, failed := p.sendOne(ctx, m, l)
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

// sendOne claims, writes and sends one letter, and settles how that ended. What may have arrived gets a short notice instead.
func (p *Planner) sendOne(ctx context.Context, m store.Member, l letter) (how Delivery, err error) {
	claim, err := p.Bot.Store.ClaimDigest(ctx, m.ID, l.name)
	if err != nil || claim.Token == "" {
		return settledBefore, err
	}
	message, ends := Message{Text: l.notice}.typeset(), endOfNotice
	if !claim.Notice {
		ends = endOfDigest
		if message, err = l.write(ctx, m); err != nil || message.Text == "" {
			return settledBefore, errors.Join(err, p.settle(ctx, m.ID, l.name, claim.Token, store.Released))
		}
		if ok, err := p.Bot.Store.MoveDigest(ctx, m.ID, l.name, claim.Token, store.Sending); err != nil || !ok {
			return settledBefore, err
		}
	}
	how, failed := p.Deliver(ctx, m.ID, message)
	if failed != nil {
		p.Log.Warn("digest or reminder not delivered", "member", m.ID, "name", l.name, "err", failed)
	}
	return how, p.settle(ctx, m.ID, l.name, claim.Token, ends[how])
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

// digest writes the weekly digest of a member: the figures of the week, and a way to read them again. A quiet week is one kind line.
func (b *Bot) digest(ctx context.Context, m store.Member, monday time.Time) (Message, error) {
	now := b.Now().In(b.Rules.Service.Zone)
	p := store.WeekPeriod(monday)
	message, quiet, err := b.periodMessage(ctx, m, p, now, true)
	if err != nil {
		return Message{}, err
	}
	if quiet {
		message.Picture = nil
	}
	message.Rows = append(message.Rows, [][]Button{
		{periodButton("‹ %s", p.Before()), {Label: "Cette semaine", Data: Data{Step: "semaine"}}},
		{{Label: "Noter une action", Data: Data{Step: "action"}}},
	}...)
	return message.typeset(), nil
}

// Digest shows the weekly digest of a member as it would be sent, without sending it: what its picture shows, then its caption.
func (b *Bot) Digest(ctx context.Context, m store.Member, monday time.Time) (string, error) {
	message, err := b.digest(ctx, m, monday)
	if message.Picture != nil {
		return message.Picture.Alt + "\n\n" + message.Text, err
	}
	return message.Text, err
}

// catchUp is how many days back a reminder that did not leave is made up for.
const catchUp = 6

// remind sends the reminders of today: to those whose follow-ups are recalled today, or were to be since the last one left.
func (p *Planner) remind(ctx context.Context, members []store.Member, now time.Time) (sent int, err error) {
	if now.Hour() < reminderHour {
		return 0, nil
	}
	members = slices.DeleteFunc(slices.Clone(members), func(m store.Member) bool { return settingsOf(m).Silent })
	ids := make([]int64, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	today, days := now.Format(time.DateOnly), lastDays(now, catchUp)
	due, err := p.Bot.Store.Due(ctx, ids, today)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	ids = ids[:0] // those who have some
	for _, d := range due {
		ids = append(ids, d.Member)
	}
	slices.Sort(ids)
	settled, err := p.Bot.Store.Settled(ctx, slices.Compact(ids), days...)
	if err != nil {
		return 0, err
	}
	recalled := map[int64]bool{}
	for _, d := range due {
		last := slices.IndexFunc(days, func(day string) bool { return settled[d.Member][day] })
		if last < 0 {
			last = len(days)
		}
		recalled[d.Member] = recalled[d.Member] || recalledOn(d.Day, today, days[:last])
	}
	members = slices.DeleteFunc(members, func(m store.Member) bool { return !recalled[m.ID] })
	return p.sendAll(ctx, members, letter{today, reminderNotice, func(ctx context.Context, m store.Member) (Message, error) {
		return p.Bot.reminder(ctx, m, now)
	}})
}

// lastDays are so many days before a day, as 2006-01-02, the latest first.
func lastDays(day time.Time, n int) (days []string) {
	for back := 1; back <= n; back++ {
		days = append(days, day.AddDate(0, 0, -back).Format(time.DateOnly))
	}
	return days
}

// reminder lists what a member has to follow up: what is due today, and what is late and has not been recalled too often. It also
// forgets when older reminders left.
func (b *Bot) reminder(ctx context.Context, m store.Member, now time.Time) (Message, error) {
	today := now.Format(time.DateOnly)
	due, err := b.Store.Due(ctx, []int64{m.ID}, today)
	if err != nil {
		return Message{}, fmt.Errorf("read follow-ups: %w", err)
	}
	due = latestFirst(slices.DeleteFunc(due, func(d store.Due) bool { return age(d.Day, today) > lastRecall+catchUp }))
	actions, err := b.Store.DueActions(ctx, due[:min(len(due), maxRecalled)])
	if err != nil {
		return Message{}, fmt.Errorf("read follow-ups: %w", err)
	}
	if len(actions) == 0 { // treated since they were found
		return Message{}, nil
	}
	v := view{Rules: b.Rules, now: now}
	head := "🔔 <b>" + toFollowUp(due, today) + "</b>"
	message := v.dueMessage(head, actions, len(due)-len(actions))
	message.Rows = append(message.Rows, []Button{{Label: "Toutes les relances", Data: Data{Step: "relances"}}})
	old := lastDays(now.AddDate(0, 0, -catchUp), lastRecall+recallEvery)
	return message.typeset(), b.Store.ForgetDigests(ctx, m.ID, old...)
}
