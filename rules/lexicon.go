package rules

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A lexicon is what reading a sentence looks words up in. It is built once, by [Load], and only read afterwards.
type lexicon struct {
	ids   map[string]int32    // stems, and acronyms kept in capitals, to small numbers; 0 stands for none
	terms map[[2]int32][]term // every word and phrase of the vocabulary, by its first two words; a single word has no second, 0

	abbreviations map[string][]string // pr: pour; a value may be several words
	regular       map[string]bool     // what verbs in -er have before it
	irregular     map[string]string   // form of another verb to its infinitive
	ordinary      map[string]bool     // common words: never taken for a misspelt one
	sounds        map[string]string   // phonetic key to the one word of the vocabulary that sounds so
	spelled       map[byte][]spelling // words that a typo may stand for, by first letter, shortest first
	places        map[string]bool     // words of territories: Les Halles is no hall
	kindNeed      map[string]string   // the need that a kind of partner stands for when it alone is named
	own           map[string]*term    // what a team has decided of a word, by its key; see [Rules.With]
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

// prepositions at the end of a phrase wait for a word that matters.
var prepositions = words("chez dans sur sous par pour avec vers entre")

// functionWords tell nothing by their capitals and are no typo of anything.
var functionWords = union(articles, small)

func function(w string) bool { return functionWords[w] }

// ambiguous are acronyms that are words too, whatever the list of common words holds.
var ambiguous = words(`as ip ci pe ft ts pass ma are mie but cap pad sas lm opp sol mal pro bac aide`)

// How many words and terms the vocabulary has, roughly: room for them at once costs less than growing.
const (
	usualWords = 16_000
	usualTerms = 32_000
)

// newLexicon needs the index of r: it looks kinds up.
func newLexicon(r *Rules, l Lecture) lexicon {
	x := lexicon{
		ids: make(map[string]int32, usualWords), terms: make(map[[2]int32][]term, usualTerms),
		abbreviations: map[string][]string{}, ordinary: make(map[string]bool, len(l.CommonWords)),
		regular: make(map[string]bool, len(l.Verbs)), irregular: make(map[string]string, 10*len(l.Forms)),
		sounds: make(map[string]string, usualWords), spelled: map[byte][]spelling{}, places: map[string]bool{}, kindNeed: map[string]string{},
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
	for _, v := range l.Verbs {
		x.regular[strings.TrimSuffix(Fold(v), "er")] = true
	}
	for _, infinitive := range slices.Sorted(maps.Keys(l.Forms)) {
		for _, form := range l.Forms[infinitive] {
			x.irregular[Fold(form)] = Fold(infinitive)
		}
	}
	for _, t := range r.Territories {
		for _, name := range append([]string{t.Name}, t.Synonyms...) {
			for _, tok := range tokenize(name) {
				x.places[tok.text] = true
			}
		}
	}
	b := termBuilder{lexicon: &x, known: make(map[string]word, usualWords), words: make(map[string]bool, usualWords)}
	b.addLists(r, l)
	b.addNames(r)
	b.spellings()
	x.kindNeeds(r)
	return x
}

// termBuilder gathers the terms of a lexicon.
type termBuilder struct {
	*lexicon
	scan  scanner
	known map[string]word // what was looked up before: the vocabulary says each word five times
	refs  []ref           // room for what many terms stand for, most often one thing,
	slots []int32         // and for the words of many terms
	words map[string]bool // written forms that a typo may stand for
}

// word is what a word counts for in a term.
type word struct {
	id       int32
	worth    worth
	ordinary bool
}

type worth int8

const (
	anArticle worth = iota
	aSmallWord
	content
)

func (b *termBuilder) addLists(r *Rules, l Lecture) {
	all := func(list []string, f ref) {
		for _, text := range list {
			b.add(text, f)
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

// addNames adds the names of this town.
func (b *termBuilder) addNames(r *Rules) {
	for i, t := range r.Territories {
		for _, name := range append([]string{t.Name}, t.Synonyms...) {
			b.add(name, ref{what: aTerritory, n: int32(i)})
		}
	}
	for i, p := range r.Partners {
		if p.Closed {
			continue
		}
		for _, name := range append([]string{p.Name}, p.Synonyms...) {
			b.add(name, ref{what: aPartner, n: int32(i)})
			if short := shortName(name); short != "" {
				b.add(short, ref{what: aPartner, n: int32(i)})
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
func (b *termBuilder) add(text string, f ref) {
	tokens := b.expand(b.scan.tokens(text), true)
	if len(tokens) == 0 {
		return
	}
	t := b.term(tokens, f.what)
	start := [2]int32{t.ids[0]}
	if len(t.ids) > 1 {
		start[1] = t.ids[1]
	}
	list := b.terms[start]
	n := slices.IndexFunc(list, func(same term) bool { return same.tight == t.tight && slices.Equal(same.ids, t.ids) })
	if n < 0 {
		t.text, t.refs = text, b.room(f)
		b.terms[start] = append(list, t)
		return
	}
	list[n].addRef(f)
}

// room returns a list of one, cut from a piece shared by many.
func (b *termBuilder) room(f ref) []ref {
	if len(b.refs) == cap(b.refs) {
		b.refs = make([]ref, 0, usualTerms/4)
	}
	b.refs = append(b.refs, f)
	return b.refs[len(b.refs)-1 : len(b.refs) : len(b.refs)]
}

// roomFor returns a list of n word ids, cut from a piece shared by many.
func (b *termBuilder) roomFor(n int) []int32 {
	if len(b.slots)+n > cap(b.slots) {
		b.slots = make([]int32, 0, max(n, usualTerms))
	}
	b.slots = b.slots[:len(b.slots)+n]
	return b.slots[len(b.slots)-n : len(b.slots) : len(b.slots)]
}

// term keeps the words of a phrase that a sentence must have: no articles, and no small words as long as two others remain, but
// for a preposition at its end. A fixed expression needs them all.
func (b *termBuilder) term(tokens []token, what what) term {
	fixed := what == aMask || what == aNegation || what == anOffTopic
	t := term{ids: b.roomFor(len(tokens)), plain: true}
	worths, of := make([]worth, len(tokens)), [3]int{}
	for i, tok := range tokens {
		w := b.word(tok, len(tokens) == 1, what)
		t.ids[i], worths[i] = w.id, w.worth
		t.plain = t.plain && w.ordinary
		of[w.worth]++
	}
	least := anArticle
	switch {
	case of[content] >= 2 && !fixed:
		least = content
	case of[content]+of[aSmallWord] > 0:
		least, t.tight = aSmallWord, fixed || of[aSmallWord] > 0
	default:
		t.tight = true
	}
	kept := t.ids[:0]
	for i, id := range t.ids {
		opens := i == len(tokens)-1 && prepositions[tokens[i].text] // « veut plus vivre chez » is not « veut plus vivre »
		if (worths[i] >= least || opens) && len(kept) < longestTerm {
			kept = append(kept, id)
		}
	}
	t.ids = kept
	return t
}

// word looks a word of the vocabulary up. Names of partners correct no typo: a family name is no misspelt word.
func (b *termBuilder) word(t token, alone bool, what what) word {
	common := !t.caps && !t.accent && t.number < 0
	if w, ok := b.known[t.text]; ok && common {
		return w
	}
	key := b.key(t, alone)
	w := word{b.intern(key), content, b.ordinary[t.text]}
	if function(t.text) {
		w.ordinary = true
		switch {
		case isAcronym(key):
		case articles[t.text]:
			w.worth = anArticle
		default:
			w.worth = aSmallWord
		}
	} else if what != aPartner && t.number < 0 {
		b.words[t.text] = true
	}
	if common {
		b.known[t.text] = w
	}
	return w
}

// longestTerm is how many words of a phrase are looked at.
const longestTerm = 10

// addRef adds what a term stands for; of two weights for one need the higher stays.
func (t *term) addRef(f ref) {
	i, has := slices.BinarySearchFunc(t.refs, f, func(a, b ref) int { return cmp.Or(cmp.Compare(a.what, b.what), cmp.Compare(a.n, b.n)) })
	if has {
		t.refs[i].weight = max(t.refs[i].weight, f.weight)
		return
	}
	t.refs = slices.Insert(t.refs, i, f)
}

// key returns what a word is filed under: its stem; itself, with a mark, for a small word, so that danse is not dans; its
// capitals for an acronym that is an ordinary word too.
func (x *lexicon) key(t token, alone bool) string {
	switch {
	case t.caps && (!function(t.text) || alone) && x.wordToo(t.text):
		return strings.ToUpper(t.text)
	case function(t.text):
		return "_" + t.text
	case t.accent && accentTells[stem(t.text)]:
		return stem(t.text) + "é"
	case x.places[t.text]:
		return "=" + t.text
	}
	return stem(x.infinitive(t.text))
}

// infinitive returns the verb that a form stands for, so that « dormait », « dorment » and « dort » are one word; w itself when
// it is the form of none. What [stem] makes one anyway is left to it.
func (x *lexicon) infinitive(w string) string {
	if verb, ok := x.irregular[w]; ok {
		return verb
	}
	for _, ending := range endings {
		if root, ok := strings.CutSuffix(w, ending); ok && x.regular[root] {
			return root + "er"
		}
	}
	return w
}

// endings of the verbs in -er that stem does not take off. Those in -ant are left out: they are nouns as often (étudiant, volant).
var endings = strings.Fields("ent ait aient ais era erait eront eraient")

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

// spellings files the words that a typo may stand for, sorted for readings to be the same on every run.
func (b *termBuilder) spellings() {
	shortestFirst := func(v, w string) int { return cmp.Or(cmp.Compare(len(v), len(w)), strings.Compare(v, w)) }
	for _, w := range slices.SortedFunc(maps.Keys(b.words), shortestFirst) {
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
	if !slices.ContainsFunc(tokens, func(t token) bool { return x.abbreviations[t.text] != nil }) {
		return tokens
	}
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
