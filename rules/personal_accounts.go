package rules

import (
	"regexp"
	"strings"
	"unicode"
)

// accounts finds e-mails, also spelt out, and accounts on networks.
func (n *note) accounts() {
	for k := range len(n.text) {
		if n.text[k] == '@' {
			n.atSign(k)
		}
	}
	if strings.ContainsAny(n.text, "[({") || strings.Contains(n.text, " @ ") {
		for _, m := range disguisedForm.FindAllStringIndex(n.text, -1) {
			n.add("email", m[0], m[1])
		}
	}
	if strings.ContainsAny(n.text, "#/") {
		for _, m := range linkForm.FindAllStringIndex(n.text, -1) {
			n.add("handle", m[0], m[1])
		}
	}
	for i := range n.tokens {
		switch {
		case spokenAt[n.word(i)]:
			n.spelledEmail(i)
		case networks[n.word(i)]:
			n.accountAfter(i)
		}
		n.underscored(i)
	}
}

// atSign finds the e-mail around the @ at byte k, or the account behind it.
func (n *note) atSign(k int) {
	start := len(strings.TrimRightFunc(n.text[:k], func(c rune) bool { return inIdentifier(c) || strings.ContainsRune("%+-", c) }))
	rest := n.text[k+1:]
	end := len(n.text) - len(strings.TrimLeftFunc(rest, func(c rune) bool { return inIdentifier(c) || c == '-' }))
	name := n.text[k+1 : end]
	switch {
	case name == "":
	case start < k:
		n.add("email", start, end)
	case len(name) > 1 && !isDigit(name[0]) || strings.ContainsAny(name, "_."): // @18h is an hour
		n.add("handle", k, end)
	}
}

// inIdentifier tells a character that the name of an account may hold.
func inIdentifier(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '.' || c == '_'
}

var (
	// disguisedForm is an e-mail with its sign between brackets or spaces: only before a domain with its point, for « réunion @ la
	// mairie » is none.
	disguisedForm = regexp.MustCompile(`(?i)[\pL\pN][\pL\pN._%+-]*(?: @ |\s?[\[({]\s?(?:at|a|arobase|@)\s?[\])}]\s?)[\pL\pN-]+(?:\s?(?:\.|[\[({]\s?(?:dot|point)\s?[\])}])\s?[\pL\pN-]{2,})+`)
	linkForm      = regexp.MustCompile(`(?i)\b(?:t\.me|wa\.me|instagram\.com|snapchat\.com|tiktok\.com|facebook\.com|twitter\.com|discord\.gg|linkedin\.com)/[^\s,;)]+|[\pL_][\pL\pN_.-]+#\pN{4}\b`)
)

var (
	spokenAt = words("arobase arobas arrobase arobaz")
	// spokenSigns stand between two words of an e-mail that is spelt.
	spokenSigns = words("point dot tiret underscore bas du")
	providers   = words("gmail hotmail outlook yahoo orange free laposte wanadoo sfr live icloud msn protonmail proton")
)

// spelledEmail finds « sofia point r arobase exemple point fr » around the word at token i.
func (n *note) spelledEmail(i int) {
	end := n.spelled(i + 1)
	if i == 0 || end == 0 || function(n.word(i-1)) && strings.ContainsAny(n.gap(i), "'’") {
		return
	}
	if end == i+2 && !providers[n.word(i+1)] {
		return
	}
	start := i - 1
	for start-2 >= 0 && i-start < 16 && spokenSigns[n.word(start-1)] && n.near(start, "") {
		start--
		for start > 0 && spokenSigns[n.word(start)] {
			start--
		}
	}
	if n.number(start) && n.near(start, "") && !function(n.word(start-1)) { // karim 93 arobase
		start--
	}
	n.addTokens("email", start, end)
}

// spelled returns the token after words that "point", a point or a hyphen joins from token i on.
func (n *note) spelled(i int) int {
	if i >= len(n.tokens) {
		return 0
	}
	end := i + 1
	for end < len(n.tokens) && end-i < 16 {
		next := end
		for next+1 < len(n.tokens) && spokenSigns[n.word(next)] {
			next++
		}
		if next == end && n.gap(end) != "." && n.gap(end) != "-" {
			break
		}
		end = next + 1
	}
	return end
}

// networks are where an account is; the name of one follows.
var networks = words(`snap snapchat insta instagram ig tiktok tik tok discord telegram whatsapp wsp fb facebook twitter messenger psn steam pseudo
	pseudos compte threads twitch signal`)

// joins stand between a network and the name of an account.
var joins = words("c ce est le la son sa ses compte pseudo sous nom de en sur appelle s se d un au user id perso prive")

// accountAfter finds the account that a network at token i is followed by: told by its form, or by a colon or « c'est » before.
func (n *note) accountAfter(i int) {
	told := false
	for j := i + 1; j < len(n.tokens) && j <= i+6; j++ {
		gap := n.gap(j)
		if strings.ContainsAny(gap, ",;!?()\n") || strings.Contains(gap, ". ") {
			return
		}
		told = told || strings.ContainsAny(gap, ":=→>«\"")
		start, end := n.identifier(j)
		if accountForm(n.text[start:end]) || told && end-start > 2 && !n.known(j) && !n.number(j) {
			n.addAccount(start, end)
			return
		}
		if !joins[n.word(j)] && !networks[n.word(j)] {
			return
		}
		told = told || n.word(j) == "est" && (n.word(j-1) == "ce" || n.word(j-1) == "c")
	}
}

// identifier returns the bytes of the name of an account that starts at token j, or enough of them to judge it by.
func (n *note) identifier(j int) (start, end int) {
	start = n.tokens[j].start
	if n.glued(j) { // 93zoulou_x
		start = n.tokens[j-1].start
	}
	if start > 0 && n.text[start-1] == '_' {
		start--
	}
	end = start
	for i, c := range n.text[start:] {
		if !inIdentifier(c) {
			break
		}
		end = start + i + len(string(c))
		if end-n.tokens[j].end > longestIdentifier {
			break
		}
	}
	for end > start && n.text[end-1] == '.' {
		end--
	}
	return start, max(end, n.tokens[j].end)
}

// longestIdentifier is how many bytes of a name, after its first word, are judged: every token of a long one may be looked at.
const longestIdentifier = 64

// addAccount notes the account that starts with the given bytes, whole.
func (n *note) addAccount(start, end int) {
	rest := n.text[end:]
	for i, c := range rest {
		if n.taken[end+i] || !inIdentifier(c) {
			rest = rest[:i]
			break
		}
	}
	n.add("handle", start, end+len(rest))
}

// accountForm tells the name of an account by its form: letters with a digit, a point or an underscore among them.
func accountForm(name string) bool {
	if strings.ContainsRune(name, '_') && len(name) > 3 {
		return strings.IndexFunc(name, unicode.IsLetter) >= 0
	}
	letters := 0
	for letters < len(name) && (name[letters]|0x20 >= 'a' && name[letters]|0x20 <= 'z' || name[letters] >= 0x80) {
		letters++
	}
	return letters >= 2 && letters < len(name)
}

// underscored finds a word with an underscore in it, which nothing but an account has.
func (n *note) underscored(i int) {
	if end := n.tokens[i].end; end >= len(n.text)-1 || n.text[end] != '_' {
		return
	}
	if start, end := n.identifier(i); end > n.tokens[i].end+1 && n.before(start) != '_' && n.before(start) != '.' && accountForm(n.text[start:end]) {
		n.addAccount(start, end)
	}
}
