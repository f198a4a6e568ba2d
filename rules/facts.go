package rules

import (
	"maps"
	"slices"
	"strings"
)

// A person is who a sentence is about, as far as reading needs it.
type person struct {
	mentioned bool // some young person or family is, by a pronoun at least
	named     bool // by more than a pronoun
	one       bool // a single young person is
	several   bool
	they      bool // « ils » or « elles » are said: the young people, or those around one of them
	parent    bool // a parent, and no young person
	kin       bool // a parent is mentioned at all
	ages      Ages // what is known of the age
}

// factWords adds the words that facts are read from to a set: none of them is a misspelt word of the vocabulary.
func factWords(set map[string]bool) {
	for _, list := range []map[string]bool{parents, crowd, pastWords, futureWords, plannedWords, ownDeeds, beside, dayWords} {
		maps.Copy(set, list)
	}
	for w := range young {
		set[w] = true
	}
	for w := range classAges {
		set[w] = true
	}
	for w := range numberWords {
		set[w] = true
	}
	for w := range months {
		set[w] = true
	}
	for _, d := range dayNames {
		set[d.french] = true
	}
}

// dayWords are the words around a day or an age.
var dayWords = words("hier avant demain apres aujourd hui aujourdhui jour jours matin midi aprem soir semaine semaines sem mois an ans")

// facts reads who, how many, how old and when.
func (s *sentence) facts() Reading {
	var out Reading
	s.who()
	s.age(&out)
	s.count(&out)
	out.Gender = s.gender(out.Count)
	s.days(&out)
	return out
}

// finish settles what depends on the rest: one young person unless several were said, a result only for a partner named.
func (s *sentence) finish(out *Reading) {
	alone := s.person.one || len(out.Needs) > 0 && !s.person.parent && out.ActionType != "partenariat" && out.ActionType != "action-collective"
	if out.Count == 0 && alone && !s.person.several {
		out.Count = 1
	}
	if len(out.Partners) > 0 {
		out.Solicitation, out.Result = s.told(solicitations), s.told(results)
	}
	asked := slices.ContainsFunc(out.Partners, func(p PartnerFound) bool { return p.Asked })
	switch {
	case out.ActionType != "":
	case out.Count >= aGroup && !s.person.one:
		out.ActionType = collective
	case out.Count == 1 && (asked || s.deed()):
		out.ActionType = individual
	}
}

// The types of an action that no word need tell: the educator does something about one young person, or many are together; and the
// one that a place may tell.
const (
	individual = "accompagnement-individuel"
	collective = "action-collective"
	street     = "travail-de-rue"
)

// aGroup is from how many young people on they are taken to have been together.
const aGroup = 5

// everybody are words for all who were met.
var everybody = words("jeunes ados adolescents personnes eleves collegiens lyceens participants presents")

// deed tells whether the educator says what he does or did: after « je », after « on » as long as it is no « somebody », or with a
// participle at the head of a phrase.
func (s *sentence) deed() bool {
	for i, t := range s.tokens {
		switch head := i == 0 || t.breaks; {
		case t.text == "je", t.text == "on" && !somebody[s.at(i+1)] && !generic[s.at(i-1)]:
			if s.does(i + 1) {
				return true
			}
		case head && ownDeeds[t.text] && (t.accent || !endsInE(t.text) || !s.accents):
			return true
		}
	}
	return false
}

// does tells whether the verb that follows from i on is what educators do for somebody: « l'emmène », « ai rempli avec lui ».
func (s *sentence) does(i int) bool {
	for ; i < len(s.tokens) && !s.tokens[i].breaks; i++ {
		switch w := s.at(i); {
		case w == "vais" || w == "va" || w == "retourne" || w == "y":
			return true
		case !s.free[i]:
			return ownDeeds[w] || ownDeeds[strings.TrimSuffix(stem(s.infinitive(w)), "-")+"e"]
		}
	}
	return false
}

var (
	somebody = words("lui leur me nous te vous ne")           // on lui a pris, on nous répond, on n'en parle plus
	generic  = words("si quand que comme ou lorsque ce dont") // ce qu'on veut, si on peut
)

// young are the words for a young person, with the gender they tell: m, f, or - for none. A plural is read without its s.
var young = map[string]byte{
	"jeune": '-', "ado": '-', "adolescent": 'm', "adolescente": 'f', "gamin": 'm', "gamine": 'f', "garcon": 'm', "fille": 'f', "fillette": 'f',
	"gar": 'm', "gars": 'm', "mec": 'm', "meuf": 'f', "nana": 'f', "minot": 'm', "minotte": 'f', "mineur": 'm', "mineure": 'f',
	"collegien": 'm', "collegienne": 'f', "lyceen": 'm', "lyceenne": 'f', "eleve": '-', "etudiant": 'm', "etudiante": 'f',
	"apprenti": 'm', "apprentie": 'f', "gosse": '-', "fil": 'm', "fils": 'm', "fiston": 'm', "frere": 'm', "frangin": 'm', "soeur": 'f', "frangine": 'f',
}

// professionals are the words for those one works with, with their gender: a pronoun after one of them may mean no young person.
var professionals = map[string]byte{
	"dame": 'f', "conseillere": 'f', "directrice": 'f', "principale": 'f', "presidente": 'f', "secretaire": 'f', "assistante": 'f', "adjointe": 'f',
	"educatrice": 'f', "animatrice": 'f', "cheffe": 'f', "infirmiere": 'f', "referente": 'f', "proviseure": 'f', "elue": 'f', "gardienne": 'f',
	"coordinatrice": 'f', "mediatrice": 'f', "juge": 'f', "psychologue": 'f', "monsieur": 'm', "conseiller": 'm', "directeur": 'm', "principal": 'm',
	"president": 'm', "adjoint": 'm', "educateur": 'm', "animateur": 'm', "chef": 'm', "infirmier": 'm', "referent": 'm', "proviseur": 'm', "elu": 'm',
	"gardien": 'm', "coordinateur": 'm', "mediateur": 'm', "maire": 'm', "collegue": 'm', "stagiaire": 'm', "bailleur": 'm', "proprietaire": 'm',
}

var (
	parents     = words("mere maman pere papa parent parents daron daronne darons mamans papas meres peres famille familles oncle tante")
	articlesM   = words("un le ce du au mon")
	articlesF   = words("une la cette")
	possessives = words("son sa ses")
	impersonal  = words(`faut fallait faudra faudrait y pleut pleuvait neige neigeait reste restait agit semble parait caille`)
	apart       = words("avec pour chez sans contre de vers a que comme")
)

// who finds who the sentence is about.
func (s *sentence) who() {
	p := &s.person
	var colleague byte // the gender of the professional said last
	for i, t := range s.tokens {
		if g := professionals[t.text]; g != 0 {
			colleague = g
		}
		if s.named[i] > 0 {
			continue // Info Jeunes, maison des adolescents
		}
		_, known, plural := s.youngAt(i)
		theirs := possessives[s.at(i-1)]
		switch {
		case ownKin[s.at(i-1)] && (parents[t.text] || s.kin(i)):
			// « ma fille passe le bac »: the educator's own
		case known:
			p.named = true
			p.several = p.several || plural
			p.one = p.one || !plural
		case t.text == "ils" || t.text == "elles":
			p.mentioned, p.they = true, true
		case s.pronoun(i) != 0 && s.pronoun(i) == colleague && !p.named:
			// « café avec la conseillère, elle part à la retraite »
		case s.pronoun(i) != 0 || t.text == "lui":
			p.mentioned, p.one = true, true
		case parents[t.text]:
			p.named, p.kin = true, true
			p.parent = p.parent || !theirs
			p.one = p.one || theirs
		}
	}
	p.mentioned = p.mentioned || p.named
	p.several = p.several || p.they && !p.one
	p.parent = p.parent && !p.one && !p.several
}

// ownKin makes a relative one of the educator's.
var ownKin = words("ma mon mes notre nos")

// kin tells whether token i is a word for a relative.
func (s *sentence) kin(i int) bool {
	switch strings.TrimSuffix(s.at(i), "s") {
	case "fille", "fil", "frere", "soeur", "enfant", "gosse", "gamin", "gamine", "frangin", "frangine":
		return true
	}
	return false
}

// youngAt tells whether token i is a word for a young person. « Le petit » is one, « un petit boulot » is not.
func (s *sentence) youngAt(i int) (gender byte, known, plural bool) {
	w := s.at(i)
	if gender, known = young[w]; !known && strings.HasSuffix(w, "s") {
		gender, known = young[strings.TrimSuffix(w, "s")]
		plural = known
	}
	if w == "gars" || w == "fils" {
		gender = 'm'
		plural = i > 0 && (s.tokens[i-1].number > 1 || s.at(i-1) == "des" || s.at(i-1) == "les" || s.at(i-1) == "ces")
	}
	switch {
	case w == "jeune" || w == "jeunes":
		if next, ok := young[strings.TrimSuffix(s.at(i+1), "s")]; ok && next != '-' {
			return next, true, plural
		}
		switch {
		case s.at(i+1) == "femme" || s.at(i+1) == "femmes" || s.at(i+1) == "maman" || s.at(i+1) == "mere" || articlesF[s.at(i-1)]:
			gender = 'f'
		case s.at(i+1) == "homme" || s.at(i+1) == "hommes" || articlesM[s.at(i-1)]:
			gender = 'm'
		}
		known = s.at(i+1) != "majeur"
	case w == "j" && (s.at(i-1) == "un" || s.at(i-1) == "une" || s.at(i-1) == "le"):
		gender, known = genderOf(s.at(i-1)), true
	case (w == "petit" || w == "petite") && s.smallOne(i):
		gender, known = genderOf(s.at(i-1)), true
	}
	return gender, known, plural
}

func genderOf(article string) byte {
	if articlesF[article] {
		return 'f'
	}
	return 'm'
}

// smallOne tells « le petit veut » from « le petit frère » and « la petite enfance ».
func (s *sentence) smallOne(i int) bool {
	switch s.at(i - 1) {
	case "le", "la", "ce", "cette", "du", "au":
	default:
		return false
	}
	if i+1 == len(s.tokens) || s.tokens[i+1].breaks || s.free[i+1] || s.tokens[i+1].number >= 0 {
		return true
	}
	next := s.at(i + 1)
	return !s.tokens[i+1].breaks && slices.ContainsFunc([]string{"veut", "voud", "dit", "cherche", "dort", "mange", "fume", "boit", "sort", "sait", "peut", "traine", "reste"},
		func(verb string) bool { return strings.HasPrefix(next, verb) })
}

// pronoun returns the gender of « il » or « elle » at i, 0 for an impersonal one or another word.
func (s *sentence) pronoun(i int) byte {
	switch s.at(i) {
	case "elle":
		return 'f'
	case "il":
		next := s.at(i + 1)
		if next == "ne" {
			next = s.at(i + 2)
		}
		weather := next == "fait" && slices.Contains([]string{"froid", "chaud", "beau", "nuit", "noir", "moche"}, s.at(i+2))
		clock := next == "est" && i+2 < len(s.tokens) && s.tokens[i+2].number >= 0
		if impersonal[next] || weather || clock || (s.at(i-1) == "se" || s.at(i-1) == "si") && (next == "te" || next == "vous") {
			return 0
		}
		return 'm'
	}
	return 0
}

// numberAt returns the number that starts at i and the token after it; dix-sept and vingt et un take several tokens.
func (s *sentence) numberAt(i int) (n, after int) {
	n, after = s.tokens[i].number, i+1
	if n < 10 || isDigit(s.at(i)[0]) || after >= len(s.tokens) {
		return n, after
	}
	j := after
	if s.at(j) == "et" && j+1 < len(s.tokens) && (s.at(j+1) == "un" || s.at(j+1) == "une") {
		return n + 1, j + 2
	}
	if unit := s.tokens[j].number; !s.tokens[j].breaks && unit > 0 && unit < 10 && !isDigit(s.at(j)[0]) && (n >= 20 && n%10 == 0 || n == 10 && unit > 6) {
		return n + unit, j + 1
	}
	return n, after
}

// The ages a sentence may give to a young person, and to somebody at all.
const (
	youngest, oldest = 6, 30
	eldest           = 99
)

// age reads an age, or what stands for one: a class, « mineur », a parent.
func (s *sentence) age(out *Reading) {
	defer s.band(out)
	for i := 0; i < len(s.tokens); i++ {
		if s.tokens[i].number < 0 {
			continue
		}
		n, after := s.numberAt(i)
		if n < youngest || n > eldest || !s.isAge(i, after) {
			continue
		}
		if low := s.rangeBefore(i); low > 0 && low != n {
			s.person.ages = Ages{min(low, n), max(low, n)}
			s.person.mentioned, s.person.named = true, true
			return
		}
		if s.soon(i) {
			n--
		}
		s.person.ages, s.person.mentioned, s.person.named = Ages{n, n}, true, true
		if n <= oldest {
			out.Age = n
			s.person.one = s.person.one || !s.person.several || !s.agesOfSeveral(i)
			s.person.several = s.person.several && !s.person.one
			s.person.parent = false
		}
		return
	}
}

// agesOfSeveral tells « des jeunes de 17 ans », « 4 ados, 16 ans » from the age of one among others.
func (s *sentence) agesOfSeveral(i int) bool {
	j := i - 1
	if s.at(j) == "de" {
		j--
	}
	_, known, plural := s.youngAt(j)
	return known && plural || s.at(j) == "ils" || s.at(j) == "elles" || s.at(j) == "ont" || s.at(j) == "tous" || s.at(j) == "toutes"
}

// isAge tells whether the number at i, which ends before after, is somebody's age and no length of time.
func (s *sentence) isAge(i, after int) bool {
	switch s.at(after) {
	case "ans", "an", "piges", "balais", "berges":
	default:
		return s.ageOf(i, after)
	}
	for j := i - 1; j >= 0 && j >= i-3 && !s.tokens[j+1].breaks; j-- {
		switch s.at(j) {
		case "depuis", "pendant", "dans", "durant", "pour", "y", "moins", "plus", "ferme", "prison", "peine":
			return false
		case "ses", "leurs":
			return slices.Contains([]string{"fete", "feter", "aura", "bientot", "presque", "avoir", "fetait"}, s.at(j-1))
		}
	}
	switch s.at(after + 1) {
	case "ferme", "apres", "plus":
		return s.tokens[after+1].breaks
	case "de":
		return !slices.Contains([]string{"prison", "sursis", "anciennete", "retard", "attente", "detention", "suivi", "mariage", "bail", "vie", "galere"}, s.at(after+2))
	}
	return true
}

// ageOf reads « une jeune de 17 », « âgé de 17 » with nothing after the number that it could count.
func (s *sentence) ageOf(i, after int) bool {
	if s.at(i-1) != "de" || s.tokens[i].number > 25 || s.tokens[i].number < 10 || s.endsThing(after) {
		return false
	}
	_, known, plural := s.youngAt(i - 2)
	return known && !plural || s.at(i-2) == "age" || s.at(i-2) == "agee"
}

// rangeBefore returns the first number of « 14-15 ans », « 14 à 17 ans », « 15 et 17 ans », 0 when i starts alone.
func (s *sentence) rangeBefore(i int) int {
	j := i - 1
	switch s.at(j) {
	case "a", "et", "ou":
		j--
	default:
		if j >= 0 && s.tokens[j].end+1 != s.tokens[i].start {
			return 0
		}
	}
	if s.at(j) == "ans" {
		j--
	}
	if j < 0 || s.tokens[j].number < youngest || s.tokens[j].number > oldest {
		return 0
	}
	return s.tokens[j].number
}

// soon tells whether the age at i is still to come: « bientôt 18 ans », « va avoir 18 ans ».
func (s *sentence) soon(i int) bool {
	for j := i - 1; j >= 0 && j >= i-4 && !s.tokens[j+1].breaks; j-- {
		switch s.at(j) {
		case "bientot", "presque", "aura":
			return true
		case "avoir":
			return s.at(j-1) == "va" || s.at(j-1) == "avant"
		case "encore":
			return s.at(j-1) == "pas"
		}
	}
	return false
}

// classAges are the ages that a class or a status tells.
var classAges = map[string]Ages{
	"cm1": {9, 10}, "cm2": {10, 11}, "primaire": {6, 11}, "collegien": {11, 15}, "collegienne": {11, 15}, "collegiens": {11, 15},
	"sixieme": {11, 12}, "cinquieme": {12, 13}, "quatrieme": {13, 14}, "lyceen": {15, 18}, "lyceenne": {15, 18}, "lyceens": {15, 18},
	"terminale": {16, 19}, "mineur": {0, 17}, "mineure": {0, 17}, "majeur": {18, 0}, "majeure": {18, 0}, "ado": {11, 17}, "ados": {11, 17},
	"adolescent": {11, 17}, "adolescente": {11, 17},
}

// classBands are the bands that are said without an age.
var classBands = map[string]string{"collegien": "11-14", "collegienne": "11-14", "collegiens": "11-14", "lyceen": "15-17", "lyceenne": "15-17",
	"lyceens": "15-17", "cm1": "moins-11", "cm2": "moins-11", "sixieme": "11-14", "cinquieme": "11-14", "quatrieme": "11-14"}

// band sets the band of an age or of what stands for one.
func (s *sentence) band(out *Reading) {
	a := s.person.ages
	switch {
	case a.Known():
		if low := BandOf(a.Min); low == BandOf(a.Max) {
			out.Band = low
		}
	case s.person.parent && s.aParent():
		out.Band = "adulte-parent"
	default:
		for i := range s.tokens {
			ages, band := s.classAt(i)
			if ages.Known() && !s.person.ages.Known() {
				s.person.ages, s.person.mentioned, s.person.named = ages, true, true
			}
			if out.Band == "" {
				out.Band = band
			}
		}
	}
}

// aParent tells « une mère », « des parents » from « la mère », who may only be speaking of the young person.
func (s *sentence) aParent() bool {
	for i, t := range s.tokens {
		if before := s.at(i - 1); parents[t.text] && (before == "un" || before == "une" || before == "des" || before == "jeune") {
			return true
		}
	}
	return false
}

// classAt reads a class at token i: collégien, 6e, 4ème.
func (s *sentence) classAt(i int) (Ages, string) {
	t := s.tokens[i]
	if ages, ok := classAges[t.text]; ok {
		return ages, classBands[t.text]
	}
	if t.number < 3 || t.number > 6 || s.at(i+1) != "e" || s.tokens[i+1].start != t.end {
		return Ages{}, ""
	}
	switch s.at(i + 2) {
	case "fois", "etage", "chance", "rendez", "jour", "semaine", "mois", "arrondissement", "place", "lieu":
		if !s.tokens[i+2].breaks {
			return Ages{}, ""
		}
	}
	ages := Ages{17 - t.number, 18 - t.number}
	if t.number == 3 {
		return ages, "" // 14 or 15: two bands
	}
	return ages, BandOf(ages.Min)
}

// crowd are the words for several persons that a number before them counts, beside the words for the young.
var crowd = words("personnes participants participantes presents inscrits copains copines")

// count reads how many young people there were.
func (s *sentence) count(out *Reading) {
	end := -1          // of the last group
	parts, sum := 0, 0 // the groups after the first, as long as they follow one another
	broken := false
	for i := 0; i < len(s.tokens); i++ {
		if s.tokens[i].number < 1 {
			continue
		}
		n, after := s.numberAt(i)
		stop, ok := s.group(i, after)
		if !ok || n > 500 || strings.HasPrefix(strings.TrimSpace(s.text[s.tokens[after-1].end:]), "%") {
			i = after - 1
			continue
		}
		switch {
		case out.Count == 0:
			out.Count = n
			broken = everybody[s.at(stop)] // 8 jeunes, 5 garçons: the others are among them
		case broken || i-end > 2 || s.at(i-1) == "dont":
			broken = true
		default: // 3 filles et 2 garçons
			parts, sum = parts+1, sum+n
		}
		end, i = stop, stop
	}
	if parts < 2 || sum != out.Count { // but 12 jeunes, 8 filles et 4 garçons are 12
		out.Count += sum
	}
	if out.Count > 1 {
		s.person = person{mentioned: true, named: true, several: true, kin: s.person.kin, ages: s.person.ages}
	} else if out.Count == 1 {
		s.person.several = false
	}
}

// group tells whether the number from i to after counts young people, and where the group ends.
func (s *sentence) group(i, after int) (stop int, ok bool) {
	for j := after; j < len(s.tokens) && j <= after+2 && !s.tokens[j].breaks; j++ {
		if _, known, plural := s.youngAt(j); known && s.named[j] == 0 && (plural || s.at(j) == "gars") || crowd[s.at(j)] {
			return j, true
		}
		if s.at(j) == "enfants" && s.tokens[i].number >= 5 {
			return j, true
		}
		if s.at(j) == "grands" || s.at(j) == "grandes" {
			if _, young, _ := s.youngAt(j + 1); !young {
				return j, true
			}
		}
		switch s.at(j) {
		case "autres", "nouveaux", "nouvelles", "petits", "petites", "grands", "grandes", "de", "des", "jeunes":
		default:
			return s.bareGroup(i, after)
		}
	}
	return s.bareGroup(i, after)
}

// bareGroup reads « ils sont 4 », « on était une dizaine », « un groupe de 8 ».
func (s *sentence) bareGroup(i, after int) (stop int, ok bool) {
	j := i - 1
	for j >= 0 && (s.at(j) == "une" || s.at(j) == "environ") {
		j--
	}
	if after < len(s.tokens) && !s.tokens[after].breaks && (s.at(after) == "ans" || s.at(after) == "h" || s.at(after) == "heures" || s.at(after) == "e") {
		return 0, false
	}
	switch s.at(after) {
	case "du": // avec 7 du quartier
		if s.at(after+1) == "quartier" || s.at(after+1) == "secteur" {
			return after, true
		}
	case "au": // 11 au local
		if s.at(after+1) == "local" {
			return after, true
		}
	}
	switch s.at(j) {
	case "ai", "avait", "avais", "avons", "a": // j'en ai trois, on en avait douze
		return after - 1, s.at(j-1) == "en" && !s.endsThing(after)
	case "sont", "etaient", "seront":
		return after - 1, (s.at(j-1) == "ils" || s.at(j-1) == "elles") && s.at(after) != "dans"
	case "etait", "etions":
		return after - 1, s.at(j-1) == "on" || s.at(j-1) == "nous"
	case "de":
		return after - 1, s.at(j-1) == "groupe" && !s.endsThing(after)
	}
	return 0, false
}

// gender reads the gender of who it is about: nouns first, then pronouns, then what agrees with them.
func (s *sentence) gender(count int) string {
	var first [3]byte // by strength
	var both bool
	mother := false
	note := func(strength int, g byte) {
		switch {
		case g != 'm' && g != 'f':
		case first[strength] == 0:
			first[strength] = g
		case strength == 0 && first[0] != g && count != 1:
			both = true
		}
	}
	for i, t := range s.tokens {
		g, known, plural := s.youngAt(i)
		kin := strings.HasPrefix(t.text, "frere") || strings.HasPrefix(t.text, "soeur")
		switch {
		case known && plural && s.person.several && slices.Contains([]string{s.at(i - 1), s.at(i - 2), s.at(i - 3)}, "dont"):
			both = true // 25 jeunes dont 6 filles
		case known && kin && (s.at(i-1) == "son" || s.at(i-1) == "sa" || s.at(i-1) == "petit" || s.at(i-1) == "petite"):
			note(2, g)
		case known && plural && g == 'm' && t.text != "gars" && t.text != "garcons" && t.text != "freres":
			// a plural in -s tells no gender: lycéens
		case known:
			note(0, g)
		case t.text == "mere" || t.text == "maman":
			mother = true
		case t.text == "elle" && mother && first[0] == 0 && first[1] == 0: // the mother
		case t.text == "elles":
			note(1, 'f')
		case t.text == "lui" && apart[s.at(i-1)]:
			note(1, 'm')
		case t.text == "enceinte":
			note(1, 'f')
		default:
			note(1, s.pronoun(i))
			if !s.person.several {
				note(2, s.agreement(i))
			}
		}
	}
	switch {
	case both && s.person.several:
		return "mixte"
	case s.person.parent:
		return ""
	}
	for _, g := range first {
		if g == 'f' {
			return "fille"
		}
		if g == 'm' {
			return "garcon"
		}
	}
	return ""
}

// ownDeeds are participles of what the educator did: they agree with nothing said.
var ownDeeds = words(`accompagne rencontre croise recroise appele rappele contacte oriente aide emmene relance passe discute visite echange
	depose envoye prepare signe refuse commence parle participe recu vu fait essaye trouve travaille
	explique complete rempli relu monte saisi propose regarde cherche joint relance conseille negocie transmis remis imprime verifie
	ecrit redige rendu revu tente organise pris vois revois ramene recupere monte boucle fixe cale programme retrouve epaule repete`)

// agreement returns the gender that a participle or an adjective tells at the head of a phrase or after an age.
func (s *sentence) agreement(i int) byte {
	t := s.tokens[i]
	head := i == 0 || t.breaks || s.at(i-1) == "ans" || s.at(i-1) == "tres"
	if !head || s.free[i] {
		return 0
	}
	switch {
	case t.text == "inquiete" || t.text == "majeure" || t.text == "seule" || t.text == "contente" || t.text == "perdue" || t.text == "venue" || t.text == "mise" || t.text == "partie":
		return 'f'
	case t.text == "majeur" || t.text == "seul" || t.text == "mis" || t.text == "parti" || t.text == "content" || t.text == "perdu" || t.text == "sorti" || t.text == "venu":
		return 'm'
	case t.accent && strings.HasSuffix(t.text, "ee") && s.at(i+1) != "de":
		return 'f'
	case t.accent && strings.HasSuffix(t.text, "e") && !ownDeeds[t.text]:
		return 'm'
	}
	return 0
}

// A cue is a value with the runs of words that tell it, commas between them.
type cue struct{ value, said string }

var solicitations = byFirstWord(
	cue{"reunion", "reunion, synthese, point avec, concertation, commission, rencontre avec, echange avec"},
	cue{"accompagnement", "accompagne, accompagnee, accompagnes, accompagner, emmene, emmenee, emmener, alle avec"},
	cue{"orientation", "oriente, orientee, orientes, orienter, orientation vers, envoye vers, adresse a, dirige vers"},
	cue{"contact", "appele, appelee, appeler, appel, rappele, rappeler, contacte, contacter, mail, telephone a, joint, relance, ecrit a, coup de fil"},
)

var results = byFirstWord(
	cue{"refus", "refus, refusee, a refuse, ont refuse, dossier refuse, a dit non, ont dit non, dit non, pas de place, plus de place, liste complete, complet, recale, recalee, pas pris, pas prise, rejete, rejetee"},
	cue{"sans-suite", "rate, ratee, pas venu, pas venue, pas presente, pas presentee, pas alle, pas allee, annule, annulee, sans suite, pas donne suite, lapin, absent, absente, injoignable"},
	cue{"pris-en-charge", "pris en charge, prise en charge, inscrit, inscrite, admis, admise, integre, integree, contrat signe, dossier accepte, a accepte, ont accepte, acceptee, place obtenue, place trouvee, retenu, retenue, embauche, embauchee"},
	cue{"attente", "attend, attente, attendre, sans reponse, pas de reponse, reponse sous, en cours, dossier depose, dossier envoye"},
)

// answers are what only a partner that was asked says.
var answers = byFirstWord(cue{"asked", "refus, refuse, refusee, pas de place, plus de place, liste complete, pris en charge, prise en charge, " +
	"dossier depose, dossier envoye, dossier accepte, contrat signe, place obtenue, sans reponse, pas de reponse"})

// run is one run of words with its value and the value's rank: of several the first of the list is kept.
type run struct {
	rest  []string
	value string
	rank  int
}

func byFirstWord(cues ...cue) map[string][]run {
	runs := map[string][]run{}
	for rank, c := range cues {
		for said := range strings.SplitSeq(c.said, ", ") {
			w := strings.Fields(said)
			runs[w[0]] = append(runs[w[0]], run{w[1:], c.value, rank})
		}
	}
	return runs
}

// told returns the first value of a list that the sentence tells.
func (s *sentence) told(runs map[string][]run) string {
	value, rank := "", len(runs)
	for i, t := range s.tokens {
		for _, c := range runs[t.text] {
			if c.rank < rank && s.follows(i, c.rest) {
				value, rank = c.value, c.rank
			}
		}
	}
	return value
}

func (s *sentence) follows(i int, rest []string) bool {
	for _, w := range rest {
		if i++; s.at(i) != w {
			return false
		}
	}
	return true
}
