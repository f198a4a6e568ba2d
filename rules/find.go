package rules

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

const maxFound = 10 // partners that a search shows

// A listing is a partner in the directory, with the folded words it is found by.
type listing struct {
	partner *Partner
	names   []string // its name and synonyms, whole
	own     []string // the words of those
	kind    []string // the words of its kind's name and synonyms, and of its territories
}

func newDirectory(r *Rules, x index) []listing {
	ofKind := map[string][]string{}
	for _, k := range r.Kinds {
		ofKind[k.ID] = append(searchWords(k.Name), searchWords(k.Synonyms...)...)
	}
	directory := make([]listing, len(r.Partners))
	for i := range r.Partners {
		p := &r.Partners[i]
		l := listing{partner: p, own: searchWords(append([]string{p.Name}, p.Synonyms...)...), kind: slices.Clip(ofKind[p.Kind])}
		for _, name := range append([]string{p.Name}, p.Synonyms...) {
			l.names = append(l.names, strings.Join(searchWords(name), " "))
		}
		for _, id := range p.Territories {
			if t := x.territories[id]; t != nil {
				l.kind = append(l.kind, searchWords(append([]string{t.Name}, t.Synonyms...)...)...)
			}
		}
		directory[i] = l
	}
	return directory
}

// searchWords cuts texts into folded words, without the small words that tell nothing.
func searchWords(texts ...string) []string {
	var words []string
	for _, text := range texts {
		for _, word := range strings.FieldsFunc(Fold(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
			if !unsearched[word] {
				words = append(words, word)
			}
		}
	}
	return words
}

var unsearched = words("a au aux d de des du en et l la le les un une")

// Find searches the directory: every word of text must begin a word of the partner's name, synonyms, kind or territories,
// in any order. The best come first: the very name, then whole words before beginnings, the partner's own before its kind's.
// Closed partners come last.
func (r *Rules) Find(text string) []*Partner {
	wanted := searchWords(text)
	if len(wanted) == 0 {
		return nil
	}
	type scored struct {
		partner *Partner
		score   int
	}
	var hits []scored
	for i := range r.index.directory {
		if score := r.index.directory[i].score(wanted); score > 0 {
			hits = append(hits, scored{r.index.directory[i].partner, score})
		}
	}
	slices.SortFunc(hits, func(a, b scored) int {
		return cmp.Or(closedLast(a.partner, b.partner), cmp.Compare(b.score, a.score), cmp.Compare(a.partner.ID, b.partner.ID))
	})
	var found []*Partner
	for _, h := range hits[:min(len(hits), maxFound)] {
		found = append(found, h.partner)
	}
	return found
}

func closedLast(a, b *Partner) int {
	switch {
	case a.Closed == b.Closed:
		return 0
	case a.Closed:
		return 1
	default:
		return -1
	}
}

// score is 0 when a wanted word is nowhere in the listing.
func (l *listing) score(wanted []string) int {
	score := 0
	for _, word := range wanted {
		best := max(match(word, l.own, 4, 2), match(word, l.kind, 3, 1))
		if best == 0 {
			return 0
		}
		score += best
	}
	if slices.Contains(l.names, strings.Join(wanted, " ")) {
		score += 100
	}
	return score
}

// match is whole when the word is among the others, part when it begins one of them.
func match(word string, among []string, whole, part int) int {
	best := 0
	for _, other := range among {
		if other == word {
			return whole
		}
		if strings.HasPrefix(other, word) {
			best = part
		}
	}
	return best
}
