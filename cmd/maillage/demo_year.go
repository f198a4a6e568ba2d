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

// shares are how often each domain comes up in the invented year, in percent: those of a plausible yearly report.
var shares = []struct {
	domain  string
	percent int
}{
	{"insertion-emploi", 32}, {"education", 15}, {"services-sociaux", 12}, {"sante", 9}, {"logement", 9},
	{"sport-culture", 8}, {"justice", 7}, {"droits", 5}, {"vie-locale", 3},
}

// inventYear writes 52 weeks of activity up to now for the educators of the cast. The same day makes the same year.
func inventYear(ctx context.Context, r *rules.Rules, s *store.Store, now time.Time) error {
	id := int64(1)
	for _, c := range cast {
		team := r.Teams[c.team%len(r.Teams)]
		m := store.Member{ID: c.id, Team: team.ID, Role: c.role, Joined: now.AddDate(-1, 0, -7).Unix()}
		if err := s.Commit(ctx, store.Turn{Chat: c.id, State: []byte("{}"), Member: &m}); err != nil {
			return err
		}
		inv := inventor{Rules: r, Rand: rand.New(rand.NewPCG(uint64(c.id), 2026)), now: now, team: team, busy: c.busyShare, nextID: id}
		if err := inv.year(ctx, s, c.id); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		id = inv.nextID
		if err := settleDigests(ctx, s, c.id, now); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// settleDigests marks the digests of the weeks already over as delivered: the demo's first one is next Monday's.
func settleDigests(ctx context.Context, s *store.Store, member int64, now time.Time) error {
	for _, back := range []int{-14, -7} {
		week := store.WeekOf(now.AddDate(0, 0, back))
		claim, err := s.ClaimDigest(ctx, member, week)
		if err != nil {
			return err
		}
		if _, err := s.MoveDigest(ctx, member, week, claim.Token, store.Delivered); err != nil {
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

// year writes a week at a time, so that a demo starts in a moment.
func (v *inventor) year(ctx context.Context, s *store.Store, member int64) error {
	for week := 52; week >= 0; week-- {
		var changes []store.Change
		for day := range 7 {
			d := v.now.AddDate(0, 0, -7*week-day)
			for range v.actionsOn(d) {
				a := v.action(d)
				changes = append(changes, store.Change{New: &a})
			}
		}
		if len(changes) == 0 {
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
	need := v.need()
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
		if second := v.need(); second.Domain != need.Domain {
			a.Needs, a.Domains = append(a.Needs, second.ID), append(a.Domains, second.Domain)
		}
	}
	a.Band = v.band(need)
	v.solicit(&a, d)
	return a
}

// need picks a need after the shares, the common ones of the domain first; never one of danger.
func (v *inventor) need() *rules.Need {
	n := v.IntN(100)
	i := slices.IndexFunc(shares, func(s struct {
		domain  string
		percent int
	}) bool {
		n -= s.percent
		return n < 0
	})
	var some []*rules.Need
	for j := range v.Needs {
		if need := &v.Needs[j]; need.Domain == shares[i].domain && need.Urgency == nil && (need.Common || v.IntN(4) == 0) {
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
	how := pick(v, "orientation", "orientation", "accompagnement", "contact")
	a.Partners = []store.Solicitation{{Partner: p.ID, Kind: p.Kind, How: how, Result: v.result(d)}}
	if v.now.Sub(d) < 6*24*time.Hour && v.IntN(3) == 0 {
		a.FollowUp = v.now.AddDate(0, 0, 1+v.IntN(9)).Format(time.DateOnly)
	}
}

func (v *inventor) result(d time.Time) string {
	if v.now.Sub(d) < 15*24*time.Hour {
		return pick(v, "attente", "attente", "attente", "pris-en-charge")
	}
	return pick(v, "pris-en-charge", "pris-en-charge", "pris-en-charge", "refus", "sans-suite")
}

func pick(v *inventor, among ...string) string {
	if len(among) == 0 {
		return ""
	}
	return among[v.IntN(len(among))]
}
