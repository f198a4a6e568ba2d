package rules

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// A node is a piece of YAML and the file it is in. The zero node is a key that is not there: every reading of it gives the
// zero value and no problem. So does a key without a value, which is how one leaves a field of a form empty.
type node struct {
	*yaml.Node
	file     string
	national bool // written in rules/france, where a person who edits config.yaml cannot mend it
}

func (n node) given() bool {
	return n.Node != nil && !(n.Kind == yaml.ScalarNode && n.Tag == "!!null")
}

// value is what is written, as it is written: a phone number keeps its first zero, "oui" and 16 are texts like others.
func (n node) value() string {
	if !n.given() || n.Kind != yaml.ScalarNode {
		return ""
	}
	return strings.TrimSpace(n.Value)
}

func (n node) is(value string) bool { return n.value() == value }

func (n node) child(c *yaml.Node) node {
	if c.Kind == yaml.AliasNode {
		c = c.Alias
	}
	return node{c, n.file, n.national}
}

// A document is a file once parsed.
type document struct {
	file     string
	root     *yaml.Node // nil when there is nothing to read
	problems Problems
}

// parseAll parses the files side by side: it is half of the time that loading takes.
func parseAll(files []File) []document {
	documents := make([]document, len(files))
	var all sync.WaitGroup
	for i, f := range files {
		all.Go(func() { documents[i] = parse(f) })
	}
	all.Wait()
	return documents
}

func parse(f File) document {
	var rd reader
	root := rd.parse(f)
	return document{f.Name, root, rd.problems}
}

// parse returns the one mapping a file must be, nil when it is none.
func (rd *reader) parse(f File) *yaml.Node {
	top := node{Node: &yaml.Node{Line: 1, Column: 1}, file: f.Name}
	if line, column, bad := notUTF8(f.Text); bad {
		top.Line, top.Column = line, column
		rd.wrong(top, "ce caractère n'est pas en UTF-8 : enregistrez le fichier avec l'encodage UTF-8")
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(f.Text))
	var doc, second yaml.Node
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		rd.wrong(top, "le fichier est vide : il faut au moins une de ces clés : %s", strings.Join(topKeys, ", "))
		return nil
	case err != nil:
		rd.syntax(f, err)
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		rd.wrong(top.child(second.Content[0]), "une deuxième partie commence ici : retirez la ligne « --- » qui la précède")
	} else if !errors.Is(err, io.EOF) {
		rd.syntax(f, err)
	}
	root := doc.Content[0]
	if n := top.child(root); !n.given() {
		rd.wrong(top, "le fichier est vide : il faut au moins une de ces clés : %s", strings.Join(topKeys, ", "))
		return nil
	}
	return root
}

// notUTF8 finds the first byte that is no character.
func notUTF8(text []byte) (line, column int, bad bool) {
	line, column = 1, 1
	for len(text) > 0 {
		c, size := utf8.DecodeRune(text)
		switch {
		case c == utf8.RuneError && size == 1:
			return line, column, true
		case c == '\n':
			line, column = line+1, 1
		default:
			column++
		}
		text = text[size:]
	}
	return 0, 0, false
}

var (
	yamlPlace = regexp.MustCompile(`line (\d+): `)

	// yamlMistakes tells in French what the parser says in English.
	yamlMistakes = []struct{ says, means string }{
		{"cannot start any token", "un caractère ne peut pas commencer un texte : mettez le texte entre guillemets"},
		{"mapping values are not allowed", "un « : » n'est pas à sa place : mettez le texte entre guillemets, ou vérifiez les espaces en début de ligne"},
		{"did not find expected key", "les espaces en début de ligne ne correspondent pas aux lignes voisines, ou des guillemets sont mal fermés"},
		{"did not find expected '-'", "les espaces en début de ligne ne correspondent pas aux lignes voisines, ou un « - » manque"},
		{"did not find expected ',' or ']'", "il manque une virgule, ou le « ] » qui ferme la liste"},
		{"did not find expected ',' or '}'", "il manque une virgule, ou le « } » de la fin"},
		{"unexpected end of stream", "des guillemets ouverts ne sont pas fermés"},
		{"could not find expected ':'", "il manque un « : » après une clé, ou des guillemets ouverts ne sont pas fermés"},
		{"unknown anchor", "« * » commence un renvoi : mettez le texte entre guillemets"},
		{"control characters", "il y a un caractère invisible que YAML n'accepte pas"},
	}
)

// syntax tells what the parser could not read.
func (rd *reader) syntax(f File, err error) {
	lines := bytes.SplitAfter(f.Text, []byte("\n"))
	line := unreadableLine(lines, err)
	means := "la mise en forme YAML est à revoir"
	for _, m := range yamlMistakes {
		if strings.Contains(err.Error(), m.says) {
			means = m.means
			break
		}
	}
	if line <= len(lines) && bytes.HasPrefix(bytes.TrimLeft(lines[line-1], " "), []byte("\t")) {
		means = "il y a une tabulation : mettez des espaces à la place"
	}
	rd.wrong(node{Node: &yaml.Node{Line: line, Column: 1}, file: f.Name}, "près de cette ligne, %s", means)
}

// unreadableLine finds where reading stops being possible. The parser tells the line where the construct around the mistake
// began: right for a quote or a bracket left open, but the first line of the file for most others. Those end at most a few
// lines before the point where the parser gave up: after the longest beginning that can be read.
func unreadableLine(lines [][]byte, err error) int {
	const fewLines = 20
	given := &lineReader{lines: lines}
	readable(given)
	for n := given.next; n >= 0 && n > given.next-fewLines; n-- {
		if n < len(lines) && readable(&lineReader{lines: lines[:n]}) {
			return n + 1
		}
	}
	if m := yamlPlace.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		return max(line, 1)
	}
	return 1
}

func readable(r io.Reader) bool {
	decoder := yaml.NewDecoder(r)
	for {
		if err := decoder.Decode(new(yaml.Node)); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// A lineReader gives the parser one line at a time, to know how far it came.
type lineReader struct {
	lines [][]byte
	next  int // of lines
	rest  []byte
}

func (l *lineReader) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		if l.next == len(l.lines) {
			return 0, io.EOF
		}
		l.rest = l.lines[l.next]
		l.next++
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// mapping returns the values of a mapping by key, nil when n is none. With no expected keys, every key will do.
func (rd *reader) mapping(n node, expected []string) map[string]node {
	if !n.given() {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		if expected == nil {
			rd.wrong(n, "il faut ici une suite de lignes « clé : valeur »")
		} else {
			rd.wrong(n, "il faut ici des clés : %s", strings.Join(expected, ", "))
		}
		return nil
	}
	fields := map[string]node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.child(n.Content[i]), n.child(n.Content[i+1])
		name := key.value()
		switch _, twice := fields[name]; {
		case key.Kind != yaml.ScalarNode:
			rd.wrong(key, "une clé doit être un mot")
		case twice:
			rd.wrong(key, "la clé « %s » est répétée", name)
		case expected != nil && !slices.Contains(expected, name):
			rd.wrong(key, "clé inconnue « %s »%s ; clés possibles : %s", name, didYouMean(name, expected), strings.Join(expected, ", "))
		default:
			fields[name] = value
		}
	}
	return fields
}

// items returns the members of a list.
func (rd *reader) items(n node) []node {
	if !n.given() {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		rd.wrong(n, "il faut ici une liste : des lignes qui commencent par « - », ou [un, deux]")
		return nil
	}
	items := make([]node, len(n.Content))
	for i, c := range n.Content {
		items[i] = n.child(c)
	}
	return items
}

func (rd *reader) text(n node) string {
	if !n.given() {
		return ""
	}
	if n.value() == "" {
		rd.wrong(n, "il faut ici un texte")
	}
	return n.value()
}

// texts joins lists of texts, each text once.
func (rd *reader) texts(lists ...node) []string {
	var texts []string
	most := 0
	for _, l := range lists {
		if l.given() {
			most += len(l.Content)
		}
	}
	seen := make(map[string]bool, most)
	for _, l := range lists {
		for _, item := range rd.items(l) {
			if !item.given() {
				rd.wrong(item, "il faut ici un texte")
				continue
			}
			if text := rd.text(item); text != "" && !seen[text] {
				seen[text] = true
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// words joins vocabularies, each word once. A vocabulary is written as a list or, shorter to write and quicker to read, as one
// text with commas.
func (rd *reader) words(vocabularies ...node) []string {
	most := 0
	for _, n := range vocabularies {
		most += strings.Count(n.value(), ",") + 1
	}
	words, seen := make([]string, 0, most), make(map[string]bool, most)
	add := func(word string) {
		if word != "" && !seen[word] {
			seen[word] = true
			words = append(words, word)
		}
	}
	for _, n := range vocabularies {
		if n.value() == "" {
			for _, word := range rd.texts(n) {
				add(word)
			}
			continue
		}
		text := n.value()
		if strings.Contains(text, "\n") || strings.Contains(text, "  ") {
			text = strings.Join(strings.Fields(text), " ")
		}
		for word := range strings.SplitSeq(text, ",") {
			add(strings.TrimSpace(word))
		}
	}
	if len(words) == 0 {
		return nil
	}
	return words
}

func (rd *reader) yes(n node, otherwise bool) bool {
	switch n.value() {
	case "oui":
		return true
	case "non":
		return false
	}
	if n.given() {
		rd.wrong(n, "il faut ici oui ou non")
	}
	return otherwise
}

// choice reads one of a few words.
func (rd *reader) choice(n node, among ...string) string {
	text := rd.text(n)
	if text != "" && !slices.Contains(among, text) {
		rd.wrong(n, "« %s » n'est pas possible ici%s ; au choix : %s", text, didYouMean(text, among), strings.Join(among, ", "))
		return ""
	}
	return text
}

func (rd *reader) access(n node) Access {
	return Access(rd.choice(n, string(Open), string(ByAppointment), string(ByDecision), string(ByParents), string(ByProfessional)))
}

// maxID leaves room in Telegram's 64 bytes of button data for the step and the revision. Two ids of the trade are longer by a
// byte; scripts rely on them.
const maxID = 24

var (
	longIDs = []string{"accompagnement-individuel", "violences-intrafamiliales"}
	idForm  = regexp.MustCompile(`^[a-z0-9-]+$`)
)

// id reads an identifier, of which every entry needs one.
func (rd *reader) id(e, n node) string {
	if !n.given() {
		rd.wrong(e, "il manque la clé « id »")
		return ""
	}
	id := rd.text(n)
	if id == "" || idForm.MatchString(id) && (len(id) <= maxID || slices.Contains(longIDs, id)) {
		return id
	}
	rd.wrong(n, "l'identifiant « %s » n'est pas possible : des lettres minuscules sans accent, des chiffres et des tirets, %d au plus%s",
		id, maxID, example(id))
	return ""
}

// example makes a good identifier of a bad one.
func example(id string) string {
	parts := strings.FieldsFunc(Fold(id), func(c rune) bool { return !('a' <= c && c <= 'z' || '0' <= c && c <= '9') })
	good := strings.Join(parts, "-")
	good = strings.TrimRight(good[:min(len(good), maxID)], "-")
	if good == "" {
		return ""
	}
	return " ; par exemple « " + good + " »"
}

var ageForm = regexp.MustCompile(`^(\d{1,2})(?:(\+)|-(\d{1,2}))?$`)

func (rd *reader) ages(n node) Ages {
	text := rd.text(n)
	if text == "" {
		return Ages{}
	}
	m := ageForm.FindStringSubmatch(text)
	if m == nil || m[2] == "" && (text == "0" || m[3] == "0") {
		rd.wrong(n, "l'âge « %s » n'est pas lisible : écrivez par exemple 16-25, 16+, 0-17 ou 17", text)
		return Ages{}
	}
	from, _ := strconv.Atoi(m[1])
	if m[2] != "" {
		return Ages{Min: from}
	}
	to := from
	if m[3] != "" {
		to, _ = strconv.Atoi(m[3])
	}
	if to < from {
		rd.wrong(n, "l'âge « %s » est à l'envers : écrivez %d-%d", text, to, from)
		return Ages{}
	}
	return Ages{from, to}
}

func (rd *reader) date(n node) time.Time {
	text := rd.text(n)
	day, err := time.Parse(time.DateOnly, text)
	if text != "" && err != nil {
		rd.wrong(n, "la date « %s » n'est pas lisible : écrivez l'année, le mois et le jour, par exemple 2026-03-12", text)
	}
	return day
}

func (rd *reader) hour(n node) (hour, minute int, ok bool) {
	text := rd.text(n)
	if text == "" {
		return 0, 0, false
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		rd.wrong(n, "l'heure « %s » n'est pas lisible : écrivez par exemple 8:00 ou 17:30", text)
		return 0, 0, false
	}
	return t.Hour(), t.Minute(), true
}

var weekdays = strings.Fields("dimanche lundi mardi mercredi jeudi vendredi samedi")

func (rd *reader) weekday(n node) (time.Weekday, bool) {
	day := slices.Index(weekdays, rd.choice(n, weekdays...))
	return time.Weekday(day), day >= 0
}

func (rd *reader) zone(n node) *time.Location {
	name := rd.text(n)
	if name == "" {
		name = "Europe/Paris"
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" { // "Local" would count weeks by the machine
		rd.wrong(n, "le fuseau « %s » n'existe pas : écrivez par exemple Europe/Paris ou Indian/Reunion", name)
		return time.UTC
	}
	return zone
}

// didYouMean names the one of the possible words that is close to what was written, "" when none is.
func didYouMean(written string, possible []string) string {
	for slips := range 3 {
		for _, word := range possible {
			if len(word) > 2*slips && near(Fold(written), Fold(word), slips) {
				return " ; vouliez-vous dire « " + word + " » ?"
			}
		}
	}
	return ""
}
