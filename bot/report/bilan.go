// Package report turns counted figures into what people read.
//
// The counting rule, stated in every report: an action with two domains counts once in each, so the shares of the domains can
// add up to more than 100 %; the number of distinct actions stands beside. Young people are a sum of meetings, not persons.
//
// A [Digest] is one message about a period, for those who did the work: a picture and its caption, small figures included. A [Bilan]
// is what leaves the team, as paragraphs, tables and pictures: figures under 5 about young people are not broken down in it. Both
// are made of what the store counted, after Present has put together what stands under former ids.
package report

import (
	"maillage/rules"
	"maillage/store"
)

// Bilan is everything the report of a period is made of: its paragraphs, tables and pictures. Ids are those the rules have now.
type Bilan struct {
	Rules       *rules.Rules
	Whose       string // name of the team, of the service, or "" for one educator's own
	Until       string // 2006-01-02: the day up to which figures go when the period is not over; "" when it is
	Alone       bool   // a year compared with none: nothing is known of the first months of the one before
	Summary     store.Summary
	Months      []Month
	Territories []Territory      // of a calendar year only, in the order of the rules
	Evaluation  store.Evaluation // of the period
}

// Month is what one month of the period came to, and the same month a year before.
type Month struct {
	Period store.Period
	store.Figures
	YearAgo store.Figures
}

// Territory is what a calendar year came to in one quartier; of the year before, only its actions.
type Territory struct {
	ID          string
	Now, Before store.Figures
}
