package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"maillage/rules"
	"maillage/store"
)

// shares are how often each domain comes up, in percent of this year and of those before: those of a plausible yearly report.
var shares = []struct {
	domain      string
	now, before int
}{
	{"insertion-emploi", 32, 33}, {"education", 15, 16}, {"services-sociaux", 12, 9}, {"sante", 9, 9}, {"logement", 9, 8},
	{"sport-culture", 8, 10}, {"justice", 7, 7}, {"droits", 5, 5}, {"vie-locale", 3, 3},
}

// inventedWeeks go back to the beginning of the year before, so that the year has one to be compared with.
func inventedWeeks(now time.Time) int { return 52 + now.YearDay()/7 }

// inventYears writes the activity of the educators of the cast up to now. The same day makes the same years.
func inventYears(ctx context.Context, r *rules.Rules, s *store.Store, now time.Time) error {
	id := int64(1)
	for _, c := range cast {
		team := r.Teams[c.team%len(r.Teams)]
		m := store.Member{ID: c.id, Team: team.ID, Role: c.role, Joined: now.AddDate(-2, 0, 0).Unix()}
		if err := s.Commit(ctx, store.Turn{Chat: c.id, State: []byte("{}"), Member: &m}); err != nil {
			return err
		}
		inv := inventor{Rules: r, Rand: rand.New(rand.NewPCG(uint64(c.id), 2026)), now: now, team: team, busy: c.busyShare, nextID: id}
		if err := inv.years(ctx, s, c.id); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		id = inv.nextID
		if err := settleDigests(ctx, s, c.id, now); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// settleDigests marks the digests of the weeks already over, and today's reminder, as delivered: the demo's first ones are next
// Monday's and tomorrow's.
func settleDigests(ctx context.Context, s *store.Store, member int64, now time.Time) error {
	names := []string{store.WeekOf(now.AddDate(0, 0, -14)), store.WeekOf(now.AddDate(0, 0, -7)), now.Format(time.DateOnly)}
	for _, name := range names {
		claim, err := s.ClaimDigest(ctx, member, name)
		if err != nil {
			return err
		}
		if _, err := s.MoveDigest(ctx, member, name, claim.Token, store.Delivered); err != nil {
			return err
		}
	}
	return nil
}

// inventor makes up what one educator did.
type inventor struct {
	*rules.Rules
	*rand.Rand
	now    time.Time
	team   rules.Team
	busy   int // percent of the usual
	number int
	nextID int64
}

// atOnce is how many weeks are written in one go, so that a demo starts in a moment.
const atOnce = 8

func (v *inventor) years(ctx context.Context, s *store.Store, member int64) error {
	var changes []store.Change
	for week := inventedWeeks(v.now); week >= 0; week-- {
		for day := range 7 {
			d := v.now.AddDate(0, 0, -7*week-day)
			if d.Year() < v.now.Year()-1 {
				continue
			}
			for range v.actionsOn(d) {
				a := v.action(d)
				changes = append(changes, store.Change{New: &a})
			}
		}
		if len(changes) == 0 || week%atOnce != 0 {
			continue
		}
		chat, err := s.Chat(ctx, member)
		if err != nil {
			return err
		}
		turn := store.Turn{Chat: member, Version: chat.Version, State: []byte("{}"), Number: v.number, Changes: changes}
		if week == 0 {
			turn.Misread = v.misread()
		}
		if err := s.Commit(ctx, turn); err != nil {
			return err
		}
		changes = nil
	}
	return nil
}

// corrected are words that the invented educators had to correct: what /mots shows.
var corrected = []store.Misread{
	{Word: "bécane", Need: "mobilite"}, {Word: "turne", Need: "logement-jeune"}, {Word: "bigo", Need: "numerique-equipement"}, {Word: "fafiots", Need: "aide-financiere"},
}

func (v *inventor) misread() []store.Misread {
	from := v.IntN(len(corrected) - 1)
	list := slices.Clone(corrected[from : from+2])
	for i := range list {
		list[i].Team = v.team.ID
	}
	return list
}

// actionsOn says how many actions a day had: few on Saturdays, none on Sundays, half in August.
func (v *inventor) actionsOn(d time.Time) int {
	usual := 1 + v.IntN(4)
	switch {
	case d.Weekday() == time.Sunday || v.busy == 0:
		return 0
	case d.Weekday() == time.Saturday:
		usual = v.IntN(2)
	case d.Month() == time.August:
		usual /= 2
	}
	return (usual*v.busy + v.IntN(100)) / 100
}

func (v *inventor) action(d time.Time) store.Action {
	v.number++
	v.nextID++
	need := v.need(v.domain(d.Year()))
	a := store.Action{
		ID: store.RecordID(v.nextID), Number: v.number, Team: v.team.ID, Day: d.Format(time.DateOnly), Rules: v.Version, At: d.Unix(),
		Type:   pick(v, "accompagnement-individuel", "accompagnement-individuel", "travail-de-rue", "travail-de-rue", "action-collective", "partenariat"),
		Gender: pick(v, "garcon", "garcon", "fille", "fille", "garcon", "non-precise"), Count: 1, First: v.IntN(6) == 0,
		Needs: []string{need.ID}, Domains: []string{need.Domain}, Territory: pick(v, v.team.Territories...),
	}
	if a.Type == "action-collective" || a.Type == "travail-de-rue" {
		a.Count, a.Gender = 2+v.IntN(7), "mixte"
	}
	if v.IntN(5) == 0 {
		if second := v.need(v.domain(d.Year())); second.Domain != need.Domain {
			a.Needs, a.Domains = append(a.Needs, second.ID), append(a.Domains, second.Domain)
		}
	}
	a.Band = v.band(need)
	v.solicit(&a, d)
	return a
}

// domain picks one after the shares of a year.
func (v *inventor) domain(year int) string {
	n := v.IntN(100)
	for _, s := range shares {
		if year == v.now.Year() {
			n -= s.now
		} else {
			n -= s.before
		}
		if n < 0 {
			return s.domain
		}
	}
	return shares[0].domain
}

// need picks a need of a domain, the common ones first; never one of danger.
func (v *inventor) need(domain string) *rules.Need {
	var some []*rules.Need
	for j := range v.Needs {
		if need := &v.Needs[j]; need.Domain == domain && need.Urgency == nil && (need.Common || v.IntN(4) == 0) {
			some = append(some, need)
		}
	}
	if len(some) == 0 {
		return &v.Needs[0]
	}
	return some[v.IntN(len(some))]
}

func (v *inventor) band(need *rules.Need) string {
	for range 20 {
		if id := pick(v, "11-14", "15-17", "15-17", "18-21", "18-21", "22-25"); rules.BandAges(id).Meets(need.Ages) {
			return id
		}
	}
	return "non-connue"
}

// solicit calls upon a partner more often than not; what was awaited long ago has been answered.
func (v *inventor) solicit(a *store.Action, d time.Time) {
	if v.IntN(100) < 35 {
		return
	}
	fitting := v.Suggest(rules.Query{Needs: a.Needs, Ages: rules.BandAges(a.Band), Territory: a.Territory}, v.now)
	if len(fitting) == 0 {
		return
	}
	p := fitting[min(v.IntN(4), len(fitting)-1)].Partner
	solicited := store.Solicitation{Partner: p.ID, Kind: p.Kind, How: pick(v, "orientation", "orientation", "accompagnement", "contact")}
	solicited.Result, solicited.Answered = v.answer(d)
	a.Partners = []store.Solicitation{solicited}
	v.followUp(a, d)
}

// answer is what a partner said, and when; what was asked lately is mostly awaited.
func (v *inventor) answer(d time.Time) (result, on string) {
	after := d.AddDate(0, 0, 2+v.IntN(25))
	if after.After(v.now) || v.IntN(30) == 0 {
		return store.Awaited, ""
	}
	return pick(v, store.TakenUp, store.TakenUp, store.TakenUp, store.Refused, store.NoFollowUp), after.Format(time.DateOnly)
}

// followUp plans to come back to some of what is awaited. What was planned long ago has been done or given up.
func (v *inventor) followUp(a *store.Action, d time.Time) {
	switch plan := d.AddDate(0, 0, 3+v.IntN(12)); {
	case v.IntN(3) > 0:
	case plan.After(v.now.AddDate(0, 0, -2)):
		a.FollowUp = plan.Format(time.DateOnly)
	default:
		a.Ended = pick(v, store.FollowedUp, store.FollowedUp, store.FollowedUp, store.GivenUp)
	}
}

func pick(v *inventor, among ...string) string {
	if len(among) == 0 {
		return ""
	}
	return among[v.IntN(len(among))]
}
