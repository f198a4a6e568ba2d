package rules

import (
	"regexp"
	"strings"
	"time"
)

// rules reads every list, once all files are in.
func (rd *reader) rules() *Rules {
	r := &Rules{Service: rd.serviceOf(rd.service)}
	rd.each("domaines", func(e *entry) { r.Domains = append(r.Domains, rd.domain(e)) })
	rd.each("types_action", func(e *entry) {
		r.ActionTypes = append(r.ActionTypes, ActionType{e.id, rd.text(e.get("nom")), rd.words(e.all("mots")...)})
	})
	rd.each("situations", func(e *entry) {
		r.Situations = append(r.Situations, Situation{e.id, rd.text(e.get("nom")), rd.words(e.all("mots")...)})
	})
	rd.each("besoins", func(e *entry) { r.Needs = append(r.Needs, rd.need(e)) })
	rd.each("types", func(e *entry) { r.Kinds = append(r.Kinds, rd.kind(e)) })
	rd.each("territoires", func(e *entry) {
		r.Territories = append(r.Territories, Territory{e.id, rd.text(e.get("nom")), rd.words(e.all("synonymes")...)})
	})
	rd.each("equipes", func(e *entry) {
		r.Teams = append(r.Teams, Team{e.id, rd.text(e.get("nom")), rd.names(e.get("territoires"), "territoires"), rd.texts(e.get("anciens_ids"))})
	})
	kinds := map[string]Kind{}
	for _, k := range r.Kinds {
		kinds[k.ID] = k
	}
	rd.each("partenaires", func(e *entry) {
		p := rd.partner(e)
		if p.Kind == "" { // noted, or of a kind that config.yaml removes
			return
		}
		fillFromKind(&p, e, kinds[p.Kind])
		r.Partners = append(r.Partners, p)
	})
	return r
}

// each calls f for every entry of a list that is not removed, and notes what it must say and does not.
func (rd *reader) each(key string, f func(*entry)) {
	l := rd.lists[key]
	for _, e := range l.entries {
		rd.yes(e.get("retirer"), false)
		if e.removed() {
			continue
		}
		for _, required := range l.required {
			if !e.get(required).given() {
				rd.wrong(e.node, "il manque la clé « %s »", required)
			}
		}
		f(e)
	}
}

func (rd *reader) serviceOf(e *entry) Service {
	s := Service{
		Name:           rd.text(e.get("nom")),
		Zone:           rd.zone(e.get("fuseau")),
		DigestDay:      time.Monday,
		DigestHour:     8,
		DeleteSentence: rd.yes(e.get("effacer_messages"), true),
	}
	digest := rd.mapping(e.get("bilan_hebdo"), []string{"jour", "heure"})
	if day, ok := rd.weekday(digest["jour"]); ok {
		s.DigestDay = day
	}
	if hour, minute, ok := rd.hour(digest["heure"]); ok {
		s.DigestHour, s.DigestMinute = hour, minute
	}
	return s
}

func (rd *reader) domain(e *entry) Domain {
	d := Domain{
		ID:      e.id,
		Name:    rd.text(e.get("nom")),
		Short:   rd.text(e.get("court")),
		Sign:    rd.text(e.get("signe")),
		Color:   rd.color(e.get("couleur")),
		Subject: rd.subject(e.get("sujet")),
	}
	if d.Short == "" {
		d.Short = d.Name
	}
	return d
}

var (
	colorForm   = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
	subjectForm = regexp.MustCompile(`^(?:l['’]|(?:le|la|les) )\p{L}`)
)

func (rd *reader) color(n node) string {
	text := rd.text(n)
	if text != "" && !colorForm.MatchString(text) {
		rd.wrong(n, "la couleur « %s » n'est pas lisible : écrivez un dièse et six chiffres ou lettres de A à F, entre guillemets, par exemple \"#2466C8\"", text)
		return ""
	}
	return strings.ToUpper(text)
}

func (rd *reader) subject(n node) string {
	text := rd.text(n)
	if text != "" && !subjectForm.MatchString(text) {
		rd.wrong(n, "« %s » ne peut pas commencer une phrase : écrivez le domaine avec son article, par exemple « la justice »", text)
		return ""
	}
	return text
}

func (rd *reader) need(e *entry) Need {
	n := Need{
		ID:     e.id,
		Name:   rd.text(e.get("nom")),
		Domain: rd.name(e.get("domaine"), "domaines"),
		Second: rd.name(e.get("domaine_second"), "domaines"),
		Ages:   rd.ages(e.get("age")),
		Common: rd.yes(e.get("courant"), false),
		Words:  rd.wordsOf(e.all("mots")),
	}
	if n.Second != "" && n.Second == n.Domain {
		rd.wrong(e.get("domaine_second"), "c'est déjà le premier domaine : retirez cette clé, sans quoi l'action y compterait deux fois")
	}
	for _, item := range rd.items(e.get("regles")) {
		n.Rules = append(n.Rules, rd.rule(item))
	}
	n.Urgency = rd.urgency(e)
	return n
}

func (rd *reader) wordsOf(said []node) Words {
	var strong, middling, weak []node
	for _, n := range said {
		fields := rd.mapping(n, []string{"forts", "moyens", "faibles"})
		strong = append(strong, fields["forts"])
		middling = append(middling, fields["moyens"])
		weak = append(weak, fields["faibles"])
	}
	return Words{rd.words(strong...), rd.words(middling...), rd.words(weak...)}
}

func (rd *reader) rule(n node) Rule {
	fields := rd.mapping(n, []string{"si", "proposer", "prevenir", "parce_que"})
	when := rd.mapping(fields["si"], []string{"age", "territoire", "situation"})
	if fields != nil && !fields["proposer"].given() && !fields["prevenir"].given() {
		rd.wrong(n, "cette règle ne mène à personne : il faut « proposer » ou « prevenir »")
	}
	return Rule{
		Ages:      rd.ages(when["age"]),
		Territory: rd.name(when["territoire"], "territoires"),
		Situation: rd.name(when["situation"], "situations"),
		Offer:     rd.doors(fields["proposer"], "mettez ce type sous « prevenir »"),
		Inform:    rd.names(fields["prevenir"], "types"),
		Because:   rd.text(fields["parce_que"]),
	}
}

// urgency asks no more than it is told to: with a danger, questions come only when somebody wrote "details: oui".
func (rd *reader) urgency(e *entry) *Urgency {
	ask := rd.yes(e.get("details"), false)
	if !e.get("urgence").given() {
		if e.get("details").given() {
			rd.wrong(e.get("details"), "« details » ne vaut que pour un besoin qui a une « urgence »")
		}
		return nil
	}
	fields := rd.mapping(e.get("urgence"), []string{"etapes"})
	if fields != nil && !fields["etapes"].given() {
		rd.wrong(e.get("urgence"), "il manque la clé « etapes »")
	}
	return &Urgency{Steps: rd.texts(fields["etapes"]), Ask: ask}
}

func (rd *reader) kind(e *entry) Kind {
	k := Kind{
		ID:       e.id,
		Name:     rd.text(e.get("nom")),
		Synonyms: rd.words(e.all("synonymes")...),
		Domains:  rd.names(e.get("domaines"), "domaines"),
		Ages:     rd.ages(e.get("age")),
		Access:   rd.access(e.get("acces")),
		Terms:    rd.text(e.get("conditions")),
		Wait:     rd.text(e.get("attente")),
		Relays:   rd.doors(e.get("relais"), "il ne peut pas servir de relais"),
		Network:  rd.text(e.get("reseau")),
	}
	for _, item := range rd.items(e.get("relais")) {
		if item.is(e.id) {
			rd.wrong(item, "le type « %s » ne peut pas être son propre relais", e.id)
		}
	}
	return k
}

func (rd *reader) partner(e *entry) Partner {
	return Partner{
		ID:          e.id,
		Name:        rd.text(e.get("nom")),
		Kind:        rd.name(e.get("type"), "types"),
		Synonyms:    rd.words(e.all("synonymes")...),
		Territories: rd.names(e.get("territoires"), "territoires"),
		Ages:        rd.ages(e.get("age")),
		Access:      rd.access(e.get("acces")),
		Terms:       rd.text(e.get("conditions_acces")),
		Wait:        rd.text(e.get("attente")),
		Phone:       rd.text(e.get("telephone")),
		Email:       rd.text(e.get("courriel")),
		Website:     rd.text(e.get("site_web")),
		Address:     rd.text(e.get("adresse")),
		PostCode:    rd.text(e.get("code_postal")),
		Town:        rd.text(e.get("commune")),
		Hours:       rd.text(e.get("horaires_accueil")),
		Contact:     rd.text(e.get("contact")),
		Checked:     rd.date(e.get("verifie_le")),
		Framework:   rd.choice(e.get("cadre"), "convention", "dispositif", "informel"),
		Closed:      rd.yes(e.get("ferme"), false),
		National:    e.get("type").national,
	}
}

// fillFromKind gives p what its kind says and its own entry leaves out. A key written without a value is left out too, except
// for the wait: there it says that this door has none.
func fillFromKind(p *Partner, e *entry, k Kind) {
	if !e.get("age").given() {
		p.Ages = k.Ages
	}
	if p.Access == "" {
		p.Access = k.Access
	}
	if p.Terms == "" {
		p.Terms = k.Terms
	}
	if len(e.all("attente")) == 0 {
		p.Wait = k.Wait
	}
}

func (rd *reader) lecture() Lecture {
	l := Lecture{
		Masks:         rd.words(rd.reading.all("masques")...),
		Negations:     rd.words(rd.reading.all("negations")...),
		OffTopic:      rd.words(rd.reading.all("hors_sujet")...),
		CommonWords:   rd.words(rd.reading.all("mots_courants")...),
		Abbreviations: map[string]string{},
		Verbs:         rd.words(rd.reading.all("verbes")...),
		Forms:         map[string][]string{},
	}
	for _, said := range rd.reading.all("abreviations") {
		for key, n := range rd.mapping(said, nil) {
			l.Abbreviations[key] = rd.text(n)
		}
	}
	for _, said := range rd.reading.all("formes") {
		for infinitive, n := range rd.mapping(said, nil) {
			l.Forms[infinitive] = append(l.Forms[infinitive], rd.words(n)...)
		}
	}
	return l
}
