package bot

import (
	"slices"
	"strings"
	"time"

	"maillage/bot/french"
	"maillage/rules"
	"maillage/store"
)

// view is what showing something depends on: the rules, the member's team, the day and the saved conversation.
type view struct {
	*rules.Rules // as the member's team reads with them
	team         *rules.Team
	past         rules.Record // what the team's referrals came to
	now          time.Time    // in the service's zone
	said         time.Time    // when the educator wrote or tapped: what "today" means there
	conv         *conversation
}

// nav is the step of the buttons that move through a draft instead of answering.
const nav = "nav"

func (v *view) navButton(label, value string) Button {
	return Button{Label: label, Data: Data{Step: nav, Value: value, Rev: v.conv.Rev}}
}

// openButton opens a question from the card.
func (v *view) openButton(label, step string) Button {
	return Button{Label: label, Data: Data{Step: fixStep, Value: step, Rev: v.conv.Rev}}
}

// showDraft shows where the live draft stands, under a notice when there is one.
func (t *turn) showDraft(notice string) {
	d := t.conv.Draft
	var m Message
	switch s := stepNamed(d.Step); {
	case s != nil:
		m = t.question(s, d)
	case d.Step == fixStep:
		m = t.corrections(d)
	default:
		m = t.card(d)
	}
	if notice != "" {
		m.Text = "⚠️ " + notice + "\n\n" + m.Text
	}
	t.showCard(m)
}

// question shows one question with its answers, and the way on, back and out.
func (v *view) question(s *step, d *Draft) Message {
	m := Message{Text: s.ask(v, d)}
	for _, row := range s.options(v, d) {
		m.Rows = append(m.Rows, v.optionRow(s, row))
	}
	var last []Button
	if s.stays(d) {
		last = append(last, v.navButton("Suivant", "suivant"))
	}
	if s.passable(v, d) {
		last = append(last, v.navButton("Passer", "passer"))
	}
	m.Rows = append(m.Rows, []Button{v.navButton("Retour", "retour"), v.navButton("Annuler", "annuler")})
	if len(last) > 0 {
		slices.Reverse(last) // Suivant ends up under the thumb
		m.Rows = append(m.Rows, last)
	}
	return m
}

func (v *view) optionRow(s *step, row []option) []Button {
	var buttons []Button
	for _, o := range row {
		label := o.label
		switch {
		case s.boxes && strings.IndexByte("/=+-", o.value[0]) < 0:
			label = box(o.on) + label
		case o.on:
			label = "● " + label
		}
		buttons = append(buttons, Button{Label: label, Data: Data{Step: s.name, Value: o.value, Rev: v.conv.Rev}})
	}
	return buttons
}

func box(on bool) string {
	if on {
		return "☑ "
	}
	return "☐ "
}

// corrections lists what can be mended, each with what it says now.
func (v *view) corrections(d *Draft) Message {
	var all []option
	for _, s := range steps {
		if s.offeredNow(v, d) {
			all = append(all, option{s.title, s.name, false})
		}
	}
	m := Message{Text: v.summary(d.Action, d.Assumed) + "\n\nQue faut-il corriger ?\n" +
		"Touchez ce qui est juste, ouvrez une question, ou écrivez-le : « 16 ans », « hier », « deux filles »."}
	for i := range steps {
		if s := &steps[i]; s.quick != nil {
			for _, row := range s.quick(v, d) {
				m.Rows = append(m.Rows, v.optionRow(s, row))
			}
		}
	}
	for _, row := range inRows(2, all) {
		var buttons []Button
		for _, o := range row {
			buttons = append(buttons, v.openButton(o.label, o.value))
		}
		m.Rows = append(m.Rows, buttons)
	}
	m.Rows = append(m.Rows, []Button{v.navButton("Retour", "retour"), v.navButton("Annuler", "annuler")})
	return m
}

// card shows a whole draft: the danger first, what was understood and why, whom to call upon. In a danger little else is shown,
// so that a phone has room for the steps.
func (v *view) card(d *Draft) Message {
	parts := []string{v.urgencyText(d.Action.Needs), v.summary(d.Action, d.Assumed), v.reasonText(d)}
	if v.countOnly(d) {
		parts[1] = strings.Join(append([]string{v.head(d.Action) + " · " + v.public(d.Action) + " · " + countOnlyNotice}, v.solicited(d.Action)...), "\n")
	}
	if lines := v.suggestionLines(d); len(lines) > 0 {
		parts = append(parts, "<b>Partenaires proposés</b>\n"+strings.Join(lines, "\n"))
	}
	var rows [][]Button
	for _, row := range partnerOptions(v, d) {
		rows = append(rows, v.optionRow(stepNamed("partenaires"), row))
	}
	var others []Button
	if d.Unsure {
		for _, row := range likelyDomains(v, d) {
			rows = append(rows, v.optionRow(stepNamed("besoins"), row))
		}
		others = append(others, v.openButton("Autre besoin", "besoins"))
	}
	if !v.countOnly(d) {
		rows = append(rows, append(others, v.openButton("Autre partenaire", "partenaires")))
	}
	rows = append(rows,
		[]Button{v.navButton("Corriger", "corriger"), v.navButton("Annuler", "annuler")},
		[]Button{v.navButton("Enregistrer", "enregistrer")})
	return Message{Text: paragraphs(parts...), Rows: rows}
}

// urgencyText gives the steps of every danger among the needs.
func (v *view) urgencyText(needs []string) string {
	var parts []string
	for _, id := range needs {
		n := v.Need(id)
		if n == nil || n.Urgency == nil {
			continue
		}
		lines := []string{"🚨 <b>" + french.Escape(n.Name) + "</b>"}
		for _, s := range n.Urgency.Steps {
			lines = append(lines, "• "+french.Escape(s))
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	return paragraphs(parts...)
}

// suggestionLines says why each partner is offered. What the line before has said already, or the only need says, is left out.
func (v *view) suggestionLines(d *Draft) []string {
	said := ""
	if len(d.Action.Needs) == 1 {
		if n := v.Need(d.Action.Needs[0]); n != nil {
			said = french.Typeset(n.Name)
		}
	}
	var lines []string
	suggested := v.suggestions(d)
	for _, s := range suggested[:min(len(suggested), partnersShown(d))] {
		why := french.Typeset(s.Why)
		if reason, terms, _ := strings.Cut(why, "\u00a0; "); reason == said {
			why = terms
		} else {
			said = reason
		}
		lines = append(lines, suggestionLine(s.Partner, why))
	}
	return lines
}

// reasonText says which terms led to which need: one line, the needs still chosen only.
func (v *view) reasonText(d *Draft) string {
	var said []string
	for _, id := range d.Action.Needs {
		var terms []string
		for _, r := range d.Reasons {
			if r.Need == id && len(terms) < 3 {
				terms = append(terms, "« "+french.Escape(r.Term)+" »")
			}
		}
		if n := v.Need(id); n != nil && len(terms) > 0 {
			said = append(said, strings.Join(terms, ", ")+" → "+french.Escape(n.Name))
		}
	}
	if len(said) == 0 {
		return ""
	}
	return "<i>compris : " + strings.Join(said, " ; ") + "</i>"
}

func suggestionLine(p *rules.Partner, why string) string {
	line := "• <b>" + french.Escape(p.Name) + "</b>"
	if why != "" {
		line += " : " + french.Escape(why)
	}
	return line + phone(p)
}

// summary says an action in a few lines; assumed, that its quartier is a guess.
func (v *view) summary(a store.Action, assumed bool) string {
	lines := []string{v.head(a), v.public(a)}
	if len(a.Needs) > 0 {
		lines = append(lines, french.Plural(len(a.Needs), "Besoin : ", "Besoins : ")+french.Escape(v.needNames(a.Needs)))
	}
	if t := v.Rules.Territory(a.Territory); t != nil {
		line := "Quartier : " + french.Escape(t.Name)
		if assumed && len(v.Territories) > 1 {
			line += " (comme la dernière fois)"
		}
		lines = append(lines, line)
	}
	lines = append(lines, v.solicited(a)...)
	if a.FollowUp != "" {
		lines = append(lines, "Relance : "+french.Day(a.FollowUp, v.now))
	}
	return strings.Join(lines, "\n")
}

// head says what kind of action it was, and when.
func (v *view) head(a store.Action) string {
	return "<b>" + french.Escape(v.typeName(a)) + "</b> · " + french.Day(a.Day, v.now)
}

// public says whom an action met, in the words of the record.
func (v *view) public(a store.Action) string {
	var parts []string
	for _, b := range rules.Bands {
		if b.ID == a.Band && b.Ages.Known() {
			parts = append(parts, b.Name)
		}
	}
	switch g := nameOf(genders, a.Gender); a.Gender {
	case "fille", "garcon":
		parts = append(parts, french.Count(a.Count, g, g+"s"))
	default:
		if a.Count == 0 {
			parts = append(parts, "aucun jeune")
			break
		}
		parts = append(parts, french.Count(a.Count, "jeune", "jeunes"))
		if g != "" {
			parts = append(parts, g)
		}
	}
	if a.First {
		parts = append(parts, "premier contact")
	}
	return strings.Join(parts, " · ")
}

// needNames says needs by name, a semicolon between: their names have commas.
func (v *view) needNames(ids []string) string {
	var names []string
	for _, id := range ids {
		if n := v.Need(id); n != nil {
			id = n.Name
		}
		names = append(names, id)
	}
	return strings.Join(names, " ; ")
}

// partnerName names a partner, by its id when the directory no longer has it.
func (v *view) partnerName(id string) string {
	if p := v.Partner(id); p != nil {
		return p.Name
	}
	return id
}

// solicited lists the partners of an action, together when they were called upon alike.
func (v *view) solicited(a store.Action) []string {
	var lines []string
	for i, s := range a.Partners {
		terms := nameOf(hows, s.How)
		if s.Result != "" {
			terms += ", " + nameOf(results, s.Result)
		}
		name := v.partnerName(s.Partner)
		if i > 0 && s.How == a.Partners[i-1].How && s.Result == a.Partners[i-1].Result {
			before := strings.TrimSuffix(lines[len(lines)-1], " ("+terms+")")
			lines[len(lines)-1] = strings.Replace(before, "Partenaire : ", "Partenaires : ", 1) + " ; " + french.Escape(name) + " (" + terms + ")"
			continue
		}
		lines = append(lines, "Partenaire : "+french.Escape(name)+" ("+terms+")")
	}
	return lines
}

// showSaved shows the action saved last, with the ways to undo it and to log another like it.
func (t *turn) showSaved() {
	a := t.conv.Last.Action
	m := Message{Text: "✅ <b>Enregistrée</b> · n° " + french.Number(a.Number) + "\n" + t.summary(a, false)}
	t.reply.Toast = "Enregistrée, n° " + french.Number(a.Number)
	if t.Service.DeleteSentence {
		t.reply.Delete = t.conv.Last.Sentence
	}
	ref := reference(a)
	m.Rows = [][]Button{{
		{Label: "Annuler", Data: Data{Step: "defaire", Value: ref}},
		{Label: "Encore", Data: Data{Step: "encore", Value: ref}},
	}}
	t.show(m)
}
