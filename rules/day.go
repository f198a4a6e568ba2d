package rules

import (
	"strconv"
	"strings"
	"time"
)

// DayOf resolves a day said in a sentence, a Reading's When or FollowUp, to its date, at midnight in today's location. Weekdays,
// days of the month and dates are the next ones, or the last ones when past is set. It reports false for a token that is none.
func DayOf(token string, today time.Time, past bool) (time.Time, bool) {
	y, m, d := today.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, today.Location())
	direction := 1
	if past {
		direction = -1
	}
	switch token {
	case "today":
		return midnight, true
	case "yesterday":
		return midnight.AddDate(0, 0, -1), true
	case "tomorrow":
		return midnight.AddDate(0, 0, 1), true
	}
	for _, w := range dayNames {
		if w.token == token {
			days := (int(w.day) - int(midnight.Weekday()) + 7*direction) % 7
			if days == 0 {
				days = 7 * direction
			}
			return midnight.AddDate(0, 0, days), true
		}
	}
	if n, ok := strings.CutSuffix(token, "d"); ok && len(n) > 1 && (n[0] == '+' || n[0] == '-') {
		days, err := strconv.Atoi(n)
		return midnight.AddDate(0, 0, days), err == nil && days >= -366 && days <= 366
	}
	return searchDate(token, midnight, direction)
}

// searchDate resolves dNN and MM-DD to the nearest such date, midnight included.
func searchDate(token string, midnight time.Time, direction int) (time.Time, bool) {
	month, day := 0, 0
	var err error
	if n, ok := strings.CutPrefix(token, "d"); ok {
		day, err = strconv.Atoi(n)
	} else if a, b, ok := strings.Cut(token, "-"); ok && len(a) == 2 && len(b) == 2 {
		month, err = strconv.Atoi(a)
		if err == nil {
			day, err = strconv.Atoi(b)
		}
		if month < 1 || month > 12 {
			return time.Time{}, false
		}
	}
	if err != nil || day < 1 || day > 31 {
		return time.Time{}, false
	}
	for n := 0; n <= 8*366; n++ { // February 29 may be eight years away
		t := midnight.AddDate(0, 0, n*direction)
		if t.Day() == day && (month == 0 || int(t.Month()) == month) {
			return t, true
		}
	}
	return time.Time{}, false
}

var dayNames = []struct {
	french, token string
	day           time.Weekday
}{
	{"lundi", "monday", time.Monday}, {"mardi", "tuesday", time.Tuesday}, {"mercredi", "wednesday", time.Wednesday}, {"jeudi", "thursday", time.Thursday},
	{"vendredi", "friday", time.Friday}, {"samedi", "saturday", time.Saturday}, {"dimanche", "sunday", time.Sunday},
}

func weekday(french string) string {
	for _, w := range dayNames {
		if w.french == french {
			return w.token
		}
	}
	return ""
}

var months = map[string]int{"janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "aout": 8, "septembre": 9,
	"octobre": 10, "novembre": 11, "decembre": 12}

// days sets the day of the action and the day to come back to it. Of several the first said is kept.
func (s *sentence) days(out *Reading) {
	for i := range s.tokens {
		when, next := s.dayAt(i)
		if out.When == "" {
			out.When = when
		}
		if out.FollowUp == "" {
			out.FollowUp = next
		}
	}
}

// dayAt reads the day said at token i, if any.
func (s *sentence) dayAt(i int) (when, next string) {
	t := s.at(i)
	switch t {
	case "aujourdhui":
		return s.byCue(i, "today", "today", "today")
	case "hier":
		if s.at(i-1) == "avant" {
			return "-2d", ""
		}
		return "yesterday", ""
	case "demain":
		if s.at(i-1) == "apres" {
			return "", "+2d"
		}
		if s.at(i-1) == "lendemain" {
			return "", ""
		}
		return "", "tomorrow"
	case "jour", "matin":
		if s.this(i - 1) {
			return "today", ""
		}
	case "midi", "aprem", "soir":
		if s.this(i-1) || s.at(i-2) == "cet" {
			if t == "soir" {
				return s.byCue(i, "today", "today", "")
			}
			return s.byCue(i, "today", "today", "today")
		}
	case "semaine", "semaines", "sem", "jours", "j":
		return s.daysAway(i)
	}
	if w := weekday(t); w != "" {
		return s.weekdayAt(i, w)
	}
	if s.tokens[i].number > 0 {
		return "", s.dateAt(i)
	}
	return "", ""
}

// this tells « ce » at i, as typed in a hurry too: « c matin ».
func (s *sentence) this(i int) bool {
	return s.at(i) == "ce" || s.at(i) == "c" || s.at(i) == "est" && s.at(i-1) == "ce" && s.tokens[i].start == s.tokens[i-1].start
}

// at returns the word at i, "" outside of the text.
func (s *sentence) at(i int) string {
	if i < 0 || i >= len(s.tokens) {
		return ""
	}
	return s.tokens[i].text
}

func (s *sentence) numberBefore(i int) int {
	if i <= 0 {
		return -1
	}
	if s.at(i-1) == "un" || s.at(i-1) == "une" {
		return 1
	}
	return s.tokens[i-1].number
}

// daysAway reads « la semaine prochaine », « dans 3 jours », « il y a deux semaines ».
func (s *sentence) daysAway(i int) (when, next string) {
	unit := 1
	if strings.HasPrefix(s.at(i), "sem") {
		unit = 7
		switch after := s.at(i + 1); {
		case comingWeek[after]:
			return "", "+7d"
		case after == "derniere" || after == "passee":
			if s.cue(i) == past {
				return "-7d", ""
			}
			return "", ""
		}
	}
	n := s.numberBefore(i)
	if n < 1 || n*unit > 62 {
		return "", ""
	}
	days := strconv.Itoa(n*unit) + "d"
	switch {
	case s.at(i-2) == "dans" && s.cue(i) == future:
		return "", "+" + days
	case s.at(i-2) == "a" && s.at(i-3) == "y" && s.worked():
		return "-" + days, ""
	}
	return "", ""
}

// weekdayAt tells whether a weekday is the day of the action or a day to come.
func (s *sentence) weekdayAt(i int, w string) (when, next string) {
	before, after := s.at(i-1), s.at(i+1)
	switch {
	case before == "depuis" || before == "le" || before == "les" || before == "chaque" || before == "jusque":
		return "", "" // since then, or every week
	case i+1 < len(s.tokens) && s.tokens[i+1].number > 0 && !s.tokens[i+1].breaks && s.dateAt(i+1) != "":
		return "", "" // the date that follows says it
	case after == "dernier" || after == "passe" && (s.tokens[i+1].accent || i+2 == len(s.tokens) || s.tokens[i+2].breaks):
		return w, ""
	case after == "prochain" || before == "pour" || s.at(i-2) == "partir":
		return "", w
	case before == "de":
		if plannedWords[s.at(i-2)] || s.at(i-2) == "vous" { // the appointment of Monday may be either
			return "", ""
		}
		return w, ""
	}
	return s.byCue(i, w, w, "")
}

// byCue gives a day by what the words around it say: done, to come, or, with no cue, otherwise: "" then means to come for a
// weekday.
func (s *sentence) byCue(i int, done, coming, otherwise string) (when, next string) {
	switch s.cue(i) {
	case past:
		return done, ""
	case future:
		return "", coming
	}
	if otherwise == "" && weekday(s.at(i)) != "" {
		if s.person.several && s.narrated() { // a group that was with the educator
			return done, ""
		}
		return "", coming
	}
	return otherwise, ""
}

// narrated tells whether the whole text tells something past and nothing to come. The text is gone through once.
func (s *sentence) narrated() bool {
	if s.past == noTense {
		s.past = s.overall()
	}
	return s.past == past
}

// overall is past when the text tells something past and nothing to come, else future.
func (s *sentence) overall() tense {
	overall := future
	for j, t := range s.tokens {
		switch c := s.tense(j); {
		case c == future:
			return future
		case c == past, strings.HasSuffix(t.text, "ait") && s.infinitive(t.text) != t.text, strings.HasSuffix(t.text, "aient"):
			overall = past
		}
	}
	return overall
}

// dateAt reads 12/03, « le 12 mars », « le 12 » as a day to come; "" when it is none or when it is past.
func (s *sentence) dateAt(i int) string {
	t := s.tokens[i]
	if t.number > 31 || s.cue(i) == past || i > 0 && (s.at(i-1) == "depuis" || s.at(i-1) == "du" && s.cue(i) != future) {
		return ""
	}
	if i+1 < len(s.tokens) {
		n := s.tokens[i+1]
		if n.start == t.end+1 && s.text[t.end] == '/' && n.number >= 1 && n.number <= 12 {
			return monthDay(n.number, t.number)
		}
		if m := months[n.text]; m > 0 && !n.breaks && (s.at(i-1) == "le" || s.at(i-1) == "au" || weekday(s.at(i-1)) != "") {
			return monthDay(m, t.number)
		}
	}
	if i > 0 && s.tokens[i-1].end < len(s.text) && s.text[s.tokens[i-1].end] == '/' && s.tokens[i-1].number > 0 {
		return ""
	}
	named := s.at(i-1) == "le" || weekday(s.at(i-1)) != ""
	if !named || s.endsThing(i+1) {
		return ""
	}
	return "d" + twoDigits(t.number)
}

// endsThing tells whether the word at i is what a number before it counts: « le 14 ans », « le 3e ».
func (s *sentence) endsThing(i int) bool {
	if i >= len(s.tokens) || s.tokens[i].breaks {
		return false
	}
	switch s.at(i) {
	case "a", "au", "avec", "pour", "chez", "et", "ont", "sont", "veulent", "qui", "sur", "dont", "que", "matin", "midi", "soir", "apres", "il", "elle", "on", "je", "en", "dans":
		return false
	}
	return true
}

func monthDay(m, d int) string { return twoDigits(m) + "-" + twoDigits(d) }

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// tense is what the words around a day say of it.
type tense int8

const (
	noTense tense = iota
	past
	future
)

// cue returns the tense of the nearest word that has one: to the left inside the same phrase, else shortly to the right.
func (s *sentence) cue(i int) tense {
	for j := i; j >= 0 && j > i-14; j-- {
		if j < i {
			if c := s.tense(j); c != noTense {
				return c
			}
		}
		if s.tokens[j].breaks && !(s.announced(j) && s.tense(j-1) == future) {
			break
		}
	}
	for j := i + 1; j < len(s.tokens) && j <= i+5 && !s.tokens[j].breaks; j++ {
		if c := s.tense(j); c != noTense {
			return c
		}
	}
	return noTense
}

var (
	pastWords = words(`vu vue vus vues recu recue recus croise croisee croises rencontre rencontree rencontres accompagne accompagnee accompagnes
		venu venue venus parti partie partis sorti sortie sortis eu ete pris prise mis mise perdu dormi rate ratee annule annulee manque manquee
		discute appele appelee rappele rappelee oriente orientee visite participe aide aidee fete passe passee passes alle allee alles arrive arrivee
		tape signe depose deposee emmene emmenee contacte relance relancee revu revue revus faite faites envoye envoyee effectue effectuee
		honore honoree dernier derniere`)
	plannedWords = words("rendez prevu prevue prevus convoque convoquee convocation audience jugement programme programmee prochain prochaine")
	futureWords  = words(`revoir revoit revois revoie revoyons reverra reverrai reverrons voit voir verra doit dois rappeler rappelle rappellera
		rappellerai relancer relancera relancerai recontacter recontacterai repasse repasser repassera repasserai attaque commence commencer demarre demarrer
		entretien aura sera serai serons viendra reviendra ira vient revient prepare preparer apporter retourner inscrire faudra aller bientot`)
	auxiliaries = words("a ai as ont avons avait avaient est sont suis sommes etait etaient ete")
)

func (s *sentence) tense(j int) tense {
	t := s.tokens[j]
	switch {
	case comebacks[t.text] && !t.accent:
		return s.comeback(j)
	case t.text == "fait" && s.done(j):
		return past
	case plannedWords[t.text]:
		return future
	case pastWords[t.text] && (t.accent || !endsInE(t.text) || !s.accents || t.text == "derniere"):
		return past
	case t.accent && (j == 0 || t.breaks || auxiliaries[s.at(j-1)] || auxiliaries[s.at(j-2)]):
		return past
	case futureWords[t.text] && !t.accent:
		return future
	}
	return noTense
}

// comebacks are nouns for coming back to somebody or something. Without accents « relance » may be « relancé » too.
var comebacks = words("relance relances rappel point retour bilan synthese")

// comeback returns the tense of such a noun at token j. It is to come when a day is right behind, and past when something says that it
// was done; « retour vendredi » may be the end of an outing that is told. « Relance » that may be a participle is what the educator did
// when it has an object: « relance la mission locale mardi ».
func (s *sentence) comeback(j int) tense {
	relance := strings.HasPrefix(s.at(j), "relance")
	switch {
	case relance && s.helped(j), s.over(j), s.at(j-1) == "le" && s.at(j-2) == "fait" && s.done(j-2):
		return past
	case s.at(j) != "retour" && s.dayBehind(j), s.inDays(j), relance && s.noParticiple(j):
		return future
	case relance && j+1 < len(s.tokens) && !s.tokens[j+1].breaks:
		return past
	}
	return noTense
}

// helped tells whether an auxiliary stands before token j, making it a participle: « ai relance », « a deja relance ».
func (s *sentence) helped(j int) bool {
	if s.tokens[j].breaks {
		return false
	}
	return auxiliaries[s.at(j-1)] || between[s.at(j-1)] && !s.tokens[j-1].breaks && auxiliaries[s.at(j-2)]
}

// done tells whether « fait » at token j is a participle: « a fait le point », « rappel fait », « rendez-vous fait », or at the
// head of a phrase.
func (s *sentence) done(j int) bool {
	aside := s.at(j-2) == "tout" && s.at(j-1) == "a" // tout à fait
	return !aside && (j == 0 || s.tokens[j].breaks || comebacks[s.at(j-1)] || s.at(j-1) == "vous" || s.helped(j))
}

// over tells whether the words around the noun at token j say that its day is past: « après relance mardi », « relance faite »,
// « relance mardi sans réponse », « relance la semaine dernière ».
func (s *sentence) over(j int) bool {
	if !s.tokens[j].breaks && (earlier[s.at(j-1)] || articlesF[s.at(j-1)] && earlier[s.at(j-2)]) {
		return true
	}
	for i := j + 1; i < len(s.tokens) && !s.tokens[i].breaks; i++ {
		switch w := s.at(i); {
		case i == j+1 && (w == "fait" || pastWords[w]):
			return true
		case (w == "derniere" || w == "dernier" || w == "passee") && (strings.HasPrefix(s.at(i-1), "sem") || weekday(s.at(i-1)) != ""):
			return true
		case w == "sans" && (s.at(i+1) == "reponse" || s.at(i+1) == "retour" || s.at(i+1) == "suite" || s.at(i+1) == "nouvelles"):
			return true
		}
	}
	return false
}

// noParticiple tells a noun or a present by what goes with it: « la relance », « je relance », « relance du CCAS », and no accent in
// a text that has some.
func (s *sentence) noParticiple(j int) bool {
	before, after := s.at(j-1), s.at(j+1)
	if s.accents || s.at(j) == "relances" || after == "de" || after == "du" || after == "des" || after == "si" {
		return true
	}
	if j > 0 && objects[before] && !s.tokens[j].breaks {
		before = s.at(j - 2)
	}
	return j > 0 && !s.tokens[j].breaks && (subjects[before] || articlesF[s.at(j-1)])
}

// dayBehind tells whether a day stands right behind token j, a few small words between: « relance prévue mardi », « point le 12 ».
func (s *sentence) dayBehind(j int) bool {
	i := j + 1
	for i < len(s.tokens) && leadsToDay[s.at(i)] && (!s.tokens[i].breaks || s.announced(i)) {
		i++
	}
	if i >= len(s.tokens) || s.tokens[i].breaks && !s.announced(i) {
		return false
	}
	switch t := s.tokens[i]; {
	case weekday(t.text) != "", t.text == "demain", t.text == "apres" && s.at(i+1) == "demain",
		t.text == "ce" && (s.at(i+1) == "soir" || s.at(i+1) == "midi"):
		return true
	case strings.HasPrefix(t.text, "sem"):
		return comingWeek[s.at(i+1)]
	default:
		return t.number > 0 && t.number <= 31 && (s.at(i-1) == "le" || s.text[t.end:] != "" && s.text[t.end] == '/')
	}
}

// inDays tells whether « dans 3 jours » is said in the phrase after token j.
func (s *sentence) inDays(j int) bool {
	for i := j + 1; i < len(s.tokens) && (!s.tokens[i].breaks || i == j+1 && s.announced(i)); i++ {
		if s.at(i) == "dans" && (s.at(i+2) == "jours" || strings.HasPrefix(s.at(i+2), "sem")) {
			return true
		}
	}
	return false
}

// announced tells whether a colon is all that stands between token i and the one before: « relance : mardi ».
func (s *sentence) announced(i int) bool {
	return i > 0 && strings.TrimSpace(s.text[s.tokens[i-1].end:max(s.tokens[i-1].end, s.tokens[i].start)]) == ":"
}

var (
	between    = words("deja bien aussi encore juste vite enfin")
	earlier    = words("apres depuis suite malgre derniere")
	subjects   = words("je on tu il elle nous ils elles")
	objects    = words("le la les lui y me te leur")
	comingWeek = words("prochaine pro prochain suivante")
	leadsToDay = words("prevue prevu a faire prevoir programmer pour le la de ici avant vers au ensuite tel telephonique telephone mail sms si besoin necessaire")
)

func endsInE(w string) bool {
	w = strings.TrimSuffix(w, "s")
	return strings.HasSuffix(w, "e")
}

// worked tells whether the sentence tells something that the educator did.
func (s *sentence) worked() bool {
	for j := range s.tokens {
		if s.tense(j) == past && pastWords[s.at(j)] && s.at(j) != "arrive" && s.at(j) != "arrivee" && s.at(j) != "parti" && s.at(j) != "sorti" {
			return true
		}
	}
	return false
}
