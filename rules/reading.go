package rules

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Reading is what a sentence says. What it does not say stays empty, with two exceptions that hold nearly always: a
// sentence with a need and no plural is about one young person, and what the educator says he does for one is individual
// support.
type Reading struct {
	Needs        []NeedFound // best first
	Domains      []string    // best first, from Needs, three at most: what is worth showing
	Situations   []string
	Age          int            // years; 0: not said
	Band         string         // band id when an age, a class or a parent was said; "" otherwise
	Count        int            // number of young people; 0: not said
	Gender       string         // fille, garcon, mixte; "" not said
	ActionType   string         // id; "" not said
	When         string         // day of the action: today, yesterday, -Nd, monday to sunday (the last one); "" not said
	FollowUp     string         // day to come: today, tomorrow, +Nd, monday to sunday (the next one), dNN, MM-DD; "" not said
	Territory    string         // id; "" not said
	Partners     []PartnerFound // named in the sentence, in its order
	Solicitation string         // orientation, accompagnement, contact, reunion; "" not said
	Result       string         // attente, pris-en-charge, refus, sans-suite; "" not said
	Unsure       bool           // no word names one of Needs: it may well be wrong
	Instead      []string       // needs of other domains that may be meant, best first; with Domains three at most
	Unread       []string       // when no need is sure, words that nothing is known of; they may be kept
	Personal     []Personal     // what says who somebody is: it was not read, and must not be kept
}

// NeedFound is a need with what led to it.
type NeedFound struct {
	ID    string
	Score float64
	Words []string // as written in the sentence, in its order
	Terms []string // the same, where a word may be a name as the vocabulary writes it: these may be kept
}

// PartnerFound is a partner that the sentence names. Partner is "" when only a kind is named and the town has several of
// it or none.
type PartnerFound struct {
	Partner string
	Kind    string
	Words   string // as written in the sentence
	Term    string // the same, to be kept
	Asked   bool   // called upon, and not just where something happened
}

// longestText is how much of a text is read, in bytes: the longest message that Telegram carries.
const longestText = 4 * 4096

// Read tells what a sentence says. It looks words up and counts them: no model, no network, the same answer every time.
//
//	guard      what says who somebody is goes first: nothing of it is read
//	masks      fixed expressions whose words mean something else alone (club de prévention) are set aside first; only a
//	           longer phrase of the vocabulary takes their words back
//	negations  what follows « pas besoin de » up to the next sign is set aside; « pas de », « plus de », « sans » are most
//	           often the need itself and set nothing aside
//	phrases    the longest first; a word serves once; over small words and one other word, never over a sign or « mais »
//	weights    a need's words add up; an age out of the need's ages takes most of its weight away
//	silence    cues of office chatter say that there is no need, unless a young person is mentioned
//	names      when no need was read, a kind of partner that is named stands for the need it mostly answers
func (r *Rules) Read(text string) Reading {
	if len(text) > longestText {
		text = text[:longestText]
		for !utf8.ValidString(text[len(text)-min(len(text), 4):]) && len(text) > longestText-4 {
			text = text[:len(text)-1]
		}
	}
	personal := r.Personal(text)
	s := r.lexicon.sentence(without(text, personal))
	s.match()
	s.setAside()
	names := s.pick(aPartner, aKind, aTerritory)
	s.markNames(names)
	out := s.facts()
	out.Territory = r.territory(s, names)
	out.Partners = r.partners(s, names, out.Territory)
	out.Situations = r.situations(s)
	out.ActionType = r.actionType(s, out.Count)
	r.needs(s, &out)
	s.finish(&out)
	if out.Personal = personal; out.Unsure || len(out.Needs) == 0 {
		out.Unread = r.unread(s, personal)
	}
	return out
}

// without returns the text with blanks in place of what says who somebody is: every other word stays where it was.
func without(text string, personal []Personal) string {
	if len(personal) == 0 {
		return text
	}
	blanked := []byte(text)
	for _, p := range personal {
		for i := p.Start; i < p.End; i++ {
			blanked[i] = ' '
		}
	}
	return string(blanked)
}

// territory returns the first territory named; a name of several is none.
func (r *Rules) territory(s *sentence, names []hit) string {
	inOrder(names)
	for _, h := range names {
		if h.has(aPartner, aKind) {
			continue
		}
		if n, one := h.only(aTerritory); one {
			return r.Territories[n].ID
		}
	}
	return ""
}

// only returns the one thing of a sort that a term stands for.
func (t *term) only(sort what) (n int32, one bool) {
	for _, f := range t.refs {
		if f.what == sort {
			if one {
				return 0, false
			}
			n, one = f.n, true
		}
	}
	return n, one
}

// partners returns the partners and kinds named, each once.
func (r *Rules) partners(s *sentence, names []hit, territory string) []PartnerFound {
	var found []PartnerFound
	for _, h := range names {
		p := r.namedBy(s, h, territory)
		if p.Kind == "" || s.onlyAPlace(h) {
			continue
		}
		p.Words, p.Term, p.Asked = s.written(h), s.quoted(h), s.asked(h)
		if !slices.ContainsFunc(found, func(q PartnerFound) bool { return q.Kind == p.Kind && q.Partner == p.Partner }) {
			found = append(found, p)
		}
	}
	return found
}

// namedBy tells which partner a name or a kind means in this sentence.
func (r *Rules) namedBy(s *sentence, h hit, territory string) PartnerFound {
	var partners []*Partner
	var kind *Kind
	for _, f := range h.refs {
		switch f.what {
		case aPartner:
			partners = append(partners, &r.Partners[f.n])
		case aKind:
			if k := &r.Kinds[f.n]; kind == nil || s.suits(k) && !s.suits(kind) {
				kind = k
			}
		}
	}
	if partners == nil && kind != nil {
		partners = r.index.ofKind[kind.ID]
	}
	if p := theOne(partners, territory); p != nil {
		return PartnerFound{Partner: p.ID, Kind: p.Kind}
	}
	switch {
	case kind != nil:
		return PartnerFound{Kind: kind.ID}
	case partners != nil && !slices.ContainsFunc(partners, func(p *Partner) bool { return p.Kind != partners[0].Kind }):
		return PartnerFound{Kind: partners[0].Kind}
	}
	return PartnerFound{}
}

// suits tells whether the young person is of the ages of a kind, as far as the sentence says.
func (s *sentence) suits(k *Kind) bool { return !s.person.ages.Known() || k.Ages.Meets(s.person.ages) }

// theOne returns the only partner of a list, or the only one of the territory said; nil when there are several or none.
func theOne(list []*Partner, territory string) *Partner {
	if len(list) == 1 {
		return list[0]
	}
	var here *Partner
	for _, p := range list {
		if territory != "" && slices.Contains(p.Territories, territory) {
			if here != nil {
				return nil
			}
			here = p
		}
	}
	return here
}

func (r *Rules) situations(s *sentence) []string {
	var list []int32
	for _, h := range s.pick(aSituation) {
		for _, f := range h.refs {
			if f.what == aSituation && !slices.Contains(list, f.n) {
				list = append(list, f.n)
			}
		}
	}
	slices.Sort(list)
	var ids []string
	for _, n := range list {
		ids = append(ids, r.Situations[n].ID)
	}
	return ids
}

// actionType returns the kind of work with the most words to tell it, counting what the words hold; of equals the first said.
// Where somebody was is no work: « agressé au city » tells none, « trois jeunes au city » and « croisé au city » do.
func (r *Rules) actionType(s *sentence, count int) string {
	hits := s.pick(anActionType)
	inOrder(hits)
	if count < 2 && s.person.one && !s.deed() {
		hits = slices.DeleteFunc(hits, func(h hit) bool {
			n, one := h.only(anActionType)
			return one && r.ActionTypes[n].ID == street && function(Fold(strings.Fields(h.text)[0]))
		})
	}
	weight := make([]int, len(r.ActionTypes))
	best := -1
	for _, h := range hits {
		for _, f := range h.refs {
			if f.what == anActionType {
				weight[f.n] += len(h.at)*2 - 1
			}
		}
	}
	for _, h := range hits {
		for _, f := range h.refs {
			if f.what == anActionType && (best < 0 || weight[f.n] > weight[best]) {
				best = int(f.n)
			}
		}
	}
	if best < 0 {
		return ""
	}
	return r.ActionTypes[best].ID
}

const (
	least     = 2.0  // the score below which the best need is not said, unless one person is mentioned that it may be about
	enough    = 0.35 // the share of the first domain's score from which another one is shown
	justWho   = 0.5  // what a word for a person adds
	outOfAge  = 0.2  // what is left of a need's score out of its ages
	mostShown = 3    // domains
)

// needs adds up the words of each need, ranks domains by their words and keeps what is near enough the first.
func (r *Rules) needs(s *sentence, out *Reading) {
	found, domains := r.score(s)
	if s.chatter() && !slices.ContainsFunc(found, func(f scored) bool {
		return f.Score >= strong && (s.person.mentioned || r.Need(f.ID).Urgency != nil)
	}) {
		return
	}
	if !s.sayable(found, out.Partners) {
		ranked(found, domains)
		out.Unsure, out.Instead = len(found) > 0, r.instead(s, found, nil)
		if !s.person.mentioned && !s.sentTo(out.Partners) {
			return
		}
		found, domains = r.standIn(out.Partners, s)
	}
	ranked(found, domains)
	for _, f := range found {
		danger := r.Need(f.ID).Urgency != nil && f.Score >= strong // never outweighed by what else is said
		if !danger && (domains[f.domain].score < enough*domains[found[0].domain].score || f.Score < enough*found[0].Score) {
			continue
		}
		if r.onlyTheDoor(f, found) || r.saidAlready(f, out.Needs) {
			continue
		}
		if !slices.Contains(out.Domains, f.domain) {
			if len(out.Domains) == mostShown {
				if !danger {
					continue
				}
				out.Domains = out.Domains[:mostShown-1]
			}
			out.Domains = append(out.Domains, f.domain)
		}
		out.Needs = append(out.Needs, f.NeedFound)
		out.Unsure = out.Unsure || f.said[strong] == 0
	}
	out.Instead = r.instead(s, found, out.Domains)
}

// ranked sorts needs: those of the domain with the most words first.
func ranked(found []scored, domains map[string]domainScore) {
	slices.SortStableFunc(found, func(a, b scored) int {
		da, db := domains[a.domain], domains[b.domain]
		return cmp.Or(cmp.Compare(db.score, da.score), cmp.Compare(da.first, db.first), cmp.Compare(b.Score, a.Score))
	})
}

// instead returns the best need of each domain that is not shown, as long as it makes three domains at most. A need of other ages
// is not proposed, nor a danger: it has words enough, or none.
func (r *Rules) instead(s *sentence, found []scored, shown []string) (ids []string) {
	seen := slices.Clone(shown)
	for _, f := range found {
		n := r.Need(f.ID)
		fits := n.Urgency == nil && (!s.person.ages.Known() || n.Ages.Meets(s.person.ages))
		if fits && len(seen) < mostShown && !slices.Contains(seen, f.domain) {
			ids, seen = append(ids, f.ID), append(seen, f.domain)
		}
	}
	return ids
}

// onlyTheDoor tells whether a need rests on a partner's name alone while another need of the same domain has words of its own:
// « cherche du taf, orienté mission locale » is one need and where it was taken.
func (r *Rules) onlyTheDoor(f scored, found []scored) bool {
	return !f.own && slices.ContainsFunc(found, func(g scored) bool {
		return g.own && (g.domain == f.domain || r.Need(g.ID).Second == f.domain)
	})
}

// saidAlready tells whether a need rests on the very words of another one of its domain that is said already; of dangers, of any
// domain: the steps of a second one would only push the first off the screen.
func (r *Rules) saidAlready(f scored, said []NeedFound) bool {
	danger := r.Need(f.ID).Urgency != nil
	return slices.ContainsFunc(said, func(n NeedFound) bool {
		need := r.Need(n.ID)
		return danger == (need.Urgency != nil) && (danger || need.Domain == f.domain) &&
			!slices.ContainsFunc(f.Words, func(w string) bool { return !slices.Contains(n.Words, w) })
	})
}

// scored is a need found.
type scored struct {
	NeedFound
	domain string
	own    bool            // one of its words at least is no partner's name
	said   [strong + 1]int // how many words of each weight
}

// alarming tells whether what was said is enough for an alarm: a strong word, or two middling ones. Weak ones only tip a balance.
func (f scored) alarming() bool { return f.said[strong] > 0 || f.said[middling] > 1 }

// a domainScore adds up words, each once however many needs of the domain it stands for. Of equal domains the first said is
// the main one.
type domainScore struct {
	score float64
	first int32 // word of the sentence
}

// score returns the needs whose words are in the sentence, in the order of the list, and what their domains get.
func (r *Rules) score(s *sentence) ([]scored, map[string]domainScore) {
	hits := s.pick(aNeed)
	inOrder(hits)
	byNeed := make([]scored, len(r.Needs))
	domains := map[string]domainScore{}
	seen := map[*term]bool{}
	for _, h := range hits {
		if seen[h.term] {
			continue
		}
		seen[h.term] = true
		best := map[string]float64{}
		for _, f := range h.refs {
			if f.what != aNeed {
				continue
			}
			n, need := &r.Needs[f.n], &byNeed[f.n]
			weight := s.weight(h, f)
			if s.person.ages.Known() && !n.Ages.Meets(s.person.ages) {
				weight *= outOfAge
			}
			need.Score += weight
			need.own = need.own || !h.has(aKind, aPartner)
			need.said[f.weight]++
			need.Words, need.Terms = append(need.Words, s.written(h)), append(need.Terms, s.quoted(h))
			best[n.Domain] = max(best[n.Domain], weight)
		}
		for d, weight := range best {
			sum, said := domains[d]
			if !said {
				sum.first = h.at[0]
			}
			sum.score += weight
			domains[d] = sum
		}
	}
	var found []scored
	for n, f := range byNeed {
		if f.Words != nil && (r.Needs[n].Urgency == nil || f.alarming()) {
			f.ID, f.domain = r.Needs[n].ID, r.Needs[n].Domain
			found = append(found, f)
		}
	}
	return found, domains
}

// sayable tells whether the best need found has enough to go by. A partner that is only named, where nobody is mentioned and
// nobody sent, tells nothing: « réunion CAF », « la préfecture est fermée ».
func (s *sentence) sayable(found []scored, partners []PartnerFound) bool {
	somebody := s.person.one || s.person.kin
	sent := somebody || s.person.mentioned || s.sentTo(partners)
	return slices.ContainsFunc(found, func(f scored) bool { return (somebody || f.Score >= least) && (f.own || sent) })
}

// sentTo tells whether somebody was sent to one of the partners named, and did not only meet them.
func (s *sentence) sentTo(partners []PartnerFound) bool {
	return slices.ContainsFunc(partners, func(p PartnerFound) bool { return p.Asked }) && s.told(solicitations) != "reunion"
}

// weight is what a hit adds to a need. Words for people and ages alone say who, not what: « la mère » is in sentences of
// every kind.
func (s *sentence) weight(h hit, f ref) float64 {
	for _, i := range h.at {
		_, isYoung, _ := s.youngAt(int(i))
		w := s.at(int(i))
		if !isYoung && !parents[w] && w != "enfant" && w != "enfants" && w != "ans" && s.tokens[i].number < 0 || s.tokens[i].number > eldest {
			return float64(f.weight)
		}
	}
	return justWho
}

// standIn returns the needs that the kinds named mostly answer: « rdv ML raté » is about the mission locale's support.
func (r *Rules) standIn(partners []PartnerFound, s *sentence) (found []scored, domains map[string]domainScore) {
	domains = map[string]domainScore{}
	for i, p := range partners {
		n := r.Need(s.kindNeed[p.Kind])
		if n == nil || slices.ContainsFunc(found, func(f scored) bool { return f.ID == n.ID }) {
			continue
		}
		found = append(found, scored{NeedFound: NeedFound{n.ID, weak, []string{p.Words}, []string{p.Term}}, domain: n.Domain})
		if _, said := domains[n.Domain]; !said {
			domains[n.Domain] = domainScore{weak, int32(i)}
		}
	}
	return found, domains
}
