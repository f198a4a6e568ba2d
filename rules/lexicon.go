package rules

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
	"sort"
	"strings"
)

// A lexicon is what reading a sentence looks words up in. It is built once, by [Load], and only read afterwards.
type lexicon struct {
	ids     map[string]int32  // stems, and acronyms kept in capitals, to small numbers; 0 stands for none
	terms   []term            // every word and phrase of the vocabulary
	singles map[int32][]int32 // terms of one word, by that word
	pairs   map[[2]int32][]int32

	abbreviations map[string][]string // pr: pour; a value may be several words
	ordinary      map[string]bool     // common words: never taken for a misspelt one
	sounds        map[string]string   // phonetic key to the one word of the vocabulary that sounds so
	spelled       map[byte][]spelling // words that a typo may stand for, by first letter, shortest first
	places        map[string]bool     // words of territories: Les Halles is no hall
	kindNeed      map[string]string   // the need that a kind of partner stands for when it alone is named
}

// A term is a word or a phrase of the vocabulary with everything that it stands for.
type term struct {
	text  string // as the vocabulary writes it
	ids   []int32
	tight bool  // only small words may stand between: a fixed expression, or one that says too little without them
	plain bool  // all its words are ordinary: as a name it counts with a capital or after « quartier » only
	refs  []ref // sorted, each thing once
}

// ref is one thing that a term stands for: the n-th of its list.
type ref struct {
	what   what
	n      int32
	weight int8 // of a need only
}

type what int8

const (
	aMask what = iota
	aNegation
	anOffTopic
	aNeed
	aSituation
	anActionType
	aTerritory
	aKind
	aPartner
)

// The three weights of a need's vocabulary.
const (
	strong   = 5
	middling = 2
	weak     = 1
)

// articles never count in a phrase.
var articles = words("le la les un une des du")

// small are the words that count in a phrase only when it would have a single other word: « à la rue » is more than « rue ».
var small = words(`ce cet cette ces son sa ses mon ma mes ton ta tes leur leurs notre nos votre vos
	a as ai est es et sont suis ont avons avait etait etaient ete etre avoir avaient sera serait aurait auront
	il elle on je tu ils elles nous vous ne que qui dont ca cela se me te lui y si ou comme jusque
	au aux de en dans sur sous chez par pour avec vers entre
	tres trop vraiment encore toujours deja aussi juste peu beaucoup bien fait faire va vont vais`)

// function words tell nothing by their capitals and are no typo of anything.
func function(w string) bool { return articles[w] || small[w] }

// ambiguous are acronyms that are words too, whatever the list of common words holds.
var ambiguous = words(`as ip ci pe ft ts pass ma are mie but cap pad sas lm opp sol mal pro bac aide`)

// newLexicon needs the index of r: it looks kinds up.
func newLexicon(r *Rules, l Lecture) lexicon {
	x := lexicon{
		ids: map[string]int32{}, singles: map[int32][]int32{}, pairs: map[[2]int32][]int32{},
		abbreviations: map[string][]string{}, ordinary: map[string]bool{},
		sounds: map[string]string{}, spelled: map[byte][]spelling{}, places: map[string]bool{}, kindNeed: map[string]string{},
	}
	for _, w := range l.CommonWords {
		x.ordinary[Fold(w)] = true
	}
	factWords(x.ordinary)
	for _, short := range slices.Sorted(maps.Keys(l.Abbreviations)) { // sorted: of two that fold to one, always the same wins
		var full []string
		for _, t := range tokenize(l.Abbreviations[short]) {
			full = append(full, t.text)
		}
		x.abbreviations[Fold(short)] = full
	}
	for _, t := range r.Territories {
		for _, name := range append([]string{t.Name}, t.Synonyms...) {
			for _, tok := range tokenize(name) {
				x.places[tok.text] = true
			}
		}
	}
	b := termBuilder{lexicon: &x, known: map[string]int32{}, words: map[string]bool{}}
	b.addLists(r, l)
	b.addNames(r)
	b.finish()
	x.kindNeeds(r)
	return x
}

// termBuilder gathers the terms of a lexicon.
type termBuilder struct {
	*lexicon
	known map[string]int32 // terms by their ids
	words map[string]bool  // written forms that a typo may stand for
}

func (b *termBuilder) addLists(r *Rules, l Lecture) {
	all := func(list []string, f ref) {
		for _, text := range list {
			b.add(text, f, true)
		}
	}
	all(l.Masks, ref{what: aMask})
	all(l.Negations, ref{what: aNegation})
	all(l.OffTopic, ref{what: anOffTopic})
	for i, n := range r.Needs {
		all(n.Words.Strong, ref{aNeed, int32(i), strong})
		all(n.Words.Middling, ref{aNeed, int32(i), middling})
		all(n.Words.Weak, ref{aNeed, int32(i), weak})
	}
	for i, s := range r.Situations {
		all(s.Words, ref{what: aSituation, n: int32(i)})
	}
	for i, t := range r.ActionTypes {
		all(t.Words, ref{what: anActionType, n: int32(i)})
	}
	for i, k := range r.Kinds {
		all(append([]string{k.Name}, k.Synonyms...), ref{what: aKind, n: int32(i)})
	}
}

// addNames adds the names of this town. They correct no typo: a family name is no misspelt word.
func (b *termBuilder) addNames(r *Rules) {
	for i, t := range r.Territories {
		for _, name := range append([]string{t.Name}, t.Synonyms...) {
			b.add(name, ref{what: aTerritory, n: int32(i)}, true)
		}
	}
	for i, p := range r.Partners {
		if p.Closed {
			continue
		}
		for _, name := range append([]string{p.Name}, p.Synonyms...) {
			b.add(name, ref{what: aPartner, n: int32(i)}, false)
			if short := shortName(name); short != "" {
				b.add(short, ref{what: aPartner, n: int32(i)}, false)
			}
		}
	}
}

// shortName returns how people shorten a name such as « collège Jacques Prévert »: its first and last words.
func shortName(name string) string {
	parts := strings.Fields(name)
	if len(parts) != 3 || function(Fold(parts[1])) || function(Fold(parts[2])) {
		return ""
	}
	return parts[0] + " " + parts[2]
}

// add files a word or phrase of the vocabulary under what it stands for.
func (b *termBuilder) add(text string, f ref, corrects bool) {
	tokens := b.expand(tokenize(text), true)
	if len(tokens) == 0 {
		return
	}
	t := term{text: text, plain: true}
	t.ids, t.tight = b.required(tokens, f.what == aMask || f.what == aNegation)
	for _, tok := range tokens {
		t.plain = t.plain && (function(tok.text) || b.ordinary[tok.text])
		if corrects && !function(tok.text) && tok.number < 0 {
			b.words[tok.text] = true
		}
	}
	key := termKey(t)
	n, ok := b.known[key]
	if !ok {
		n = int32(len(b.terms))
		b.known[key] = n
		b.terms = append(b.terms, t)
	}
	b.terms[n].addRef(f)
}

// required returns the words of a phrase that a sentence must have: without articles, and without small words as long as
// two others remain. A fixed expression needs them all.
func (b *termBuilder) required(tokens []token, fixed bool) (ids []int32, tight bool) {
	var content, some, all []int32
	for _, t := range tokens {
		id := b.intern(b.key(t, len(tokens) == 1))
		all = append(all, id)
		if !function(t.text) || isAcronym(b.key(t, len(tokens) == 1)) {
			content, some = append(content, id), append(some, id)
		} else if !articles[t.text] {
			some = append(some, id)
		}
	}
	switch {
	case len(content) >= 2 && !fixed:
		ids = content
	case len(some) > 0:
		ids, tight = some, fixed || len(some) > len(content)
	default:
		ids, tight = all, true
	}
	if len(ids) > longestTerm {
		ids = ids[:longestTerm]
	}
	return ids, tight
}

// longestTerm is how many words of a phrase are looked at.
const longestTerm = 10

func termKey(t term) string {
	key := make([]byte, 0, 4*len(t.ids)+1)
	for _, id := range t.ids {
		key = binary.LittleEndian.AppendUint32(key, uint32(id))
	}
	if t.tight {
		key = append(key, 0)
	}
	return string(key)
}

// addRef adds what a term stands for; of two weights for one need the higher stays.
func (t *term) addRef(f ref) {
	for i, g := range t.refs {
		if g.what == f.what && g.n == f.n {
			t.refs[i].weight = max(g.weight, f.weight)
			return
		}
	}
	t.refs = append(t.refs, f)
}

// key returns what a word is filed under: its stem; itself, with a mark, for a small word, so that danse is not dans; its
// capitals for an acronym that is an ordinary word too.
func (x *lexicon) key(t token, alone bool) string {
	switch {
	case t.caps && (!function(t.text) || alone) && x.wordToo(t.text):
		return strings.ToUpper(t.text)
	case function(t.text):
		return "_" + t.text
	case x.places[t.text]:
		return "=" + t.text
	case t.accent && accentTells[stem(t.text)]:
		return stem(t.text) + "é"
	}
	return stem(t.text)
}

// accentTells are the stems whose word in é is another one: une place, un jeune placé.
var accentTells = words("plac march cot pech form gard min")

func isAcronym(key string) bool { return key[0] >= 'A' && key[0] <= 'Z' }

// wordToo tells whether an acronym reads as an ordinary word once in small letters.
func (x *lexicon) wordToo(acronym string) bool {
	_, short := x.abbreviations[acronym]
	return short || ambiguous[acronym] || function(acronym) || x.ordinary[acronym]
}

func (x *lexicon) intern(key string) int32 {
	id, ok := x.ids[key]
	if !ok {
		id = int32(len(x.ids) + 1)
		x.ids[key] = id
	}
	return id
}

// finish sorts what must be sorted for readings to be the same on every run, and indexes the terms.
func (b *termBuilder) finish() {
	for n, t := range b.terms {
		slices.SortFunc(b.terms[n].refs, func(a, b ref) int { return cmp.Or(cmp.Compare(a.what, b.what), cmp.Compare(a.n, b.n)) })
		if len(t.ids) == 1 {
			b.singles[t.ids[0]] = append(b.singles[t.ids[0]], int32(n))
		} else {
			pair := [2]int32{t.ids[0], t.ids[1]}
			b.pairs[pair] = append(b.pairs[pair], int32(n))
		}
	}
	list := make([]string, 0, len(b.words))
	for w := range b.words {
		list = append(list, w)
	}
	sort.Slice(list, func(i, j int) bool {
		return cmp.Or(cmp.Compare(len(list[i]), len(list[j])), cmp.Compare(list[i], list[j])) < 0
	})
	for _, w := range list {
		if len(w) < 4 {
			continue
		}
		if k := phonetic(w); len(k) > 2 && b.sounds[k] == "" {
			b.sounds[k] = w
		}
		b.spelled[w[0]] = append(b.spelled[w[0]], spelling{w, letters(w)})
	}
}

// expand writes abbreviations out, in a text and in the vocabulary alike.
func (x *lexicon) expand(tokens []token, vocabulary bool) []token {
	out := make([]token, 0, len(tokens)+4)
	for _, t := range tokens {
		acronym := t.caps && (vocabulary || x.ids[strings.ToUpper(t.text)] != 0)
		if full := x.abbreviations[t.text]; full != nil && !acronym && !x.afterArticle(out, t) {
			for j, w := range full {
				part := t
				part.text, part.caps, part.breaks, part.number = w, false, t.breaks && j == 0, -1
				out = append(out, part)
			}
			continue
		}
		out = append(out, t)
	}
	return out
}

// afterArticle tells whether an article makes the word after it an acronym of the vocabulary: « une TS » typed « une ts ».
func (x *lexicon) afterArticle(before []token, t token) bool {
	if len(before) == 0 || x.ids[strings.ToUpper(t.text)] == 0 || t.breaks {
		return false
	}
	switch p := before[len(before)-1].text; p {
	case "le", "la":
		return len(before) < 2 || before[len(before)-2].text != "tu" // tu l'as vu
	case "les", "un", "une", "du", "au":
		return true
	}
	return false
}

// kindNeeds finds for each kind the need that it stands for: the one of the kind's first domain that sends to it first and
// to the fewest others.
func (x *lexicon) kindNeeds(r *Rules) {
	best := map[string]float64{}
	for _, n := range r.Needs {
		for kind, score := range offers(n) {
			if k := r.Kind(kind); k != nil && len(k.Domains) > 0 && k.Domains[0] == n.Domain {
				score += 2
			}
			if score > best[kind] {
				best[kind], x.kindNeed[kind] = score, n.ID
			}
		}
	}
}

// offers weighs, below 2, how much each kind is the answer to a need.
func offers(n Need) map[string]float64 {
	place := map[string]int{}
	for _, rule := range n.Rules {
		for i, kind := range slices.Concat(rule.Offer, rule.Inform) {
			if p, ok := place[kind]; !ok || i < p {
				place[kind] = i
			}
		}
	}
	weights := map[string]float64{}
	for kind, p := range place {
		weights[kind] = 1/float64(1+p) + 1/float64(1+len(place))
	}
	return weights
}
