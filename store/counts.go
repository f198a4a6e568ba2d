package store

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Counts are figures by counter; the package comment lists the counters.
type Counts map[string]int64

// The counters of a member's period lie in five sets: each stays small enough for a Redis to keep it packed, and a reading takes
// only what it shows.
const (
	ofActions  = "a"
	ofUnmet    = "u" // needs for which nobody was called upon
	ofPartners = "p"
	ofOutcomes = "e" // what becomes of solicitations; for months and years only
	ofAnswers  = "j" // what was heard in a period, of solicitations of whenever; not by territory
)

// tally is what one action adds to the figures, by set: the only place that knows the counters.
func tally(a Action) map[string]Counts {
	actions, unmet, partners, outcomes := Counts{"n": 1}, Counts{}, Counts{}, Counts{}
	one := func(letter, id string) {
		if id != "" {
			actions[letter+id] = 1
		}
	}
	young := func(letter, id string) {
		if id != "" && a.Count != 0 {
			actions[letter+id] += int64(a.Count)
		}
	}
	if a.Count != 0 {
		actions["y"] = int64(a.Count)
	}
	if a.First {
		actions["f"] = 1
	}
	for _, domain := range a.Domains {
		one("d:", domain)
	}
	if len(a.Domains) > 1 {
		one("s:", strings.Join(slices.Sorted(slices.Values(a.Domains)), "+"))
	}
	for _, need := range a.Needs {
		one("b:", need)
		if len(a.Partners) == 0 {
			unmet["u:"+need] = 1
			outcomes["u:"+need+"/"+a.Territory+"/"+a.Band] = 1
		}
	}
	one("t:", a.Type)
	one("q:", a.Territory)
	one("z:", a.Ended)
	young("a:", a.Band)
	young("g:", a.Gender)
	for _, p := range a.Partners {
		solicited(p, partners)
		came(a, p, outcomes)
	}
	return map[string]Counts{ofActions: actions, ofUnmet: unmet, ofPartners: partners, ofOutcomes: outcomes}
}

func solicited(p Solicitation, partners Counts) {
	for letter, id := range map[string]string{"p:": p.Partner, "k:": p.Kind, "h:": p.How, "r:": p.Result} {
		if id != "" {
			partners[letter+id]++
		}
	}
}

func came(a Action, p Solicitation, outcomes Counts) {
	for _, domain := range a.Domains {
		outcomes["x:"+domain+"/"+p.Partner]++
	}
	if p.Result != "" {
		outcomes["o:"+p.Partner+"//"+p.Result]++
		for _, need := range a.Needs {
			outcomes["o:"+p.Partner+"/"+need+"/"+p.Result]++
		}
	}
	if p.Answered != "" {
		outcomes["v:"+p.Partner]++
		if days := p.wait(a.Day); days != 0 {
			outcomes["w:"+p.Partner] += int64(days)
		}
	}
}

type counter struct{ key, field string }

// deltas is by how much one commit moves each counter.
type deltas map[counter]int64

func (d deltas) add(member int64, a Action, sign int64) {
	for set, counts := range tally(a) {
		for _, key := range counterKeys(member, a, set) {
			for field, n := range counts {
				d[counter{key, field}] += sign * n
			}
		}
	}
	d.heard(member, a, sign)
}

// heard adds what partners answered, on the days on which that was known.
func (d deltas) heard(member int64, a Action, sign int64) {
	for _, p := range a.Partners {
		if p.Result != TakenUp && p.Result != Refused {
			continue
		}
		day := cmp.Or(p.Answered, a.Day)
		for _, period := range []string{WeekOf(parseDay(day)), day[:7], day[:4]} {
			d[counter{counterKey(member, ofAnswers, a.Team, period), p.Partner + "/" + p.Result}] += sign
		}
	}
}

// counterKeys are the sets of one kind in which an action counts.
func counterKeys(member int64, a Action, set string) []string {
	keys := []string{counterKey(member, set, a.Team, a.Month()), counterKey(member, set, a.Team, a.Year())}
	if set == ofOutcomes {
		return keys
	}
	keys = append(keys, counterKey(member, set, a.Team, a.Week()))
	if a.Territory != "" {
		keys = append(keys, counterKey(member, set, a.Team, inTerritory(a.Year(), a.Territory)))
	}
	return keys
}

// inTerritory is the period under which a year's figures of one territory are kept.
func inTerritory(year, territory string) string { return year + "/" + territory }

// sorted returns the counters that move.
func (d deltas) sorted() []counter {
	moving := make([]counter, 0, len(d))
	for c, n := range d {
		if n != 0 {
			moving = append(moving, c)
		}
	}
	slices.SortFunc(moving, func(a, b counter) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.field, b.field))
	})
	return moving
}

// Figures are what was counted of a period.
//
// An action with two domains or two needs counts once under each: the parts add up to more than Actions.
type Figures struct {
	Actions int // distinct
	Young   int // young people met: the sum of the actions' counts, not unique persons
	First   int // actions that were a first contact
	Done    int // follow-ups done, and
	Dropped int // given up, of the period's actions

	Domains     map[string]int // actions
	Together    map[string]int // actions with several domains, by those: "justice+sante"
	Needs       map[string]int // actions
	Unmet       map[string]int // by need, actions that called upon no partner
	Types       map[string]int // actions
	Territories map[string]int // actions
	Bands       map[string]int // young people
	Genders     map[string]int // young people
	Partners    map[string]int // solicitations
	Kinds       map[string]int // solicitations
	Hows        map[string]int // solicitations
	Results     map[string]int // solicitations, but for meetings, which have none
}

func figuresOf(c Counts) Figures {
	by := map[string]map[string]int{}
	for _, letter := range []string{"d", "s", "b", "u", "t", "q", "a", "g", "p", "k", "h", "r", "z"} {
		by[letter] = map[string]int{}
	}
	for field, n := range c {
		letter, id, _ := strings.Cut(field, ":")
		if of := by[letter]; of != nil && n != 0 {
			of[id] = int(n)
		}
	}
	return Figures{
		Actions: int(c["n"]), Young: int(c["y"]), First: int(c["f"]), Done: by["z"][FollowedUp], Dropped: by["z"][GivenUp],
		Domains: by["d"], Together: by["s"], Needs: by["b"], Unmet: by["u"], Types: by["t"], Territories: by["q"],
		Bands: by["a"], Genders: by["g"], Partners: by["p"], Kinds: by["k"], Hows: by["h"], Results: by["r"],
	}
}

// Solicitations is how often partners were called upon.
func (f Figures) Solicitations() int {
	sum := 0
	for _, n := range f.Partners {
		sum += n
	}
	return sum
}

// InDomains is how many distinct actions had at least one of these domains.
func (f Figures) InDomains(domains ...string) int {
	sum := 0
	for _, d := range domains {
		sum += f.Domains[d]
	}
	for set, n := range f.Together {
		in := 0
		for d := range strings.SplitSeq(set, "+") {
			if slices.Contains(domains, d) {
				in++
			}
		}
		sum -= max(in-1, 0) * n
	}
	return sum
}

// TakenUp is how many solicitations were taken up, and how many were answered at all.
func (f Figures) TakenUp() (taken, answered int) {
	return f.Results[TakenUp], f.Results[TakenUp] + f.Results[Refused] + f.Results[NoFollowUp]
}

// Outcome is what referrals to a partner came to.
type Outcome struct {
	Partner string
	Need    string // "": whatever the need
	Result  string
	Times   int
}

// Wait is how long a partner took to answer what was awaited.
type Wait struct{ Days, Answers int } // Days in all

// Hole is a need that was met without any partner being called upon.
type Hole struct {
	Need, Territory, Band string
	Times                 int
}

// Evaluation is what became of the solicitations of a period.
type Evaluation struct {
	Outcomes []Outcome
	Waits    map[string]Wait           // by partner
	Domains  map[string]map[string]int // solicitations by domain of the action, then by partner
	Holes    []Hole                    // the most frequent first
}

func evaluationOf(c Counts) Evaluation {
	e := Evaluation{Waits: map[string]Wait{}, Domains: map[string]map[string]int{}}
	for _, field := range slices.Sorted(maps.Keys(c)) {
		letter, said, n := field[:2], field[2:], int(c[field])
		first, rest, _ := strings.Cut(said, "/")
		second, third, _ := strings.Cut(rest, "/")
		switch letter {
		case "o:":
			e.Outcomes = append(e.Outcomes, Outcome{first, second, third, n})
		case "u:":
			e.Holes = append(e.Holes, Hole{first, second, third, n})
		case "v:":
			e.Waits[said] = Wait{int(c["w:"+said]), n}
		case "x:":
			if e.Domains[first] == nil {
				e.Domains[first] = map[string]int{}
			}
			e.Domains[first][rest] = n
		}
	}
	slices.SortFunc(e.Outcomes, func(a, b Outcome) int {
		return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Need, b.Need), cmp.Compare(a.Result, b.Result))
	})
	slices.SortStableFunc(e.Holes, func(a, b Hole) int { return cmp.Compare(b.Times, a.Times) })
	return e
}
