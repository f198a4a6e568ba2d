package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A section is a top-level key that holds a list of entries.
type section struct {
	key      string
	the      string // how messages call one entry
	keys     []string
	required []string
}

var sections = []section{
	{"domaines", "le domaine", strings.Fields("id nom court signe couleur sujet"), strings.Fields("nom")},
	{"types_action", "le type d'action", strings.Fields("id nom mots"), strings.Fields("nom")},
	{"situations", "la situation", strings.Fields("id nom mots"), strings.Fields("nom")},
	{"besoins", "le besoin", strings.Fields("id anciens_ids nom domaine domaine_second age courant mots regles urgence details retirer"), strings.Fields("nom domaine")},
	{"types", "le type", strings.Fields("id anciens_ids nom synonymes domaines age acces conditions attente relais reseau retirer"), strings.Fields("nom domaines")},
	{"territoires", "le territoire", strings.Fields("id anciens_ids nom synonymes"), strings.Fields("nom")},
	{"equipes", "l'équipe", strings.Fields("id anciens_ids nom territoires"), strings.Fields("nom")},
	{"partenaires", "le partenaire", strings.Fields("id anciens_ids nom type synonymes territoires age acces conditions_acces attente telephone courriel " +
		"site_web adresse code_postal commune horaires_accueil contact verifie_le cadre ferme retirer"), strings.Fields("nom type")},
}

var (
	serviceKeys = strings.Fields("nom fuseau bilan_hebdo effacer_messages")
	lectureKeys = strings.Fields("masques negations hors_sujet abreviations verbes formes mots_courants")
	topKeys     = func() []string {
		keys := []string{"service"}
		for _, s := range sections {
			keys = append(keys, s.key)
		}
		return append(keys, "lecture", "donnees_personnelles")
	}()
)

// A list is what all files say in one section.
type list struct {
	section
	entries []*entry
	byID    map[string]*entry
	former  map[string]string // former id to present id
}

// An entry is one thing of a list. What config.yaml says of a national entry is added after what rules/france says of it, so
// that of a key written twice the last one counts, and of words and synonyms all count.
type entry struct {
	node   // where it was written last
	id     string
	fields map[string][]node
}

func (e *entry) all(key string) []node { return e.fields[key] }

func (e *entry) get(key string) node {
	if said := e.fields[key]; len(said) > 0 {
		return said[len(said)-1]
	}
	return node{}
}

func (e *entry) add(fields map[string]node) {
	for key, n := range fields {
		e.fields[key] = append(e.fields[key], n)
	}
}

func newEntry(n node, id string) *entry { return &entry{node: n, id: id, fields: map[string][]node{}} }

func (l *list) find(id string) *entry {
	if present, ok := l.former[id]; ok {
		id = present
	}
	return l.byID[id]
}

// ids lists what may be named, to find what somebody meant.
func (l *list) ids() []string {
	var ids []string
	for _, e := range l.entries {
		if !e.removed() {
			ids = append(ids, e.id)
		}
	}
	return ids
}

func (e *entry) removed() bool { return e.get("retirer").is("oui") }

// decided tells whether one only gets in by somebody's decision.
func (e *entry) decided() bool { return e.get("acces").is(string(ByDecision)) }

// A reader notes every mistake and goes on with an empty value, so that one run tells them all.
type reader struct {
	problems Problems
	lists    map[string]*list
	service  *entry
	reading  *entry
	personal *entry
}

func newReader() *reader {
	rd := &reader{lists: map[string]*list{}, service: newEntry(node{}, ""), reading: newEntry(node{}, ""), personal: newEntry(node{}, "")}
	for _, s := range sections {
		rd.lists[s.key] = &list{section: s, byID: map[string]*entry{}, former: map[string]string{}}
	}
	return rd
}

// wrong notes a mistake, on one line whatever the texts it quotes hold.
func (rd *reader) wrong(n node, format string, args ...any) {
	message := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, fmt.Sprintf(format, args...))
	rd.problems = append(rd.problems, Problem{n.file, max(n.Line, 1), max(n.Column, 1), typography.Replace(message)})
}

// typography puts the spaces of French that must not break.
var typography = strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!", "« ", "«\u00a0", " »", "\u00a0»")

// document sorts what one file says into the lists.
func (rd *reader) document(d document, national bool) {
	rd.problems = append(rd.problems, d.problems...)
	for key, n := range rd.mapping(node{d.root, d.file, national}, topKeys) {
		switch key {
		case "service":
			rd.service.add(rd.mapping(n, serviceKeys))
		case "lecture":
			rd.reading.add(rd.mapping(n, lectureKeys))
		case "donnees_personnelles":
			rd.personal.add(rd.mapping(n, personalKeys))
		default:
			for _, item := range rd.items(n) {
				rd.entry(rd.lists[key], item)
			}
		}
	}
}

// entry puts one item into its list, or over the national entry of the same id.
func (rd *reader) entry(l *list, n node) {
	fields := rd.mapping(n, l.keys)
	if fields == nil {
		return
	}
	id := rd.id(n, fields["id"])
	if id == "" { // noted; what else is wrong with it is told too, and that others use it is no second mistake
		e := newEntry(n, "")
		e.add(fields)
		l.entries = append(l.entries, e)
		l.byID[fields["id"].value()] = e
		return
	}
	e := l.find(id)
	switch {
	case e == nil && fields["retirer"].is("oui"):
		rd.wrong(fields["retirer"], "il n'y a rien à retirer : %s « %s » n'existe pas%s", l.the, id, didYouMean(id, l.ids()))
		return
	case e == nil:
		e = newEntry(n, id)
		l.entries = append(l.entries, e)
		l.byID[id] = e
	case e.national == n.national:
		rd.wrong(fields["id"], "l'identifiant « %s » est déjà pris (%s, ligne %d)", id, e.file, e.Line)
		return
	}
	e.node = n
	e.add(fields)
	rd.formerOf(l, e, fields["anciens_ids"])
}

func (rd *reader) formerOf(l *list, e *entry, n node) {
	for _, item := range rd.items(n) {
		old := rd.id(item, item)
		if old == "" {
			continue
		}
		if taken := l.find(old); taken != nil {
			rd.wrong(item, "l'identifiant « %s » est déjà pris (%s, ligne %d)", old, taken.file, taken.Line)
			continue
		}
		l.former[old] = e.id
	}
}

// formerIDs gives, per section, the present id of each former one.
func (rd *reader) formerIDs() map[string]map[string]string {
	former := map[string]map[string]string{}
	for key, l := range rd.lists {
		former[key] = l.former
	}
	return former
}

// name reads the id of something defined in another section, and returns its present id. What rules/france says of something
// that config.yaml removes goes with it, without a problem.
func (rd *reader) name(n node, key string) string {
	id := rd.text(n)
	if id == "" {
		return ""
	}
	l := rd.lists[key]
	switch e := l.find(id); {
	case e == nil:
		rd.wrong(n, "%s « %s » n'existe pas%s", l.the, id, didYouMean(id, l.ids()))
		return ""
	case e.removed():
		if !n.national {
			rd.wrong(n, "%s « %s » est retiré (%s, ligne %d) mais encore utilisé ici", l.the, id, e.file, e.Line)
		}
		return ""
	default:
		return e.id
	}
}

// names reads a list of them.
func (rd *reader) names(n node, key string) []string {
	var ids []string
	for _, item := range rd.items(n) {
		switch id := rd.name(item, key); {
		case id == "":
		case slices.Contains(ids, id):
			rd.wrong(item, "« %s » est répété dans cette liste", id)
		default:
			ids = append(ids, id)
		}
	}
	return ids
}

// doors reads a list of kinds one can send a young person to; otherwise says what to do with a kind that is none. When it is
// config.yaml that closes a door of rules/france, there is nothing to mend: suggestions leave it out.
func (rd *reader) doors(n node, otherwise string) []string {
	for _, item := range rd.items(n) {
		e := rd.lists["types"].find(item.value())
		if e != nil && e.decided() && (e.get("acces").national || !item.national) {
			rd.wrong(item, "on n'entre chez « %s » que sur décision : %s", e.id, otherwise)
		}
	}
	return rd.names(n, "types")
}
