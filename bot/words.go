package bot

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"maillage/bot/french"
	"maillage/store"
)

// How many words one list has buttons for: those to decide on, which have a line of reasons each, and those of the team.
const (
	wordsShown = 8
	ownShown   = 40
)

// forChef keeps a command or a button for chefs de service.
func forChef(run func(*turn, string) error) func(*turn, string) error {
	return func(t *turn, value string) error {
		if t.chat.Member.Role != chef {
			t.say(chefOnly)
			return nil
		}
		return run(t, value)
	}
}

// showWords answers /mots: the words that the team's educators had to correct. Attaching one makes it work at once for the whole
// team. It takes two taps: the word, then the need that those who corrected it chose most.
func showWords(t *turn, _ string) error {
	listed, err := t.misreadWords()
	if err != nil {
		return err
	}
	own, err := t.ownWords()
	if err != nil {
		return err
	}
	m := Message{Text: "<b>Mots à revoir</b>\n" + noMisread}
	if len(listed) > 0 {
		m.Text = "<b>Mots à revoir</b>\n" + someMisread
		for _, w := range listed[:min(len(listed), wordsShown)] {
			m.Text += "\n• " + t.wordLine(w)
			m.Rows = append(m.Rows, []Button{{Label: "« " + w.word + " »", Data: Data{Step: "mot", Value: w.word}}})
		}
		if more := len(listed) - wordsShown; more > 0 {
			m.Text += "\n" + french.Count(more, "autre mot attend", "autres mots attendent") + " derrière ceux-ci."
		}
	}
	if len(own) > 0 {
		m.Rows = append(m.Rows, []Button{{Label: fmt.Sprintf("Mots de l’équipe (%d)", len(own)), Data: Data{Step: "lexique"}}})
	}
	t.show(m)
	return nil
}

// misreadWord is a word with all that was corrected about it.
type misreadWord struct {
	word          string
	times         int
	meant         []string // needs it stood for, the most frequent first
	taken         []string // needs it was wrongly taken for
	missed, wrong int      // how often each happened
}

// misreadWords gathers the team's corrections by word, the most frequent first.
func (t *turn) misreadWords() ([]misreadWord, error) {
	var list []misreadWord
	for _, id := range teamIDs(t.team) {
		corrected, err := t.bot.Store.Misread(t.ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read misread words: %w", err)
		}
		for _, c := range corrected {
			i := slices.IndexFunc(list, func(w misreadWord) bool { return w.word == c.Word })
			if i < 0 {
				i, list = len(list), append(list, misreadWord{word: c.Word})
			}
			list[i].add(c)
		}
	}
	slices.SortStableFunc(list, func(a, b misreadWord) int { return b.times - a.times })
	return list, nil
}

func (w *misreadWord) add(c store.MisreadTimes) {
	if c.Read {
		w.taken, w.wrong = append(w.taken, c.Need), w.wrong+c.Times
	} else {
		w.meant, w.missed = append(w.meant, c.Need), w.missed+c.Times
	}
	w.times = max(w.wrong, w.missed) // a word read wrongly for the need chosen instead is counted under both
}

func (v *view) wordLine(w misreadWord) string {
	line := "« " + french.Escape(w.word) + " » · " + french.Count(w.times, "fois", "fois")
	if len(w.taken) > 0 {
		line += ", lu à tort : " + french.Escape(v.needNames(w.taken))
	}
	if len(w.meant) > 0 {
		line += ", choisi : " + french.Escape(v.needNames(w.meant))
	}
	return line
}

// ownWords returns what the team has decided, word by word.
func (t *turn) ownWords() (map[string]string, error) {
	words, _, err := t.bot.Store.Words(t.ctx)
	if err != nil {
		return nil, fmt.Errorf("read the team's words: %w", err)
	}
	return WordsOf(t.team, words), nil
}

// showWord lists what a word may mean: the needs that were chosen when it was corrected, then those of the domain opened, or the
// domains.
func (t *turn) showWord(value string) error {
	word, domain, _ := strings.Cut(value, "/")
	listed, err := t.misreadWords()
	if err != nil {
		return err
	}
	var needs []option
	add := func(id string) {
		if n := t.Need(id); n != nil && !slices.ContainsFunc(needs, func(o option) bool { return o.value == n.ID }) {
			needs = append(needs, option{n.Name, n.ID, false})
		}
	}
	for _, w := range listed {
		if w.word == word {
			for _, id := range w.meant {
				add(id)
			}
		}
	}
	for _, n := range t.Needs {
		if n.Domain == domain && domain != "" {
			add(n.ID)
		}
	}
	m := Message{Text: "« " + french.Escape(word) + " » : que faut-il y lire ?"}
	for _, row := range inRows(1, needs) {
		m.Rows = append(m.Rows, wordButtons("sens", word, row))
	}
	if t.Domain(domain) == nil {
		var domains []option
		for _, d := range t.Domains {
			domains = append(domains, option{d.Sign + " " + d.Short, d.ID, false})
		}
		for _, row := range inRows(2, domains) {
			m.Rows = append(m.Rows, wordButtons("mot", word, row))
		}
	}
	m.Rows = append(m.Rows,
		[]Button{{Label: "Ne rien y lire", Data: Data{Step: "sens", Value: word + "/"}}, {Label: "Retirer de la liste", Data: Data{Step: "ecarter", Value: word}}},
		[]Button{{Label: "Retour", Data: Data{Step: "mots"}}})
	t.show(m)
	return nil
}

func wordButtons(step, word string, row []option) (buttons []Button) {
	for _, o := range row {
		buttons = append(buttons, Button{Label: o.label, Data: Data{Step: step, Value: word + "/" + o.value}})
	}
	return buttons
}

// setWord attaches a word to a need, or to none, for the team.
func (t *turn) setWord(value string) error {
	word, id, _ := strings.Cut(value, "/")
	n := t.Need(id)
	if n == nil && id != "" { // a button of an older version of the rules
		t.say(unknownButton)
		return nil
	}
	own, err := t.ownWords()
	if err != nil {
		return err
	}
	undo := Data{Step: "delier", Value: word}
	if before, decided := own[word]; decided {
		undo = Data{Step: "sens", Value: word + "/" + before}
	}
	if err := t.bot.Store.SetWord(t.ctx, t.team.ID, word, id); err != nil {
		return fmt.Errorf("keep a word: %w", err)
	}
	for _, former := range t.team.Former {
		if err := t.bot.Store.ForgetMisread(t.ctx, former, word); err != nil {
			return fmt.Errorf("take a word off the list: %w", err)
		}
	}
	text := "« " + french.Escape(word) + " » ne dit plus rien d’un besoin, pour toute l’équipe, dès la prochaine phrase."
	if n != nil {
		text = "« " + french.Escape(word) + " » se lit maintenant « " + french.Escape(n.Name) + " », pour toute l’équipe, dès la prochaine phrase."
	}
	t.show(Message{Text: text, Rows: [][]Button{
		{{Label: "Annuler", Data: undo}, {Label: "Autres mots", Data: Data{Step: "mots"}}},
	}})
	return nil
}

// removeWord takes back what the team has decided of a word.
func (t *turn) removeWord(word string) error {
	for _, id := range teamIDs(t.team) {
		if err := t.bot.Store.RemoveWord(t.ctx, id, word); err != nil {
			return fmt.Errorf("take a word back: %w", err)
		}
	}
	t.show(Message{Text: "« " + french.Escape(word) + " » se lit de nouveau comme avant.", Rows: [][]Button{
		{{Label: "Autres mots", Data: Data{Step: "mots"}}},
	}})
	return nil
}

// dropWord takes a word off the list without deciding anything.
func (t *turn) dropWord(word string) error {
	for _, id := range teamIDs(t.team) {
		if err := t.bot.Store.ForgetMisread(t.ctx, id, word); err != nil {
			return fmt.Errorf("take a word off the list: %w", err)
		}
	}
	return showWords(t, "")
}

// showOwnWords lists what the team has decided, each with a button to take it back.
func (t *turn) showOwnWords(string) error {
	own, err := t.ownWords()
	if err != nil {
		return err
	}
	m := Message{Text: "<b>Mots de l’équipe</b>\nTouchez-en un pour qu’il se lise de nouveau comme avant."}
	words := slices.Sorted(maps.Keys(own))
	for _, word := range words[:min(len(words), ownShown)] {
		means := "rien"
		if n := t.Need(own[word]); n != nil {
			means = n.Name
		}
		m.Text += "\n• « " + french.Escape(word) + " » → " + french.Escape(means)
		m.Rows = append(m.Rows, []Button{{Label: "« " + word + " »", Data: Data{Step: "delier", Value: word}}})
	}
	if more := len(words) - ownShown; more > 0 {
		m.Text += "\n" + french.Count(more, "autre mot n’est pas montré", "autres mots ne sont pas montrés") + " ici : « maillage mots » les écrit tous."
	}
	m.Rows = append(m.Rows, []Button{{Label: "Retour", Data: Data{Step: "mots"}}})
	t.show(m)
	return nil
}
