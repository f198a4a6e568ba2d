package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"maillage/bot/french"
	"maillage/rules"
	"maillage/store"
)

// Paragraphs is the report of a period in French, plain text ready to be pasted: what was counted, beside the same period a year
// before when that has anything, and at the end how it was counted.
func (b Bilan) Paragraphs() []string {
	p := prose{Bilan: b, now: b.Summary.Now, past: b.Summary.YearAgo}
	parts := []string{p.partners(), p.domains(), p.activity(), p.publics(), p.results(), p.territories(), p.followUps(), p.unmet(), p.rules()}
	if p.now.Actions == 0 {
		parts = []string{p.nothing()}
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	for i := range parts {
		parts[i] = french.Typeset(parts[i])
	}
	return parts
}

// prose writes the paragraphs; each is "" when there is nothing to say.
type prose struct {
	Bilan
	now, past store.Figures // past is of a year before
}

const (
	maxKinds       = 5 // kinds of partner named
	maxMoved       = 3 // domains that grew, and as many that fell
	maxTerritories = 10
	maxUnmet       = 3
)

// when begins the report: « En 2026 », « En 2026, jusqu’au 22 novembre ».
func (p prose) when() string {
	period := p.Summary.Period
	when := french.Upper(during(period))
	day, err := time.Parse(time.DateOnly, p.Until)
	if err != nil { // the period is over
		return when
	}
	until := french.DayOfMonth(day)
	if period.First().Year() != period.Last().Year() {
		until += " " + strconv.Itoa(day.Year())
	}
	return when + ", jusqu’au " + until
}

func (p prose) compares() bool { return p.past.Actions > 0 }

// ago says when the shares of a year before were counted.
func (p prose) ago() string {
	switch period := p.Summary.Period; {
	case period.IsMonth(), period.IsQuarter(), period.IsYear():
		return during(period.YearAgo())
	}
	return "l’année d’avant"
}

// beside is a count of a year before, in parentheses: « (131 en 2025) », « (autant en 2025) », « (aucun non plus en 2025) ».
func (p prose) beside(now, past int, none string) string {
	text := french.Number(past)
	switch {
	case past == 0 && now == 0:
		text = none + " non plus"
	case past == 0:
		text = none
	case past == now:
		text = "autant"
	}
	return p.parentheses(text)
}

// parentheses says what goes with a count: what it was a year before, on the same days where the period is not over.
func (p prose) parentheses(past string) string {
	if !p.compares() {
		return ""
	}
	return " (" + past + " " + p.ago() + p.sameDays() + ")"
}

func (p prose) sameDays() string {
	if p.Until == "" {
		return ""
	}
	return ", mêmes dates"
}

func (p prose) nothing() string {
	return p.when() + ", aucune action n’a été notée" + p.beside(0, p.past.Actions, "aucune") + "."
}

func (p prose) partners() string {
	n, past := len(p.now.Partners), len(p.past.Partners)
	if n == 0 {
		return p.when() + ", aucun partenaire n’a été sollicité" + p.beside(n, past, "aucun") + "."
	}
	first := fmt.Sprintf("%s, %s %s%s, pour %s.", p.when(), french.Count(n, "partenaire", "partenaires"),
		french.Plural(n, "a été sollicité", "ont été sollicités"), p.beside(n, past, "aucun"),
		french.Count(p.now.Solicitations(), "sollicitation", "sollicitations"))
	return sentences(first, p.kinds(), p.newcomers())
}

// kinds names those most called upon.
func (p prose) kinds() string {
	most, all := mostFirst(p.now.Kinds), p.now.Solicitations()
	if len(most) < 2 {
		return ""
	}
	var said []string
	for i, id := range most[:min(maxKinds, len(most))] {
		n := p.now.Kinds[id]
		count := french.Number(n)
		if i == 0 {
			count = french.Count(n, "sollicitation", "sollicitations")
		}
		said = append(said, fmt.Sprintf("« %s » (%s, %s)", kindName(p.Rules, id), count, share(n, all)))
	}
	if p.now.Kinds[most[0]] == p.now.Kinds[most[1]] {
		return "Les types de partenaire les plus sollicités sont " + french.And(said...) + "."
	}
	return "Le type de partenaire le plus sollicité est " + said[0] + ", devant " + french.And(said[1:]...) + "."
}

// newcomers says how many partners were new, where there is something to be new against.
func (p prose) newcomers() string {
	n, all := len(p.Summary.New), len(p.now.Partners)
	since := fmt.Sprintf("depuis le début de %d.", p.Summary.Period.First().Year()-1)
	switch {
	case n == 0 || !p.compares() && p.Summary.Before.Actions == 0:
		return ""
	case n == 1 && all == 1:
		return "Il n’avait pas été sollicité " + since
	case n == all:
		return "Aucun de ces partenaires n’avait été sollicité " + since
	case n == 1:
		return "Parmi ces partenaires, un n’avait pas été sollicité " + since
	}
	return "Parmi ces partenaires, " + french.Number(n) + " n’avaient pas été sollicités " + since
}

// subject is a domain in a sentence, with its article.
func (p prose) subject(id string) string {
	if d := p.Rules.Domain(id); d != nil && d.Subject != "" {
		return d.Subject
	}
	return "le domaine « " + domainName(p.Rules, id) + " »"
}

// agree is the form of a verb after a subject.
func agree(subject, one, many string) string { return either(french.IsPlural(subject), many, one) }

func (p prose) domains() string {
	ids := counted(idsOf(p.Rules.Domains, func(d rules.Domain) string { return d.ID }), p.now.Domains, p.past.Domains)
	ranked := slices.Clone(ids)
	slices.SortStableFunc(ranked, func(a, b string) int { return cmp.Compare(p.now.Domains[b], p.now.Domains[a]) })
	ranked = slices.DeleteFunc(ranked, func(id string) bool { return p.now.Domains[id] == 0 })
	if len(ranked) == 0 {
		return ""
	}
	first := 1 // how many share the first place
	for first < len(ranked) && p.now.Domains[ranked[first]] == p.now.Domains[ranked[0]] {
		first++
	}
	return sentences(p.first(ranked[:first]), p.others(ranked[first:]), p.justiceAndHealth(), p.moved(ids))
}

// first says which domain comes first, or which do together.
func (p prose) first(ids []string) string {
	part := share(p.now.Domains[ids[0]], p.now.Actions) + " des actions"
	if len(ids) > 1 {
		var names []string
		for _, id := range ids {
			names = append(names, p.subject(id))
		}
		return "Arrivent en tête à égalité, avec " + part + " pour chaque domaine : " + strings.Join(names, " ; ") + "."
	}
	subject, most := p.subject(ids[0]), mostFirst(p.past.Domains)
	verb := agree(subject, "devient", "deviennent")
	switch {
	case len(most) == 0:
		verb = agree(subject, "est", "sont")
	case p.past.Domains[ids[0]] == p.past.Domains[most[0]]:
		verb = agree(subject, "reste", "restent")
	}
	return french.Upper(subject) + " " + verb + " le premier domaine (" + part + ")."
}

func (p prose) others(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	var said []string
	for _, id := range ids {
		said = append(said, p.subject(id)+" ("+share(p.now.Domains[id], p.now.Actions)+")")
	}
	verb := "Viennent"
	if len(ids) == 1 {
		verb = agree(p.subject(ids[0]), "Vient", "Viennent")
	}
	return verb + " ensuite " + french.And(said...) + "."
}

// justiceAndHealth says the share of the two domains that those who pay for the work ask for together, of distinct actions.
func (p prose) justiceAndHealth() string {
	if p.Rules.Domain("justice") == nil || p.Rules.Domain("sante") == nil {
		return ""
	}
	justice, health := p.subject("justice"), p.subject("sante")
	subject := french.Upper(justice + either(strings.Contains(justice+health, " et "), " ainsi que ", " et ") + health)
	n, past := p.now.InDomains("justice", "sante"), p.past.InDomains("justice", "sante")
	if n == 0 {
		return subject + " ne figurent dans aucune action."
	}
	compared := ""
	switch {
	case !p.compares():
	case share(n, p.now.Actions) == share(past, p.past.Actions):
		compared = ", comme " + p.ago()
	default:
		compared = ", contre " + share(past, p.past.Actions) + " " + p.ago()
	}
	return subject + " représentent ensemble " + share(n, p.now.Actions) + " des actions" + compared + "."
}

// moved names the domains whose share moved most in a year. The points are the difference of the shares as they are printed.
func (p prose) moved(ids []string) string {
	if !p.compares() {
		return ""
	}
	points := map[string]int{}
	for _, id := range ids {
		points[id] = french.Percent(p.now.Domains[id], p.now.Actions) - french.Percent(p.past.Domains[id], p.past.Actions)
	}
	up, down := slices.Clone(ids), slices.Clone(ids)
	slices.SortStableFunc(up, func(a, b string) int { return cmp.Compare(points[b], points[a]) })
	slices.SortStableFunc(down, func(a, b string) int { return cmp.Compare(points[a], points[b]) })
	up = slices.DeleteFunc(up, func(id string) bool { return points[id] <= 0 })
	down = slices.DeleteFunc(down, func(id string) bool { return points[id] >= 0 })
	if len(up)+len(down) == 0 {
		return "La part de chaque domaine reste stable : la même " + p.ago() + ", au point près."
	}
	return sentences(p.by(points, up, "progresse", "progressent"), p.by(points, down, "recule", "reculent"))
}

// by is one sentence for the domains that moved the same way.
func (p prose) by(points map[string]int, ids []string, one, many string) string {
	var said []string
	when := " " + p.ago()
	for _, id := range ids[:min(maxMoved, len(ids))] {
		subject := p.subject(id)
		said = append(said, fmt.Sprintf("%s %s %s (%s, contre %s%s)", subject, agree(subject, one, many), french.De(french.Points(points[id])),
			share(p.now.Domains[id], p.now.Actions), share(p.past.Domains[id], p.past.Actions), when))
		when = "" // said once
	}
	if len(said) == 0 {
		return ""
	}
	return french.Upper(strings.Join(said, " ; ")) + "."
}

func (p prose) activity() string {
	n := p.now.Actions
	actions := fmt.Sprintf("Au total, %s %s%s.", french.Count(n, "action distincte", "actions distinctes"),
		french.Plural(n, "a été notée", "ont été notées"), p.beside(n, p.past.Actions, "aucune"))
	return sentences(actions, p.young(), p.firstContacts(), p.types())
}

func (p prose) young() string {
	n, past := p.now.Young, p.past.Young
	beside := p.beside(n, past, "aucun")
	if isMask(told(past)) {
		beside = p.parentheses(few(past))
	}
	if n == 0 {
		return "Aucun jeune rencontré n’y est compté" + beside + "."
	}
	return french.Upper(few(n)) + " jeunes ont été rencontrés" + beside + " : c’est la somme des rencontres, pas des personnes uniques."
}

// few is a number, or that it is under 5.
func few(n int) string {
	if isMask(told(n)) {
		return string(Few)
	}
	return french.Number(n)
}

func (p prose) firstContacts() string {
	if p.now.First == 0 {
		return ""
	}
	return french.Upper(few(p.now.First)) + " actions étaient un premier contact."
}

func (p prose) types() string {
	var said []string
	for _, id := range mostFirst(p.now.Types) {
		n := p.now.Types[id]
		said = append(said, fmt.Sprintf("%s, %s (%s)", french.Lower(typeName(p.Rules, id)), french.Number(n), share(n, p.now.Actions)))
	}
	if len(said) == 0 {
		return ""
	}
	return "Par type d’action : " + strings.Join(said, " ; ") + "."
}

// publics breaks the young people down by age and by gender.
func (p prose) publics() string {
	bands := p.breakdown(bandIDs(), p.now.Bands, bandNamed)
	genders := p.breakdown(firsts(genders), p.now.Genders, func(id string) string { return cmp.Or(named(genders, id), "Non noté") })
	if bands == "" && genders == "" {
		return ""
	}
	if bands != "" {
		bands = "Par tranche d’âge, les jeunes rencontrés se répartissent ainsi : " + bands + "."
	}
	if genders != "" {
		genders = either(bands == "", "Par genre, les jeunes rencontrés se répartissent ainsi : ", "Par genre : ") + genders + "."
	}
	return sentences(bands, genders)
}

// breakdown leaves out what is not told; what the counts lack of all the young people met is taken for not known.
func (p prose) breakdown(order []string, counts map[string]int, name func(string) string) string {
	counts = withRest(counts, p.now.Young)
	ids := counted(order, counts)
	var said []string
	numbers := 0
	for i, cell := range masked(values(ids, counts), whole(len(ids))) {
		label := french.Lower(name(ids[i]))
		switch {
		case cell == Few:
			said = append(said, label+", "+string(Few))
		case cell != Untold && cell != 0:
			numbers++
			said = append(said, fmt.Sprintf("%s, %s (%s)", label, french.Number(counts[ids[i]]), share(counts[ids[i]], p.now.Young)))
		}
	}
	if numbers == 0 {
		return ""
	}
	return strings.Join(said, " ; ")
}

func (p prose) results() string {
	taken, answered := p.now.TakenUp()
	answers := ""
	if answered > 0 {
		answers = fmt.Sprintf("Sur %s, on compte %s : le taux de prise en charge est de %s%s.", french.Count(answered, "issue connue", "issues connues"),
			french.And(outcomes(p.now.Results)...), share(taken, answered), p.rateAgo(taken, answered))
	}
	awaited := ""
	if n := p.now.Results[store.Awaited]; n > 0 {
		awaited = french.Count(n, "réponse reste attendue", "réponses restent attendues") + "."
	}
	return sentences(answers, p.delay(), awaited)
}

func (p prose) rateAgo(taken, answered int) string {
	pastTaken, past := p.past.TakenUp()
	switch {
	case past == 0:
		return ""
	case share(pastTaken, past) == share(taken, answered):
		return " (comme " + p.ago() + ")"
	}
	return " (" + share(pastTaken, past) + " " + p.ago() + ")"
}

// delay is the mean time an answer took, where it is known.
func (p prose) delay() string {
	var sum store.Wait
	for _, w := range p.Evaluation.Waits {
		sum = store.Wait{Days: sum.Days + w.Days, Answers: sum.Answers + w.Answers}
	}
	if sum.Answers == 0 {
		return ""
	}
	return "Le délai moyen de réponse est " + french.De(meanWait(sum)) + " (connu pour " + french.Count(sum.Answers, "réponse", "réponses") + ")."
}

// meanWait is how long an answer took: « moins d’un jour », « un jour », « 9 jours ».
func meanWait(w store.Wait) string {
	switch days := (2*w.Days + w.Answers) / (2 * w.Answers); days {
	case 0:
		return "moins d’un jour"
	case 1:
		return "un jour"
	default:
		return french.Number(days) + " jours"
	}
}

func (p prose) territories() string {
	places := p.places()
	counts, names := map[string]int{}, map[string]string{}
	for i, cell := range actionsIn(places, nowOf) {
		id := places[i].id
		counts[id], names[id] = printed(cell), p.placeNamed(places[i])
	}
	var said []string
	for _, id := range mostFirst(counts) {
		if id != unsaid {
			said = append(said, fmt.Sprintf("%s, %s (%s)", names[id], french.Number(counts[id]), share(counts[id], p.now.Actions)))
		}
	}
	if len(said) == 0 {
		return ""
	}
	more := ""
	if len(said) > maxTerritories {
		more, said = " ; et d’autres quartiers", said[:maxTerritories]
	}
	return "Actions par quartier : " + strings.Join(said, " ; ") + more + "."
}

// followUps says what became of those of the period; those still to be done are the team's own business.
func (p prose) followUps() string {
	var said []string
	if n := p.now.Done; n > 0 {
		said = append(said, french.Count(n, "relance a été faite", "relances ont été faites"))
	}
	if n := p.now.Dropped; n > 0 {
		said = append(said, french.Count(n, "relance a été close sans suite", "relances ont été closes sans suite"))
	}
	if len(said) == 0 {
		return ""
	}
	return french.Upper(french.And(said...)) + "."
}

// unmet names the needs for which nobody was called upon most often. Those of danger are left out: a count is all they leave.
func (p prose) unmet() string {
	var said []string
	named := p.namedNeeds()
	for _, id := range mostFirst(p.now.Unmet) {
		n := p.now.Unmet[id]
		if need := p.Rules.Need(id); n >= fewest && named[id] && len(said) < maxUnmet && (need == nil || need.Urgency == nil) {
			said = append(said, fmt.Sprintf("« %s » (%s)", needName(p.Rules, id), french.Count(n, "action", "actions")))
		}
	}
	if len(said) == 0 {
		return ""
	}
	met := french.Plural(len(said), "Un besoin est revenu", "Des besoins sont revenus")
	return met + " sans qu’aucun partenaire soit sollicité : " + french.And(said...) + "."
}

func (p prose) rules() string {
	said := []string{
		"Règles de comptage : une action qui relève de deux domaines compte une fois dans chacun, si bien que les parts peuvent dépasser " +
			"100 % en tout ; les actions distinctes sont données à côté.",
		"Les jeunes rencontrés sont une somme de rencontres, pas des personnes uniques.",
		"Ce qui concerne moins de 5 jeunes n’est pas détaillé.",
	}
	if p.compares() {
		said = append(said, "Les écarts en points sont les différences des parts arrondies, telles qu’elles sont écrites.")
	}
	if p.Alone {
		year := p.Summary.Period.First().Year() - 1
		said = append(said, fmt.Sprintf("L’année %d n’est pas comparée : aucune action n’y est notée avant avril.", year))
	}
	if p.Whose != "" {
		said = append(said, "Périmètre : "+p.Whose+".")
	}
	return sentences(said...)
}

// share is a share in whole percents; of what was counted and rounds to none, that it is less than one.
func share(part, whole int) string {
	if part > 0 && french.Percent(part, whole) == 0 {
		return "moins de 1 %"
	}
	return french.Share(part, whole)
}

// sentences joins those that say something.
func sentences(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " ")
}
