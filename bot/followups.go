package bot

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"maillage/bot/french"
	"maillage/store"
)

// A follow-up is recalled on its day and, as long as it is open, four more times, a week apart; then /relances alone lists it.
const (
	recallEvery = 7 // days
	lastRecall  = 4 * recallEvery
)

// maxRecalled is how many follow-ups one message treats: two rows of buttons each. The next ones take the place of those treated.
const maxRecalled = 4

// marks tell the follow-ups of a message apart, in its lines and on its buttons.
var marks = [maxRecalled]string{"①", "②", "③", "④"}

// postponed are the days offered by Reporter, in days from today.
var postponed = []struct {
	label string
	days  int
}{{"Demain", 1}, {"Dans 3 jours", 3}, {"Dans une semaine", 7}, {"Dans 15 jours", 15}, {"Dans un mois", 30}}

// age is how many days ago a follow-up was due, seen from today; both as 2006-01-02.
func age(due, today string) int {
	d, err := time.Parse(time.DateOnly, due)
	t, wrong := time.Parse(time.DateOnly, today)
	if err != nil || wrong != nil {
		return -1
	}
	return int(t.Sub(d).Hours() / 24)
}

// recalledOn tells whether a follow-up due on a day is recalled today, or was to be on one of the days missed before.
func recalledOn(due, today string, missed []string) bool {
	recall := func(day string) bool { n := age(due, day); return n >= 0 && n <= lastRecall && n%recallEvery == 0 }
	return recall(today) || slices.ContainsFunc(missed, recall)
}

// dueLine says one follow-up in plain text.
func (v *view) dueLine(a store.Action) string {
	line := "n° " + french.Number(a.Number) + ", " + v.title(a)
	if a.FollowUp == "" {
		return line
	}
	if late := age(a.FollowUp, v.now.Format(time.DateOnly)); late > 0 {
		return line + " : en retard de " + french.Count(late, "jour", "jours")
	}
	return line + " : " + french.Day(a.FollowUp, v.now)
}

// dueMessage lists follow-ups, the latest first, with what each may come to; "" of no text when there is none.
func (v *view) dueMessage(head string, actions []store.Action, more int) Message {
	m := Message{Text: head}
	for i, a := range actions {
		m.Text += "\n\n" + marks[i] + " <b>" + french.Escape(v.dueLine(a)) + "</b>"
		m.Text += "\n" + v.head(a) + " · " + v.public(a)
		if awaited := awaitedOf(a); len(awaited) > 0 {
			var names []string
			for _, at := range awaited {
				names = append(names, french.Escape(v.partnerName(a.Partners[at].Partner)))
			}
			m.Text += "\nRéponse attendue : " + strings.Join(names, " ; ")
		}
		m.Rows = append(m.Rows, v.dueRows(marks[i], a)...)
	}
	if more > 0 {
		m.Text += "\n\n" + french.Plural(more, "Une autre s’affichera", french.Number(more)+" autres s’afficheront") + " quand celles-ci seront traitées."
	}
	return m
}

func (v *view) dueRows(mark string, a store.Action) [][]Button {
	verb := func(label, verb string) Button {
		return Button{Label: label, Data: Data{Step: "suivi", Value: verb + "/" + reference(a)}}
	}
	var rows [][]Button
	switch awaited := awaitedOf(a); len(awaited) {
	case 0:
	case 1:
		rows = append(rows, answerRow(mark+" ", a, awaited[0]))
	default:
		rows = append(rows, []Button{verb(mark+" Réponses des partenaires", "reponses")})
	}
	return append(rows, []Button{verb(mark+" Fait", "fait"), verb(mark+" Reporter", "reporter"), verb(mark+" Sans suite", "abandon")})
}

// awaitedOf returns the places of the partners of an action whose answer is not known.
func awaitedOf(a store.Action) (places []int) {
	for i, p := range a.Partners {
		if p.Result == store.Awaited {
			places = append(places, i)
		}
	}
	return places
}

// answerRow offers what one partner of an action may have answered.
func answerRow(mark string, a store.Action, at int) []Button {
	answer := func(label, verb string) Button {
		return Button{Label: label, Data: Data{Step: "suivi", Value: verb + "-" + a.Partners[at].Partner + "/" + reference(a)}}
	}
	return []Button{answer(mark+"Pris en charge", "pris"), answer(mark+"Refus", "refus"), answer(mark+"En attente", "attente")}
}

// showDue answers /relances: what is due, then what is to come.
func showDue(t *turn, _ string) error { return t.listDue("") }

// comingDays is how far ahead /relances looks.
const comingDays = 14

// listDue lists the member's follow-ups under a line that says what has just been done.
func (t *turn) listDue(done string) error {
	today, until := t.now.Format(time.DateOnly), t.now.AddDate(0, 0, comingDays).Format(time.DateOnly)
	due, err := t.bot.Store.Due(t.ctx, []int64{t.in.Chat}, until)
	if err != nil {
		return fmt.Errorf("read follow-ups: %w", err)
	}
	due = t.changed(due, until)
	coming := slices.IndexFunc(due, func(d store.Due) bool { return d.Day > today })
	if coming < 0 {
		coming = len(due)
	}
	now, next := latestFirst(due[:coming]), due[coming:]
	actions, err := t.dueActions(now[:min(len(now), maxRecalled)])
	if err != nil {
		return err
	}
	head := "<b>" + toFollowUp(now, today) + "</b>"
	if len(now) == 0 {
		head = "Aucune relance à faire aujourd’hui."
	}
	m := t.dueMessage(paragraphs(done, head), actions, max(0, len(now)-maxRecalled))
	if len(next) > 0 {
		lines, err := t.comingLines(next)
		if err != nil {
			return err
		}
		m.Text += "\n\n<b>À venir</b>\n" + strings.Join(lines, "\n")
	}
	if t.chat.Member.Role == chef {
		m.Text += "\n\n" + ownFollowUps
	}
	m.Rows = append(m.Rows, []Button{{Label: "Réponses attendues", Data: Data{Step: "attendues"}}})
	t.show(m)
	return nil
}

// How many of a member's last actions are looked through for answers that are awaited, and how many are listed.
const (
	lookedThrough = 200
	awaitedListed = 12
)

// showAwaited lists the member's last actions of which a partner has not answered yet, each with the way to tell what it answered.
func (t *turn) showAwaited(string) error {
	all, err := t.bot.Store.Recent(t.ctx, t.in.Chat, lookedThrough)
	if err != nil {
		return fmt.Errorf("read actions whose answer is awaited: %w", err)
	}
	all = slices.DeleteFunc(all, func(a store.Action) bool { return len(awaitedOf(a)) == 0 })
	back := []Button{{Label: "Retour", Data: Data{Step: "relances"}}}
	if len(all) == 0 {
		t.show(Message{Text: nothingAwaited, Rows: [][]Button{back}})
		return nil
	}
	lines := []string{"<b>" + french.Count(len(all), "action attend une réponse", "actions attendent une réponse") + "</b>"}
	var buttons []Button
	for _, a := range all[:min(len(all), awaitedListed)] {
		var names []string
		for _, at := range awaitedOf(a) {
			names = append(names, french.Escape(t.partnerName(a.Partners[at].Partner)))
		}
		lines = append(lines, "n° "+french.Number(a.Number)+" · "+french.Day(a.Day, t.now)+" · "+strings.Join(names, " ; "))
		buttons = append(buttons, Button{Label: "n° " + french.Number(a.Number), Data: Data{Step: "suivi", Value: "reponses/" + reference(a)}})
	}
	if more := len(all) - awaitedListed; more > 0 {
		lines = append(lines, "et "+french.Count(more, "autre, plus ancienne", "autres, plus anciennes"))
	}
	lines = append(lines, "\nTouchez un numéro pour dire ce que le partenaire a répondu.")
	t.show(Message{Text: strings.Join(lines, "\n"), Rows: append(slices.Collect(slices.Chunk(buttons, 4)), back)})
	return nil
}

// changed brings the follow-ups until a day to what this turn has made of them.
func (t *turn) changed(due []store.Due, until string) []store.Due {
	for _, c := range t.changes {
		now := store.Due{Day: c.New.FollowUp, Week: c.New.Week(), ID: c.New.ID, Member: t.in.Chat}
		due = slices.DeleteFunc(due, func(d store.Due) bool { return d.Week == now.Week && d.ID == now.ID })
		if now.Day != "" && now.Day <= until {
			due = append(due, now)
		}
	}
	slices.SortFunc(due, func(a, b store.Due) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Week, b.Week), cmp.Compare(a.ID, b.ID))
	})
	return due
}

// dueActions reads the records of follow-ups, as this turn has made them.
func (t *turn) dueActions(due []store.Due) ([]store.Action, error) {
	actions, err := t.bot.Store.DueActions(t.ctx, due)
	for i := range actions {
		for _, c := range t.changes {
			if reference(*c.New) == reference(actions[i]) {
				actions[i] = *c.New
			}
		}
	}
	return actions, err
}

// toFollowUp says how many follow-ups are due, and how many of them are late.
func toFollowUp(due []store.Due, today string) string {
	late := 0
	for _, d := range due {
		if d.Day < today {
			late++
		}
	}
	said := french.Count(len(due), "relance à faire", "relances à faire")
	switch late {
	case 0:
		return said
	case len(due):
		return said + french.Plural(late, ", en retard", ", toutes en retard")
	}
	return said + ", dont " + french.Number(late) + " en retard"
}

// latestFirst puts the follow-ups of today before those that are late, the latest day first.
func latestFirst(due []store.Due) []store.Due {
	due = slices.Clone(due)
	slices.SortStableFunc(due, func(a, b store.Due) int { return strings.Compare(b.Day, a.Day) })
	return due
}

func (t *turn) comingLines(next []store.Due) ([]string, error) {
	actions, err := t.dueActions(next[:min(len(next), historyLength)])
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, a := range actions {
		lines = append(lines, "• "+french.Escape(t.dueLine(a)))
	}
	if more := len(next) - historyLength; more > 0 {
		lines = append(lines, "et "+french.Count(more, "autre", "autres"))
	}
	return lines, nil
}

// followUp takes a button of a follow-up: what is to be done, of which partner or in how many days where that is meant, and the record.
func (t *turn) followUp(value string) error {
	verb, ref, _ := strings.Cut(value, "/")
	verb, about, _ := strings.Cut(verb, "-")
	a, found, err := t.findRecord(ref)
	if err != nil {
		return err
	}
	if !found { // the message may list others that are still to be treated
		t.reply.Toast = alreadyGone
		return t.listDue("")
	}
	switch verb {
	case "reporter":
		t.show(t.postponeMessage(a))
		return nil
	case "reponses":
		t.show(t.answersMessage(a))
		return nil
	}
	old := a
	a.Partners = slices.Clone(a.Partners)
	said := t.treat(&a, verb, about)
	done := ""
	if said == "" || reflect.DeepEqual(old, a) { // a second tap, or one on an old message
		t.reply.Toast = settledFollowUp
	} else {
		t.changes = append(t.changes, store.Change{Old: &old, New: &a})
		t.conv.Last = &Saved{Action: a, Old: &old, At: t.now.Unix()}
		t.reply.Toast = "n° " + french.Number(a.Number) + " : " + said
		done = "✅ " + t.reply.Toast + "."
	}
	if err := t.listDue(done); err != nil {
		return err
	}
	t.offerUndo(a)
	return nil
}

// isFollowUp tells whether what was done last is a follow-up that was treated.
func (s *Saved) isFollowUp() bool { return s.Update == 0 }

// offerUndo puts under the list just shown the way to undo what was done last, if that was of this action.
func (t *turn) offerUndo(a store.Action) {
	saved := t.conv.Last
	if saved == nil || !saved.isFollowUp() || saved.Old == nil || reference(saved.Action) != reference(a) {
		return
	}
	list := t.reply.Edit
	if list == nil {
		list = &t.reply.Send[len(t.reply.Send)-1]
	}
	list.Rows = append(list.Rows, []Button{{Label: "Annuler (n° " + french.Number(a.Number) + ")", Data: Data{Step: "defaire", Value: reference(a)}}})
}

// treat changes an action as a button says; about is the partner who answered, or a number of days. It returns what was done, in
// French, or "" when that was settled before, or the button is none of ours.
func (t *turn) treat(a *store.Action, verb, about string) string {
	today := t.now.Format(time.DateOnly)
	switch {
	case verb == "pris" || verb == "refus" || verb == "attente":
		return t.hear(a, verb, about, today)
	case a.FollowUp == "":
		return ""
	}
	switch verb {
	case "fait":
		a.FollowUp, a.Ended = "", store.FollowedUp
		if len(awaitedOf(*a)) > 0 {
			return "relance faite, réponse toujours attendue"
		}
		return "relance faite"
	case "abandon":
		for _, at := range awaitedOf(*a) {
			a.Partners[at].Result = store.NoFollowUp // nobody answered: no day of an answer
		}
		a.FollowUp, a.Ended = "", store.GivenUp
		return "sans suite"
	case "jours":
		n, err := strconv.Atoi(about)
		if err != nil || n < 1 || n > 366 {
			return ""
		}
		a.FollowUp = t.now.AddDate(0, 0, n).Format(time.DateOnly)
		if n == 1 {
			return "relance reportée à demain"
		}
		return "relance reportée au " + french.Day(a.FollowUp, t.now)
	}
	return ""
}

// hear notes what one partner of an action answered, as a button says. The follow-up is done once nothing more is awaited. An action
// of a danger keeps no day to come back to it.
func (t *turn) hear(a *store.Action, verb, partner, today string) string {
	at := slices.IndexFunc(a.Partners, func(p store.Solicitation) bool { return p.Partner == partner && p.Result == store.Awaited })
	if at < 0 || verb == "attente" && t.keepsCountOnly(a.Needs) {
		return ""
	}
	switch verb {
	case "attente":
		a.FollowUp = t.now.AddDate(0, 0, recallEvery).Format(time.DateOnly)
		return "réponse toujours attendue, relance " + french.Day(a.FollowUp, t.now)
	case "pris":
		answered(a, at, store.TakenUp, today)
	case "refus":
		answered(a, at, store.Refused, today)
	}
	if len(awaitedOf(*a)) == 0 && a.FollowUp != "" {
		a.FollowUp, a.Ended = "", store.FollowedUp
	}
	return nameOf(results, a.Partners[at].Result) + " (" + t.partnerName(a.Partners[at].Partner) + ")"
}

// answered notes what a partner answered, and on which day.
func answered(a *store.Action, at int, result, today string) {
	a.Partners[at].Result, a.Partners[at].Answered = result, today
}

func (t *turn) postponeMessage(a store.Action) Message {
	m := Message{Text: "<b>Reporter à quand ?</b>\n" + french.Escape(t.dueLine(a))}
	var row []Button
	for _, p := range postponed {
		row = append(row, Button{Label: p.label, Data: Data{Step: "suivi", Value: fmt.Sprintf("jours-%d/%s", p.days, reference(a))}})
	}
	m.Rows = append(slices.Collect(slices.Chunk(row, 2)), []Button{{Label: "Retour", Data: Data{Step: "relances"}}})
	return m
}

// answersMessage asks what each partner of an action answered.
func (t *turn) answersMessage(a store.Action) Message {
	m := Message{Text: "<b>Réponses</b>\n" + french.Escape(t.dueLine(a))}
	for i, at := range awaitedOf(a) {
		mark := strconv.Itoa(i+1) + ". "
		m.Text += "\n" + mark + french.Escape(t.partnerName(a.Partners[at].Partner))
		m.Rows = append(m.Rows, answerRow(mark, a, at))
	}
	m.Rows = append(m.Rows, []Button{{Label: "Retour", Data: Data{Step: "relances"}}})
	return m
}
