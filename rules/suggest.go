package rules

import (
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
}

// Suggestion is a partner that answers one of the needs.
type Suggestion struct {
	Partner *Partner
	Need    string
	Why     string // one line, in French
	Inform  bool   // a professional calls them; they are no door for the young person
}

const (
	maxSuggestions = 8 // what a card on a phone shows
	maxOfKind      = 2 // partners of one kind before the next kind of the same need has its turn
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
// is left out; then comes the order of the rules, the needs taking turns; then the nearest door; then the id. Needs of danger
// come first, whole and in the order of their rules. Those to inform come after the doors. A partner with a long wait is
// followed by one to see meanwhile. Unknown needs and an unknown territory are passed over.
func (r *Rules) Suggest(q Query, today time.Time) []Suggestion {
	s := &selection{rules: r, query: q, today: today}
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

func split(choices []choice) (doors, inform []choice) {
	for _, c := range choices {
		if c.inform {
			inform = append(inform, c)
		} else {
			doors = append(doors, c)
		}
	}
	return doors, inform
}

// A selection grows into what Suggest returns.
type selection struct {
	rules *Rules
	query Query
	today time.Time
	taken []Suggestion
}

// choices lists who answers a need, rule by rule, kind by kind. The third partner of a kind and those after it come last.
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

// eligible lists the partners of a kind that may be suggested, the nearest first: those of the very territory, then those of
// the whole town. When the territory is not known, the whole town comes first: it will not turn anybody away.
func (s *selection) eligible(kind string, rule *Rule, inform bool) []*Partner {
	var here, everywhere []*Partner
	for _, p := range s.rules.index.ofKind[kind] {
		switch {
		case !p.Ages.Meets(s.query.Ages) && rule.Situation != family:
		case p.Access == ByDecision && !inform:
		case len(p.Territories) == 0:
			everywhere = append(everywhere, p)
		case s.query.Territory == "" || slices.Contains(p.Territories, s.query.Territory):
			here = append(here, p)
		}
	}
	if s.query.Territory == "" {
		return append(everywhere, here...)
	}
	return append(here, everywhere...)
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
	return s.line(parts, c.partner)
}

func (s *selection) whyMeanwhile(relay, waited *Partner) string {
	return s.line([]string{"En attendant « " + waited.Name + " »"}, relay)
}

// line adds to a reason what decides whether to go: ages, access, place, wait, and how far to trust the entry.
func (s *selection) line(parts []string, p *Partner) string {
	parts = append(parts, p.Ages.String(), accessWords[p.Access])
	if s.query.Territory != "" && slices.Contains(p.Territories, s.query.Territory) {
		parts = append(parts, "dans le quartier")
	}
	if p.Wait != "" {
		parts = append(parts, "attente : "+p.Wait)
	}
	switch {
	case p.National:
	case p.Checked.IsZero():
		parts = append(parts, "infos jamais vérifiées")
	case p.Checked.AddDate(1, 0, 0).Before(s.today):
		parts = append(parts, "infos vérifiées il y a plus d'un an")
	}
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
