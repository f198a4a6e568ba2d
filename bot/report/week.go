// Package report turns counted figures into what people read.
//
// The counting rule, stated in every report: an action with two domains counts once in each, so the shares of the domains can
// add up to more than 100 %; the number of distinct actions stands beside. Young people are a sum of meetings, not persons.
package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"maillage/bot/french"
	"maillage/rules"
	"maillage/store"
)

// Week is what one week's report is made of: a member's own, or a whole team's.
type Week struct {
	Rules   *rules.Rules
	Team    string // name of the team when the report is the team's; "" for a member's own
	Monday  time.Time
	This    store.Counts // the week's figures
	Last    store.Counts // the week before, for comparison
	Awaited int          // solicitations of this year and the last whose result is not known yet
	Due     []string     // follow-ups due, a line of plain text each, soonest first
	DueMore int          // how many more are due than Due lists
}

// A line of the domains: label, share, change, bar. It fits a phone held upright, and the bar comes last because fonts do not
// agree on its width.
const (
	labelWidth = 13 // characters
	barWidth   = 8
)

// Text returns the report as Telegram's HTML.
func (w Week) Text() string {
	parts := []string{w.head()}
	if w.This["n"] == 0 {
		parts = append(parts, w.quiet())
	} else {
		parts = append(parts, w.people(), w.domains(), w.partners())
	}
	parts = append(parts, w.open())
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n\n")
}

func (w Week) head() string {
	_, n := w.Monday.ISOWeek()
	whose := "Votre semaine"
	if w.Team != "" {
		whose = french.Escape(w.Team) + ", semaine"
	}
	sunday := w.Monday.AddDate(0, 0, 6)
	from := french.DayOfMonth(w.Monday)
	if sunday.Month() == w.Monday.Month() {
		from, _, _ = strings.Cut(from, " ")
	}
	return fmt.Sprintf("<b>%s %d</b>\ndu %s au %s", whose, n, from, french.DayOfMonth(sunday))
}

func (w Week) quiet() string {
	if w.Team != "" {
		return "Aucune action notée par l’équipe cette semaine."
	}
	return "Aucune action notée cette semaine : elle a pu être bien remplie autrement. Une phrase suffit pour en noter une."
}

func (w Week) people() string {
	actions := french.Count(int(w.This["n"]), "action", "actions") + w.against("n")
	young := french.Count(int(w.This["y"]), "jeune rencontré", "jeunes rencontrés") + w.against("y")
	if first := int(w.This["f"]); first > 0 {
		young += ", dont " + french.Count(first, "premier contact", "premiers contacts")
	}
	return "<b>" + actions + "</b>\n" + young
}

// against says a figure's change from the week before.
func (w Week) against(field string) string {
	change := int(w.This[field] - w.Last[field])
	if change == 0 {
		return " (comme la semaine d’avant)"
	}
	return " (" + french.Signed(change) + ")"
}

// domains draws a bar per domain, the longest first, with its share of the actions and its change in number.
func (w Week) domains() string {
	ids := ranked(w.This, "d:")
	if len(ids) == 0 {
		return ""
	}
	most := w.This["d:"+ids[0]]
	var lines []string
	for _, id := range ids {
		n := w.This["d:"+id]
		bar := strings.Repeat("█", max(1, int(n*barWidth/most)))
		share := (100*n + w.This["n"]/2) / w.This["n"]
		change := french.Signed(int(n - w.Last["d:"+id]))
		lines = append(lines, fmt.Sprintf("%s %3d %% %3s %s", pad(w.domainName(id), labelWidth), share, change, bar))
	}
	return "<pre>" + strings.Join(lines, "\n") + "</pre>\n" +
		"<i>Part des actions et écart avec la semaine d’avant. Une action de deux domaines compte dans chacun.</i>"
}

func (w Week) domainName(id string) string {
	if d := w.Rules.Domain(id); d != nil {
		return french.Escape(d.Short)
	}
	return french.Escape(id)
}

// maxPartners bounds the partners named.
const maxPartners = 5

func (w Week) partners() string {
	counts := store.Counts{}
	for _, id := range ranked(w.This, "p:") {
		present := id
		if p := w.Rules.Partner(id); p != nil {
			present = p.ID // two ids of one partner, which was renamed during the week, are one
		}
		counts["p:"+present] += w.This["p:"+id]
	}
	ids := ranked(counts, "p:")
	if len(ids) == 0 {
		return "Aucun partenaire sollicité."
	}
	var named []string
	for _, id := range ids[:min(len(ids), maxPartners)] {
		name := id
		if p := w.Rules.Partner(id); p != nil {
			name = p.Name
		}
		named = append(named, fmt.Sprintf("%s (%d)", french.Escape(name), counts["p:"+id]))
	}
	if more := len(ids) - len(named); more > 0 {
		named = append(named, french.Count(more, "autre", "autres"))
	}
	return "<b>" + french.Count(len(ids), "partenaire sollicité", "partenaires sollicités") + "</b>\n" + strings.Join(named, " ; ")
}

// open says what waits: results not known, follow-ups due.
func (w Week) open() string {
	var lines []string
	if w.Awaited > 0 {
		lines = append(lines, french.Count(w.Awaited, "résultat attendu", "résultats attendus"))
	}
	if due := len(w.Due) + w.DueMore; due > 0 {
		lines = append(lines, "<b>"+french.Count(due, "relance à faire", "relances à faire")+" d’ici dimanche</b>")
	}
	for _, d := range w.Due {
		lines = append(lines, "• "+french.Escape(d))
	}
	if w.DueMore > 0 && len(w.Due) > 0 {
		lines = append(lines, "et "+french.Count(w.DueMore, "autre", "autres"))
	}
	return strings.Join(lines, "\n")
}

// ranked returns the ids counted under a prefix, most first, ties by id.
func ranked(c store.Counts, prefix string) []string {
	var ids []string
	for field := range maps.Keys(c) {
		if id, ok := strings.CutPrefix(field, prefix); ok && c[field] > 0 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(c[prefix+b], c[prefix+a]), cmp.Compare(a, b))
	})
	return ids
}

// pad fills s with spaces up to width characters.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}
