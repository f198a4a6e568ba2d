package bot

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"maillage/bot/french"
	"maillage/store"
)

// historyLength is how many actions a page of /historique lists: as many as one screen of a phone holds.
const historyLength = 10

// maxPages bounds how far back /historique turns its pages, and with it what one tap reads.
const maxPages = 30

// reference names a record in a button: its week and id.
func reference(a store.Action) string { return a.Week() + "/" + a.ID }

// findRecord reads the member's record a button names.
func (t *turn) findRecord(ref string) (a store.Action, found bool, err error) {
	week, id, _ := strings.Cut(ref, "/")
	a, err = t.bot.Store.Action(t.ctx, t.in.Chat, week, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return a, false, fmt.Errorf("read record: %w", err)
	}
	return a, err == nil, nil
}

// readRecord is findRecord where nothing else is to be shown: when the record is gone it says so and ok is false.
func (t *turn) readRecord(ref string) (a store.Action, ok bool, err error) {
	a, ok, err = t.findRecord(ref)
	if err == nil && !ok {
		t.show(Message{Text: alreadyGone})
	}
	return a, ok, err
}

// showHistory lists a page of the member's actions, the latest first; page counts from 0 and comes from a button.
func showHistory(t *turn, value string) error {
	page, _ := strconv.Atoi(value)
	page = min(max(page, 0), maxPages)
	all, err := t.bot.Store.Recent(t.ctx, t.in.Chat, (page+1)*historyLength+1)
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	shown := all[min(page*historyLength, len(all)):min((page+1)*historyLength, len(all))]
	if len(shown) == 0 {
		t.show(Message{Text: emptyHistory})
		return nil
	}
	lines := []string{"<b>Vos actions</b>"}
	var buttons []Button
	for _, a := range shown {
		lines = append(lines, "n° "+french.Number(a.Number)+" · "+french.Day(a.Day, t.now)+" · "+french.Escape(t.title(a)))
		buttons = append(buttons, recordButton(a))
	}
	lines = append(lines, "\nTouchez un numéro pour relire, corriger ou supprimer.")
	m := Message{Text: strings.Join(lines, "\n"), Rows: slices.Collect(slices.Chunk(buttons, 4))}
	var turns []Button
	if page > 0 {
		turns = append(turns, Button{Label: "‹ Plus récentes", Data: Data{Step: "historique", Value: strconv.Itoa(page - 1)}})
	}
	if len(all) > (page+1)*historyLength && page < maxPages {
		turns = append(turns, Button{Label: "Plus anciennes ›", Data: Data{Step: "historique", Value: strconv.Itoa(page + 1)}})
	}
	if len(turns) > 0 {
		m.Rows = append(m.Rows, turns)
	}
	t.show(m)
	return nil
}

// recordButton opens a saved action.
func recordButton(a store.Action) Button {
	return Button{Label: "n° " + french.Number(a.Number), Data: Data{Step: "fiche", Value: reference(a)}}
}

// title says an action in a few words: its needs, else its type.
func (v *view) title(a store.Action) string { return or(v.needNames(a.Needs), v.typeName(a)) }

func (v *view) typeName(a store.Action) string {
	if t := v.ActionType(a.Type); t != nil {
		return t.Name
	}
	return "Action"
}

func (t *turn) showRecord(ref string) error {
	a, ok, err := t.readRecord(ref)
	if err != nil || !ok {
		return err
	}
	m := Message{Text: "n° " + french.Number(a.Number) + "\n" + t.summary(a, false), Rows: [][]Button{
		{{Label: "Corriger", Data: Data{Step: "modifier", Value: ref}}, {Label: "Supprimer", Data: Data{Step: "supprimer", Value: ref}}},
		{{Label: "Encore", Data: Data{Step: "encore", Value: ref}}, {Label: "Retour", Data: Data{Step: "historique"}}},
	}}
	var last []Button
	if len(awaitedOf(a)) > 0 {
		last = append(last, Button{Label: "Réponse reçue", Data: Data{Step: "suivi", Value: "reponses/" + ref}})
	}
	if a.FollowUp != "" {
		last = append(last, Button{Label: "Relance faite", Data: Data{Step: "faite", Value: ref}})
	}
	if len(last) > 0 {
		m.Rows = append(m.Rows, last)
	}
	t.show(m)
	return nil
}

// followedUp takes the follow-up off an action.
func (t *turn) followedUp(ref string) error {
	a, ok, err := t.readRecord(ref)
	if err != nil || !ok {
		return err
	}
	if a.FollowUp != "" {
		old := a
		a.FollowUp, a.Ended = "", store.FollowedUp
		t.changes = append(t.changes, store.Change{Old: &old, New: &a})
		if last := t.conv.Last; last != nil && reference(last.Action) == ref {
			last.Action = a
		}
	}
	t.reply.Toast = "Relance faite"
	t.show(Message{Text: "n° " + french.Number(a.Number) + "\n" + t.summary(a, false), Rows: [][]Button{{recordButton(a)}}})
	return nil
}

// correct opens the corrections of a saved action; saving it replaces the record, which keeps its number.
func (t *turn) correct(ref string) error {
	return t.reopen(ref, fixStep, func(a store.Action) *Draft {
		d := t.newDraft()
		old := a
		d.Old, d.Action = &old, a
		d.Action.Partners = append([]store.Solicitation(nil), a.Partners...)
		d.Action.Needs = append([]string{}, a.Needs...)
		d.Action.Rules = t.Version
		if len(a.Partners) > 0 {
			d.How, d.Result = a.Partners[0].How, a.Partners[0].Result
		}
		return d
	})
}

// again opens the card of an action like one saved before: today, with results to come.
func (t *turn) again(ref string) error {
	t.below = true // the saved card stays readable above
	return t.reopen(ref, cardStep, func(a store.Action) *Draft {
		d := t.newDraft()
		a.ID, a.Number, a.At, a.First, a.FollowUp, a.Ended = "", 0, 0, false, "", ""
		a.Partners = slices.Clone(a.Partners)
		a.Day, a.Team, a.Rules = d.Action.Day, d.Action.Team, d.Action.Rules
		for i := range a.Partners {
			d.How, a.Partners[i].Result = a.Partners[i].How, firstResult(a.Partners[i].How, d.Result)
			a.Partners[i].Answered = ""
		}
		d.Action = a
		return d
	})
}

// reopen opens a draft made from a saved record, on its card or its corrections, unless an action is in hand.
func (t *turn) reopen(ref, place string, draft func(store.Action) *Draft) error {
	if t.conv.Draft != nil {
		t.below = true
		t.showDraft(finishFirst)
		return nil
	}
	a, ok, err := t.readRecord(ref)
	if err != nil || !ok {
		return err
	}
	d := draft(a)
	d.Step, d.Reached, d.Assumed, d.Touched = place, true, false, true
	t.present(d)
	t.keepNoDetail(d)
	t.open(d)
	return nil
}

func (t *turn) askDelete(ref string) error {
	a, ok, err := t.readRecord(ref)
	if err != nil || !ok {
		return err
	}
	t.show(Message{
		Text: "Supprimer l’action n° " + french.Number(a.Number) + " ? Elle ne comptera plus nulle part.\n\n" + t.summary(a, false),
		Rows: [][]Button{{
			{Label: "Retour", Data: Data{Step: "fiche", Value: ref}}, {Label: "Oui, supprimer", Data: Data{Step: "effacer", Value: ref}},
		}},
	})
	return nil
}

func (t *turn) deleteRecord(ref string) error {
	a, ok, err := t.readRecord(ref)
	if err != nil || !ok {
		return err
	}
	t.changes = append(t.changes, store.Change{Old: &a})
	if last := t.conv.Last; last != nil && reference(last.Action) == ref {
		t.conv.Last = nil
	}
	t.show(Message{Text: deleted, Rows: [][]Button{{{Label: "Historique", Data: Data{Step: "historique"}}}}})
	return nil
}
