package rules

import (
	"strings"
	"unicode"
)

// names finds who a text names.
//
// A first name that is no ordinary word counts wherever it stands, in small letters too. One that is an ordinary word, and a
// word that nobody knows, need something around them that says a person: a cue (le jeune X), a verb of which they are the
// subject without an article (X refuse), another name (X et Karim), and for an unknown word a capital besides.
func (n *note) names() {
	n.hidePhrases()
	n.hideKnown()
	n.hideVenues()
	last := -1 // token after the name before
	for i := 0; i < len(n.tokens); {
		end := 0
		if !n.hidden[i] && !n.taken[n.tokens[i].start] {
			end = n.nameAt(i, last)
		}
		if end == 0 {
			i++
			continue
		}
		start := n.leftward(i, last)
		end = n.rightward(end)
		n.addName(start, end)
		last, i = end, end
	}
}

// addName notes a name, and a birth date right behind it: Inaya du 3/4/2010.
func (n *note) addName(start, end int) {
	to := n.tokens[end-1].end
	if n.initial(end-1) && end-1 > start && strings.HasPrefix(n.text[to:], ".") {
		to++
	}
	n.add("name", n.tokens[start].start, to)
	from := end
	if n.word(from) == "du" {
		from++
	} else if !n.near(from, ",(-–:/") {
		return
	}
	if d := n.date(from); d.end > 0 && d.day && d.year && n.near(from, ",(-–:/") {
		n.addTokens("birthdate", from, d.end)
	}
}

// particles stand inside a family name, or in front of it.
var particles = words("da das de do dos del della di du el al ben bin ibn bel la le les van von der den st saint sainte ould ait mac mc abd abou bou n d o")

// nameLike tells a token that may be a part of a name.
func (n *note) nameLike(i int) bool {
	return i < len(n.tokens) && n.near(i, "-'’") && (n.tokens[i].upper || n.is[i]&(firstName|ambiguousName|familyName) != 0) && !function(n.word(i))
}

// joined tells that a hyphen alone stands before token i.
func (n *note) joined(i int) bool {
	return i > 0 && i < len(n.tokens) && (n.gap(i) == "-" || n.gap(i) == "‑")
}

// starts tells whether a sentence starts at token i: a capital says nothing there.
func (n *note) starts(i int) bool {
	if i == 0 {
		return true
	}
	return strings.ContainsAny(n.gap(i), ".!?:\n•«\"/;") && !n.initial(i-1)
}

// initial tells one capital letter: the B of « Karim B. ».
func (n *note) initial(i int) bool {
	if i < 0 || i >= len(n.tokens) {
		return false
	}
	letters := []rune(n.written(i))
	return len(letters) == 1 && unicode.IsUpper(letters[0])
}

// nameAt returns the token after the name at token i, 0 when there is none. last is the token after the name before.
func (n *note) nameAt(i, last int) int {
	if n.is[i]&firstName != 0 {
		if n.word(i-1) == "l" && n.near(i, "'’") { // l'Aude, l'émir
			return 0
		}
		if !n.tokens[i].caps || len(n.word(i)) > longestAcronym {
			return i + 1
		}
		n.is[i] = n.is[i]&^firstName | ambiguousName // TEP, ALI: an acronym as well
	}
	if n.tokens[i].number >= 0 {
		return 0
	}
	if end := n.nickname(i, last); end > 0 {
		return end
	}
	if n.titled(i) {
		return n.titledName(i)
	}
	if function(n.word(i)) || n.is[i]&noName != 0 && n.is[i]&ambiguousName == 0 {
		return 0
	}
	if n.initialBefore(i) {
		return i + 1
	}
	if n.stranger(i) && n.near(i, "'’") && (n.kinOf(i) || last == i-1 && n.listed(i, last)) {
		return i + 1
	}
	if n.is[i]&ambiguousName != 0 && n.ambiguousEvidence(i, last) || n.capital(i) && n.capitalEvidence(i, last) {
		return i + 1
	}
	return 0
}

const longestAcronym = 4

// stranger tells a word in small letters that is nothing the bot knows, nor a misspelt word of the vocabulary.
func (n *note) stranger(i int) bool {
	t := n.tokens[i]
	if t.upper || len(t.text) < 4 || t.accent || n.is[i] != 0 || n.known(i) || strings.ContainsAny(t.text, "0123456789") {
		return false
	}
	_, misspelt := n.lexicon.restore(t.text)
	return !misspelt
}

// capital tells a word with a capital that nobody knows, or that is a family name.
func (n *note) capital(i int) bool {
	t := n.tokens[i]
	return t.upper && len(t.text) > 2 && n.is[i]&noName == 0 && (n.is[i]&(familyName|ambiguousName) != 0 && !n.lexicon.isOrdinary(t.text) || !n.known(i))
}

var (
	titles = words("mme madame mr monsieur mlle mademoiselle dr docteur maitre mmes melle mm")
	// nicks announce a name, whatever the word is.
	nicks    = words("aka surnomme surnommee surnommes prenomme prenommee prenommes alias blaze nomme nommee baptise")
	formKeys = words("prenom surnom pseudo nom prenoms")
)

// titled tells a title right before token i.
func (n *note) titled(i int) bool {
	if i == 0 || !n.near(i, ".") {
		return false
	}
	w := n.word(i - 1)
	switch {
	case titles[w]:
		return w != "mm" || n.tokens[i-1].upper
	case w == "m": // M. Petit
		return strings.HasPrefix(n.gap(i), ".") || n.tokens[i-1].upper && n.tokens[i].upper
	case w == "me":
		return n.written(i-1) == "Me" && n.tokens[i].upper
	}
	return false
}

// titledName returns the token after the name at token i, behind a title: a role is none.
func (n *note) titledName(i int) int {
	at := i
	for at+1 < len(n.tokens) && particles[n.word(at)] && n.near(at+1, "-'’") {
		at++
	}
	t := n.tokens[at]
	particle := at > i
	switch {
	case particle && articles[n.word(i)] && !n.tokens[i].upper && n.is[at]&familyName == 0: // Madame la préfète
		return 0
	case function(t.text) || len(t.text) < 2 && !n.initial(at):
		return 0
	case n.is[at]&(firstName|familyName|ambiguousName) != 0:
	case t.upper && (!particle || !n.known(at)) && (n.is[at]&leads == 0 || len(n.word(i-1)) < 4):
	case !n.known(at) && len(t.text) > 2 && !n.acts(at) && n.word(i-1) != "maitre" && n.word(i-1) != "docteur":
	default:
		return 0
	}
	return at + 1
}

// nickname returns the token after what the word before token i says somebody is called.
func (n *note) nickname(i, last int) int {
	if !n.near(i, ":«\"“'’") {
		return 0
	}
	before := n.word(i - 1)
	if before == "est" && (n.word(i-2) == "ce" || n.word(i-2) == "c") { // son blaze c'est Kobra
		before = n.word(i - 3)
	}
	said := n.tokens[i].upper || !n.known(i)
	switch {
	case nicks[before]:
		return n.called(i)
	case before == "dit" || before == "dite":
		named := last == i-1 || n.tokens[i].upper && i > 1 && n.tokens[i-2].upper && !function(n.word(i-2))
		if strings.ContainsAny(n.gap(i), "«\"“") && (named || articles[n.word(i)] && i+1 < len(n.tokens) && n.tokens[i+1].upper) {
			return n.quoted(i) // dit « le Chinois »
		}
		said = named && said && !function(n.word(i)) // il dit que, elle dit Bonjour
	case before == "appelle" || before == "appelait" || before == "appellent":
		said = said && n.callsSomebody(i-1) && n.is[i]&noName == 0
	case before == "certain" || before == "certaine":
		said = said && (n.word(i-2) == "un" || n.word(i-2) == "une")
	case formKeys[before] && strings.Contains(n.gap(i), ":"):
		said = said && !function(n.word(i))
	default:
		return 0
	}
	if !said {
		return 0
	}
	return i + 1
}

// called returns the token after a name that may be an ordinary word, with its article: surnommée la Tigresse.
func (n *note) called(i int) int {
	if strings.ContainsAny(n.gap(i), "«\"“") {
		return n.quoted(i)
	}
	if (articles[n.word(i)] || particles[n.word(i)]) && n.near(i+1, "'’«\"") {
		i++
	}
	if function(n.word(i)) {
		return 0
	}
	return i + 1
}

// quoted returns the token after the quotation that starts at token i, 0 when it does not end soon.
func (n *note) quoted(i int) int {
	for end := i + 1; end <= len(n.tokens) && end <= i+4; end++ {
		if strings.ContainsAny(n.gap(end), "»\"”") {
			return end
		}
	}
	return 0
}

// callsSomebody tells « s'appelle », « on l'appelle », « tout le monde l'appelle » from « il appelle ».
func (n *note) callsSomebody(i int) bool {
	b := n.word(i - 1)
	return b == "se" || b == "s" || b == "le" && strings.ContainsAny(n.gap(i), "'’") || b == "les" || b == "l"
}

// initialBefore tells « D. » before token i: D. Camara.
func (n *note) initialBefore(i int) bool {
	return i > 0 && n.initial(i-1) && strings.HasPrefix(n.gap(i), ".") && n.near(i, ".") && n.capital(i) && n.is[i-1]&venue == 0 && !buildings[n.word(i-2)]
}

var (
	// meets come right before somebody's name, without an article.
	meets = words(`avec ac av avc vu vue revu revue croise recroise rencontre recu chez appele rappele accompagne convoque retrouve depose ramene
		emmene relance aide invite informe prevenu interroge entendu entre orienter accompagner appeler rappeler revoir voir voit vois
		concernant sauf`)
	// inPlaces come before what is no person, or before a noun.
	inPlaces = words("en dans sur vers jusque depuis sous au aux du des le la les un une ce cet cette ces son sa ses mon ma mes notre nos votre leur leurs chaque")
)

// ambiguousEvidence tells whether a first name that is an ordinary word too is a person's here.
func (n *note) ambiguousEvidence(i, last int) bool {
	ordinary := n.lexicon.isOrdinary(n.word(i))
	upper := n.tokens[i].upper && !n.tokens[i].caps && !n.starts(i)
	before := n.beforeCapitals(i)
	near := n.near(i, "'’")
	switch {
	case near && n.led(i) && (upper || !ordinary):
		return true
	case near && (n.kinOf(i) || n.aboutOf(i)):
		return true
	case last == i-1 && n.listed(i, last): // Karim et Nancy
		return true
	case n.is[i]&noName != 0: // a town, a month
		return false
	case near && meets[before] && (upper || !ordinary || n.closes(i+1)):
		return true
	case n.listed(i, last) || n.listsNext(i) && !inPlaces[before]:
		return true
	case n.withFamilyName(i):
		return !inPlaces[before]
	case n.joined(i+1) && n.is[i+1]&(firstName|ambiguousName) != 0:
		return !inPlaces[before]
	case upper:
		return !inPlaces[before] && before != "de"
	}
	if ordinary && !n.tokens[i].upper {
		return i == 0 && n.is[i]&leads == 0 && n.actsAt(1) // rose veut arrêter
	}
	return n.free(i) && n.subjectOf(i)
}

// beforeCapitals returns the word before token i and the words with a capital that lead to it: « le » for Lion in Le Roi Lion.
func (n *note) beforeCapitals(i int) string {
	for k := 0; k < 4 && i > 0 && n.tokens[i].upper && n.tokens[i-1].upper && !n.tokens[i-1].caps && n.near(i, "-'’") && n.is[i-1]&firstName == 0; k++ {
		i--
		if inPlaces[n.word(i)] {
			return n.word(i)
		}
	}
	return n.word(i - 1)
}

// capitalEvidence tells whether an unknown word with a capital is a person's name here.
func (n *note) capitalEvidence(i, last int) bool {
	before := n.beforeCapitals(i)
	near := n.near(i, "«\"'’")
	inside := !n.starts(i)
	caps := n.tokens[i].caps && (n.is[i]&familyName == 0 || len(n.word(i)) <= longestAcronym) // an acronym as well as a name
	switch {
	case n.besideFirstName(i), n.is[i]&familyName != 0 && n.near(i+1, "") && n.capital(i+1) && !n.hidden[i+1] && !inPlaces[before]: // NGUYEN Linh
		return true
	case near && n.led(i):
		return !caps
	case near && (n.kinOf(i) || n.aboutOf(i)):
		return !caps
	case before == "les" && n.word(i-2) == "chez": // chez les Bensalem
		return !strings.HasSuffix(n.word(i), "s")
	case near && before == "chez" && n.is[i]&familyName == 0: // a shop, more often than somebody
		return false
	case near && meets[before] && !caps:
		return true
	case n.listed(i, last) && !caps, n.listsNext(i) && !inPlaces[before] && !caps:
		return true
	case n.is[i]&familyName != 0 && inside && !caps:
		return !inPlaces[before] && before != "a" && before != "de"
	case caps || inPlaces[before] && near:
		return false
	}
	next := n.afterName(i)
	return n.free(i) && (n.ageAt(next) || n.actsAlone(next) && (inside || !n.tokens[i].accent))
}

// led tells a cue right before token i. One with a capital inside a sentence is a part of a name: Le Petit Prince.
func (n *note) led(i int) bool {
	return i > 0 && n.is[i-1]&leads != 0 && (!n.tokens[i-1].upper || n.starts(i-1) || n.tokens[i-1].caps)
}

// kinOf tells « la mère de » before token i. « À » would tell a place more often: sa mère à Mayotte.
func (n *note) kinOf(i int) bool {
	return i > 1 && n.near(i-1, "") && n.word(i-1) == "de" && n.is[i-2]&leads != 0
}

// aboutOf tells « le dossier de » before token i.
func (n *note) aboutOf(i int) bool {
	return i > 1 && n.near(i-1, "") && n.word(i-1) == "de" && about[n.word(i-2)]
}

// about are the words that « de » and somebody's name come after.
var about = words(`nouvelles situation dossier cas suivi absence appel message messages sms mail numero num tel telephone cv audience jugement
	chambre anniversaire accompagnement relance part nom prenom surnom refus accord contrat histoire parents`)

// listed tells a name that another one comes before in a list: Awa et Bintou.
func (n *note) listed(i, last int) bool {
	if last <= 0 {
		return false
	}
	if last == i {
		return strings.TrimSpace(n.gap(i)) == "," || strings.TrimSpace(n.gap(i)) == "/" || strings.TrimSpace(n.gap(i)) == "&" || strings.TrimSpace(n.gap(i)) == "+"
	}
	w := n.word(i - 1)
	return last == i-1 && (w == "et" || w == "ou" || w == "ni" || w == "puis") && n.near(i, "")
}

// listsNext tells a name that a known first name comes after in a list.
func (n *note) listsNext(i int) bool {
	at := i + 1
	if n.word(at) == "et" && n.near(at, "") {
		at++
	} else if at >= len(n.tokens) || strings.TrimSpace(n.gap(at)) != "," {
		return false
	}
	return at < len(n.tokens) && n.is[at]&firstName != 0 && !n.hidden[at] && n.near(at, ",") && n.free(i)
}

// free tells a word that no other one leads to: at the start, or after a sign or a word that a clause may start with.
func (n *note) free(i int) bool {
	return i == 0 || !n.near(i, "") || clauseStarts[n.word(i-1)]
}

var clauseStarts = words("que qu et mais car quand si alors donc puis parce comme ou ni hier aujourdhui demain matin soir aprem depuis lundi mardi mercredi jeudi vendredi samedi dimanche avec pour est")

// withFamilyName tells a family name, or an initial, right after token i.
func (n *note) withFamilyName(i int) bool {
	next := i + 1
	if next >= len(n.tokens) || !n.near(next, "-") || n.hidden[next] || n.is[next]&noName != 0 {
		return false
	}
	t := n.tokens[next]
	if n.is[next]&familyName != 0 && (!n.lexicon.isOrdinary(t.text) || t.upper) {
		return true
	}
	return n.initial(next) && (n.tokens[i].upper || strings.HasPrefix(n.gap(next+1), ".")) && t.text != "a" || n.capital(next) && n.tokens[i].upper && (!t.caps || len(t.text) > longestAcronym)
}

// besideFirstName tells an unknown word with a capital next to a first name: BELKACEM Amine.
func (n *note) besideFirstName(i int) bool {
	next := i + 1
	return next < len(n.tokens) && n.near(next, "") && n.is[next]&firstName != 0 && n.tokens[next].upper && !n.hidden[next] && !n.verbal(i)
}

// verbal tells a capitalised verb at the start of a sentence: Accompagné Karim.
func (n *note) verbal(i int) bool {
	return n.starts(i) && !n.tokens[i].caps && n.is[i]&familyName == 0
}

// subjectOf tells a verb, or an age, right after token i, of which it is the subject.
func (n *note) subjectOf(i int) bool {
	next := n.afterName(i)
	return n.ageAt(next) || n.actsAt(next)
}

// afterName returns the token after the name that starts at token i, if a name it is.
func (n *note) afterName(i int) int {
	next := i + 1
	for next < len(n.tokens) && n.nameLike(next) && !n.hidden[next] && next < i+3 {
		next++
	}
	return next
}

// ageAt tells « , 16 ans » or « 16 ans ».
func (n *note) ageAt(i int) bool {
	return i+1 < len(n.tokens) && n.number(i) && n.near(i, ",(") && (n.word(i+1) == "ans" || n.word(i+1) == "a" && n.gap(i+1) == "")
}

// helpers are verbs, and small words before one, that follow a subject of any sort.
var helpers = words("a est ne n se s me m te nous vous ont sont etait avait va sera aura serait fait")

// deeds are verbs of which a person is the subject.
var deeds = words(`veut voudrait cherche refuse dit demande dort habite vit vient passe attend part revient accepte hesite pleure reprend traine galere
	squatte bosse travaille aimerait doit peut sait parle pense reste sort arrive commence porte fume boit deale vole zone fugue revoit
	rappelle appelle raconte explique ecoute insulte frappe menace craint signe vend connait croit prefere espere arrete continue
	decroche rate loupe accompagne rencontre aide crie rigole joue court apprend lit ecrit prend perd trouve met garde tient suit vis
	quitte change tourne prepare montre donne recoit voit ose evite ment tape absent absente place placee exclu exclue present presente
	convoque convoquee blesse blessee inscrit inscrite majeur majeure mineur mineure enceinte venu venue passee parti partie sans
	disparu disparue hospitalise hospitalisee incarcere incarceree scolarise scolarisee deprime depuis toujours jamais encore gere creche`)

// actsAt tells a verb at token i, right after what may be its subject.
func (n *note) actsAt(i int) bool {
	return i < len(n.tokens) && n.near(i, "»\"”") && (helpers[n.word(i)] && n.written(i) != "à" && !n.tokens[i].breaks || n.acts(i))
}

// actsAlone is actsAt for a verb that only a person is the subject of.
func (n *note) actsAlone(i int) bool {
	return i < len(n.tokens) && n.near(i, "»\"”") && (n.acts(i) || (n.word(i) == "ne" || n.word(i) == "se" || n.word(i) == "me") && n.acts(i+1) || n.word(i) == "a" && i+1 < len(n.tokens) && n.tokens[i+1].number >= 0)
}

func (n *note) acts(i int) bool { return i < len(n.tokens) && deeds[n.word(i)] }

// closes tells that nothing more belongs to the name before token i: a sign, the end, a small word, a verb or a time.
func (n *note) closes(i int) bool {
	return i >= len(n.tokens) || !n.near(i, "") || function(n.word(i)) || n.actsAt(i) || n.number(i) || timeWords[n.word(i)]
}

var timeWords = words("hier aujourdhui demain ce matin soir midi lundi mardi mercredi jeudi vendredi samedi dimanche devant apres avant pendant aussi ici")

// leftward returns the first token of the name whose first name is at token i: a family name in front, an initial, the other
// part of a double name.
func (n *note) leftward(i, last int) int {
	for k := 0; i > 0 && i-1 >= max(last, 0) && k < 3; k++ {
		p := i - 1
		free := !n.hidden[p] && !n.taken[n.tokens[p].start] && n.is[p]&(noName|leads) == 0
		switch {
		case n.joined(i) && free && !function(n.word(p)) && (n.tokens[p].upper || !n.known(p) || n.is[p]&(ambiguousName|familyName) != 0):
			i--
		case n.titled(i):
			return i
		case free && n.tokens[p].upper && !n.starts(p) && particles[n.word(p)] && n.near(i, "'’-"):
			i--
		case n.initialBefore(i), n.initial(p) && (n.gap(i) == "'" || n.gap(i) == "’" || n.gap(i) == ". " || n.gap(i) == "."):
			i--
		case free && n.near(i, "") && n.tokens[p].upper && !n.verbal(p) && !n.titled(p+1) && n.capital(p):
			i--
		case free && n.near(i, "") && n.is[p]&familyName != 0 && !n.known(p):
			i--
		default:
			return i
		}
	}
	return i
}

// rightward returns the token after the name of which end is the token after its first word: other first names, the family
// name with its particles, an initial.
func (n *note) rightward(end int) int {
	for k := 0; k < 4 && end < len(n.tokens); k++ {
		next := end
		for next < end+2 && next+1 < len(n.tokens) && particles[n.word(next)] && n.near(next, "'’") && n.near(next+1, "'’-") &&
			(n.tokens[next].upper || n.tokens[next+1].upper || n.is[next+1]&familyName != 0) {
			next++
		}
		if next >= len(n.tokens) || n.hidden[next] || n.taken[n.tokens[next].start] || !n.near(next, "-'’") || n.is[next]&noName != 0 {
			return end
		}
		t := n.tokens[next]
		switch {
		case n.joined(next) && next == end && !function(t.text):
		case n.is[next]&firstName != 0:
		case t.upper && !n.starts(next) && (!t.caps || n.capital(next)) && !function(t.text) && !formKeys[t.text]:
		case n.is[next]&familyName != 0 && !n.known(next), next > end && n.is[next]&familyName != 0:
		case n.initial(next) && !n.actsAt(next+1), n.smallInitial(next):
			return next + 1
		default:
			return end
		}
		end = next + 1
	}
	return end
}

// smallInitial tells a lone letter after a first name in small letters: karim b. Without a point it is none that stands for a
// word: a, c, d, l.
func (n *note) smallInitial(i int) bool {
	letter := n.written(i)
	if len(letter) != 1 || isDigit(letter[0]) {
		return false
	}
	return strings.HasPrefix(n.gap(i+1), ".") || strings.Contains("befghikopqrvwxz", letter)
}
