package rules

import (
	"math/bits"
	"sort"
	"strings"
)

// spelling is a word as it should be written.
type spelling struct {
	word    string
	letters uint32 // one bit a letter, to pass over most words before comparing
}

// restore returns the word that w most likely stands for, and false when it is left alone.
func (x *lexicon) restore(w string) (string, bool) {
	if len(w) < 5 || len(w) > longestWord || w[0] < 'a' || w[0] > 'z' || x.isOrdinary(w) {
		return "", false
	}
	if heard := x.sounds[phonetic(w)]; heard != "" && len(heard) > 3 {
		return heard, true
	}
	if len(w) < 6 {
		return "", false
	}
	edits := 1
	if len(w) >= 9 {
		edits = 2
	}
	for e := 1; e <= edits; e++ {
		if fixed := x.nearest(w, e); fixed != "" {
			return fixed, true
		}
	}
	return "", false
}

func (x *lexicon) isOrdinary(w string) bool {
	if x.ordinary[w] {
		return true
	}
	n := len(w)
	return w[n-1] == 's' && x.ordinary[w[:n-1]] || w[n-1] == 'e' && x.ordinary[w[:n-1]] || n > 2 && w[n-2:] == "es" && x.ordinary[w[:n-2]]
}

// nearest returns the first word of the vocabulary at most edits away, with the same first letter.
func (x *lexicon) nearest(w string, edits int) string {
	set := letters(w)
	list := x.spelled[w[0]]
	from := sort.Search(len(list), func(i int) bool { return len(list[i].word) >= len(w)-edits })
	for _, s := range list[from:] {
		if len(s.word) > len(w)+edits {
			break
		}
		if bits.OnesCount32(s.letters^set) <= 2*edits && len(s.word) >= 5 && near(w, s.word, edits) {
			return s.word
		}
	}
	return ""
}

func letters(w string) (set uint32) {
	for i := range len(w) {
		set |= 1 << (w[i] & 31)
	}
	return set
}

// phonetic returns what a French word sounds like, roughly: spelling by ear keeps it.
func phonetic(w string) string {
	b := make([]byte, 0, len(w))
	for i := 0; i < len(w); i++ {
		sound, n := soundAt(w, i)
		for j := range len(sound) {
			if len(b) == 0 || b[len(b)-1] != sound[j] {
				b = append(b, sound[j])
			}
		}
		i += n - 1
	}
	for len(b) > 3 && strings.IndexByte("estdxpz", b[len(b)-1]) >= 0 { // mute at the end
		b = b[:len(b)-1]
	}
	return string(b)
}

type sound struct{ written, heard string }

// sounds are the spellings of one sound, longest first.
var sounds = []sound{
	{"ssion", "sion"}, {"tion", "sion"}, {"sion", "sion"}, {"cion", "sion"},
	{"eau", "o"}, {"ain", "in"}, {"ein", "in"}, {"aim", "in"}, {"oeu", "e"}, {"ill", "y"},
	{"au", "o"}, {"ai", "e"}, {"ei", "e"}, {"er", "e"}, {"ez", "e"}, {"et", "e"}, {"ph", "f"}, {"qu", "k"}, {"ck", "k"}, {"th", "t"}, {"gu", "g"},
	{"em", "an"}, {"en", "an"}, {"am", "an"}, {"ym", "in"}, {"im", "in"}, {"ce", "se"}, {"ci", "si"}, {"cy", "si"}, {"ge", "je"}, {"gi", "ji"},
	{"c", "k"}, {"h", ""}, {"y", "i"}, {"z", "s"}, {"w", "v"},
}

// soundsBy are the sounds by first letter.
var soundsBy = func() (by [256][]sound) {
	for _, s := range sounds {
		by[s.written[0]] = append(by[s.written[0]], s)
	}
	return by
}()

func soundAt(w string, i int) (string, int) {
	for _, s := range soundsBy[w[i]] {
		if !strings.HasPrefix(w[i:], s.written) {
			continue
		}
		n := len(s.written)
		switch s.written {
		case "er", "ez", "et": // only at the end of the word
			if i+n < len(w) {
				continue
			}
		case "em", "en", "am", "im", "ym", "ain", "ein", "aim": // before a vowel or a double letter they are read apart
			if i+n < len(w) && strings.IndexByte("aeiouynm", w[i+n]) >= 0 {
				continue
			}
		case "ce", "ci", "cy", "ge", "gi": // the vowel is read again with what follows it
			return s.heard[:1], 1
		}
		return s.heard, n
	}
	return w[i : i+1], 1
}

// near tells whether a and b are at most max edits apart (optimal string alignment: a swap of neighbours is one edit).
func near(a, b string, max int) bool {
	if len(a)-len(b) > max || len(b)-len(a) > max || len(a) > longestWord || len(b) > longestWord {
		return false
	}
	var rows [3][longestWord + 1]int8
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := 0; j <= len(b); j++ {
		last[j] = int8(j)
	}
	for i := 1; i <= len(a); i++ {
		row[0] = int8(i)
		best := row[0]
		for j := 1; j <= len(b); j++ {
			cost := int8(1)
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			best = min(best, row[j])
		}
		if int(best) > max {
			return false
		}
		before, last, row = last, row, before
	}
	return int(last[len(b)]) <= max
}

// longestWord is the longest word that is corrected.
const longestWord = 24
