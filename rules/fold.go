package rules

import (
	"maps"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s in lower case without accents, œ and æ as two letters and every apostrophe as ': what two spellings of a
// name have in common.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r < 0x80 && (r < 'A' || r > 'Z') {
			b.WriteByte(byte(r))
		} else {
			b.WriteString(foldRune(r))
		}
	}
	return b.String()
}

// foldRune returns the folded letters of r: none for a lone accent, two for a ligature.
func foldRune(r rune) string {
	if r < rune(len(folded)) {
		return folded[r]
	}
	return foldFar(r)
}

// folded holds foldRune for the Latin letters, so that the usual sentence decomposes nothing.
var folded = func() (t [0x250]string) {
	for r := range rune(len(t)) {
		t[r] = foldFar(r)
	}
	return t
}()

func foldFar(r rune) string {
	switch r {
	case 'œ', 'Œ':
		return "oe"
	case 'æ', 'Æ':
		return "ae"
	case '’', '‘', 'ʼ', '´', '`', '′', '＇':
		return "'"
	}
	var b strings.Builder
	for _, d := range norm.NFKD.String(string(r)) {
		if !unicode.Is(unicode.Mn, d) {
			b.WriteRune(unicode.ToLower(d))
		}
	}
	return b.String()
}

// A token is one word, or one number, of a text. Several tokens may stand on the same bytes: an abbreviation written out
// (rdv), letters stuck to a number (17ans), a lost apostrophe (lecole).
type token struct {
	text       string // folded
	start, end int    // bytes in the text
	caps       bool   // written in capitals only, two letters at least
	upper      bool   // starts with a capital
	accent     bool   // its last letter but a plural or feminine mark is é
	breaks     bool   // a sign or a "mais" that no phrase crosses stands before it
	number     int    // -1 when it is no number
}

// elided are the letters that stand before an apostrophe, with the word they stand for.
var elided = map[string]string{
	"l": "le", "d": "de", "j": "je", "s": "se", "n": "ne", "m": "me", "t": "te", "c": "ce",
	"qu": "que", "jusqu": "jusque", "lorsqu": "lorsque", "puisqu": "puisque", "presqu": "presque",
}

// units are what is stuck to a number (17a, 4eme), written one way.
var units = map[string]string{
	"a": "ans", "an": "ans", "anss": "ans", "eme": "e", "em": "e", "ieme": "e", "nde": "e", "nd": "e", "ere": "e", "er": "e", "re": "e",
}

// tokenize cuts a text into words and numbers. Nothing is dropped: the small words count for the facts.
func tokenize(text string) []token {
	s := scanner{out: make([]token, 0, len(text)/4+4)}
	return s.tokens(text)
}

// tokens is tokenize in the room of the text before, whose tokens it writes over.
func (s *scanner) tokens(text string) []token {
	*s = scanner{text: text, out: s.out[:0], word: s.word[:0], from: -1}
	for i, r := range text {
		s.step(i, r)
	}
	s.flush(len(text), 0)
	if s.letters > 20 && s.capitals*10 > s.letters*7 {
		for i := range s.out {
			s.out[i].caps, s.out[i].upper = false, false
		}
	}
	return s.out
}

// scanner holds the text being cut, and the word of it being read.
type scanner struct {
	text              string
	out               []token
	word              []byte // folded letters so far
	from              int    // where the word starts; -1 between two words
	digits            bool   // the word is a number
	caps, upper       bool
	last, before      rune // its last letters as written
	length            int
	breaks            bool
	letters, capitals int // in the whole text: one written in capitals throughout tells no acronym by them
}

func (s *scanner) step(i int, r rune) {
	f := foldRune(r)
	if f == "" {
		return
	}
	letter := unicode.IsLetter(r)
	digit := r >= '0' && r <= '9'
	switch {
	case letter || digit:
		if s.from >= 0 && s.digits && letter { // 17ans, 3e; but e2c, C2S and L1 are one word
			s.flush(i, r)
		}
		if s.from < 0 {
			s.from, s.digits, s.caps, s.upper, s.length = i, digit, true, unicode.IsUpper(r), 0
			s.last, s.before = 0, 0
		}
		s.word = append(s.word, f...)
		s.length++
		s.before, s.last = s.last, r
		if letter {
			s.letters++
			if unicode.IsUpper(r) {
				s.capitals++
			} else {
				s.caps = false
			}
		}
	case f == "'" && string(s.word) == "aujourd":
	default:
		s.flush(i, r)
		s.breaks = s.breaks || isBreak(s.text, i, r)
	}
}

// isBreak tells whether the sign r at byte i ends a phrase. A hyphen does so only between spaces.
func isBreak(text string, i int, r rune) bool {
	switch r {
	case '\'', ' ', '\u00a0', '\u202f', '\t', '_', '"', '«', '»', '’', '‘', 'ʼ', '´', '`', '°', '%', '€', '#', '@', '*':
		return false
	case '-', '–', '—', '‑':
		return i == 0 || text[i-1] == ' '
	case '.', ',':
		// 1.5 and 06.39 hold together
		return !(i > 0 && i+1 < len(text) && isDigit(text[i-1]) && isDigit(text[i+1]))
	case '/':
		return !(i > 0 && i+1 < len(text) && isDigit(text[i-1]) && isDigit(text[i+1]))
	}
	return !unicode.Is(unicode.Mn, r)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// flush ends the word at byte end, where next is written.
func (s *scanner) flush(end int, next rune) {
	if s.from < 0 {
		return
	}
	text := s.text[s.from:end]
	if text != string(s.word) {
		text = string(s.word)
	}
	t := token{text: text, start: s.from, end: end, breaks: s.breaks, number: -1, upper: s.upper,
		caps: s.caps && !s.digits && s.length > 1}
	if n := len(s.out); n > 0 && s.out[n-1].end == t.start && s.out[n-1].number >= 0 {
		if unit, ok := units[t.text]; ok {
			t.text = unit
		}
	}
	if s.digits {
		t.number = smallNumber(t.text)
	} else {
		t.accent = s.last == 'é' || (s.last == 'e' || s.last == 's') && s.before == 'é' || strings.HasSuffix(s.text[:end], "ées")
		if n, ok := numberWords[t.text]; ok {
			t.number = n
		}
		if foldRune(next) == "'" {
			if full, ok := elided[t.text]; ok {
				t.text, t.caps = full, false
			}
		}
	}
	if t.text == "mais" {
		t.breaks = true
	}
	s.out = append(s.out, t)
	s.word, s.from, s.breaks = s.word[:0], -1, false
}

// smallNumber reads up to four digits; more are no count, age or day.
func smallNumber(digits string) int {
	if len(digits) > 4 {
		return -1
	}
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

var numberWords = map[string]int{
	"zero": 0, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11,
	"douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50,
	"dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40, "cinquantaine": 50,
}

// whole are words, in the singular, that a lighter form would confuse with another one: mère and mer, fille and fil, armée and arme.
var whole = words(`gare gars armee arme salle sale fille file fils cours pass passe ville danse port porte livre marie sortie tournee base train
	case mode note debout soiree`)

// stem takes off the plural and a final e, er or ee. Anything heavier confuses words once accents are gone.
func stem(w string) string {
	if whole[w] {
		return "=" + w
	}
	if len(w) < 4 {
		return w
	}
	if c := w[len(w)-1]; c == 's' || c == 'x' {
		if w = w[:len(w)-1]; whole[w] {
			return "=" + w
		}
	}
	short := w
	switch {
	case len(w) > 4 && (strings.HasSuffix(w, "er") || strings.HasSuffix(w, "ee")):
		short = w[:len(w)-2]
	case len(w) > 3 && w[len(w)-1] == 'e':
		short = w[:len(w)-1]
	}
	if len(short) == 3 && short != w {
		return short + "-" // café is not the CAF, raté no rat
	}
	return short
}

// words makes a set of the words of a text.
func words(text string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		set[w] = true
	}
	return set
}

func union(sets ...map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, set := range sets {
		maps.Copy(all, set)
	}
	return all
}
