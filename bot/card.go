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
	*rules.Rules
	team *rules.Team
	now  time.Time // in the service's zone
	conv *conversation
}

// nav is the step of the buttons that move through a draft instead of answering.
const nav = "nav"

func (v *view) navButton(label, value string) Button {
	return Button{Label: label, Data: Data{Step: nav, Value: value, Rev: v.conv.Rev}}
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
	if s.many {
		last = append(last, v.navButton("Suivant", "suivant"))
	}
	if s.pass != nil {
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
		case s.many && !strings.HasPrefix(o.value, "/") && s.name != "public":
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
		if s.offered == nil || s.offered(d) {
			all = append(all, option{s.title, s.name, false})
		}
	}
	m := Message{Text: v.summary(d.Action) + "\n\nQue faut-il corriger ?"}
	for _, row := range inRows(2, all) {
		var buttons []Button
		for _, o := range row {
			buttons = append(buttons, Button{Label: o.label, Data: Data{Step: fixStep, Value: o.value, Rev: v.conv.Rev}})
		}
		m.Rows = append(m.Rows, buttons)
	}
	m.Rows = append(m.Rows, []Button{v.navButton("Retour", "retour"), v.navButton("Annuler", "annuler")})
	return m
}

// card shows a whole draft: the danger first, what was understood and why, whom to call upon.
func (v *view) card(d *Draft) Message {
	parts := []string{v.urgencyText(d), v.summary(v.record(d)), v.reasonText(d)}
	var rows [][]Button
	suggested := v.suggestions(d)
	var lines []string
	for _, s := range suggested[:min(len(suggested), maxPartners)] {
		lines = append(lines, suggestionLine(s))
	}
	if len(lines) > 0 {
		parts = append(parts, "<b>Partenaires proposés</b>\n"+strings.Join(lines, "\n"))
	}
	for _, row := range partnerOptions(v, d) {
		rows = append(rows, v.optionRow(stepNamed("partenaires"), row))
	}
	rows = append(rows,
		[]Button{{Label: "Autre partenaire", Data: Data{Step: fixStep, Value: "partenaires", Rev: v.conv.Rev}}},
		[]Button{v.navButton("Corriger", "corriger"), v.navButton("Annuler", "annuler")},
		[]Button{v.navButton("Enregistrer", "enregistrer")})
	return Message{Text: paragraphs(parts...), Rows: rows}
}

// urgencyText gives the steps of every danger among the needs.
func (v *view) urgencyText(d *Draft) string {
	var parts []string
	for _, id := range d.Action.Needs {
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
	if v.countOnly(d) {
		parts = append(parts, countOnlyNotice)
	}
	return paragraphs(parts...)
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

func suggestionLine(s rules.Suggestion) string {
	return "• <b>" + french.Escape(s.Partner.Name) + "</b> : " + french.Escape(s.Why) + phone(s.Partner)
}

// summary says an action in a few lines.
func (v *view) summary(a store.Action) string {
	head := "Action"
	if t := v.ActionType(a.Type); t != nil {
		head = t.Name
	}
	lines := []string{"<b>" + french.Escape(head) + "</b> · " + french.Day(a.Day, v.now), v.public(a)}
	if len(a.Needs) > 0 {
		lines = append(lines, french.Plural(len(a.Needs), "Besoin : ", "Besoins : ")+v.needNames(a.Needs))
	}
	if t := v.Rules.Territory(a.Territory); t != nil {
		lines = append(lines, "Quartier : "+french.Escape(t.Name))
	}
	lines = append(lines, v.solicited(a)...)
	if a.FollowUp != "" {
		lines = append(lines, "Relance : "+french.Day(a.FollowUp, v.now))
	}
	return strings.Join(lines, "\n")
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

func (v *view) needNames(ids []string) string {
	var names []string
	for _, id := range ids {
		if n := v.Need(id); n != nil {
			id = n.Name
		}
		names = append(names, french.Escape(id))
	}
	return strings.Join(names, ", ")
}

// solicited lists the partners of an action, together when they were called upon alike.
func (v *view) solicited(a store.Action) []string {
	var lines []string
	for i, s := range a.Partners {
		terms := nameOf(hows, s.How)
		if s.Result != "" {
			terms += ", " + nameOf(results, s.Result)
		}
		name := s.Partner
		if p := v.Partner(s.Partner); p != nil {
			name = p.Name
		}
		if i > 0 && s.How == a.Partners[i-1].How && s.Result == a.Partners[i-1].Result {
			before := strings.TrimSuffix(lines[len(lines)-1], " ("+terms+")")
			lines[len(lines)-1] = strings.Replace(before, "Partenaire : ", "Partenaires : ", 1) + ", " + french.Escape(name) + " (" + terms + ")"
			continue
		}
		lines = append(lines, "Partenaire : "+french.Escape(name)+" ("+terms+")")
	}
	return lines
}

// showSaved shows the action saved last, with the way to undo it while that is offered.
func (t *turn) showSaved() {
	a := t.conv.Last.Action
	m := Message{Text: "✅ <b>Enregistrée</b> · n° " + french.Number(a.Number) + "\n" + t.summary(a)}
	t.reply.Toast = "Enregistrée, n° " + french.Number(a.Number)
	ref := reference(a)
	m.Rows = [][]Button{{
		{Label: "Annuler", Data: Data{Step: "defaire", Value: ref}},
		{Label: "Encore", Data: Data{Step: "encore", Value: ref}},
	}}
	t.show(m)
}
