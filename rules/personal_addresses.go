package rules

import (
	"strings"
	"unicode"
)

// streets are the words for a street after whose number a name follows; some stand for other things too.
var (
	streets = words(`rue ruelle avenue av ave boulevard bd bld blvd boul allee allees impasse imp chemin quai route rte sentier residence res
		esplanade montee traverse lotissement hameau clos promenade faubourg fbg fg venelle rondpoint`)
	doubtfulStreets = words("place pl cours square passage voie villa cite mail tour parvis rocade ch all lot r cour galerie")
	repeats         = words("bis ter quater b t")
	homes           = words("habite habitent habitait vit vivent loge logee dort dorment domicilie domiciliee domicile adresse heberge hebergee chez reside demeure creche au")
)

// addresses finds what leads to a home: a number with its street, or a flat with its building.
func (n *note) addresses() {
	for i := 0; i < len(n.tokens); {
		end := n.street(i)
		if end == 0 {
			end = n.flat(i)
		}
		if end > 0 {
			n.addTokens("address", i, end)
		}
		i = max(i+1, end)
	}
}

// street returns the token after an address whose number is at token i.
func (n *note) street(i int) int {
	at := n.houseNumber(i)
	if at == 0 || at >= len(n.tokens) {
		return 0
	}
	for k := 0; k < mostRepeats && n.repeated(at); k++ {
		at++
	}
	kind := n.word(at)
	certain := streets[kind]
	if at >= len(n.tokens) || !certain && !doubtfulStreets[kind] || !n.near(at, ",.") || n.number(at) {
		return 0
	}
	end := n.streetName(at + 1)
	if end == 0 || n.dayOrHour(i) && !n.cued(i, homes, 4) {
		return 0
	}
	if !certain && !n.tokens[end-1].upper && !n.cued(i, homes, 2) && at == i+1 {
		return 0
	}
	return n.afterStreet(end)
}

// mostRepeats bounds what is read between the number and the street: 3 bis A.
const mostRepeats = 2

// repeated tells what sets two houses with one number apart: bis, B.
func (n *note) repeated(i int) bool {
	return n.near(i, "") && !n.number(i) && (repeats[n.word(i)] || len(n.written(i)) == 1 && n.upper(i))
}

// houseNumber returns the token after the number of a house at token i.
func (n *note) houseNumber(i int) int {
	if n.number(i) {
		before := n.before(n.tokens[i].start)
		if len(n.written(i)) > 4 || strings.ContainsRune(":/.,€", before) || n.glued(i) {
			return 0
		}
		return i + 1
	}
	value, end := n.spoken(i)
	if end == 0 || value < 1 || n.word(i) == "un" || n.word(i) == "une" || n.word(i) == "neuf" && !n.cued(i, homes, 2) {
		return 0
	}
	return end
}

// dayOrHour tells a number that says when, not where: le 15, mardi 12, 18 h 30.
func (n *note) dayOrHour(i int) bool {
	switch n.word(i - 1) {
	case "le", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "h", "bus", "ligne", "tram":
		return true
	}
	return false
}

// streetName returns the token after the name of a street at token i: a run of capitals with the small words between, or one
// word and what follows it that is no known word.
func (n *note) streetName(i int) int {
	end := i
	for end < len(n.tokens) && n.near(end, "-'’.") && streetSmall[n.word(end)] && !n.tokens[end].upper {
		end++
	}
	if end >= len(n.tokens) || !n.near(end, "-'’.") || function(n.word(end)) && !n.tokens[end].upper || end == i && n.tokens[end].accent && !n.tokens[end].upper {
		return 0 // accent: 3 rues barrées
	}
	for k := 0; k < 6 && end < len(n.tokens) && n.near(end, "-'’."); k++ {
		joined := k == 0 || n.gap(end) == "-" || strings.ContainsAny(n.gap(end), "'’")
		next := end
		for next < len(n.tokens) && streetSmall[n.word(next)] && n.near(next, "-'’") {
			next++
		}
		switch {
		case joined, n.tokens[end].upper, !n.number(end) && !n.known(end) && len(n.word(end)) > 2:
			end++
		case next < len(n.tokens) && next > end && n.tokens[next].upper && n.near(next, "-'’"):
			end = next + 1
		default:
			return end
		}
	}
	return end
}

var streetSmall = words("de du des la le les d l saint sainte st ste aux en sur sous")

// afterStreet takes in the town with its postcode, and the floor, flat or building.
func (n *note) afterStreet(end int) int {
	for {
		next := n.town(end)
		if next == 0 {
			next = n.part(end)
		}
		if next == 0 {
			return end
		}
		end = next
	}
}

// town returns the token after a postcode and its town at token i.
func (n *note) town(i int) int {
	if n.word(i) == "a" && n.near(i, ",") {
		i++
	}
	if i >= len(n.tokens) || !n.near(i, ",-–") {
		return 0
	}
	if !n.number(i) || len(n.written(i)) != 5 {
		if n.tokens[i].upper && !n.known(i) && n.is[i]&(firstName|ambiguousName) == 0 {
			return n.capitals(i)
		}
		return 0
	}
	if i+1 < len(n.tokens) && n.near(i+1, ",") && !function(n.word(i+1)) && !n.number(i+1) {
		return max(i+2, n.capitals(i+1))
	}
	return i + 1
}

// capitals returns the token after a run of words with a capital, small words and hyphens between.
func (n *note) capitals(i int) int {
	end := i
	for end < len(n.tokens) && (end == i || n.near(end, "-'’")) {
		next := end
		for next > i && next < len(n.tokens) && streetSmall[n.word(next)] && !n.tokens[next].upper && n.near(next, "-'’") {
			next++
		}
		if next >= len(n.tokens) || !n.tokens[next].upper || !n.near(next, "-'’") {
			return end
		}
		end = next + 1
	}
	return end
}

// part returns the token after a floor, a building, a staircase, a door or a flat at token i.
func (n *note) part(i int) int {
	_, end := n.partOf(i)
	return end
}

var (
	flats     = words("appt apt appart appartement apart app logement porte studio interphone")
	buildings = words("bat bt batiment batt immeuble imm esc escalier entree hall tour bloc cage montee residence res etage rdc")
	// units after a number say that it counts something: un appartement 3 pièces
	counted = words("piece pieces chambre chambres personne personnes jeune jeunes an ans euro euros e m mois fois place places jour jours h heures")
)

// partSmall stand before a part of an address, mostPartSmall of them at most: au 3e étage, de la tour 3.
var partSmall = words("au de le la du")

const mostPartSmall = 2

// partOf reads « bât C », « appt 12 », « 3e étage » at token i; flat tells one that is somebody's own.
func (n *note) partOf(i int) (flat bool, end int) {
	if i >= len(n.tokens) || i > 0 && !n.near(i, ",.-–/(") {
		return false, 0
	}
	for k := 0; k < mostPartSmall && partSmall[n.word(i)] && n.near(i+1, "'’"); k++ {
		i++
	}
	w := n.word(i)
	if flats[w] || buildings[w] {
		if w == "residence" || w == "res" {
			return false, n.streetName(i + 1)
		}
		at := i + 1
		if n.word(at) == "n" || n.word(at) == "no" || n.word(at) == "numero" {
			at++
		}
		if n.partName(at) {
			return flats[w], at + 1
		}
		if w == "rdc" || w == "porte" && (n.word(at) == "gauche" || n.word(at) == "droite") {
			return flats[w], min(at+1, len(n.tokens))
		}
		return false, 0
	}
	if n.number(i) || n.word(i) == "premier" || n.word(i) == "dernier" { // 3e étage
		at := i + 1
		for at < len(n.tokens) && (n.word(at) == "e" || n.word(at) == "eme") && n.near(at, "") {
			at++
		}
		if n.word(at) == "etage" {
			for at+1 < len(n.tokens) && (n.word(at+1) == "gauche" || n.word(at+1) == "droite") && n.near(at+1, "") {
				at++
			}
			return false, at + 1
		}
	}
	return false, 0
}

// partName tells a number or a letter that names a building or a flat: 12, C, B204.
func (n *note) partName(i int) bool {
	if i >= len(n.tokens) || !n.near(i, ".°:") {
		return false
	}
	text := n.written(i)
	if n.number(i) {
		return len(text) <= 4 && !counted[n.word(i+1)]
	}
	letter := []rune(text)[0]
	if len(text) == 2 && strings.ContainsRune("tTfF", letter) { // a T3 has three rooms
		return false
	}
	return unicode.IsLetter(letter) && (len(text) == 1 && (n.upper(i) || strings.Contains("bcdefghk", text)) || len(text) <= 4 && isDigit(text[len(text)-1]))
}

// mostParts bounds how many parts of an address without a street are read together.
const mostParts = 8

// flat returns the token after a flat said without its street, at token i: appt 12, bât C porte 4. What looks like its number may
// be that of a street: un appart 3 rue Pasteur.
func (n *note) flat(i int) int {
	own, end := n.partOf(i)
	if end == 0 || function(n.word(i)) {
		return 0
	}
	parts := 1
	for parts < mostParts {
		more, next := n.partOf(end)
		if next == 0 {
			break
		}
		own, end, parts = own || more, next, parts+1
	}
	if !own || parts == 1 && !strings.HasPrefix(n.word(i), "ap") {
		return 0
	}
	return max(end, n.street(end-1))
}
