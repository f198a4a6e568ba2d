package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"maillage/bot/french"
	"maillage/rules"
	"maillage/store"
)

// step is one question about an action. The order of the table is the order of the questions.
//
// The buttons of a question are its accepted answers: options is pure and is called again on the answer, which must be one of
// them. So a button that the question no longer shows changes nothing.
type step struct {
	name    string                                       // kept in drafts and sent buttons: renaming one orphans them
	title   string                                       // how the list of corrections calls it
	ask     func(*view, *Draft) string                   // the question
	options func(*view, *Draft) [][]option               // its answers
	quick   func(*view, *Draft) [][]option               // the few answers that one tap corrects, without opening the question
	choose  func(*view, *Draft, string)                  // takes the value of one option, or of a quick one
	typed   func(*view, *Draft, string) (refusal string) // takes free text; nil: only the labels of the options
	asked   func(*view, *Draft) bool                     // whether a new action asks it; nil: only corrections do
	offered func(*view, *Draft) bool                     // whether a correction makes sense; nil: always
	many    bool                                         // several answers, then Suivant
	each    bool                                         // an answer for each partner
	boxes   bool                                         // the answers stand beside boxes to tick
	needs   bool                                         // free text may add needs, dangers too
	pass    func(*Draft)                                 // what Passer leaves; nil: the question needs an answer
}

// option is one answer: a button, and whether it is chosen now.
type option struct {
	label string
	value string
	on    bool
}

// The places of a draft that are no question.
const (
	cardStep = "carte"
	fixStep  = "corriger"
)

// steps is THE TABLE OF QUESTIONS.
var steps = []step{
	{
		name: "type", title: "Type d’action",
		ask:     func(*view, *Draft) string { return "Quel type d’action ?" },
		options: typeOptions,
		choose: func(_ *view, d *Draft, value string) {
			was := d.Action.Type
			d.Action.Type = value
			switch {
			case value == partnership && !d.Reached:
				d.Action.Count = 0
			case was == partnership && d.Action.Count == 0:
				d.Action.Count = 1
			}
		},
		asked: func(_ *view, d *Draft) bool { return d.Action.Type == "" },
	},
	{
		name: "public", title: "Public",
		ask: func(*view, *Draft) string {
			return "Qui avez-vous rencontré ?\nTranche d’âge, genre, nombre. Vous pouvez aussi écrire « 3 filles de 16 ans »."
		},
		options: publicOptions,
		quick:   quickPublic,
		choose:  choosePublic,
		typed:   typePublic,
		needs:   true,
		asked:   func(_ *view, d *Draft) bool { return !d.Read },
		offered: detailed,
		many:    true,
		pass:    func(*Draft) {},
	},
	{
		name: "besoins", title: "Besoins",
		ask:     askNeeds,
		options: needOptions,
		quick:   likelyDomains,
		choose:  chooseNeed,
		typed:   typeNeeds,
		needs:   true,
		asked:   needAsked,
		many:    true,
		boxes:   true,
		pass:    func(d *Draft) { d.Action.Needs = []string{} },
	},
	{
		name: "quartier", title: "Quartier",
		ask:     func(*view, *Draft) string { return "Dans quel quartier ?" },
		options: territoryOptions,
		quick:   quickTerritories,
		choose:  func(_ *view, d *Draft, value string) { d.Action.Territory, d.Assumed = value, false },
		typed:   typeTerritory,
		asked:   func(v *view, d *Draft) bool { return d.Action.Territory == "" && detailed(v, d) },
		offered: detailed,
		pass:    func(d *Draft) { d.Action.Territory = "" },
	},
	{
		name: "partenaires", title: "Partenaires",
		ask: func(*view, *Draft) string {
			return "Quels partenaires avez-vous sollicités ?\nUn autre ? Écrivez son nom, même en partie."
		},
		options: partnerOptions,
		choose:  func(v *view, d *Draft, value string) { v.togglePartner(d, value) },
		typed:   typePartner,
		many:    true,
		boxes:   true,
		pass:    func(d *Draft) { d.Action.Partners = nil },
	},
	{
		name: "sollicitation", title: "Sollicitation",
		ask:     askEach("Comment l’avez-vous sollicité ?", "Comment les avez-vous sollicités ?"),
		options: func(v *view, d *Draft) [][]option { return eachPartner(v, d, hows, d.How, howOf) },
		choose:  func(_ *view, d *Draft, value string) { d.How = chooseEach(d, hows, value, howOf) },
		offered: hasPartner,
		each:    true,
	},
	{
		name: "resultat", title: "Résultat",
		ask:     askEach("Quel est le résultat ?", "Quels sont les résultats ?"),
		options: func(v *view, d *Draft) [][]option { return eachPartner(v, d, results, d.Result, resultOf) },
		choose:  func(_ *view, d *Draft, value string) { d.Result = chooseEach(d, results, value, resultOf) },
		offered: hasPartner,
		each:    true,
	},
	{
		name: "relance", title: "Relance",
		ask: func(*view, *Draft) string {
			return "Quand y revenir ?\nVous pouvez écrire « mardi », « dans 10 jours » ou « 12/03 »."
		},
		options: followUpOptions,
		choose:  chooseFollowUp,
		typed:   typeFollowUp,
		offered: detailed,
		pass:    func(d *Draft) { d.Action.FollowUp = "" },
	},
	{
		name: "jour", title: "Jour",
		ask:     func(*view, *Draft) string { return "Quel jour ?\nUn autre jour ? Écrivez « mardi » ou « 12/03 »." },
		options: dayOptions,
		quick:   dayOptions,
		choose:  func(_ *view, d *Draft, value string) { d.Action.Day = value },
		typed:   typeDay,
	},
}

// stepNamed returns a question by name, nil when the table has none: a draft of an older version, or a forged button.
func stepNamed(name string) *step {
	if i := slices.IndexFunc(steps, func(s step) bool { return s.name == name }); i >= 0 {
		return &steps[i]
	}
	return nil
}

// stays tells whether the question stays open after an answer, until Suivant.
func (s *step) stays(d *Draft) bool { return s.many || s.each && len(d.Action.Partners) > 1 }

// offeredNow tells whether the list of corrections has the question.
func (s *step) offeredNow(v *view, d *Draft) bool { return s.offered == nil || s.offered(v, d) }

// passable tells whether Passer stands under the question: not where it would untick what was ticked.
func (s *step) passable(v *view, d *Draft) bool {
	if s.pass == nil || !s.boxes {
		return s.pass != nil
	}
	return !slices.ContainsFunc(slices.Concat(s.options(v, d)...), func(o option) bool { return o.on })
}

// goTo opens a question or the card.
func (v *view) goTo(d *Draft, name string) {
	d.Step, d.Domain, d.Found = name, "", nil
	if name == cardStep {
		d.Reached = true
	}
}

// answered goes on after an answer: back to the card when it was reached before, else to the next open question.
func (v *view) answered(d *Draft) {
	if d.Reached {
		v.goTo(d, cardStep)
		return
	}
	v.goTo(d, v.openAfter(d, d.Step))
}

// openAfter returns the next question to ask after the one named, or the card. After "" comes the first.
func (v *view) openAfter(d *Draft, name string) string {
	start := slices.IndexFunc(steps, func(s step) bool { return s.name == name }) + 1
	for _, s := range steps[start:] {
		if s.asked != nil && s.asked(v, d) {
			return s.name
		}
	}
	return cardStep
}

// openBefore returns the question asked before the one named, "" when it was the first.
func openBefore(name string) string {
	end := slices.IndexFunc(steps, func(s step) bool { return s.name == name })
	for i := end - 1; i >= 0; i-- {
		if steps[i].asked != nil {
			return steps[i].name
		}
	}
	return ""
}

func typeOptions(v *view, d *Draft) [][]option {
	var all []option
	for _, t := range v.ActionTypes {
		all = append(all, option{t.Name, t.ID, t.ID == d.Action.Type})
	}
	return inRows(1, all)
}

var genders = []named{
	{"fille", "fille", "Fille"}, {"garcon", "garçon", "Garçon"}, {"mixte", "mixte", "Mixte"},
	{"autre", "autre genre", "Autre"}, {"non-precise", "", "Non précisé"},
}

var hows = []named{
	{"orientation", "orientation", "Orientation"},
	{"accompagnement", "accompagnement physique", "Accompagnement physique"},
	{"contact", "contact", "Contact"},
	{"reunion", "réunion", "Réunion"},
}

var results = []named{
	{"attente", "résultat en attente", "En attente"},
	{"pris-en-charge", "pris en charge", "Pris en charge"},
	{"refus", "refus", "Refus"},
	{"sans-suite", "sans suite", "Sans suite"},
}

// named is an entry of a fixed list: its id in records, and in French inside a sentence and on a button.
type named struct{ id, text, label string }

// nameOf returns how a fixed list says an id inside a sentence.
func nameOf(list []named, id string) string {
	for _, n := range list {
		if n.id == id {
			return n.text
		}
	}
	return id
}

func howOf(s *store.Solicitation) *string    { return &s.How }
func resultOf(s *store.Solicitation) *string { return &s.Result }

// askEach asks about the one partner, or about each of several.
func askEach(one, many string) func(*view, *Draft) string {
	return func(_ *view, d *Draft) string {
		if len(d.Action.Partners) > 1 {
			return many + "\nChaque touche passe au suivant de la liste."
		}
		return one
	}
}

// eachPartner lists the values of a fixed list for the one partner; of several partners, each with its value.
func eachPartner(v *view, d *Draft, list []named, chosen string, of func(*store.Solicitation) *string) [][]option {
	var all []option
	if len(d.Action.Partners) > 1 {
		for i := range d.Action.Partners {
			s := &d.Action.Partners[i]
			all = append(all, option{v.partnerName(s.Partner) + " : " + or(nameOf(list, *of(s)), "aucun"), s.Partner, false})
		}
		return inRows(1, all)
	}
	for i := range d.Action.Partners {
		chosen = *of(&d.Action.Partners[i])
	}
	for _, n := range list {
		all = append(all, option{n.label, n.id, n.id == chosen})
	}
	return inRows(2, all)
}

// chooseEach gives the one partner a value; of several, it moves the one named on to the next value. It returns what a partner
// added later starts from.
func chooseEach(d *Draft, list []named, value string, of func(*store.Solicitation) *string) string {
	if i := d.partner(value); i >= 0 && len(d.Action.Partners) > 1 {
		now := of(&d.Action.Partners[i])
		at := slices.IndexFunc(list, func(n named) bool { return n.id == *now })
		*now = list[(at+1)%len(list)].id
		return *now
	}
	for i := range d.Action.Partners {
		*of(&d.Action.Partners[i]) = value
	}
	return value
}

// publicCounts are the numbers of young people one tap gives; any other is typed.
var publicCounts = []int{0, 1, 2, 3, 5, 10}

// maxCount bounds a typed number of young people: more is a slip of the thumb.
const maxCount = 500

func publicOptions(_ *view, d *Draft) [][]option {
	var ages, who, counts []option
	for _, b := range rules.Bands {
		ages = append(ages, option{b.Name, "age/" + b.ID, b.ID == d.Action.Band})
	}
	for _, g := range genders {
		who = append(who, option{g.label, "genre/" + g.id, g.id == d.Action.Gender})
	}
	for _, n := range publicCounts {
		counts = append(counts, option{strconv.Itoa(n), "nombre/" + strconv.Itoa(n), n == d.Action.Count})
	}
	if !slices.Contains(publicCounts, d.Action.Count) {
		counts = append(counts, option{strconv.Itoa(d.Action.Count), "nombre/" + strconv.Itoa(d.Action.Count), true})
	}
	rows := inRows(2, ages)
	rows = append(rows, inRows(3, who)...)
	rows = append(rows, counts)
	return append(rows, []option{{"Premier contact", "premier", d.Action.First}})
}

// quickBands are the ages that most young people met are of.
var quickBands = []string{"11-14", "15-17", "18-21", "22-25"}

// quickPublic is what is most often wrong of a public, a row for each.
func quickPublic(v *view, d *Draft) [][]option {
	var ages, who, counts []option
	for _, row := range publicOptions(v, d) {
		for _, o := range row {
			switch what, id, _ := strings.Cut(o.value, "/"); what {
			case "age":
				if slices.Contains(quickBands, id) {
					o.label = id
					ages = append(ages, o)
				}
			case "genre":
				who = append(who, o)
			case "nombre":
				o.label = "× " + id
				counts = append(counts, o)
			}
		}
	}
	if v.countOnly(d) {
		return [][]option{counts}
	}
	return [][]option{ages, who[:3], counts}
}

func choosePublic(_ *view, d *Draft, value string) {
	what, id, _ := strings.Cut(value, "/")
	switch what {
	case "age":
		d.Action.Band, d.Age = id, 0
	case "genre":
		d.Action.Gender = id
	case "nombre":
		d.Action.Count, _ = strconv.Atoi(id)
	case "premier":
		d.Action.First = !d.Action.First
	}
}

func typePublic(v *view, d *Draft, text string) string {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		if n < 0 || n > maxCount {
			return fmt.Sprintf("Le nombre de jeunes va de 0 à %d. Pour un âge, écrivez « 17 ans ».", maxCount)
		}
		d.Action.Count = n
		return ""
	}
	r := v.Read(text)
	if r.Age == 0 && r.Band == "" && r.Gender == "" && r.Count == 0 {
		return "Je n’ai pas reconnu d’âge, de genre ni de nombre. Touchez les boutons ou écrivez « 3 filles de 16 ans »."
	}
	if r.Age > 0 || r.Band != "" {
		d.Age, d.Action.Band = r.Age, or(r.Band, rules.BandOf(r.Age))
	}
	d.Action.Gender = or(r.Gender, d.Action.Gender)
	if r.Count > 0 {
		d.Action.Count = min(r.Count, maxCount)
	}
	addNeeds(d, r.Needs) // whoever tells more than was asked is not asked again
	if r.Territory != "" {
		d.Action.Territory, d.Assumed = r.Territory, false
	}
	return ""
}

// needAsked tells whether an action without a need asks for one: not street work nor a meeting told in a sentence that hints at
// none.
func needAsked(_ *view, d *Draft) bool {
	needless := d.Read && (d.Action.Type == streetWork || d.Action.Type == partnership) && len(d.Likely) == 0
	return len(d.Action.Needs) == 0 && !needless
}

func askNeeds(v *view, d *Draft) string {
	if dom := v.Domain(d.Domain); dom != nil {
		return "<b>" + french.Escape(dom.Name) + "</b>\nQuels besoins ?"
	}
	return "Quels besoins ?\nChoisissez un domaine, ou écrivez le besoin avec vos mots."
}

// needsShown is how many needs stand above the domains: those used last, then the commonest.
const needsShown = 6

// commonNeeds returns the first common need of each domain: what a newcomer finds without opening one.
func (v *view) commonNeeds() []string {
	var ids []string
	for _, dom := range v.Domains {
		i := slices.IndexFunc(v.Needs, func(n rules.Need) bool { return n.Common && n.Urgency == nil && n.Domain == dom.ID })
		if i >= 0 {
			ids = append(ids, v.Needs[i].ID)
		}
	}
	return ids
}

// needOptions lists the needs of the domain opened, or the needs at hand and the domains.
func needOptions(v *view, d *Draft) [][]option {
	var needs []option
	add := func(id string) {
		n := v.Need(id)
		if n != nil && !slices.ContainsFunc(needs, func(o option) bool { return o.value == n.ID }) {
			needs = append(needs, option{n.Name, n.ID, slices.Contains(d.Action.Needs, n.ID)})
		}
	}
	for _, id := range d.Action.Needs {
		if add(id); v.Need(id) == nil { // of an older version of the rules: it can still be taken away
			needs = append(needs, option{id, id, true})
		}
	}
	if v.Domain(d.Domain) != nil {
		for _, n := range v.Needs {
			if n.Domain == d.Domain {
				add(n.ID)
			}
		}
		return append(inRows(1, needs), []option{{"‹ Tous les domaines", "/", false}})
	}
	for _, id := range slices.Concat(d.Likely, v.conv.Recent, v.commonNeeds()) {
		if len(needs) < needsShown {
			add(id)
		}
	}
	var domains []option
	for _, dom := range v.Domains {
		domains = append(domains, option{dom.Sign + " " + dom.Short, "/" + dom.ID, false})
	}
	return append(inRows(1, needs), inRows(2, domains)...)
}

// likelyDomains offers what else the sentence may be about in place of what was read, and each of several domains to be taken
// off: on the card when the reading was unsure, among the corrections always.
func likelyDomains(v *view, d *Draft) [][]option {
	var on []string
	for _, id := range d.Action.Needs {
		if n := v.Need(id); n != nil && !slices.Contains(on, n.Domain) {
			on = append(on, n.Domain)
		}
	}
	var all []option
	for _, id := range d.Likely {
		n := v.Need(id)
		if n == nil {
			continue
		}
		dom := v.Domain(n.Domain)
		switch {
		case !slices.Contains(on, n.Domain) && slices.Contains(d.Understood, id) && len(on) > 0:
			all = append(all, option{"Aussi " + dom.Sign + " " + dom.Short, "+" + id, false})
		case !slices.Contains(on, n.Domain):
			all = append(all, option{"Plutôt " + dom.Sign + " " + dom.Short, "=" + id, false})
		case len(on) > 1:
			all = append(all, option{"Sans " + dom.Sign + " " + dom.Short, "-" + n.Domain, false})
		}
	}
	return inRows(2, all)
}

func chooseNeed(v *view, d *Draft, value string) {
	if domain, ok := strings.CutPrefix(value, "/"); ok {
		d.Domain = domain
		return
	}
	if id, ok := strings.CutPrefix(value, "="); ok {
		d.Action.Needs = []string{id}
		return
	}
	if id, ok := strings.CutPrefix(value, "+"); ok {
		d.Action.Needs = append(d.Action.Needs, id)
		return
	}
	if domain, ok := strings.CutPrefix(value, "-"); ok {
		d.Action.Needs = slices.DeleteFunc(d.Action.Needs, func(id string) bool { n := v.Need(id); return n != nil && n.Domain == domain })
		return
	}
	if i := slices.Index(d.Action.Needs, value); i >= 0 {
		d.Action.Needs = slices.Delete(d.Action.Needs, i, i+1)
		return
	}
	if len(d.Action.Needs) < maxChosen {
		d.Action.Needs = append(d.Action.Needs, value)
	}
}

func typeNeeds(v *view, d *Draft, text string) string {
	found := v.Read(text).Needs
	if len(found) == 0 {
		return "Je n’ai pas reconnu de besoin dans ces mots. Choisissez un domaine, ou dites-le autrement."
	}
	addNeeds(d, found)
	return ""
}

// addNeeds adds needs that were read to those chosen.
func addNeeds(d *Draft, found []rules.NeedFound) {
	for _, n := range found {
		if !slices.Contains(d.Action.Needs, n.ID) && len(d.Action.Needs) < maxChosen {
			d.Action.Needs = append(d.Action.Needs, n.ID)
		}
	}
}

// territoryOptions puts the last one used first, then the team's own, then the others.
func territoryOptions(v *view, d *Draft) [][]option {
	ids := append([]string{v.conv.Territory}, v.team.Territories...)
	for _, t := range v.Territories {
		ids = append(ids, t.ID)
	}
	var all []option
	for _, id := range ids {
		t := v.Rules.Territory(id)
		if t != nil && !slices.ContainsFunc(all, func(o option) bool { return o.value == t.ID }) {
			all = append(all, option{t.Name, t.ID, t.ID == d.Action.Territory})
		}
	}
	return inRows(2, all)
}

// quickTerritories are those of the team, as long as they are few.
func quickTerritories(v *view, d *Draft) [][]option {
	const few = 4
	var all []option
	if v.countOnly(d) {
		return nil
	}
	for _, row := range territoryOptions(v, d) {
		for _, o := range row {
			if slices.Contains(v.team.Territories, o.value) && len(all) < few {
				all = append(all, o)
			}
		}
	}
	return inRows(2, all)
}

func typeTerritory(v *view, d *Draft, text string) string {
	if id := v.Read(text).Territory; id != "" {
		d.Action.Territory, d.Assumed = id, false
		return ""
	}
	return "Je ne connais pas ce quartier. Choisissez-le parmi les boutons."
}

func hasPartner(_ *view, d *Draft) bool { return len(d.Action.Partners) > 0 }

// detailed tells whether an action may keep who and where: one of danger keeps a count.
func detailed(v *view, d *Draft) bool { return !v.countOnly(d) }

// How many partners are shown at once: on the card, where more would push what was understood off a phone's screen, and when
// partners are what is asked.
const (
	onCard      = 3
	maxPartners = 6
)

func partnersShown(d *Draft) int {
	if d.Step == cardStep {
		return onCard
	}
	return maxPartners
}

// partnerOptions lists the partners chosen, those of the last search, then the suggestions.
func partnerOptions(v *view, d *Draft) [][]option {
	var all []option
	columns, name := 1, func(p *rules.Partner) string { return p.Name }
	if v.countOnly(d) && len(d.Found) == 0 { // the steps take the screen
		columns, name = 3, initials
	}
	add := func(id string) {
		p := v.Partner(id)
		if p != nil && !slices.ContainsFunc(all, func(o option) bool { return o.value == p.ID }) {
			all = append(all, option{name(p), p.ID, d.partner(p.ID) >= 0})
		}
	}
	for _, s := range d.Action.Partners {
		if add(s.Partner); v.Partner(s.Partner) == nil { // gone from the directory: it can still be taken away
			all = append(all, option{s.Partner, s.Partner, true})
		}
	}
	for _, id := range slices.Concat(d.Found, d.Doors) {
		add(id)
	}
	for _, s := range v.suggestions(d) {
		if len(all) < partnersShown(d) {
			add(s.Partner.ID)
		}
	}
	return inRows(columns, all)
}

// initials is the number or the acronym that a partner's name begins with, as those to call in a danger do, else the name.
func initials(p *rules.Partner) string {
	first, _, _ := strings.Cut(p.Name, " ")
	first = strings.Trim(first, ",")
	if first == strings.ToUpper(first) {
		return first
	}
	return p.Name
}

func typePartner(v *view, d *Draft, text string) string {
	found := v.Find(text)
	if len(found) == 0 {
		return "Aucun partenaire de l’annuaire ne porte ce nom. Essayez un autre mot, ou Passer."
	}
	d.Found = nil
	for _, p := range found[:min(len(found), maxPartners)] {
		d.Found = append(d.Found, p.ID)
	}
	return ""
}

// followUps are the days offered to come back to an action, in days from today.
var followUps = []struct {
	label string
	days  int
}{{"Demain", 1}, {"Dans 3 jours", 3}, {"Dans 7 jours", 7}, {"Dans 15 jours", 15}}

func followUpOptions(v *view, d *Draft) [][]option {
	all := []option{{"Aucune", "aucune", d.Action.FollowUp == ""}}
	for _, f := range followUps {
		day := v.now.AddDate(0, 0, f.days).Format(time.DateOnly)
		all = append(all, option{f.label, day, day == d.Action.FollowUp})
	}
	return inRows(2, all)
}

func chooseFollowUp(_ *view, d *Draft, value string) {
	d.Action.FollowUp = strings.TrimSuffix(value, "aucune")
}

func typeFollowUp(v *view, d *Draft, text string) string {
	day, ok := v.readDay(text, false)
	if !ok || !day.After(v.now) {
		return "Je n’ai pas compris ce jour à venir. Écrivez par exemple « mardi », « dans 10 jours » ou « 12/03 »."
	}
	if day.After(v.now.AddDate(1, 0, 0)) {
		return "Cette relance est à plus d’un an. Choisissez un jour plus proche."
	}
	d.Action.FollowUp = day.Format(time.DateOnly)
	return ""
}

// maxLate is how many days back an action can be logged: older weeks have been reported.
const maxLate = 60

func dayOptions(v *view, d *Draft) [][]option {
	var all []option
	for i, label := range []string{"Aujourd’hui", "Hier", "Avant-hier"} {
		day := v.now.AddDate(0, 0, -i).Format(time.DateOnly)
		all = append(all, option{label, day, day == d.Action.Day})
	}
	return inRows(3, all)
}

func typeDay(v *view, d *Draft, text string) string {
	day, ok := v.readDay(text, true)
	switch {
	case !ok:
		return "Je n’ai pas compris ce jour. Écrivez par exemple « mardi » ou « 12/03 »."
	case day.After(v.now):
		return "Ce jour est à venir : une action se note le jour même ou après."
	case day.Before(v.now.AddDate(0, 0, -maxLate)):
		return fmt.Sprintf("Ce jour remonte à plus de %d jours. Vérifiez la date.", maxLate)
	}
	d.Action.Day = day.Format(time.DateOnly)
	return ""
}

// readDay reads a day said alone. In the past, a weekday is the last one; to come, the next one. A sentence says more than a
// day does, so it is also read behind what would stand before it.
func (v *view) readDay(text string, past bool) (time.Time, bool) {
	alone, led := v.Read(text), v.Read("rdv "+text)
	said := []string{or(alone.When, alone.FollowUp), led.FollowUp, v.Read("rdv le " + text).FollowUp}
	if past {
		said = append(said, v.Read("vu "+text).When, v.Read("vu le "+text).When)
	}
	for _, token := range said {
		if day, ok := rules.DayOf(token, v.said, past); ok {
			return day, true
		}
	}
	return time.Time{}, false
}

// inRows lays options out in rows of n; a long label takes a row of its own so that a phone shows it whole.
func inRows(n int, all []option) [][]option {
	var rows [][]option
	var row []option
	flush := func() {
		if len(row) > 0 {
			rows = append(rows, row)
		}
		row = nil
	}
	for _, o := range all {
		if len([]rune(o.label)) > 36/n {
			flush()
			rows = append(rows, []option{o})
			continue
		}
		if row = append(row, o); len(row) == n {
			flush()
		}
	}
	flush()
	return rows
}
