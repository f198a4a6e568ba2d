package report

import (
	"cmp"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"maillage/bot/french"
	"maillage/rules"
	"maillage/store"
)

// Digest is what one message about a period is made of: its words, and the picture above them. Ids are those the rules have now.
type Digest struct {
	Rules   *rules.Rules
	Team    string // its name; "" for a member's own
	Summary store.Summary
	Lately  store.Evaluation          // of the three months up to the end of the period
	Heard   map[string]map[string]int // what partners answered in the period, by partner and result; nil: not known
	Due     int                       // follow-ups due until the end of this week, late ones among them
	Current bool                      // the period is not over
}

const (
	maxCaption = 1024 // UTF-16 units that Telegram takes under a picture, marks not counted
	maxName    = 40   // characters of one name, so that what is never left out always fits
	maxNamed   = 3    // partners
	worth      = 2    // actions by which a domain moves before it is said
	often      = 3    // times, from which on a need without partner or a refusal is remarked
)

// Caption says the digest in Telegram's HTML, never longer than what goes under a picture: when names are long, partners are left
// out.
func (d Digest) Caption() string {
	for named := maxNamed; ; named-- {
		text := d.caption(named)
		if named == 0 || captionLength(text) <= maxCaption {
			return text
		}
	}
}

var marks = regexp.MustCompile(`</?(b|i|code)>`)

// captionLength is how long a text of [Digest.Caption] is for Telegram.
func captionLength(text string) int {
	return len(utf16.Encode([]rune(html.UnescapeString(marks.ReplaceAllString(text, "")))))
}

// caption names at most so many partners.
func (d Digest) caption(named int) string {
	parts := []string{d.head()}
	if d.quiet() {
		parts = append(parts, d.kindly(), d.results(maxNamed))
	} else {
		parts = append(parts, d.people(), d.results(named), d.changes(), d.partners(named))
	}
	parts = append(parts, d.waiting(), d.remark(), d.rule())
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n\n")
}

func (d Digest) quiet() bool { return d.Summary.Now.Actions == 0 }

func (d Digest) head() string {
	p := d.Summary.Period
	days := ""
	if p.IsWeek() {
		days = "\n" + french.Days(p.First(), p.Last())
	}
	return "<b>" + d.whose() + "</b>" + days
}

// whose names the period as a member's own or a team's.
func (d Digest) whose() string {
	p := d.Summary.Period
	said := ShortName(p)
	switch {
	case d.Team != "":
		return name(d.Team) + ", " + said
	case p.IsWeek(), p.IsQuarter():
		return "Votre " + said
	case p.IsMonth():
		return "Votre mois " + french.De(said)
	case p.IsYear():
		return "Votre année " + said
	}
	return "Vos actions " + said
}

// kindly is what a period without any action is told by; not the same line every week.
func (d Digest) kindly() string {
	when := either(d.Team != "", "par l’équipe ", "") + then(d.Summary.Period, d.Current)
	if d.Current {
		return "Aucune action notée " + when + " pour l’instant. Une phrase suffit pour en noter une."
	}
	lines := []string{
		"Aucune action notée " + when + " : le temps a pu être bien rempli autrement. Une phrase suffit pour en noter une.",
		"Rien de noté " + when + " : tout ce qui compte ne se note pas. Une phrase suffira la prochaine fois.",
		"Pas d’action notée " + when + ". S’il en revient une, une phrase et son jour suffisent.",
	}
	turn := 0
	for _, c := range d.Summary.Period.Name {
		turn += int(c)
	}
	return lines[turn%len(lines)]
}

// people says how much was done and for how many.
func (d Digest) people() string {
	now := d.Summary.Now
	text := "<b>" + french.Count(now.Actions, "action", "actions") + "</b>" + d.compared()
	if now.Young == 0 {
		return text
	}
	text += "\n" + french.Count(now.Young, "jeune rencontré", "jeunes rencontrés") + d.change(now.Young, d.Summary.Before.Young)
	if now.First > 0 { // actions: one may have met several young people
		text += " ; " + french.Count(now.First, "action de premier contact", "actions de premier contact")
	}
	return text
}

// compared says the number of actions beside that of the period before, or of its first days where the period is not over.
func (d Digest) compared() string {
	then, n := before(d.Summary.Period), d.Summary.Before.Actions
	diff := d.Summary.Now.Actions - n
	switch {
	case d.Current && n == 0:
		return " pour l’instant"
	case d.Current:
		return " pour l’instant (" + french.Number(n) + " au même point " + then + ")"
	case n == 0:
		return ""
	case diff == 0:
		return ", autant que " + then
	case diff > 0:
		return ", " + french.Number(diff) + " de plus que " + then
	}
	return ", " + french.Number(-diff) + " de moins que " + then
}

// change says by how much a figure moved, "" when there is nothing to measure it against; of a period that is not over, only a rise.
func (d Digest) change(now, then int) string {
	diff := now - then
	if d.Summary.Before.Actions == 0 || diff == 0 || d.Current && diff < 0 {
		return ""
	}
	return " (" + french.Signed(diff) + ")"
}

// changes names the domain that grew most and the one that fell most.
func (d Digest) changes() string {
	if d.Summary.Before.Actions == 0 {
		return ""
	}
	var up, down string
	rise, fall := worth-1, worth-1
	for _, id := range d.domains() {
		now := d.Summary.Now.Domains[id]
		diff := now - d.Summary.Before.Domains[id]
		line := fmt.Sprintf("%s, %s (%s)", name(domainName(d.Rules, id)), french.Count(now, "action", "actions"), french.Signed(diff))
		if diff > rise {
			rise, up = diff, "En hausse : "+line
		}
		if -diff > fall && !d.Current {
			fall, down = -diff, "En baisse : "+line
		}
	}
	return lines(up, down)
}

// domains are those counted in the period or the one before, in the order of the rules.
func (d Digest) domains() []string {
	return counted(idsOf(d.Rules.Domains, func(d rules.Domain) string { return d.ID }), d.Summary.Now.Domains, d.Summary.Before.Domains)
}

// partners says who was called upon and what came of it.
func (d Digest) partners(named int) string {
	now := d.Summary.Now
	if len(now.Partners) == 0 {
		return "Aucun partenaire sollicité."
	}
	most := mostFirst(now.Partners)
	first := french.Count(len(most), "partenaire sollicité", "partenaires sollicités")
	var names []string
	for _, id := range most[:min(named, len(most))] {
		names = append(names, fmt.Sprintf("%s (%s)", name(partnerName(d.Rules, id)), french.Number(now.Partners[id])))
	}
	return lines("<b>"+first+"</b>"+listed(names, len(most)), d.new(named))
}

// new says which partners were called upon for the first time for long.
func (d Digest) new(named int) string {
	all := d.Summary.New
	if len(all) == 0 || d.Summary.Before.Actions == 0 && d.Summary.YearAgo.Actions == 0 {
		return "" // they all are, where nothing was counted before
	}
	var names []string
	for _, id := range all[:min(named, len(all))] {
		names = append(names, name(partnerName(d.Rules, id)))
	}
	whom := " pour vous"
	if d.Team != "" {
		whom = " pour l’équipe"
	}
	return french.Count(len(all), "nouveau", "nouveaux") + whom + listed(names, len(all))
}

// listed puts names after what they are, and how many more there are.
func listed(names []string, all int) string {
	if len(names) == 0 {
		return ""
	}
	if more := all - len(names); more > 0 {
		names = append(names, french.Count(more, "autre", "autres"))
	}
	return " : " + strings.Join(names, " ; ")
}

// results says what partners answered in the period, to whatever was asked of them before; where that is not known, what came of the
// period's own solicitations.
func (d Digest) results(named int) string {
	if d.Heard == nil {
		return d.outcomes()
	}
	said := slices.DeleteFunc([]string{
		d.heard(store.TakenUp, named, "prise en charge", "prises en charge"), d.heard(store.Refused, named, "refus", "refus"),
	}, func(s string) bool { return s == "" })
	if len(said) == 0 {
		return ""
	}
	return "Réponses reçues : " + french.And(said...)
}

// heard says how many answers of a kind were received, and of whom.
func (d Digest) heard(result string, named int, one, many string) string {
	by, sum := map[string]int{}, 0
	for id, results := range d.Heard {
		if n := results[result]; n > 0 {
			by[id], sum = n, sum+n
		}
	}
	if sum == 0 {
		return ""
	}
	var names []string
	for _, id := range mostFirst(by)[:min(named, len(by))] {
		names = append(names, name(partnerName(d.Rules, id)))
	}
	if more := len(by) - len(names); more > 0 && len(names) > 0 {
		names = append(names, french.Count(more, "autre", "autres"))
	}
	text := french.Count(sum, one, many)
	if len(names) > 0 {
		text += " (" + strings.Join(names, " ; ") + ")"
	}
	return text
}

// outcomes says what came of the solicitations of the period.
func (d Digest) outcomes() string {
	said := outcomes(d.Summary.Now.Results)
	if len(said) == 0 {
		return ""
	}
	return "Réponses : " + french.And(said...)
}

// outcomes says what solicitations came to, as far as it is known.
func outcomes(results map[string]int) []string {
	var said []string
	if n := results[store.TakenUp]; n > 0 {
		said = append(said, french.Count(n, "prise en charge", "prises en charge"))
	}
	if n := results[store.Refused]; n > 0 {
		said = append(said, french.Number(n)+" refus")
	}
	if n := results[store.NoFollowUp]; n > 0 {
		said = append(said, french.Number(n)+" sans suite")
	}
	return said
}

// waiting says what is not known yet and what is to be done.
func (d Digest) waiting() string {
	var said []string
	if n := d.Summary.Awaited; n > 0 {
		said = append(said, french.Count(n, "réponse attendue", "réponses attendues"))
	}
	if n := d.Due; n > 0 {
		said = append(said, "<b>"+french.Count(n, "relance à faire", "relances à faire")+" d’ici dimanche</b>"+late(n, d.Summary.Late))
	}
	return strings.Join(said, "\n")
}

func late(due, late int) string {
	switch {
	case late <= 0:
		return ""
	case late >= due:
		return ", " + french.Plural(due, "en retard", "toutes en retard")
	}
	return ", dont " + french.Number(late) + " en retard"
}

// remark is at most one thing worth knowing: a need often met for which nobody was called upon, else a partner that only refuses.
func (d Digest) remark() string {
	unmet := d.Summary.Now.Unmet
	for _, id := range mostFirst(unmet) {
		if need := d.Rules.Need(id); unmet[id] >= often && need != nil && need.Urgency == nil {
			return fmt.Sprintf("💡 « %s » : %s sans partenaire sollicité. <code>/partenaires %s</code> en propose.",
				name(need.Name), french.Count(unmet[id], "action", "actions"), french.Escape(firstWords(need.Name)))
		}
	}
	refusals := refusing(d.Lately)
	for _, id := range mostFirst(refusals) {
		if p := d.Rules.Partner(id); p != nil && !p.Closed {
			return fmt.Sprintf("💡 %s : %s refus en trois mois, sans aucune prise en charge. Un appel peut en dire la raison.",
				name(p.Name), french.Number(refusals[id]))
		}
	}
	return ""
}

// firstWords are those of a name that a command to type may hold.
func firstWords(name string) string {
	runes := []rune(name)
	if len(runes) <= maxName {
		return name
	}
	short := string(runes[:maxName])
	if at := strings.LastIndexByte(short, ' '); at > 0 {
		short = short[:at]
	}
	return strings.TrimRight(short, " (,;")
}

// refusing counts the refusals of the partners that refused often and took nobody up.
func refusing(e store.Evaluation) map[string]int {
	refused, taken := map[string]int{}, map[string]bool{}
	for _, o := range e.Outcomes {
		switch {
		case o.Need != "":
		case o.Result == store.Refused:
			refused[o.Partner] += o.Times
		case o.Result == store.TakenUp:
			taken[o.Partner] = true
		}
	}
	maps.DeleteFunc(refused, func(id string, n int) bool { return n < often || taken[id] })
	return refused
}

// rule says how what stands above was counted, as far as it matters there.
func (d Digest) rule() string {
	var said []string
	if len(d.Summary.Now.Together) > 0 {
		said = append(said, twoDomains)
	}
	if d.Summary.Now.Young > 1 {
		said = append(said, "Jeunes : somme des rencontres, pas des personnes uniques.")
	}
	if len(said) == 0 {
		return ""
	}
	return "<i>" + strings.Join(said, " ") + "</i>"
}

const twoDomains = "Une action de deux domaines compte dans chacun."

// Chart is the picture of the digest: a bar per domain, the period beside the one before.
func (d Digest) Chart() Chart {
	p, now, past := d.Summary.Period, d.Summary.Now, d.Summary.Before
	c := Chart{Title: "Actions par domaine", Subtitle: french.Upper(PeriodName(p)), Now: french.Upper(ShortName(p))}
	if d.Team != "" {
		c.Subtitle = d.Team + ", " + PeriodName(p)
	}
	if past.Actions > 0 {
		c.Before = french.Upper(ShortName(p.Before()))
	}
	if d.Current {
		c.Subtitle += ", en cours"
		if c.Before != "" {
			c.Before += " au même point"
		}
	}
	if len(now.Together) > 0 {
		c.Note = twoDomains
	}
	ids := d.domains()
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(now.Domains[b], now.Domains[a]) })
	for _, id := range ids[:min(len(ids), maxDomains)] {
		bar := Bar{Label: id, Now: now.Domains[id], Before: past.Domains[id]}
		if domain := d.Rules.Domain(id); domain != nil {
			bar.Label, bar.Color = domain.Short, domain.Color
		}
		bar.Text = french.Number(bar.Now) + d.change(bar.Now, bar.Before)
		c.Bars = append(c.Bars, bar)
	}
	if len(c.Bars) == 0 {
		c.Note = "Rien à dessiner : aucune action notée avec un besoin."
	}
	return c
}

// maxDomains is how many domains a report has.
const maxDomains = 9

// name is a name as a caption has it: cut when long, and safe.
func name(s string) string {
	if r := []rune(s); len(r) > maxName {
		s = strings.TrimSpace(string(r[:maxName-1])) + "…"
	}
	return french.Escape(s)
}

func lines(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), "\n")
}

// mostFirst are the ids counted, most first, ties by id.
func mostFirst(counts map[string]int) []string {
	ids := slices.Sorted(maps.Keys(counts))
	ids = slices.DeleteFunc(ids, func(id string) bool { return counts[id] <= 0 })
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	return ids
}
