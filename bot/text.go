package bot

import (
	"slices"
	"strings"
	"unicode/utf8"

	"maillage/bot/french"
	"maillage/rules"
)

// playText takes a text that is no command: the answer to the question asked, or a sentence to read.
func (t *turn) playText() {
	switch text := strings.TrimSpace(t.in.Text); {
	case utf8.RuneCountInString(text) > maxSentence:
		t.refuse(tooLong)
	case t.conv.Draft != nil && t.conv.Draft.Step == fixStep:
		t.correctBy(text)
	case !hasLetter(text):
		t.playWordless(text)
	case t.conv.Draft != nil && stepNamed(t.conv.Draft.Step) != nil:
		t.answer(text)
	default:
		t.readSentence(text)
	}
}

// playWordless takes an emoji, a number or punctuation: an answer to some questions, never a sentence.
func (t *turn) playWordless(text string) {
	if t.conv.Draft != nil && stepNamed(t.conv.Draft.Step) != nil {
		t.answer(text)
		return
	}
	t.refuse(noWords)
}

// refuse says why nothing was taken, and shows the action in hand again.
func (t *turn) refuse(text string) {
	if t.conv.Draft != nil {
		t.showDraft(text)
		return
	}
	t.say(text)
}

// answer takes a typed answer: the label of a button, or what the question makes of free text.
func (t *turn) answer(text string) {
	d := t.conv.Draft
	s := stepNamed(d.Step)
	for _, row := range s.options(&t.view, d) {
		for _, o := range row {
			if rules.Fold(o.label) != rules.Fold(text) {
				continue
			}
			if !s.boxes || !o.on { // to say again what is ticked takes nothing off
				s.choose(&t.view, d, o.value)
			}
			t.taken(s, d, "")
			return
		}
	}
	r := t.Read(text)
	refusal := chooseOption
	if s.typed != nil && (s.needs || !t.danger(r)) {
		refusal = s.typed(&t.view, d, text)
	}
	switch {
	case refusal == "":
		t.taken(s, d, notKept(r))
	case len(r.Needs) > 0: // no answer, but a sentence of its own
		t.wait(t.draftFrom(r, t.in.Message), notKept(r))
	default:
		t.showDraft(paragraphs(refusal, notKept(r)))
	}
}

// danger tells whether a need of danger was read.
func (v *view) danger(r rules.Reading) bool {
	return slices.ContainsFunc(r.Needs, func(n rules.NeedFound) bool { return v.Need(n.ID).Urgency != nil })
}

// wait keeps a sentence until the action in hand is settled; warning is what else there is to say of it.
func (t *turn) wait(d *Draft, warning string) {
	if len(t.conv.Waiting) >= maxWaiting {
		t.showDraft(waitingFull)
		return
	}
	t.conv.Waiting = append(t.conv.Waiting, d)
	urgent := t.urgencyText(d.Action.Needs)
	if urgent != "" { // what a danger asks for does not wait
		urgent = waitingDanger + "\n" + urgent
	}
	t.showDraft(paragraphs(waitingCard, warning, urgent))
}

// notKept says which words tell who somebody is, "" when none does. It is said once, with the sentence: nothing of them is kept
// to be said again.
func notKept(r rules.Reading) string {
	if len(r.Personal) == 0 {
		return ""
	}
	var said []string
	for _, p := range r.Personal {
		if word := "« " + french.Escape(p.Text) + " »"; !slices.Contains(said, word) {
			said = append(said, word)
		}
	}
	return personalData + strings.Join(said, ", ") + "."
}

// taken goes on after an answer, with a notice where there is one; where several answers are possible the question stays open.
func (t *turn) taken(s *step, d *Draft, notice string) {
	before := d.DoorsOf
	t.keepNoDetail(d)
	d.Touched = true
	switch {
	case d.DoorsOf != "" && before == "": // a danger: nothing more is asked
		t.goTo(d, cardStep)
	case !s.stays(d):
		t.answered(d)
	}
	t.openWith(d, notice)
}

// mended goes back to the card after one tap, or one text, that corrects, with a notice where there is one.
func (t *turn) mended(d *Draft, notice string) {
	t.keepNoDetail(d)
	d.Touched = true
	t.goTo(d, cardStep)
	t.openWith(d, notice)
}

// readSentence makes a draft of a sentence. While a card is open, the sentence waits for it to be settled.
func (t *turn) readSentence(text string) {
	r := t.Read(text)
	if !tells(r) {
		t.refuse(paragraphs(notUnderstood, notKept(r)))
		return
	}
	d := t.draftFrom(r, t.in.Message)
	if t.conv.Draft != nil {
		t.wait(d, notKept(r))
		return
	}
	t.openWith(d, notKept(r))
}

// playEdited reads again the sentence of the live card, as long as nothing else was done with it.
func (t *turn) playEdited() {
	d := t.conv.Draft
	switch {
	case d == nil && t.conv.Last != nil:
		t.say(editedKept)
	case d == nil:
		t.say(editedIdle)
	case d.Sentence != t.in.Message || d.Touched:
		t.showDraft(editedKept)
	default:
		t.rereadSentence(d)
	}
}

func (t *turn) rereadSentence(d *Draft) {
	text := strings.TrimSpace(t.in.Text)
	r := t.Read(text)
	if utf8.RuneCountInString(text) > maxSentence || !tells(r) {
		t.showDraft(paragraphs(notUnderstood, notKept(r)))
		return
	}
	t.openWith(t.draftFrom(r, d.Sentence), notKept(r))
}

// playOther answers what is no text.
func (t *turn) playOther() {
	if t.conv.Draft != nil {
		t.showDraft(onlyTextHere)
		return
	}
	t.say(onlyText)
}
