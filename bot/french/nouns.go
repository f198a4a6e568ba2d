package french

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// article finds the article of each noun that a group joins: "l’insertion et l’emploi" has two, "le sport, la culture et les loisirs" three.
var article = regexp.MustCompile(`(^|, | et )(les |le |la |l['’])`)

var afterDe = map[string]string{"les ": "des ", "le ": "du ", "la ": "de la ", "l'": "de l’", "l’": "de l’"}

// De puts « de » before a group of nouns and whatever each of its articles makes of it: "de l’insertion et de l’emploi", "des services
// sociaux", "d’un point".
func De(group string) string {
	if at := article.FindStringIndex(group); at != nil && at[0] == 0 {
		return article.ReplaceAllStringFunc(group, func(m string) string {
			said := article.FindStringSubmatch(m)
			return said[1] + afterDe[said[2]]
		})
	}
	if c, _ := utf8.DecodeRuneInString(strings.ToLower(group)); strings.ContainsRune("aàâeéèêëiîïoôuùûœæ", c) {
		return "d’" + group
	}
	return "de " + group
}

// IsPlural tells whether a verb after this group of nouns, articles included, is in the plural: "les services sociaux", "la santé et la
// justice".
func IsPlural(group string) bool {
	return strings.HasPrefix(group, "les ") || len(article.FindAllStringIndex(group, -1)) > 1
}

// And joins with commas and « et ».
func And(list ...string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " et " + list[last]
}

// Upper begins a text with a capital.
func Upper(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// Lower begins a text without a capital, unless its first word is an acronym.
func Lower(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if second, _ := utf8.DecodeRuneInString(s[size:]); size == 0 || unicode.IsUpper(second) {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}
