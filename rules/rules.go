// Package rules knows the trade: which needs exist, which kinds of partner answer them, who the partners of this town are,
// what a sentence says and who fits. It is pure: no clock, no network, no storage.
//
// Two sources share one grammar with French keys: rules/france (embedded, true everywhere in France) and config.yaml (one
// service: teams, territories, partners, and whatever it adds, overrides by id or removes). [Load] reads both at once and
// reports every mistake with its place.
//
//	need (besoin)      what a young person comes with; it belongs to one domain, sometimes to a second
//	kind (type)        a kind of partner, with its usual ages and terms
//	partner            one door in this town, of one kind; what it says overrides its kind
//	rule               in a need: if the age and the situation fit, offer these kinds in this order
//	situation          a circumstance that changes who fits (no solution at 16, a family with children)
//
// A [Rules] value is read-only once loaded and safe for concurrent use.
package rules

import (
	"fmt"
	"time"
)

// Rules is everything the two sources say, each list in the order of the files.
type Rules struct {
	Version     string // a hash of the sources, kept in every record made with them
	Service     Service
	Domains     []Domain
	ActionTypes []ActionType
	Situations  []Situation
	Needs       []Need
	Kinds       []Kind
	Territories []Territory
	Teams       []Team
	Partners    []Partner

	index   index   // ids, and former ids, to entries
	lexicon lexicon // what reading a sentence looks words up in
	guard   guard   // what finding personal data looks words up in

	checked map[*Partner]time.Time // entries checked since they were written
}

// Service is what a service sets for itself.
type Service struct {
	Name           string         // "" when not given
	Zone           *time.Location // in which days and weeks are counted; Europe/Paris by default
	DigestDay      time.Weekday   // when the weekly digest leaves, in Zone
	DigestHour     int            // hour and
	DigestMinute   int            // minute of it
	DeleteSentence bool           // the educator's own message is deleted once its action is saved
}

// Domain is one of the nine domains of the yearly report.
type Domain struct {
	ID, Name string
	Short    string // a few letters for narrow places such as buttons; Name when not given
	Sign     string // one emoji
	Color    string // of its bars in a picture, "#2A6F97"; "" when not given
	Subject  string // the domain in a sentence, lower case, with its article: "l'insertion et l'emploi"; "" when not given
}

// ActionType is a kind of work: street work, individual support, collective action, partnership.
type ActionType struct {
	ID, Name string
	Words    []string // what tells it in a sentence
}

// Situation is a circumstance that rules may ask for and that a sentence may tell.
type Situation struct {
	ID, Name string
	Words    []string
}

// Need is what a young person or a family comes with.
type Need struct {
	ID, Name string
	Domain   string // the one counted first
	Second   string // "" for most
	Ages     Ages   // where suggesting makes sense
	Common   bool   // offered first when needs are chosen by buttons
	Words    Words
	Rules    []Rule
	Urgency  *Urgency // set for a need of danger
}

// Words is the vocabulary of a need in three weights: a strong term names the need alone, a middling one suggests it, a weak
// one only tips a balance.
type Words struct {
	Strong, Middling, Weak []string
}

// Rule offers kinds of partner, in order, when its conditions hold. A condition left out holds. A rule with an age holds
// only when the age is known, at least in part.
type Rule struct {
	Ages      Ages
	Territory string
	Situation string
	Offer     []string // kinds one may send a young person to, best first
	Inform    []string // kinds a professional calls: they are no door for the young person
	Because   string   // why these, in French; "" leaves it to the partner's own terms
}

// Urgency is what is shown first for a need of danger.
type Urgency struct {
	Steps []string // French sentences, in order, each with its number to call where there is one
	Ask   bool     // false: the bot asks nothing more and records a count only
}

// Kind is a kind of partner.
type Kind struct {
	ID, Name string
	Synonyms []string // acronyms and other names, as educators write them
	Domains  []string
	Ages     Ages
	Access   Access
	Terms    string   // what is worth knowing before going, in French
	Wait     string   // the usual wait, in French ("souvent plus de 6 mois"); not empty means long enough to need Relays
	Relays   []string // kinds to offer meanwhile
	Network  string   // the data.inclusion reseaux_porteurs code, where one exists
}

// Partner is one door. What its entry leaves out of ages, access, terms and wait is filled from its kind when loaded.
type Partner struct {
	ID, Name    string
	Kind        string
	Synonyms    []string
	Territories []string // where its public lives; empty means everywhere
	Ages        Ages
	Access      Access
	Terms       string
	Wait        string
	Phone       string
	Email       string
	Website     string
	Address     string
	PostCode    string
	Town        string
	Hours       string
	Contact     string    // a role or a desk, never a person's name
	Checked     time.Time // the day somebody last checked this entry; zero: never
	Framework   string    // convention, dispositif or informel; "" when not said
	Closed      bool      // still named in past records, no longer suggested
	National    bool      // the same everywhere in France: the service has nothing to check
}

// Access is how one gets in.
type Access string

// The ways in. A kind of access ByDecision is never offered as a door, only as a professional to inform.
const (
	Open           Access = "libre"
	ByAppointment  Access = "sur-rendez-vous"
	ByDecision     Access = "sur-decision"
	ByParents      Access = "par-les-parents"
	ByProfessional Access = "par-un-professionnel"
)

// Territory is a quartier or a sector.
type Territory struct {
	ID, Name string
	Synonyms []string
}

// Team is a team of educators.
type Team struct {
	ID, Name    string
	Territories []string // where it works, usual first
	Former      []string // ids it once had, under which records were kept
}

// Ages is a range in years, both ends included. Max 0 means no upper end; the zero value means any age, or an age not known.
type Ages struct{ Min, Max int }

// Known tells whether a says anything at all.
func (a Ages) Known() bool { return a != Ages{} }

// Meets tells whether some age is in both ranges; an unknown range meets every other.
func (a Ages) Meets(b Ages) bool {
	return (a.Max == 0 || b.Min <= a.Max) && (b.Max == 0 || a.Min <= b.Max)
}

// String is the range in French, "" when it is not known.
func (a Ages) String() string {
	switch {
	case !a.Known():
		return ""
	case a.Max == 0:
		return fmt.Sprintf("%d ans et plus", a.Min)
	case a.Min == a.Max:
		return fmt.Sprintf("%d ans", a.Min)
	case a.Min == 0:
		return fmt.Sprintf("jusqu'à %d ans", a.Max)
	default:
		return fmt.Sprintf("%d-%d ans", a.Min, a.Max)
	}
}

// Band is an age band: what a record keeps of an age.
type Band struct {
	ID, Name string
	Ages     Ages // zero for the band of those whose age is not known
}

// Bands in the order they are offered and printed. They are fixed: the yearly reports of all teams add up by them.
var Bands = []Band{
	{"moins-11", "Moins de 11 ans", Ages{0, 10}},
	{"11-14", "11-14 ans", Ages{11, 14}},
	{"15-17", "15-17 ans", Ages{15, 17}},
	{"18-21", "18-21 ans", Ages{18, 21}},
	{"22-25", "22-25 ans", Ages{22, 25}},
	{"plus-25", "Plus de 25 ans", Ages{26, 0}},
	{"adulte-parent", "Adulte, parent", Ages{18, 0}},
	{"non-connue", "Âge non connu", Ages{}},
}

// BandOf returns the id of the band of an age in years; 0 is an age not known.
func BandOf(age int) string {
	if age <= 0 {
		return "non-connue"
	}
	for _, b := range Bands {
		if age >= b.Ages.Min && (b.Ages.Max == 0 || age <= b.Ages.Max) {
			return b.ID
		}
	}
	return "non-connue"
}

// BandAges returns the ages of a band, the zero value for an id that is none.
func BandAges(id string) Ages {
	for _, b := range Bands {
		if b.ID == id {
			return b.Ages
		}
	}
	return Ages{}
}
