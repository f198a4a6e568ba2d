// Package bot is the conversation with an educator.
//
// A turn takes what is saved for a chat and one thing that came in, and gives what to save and what to show:
//
//	(saved state, Incoming) -> (new state, Reply, changes to the records)
//
// [Bot.Handle] plays one turn with one read and at most one commit. What is shown depends on the saved state alone, so a turn
// that was committed and not answered is answered again by showing that state.
//
// To add a question, add a row to steps.go; a command, a row to commands.go; a button outside of a draft, a row to taps.go.
// French that is no question stands in french.go.
//
// The telegram files (telegram.go, receive.go, send.go) are the only ones that know the Telegram library; [Incoming], [Reply]
// and [Message] are what the rest sees of it. [Planner] sends the weekly digest and the reminders of follow-ups.
package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"maillage/rules"
	"maillage/store"
)

// Bot answers what comes in. All its fields are set, once, before the first update.
type Bot struct {
	Rules *rules.Rules
	Store *store.Store
	Now   func() time.Time
	Log   *slog.Logger // what goes wrong in a chat, never what is said there

	teams teams
}

// maxTries bounds how often a turn is played again because the chat changed under it.
const maxTries = 5

// Handle plays the turn of one update. An error means that nothing was committed: the same update must be handled again.
func (b *Bot) Handle(ctx context.Context, in Incoming) (Reply, error) {
	if !in.Private {
		return groupReply(in).typeset(), nil
	}
	version := int64(-1)
	for range maxTries {
		chat, err := b.Store.Chat(ctx, in.Chat)
		if err != nil {
			return Reply{}, fmt.Errorf("read chat: %w", err)
		}
		t, err := b.newTurn(ctx, chat, in)
		if err != nil {
			return Reply{}, err
		}
		if version == chat.Version { // not the chat but a record has changed: trying on would end the same
			t.say(alreadyGone)
			return t.reply.typeset(), nil
		}
		version = chat.Version
		if err := t.play(); err != nil {
			return Reply{}, err
		}
		switch err := t.commit(); {
		case errors.Is(err, store.ErrConflict):
			continue
		case errors.Is(err, store.ErrDuplicate):
			return b.showAgain(ctx, in)
		case err != nil:
			return Reply{}, fmt.Errorf("commit turn: %w", err)
		}
		return t.reply.typeset(), nil
	}
	return Reply{}, fmt.Errorf("chat changed %d times while one update was handled", maxTries)
}

// groupReply sends whoever writes in a group to the private chat. Nothing is read there and nothing kept.
func groupReply(in Incoming) Reply {
	switch in.What {
	case Tap:
		return Reply{Toast: groupOnly}
	case Text:
		return Reply{Send: []Message{{Text: groupOnly}}}
	}
	return Reply{} // pictures, edits, comings and goings: not for the bot
}

// showAgain answers an update that was committed before another one: it shows the state and changes nothing.
func (b *Bot) showAgain(ctx context.Context, in Incoming) (Reply, error) {
	chat, err := b.Store.Chat(ctx, in.Chat)
	if err != nil {
		return Reply{}, fmt.Errorf("read chat again: %w", err)
	}
	t, err := b.newTurn(ctx, chat, in)
	if err != nil {
		return Reply{}, err
	}
	t.showState()
	return t.reply.typeset(), nil
}

// turn is the work on one update.
type turn struct {
	view
	bot     *Bot
	ctx     context.Context
	in      Incoming
	chat    store.Chat
	member  *store.Member // set when somebody joins, changes teams or settings, or is of a team whose id has changed
	changes []store.Change
	misread []store.Misread
	reply   Reply
	below   bool // what is shown goes below: the message tapped on stays readable
}

func (b *Bot) newTurn(ctx context.Context, chat store.Chat, in Incoming) (*turn, error) {
	t := &turn{bot: b, ctx: ctx, in: in, chat: chat}
	t.Rules = b.Rules
	t.now = b.Now().In(b.Rules.Service.Zone)
	t.said = t.now
	if !in.Sent.IsZero() && in.Sent.Before(t.now) { // a phone without a network sends later
		t.said = in.Sent.In(b.Rules.Service.Zone)
	}
	t.conv = new(conversation)
	if t.team = b.Rules.Team(chat.Member.Team); t.team != nil && t.team.ID != chat.Member.Team {
		t.chat.Member.Team = t.team.ID // the team has another id now; its former one stays among the member's teams
		t.member = &t.chat.Member
	}
	if t.team != nil {
		var err error
		if t.Rules, err = b.rulesOf(ctx, t.team.ID, chat.Words); err != nil {
			return nil, fmt.Errorf("read the team's words: %w", err)
		}
		t.past = b.recordOf(ctx, t.team, t.now)
	}
	if len(chat.State) > 0 {
		if err := json.Unmarshal(chat.State, t.conv); err != nil {
			b.Log.Error("a saved conversation cannot be read and is begun anew", "chat", in.Chat, "err", err)
			t.conv = new(conversation)
		}
	}
	t.conv.expire(t.now)
	if d := t.conv.Draft; d != nil {
		t.present(d)
		if in.Card != 0 {
			t.conv.Card = in.Card
		}
		if stepNamed(d.Step) == nil && d.Step != fixStep {
			d.Step = cardStep // also what the draft of a version with other questions comes to
		}
	}
	return t, nil
}

// showState shows what is saved once more, for an update that was committed and perhaps not answered.
func (t *turn) showState() {
	last := t.conv.Last
	saved := last != nil && last.Update == t.in.Update
	if saved {
		t.showSaved()
		t.below = true
	}
	if t.conv.Draft != nil {
		t.showDraft("")
	} else if !saved {
		t.say(nothingPending)
	}
}

// play decides what the update means. Strangers get one line and leave no trace.
func (t *turn) play() error {
	if t.team == nil {
		return t.playStranger()
	}
	if t.in.Update != 0 && t.in.Update == t.conv.Update {
		t.showState()
		return nil
	}
	switch t.in.What {
	case Tap:
		return t.playTap()
	case Text:
		if name, args, ok := parseCommand(t.in.Text); ok {
			return t.playCommand(name, args)
		}
		t.playText()
	case Edited:
		t.playEdited()
	case Other:
		t.playOther()
	}
	return nil
}

// commit saves what the turn changed; a turn that changed nothing saves nothing.
func (t *turn) commit() error {
	state, err := json.Marshal(t.conv)
	if err != nil {
		return fmt.Errorf("encode conversation: %w", err)
	}
	unchanged := string(state) == string(t.chat.State) || (len(t.chat.State) == 0 && string(state) == "{}")
	if unchanged && t.member == nil && len(t.changes) == 0 {
		return nil
	}
	t.conv.Update = t.in.Update
	if state, err = json.Marshal(t.conv); err != nil {
		return fmt.Errorf("encode conversation: %w", err)
	}
	number := t.chat.Number
	for _, c := range t.changes {
		if c.Old == nil {
			number = max(number, c.New.Number)
		}
	}
	return t.bot.Store.Commit(t.ctx, store.Turn{
		Chat: t.in.Chat, Update: t.in.Update, Version: t.chat.Version,
		State: state, Number: number, Member: t.member, Changes: t.changes, Misread: t.misread,
	})
}

// open makes a draft the live one and shows it.
func (t *turn) open(d *Draft) { t.openWith(d, "") }

// openWith is open with a notice above.
func (t *turn) openWith(d *Draft, notice string) {
	t.conv.Draft = d
	t.conv.Rev++
	t.showDraft(notice)
}

// say answers with a plain message, or with a toast when the turn answers a tap and the text fits.
func (t *turn) say(text string) {
	if t.in.What == Tap && len([]rune(text)) <= maxToast {
		t.reply.Toast = text
		return
	}
	t.reply.Send = append(t.reply.Send, Message{Text: text})
}

// show puts m where the educator looks: in place of the message tapped on, else below what was said.
func (t *turn) show(m Message) {
	if t.in.What == Tap && t.in.Message != 0 && t.reply.Edit == nil && !t.below {
		t.reply.Edit = &m
		return
	}
	t.reply.Send = append(t.reply.Send, m)
}

// showCard shows the live card of a draft and takes the buttons off the place where it stood.
func (t *turn) showCard(m Message) {
	m.Card = true
	old := t.conv.Card
	edited := t.reply.Edit
	t.show(m)
	t.conv.Card = 0
	if t.reply.Edit != edited {
		t.conv.Card = t.in.Message
	}
	if old != 0 && old != t.conv.Card {
		t.reply.Strip = old
	}
}
