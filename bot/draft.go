package bot

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"maillage/rules"
	"maillage/store"
)

// draftLife is how long an action that was begun and not saved is kept.
const draftLife = 7 * 24 * time.Hour

// undoTime is how long the saved card offers to undo; /historique can delete at any time.
const undoTime = 15 * time.Minute

// maxWaiting bounds the sentences that wait for the live card to be settled.
const maxWaiting = 5

// conversation is what a chat's state holds between two updates. It holds ids, counts and words of the vocabulary; of what was
// typed, single words that nobody knows and that are like no name.
type conversation struct {
	Draft     *Draft   `json:"draft,omitempty"`
	Waiting   []*Draft `json:"waiting,omitempty"` // sentences read while a card was open, oldest first
	Rev       int      `json:"rev,omitempty"`     // of the live card: every change makes older buttons stale
	Card      int      `json:"card,omitempty"`    // message that shows it, 0 when not known
	Last      *Saved   `json:"last,omitempty"`    // the action saved last
	Territory string   `json:"territory,omitempty"`
	Recent    []string `json:"recent,omitempty"` // needs of the last actions, latest first
	Update    int64    `json:"update,omitempty"` // the last one committed: delivered again, it only shows the state
}

// Saved says where the last action saved is, for Undo and "Encore".
type Saved struct {
	Action   store.Action  `json:"action"`
	Old      *store.Action `json:"old,omitempty"`      // what it was before a correction
	Update   int64         `json:"update"`             // that saved it; 0: a follow-up of it was treated
	Sentence int           `json:"sentence,omitempty"` // the educator's message that goes once it is saved
	At       int64         `json:"at"`                 // Unix seconds
	Card     int           `json:"card,omitempty"`     // the message that shows it
}

// Draft is an action being logged, or corrected when Old is set.
type Draft struct {
	Step       string        `json:"step"`              // the question asked; cardStep on the card, fixStep on the list of corrections
	Read       bool          `json:"read,omitempty"`    // made from a sentence: only what is missing is asked
	Reached    bool          `json:"reached,omitempty"` // the card has been reached: an answer leads back to it
	Action     store.Action  `json:"action"`
	Old        *store.Action `json:"old,omitempty"`
	Age        int           `json:"age,omitempty"` // years when said: it sharpens suggestions and is not saved
	Situations []string      `json:"situations,omitempty"`
	Reasons    []Reason      `json:"reasons,omitempty"`
	Understood []string      `json:"understood,omitempty"` // needs as they were read
	Unsure     bool          `json:"unsure,omitempty"`     // no word names one of those
	Likely     []string      `json:"likely,omitempty"`     // the need of each domain that may be meant, best first
	Unread     []string      `json:"unread,omitempty"`     // words of the sentence that nothing is known of; see [rules.Reading]
	How        string        `json:"how"`                  // for the partners to be chosen
	Result     string        `json:"result"`               // for the partners to be chosen
	DoorsOf    string        `json:"doors_of,omitempty"`   // the dangers that Doors answer
	Doors      []string      `json:"doors,omitempty"`      // of a danger: whom to call, found before the details went
	Assumed    bool          `json:"assumed,omitempty"`    // the quartier is the last one used, nobody has said it
	Touched    bool          `json:"touched,omitempty"`    // something was answered since the sentence was read
	Domain     string        `json:"domain,omitempty"`     // whose needs are listed
	Found      []string      `json:"found,omitempty"`      // partners of the last search by name
	Sentence   int           `json:"sentence,omitempty"`   // the educator's message it was read from
	Opened     int64         `json:"opened"`               // Unix seconds
}

// Reason is one thing understood: the term of the vocabulary, in its own words and not the educator's, that led to a need.
type Reason struct {
	Term string `json:"term"`
	Need string `json:"need"`
}

// closeDraft ends the draft and opens the next sentence that waits, if any.
func (c *conversation) closeDraft() {
	c.Draft = nil
	c.Rev++
	if len(c.Waiting) > 0 {
		c.Draft, c.Waiting = c.Waiting[0], c.Waiting[1:]
	}
}

// expire drops the drafts that nobody has come back to.
func (c *conversation) expire(now time.Time) {
	old := func(d *Draft) bool { return now.Sub(time.Unix(d.Opened, 0)) > draftLife }
	c.Waiting = slices.DeleteFunc(c.Waiting, old)
	if c.Last != nil && now.Sub(time.Unix(c.Last.At, 0)) > undoTime {
		c.Last.Old = nil // it served to undo
	}
	if c.Draft != nil && old(c.Draft) {
		c.closeDraft()
	}
}

// newDraft returns an action of today with everything that can be defaulted.
func (v *view) newDraft() *Draft {
	return &Draft{
		How: "orientation", Result: "attente", Opened: v.now.Unix(), Assumed: true,
		Action: store.Action{
			Team: v.team.ID, Day: v.said.Format(time.DateOnly), Band: "non-connue", Gender: "non-precise", Count: 1,
			Territory: v.defaultTerritory(), Needs: []string{}, Domains: []string{}, Rules: v.Version,
		},
	}
}

// defaultTerritory is the one used last, or the only one of the team.
func (v *view) defaultTerritory() string {
	if v.Rules.Territory(v.conv.Territory) != nil {
		return v.conv.Territory
	}
	if len(v.team.Territories) == 1 {
		return v.team.Territories[0]
	}
	return ""
}

// defaultType is the commonest kind of work: a sentence seldom says it.
const defaultType = "accompagnement-individuel"

// streetWork is the work that meets whoever is there.
const streetWork = "travail-de-rue"

// partnership is the work in which no young person need be met.
const partnership = "partenariat"

// tells says whether a reading has enough for a card: a need, a partner, a kind of work, or whom it is about.
func tells(r rules.Reading) bool {
	return len(r.Needs) > 0 || len(r.Partners) > 0 || r.ActionType != "" || r.Count > 0 || r.Age > 0 || r.Band != ""
}

// draftFrom turns a reading into a draft whose open questions are only what is missing and needed.
func (v *view) draftFrom(r rules.Reading, message int) *Draft {
	d := v.newDraft()
	d.Sentence = message
	d.Read = true
	d.Age = r.Age
	d.Situations = r.Situations
	a := &d.Action
	for _, n := range r.Needs {
		a.Needs = append(a.Needs, n.ID)
		for _, term := range n.Terms {
			d.Reasons = append(d.Reasons, Reason{Term: term, Need: n.ID})
		}
	}
	d.Understood, d.Unread = slices.Clone(a.Needs), r.Unread
	d.Unsure, d.Likely = r.Unsure, v.likely(r)
	v.setDomains(a)
	a.Type = or(r.ActionType, defaultType)
	a.Band = or(r.Band, rules.BandOf(r.Age))
	a.Gender = or(r.Gender, a.Gender)
	if r.Count > 0 || a.Type == partnership {
		a.Count = r.Count
	}
	if r.Territory != "" {
		a.Territory, d.Assumed = r.Territory, false
	}
	if day, ok := rules.DayOf(r.When, v.said, true); ok && !day.After(v.said) {
		a.Day = day.Format(time.DateOnly)
	}
	if day, ok := rules.DayOf(r.FollowUp, v.said, false); ok && r.FollowUp != "today" {
		a.FollowUp = day.Format(time.DateOnly)
	}
	d.How, d.Result = or(r.Solicitation, d.How), or(r.Result, d.Result)
	for _, p := range r.Partners {
		if p.Asked {
			v.choosePartner(d, or(p.Partner, v.doorOf(d, p.Kind)))
		}
	}
	v.dangerAlone(d)
	v.keepNoDetail(d)
	v.goTo(d, v.openAfter(d, ""))
	return d
}

// dangerAlone takes what else words said off a draft in which they told a danger.
func (v *view) dangerAlone(d *Draft) {
	if !v.countOnly(d) {
		return
	}
	d.Action.Needs = slices.DeleteFunc(d.Action.Needs, func(id string) bool { n := v.Need(id); return n == nil || n.Urgency == nil })
	d.Action.Partners = nil
	v.setDomains(&d.Action)
}

// likely returns the need of each domain that a reading may be about: those it shows, then those it does not.
func (v *view) likely(r rules.Reading) []string {
	var ids, domains []string
	for _, id := range slices.Concat(needIDs(r.Needs), r.Instead) {
		if n := v.Need(id); !slices.Contains(domains, n.Domain) {
			ids, domains = append(ids, id), append(domains, n.Domain)
		}
	}
	return ids
}

func needIDs(found []rules.NeedFound) (ids []string) {
	for _, n := range found {
		ids = append(ids, n.ID)
	}
	return ids
}

// doorOf returns the partner of a kind that fits best, "" when none does: « orienté ML » where the town has several.
func (v *view) doorOf(d *Draft, kind string) string {
	for _, s := range v.suggestions(d) {
		if s.Partner.Kind == kind {
			return s.Partner.ID
		}
	}
	return ""
}

// setDomains derives the domains an action counts in from its needs: each domain once, the main need's first.
func (v *view) setDomains(a *store.Action) {
	a.Domains = []string{}
	for _, id := range a.Needs {
		if n := v.Need(id); n != nil && !slices.Contains(a.Domains, n.Domain) {
			a.Domains = append(a.Domains, n.Domain)
		}
	}
}

// maxChosen bounds the needs and the partners of one action: more is a slip of the thumb, and would not fit a card.
const maxChosen = 8

// choosePartner adds a partner to a draft; one that is there already, or is not in the directory, changes nothing.
func (v *view) choosePartner(d *Draft, id string) {
	p := v.Partner(id)
	if p == nil || d.partner(p.ID) >= 0 || len(d.Action.Partners) >= maxChosen {
		return
	}
	s := store.Solicitation{Partner: p.ID, Kind: p.Kind, How: d.How, Result: firstResult(d.How, d.Result)}
	d.Action.Partners = append(d.Action.Partners, s)
}

// firstResult is the result a partner begins with: nothing is awaited of a meeting, which is over.
func firstResult(how, result string) string {
	if how == "reunion" && result == "attente" {
		return ""
	}
	return result
}

// present replaces the former ids of a draft by those the rules have now, each once; what the rules no longer have stays.
func (v *view) present(d *Draft) {
	a := &d.Action
	var needs []string
	for _, id := range a.Needs {
		if n := v.Need(id); n != nil {
			id = n.ID
		}
		if !slices.Contains(needs, id) {
			needs = append(needs, id)
		}
	}
	a.Needs = append([]string{}, needs...)
	var partners []store.Solicitation
	for _, s := range a.Partners {
		if p := v.Partner(s.Partner); p != nil {
			s.Partner = p.ID
		}
		if !slices.ContainsFunc(partners, func(other store.Solicitation) bool { return other.Partner == s.Partner }) {
			partners = append(partners, s)
		}
	}
	a.Partners = partners
	if t := v.Rules.Territory(a.Territory); t != nil {
		a.Territory = t.ID
	}
}

// togglePartner adds a partner or takes it away.
func (v *view) togglePartner(d *Draft, id string) {
	if i := d.partner(id); i >= 0 {
		d.Action.Partners = slices.Delete(d.Action.Partners, i, i+1)
		return
	}
	v.choosePartner(d, id)
}

// partner returns the place of a partner among those chosen, -1 when it is not.
func (d *Draft) partner(id string) int {
	return slices.IndexFunc(d.Action.Partners, func(s store.Solicitation) bool { return s.Partner == id })
}

// countOnly tells whether a draft is of a danger that allows no detail in the record.
func (v *view) countOnly(d *Draft) bool { return v.keepsCountOnly(d.Action.Needs) }

// keepsCountOnly tells whether a danger among the needs of a record allows no detail in it.
func (v *view) keepsCountOnly(needs []string) bool {
	return slices.ContainsFunc(needs, func(id string) bool {
		n := v.Need(id)
		return n != nil && n.Urgency != nil && !n.Urgency.Ask
	})
}

// maxDoors bounds the partners offered in a danger: the steps say whom to call first.
const maxDoors = 3

// keepNoDetail takes all that says who or where out of a draft whose danger allows none, before it is kept anywhere. Whom to
// call is found first, for it depends on what goes. A draft that is no danger any more has its record's details back.
func (v *view) keepNoDetail(d *Draft) {
	if !v.countOnly(d) {
		if old := d.Old; d.DoorsOf != "" && old != nil {
			d.Action.Band, d.Action.Gender, d.Action.First = old.Band, old.Gender, old.First
			d.Action.Territory, d.Action.FollowUp = old.Territory, old.FollowUp
		}
		d.DoorsOf, d.Doors = "", nil
		return
	}
	a := &d.Action
	if dangers := strings.Join(a.Needs, " "); d.DoorsOf != dangers {
		d.DoorsOf, d.Doors = dangers, nil
		for _, s := range v.Suggest(v.query(d), v.now) {
			if len(d.Doors) < maxDoors {
				d.Doors = append(d.Doors, s.Partner.ID)
			}
		}
	}
	a.Band, a.Gender, a.Territory, a.FollowUp, a.First = "non-connue", "non-precise", "", "", false
	d.Age, d.Situations, d.Reasons = 0, nil, nil
	d.Understood, d.Likely, d.Unread = nil, nil, nil
}

// misread returns the words of the sentence that a draft was read from and that its educator corrected: what nobody knew, for
// the need that was added; what led to a need that was taken away. Words alone: phrases are precise, and may say more.
func (d *Draft) misread(team string) []store.Misread {
	if !d.Read || d.DoorsOf != "" {
		return nil
	}
	var list []store.Misread
	add := func(word, need string, read bool) {
		m := store.Misread{Team: team, Word: strings.ToLower(word), Need: need, Read: read}
		same := func(other store.Misread) bool { return other.Word == m.Word && other.Read == m.Read }
		if len(word) <= longestWord && !strings.ContainsFunc(word, noLetter) && !slices.ContainsFunc(list, same) {
			list = append(list, m)
		}
	}
	meant := slices.IndexFunc(d.Action.Needs, func(id string) bool { return !slices.Contains(d.Understood, id) })
	if meant >= 0 {
		for _, word := range d.Unread {
			add(word, d.Action.Needs[meant], false)
		}
	}
	for _, reason := range d.Reasons {
		if slices.Contains(d.Action.Needs, reason.Need) {
			continue
		}
		if add(reason.Term, reason.Need, true); meant >= 0 {
			add(reason.Term, d.Action.Needs[meant], false)
		}
	}
	return list
}

// longestWord is the longest word that a button of /mots can carry beside a need, in bytes.
const longestWord = 24

func noLetter(r rune) bool { return !unicode.IsLetter(r) }

// record is the action that saving a draft stores. A correction that leaves the needs alone leaves their domains as they were
// counted; one that tells what was awaited notes that it was known today.
func (v *view) record(d *Draft) store.Action {
	a := d.Action
	if d.Old == nil || !slices.Equal(d.Old.Needs, a.Needs) {
		v.setDomains(&a)
	}
	if d.Old == nil {
		return a
	}
	a.Partners = slices.Clone(a.Partners)
	for i := range a.Partners {
		p := &a.Partners[i]
		known := slices.IndexFunc(d.Old.Partners, func(old store.Solicitation) bool { return old.Partner == p.Partner })
		switch {
		case p.Result == store.Awaited || p.Result == "":
			p.Answered = ""
		case known >= 0 && d.Old.Partners[known].Result == store.Awaited:
			p.Answered = v.now.Format(time.DateOnly)
		}
	}
	return a
}

func (v *view) query(d *Draft) rules.Query {
	q := rules.Ask(d.Action.Needs, d.Age, d.Action.Band, d.Action.Territory, d.Situations)
	q.Record = v.past
	for _, reason := range d.Reasons {
		q.Said = append(q.Said, reason.Term)
	}
	return q
}

// suggestions returns the partners to offer on the card; in a danger its doors are offered instead.
func (v *view) suggestions(d *Draft) []rules.Suggestion {
	if v.countOnly(d) {
		return nil
	}
	return v.Suggest(v.query(d), v.now)
}

// remember keeps what makes the next action quicker.
func (c *conversation) remember(a store.Action) {
	c.Territory = or(a.Territory, c.Territory)
	recent := slices.Clone(a.Needs)
	for _, id := range c.Recent {
		if !slices.Contains(recent, id) {
			recent = append(recent, id)
		}
	}
	c.Recent = recent[:min(len(recent), 8)]
}

// or returns the first of its arguments that says something.
func or(values ...string) string {
	for _, s := range values {
		if s != "" {
			return s
		}
	}
	return ""
}
