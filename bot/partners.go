package bot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maillage/bot/french"
	"maillage/bot/report"
	"maillage/rules"
	"maillage/store"
)

// maxListed bounds the partners one answer names.
const maxListed = 6

// showPartners answers from the directory without logging anything: by name, else by what a sentence needs.
func showPartners(t *turn, text string) error {
	if text == "" {
		t.show(t.domainMenu())
		return nil
	}
	found := t.Find(text)
	switch {
	case len(found) == 1:
		return t.showPartner(found[0].ID)
	case len(found) > 1:
		t.show(choosePartner(found))
		return nil
	}
	r := t.Read(text)
	needs := needIDs(r.Needs)
	q := rules.Ask(needs, r.Age, r.Band, or(r.Territory, t.defaultTerritory()), r.Situations)
	q.Record = t.past
	for _, n := range r.Needs {
		q.Said = append(q.Said, n.Words...)
	}
	suggested := t.Suggest(q, t.now)
	if len(suggested) == 0 {
		t.say(paragraphs(notKept(r), noPartner))
		return nil
	}
	parts := []string{notKept(r), "Pour : " + french.Escape(t.needNames(needs)), t.urgencyText(needs)}
	for _, s := range suggested[:min(len(suggested), maxListed)] {
		parts = append(parts, suggestionLine(s.Partner, s.Why))
	}
	t.say(paragraphs(parts...))
	return nil
}

func (v *view) domainMenu() Message {
	var all []option
	for _, d := range v.Domains {
		all = append(all, option{d.Sign + " " + d.Short, d.ID, false})
	}
	m := Message{Text: "<b>Partenaires</b>\nChoisissez un domaine, ou écrivez « /partenaires » suivi d’un nom ou d’un besoin."}
	for _, row := range inRows(2, all) {
		var buttons []Button
		for _, o := range row {
			buttons = append(buttons, Button{Label: o.label, Data: Data{Step: "domaine", Value: o.value}})
		}
		m.Rows = append(m.Rows, buttons)
	}
	return m
}

// showDomain lists the partners of a domain that serve the team's territories.
func (t *turn) showDomain(id string) error {
	dom := t.Domain(id)
	if dom == nil {
		t.show(t.domainMenu())
		return nil
	}
	lines := []string{"<b>" + french.Escape(dom.Name) + "</b>"}
	for i := range t.Partners {
		p := &t.Partners[i]
		if k := t.Kind(p.Kind); !p.Closed && k != nil && slices.Contains(k.Domains, dom.ID) && t.serves(p) {
			lines = append(lines, "• "+french.Escape(p.Name)+phone(p))
		}
	}
	if len(lines) == 1 {
		lines = append(lines, noPartner)
	}
	lines = append(lines, "\nPour ses horaires et ses conditions : /partenaires suivi de son nom.")
	m := Message{Text: strings.Join(lines, "\n")}
	m.Rows = [][]Button{{{Label: "Retour", Data: Data{Step: "domaine"}}}}
	t.show(m)
	return nil
}

// serves tells whether a partner takes people of one of the team's territories.
func (v *view) serves(p *rules.Partner) bool {
	if len(p.Territories) == 0 {
		return true
	}
	for _, t := range p.Territories {
		for _, own := range v.team.Territories {
			if t == own {
				return true
			}
		}
	}
	return false
}

// phone says a partner's number behind a dot, in one piece so that a thumb can call it.
func phone(p *rules.Partner) string {
	if p.Phone == "" {
		return ""
	}
	return " · " + strings.ReplaceAll(french.Escape(p.Phone), " ", "\u00a0")
}

// choosePartner lists the partners that a name may mean, each with its number and a button for the rest.
func choosePartner(found []*rules.Partner) Message {
	lines := []string{"<b>Lequel ?</b>"}
	var m Message
	for _, p := range found[:min(len(found), maxListed)] {
		lines = append(lines, "• "+french.Escape(p.Name)+phone(p))
		m.Rows = append(m.Rows, []Button{{Label: p.Name, Data: Data{Step: "partenaire", Value: p.ID}}})
	}
	if more := len(found) - maxListed; more > 0 {
		lines = append(lines, "et "+french.Count(more, "autre", "autres")+" : écrivez un nom plus complet.")
	}
	m.Text = strings.Join(lines, "\n")
	return m
}

// describeOne gives a partner in full.
func (v *view) describeOne(p *rules.Partner) string {
	lines := []string{"<b>" + french.Escape(p.Name) + "</b>"}
	add := func(label, value string) {
		if value != "" {
			lines = append(lines, label+french.Escape(value))
		}
	}
	k := v.Kind(p.Kind)
	add("", k.Name)
	add("Pour y aller : ", or(p.Terms, k.Terms))
	add("Attente : ", or(p.Wait, k.Wait))
	add("☎ ", p.Phone)
	add("✉ ", p.Email)
	add("🌐 ", p.Website)
	add("📍 ", strings.Join(strings.Fields(p.Address+" "+p.PostCode+" "+p.Town), " "))
	add("🕘 ", p.Hours)
	add("Demander : ", p.Contact)
	add("Cadre du partenariat : ", p.Framework)
	switch checked := v.CheckedOn(p); {
	case p.Closed:
		add("", "Fermé : n’est plus proposé.")
	case p.National:
	case checked.IsZero():
		add("", "Informations jamais vérifiées.")
	default:
		add("Vérifié le ", french.DayOfMonth(checked)+" "+checked.Format("2006"))
	}
	return strings.Join(lines, "\n")
}

// showPartner shows a partner in full, with what the team's solicitations of this year and the one before came to.
func (t *turn) showPartner(id string) error {
	p := t.Partner(id)
	if p == nil {
		t.show(t.domainMenu())
		return nil
	}
	record, err := t.partnerRecord(p)
	if err != nil {
		return err
	}
	m := Message{Text: paragraphs(t.describeOne(p), record)}
	if !p.Closed && !p.National && !t.CheckedOn(p).Equal(dayOf(t.now)) {
		m.Rows = [][]Button{{{Label: "Infos encore bonnes", Data: Data{Step: "verifie", Value: p.ID}}}}
	}
	t.show(m)
	return nil
}

// dayOf is the day of t as rules write days, at midnight UTC.
func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// partnerRecord says what the team's solicitations of a partner came to since the beginning of the year before.
func (t *turn) partnerRecord(p *rules.Partner) (string, error) {
	since := store.YearPeriod(t.now.Year() - 1)
	period, _ := store.ParsePeriod(since.From + ".." + store.YearPeriod(t.now.Year()).To)
	scope := store.Scope{Teams: teamIDs(t.team)}
	figures, err := t.bot.Store.Figures(t.ctx, scope, period)
	if err != nil {
		return "", fmt.Errorf("read the record of a partner: %w", err)
	}
	e, err := t.bot.Store.Evaluation(t.ctx, scope, period)
	if err != nil {
		return "", fmt.Errorf("read the record of a partner: %w", err)
	}
	var ids []string // all those that name it
	for id := range figures[0].Partners {
		if named := t.Partner(id); named != nil && named.ID == p.ID {
			ids = append(ids, id)
		}
	}
	last, err := t.bot.Store.LastContact(t.ctx, scope, t.now, ids...)
	if err != nil {
		return "", fmt.Errorf("read the record of a partner: %w", err)
	}
	b := report.Bilan{Rules: t.Rules, Summary: store.Summary{Now: figures[0]}, Evaluation: e}.Present()
	return b.PartnerRecord(p.ID, since.First().Year(), last, t.now), nil
}

// checkPartner answers « Infos encore bonnes »: the entry of a partner was right today.
func (t *turn) checkPartner(id string) error {
	p := t.Partner(id)
	if p == nil {
		t.say(unknownButton)
		return nil
	}
	today := dayOf(t.now)
	if err := t.bot.Store.SetChecked(t.ctx, p.ID, today.Format(time.DateOnly)); err != nil {
		return fmt.Errorf("check a partner: %w", err)
	}
	t.Rules = t.Rules.WithChecked(map[string]time.Time{p.ID: today})
	t.reply.Toast = "Merci : la fiche est à jour pour tout le service."
	return t.showPartner(p.ID)
}
