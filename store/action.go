package store

import (
	"fmt"
	"strconv"
	"time"
)

// Action is one record: what was done, for how many, about what, where, with whom. It never says who the young people are.
//
// Records live for years: a field may be added, always with omitempty; none is renamed, removed or given another type. The
// bytes of a record are the precondition of its correction, so two equal Actions must marshal to the same bytes.
type Action struct {
	ID        string         `json:"id"`              // RecordID of the update that saved it
	Number    int            `json:"no"`              // counts the actions of its member from 1, never reused
	Team      string         `json:"team"`            // the member's team on that day; an action never changes teams
	Day       string         `json:"day"`             // 2006-01-02 in the service's time zone
	Type      string         `json:"type"`            // id of the action type
	Band      string         `json:"band"`            // id of the age band
	Gender    string         `json:"gender"`          // fille, garcon, mixte, autre, non-precise
	Count     int            `json:"count"`           // young people met; not unique persons
	First     bool           `json:"first,omitempty"` // a first contact
	Needs     []string       `json:"needs"`           // ids, main need first
	Domains   []string       `json:"domains"`         // ids, each counted once
	Territory string         `json:"territory"`       // id
	Partners  []Solicitation `json:"partners,omitempty"`
	FollowUp  string         `json:"followup,omitempty"` // 2006-01-02: the day to come back to it
	Ended     string         `json:"ended,omitempty"`    // how its last follow-up ended: FollowedUp, GivenUp, "" for none
	Rules     string         `json:"rules"`              // version of the rules it was made with
	At        int64          `json:"at"`                 // when it was first saved, Unix seconds
}

// Solicitation is one partner called upon for an action.
type Solicitation struct {
	Partner  string `json:"p"`           // id
	Kind     string `json:"k"`           // id of the partner's kind that day, so that figures survive a partner's removal
	How      string `json:"h"`           // orientation, accompagnement, contact, reunion
	Result   string `json:"r"`           // Awaited, TakenUp, Refused, NoFollowUp; "" of a meeting, of which nothing is awaited
	Answered string `json:"d,omitempty"` // 2006-01-02: the day on which what was awaited was known
}

// The results of a solicitation.
const (
	Awaited    = "attente"
	TakenUp    = "pris-en-charge"
	Refused    = "refus"
	NoFollowUp = "sans-suite"
)

// How a follow-up ends.
const (
	FollowedUp = "faite"
	GivenUp    = "sans-suite"
)

// wait is how many days the answer took, from the day of the action; an answer dated before it took none.
func (s Solicitation) wait(day string) int {
	return max(0, int(parseDay(s.Answered).Sub(parseDay(day)).Hours()/24))
}

// Week returns the ISO week of the action's day, as 2026-W47: the week under which it is kept and counted.
func (a Action) Week() string { return WeekOf(parseDay(a.Day)) }

// Month returns the month of the action's day, as 2026-11.
func (a Action) Month() string { return a.Day[:7] }

// Year returns the calendar year of the action's day, as 2026.
func (a Action) Year() string { return a.Day[:4] }

// WeekOf returns the ISO week of t in t's own location, as 2026-W47.
func WeekOf(t time.Time) string {
	y, w := t.ISOWeek()
	return fmt.Sprintf("%04d-W%02d", y, w)
}

// WeekStart returns the Monday at midnight, in loc, of an ISO week written as 2026-W47.
func WeekStart(week string, loc *time.Location) (time.Time, error) {
	var y, w int
	if n, err := fmt.Sscanf(week, "%4d-W%2d", &y, &w); n != 2 || err != nil {
		return time.Time{}, fmt.Errorf("week %q: want 2026-W47", week)
	}
	fourth := time.Date(y, 1, 4, 0, 0, 0, 0, loc) // always in week 1
	monday := (int(fourth.Weekday()) + 6) % 7
	t := time.Date(y, 1, 4-monday+7*(w-1), 0, 0, 0, 0, loc)
	if WeekOf(t) != week {
		return time.Time{}, fmt.Errorf("week %q: no such week", week)
	}
	return t, nil
}

// RecordID returns the id of the record saved by an update: redelivered, the update makes the same record.
func RecordID(update int64) string { return strconv.FormatInt(update, 36) }

func parseDay(day string) time.Time {
	t, _ := time.Parse(time.DateOnly, day)
	return t
}
