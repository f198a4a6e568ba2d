package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"maillage/rules"
)

// aCorrection is the longest text that corrects the card it is written under, in words: what is longer and has a need of its own
// is the next sentence.
const aCorrection = 10

// correctBy takes what is typed under the list of corrections: everything that it says replaces what the draft had.
func (t *turn) correctBy(text string) {
	d := t.conv.Draft
	r := t.Read(text)
	if len(strings.Fields(text)) > aCorrection && len(r.Needs) > 0 {
		t.readSentence(text)
		return
	}
	if t.correctLabel(d, text) || t.correctFrom(d, r, text) {
		if t.danger(r) {
			t.dangerAlone(d)
		}
		t.mended(d, notKept(r))
		return
	}
	t.showDraft(paragraphs(noCorrection, notKept(r)))
}

// correctLabel takes the text of a button that stands there, or of a kind of work.
func (v *view) correctLabel(d *Draft, text string) bool {
	for i := range steps {
		s := &steps[i]
		var labels [][]option
		switch {
		case s.quick != nil:
			labels = s.quick(v, d)
		case s.name == "type":
			labels = typeOptions(v, d)
		}
		for _, o := range slices.Concat(labels...) {
			if rules.Fold(o.label) == rules.Fold(text) {
				s.choose(v, d, o.value)
				return true
			}
		}
	}
	return false
}

// correctFrom puts what a few words say into a draft, and tells whether they say anything. A partner called upon is added; the
// need that its name alone stands for is none, unless it is a danger.
func (v *view) correctFrom(d *Draft, r rules.Reading, text string) bool {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		return correctNumber(d, n)
	}
	said, a := false, &d.Action
	set := func(ok bool, apply func()) {
		if ok {
			apply()
			said = true
		}
	}
	for _, p := range r.Partners {
		if id := or(p.Partner, v.doorOf(d, p.Kind)); p.Asked && id != "" {
			set(true, func() { v.choosePartner(d, id) })
		}
	}
	set(len(r.Needs) > 0 && (!said || v.danger(r)), func() { a.Needs = needIDs(r.Needs) })
	set(r.Age > 0 || r.Band != "", func() { d.Age, a.Band = r.Age, or(r.Band, rules.BandOf(r.Age)) })
	set(r.Gender != "", func() { a.Gender = r.Gender })
	set(r.Count > 1 || r.Count == 1 && saysOne(text), func() { a.Count = min(r.Count, maxCount) })
	set(r.Territory != "", func() { a.Territory, d.Assumed = r.Territory, false })
	set(r.ActionType != "" && len(r.Needs) == 0 && r.Count < 2, func() { a.Type = r.ActionType })
	return v.correctDays(d, r, text) || said
}

// correctNumber takes a number typed alone: an age as long as it is one that is met, else how many there were.
func correctNumber(d *Draft, n int) bool {
	switch {
	case n >= 11 && n <= 25:
		d.Age, d.Action.Band = n, rules.BandOf(n)
	case n >= 0 && n <= maxCount:
		d.Action.Count = n
	default:
		return false
	}
	return true
}

// saysOne tells whether a text counts one young person, and does not only speak of one.
func saysOne(text string) bool {
	first, _, _ := strings.Cut(rules.Fold(strings.TrimSpace(text)), " ")
	return first == "1" || first == "un" || first == "une" || first == "seul" || first == "seule"
}

// correctDays takes the day of the action, and the day to come back to it when the text says that it is one.
func (v *view) correctDays(d *Draft, r rules.Reading, text string) bool {
	first, rest, _ := strings.Cut(rules.Fold(strings.TrimSpace(text)), " ")
	switch first {
	case "rdv", "rendez-vous", "relance", "relancer", "rappeler", "rappel", "revoir", "revenir":
		return typeFollowUp(v, d, rest) == ""
	}
	said := false
	if day, ok := rules.DayOf(r.When, v.said, true); ok && !day.After(v.said) && len(strings.Fields(text)) > 1 {
		d.Action.Day, said = day.Format(time.DateOnly), true
	}
	if day, ok := rules.DayOf(r.FollowUp, v.said, false); ok && len(strings.Fields(text)) > 1 {
		d.Action.FollowUp, said = day.Format(time.DateOnly), true
	}
	return said || typeDay(v, d, text) == "" || typeFollowUp(v, d, text) == ""
}
