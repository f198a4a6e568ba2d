package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// numbers finds phones, social security numbers, birth dates and plates.
func (n *note) numbers() {
	n.birthDates()
	for i := 0; i < len(n.tokens); {
		end := 0
		switch c := n.text[n.tokens[i].start]; {
		case isDigit(c):
			if end = n.socialSecurity(i); end > 0 {
				n.addTokens("nir", i, end)
			} else if end = n.phone(i); end > 0 && !n.insideDate(i) {
				n.add("phone", n.phoneStart(i), n.tokens[end-1].end)
			} else if end = n.oldPlate(i); end > 0 {
				n.addTokens("plate", i, end)
			} else {
				end = n.dictated(i)
			}
		case n.word(i) == "zero" || n.word(i) == "plus" || digitCues[n.word(i)]:
			end = n.dictated(i)
		default:
			if end = n.plate(i); end > 0 {
				n.addTokens("plate", i, end)
			}
		}
		i = max(i+1, end)
	}
}

// A numberRun is the numbers that follow one another from a token on.
type numberRun struct {
	digits string
	groups []int // how many digits each number has
	ends   []int // the token after it
}

// longestNumber is how many digits are read together: a phone with its country, a social security number.
const longestNumber = 18

// run gathers the numbers from token i on, with only the given signs and spaces between them.
func (n *note) run(i int, signs string) (r numberRun) {
	r.groups, r.ends = make([]int, 0, longestNumber), make([]int, 0, longestNumber)
	for j := i; j < len(n.tokens) && len(r.digits) < longestNumber; j++ {
		t := n.tokens[j]
		corsica := j > i && n.gap(j) == "" && strings.HasSuffix(n.word(j-1), "2") && strings.ContainsAny(n.written(j), "AaBb") && t.end-t.start == 1
		if !n.number(j) && !corsica || j > i && !corsica && !n.near(j, signs) {
			return r
		}
		if corsica {
			r.digits += "0"
			r.groups[len(r.groups)-1]++
			r.ends[len(r.ends)-1] = j + 1
			continue
		}
		digits := n.written(j)
		r.digits += digits
		r.groups, r.ends = append(r.groups, len(digits)), append(r.ends, j+1)
	}
	return r
}

// upTo returns the token after the first count digits, 0 when no number ends there.
func (r numberRun) upTo(count int) int {
	sum := 0
	for k, g := range r.groups {
		if sum += g; sum == count {
			return r.ends[k]
		}
	}
	return 0
}

// socialSecurity returns the token after a social security number at token i: 13 digits, or 15 with its key.
func (n *note) socialSecurity(i int) int {
	c := n.text[n.tokens[i].start]
	if c != '1' && c != '2' || n.glued(i) || n.before(n.tokens[i].start) == '+' {
		return 0
	}
	r := n.run(i, ".-/")
	for _, length := range []int{15, 13} {
		if end := r.upTo(length); end > 0 && birthMonth(r.digits[3:5]) && !n.stuck(end) {
			return end
		}
	}
	if n.cued(i, securityCues, 4) {
		for _, length := range []int{14, 12, 11, 10} { // badly copied
			if end := r.upTo(length); end > 0 {
				return end
			}
		}
	}
	return 0
}

var securityCues = words("secu securite nir insee vitale assure immatriculation")

// birthMonth tells the month of a social security number; from 20 on it stands for an unknown one.
func birthMonth(month string) bool { return month >= "01" && month <= "12" || month >= "20" }

// glued tells a number that a letter or a digit with its comma or point stands before; stuck, one that a letter follows.
func (n *note) glued(i int) bool { return i > 0 && n.tokens[i-1].end == n.tokens[i].start }

func (n *note) stuck(end int) bool {
	return end < len(n.tokens) && n.tokens[end].start == n.tokens[end-1].end
}

// phoneStart takes in the + and the bracket before a number.
func (n *note) phoneStart(i int) int {
	start := n.tokens[i].start
	for start > 0 && (n.text[start-1] == '+' || n.text[start-1] == '(') {
		start--
	}
	return start
}

// phone returns the token after a phone at token i. Numbers in 08 are services, shorter ones too.
func (n *note) phone(i int) int {
	if n.glued(i) {
		return 0
	}
	r := n.run(i, ".-/()–·_")
	plus := n.before(n.tokens[i].start) == '+'
	switch {
	case plus:
		return r.abroad(r.digits)
	case strings.HasPrefix(r.digits, "00"):
		return r.abroad(r.digits[2:])
	case len(r.digits) >= 10 && r.digits[0] == '0' && r.digits[1] != '8':
		end := r.upTo(10)
		if end == 0 || n.dateFirst(i, r) || end > i+1 && n.stuck(end) && counted[n.word(end)] { // 09 10 11 12 13h
			return 0
		}
		return end
	case len(r.digits) == 9 && strings.IndexByte("67", r.digits[0]) >= 0 && n.cued(i, phoneCues, 3):
		return r.ends[len(r.ends)-1]
	}
	return 0
}

var phoneCues = words("tel telephone num numero portable port joignable appeler whatsapp fixe contact")

// abroad returns the token after a phone whose digits, country first, end the run.
func (r numberRun) abroad(digits string) int {
	before := len(r.digits) - len(digits)
	switch {
	case strings.HasPrefix(digits, "330"):
		return r.upTo(before + 12)
	case strings.HasPrefix(digits, "33"):
		return r.upTo(before + 11)
	case strings.HasPrefix(digits, "687"):
		return r.upTo(before + 9)
	case strings.HasPrefix(digits, "689"):
		return r.upTo(before + 11)
	}
	for length := 15; length >= 9; length-- { // of the other countries
		if end := r.upTo(before + length); end > 0 && len(digits) > 0 && digits[0] != '0' {
			return end
		}
	}
	return 0
}

// insideDate tells a number, but the first, of a date that is in no number found before: the 04 of 03/04/2026 06 39 98.
func (n *note) insideDate(i int) bool {
	for from := i; from > 0 && from > i-2 && n.number(from-1) && strings.Trim(n.gap(from), "./:,") == ""; from-- {
		if n.taken[n.tokens[from-1].start] {
			return false
		}
		if n.date(from-1).end > i {
			return true
		}
	}
	return false
}

// dateFirst tells a run that starts with a date: 03/04/2026 06 39 is no phone.
func (n *note) dateFirst(i int, r numberRun) bool {
	if len(r.groups) < 4 || r.groups[0] > 2 || r.groups[1] > 2 || r.groups[2]%2 > 0 {
		return false
	}
	first, second := strings.TrimSpace(n.gap(i+1)), strings.TrimSpace(n.gap(i+2))
	month, _ := strconv.Atoi(n.word(i + 1))
	return first != "" && first == second && strings.TrimSpace(n.gap(i+3)) != first && month >= 1 && month <= 12
}

// cued tells whether one of the words stands at most reach tokens before token i, in its phrase.
func (n *note) cued(i int, cues map[string]bool, reach int) bool {
	for j := i - 1; j >= 0 && j >= i-reach; j-- {
		if cues[n.word(j)] {
			return true
		}
	}
	return false
}

// digitCues start a social security number dictated in words.
var digitCues = words("un deux")

var spokenNumbers = map[string]int{
	"zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11,
	"douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
	"septante": 70, "huitante": 80, "nonante": 90,
}

// spoken reads the number below 100 that words say from token i on, and returns the token after; end 0: none.
func (n *note) spoken(i int) (value, end int) {
	value, ok := spokenNumbers[n.word(i)]
	if !ok {
		return 0, 0
	}
	end = i + 1
	if value == 4 && (n.word(end) == "vingt" || n.word(end) == "vingts") && n.near(end, "-") {
		value, end = 80, end+1
	}
	if value < 20 {
		if value == 10 {
			if unit := spokenNumbers[n.word(end)]; unit >= 7 && unit <= 9 && n.near(end, "-") {
				return 10 + unit, end + 1
			}
		}
		return value, end
	}
	next := end
	if n.word(next) == "et" {
		next++
	}
	unit, ok := spokenNumbers[n.word(next)]
	teens := value == 60 || value == 80
	switch {
	case !ok || unit == 0 || !n.near(next, "-") || unit > 16 || unit > 9 && !teens:
		return value, end
	case unit == 10:
		rest, after := n.spoken(next)
		return value + rest, after
	}
	return value + unit, next + 1
}

// dictated finds a phone, or a social security number, said in words, or half in words and half in digits.
func (n *note) dictated(i int) int {
	digits, end, said := "", i, 0
	plus := n.word(i) == "plus"
	if plus {
		end++
	}
	for end < len(n.tokens) && len(digits) < longestNumber && (end == i || n.near(end, ",.-/")) {
		if n.number(end) {
			digits += n.written(end)
			end++
			continue
		}
		value, after := n.spoken(end)
		if after == 0 {
			break
		}
		if value < 10 {
			digits += strconv.Itoa(value)
		} else {
			digits += fmt.Sprintf("%02d", value)
		}
		said++
		end = after
	}
	switch {
	case said < 2:
		return 0
	case plus:
		if len(digits) < 10 || !strings.HasPrefix(digits, "33") && !strings.HasPrefix(digits, "2") {
			return 0
		}
	case (digits[0] == '1' || digits[0] == '2') && len(digits) >= 13 && birthMonth(digits[3:5]):
		n.addTokens("nir", i, end)
		return end
	case len(digits) < 9 || len(digits) > 11 && !strings.HasPrefix(digits, "00") || digits[0] != '0' || digits[1] == '8':
		return 0
	}
	n.addTokens("phone", i, end)
	return end
}

// birthDates finds the dates that a word for birth announces.
func (n *note) birthDates() {
	for i := range n.tokens {
		from := n.birthCue(i)
		if from == 0 {
			continue
		}
		if d := n.date(from); d.end > 0 && (d.year || d.day && n.word(i)[0] == 'n') {
			n.addTokens("birthdate", from, d.end)
		}
	}
}

// birthCue returns the token where the date that a word for birth at token i announces would start, 0 when there is no such word.
func (n *note) birthCue(i int) int {
	switch w := n.word(i); {
	case w == "ne" || w == "nes" || w == "nee" || w == "nees":
		if at := n.bornThere(i + 1); at > 0 {
			return at
		}
	case w == "naissance" || w == "ddn" || w == "naiss" || w == "nais" || strings.HasPrefix(w, "anniv"):
	case w == "du" && n.word(i-1) == "est" && (n.word(i-2) == "il" || n.word(i-2) == "elle"): // elle est du 7/11/2008
		if d := n.date(i + 1); !d.day || !d.year {
			return 0
		}
	case w == "d" && n.word(i+1) == "d" && n.word(i+2) == "n":
		i += 2
	default:
		return 0
	}
	from := i + 1
	for from < len(n.tokens) && from <= i+4 && birthSmall[n.word(from)] && n.spokenEnd(from) == 0 {
		from++
	}
	return from
}

func (n *note) spokenEnd(i int) int {
	_, end := n.spoken(i)
	return end
}

var birthSmall = words("le la en est e s es du au de dans c ce lundi mardi mercredi jeudi vendredi samedi dimanche il elle dit")

// bornThere steps over the place in « né à Conakry le 3/4/2008 » and returns the token of the date, 0 without a place.
func (n *note) bornThere(i int) int {
	if !slices.Contains([]string{"a", "au", "en", "aux"}, n.word(i)) {
		return 0
	}
	for j := i + 1; j < len(n.tokens) && j <= i+5 && strings.Trim(n.gap(j), " ,-()'’") == ""; j++ {
		if (n.word(j) == "le" || n.word(j) == "en") && n.date(j+1).end > 0 {
			return j + 1
		}
	}
	return 0
}

// A day is a date in a text: the token after it, and what it says.
type day struct {
	end       int
	day, year bool
}

// date reads a date at token i; its end is 0 when there is none.
func (n *note) date(i int) day {
	if i >= len(n.tokens) {
		return day{}
	}
	if month(n.word(i)) && n.year(i+1) > 0 { // mars 2009
		return day{end: n.year(i + 1), year: true}
	}
	at := n.dayOfMonth(i)
	switch {
	case at > 0 && month(n.word(at)): // 3 mars 2009
		if end := n.year(at + 1); end > 0 {
			return day{end, true, true}
		}
		return day{at + 1, true, false}
	case !n.number(i):
		return day{}
	}
	return n.dateInDigits(i)
}

func month(w string) bool { return months[w] > 0 || shortMonths[w] }

var shortMonths = words("janv jan fevr fev avr juil sept oct nov dec")

// dayOfMonth returns the token after a day of the month said at token i.
func (n *note) dayOfMonth(i int) int {
	if n.word(i) == "premier" || n.word(i) == "1er" {
		return i + 1
	}
	value, end := n.spoken(i)
	if n.number(i) {
		value, end = n.tokens[i].number, i+1
		if n.word(end) == "er" || n.word(end) == "e" {
			end++
		}
	}
	if end == 0 || value < 1 || value > 31 {
		return 0
	}
	return end
}

// year returns the token after a year said at token i: 2009, 09, deux mille neuf.
func (n *note) year(i int) int {
	if i >= len(n.tokens) {
		return 0
	}
	if n.number(i) && n.near(i, ".-/'’") {
		if y := n.written(i); len(y) == 4 && (y[:2] == "19" || y[:2] == "20") || len(y) == 2 && !n.stuck(i+1) {
			return i + 1
		}
		return 0
	}
	if n.word(i) == "deux" && n.word(i+1) == "mille" {
		if _, end := n.spoken(i + 2); end > 0 {
			return end
		}
		return i + 2
	}
	if n.word(i) == "mille" && n.word(i+1) == "neuf" && strings.HasPrefix(n.word(i+2), "cent") {
		return max(i+3, n.spokenEnd(i+3))
	}
	return 0
}

// dateInDigits reads 3/4/2010, 3.4.10, 12 03 2009, 2007-09-30, 12032009 and 3/4.
func (n *note) dateInDigits(i int) day {
	r := n.run(i, "./-")
	g, d := r.groups, r.digits
	within := func(s string, most int) bool { v, err := strconv.Atoi(s); return err == nil && v >= 1 && v <= most }
	switch {
	case len(g) >= 3 && g[0] == 4 && g[1] <= 2 && g[2] <= 2 && (d[:2] == "19" || d[:2] == "20") && within(d[4:4+g[1]], 12) && within(d[4+g[1]:4+g[1]+g[2]], 31):
		return day{r.ends[2], true, true}
	case len(g) >= 2 && g[0] <= 2 && g[1] <= 2 && within(d[:g[0]], 31) && within(d[g[0]:g[0]+g[1]], 12):
		if len(g) >= 3 && (g[2] == 4 || g[2] == 2 && strings.TrimSpace(n.gap(i+2)) != "") {
			return day{r.ends[2], true, true}
		}
		if strings.TrimSpace(n.gap(i+1)) != "" {
			return day{r.ends[1], true, false}
		}
	case len(g) == 1 && (g[0] == 8 || g[0] == 6) && within(d[:2], 31) && within(d[2:4], 12):
		return day{r.ends[0], true, true}
	}
	return day{}
}

// plate returns the token after a plate of today at token i: AB-123-CD, AB 123 CD, ab123cd.
func (n *note) plate(i int) int {
	text := n.written(i)
	if n.glued(i) {
		return 0
	}
	if len(text) == 7 && platePair(text[:2]) && plateDigits(text[2:5]) && platePair(text[5:]) {
		return i + 1
	}
	if len(text) == 5 && platePair(text[:2]) && plateDigits(text[2:]) && n.platePairAt(i+1) { // ab123-cd
		return i + 2
	}
	if len(text) != 2 || !platePair(text) || !n.number(i+1) || !plateDigits(n.written(i+1)) || !n.platePairAt(i+2) && !n.platePairStuck(i+2) || !n.near(i+1, "-.") {
		return 0
	}
	capitals := n.upper(i) && n.upper(i+2)
	if capitals || n.gap(i+1) == "-" && n.gap(i+2) == "-" || n.cued(i, plateCues, 6) && !function(n.word(i)) && !function(n.word(i+2)) {
		return i + 3
	}
	return 0
}

var plateCues = words("plaque plaques immat immatricule immatriculee immatriculation voiture vehicule scooter scoot moto quad clio golf twingo megane audi bmw")

func (n *note) platePairAt(i int) bool {
	return i < len(n.tokens) && n.near(i, "-.") && platePair(n.written(i))
}

func (n *note) platePairStuck(i int) bool {
	return i < len(n.tokens) && platePair(n.written(i)) && n.gap(i) == ""
}

// platePair tells two letters of a plate: I, O and U are not used.
func platePair(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if c < 'a' || c > 'z' || c == 'i' || c == 'o' || c == 'u' {
			return false
		}
	}
	return len(s) == 2
}

func plateDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return len(s) == 3
}

// oldPlate returns the token after a plate of before 2009 at token i: 123 ABC 34. Fewer than three digits or small letters need
// a word that announces a plate.
func (n *note) oldPlate(i int) int {
	if i+2 >= len(n.tokens) || n.glued(i) || !n.near(i+1, "-") || !n.near(i+2, "-") || !n.number(i+2) || n.number(i+1) {
		return 0
	}
	digits, letters, county := n.written(i), n.written(i+1), n.written(i+2)
	if len(digits) > 4 || len(letters) < 2 || len(letters) > 3 || len(county) != 2 && len(county) != 3 || n.stuck(i+3) {
		return 0
	}
	if n.cued(i, plateCues, 6) {
		return i + 3
	}
	if len(digits) < 3 || strings.ToUpper(letters) != letters || n.known(i+1) || county > "95" && len(county) == 2 {
		return 0
	}
	return i + 3
}

// upper tells a token in capitals, whatever the rest of the text is in.
func (n *note) upper(i int) bool {
	text := n.written(i)
	return strings.ToUpper(text) == text
}

// known tells a word of the vocabulary, or a common one.
func (n *note) known(i int) bool {
	t := n.tokens[i]
	if function(t.text) || t.number >= 0 || n.lexicon.isOrdinary(t.text) || n.is[i]&(leads|venue) != 0 {
		return true
	}
	if _, short := n.lexicon.abbreviations[t.text]; short {
		return true
	}
	t.caps = false
	return n.lexicon.ids[n.lexicon.key(t, false)] != 0 || n.lexicon.ids[strings.ToUpper(t.text)] != 0
}
