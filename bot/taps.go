package bot

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"maillage/bot/french"
	"maillage/store"
)

// taps is the table of buttons outside of a draft: what each does with the value it carries. Buttons of a draft are the
// questions of steps.go and the moves of [turn.move]. It is a function because its entries show buttons of their own.
func taps() map[string]func(*turn, string) error {
	return map[string]func(*turn, string) error{
		"action":     func(t *turn, _ string) error { t.below = true; return startAction(t, "") },
		"defaire":    (*turn).undo,
		"encore":     (*turn).again,
		"historique": showHistory,
		"fiche":      (*turn).showRecord,
		"modifier":   (*turn).correct,
		"supprimer":  (*turn).askDelete,
		"effacer":    (*turn).deleteRecord,
		"faite":      (*turn).followedUp,
		"relances":   showDue,
		"attendues":  (*turn).showAwaited,
		"suivi":      (*turn).followUp,
		"semaine":    showWeek,
		"mois":       showMonth,
		"bilan":      showBilan,
		"texte":      onReport(paragraphMessages),
		"documents":  onReport(documents),
		"autres":     onReport(otherDocuments),
		"trous":      onReport(holesMessage),
		"reglages":   showSettings,
		"domaine":    (*turn).showDomain,
		"partenaire": (*turn).showPartner,
		"verifie":    (*turn).checkPartner,
		"mots":       forChef(showWords),
		"mot":        forChef((*turn).showWord),
		"sens":       forChef((*turn).setWord),
		"ecarter":    forChef((*turn).dropWord),
		"lexique":    forChef((*turn).showOwnWords),
		"delier":     forChef((*turn).removeWord),
	}
}

// playTap finds what a button means now. A button that stands on an older card redraws it, says so, and changes nothing.
func (t *turn) playTap() error {
	data, err := parseData(t.in.Tap)
	if err != nil {
		t.say(unknownButton)
		return nil
	}
	if act := taps()[data.Step]; act != nil {
		return act(t, data.Value)
	}
	if data.Step != nav && data.Step != fixStep && stepNamed(data.Step) == nil {
		t.say(unknownButton)
		return nil
	}
	if t.conv.Draft == nil || data.Rev != t.conv.Rev {
		t.redraw()
		return nil
	}
	return t.playDraftTap(data)
}

// redraw answers a stale button.
func (t *turn) redraw() {
	switch last := t.conv.Last; {
	case last != nil && last.Card == t.in.Message && t.in.Message != 0:
		t.showSaved()
	case t.conv.Draft != nil:
		t.reply.Toast = staleCard
		t.showDraft("")
	default:
		t.show(Message{Text: closedCard})
	}
}

func (t *turn) playDraftTap(data Data) error {
	d := t.conv.Draft
	s := stepNamed(data.Step)
	switch {
	case data.Step == nav && data.Value == "enregistrer" && d.Step == cardStep:
		return t.save(d)
	case data.Step == nav:
		t.move(d, data.Value)
		return nil
	case data.Step == fixStep:
		if to := stepNamed(data.Value); to != nil && to.offeredNow(&t.view, d) {
			t.goTo(d, data.Value)
		}
	case d.Step == cardStep && s.name == "partenaires", d.Step == s.name:
		if !offers(s.options(&t.view, d), data.Value) {
			t.redraw()
			return nil
		}
		s.choose(&t.view, d, data.Value)
		t.taken(s, d, "")
		return nil
	case s.quick != nil && (d.Step == cardStep || d.Step == fixStep):
		if !offers(s.quick(&t.view, d), data.Value) {
			t.redraw()
			return nil
		}
		s.choose(&t.view, d, data.Value)
		t.mended(d, "")
		return nil
	default:
		t.redraw()
		return nil
	}
	t.open(d)
	return nil
}

func offers(rows [][]option, value string) bool {
	return slices.ContainsFunc(rows, func(row []option) bool {
		return slices.ContainsFunc(row, func(o option) bool { return o.value == value })
	})
}

// move follows a button that answers nothing: on, back, out.
func (t *turn) move(d *Draft, where string) {
	s := stepNamed(d.Step)
	switch {
	case where == "annuler":
		t.cancel()
		return
	case where == "corriger" && d.Step == cardStep:
		t.goTo(d, fixStep)
	case where == "suivant" && s != nil && s.name == "besoins" && len(d.Action.Needs) == 0:
		t.reply.Toast = chooseNeedFirst
		return
	case where == "suivant" && s != nil:
		t.answered(d)
	case where == "passer" && s != nil && s.passable(&t.view, d):
		s.pass(d)
		t.answered(d)
	case where == "retour":
		if !t.back(d) {
			t.cancel()
			return
		}
	default:
		t.redraw()
		return
	}
	t.open(d)
}

// back goes one place back; false when there is none and leaving is what Retour means.
func (t *turn) back(d *Draft) bool {
	switch {
	case d.Step == "besoins" && d.Domain != "":
		d.Domain = ""
	case d.Reached, d.Read:
		t.goTo(d, cardStep)
	case openBefore(d.Step) != "":
		t.goTo(d, openBefore(d.Step))
	default:
		return false
	}
	return true
}

// cancel drops the draft and opens the sentence that waits next, if any.
func (t *turn) cancel() {
	t.conv.closeDraft()
	if t.conv.Draft != nil {
		t.say(cancelledNext)
		t.showDraft("")
		return
	}
	old := t.conv.Card
	t.show(Message{Text: cancelled})
	if t.reply.Edit == nil {
		t.reply.Strip = old
	}
	t.conv.Card = 0
}

// save stores the draft as a record, once: the draft leaves the state in the same commit.
func (t *turn) save(d *Draft) error {
	a := t.record(d)
	if d.Old == nil {
		a.ID, a.Number, a.At, a.Team = store.RecordID(t.in.Update), t.chat.Number+1, t.now.Unix(), t.team.ID
	} else if gone, err := t.changedMeanwhile(d); err != nil || gone {
		return err
	}
	t.changes = append(t.changes, store.Change{Old: d.Old, New: &a})
	t.misread = d.misread(t.team.ID)
	t.conv.remember(a)
	t.conv.Last = &Saved{Action: a, Old: d.Old, Update: t.in.Update, Sentence: d.Sentence, At: t.now.Unix(), Card: t.in.Message}
	if t.conv.Card != t.in.Message { // after a crash a card can be there twice
		t.reply.Strip = t.conv.Card
	}
	t.conv.closeDraft()
	t.conv.Card = 0
	t.showSaved()
	if t.conv.Draft != nil {
		t.below = true
		t.showDraft("")
	}
	return nil
}

// changedMeanwhile tells whether the record that a draft corrects is no longer what it was; then the draft is closed.
func (t *turn) changedMeanwhile(d *Draft) (bool, error) {
	a, err := t.bot.Store.Action(t.ctx, t.in.Chat, d.Old.Week(), d.Old.ID)
	if err == nil && reflect.DeepEqual(a, *d.Old) {
		return false, nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, fmt.Errorf("read the action to correct: %w", err)
	}
	t.conv.closeDraft()
	t.show(Message{Text: alreadyGone})
	if t.conv.Draft != nil {
		t.below = true
		t.showDraft("")
	}
	return true, nil
}

// undo takes back what was saved last, an action or its correction, as long as its card offers it.
func (t *turn) undo(ref string) error {
	a, ok, err := t.readRecord(ref)
	if err != nil || !ok {
		return err
	}
	last := t.conv.Last
	if last == nil || reference(last.Action) != ref || t.now.Sub(time.Unix(last.At, 0)) > undoTime {
		t.say(tooLateToUndo)
		return nil
	}
	t.changes = append(t.changes, store.Change{Old: &a, New: last.Old})
	t.conv.Last = nil
	switch {
	case last.Old == nil:
		t.show(Message{Text: undone})
	case last.isFollowUp():
		return t.listDue("n° " + french.Number(a.Number) + " : " + untreated)
	default:
		t.show(Message{Text: uncorrected + "\n\n" + t.summary(*last.Old, false)})
	}
	return nil
}
