package rules

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Personal is a stretch of a text that says who somebody is or leads to them.
type Personal struct {
	Kind       string // name, phone, email, address, birthdate, nir, handle, plate
	Text       string // as written
	Start, End int    // bytes
}

// Personal finds what says who somebody is, or leads to them, in the order of the text, no two overlapping.
//
// Numbers, addresses of all sorts and dates are told by their form. Names are told by a list of first names, by what stands
// around a word (le jeune X, la mère de X, vu X) and by a capital inside a sentence. What the rules know is no name: partners,
// kinds, territories, and what follows a word for a place (collège, rue, square); nor are the phone, e-mail and address that
// the rules give for a partner.
func (r *Rules) Personal(text string) []Personal {
	n := newNote(r, text)
	n.accounts()
	n.numbers()
	n.addresses()
	n.names()
	slices.SortFunc(n.found, func(a, b Personal) int { return cmp.Compare(a.Start, b.Start) })
	return n.found
}

// personalWords is what config.yaml and rules/france say of personal data, folded.
type personalWords struct {
	firstNames  []string
	ambiguous   []string // first names that are ordinary words too
	familyNames []string
	noNames     []string // words and phrases written with a capital, or like a name, that are none
	leads       []string // a name follows: jeune, cousin, coach
	venues      []string // their own name follows: collège, rue, square
}

var personalKeys = strings.Fields("prenoms prenoms_ambigus noms pas_des_noms indices lieux")

func (rd *reader) personalWords() personalWords {
	return personalWords{rd.folded("prenoms"), rd.folded("prenoms_ambigus"), rd.folded("noms"), rd.folded("pas_des_noms"), rd.folded("indices"), rd.folded("lieux")}
}

// folded joins what the files say under a key. It folds a text as a whole: there are ten thousand names, and every start waits.
func (rd *reader) folded(key string) []string {
	var list []string
	for _, n := range rd.personal.all(key) {
		text := n.value()
		if text == "" {
			text = strings.Join(rd.texts(n), ",")
		}
		for word := range strings.SplitSeq(Fold(text), ",") {
			if word = strings.TrimSpace(word); word != "" {
				list = append(list, word)
			}
		}
	}
	return list
}

// naming is what a word may be: one bit for each list it is in.
type naming uint8

const (
	firstName naming = 1 << iota // and no ordinary word
	ambiguousName
	familyName
	noName
	leads
	venue
)

// A guard is what finding personal data looks words up in. It is built once, by [Load], and only read afterwards.
type guard struct {
	naming  map[string]naming     // by folded word
	phrases map[string][][]string // phrases that are no name, by their first word
	ours    map[string]bool       // phones, e-mails and addresses of the directory, as [ourForm] writes them
}

// newGuard needs the lexicon of r: a first name that it has among common words is ambiguous, whatever the list says.
func newGuard(r *Rules, w personalWords) guard {
	g := guard{
		naming:  make(map[string]naming, len(w.firstNames)+len(w.ambiguous)+len(w.familyNames)+len(w.noNames)),
		phrases: map[string][][]string{}, ours: map[string]bool{},
	}
	g.add(w.firstNames, firstName)
	g.add(w.ambiguous, ambiguousName)
	g.add(w.familyNames, familyName)
	g.add(w.leads, leads)
	g.add(w.venues, venue)
	for _, text := range w.noNames {
		g.addNoName(text)
	}
	for name, is := range g.naming {
		if is&firstName != 0 && (is&ambiguousName != 0 || r.lexicon.ordinary[name] || function(name)) {
			g.naming[name] = is&^firstName | ambiguousName
		}
	}
	for _, p := range r.Partners {
		for _, own := range []string{p.Phone, p.Email, p.Address} {
			if own != "" {
				g.ours[ourForm(own)] = true
			}
		}
	}
	return g
}

func (g *guard) add(list []string, is naming) {
	for _, word := range list {
		g.naming[word] |= is
	}
}

func (g *guard) addNoName(text string) {
	if !strings.ContainsAny(text, " -'") {
		g.naming[text] |= noName
		return
	}
	var phrase []string
	for _, t := range tokenize(text) {
		phrase = append(phrase, t.text)
	}
	if len(phrase) > 0 {
		g.phrases[phrase[0]] = append(g.phrases[phrase[0]], phrase)
	}
}

// ourForm keeps the letters and digits of a phone, an e-mail or an address: what two ways of writing it have in common.
func ourForm(text string) string {
	return strings.Map(func(c rune) rune {
		if c == '@' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' {
			return c
		}
		return -1
	}, Fold(text))
}

// A note is a text being searched for personal data.
type note struct {
	*guard
	lexicon *lexicon
	text    string
	tokens  []token
	is      []naming // of each token
	hidden  []bool   // tokens that belong to what is no name
	taken   []bool   // bytes found
	found   []Personal
}

func newNote(r *Rules, text string) *note {
	n := &note{guard: &r.guard, lexicon: &r.lexicon, text: text, tokens: tokenize(text), taken: make([]bool, len(text))}
	n.is, n.hidden = make([]naming, len(n.tokens)), make([]bool, len(n.tokens))
	for i, t := range n.tokens {
		n.is[i] = n.naming[t.text]
	}
	return n
}

// add notes what was found, unless a part of it was found before or it is the directory's own.
func (n *note) add(kind string, start, end int) {
	for end > start && strings.IndexByte(" .,;:!?-\n\t", n.text[end-1]) >= 0 && !(kind == "name" && n.text[end-1] == '.') {
		end--
	}
	if start >= end || slices.Contains(n.taken[start:end], true) {
		return
	}
	for i := start; i < end; i++ {
		n.taken[i] = true
	}
	text := n.text[start:end]
	if kind != "name" && n.ours[ourForm(text)] {
		return
	}
	n.found = append(n.found, Personal{kind, text, start, end})
}

// addTokens notes the tokens from i up to end, end not included.
func (n *note) addTokens(kind string, i, end int) {
	n.add(kind, n.tokens[i].start, n.tokens[end-1].end)
}

// word returns the folded text of token i, "" beyond the text.
func (n *note) word(i int) string {
	if i < 0 || i >= len(n.tokens) {
		return ""
	}
	return n.tokens[i].text
}

// written returns token i as it is written.
func (n *note) written(i int) string { return n.text[n.tokens[i].start:n.tokens[i].end] }

// gap returns what stands between token i and the one before, the start of the text for the first one.
func (n *note) gap(i int) string {
	switch {
	case i <= 0 || i > len(n.tokens):
		return ""
	case i == len(n.tokens):
		return n.text[n.tokens[i-1].end:]
	}
	return n.text[n.tokens[i-1].end:n.tokens[i].start]
}

// near tells whether nothing but spaces and the given signs stands between token i and the one before.
func (n *note) near(i int, signs string) bool {
	if i <= 0 || i >= len(n.tokens) {
		return false
	}
	gap := n.gap(i)
	return len(gap) < longestGap && strings.Trim(gap, signs+" \u00a0\u202f\t") == ""
}

// longestGap bounds, in bytes, the signs and spaces inside one number or name.
const longestGap = 8

// number tells a token made of digits.
func (n *note) number(i int) bool {
	return i >= 0 && i < len(n.tokens) && isDigit(n.text[n.tokens[i].start]) && isDigit(n.text[n.tokens[i].end-1])
}

// before returns the character before byte i, a space at the start.
func (n *note) before(i int) rune {
	if i <= 0 {
		return ' '
	}
	c, _ := utf8.DecodeLastRuneInString(n.text[:i])
	return c
}
