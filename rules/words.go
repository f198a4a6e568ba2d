package rules

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// With returns rules that read some words as a team has decided: each stands for one need as strongly as a word can, or, with
// "", for nothing. Only longer phrases of the vocabulary take such a word back. A need that the rules do not have, or no
// longer, leaves its word as it was.
func (r *Rules) With(words map[string]string) *Rules {
	with := *r
	with.lexicon.own = map[string]*term{}
	for _, word := range slices.Sorted(maps.Keys(words)) { // sorted: of two words that are one, the same always wins
		id := words[word]
		t := &term{text: word, tight: true}
		if need := r.Need(id); need != nil {
			n := slices.IndexFunc(r.Needs, func(n Need) bool { return n.ID == need.ID })
			t.refs = []ref{{aNeed, int32(n), strong}}
		} else if id != "" {
			continue
		}
		if tokens := tokenize(word); len(tokens) == 1 {
			with.lexicon.own[r.lexicon.key(tokens[0], false)] = t
			with.lexicon.own[strings.ToUpper(tokens[0].text)] = t // as an acronym
		}
	}
	return &with
}

// What a word that nobody knows must be like to be told, in bytes: shorter or longer is no word. And how many of a sentence.
const (
	shortestUnread = 3
	longestUnread  = 24
	mostUnread     = 8
)

// unread returns the words of the sentence that nothing is known of, each once, as written. Whatever may be a name is left out: what
// the guard found and what touches it, names of its lists, and a word where a name often stands.
func (r *Rules) unread(s *sentence, personal []Personal) []string {
	var words []string
	for i, t := range s.tokens {
		if r.guard.naming[t.text]&(firstName|ambiguousName|familyName) != 0 || s.wherePeopleAreNamed(i) {
			continue
		}
		if s.word[i] != 0 || s.acronym[i] != 0 || t.number >= 0 || t.upper || s.decided(i) != nil || function(t.text) ||
			s.isOrdinary(t.text) || s.infinitive(t.text) != t.text || s.abbreviations[t.text] != nil {
			continue
		}
		word := s.text[t.start:t.end]
		if len(word) < shortestUnread || len(word) > longestUnread || !onlyLetters(word) || tellsWho(personal, t) {
			continue
		}
		if !slices.Contains(words, word) && len(words) < mostUnread {
			words = append(words, word)
		}
	}
	return words
}

// wherePeopleAreNamed tells whether a name often stands at token i: after « vu », « avec », « le petit », or before an age.
func (s *sentence) wherePeopleAreNamed(i int) bool {
	if i+1 < len(s.tokens) && s.tokens[i+1].number >= 0 {
		return true
	}
	if s.tokens[i].breaks {
		return false
	}
	before := s.at(i - 1)
	_, kin, _ := s.youngAt(i - 1)
	return met[before] || kin || parents[before]
}

var met = words("vu vue vus vues revu avec chez pour petit petite grand grande rendez vous croise recu rencontre appele mme mr monsieur madame")

func onlyLetters(word string) bool {
	for _, r := range word {
		if !unicode.IsLetter(r) {
			return false
		}
	}
	return true
}

// tellsWho tells whether a token is a part of what tells who somebody is, or touches it.
func tellsWho(personal []Personal, t token) bool {
	return slices.ContainsFunc(personal, func(p Personal) bool { return t.start <= p.End && p.Start <= t.end })
}

// Shared is what several needs that suit the same young person have in common with the same weight: it does not tell them apart.
type Shared struct {
	Needs  []string // ids, in the order of the rules
	Weight string   // forts, moyens or faibles, as the files call it
	Words  []string
}

// SharedWords lists the words that do not tell needs apart, the heaviest first. Needs whose ages do not meet are told apart by age.
func (r *Rules) SharedWords() []Shared {
	type group struct {
		needs  string
		weight int8
	}
	words := map[group][]string{}
	for _, list := range r.lexicon.terms {
		for _, t := range list {
			for _, weight := range []int8{strong, middling, weak} {
				if needs := r.mistakable(t, weight); len(needs) > 0 {
					g := group{strings.Join(needs, " "), weight}
					words[g] = append(words[g], t.text)
				}
			}
		}
	}
	groups := slices.SortedFunc(maps.Keys(words), func(a, b group) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.needs, b.needs))
	})
	shared := make([]Shared, len(groups))
	for i, g := range groups {
		slices.Sort(words[g])
		shared[i] = Shared{strings.Fields(g.needs), weightNames[g.weight], slices.Compact(words[g])}
	}
	return shared
}

var weightNames = map[int8]string{strong: "forts", middling: "moyens", weak: "faibles"}

// mistakable returns the needs that a term has at a weight and that some age may be of with another one of them.
func (r *Rules) mistakable(t term, weight int8) (ids []string) {
	var needs []*Need
	for _, f := range t.refs {
		if f.what == aNeed && f.weight == weight {
			needs = append(needs, &r.Needs[f.n])
		}
	}
	for _, n := range needs {
		if slices.ContainsFunc(needs, func(other *Need) bool { return other != n && other.Ages.Meets(n.Ages) }) {
			ids = append(ids, n.ID)
		}
	}
	return ids
}
