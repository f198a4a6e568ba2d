package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"maillage/bot/french"
	"maillage/store"
)

// PartnerRecord says in Telegram's HTML what became of the solicitations of one partner since the beginning of a year: how many,
// taken up, how long the answer took, for which needs, when last (last is 2006-01-02, "" for never), seen from now.
func (b Bilan) PartnerRecord(id string, since int, last string, now time.Time) string {
	n := b.Summary.Now.Partners[id]
	if n == 0 {
		return fmt.Sprintf("Pas encore sollicité par l’équipe depuis janvier %d.", since)
	}
	results, needs := map[string]int{}, map[string]int{}
	for _, o := range b.Evaluation.Outcomes {
		switch {
		case o.Partner != id:
		case o.Need == "":
			results[o.Result] += o.Times
		default:
			needs[o.Need] += o.Times
		}
	}
	said := []string{fmt.Sprintf("<b>Avec l’équipe, depuis janvier %d</b>\n%s", since, french.Count(n, "sollicitation", "sollicitations"))}
	if last != "" {
		said[0] += ", la dernière " + lastSaid(last, now)
	}
	taken, answered := store.Figures{Results: results}.TakenUp()
	if answered > 0 {
		said = append(said, fmt.Sprintf("%s sur %s (%s)", french.Count(taken, "prise en charge", "prises en charge"),
			french.Count(answered, "issue connue", "issues connues"), share(taken, answered)))
	}
	if wait := b.Evaluation.Waits[id]; wait.Answers > 0 {
		said = append(said, fmt.Sprintf("Réponse en %s en moyenne, sur %s", meanWait(wait),
			french.Count(wait.Answers, "réponse datée", "réponses datées")))
	}
	if awaited := results[store.Awaited]; awaited > 0 {
		said = append(said, french.Count(awaited, "réponse encore attendue", "réponses encore attendues"))
	}
	if len(needs) > 0 {
		said = append(said, "Pour : "+french.Escape(b.mostNeeds(needs)))
	}
	return strings.Join(said, "\n")
}

func lastSaid(last string, now time.Time) string {
	day := french.Day(last, now)
	if strings.ContainsRune(day, ' ') {
		return "le " + day[strings.IndexByte(day, ' ')+1:]
	}
	return day
}

// mostNeeds names the three needs met most often, with how often.
func (b Bilan) mostNeeds(needs map[string]int) string {
	ids := mostFirst(needs)
	var names []string
	for _, id := range ids[:min(3, len(ids))] {
		names = append(names, fmt.Sprintf("%s (%s)", needName(b.Rules, id), french.Number(needs[id])))
	}
	return strings.Join(names, " ; ")
}

// mostHoles bounds the needs that Holes names.
const mostHoles = 12

// Holes says in Telegram's HTML where the network has holes: the needs met without any partner being called upon, with the quartier
// and the age band where that was most often so. It is for the team alone: small figures are told.
func (b Bilan) Holes() string {
	title := "<b>Besoins sans partenaire</b>\n" + french.Escape(french.Upper(PeriodName(b.Summary.Period)))
	byNeed := map[string]int{}
	for _, h := range b.Evaluation.Holes {
		byNeed[h.Need] += h.Times
	}
	if len(byNeed) == 0 {
		return title + "\n\nAucun : chaque besoin noté l’a été avec un partenaire sollicité."
	}
	text := title + "\nActions où personne n’a été sollicité pour le besoin, et là où c’est le plus fréquent."
	ids := mostFirst(byNeed)
	for _, id := range ids[:min(len(ids), mostHoles)] {
		text += fmt.Sprintf("\n\n• <b>%s</b> : %s", french.Escape(needName(b.Rules, id)), french.Count(byNeed[id], "action", "actions"))
		if where := b.wherePlainest(id); where != "" {
			text += "\n" + french.Escape(where)
		}
	}
	if more := len(ids) - mostHoles; more > 0 {
		text += "\n\net " + french.Count(more, "autre besoin", "autres besoins") + " : le classeur les donne tous."
	}
	return text
}

// wherePlainest names the two quartiers and ages where a need most often found nobody.
func (b Bilan) wherePlainest(need string) string {
	var of []store.Hole
	for _, h := range b.Evaluation.Holes {
		if h.Need == need && h.Territory != "" {
			of = append(of, h)
		}
	}
	slices.SortStableFunc(of, func(a, b store.Hole) int { return cmp.Compare(b.Times, a.Times) })
	var said []string
	for _, h := range of[:min(2, len(of))] {
		said = append(said, fmt.Sprintf("%s, %s (%s)", territoryName(b.Rules, h.Territory), french.Lower(bandNamed(h.Band)), french.Number(h.Times)))
	}
	return strings.Join(said, " ; ")
}
