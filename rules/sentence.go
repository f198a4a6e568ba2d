package rules

import (
	"cmp"
	"slices"
	"strings"
)

// A sentence is a text being read.
type sentence struct {
	*lexicon
	text    string
	tokens  []token
	word    []int32 // what each token is in the lexicon; 0 unknown
	acronym []int32
	own     []*term // what the team has decided of each token; nil when it has of none
	free    []bool  // a small word: phrases step over it
	masked  []int8  // words, small ones aside, of the mask that the token is part of
	denied  []bool  // set aside by a negation
	named   []int8  // length of the name, of a partner or a kind, that the token is part of
	proper  []bool  // that name is one of a partner of the town
	hits    []hit   // everything of the vocabulary that is in the text, longest first
	accents bool    // whoever wrote it types accents
	past    tense   // of the whole text, once somebody has asked; see narrated
	person  person  // who it is about
}

// hit is a term found in a text.
type hit struct {
	*term
	at []int32 // tokens
}

// sentence looks the words of a text up.
func (x *lexicon) sentence(text string) *sentence {
	tokens := x.expand(tokenize(text), false)
	s := &sentence{lexicon: x, text: text, accents: strings.ContainsAny(text, "éèêàçùÉÈÊÀÇ"), tokens: make([]token, 0, len(tokens)+4)}
	corrected := 0
	for _, t := range tokens {
		if cut, ok := x.lostApostrophe(t); ok {
			s.push(cut[0], cut[0])
			s.push(cut[1], cut[1])
			continue
		}
		meant := t
		decided := x.own[x.key(t, false)]
		if decided == nil && t.number < 0 && !function(t.text) && x.ids[x.key(t, false)] == 0 && corrected < mostCorrections && !properNoun(t, len(s.tokens)) {
			if fixed, ok := x.restore(t.text); ok {
				meant.text = fixed
			}
			corrected++
		}
		s.push(t, meant)
		if decided != nil {
			s.decide(decided)
		}
	}
	n := len(s.tokens)
	flags, lengths := make([]bool, 3*n), make([]int8, 2*n)
	s.free, s.denied, s.proper = flags[:n], flags[n:2*n], flags[2*n:]
	s.masked, s.named = lengths[:n], lengths[n:]
	for i, t := range s.tokens {
		s.free[i] = function(t.text) && s.acronym[i] == 0
	}
	return s
}

// mostCorrections bounds the work on a text in which nothing is a word.
const mostCorrections = 100

// properNoun tells a word with a capital inside a phrase: it is a name, not a misspelt word.
func properNoun(t token, i int) bool { return t.upper && !t.caps && i > 0 && !t.breaks }

// push adds a token, looked up as what it is meant to be.
func (s *sentence) push(t, meant token) {
	acronym := int32(0)
	if t.caps || s.afterArticle(s.tokens, t) {
		acronym = s.ids[strings.ToUpper(t.text)]
	}
	meant.caps = false
	s.tokens = append(s.tokens, t)
	s.word = append(s.word, s.ids[s.key(meant, false)])
	s.acronym = append(s.acronym, acronym)
}

// decide notes what the team has decided of the last token.
func (s *sentence) decide(t *term) {
	for len(s.own) < len(s.tokens) {
		s.own = append(s.own, nil)
	}
	s.own[len(s.tokens)-1] = t
}

// decided returns what the team has decided of token i, nil for nothing.
func (s *sentence) decided(i int) *term {
	if i < len(s.own) {
		return s.own[i]
	}
	return nil
}

// lostApostrophe cuts lecole and dargent in two when what is left is in the vocabulary.
func (x *lexicon) lostApostrophe(t token) (cut [2]token, ok bool) {
	if len(t.text) < 4 || t.number >= 0 || x.ids[stem(t.text)] != 0 || x.ordinary[t.text] || function(t.text) {
		return cut, false
	}
	n := 1
	if strings.HasPrefix(t.text, "qu") {
		n = 2
	}
	full, ok := elided[t.text[:n]]
	if !ok || strings.IndexByte("aeiouyh", t.text[n]) < 0 {
		return cut, false
	}
	rest := t
	rest.text, rest.breaks, rest.caps, rest.upper = t.text[n:], false, false, false
	if !function(rest.text) && x.ids[stem(rest.text)] == 0 {
		return cut, false
	}
	if n, isNumber := numberWords[rest.text]; isNumber {
		rest.number = n
	}
	t.text, t.caps = full, false
	return [2]token{t, rest}, true
}

// match finds every word and phrase of the vocabulary in the text.
func (s *sentence) match() {
	for i := range s.tokens {
		own := s.decided(i)
		if own != nil && own.refs != nil {
			s.hits = append(s.hits, hit{own, []int32{int32(i)}})
		}
		for _, id := range s.idsAt(i) {
			if id == 0 {
				continue
			}
			singles := s.terms[[2]int32{id}]
			for n := range singles {
				if own == nil {
					s.hits = append(s.hits, hit{&singles[n], []int32{int32(i)}})
				}
			}
			s.matchPhrases(i, id)
		}
	}
	slices.SortStableFunc(s.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(len(b.at), len(a.at)), cmp.Compare(b.heaviest(), a.heaviest()), cmp.Compare(s.width(b), s.width(a)), cmp.Compare(a.at[0], b.at[0]))
	})
}

func (s *sentence) idsAt(i int) [2]int32 { return [2]int32{s.word[i], s.acronym[i]} }

// width is the number of bytes of the words of a hit, without what it steps over.
func (s *sentence) width(h hit) int {
	n := 0
	for _, i := range h.at {
		n += s.tokens[i].end - s.tokens[i].start
	}
	return n
}

// matchPhrases finds the phrases that start with the word id at token i.
func (s *sentence) matchPhrases(i int, id int32) {
	stepped := 0
	for j := i + 1; j < len(s.tokens) && j <= i+reach && !s.tokens[j].breaks; j++ {
		for _, second := range s.idsAt(j) {
			if second == 0 {
				continue
			}
			phrases := s.terms[[2]int32{id, second}]
			for n := range phrases {
				t := &phrases[n]
				if at := s.follow(t, i, j); at != nil && (stepped == 0 || !t.tight) {
					s.hits = append(s.hits, hit{t, at})
				}
			}
		}
		if !s.free[j] {
			if stepped++; stepped > 1 {
				return
			}
		}
	}
}

// reach is how far the next word of a phrase may be, small words included.
const reach = 7

// follow returns the tokens of term t whose first two words are at i and j, nil when the rest does not follow.
func (s *sentence) follow(t *term, i, j int) []int32 {
	at := [longestTerm]int32{int32(i), int32(j)}
	for n, id := range t.ids[2:] {
		if j = s.next(j, id, t.tight); j < 0 {
			return nil
		}
		at[n+2] = int32(j)
	}
	return slices.Clone(at[:len(t.ids)])
}

// next returns the token after j that is the word id, stepping over small words and, unless tight, one other word.
func (s *sentence) next(j int, id int32, tight bool) int {
	stepped := 0
	for k := j + 1; k < len(s.tokens) && k <= j+reach && !s.tokens[k].breaks; k++ {
		if s.word[k] == id || s.acronym[k] == id {
			return k
		}
		if !s.free[k] {
			if stepped++; stepped > 1 || tight {
				return -1
			}
		}
	}
	return -1
}

// has tells whether a term stands for a thing of one of the given sorts.
func (t *term) has(sorts ...what) bool {
	for _, f := range t.refs {
		if slices.Contains(sorts, f.what) {
			return true
		}
	}
	return false
}

// heaviest is the greatest weight that a term has for a need.
func (t *term) heaviest() (weight int8) {
	for _, f := range t.refs {
		weight = max(weight, f.weight)
	}
	return weight
}

// pick returns the hits of some sorts, the longest first, each word serving once.
func (s *sentence) pick(sorts ...what) []hit {
	used := make([]bool, len(s.tokens))
	var out []hit
	for _, h := range s.hits {
		if !h.has(sorts...) || slices.ContainsFunc(h.at, func(i int32) bool { return used[i] }) || !s.counts(h, sorts[0]) {
			continue
		}
		for _, i := range h.at {
			used[i] = true
		}
		out = append(out, h)
	}
	return out
}

// counts tells whether a hit may serve for a sort of thing.
func (s *sentence) counts(h hit, sort what) bool {
	switch sort {
	case aMask, aNegation, anOffTopic:
		return true
	case anActionType: // « réunion d'équipe » is no partnership; « travail de rue » is set aside and is street work
		return !slices.ContainsFunc(h.at, func(i int32) bool { return s.masked[i] > s.weighty(h) })
	case aPartner:
		if h.plain && len(h.at) == 1 && !h.has(aKind) && !s.properName(int(h.at[0])) {
			return false
		}
	case aNeed:
		if s.inName(h) && s.proper[h.at[0]] {
			return false
		}
	case aSituation:
		if s.inName(h) {
			return false
		}
	}
	return !slices.ContainsFunc(h.at, func(i int32) bool { return s.masked[i] > 0 && s.masked[i] >= s.weighty(h) || s.denied[i] })
}

// weighty is the number of words of a hit that are not small.
func (s *sentence) weighty(h hit) (n int8) {
	for _, i := range h.at {
		if !s.free[i] {
			n++
		}
	}
	return max(n, 1)
}

// inName tells whether a hit is only a part of a longer name.
func (s *sentence) inName(h hit) bool {
	return !slices.ContainsFunc(h.at, func(i int32) bool { return int(s.named[i]) <= len(h.at) })
}

// properName tells whether an ordinary word is written as a name: with a capital inside a phrase, or after « quartier ».
func (s *sentence) properName(i int) bool {
	if s.tokens[i].upper && i > 0 && !s.tokens[i].breaks {
		return true
	}
	for i--; i >= 0 && articles[s.tokens[i].text]; i-- {
	}
	return i >= 0 && (s.tokens[i].text == "quartier" || s.tokens[i].text == "secteur")
}

// setAside marks the words of masks, and those after a negation up to a sign or three words.
func (s *sentence) setAside() {
	for _, h := range s.pick(aMask) {
		for _, i := range h.at {
			s.masked[i] = s.weighty(h)
		}
	}
	for _, h := range s.pick(aNegation) {
		left := 3
		for i := int(h.at[0]); i < len(s.tokens) && left > 0; i++ {
			if i > int(h.at[len(h.at)-1]) {
				if s.tokens[i].breaks {
					break
				}
				if !s.free[i] {
					left--
				}
			}
			s.denied[i] = true
		}
	}
}

// chatter tells whether the text is the team's own. A pronoun alone may stand for a colleague.
func (s *sentence) chatter() bool {
	return !s.person.named && (len(s.pick(anOffTopic)) > 0 || !s.person.mentioned && s.aboutMe() && !s.deed())
}

// aboutMe tells whether the educator speaks of himself, and of nobody else: « j'ai mal au dos », « mes frais ».
func (s *sentence) aboutMe() bool {
	me := false
	for _, t := range s.tokens {
		switch t.text {
		case "je", "mon", "ma", "mes", "moi":
			me = true
		case "son", "sa", "ses", "leur", "leurs", "tu":
			return false
		}
	}
	return me
}

// markNames notes the words of names: « garage » in the name of a partner is no wish to work in one.
func (s *sentence) markNames(names []hit) {
	for _, h := range names {
		if len(h.at) < 2 || !h.has(aPartner, aKind) {
			continue
		}
		for _, i := range h.at {
			s.named[i], s.proper[i] = int8(len(h.at)), !h.has(aKind)
		}
	}
}

// onlyAPlace tells a kind of partner that merely says where: « devant le collège », « à la sortie du lycée ».
func (s *sentence) onlyAPlace(h hit) bool {
	i := int(h.at[0]) - 1
	for i >= 0 && (articles[s.at(i)] || s.at(i) == "son" || s.at(i) == "sa" || s.at(i) == "de" || s.at(i) == "au" || s.at(i) == "aux") && !s.tokens[i+1].breaks {
		i--
	}
	if i < 0 || s.tokens[i+1].breaks {
		return false
	}
	return beside[s.at(i)]
}

var beside = words("devant sortie derriere face pres arret parking cour entree abords cote")

// written returns a hit as it stands in the text.
func (s *sentence) written(h hit) string {
	return s.text[s.tokens[h.at[0]].start:s.tokens[h.at[len(h.at)-1]].end]
}

// quoted returns what may be kept of a hit: as it is written when every word of it is of the vocabulary, else as the
// vocabulary writes it. A word stepped over, or taken for a misspelt one, may be a name.
func (s *sentence) quoted(h hit) string {
	for i := h.at[0]; i <= h.at[len(h.at)-1]; i++ {
		t := s.tokens[i]
		if slices.Contains(h.at, i) && s.ids[s.key(t, false)] == 0 || !slices.Contains(h.at, i) && !function(t.text) {
			return h.text
		}
	}
	return s.written(h)
}

// asked tells whether a partner that is named was called upon, and is not just where something happened: « orienté ML »,
// « rdv CMP », « la mairie a refusé », but not « harcelé au collège », « convoqué au tribunal ».
func (s *sentence) asked(h hit) bool {
	first, last := int(h.at[0]), int(h.at[len(h.at)-1])
	for i := first - 1; i >= max(0, first-askedBefore) && !s.tokens[i+1].breaks; i-- {
		if s.at(i) == "avec" && i >= first-2 || s.callsUpon(i) {
			return true
		}
	}
	for i := last + 1; i <= min(len(s.tokens)-1, last+askedAfter) && !s.tokens[i].breaks; i++ {
		if s.callsUpon(i) {
			return true
		}
	}
	return false
}

// callsUpon tells a word that says a partner was called upon, or has answered.
func (s *sentence) callsUpon(i int) bool {
	if s.at(i) == "rendez" {
		return true
	}
	for _, runs := range []map[string][]run{solicitations, answers} {
		for _, c := range runs[s.at(i)] {
			if s.follows(i, c.rest) {
				return true
			}
		}
	}
	return false
}

// How many words before and after a partner's name its cue is looked for.
const (
	askedBefore = 6
	askedAfter  = 4
)

// inOrder sorts hits by their place in the text.
func inOrder(hits []hit) {
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.at[0], b.at[0]) })
}
