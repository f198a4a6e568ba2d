package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Query is what is known when partners are asked for.
type Query struct {
	Needs      []string
	Ages       Ages   // the young person's age or band; zero when not known
	Territory  string // where the young person lives; "" when not known
	Situations []string
	Said       []string // words that led to the needs: of several partners of a kind, the one they name comes first
	Record     Record
}

// A Record is what a team's own referrals came to. It moves partners in the order by a few places and hides nobody.
type Record map[Referral]Answers

// Referral is a partner called upon for a need; with Need "", whatever the need.
type Referral struct{ Partner, Need string }

// Answers counts the referrals to a partner that were answered: taken up, or refused or left without an answer.
type Answers struct{ TakenUp, Refused int }

// Suggestion is a partner that answers one of the needs.
type Suggestion struct {
	Partner *Partner
	Need    string
	Why     string // one line, in French
	Inform  bool   // a professional calls them; they are no door for the young person
}

const (
	maxSuggestions = 8 // what a card on a phone shows
	maxOfKind      = 1 // partners of one kind before the next kind of the same need has its turn
	maxInformed    = 2 // places kept for those to inform, when doors alone would fill the card
)

// parentBand is the band of grown-ups who come for a child.
const parentBand = "adulte-parent"

// family is the situation in which partners receive the family: a rule for it does not look at the young person's age.
const family = "famille"

// Ask returns the query for needs and a public: an age in years when it is known, else a band. A parent asks for a child, whose
// age is not known.
func Ask(needs []string, age int, band, territory string, situations []string) Query {
	q := Query{Needs: needs, Territory: territory, Situations: situations}
	switch {
	case age > 0:
		q.Ages = Ages{age, age}
	case band == parentBand:
		q.Situations = append(slices.Clone(situations), family)
	default:
		q.Ages = BandAges(band)
	}
	return q
}

// Suggest returns the partners that answer the needs, best first, each once. Who is not eligible by age, territory or access
// is left out; then comes the order of the rules, the needs taking turns; then the nearest door; then the id. The team's record
// moves a door up or down that order. Needs of danger come first, whole and in the order of their rules. Those to inform come
// after the doors, but first when their rule comes before any door. A partner with a long wait is followed by one to see
// meanwhile. Unknown needs and an unknown territory are
// passed over.
func (r *Rules) Suggest(q Query, today time.Time) []Suggestion {
	s := &selection{rules: r, query: q, today: today, said: searchWords(q.Said...)}
	if t := r.Territory(q.Territory); t != nil {
		s.query.Territory = t.ID
	} else {
		s.query.Territory = ""
	}
	var danger, doors, informed [][]choice
	toInform := 0
	for _, id := range q.Needs {
		need := r.Need(id)
		if need == nil {
			continue
		}
		choices := s.choices(need)
		if need.Urgency != nil {
			danger = append(danger, choices)
			continue
		}
		open, inform := split(choices)
		s.byRecord(open)
		doors, informed = append(doors, open), append(informed, inform)
		toInform += len(inform)
	}
	s.takeTurns(danger, maxSuggestions)
	s.takeTurns(doors, maxSuggestions-min(maxInformed, toInform))
	s.takeTurns(informed, maxSuggestions)
	return s.taken
}

// A choice is a partner that a rule of a need leads to.
type choice struct {
	partner *Partner
	need    *Need
	rule    *Rule
	inform  bool
}

// split parts doors from those to inform. Whom a rule informs before any door is named comes first with the doors: a measure that
// runs is spoken of with who carries it out.
func split(choices []choice) (doors, inform []choice) {
	for _, c := range choices {
		if c.inform && len(doors) > 0 && !doors[len(doors)-1].inform {
			inform = append(inform, c)
		} else {
			doors = append(doors, c)
		}
	}
	return doors, inform
}

// byRecord moves each door by what the team's referrals to it came to: up to two places up when all were taken up, up to three
// down when none was. A single answer moves nobody past a neighbour of whom nothing is known.
func (s *selection) byRecord(doors []choice) {
	if len(s.query.Record) == 0 {
		return
	}
	doors = doors[:min(len(doors), maxSuggestions)] // whoever has a place keeps one
	type placed struct {
		choice
		place float64
	}
	order := make([]placed, len(doors))
	for i, c := range doors {
		order[i] = placed{c, float64(i) + s.rate(c).shift()}
	}
	slices.SortStableFunc(order, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
	for i := range order {
		doors[i] = order[i].choice
	}
}

// rate returns what referrals to a partner came to for a need; where too little is known of that need, for any need.
func (s *selection) rate(c choice) Answers {
	a := s.query.Record[Referral{c.partner.ID, c.need.ID}]
	if a.TakenUp+a.Refused < fewAnswers {
		a = s.query.Record[Referral{c.partner.ID, ""}]
	}
	return a
}

const (
	usualRate  = 0.6 // the share of referrals taken up that is supposed of a partner nobody knows
	usualCount = 4.0 // how many answers that supposition is worth
	steepness  = 5.0 // places from a partner that takes up nobody to one that takes up everybody
	fewAnswers = 3   // below, they are not told and not judged by need
)

// shift is by how many places a partner goes down: its smoothed rate against the usual one.
func (a Answers) shift() float64 {
	answers := float64(a.TakenUp + a.Refused)
	return steepness * (usualRate - (float64(a.TakenUp)+usualRate*usualCount)/(answers+usualCount))
}

// String says answers in French, "" when they are too few to tell.
func (a Answers) String() string {
	switch all := a.TakenUp + a.Refused; {
	case all < fewAnswers:
		return ""
	case a.TakenUp < 2:
		return fmt.Sprintf("équipe : %d prise en charge sur %d réponses", a.TakenUp, all)
	default:
		return fmt.Sprintf("équipe : %d prises en charge sur %d réponses", a.TakenUp, all)
	}
}

// A selection grows into what Suggest returns.
type selection struct {
	rules *Rules
	query Query
	said  []string // folded
	today time.Time
	taken []Suggestion
}

// choices lists who answers a need, rule by rule, kind by kind. The second partner of a kind and those after it come last: the
// few places of a card are for different doors.
func (s *selection) choices(n *Need) []choice {
	if !n.Ages.Meets(s.query.Ages) && n.Urgency == nil && !slices.Contains(s.query.Situations, family) {
		return nil
	}
	var first, rest []choice
	seen := map[*Partner]bool{}
	for i := range n.Rules {
		rule := &n.Rules[i]
		if !rule.holds(s.query) {
			continue
		}
		ofKind := func(kind string, inform bool) {
			for i, p := range s.eligible(kind, rule, inform) {
				c := choice{p, n, rule, inform}
				switch {
				case seen[p]:
				case i < maxOfKind:
					first = append(first, c)
				default:
					rest = append(rest, c)
				}
				seen[p] = true
			}
		}
		for _, kind := range rule.Offer {
			ofKind(kind, false)
		}
		for _, kind := range rule.Inform {
			ofKind(kind, true)
		}
	}
	return append(first, rest...)
}

// holds tells whether the conditions of a rule are met. An age asked for must be known.
func (rule *Rule) holds(q Query) bool {
	return (!rule.Ages.Known() || q.Ages.Known() && rule.Ages.Meets(q.Ages)) &&
		(rule.Territory == "" || rule.Territory == q.Territory) &&
		(rule.Situation == "" || slices.Contains(q.Situations, rule.Situation))
}

// eligible lists the partners of a kind that may be suggested: those that what was said names (boxe, the Boxe club), then the
// nearest: those of the very territory, then those of the whole town. When the territory is not known, the whole town comes first:
// it will not turn anybody away.
func (s *selection) eligible(kind string, rule *Rule, inform bool) []*Partner {
	var named, here, everywhere []*Partner
	for _, p := range s.rules.index.ofKind[kind] {
		switch {
		case !p.Ages.Meets(s.query.Ages) && rule.Situation != family:
		case p.Access == ByDecision && !inform:
		case len(p.Territories) > 0 && s.query.Territory != "" && !slices.Contains(p.Territories, s.query.Territory):
		case s.names(p):
			named = append(named, p)
		case len(p.Territories) == 0:
			everywhere = append(everywhere, p)
		default:
			here = append(here, p)
		}
	}
	if s.query.Territory == "" {
		return slices.Concat(named, everywhere, here)
	}
	return slices.Concat(named, here, everywhere)
}

// names tells whether a word that was said is one of a partner's own name, and not of its kind's.
func (s *selection) names(p *Partner) bool {
	return slices.ContainsFunc(s.said, func(word string) bool { return slices.Contains(s.rules.index.own[p], word) })
}

// takeTurns takes the first choice of each list that is still free, then the second ones, until there are limit suggestions.
func (s *selection) takeTurns(lists [][]choice, limit int) {
	for left := true; left && len(s.taken) < limit; {
		left = false
		for i, list := range lists {
			for len(list) > 0 && !s.take(list[0], limit) {
				list = list[1:]
			}
			if len(list) > 0 {
				lists[i], left = list[1:], true
			} else {
				lists[i] = nil
			}
		}
	}
}

// take adds a choice, and the one to see meanwhile when it has a long wait; it adds nothing when they have no room together.
func (s *selection) take(c choice, limit int) bool {
	if s.has(c.partner) || len(s.taken) >= limit {
		return false
	}
	var relay *Partner
	if c.partner.Wait != "" && !c.inform {
		relay = s.relay(c)
	}
	if relay != nil && len(s.taken)+2 > limit {
		return false
	}
	s.taken = append(s.taken, Suggestion{c.partner, c.need.ID, s.why(c), c.inform})
	if relay != nil {
		s.taken = append(s.taken, Suggestion{relay, c.need.ID, s.whyMeanwhile(relay, c.partner), false})
	}
	return true
}

func (s *selection) has(p *Partner) bool {
	return slices.ContainsFunc(s.taken, func(t Suggestion) bool { return t.Partner == p })
}

// relay finds who to see during the wait for c, nil when there is nobody or when one of them is suggested already.
func (s *selection) relay(c choice) *Partner {
	kind := s.rules.Kind(c.partner.Kind)
	if kind == nil {
		return nil
	}
	var first *Partner
	for _, id := range kind.Relays {
		for _, p := range s.eligible(id, c.rule, false) {
			switch {
			case p.Wait != "" || p == c.partner:
			case s.has(p):
				return nil
			case first == nil:
				first = p
			}
		}
	}
	return first
}

func (s *selection) why(c choice) string {
	reason := c.rule.Because
	if reason == "" {
		reason = c.need.Name
	}
	parts := []string{capital(reason)}
	if c.inform {
		parts = append(parts, "à prévenir par un professionnel")
	}
	return s.line(parts, c.partner, s.rate(c))
}

func (s *selection) whyMeanwhile(relay, waited *Partner) string {
	return s.line([]string{"En attendant « " + waited.Name + " »"}, relay, s.query.Record[Referral{relay.ID, ""}])
}

// line adds to a reason what decides whether to go: ages, access, place, wait, how far to trust the entry, and what it has answered.
func (s *selection) line(parts []string, p *Partner, answers Answers) string {
	parts = append(parts, p.Ages.String(), accessWords[p.Access])
	if s.query.Territory != "" && slices.Contains(p.Territories, s.query.Territory) {
		parts = append(parts, "dans le quartier")
	}
	if p.Wait != "" {
		parts = append(parts, "attente : "+p.Wait)
	}
	switch checked := s.rules.CheckedOn(p); {
	case p.National:
	case checked.IsZero():
		parts = append(parts, "infos jamais vérifiées")
	case checked.AddDate(1, 0, 0).Before(s.today):
		parts = append(parts, "infos vérifiées il y a plus d'un an")
	}
	parts = append(parts, answers.String())
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return typography.Replace(strings.Join(parts, " ; "))
}

// accessWords has nothing for ByDecision: who is to be informed says so already.
var accessWords = map[Access]string{
	Open:           "sans rendez-vous",
	ByAppointment:  "sur rendez-vous",
	ByParents:      "demande par les parents",
	ByProfessional: "demande par un professionnel",
}

// capital puts a capital at the start of a line.
func capital(line string) string {
	r, size := utf8.DecodeRuneInString(line)
	return string(unicode.ToUpper(r)) + line[size:]
}
