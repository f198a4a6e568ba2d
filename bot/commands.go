package bot

import (
	"strings"

	"maillage/bot/french"
)

// Command is an entry of Telegram's menu.
type Command struct{ Name, Help string }

type command struct {
	Command
	run func(*turn, string) error // the text after the name
}

// commands is the table of commands, in the order of the menu. It is a function because /aide lists it.
func commands() []command {
	return []command{
		{Command{"action", "noter une action, question par question"}, startAction},
		{Command{"semaine", "les chiffres de la semaine"}, showWeek},
		{Command{"mois", "les chiffres du mois, ou d’un autre : /mois octobre"}, showMonth},
		{Command{"bilan", "les chiffres de l’année, d’un trimestre ou de deux dates : /bilan 2025, /bilan T3"}, showBilan},
		{Command{"relances", "ce qu’il faut relancer, et ce qu’ont répondu les partenaires"}, showDue},
		{Command{"historique", "relire, corriger ou supprimer vos dernières actions"}, showHistory},
		{Command{"partenaires", "chercher un partenaire, sans rien noter"}, showPartners},
		{Command{"mots", "les mots que je n’ai pas compris (chef de service)"}, forChef(showWords)},
		{Command{"reglages", "quand recevoir le bilan et les relances, ou ne pas les recevoir"}, showSettings},
		{Command{"aide", "ce que je sais faire"}, showHelp},
		{Command{"annuler", "abandonner l’action en cours"}, cancelDraft},
		{Command{"start", "commencer, ou entrer avec un code d’invitation"}, start},
	}
}

// Commands lists what Telegram's menu shows.
func (b *Bot) Commands() []Command {
	var all []Command
	for _, c := range commands() {
		all = append(all, Command{c.Name, french.Typeset(c.Help)})
	}
	return all
}

// parseCommand splits "/name@bot args". A slash alone, or in the middle of a sentence, is no command.
func parseCommand(text string) (name, args string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "/")
	if !ok {
		return "", "", false
	}
	name, args, _ = strings.Cut(strings.ReplaceAll(rest, "\n", " "), " ")
	name, _, _ = strings.Cut(name, "@")
	return strings.ToLower(name), strings.TrimSpace(args), name != ""
}

// playCommand runs a command. One given in the middle of an action answers, then shows the action again: nothing is lost.
func (t *turn) playCommand(name, args string) error {
	for _, c := range commands() {
		if c.Name != name {
			continue
		}
		before := t.conv.Draft
		if err := c.run(t, args); err != nil {
			return err
		}
		if before != nil && t.conv.Draft == before && len(t.reply.Send) > 0 && !t.reply.Send[len(t.reply.Send)-1].Card {
			t.showDraft("")
		}
		return nil
	}
	if t.conv.Draft != nil {
		t.showDraft(unknownCommand)
		return nil
	}
	t.say(unknownCommand)
	return nil
}

func startAction(t *turn, _ string) error {
	if t.conv.Draft != nil {
		t.showDraft(finishFirst)
		return nil
	}
	d := t.newDraft()
	t.goTo(d, t.openAfter(d, ""))
	t.open(d)
	return nil
}

func cancelDraft(t *turn, _ string) error {
	if t.conv.Draft == nil {
		t.say(nothingToCancel)
		return nil
	}
	t.cancel()
	return nil
}

func showHelp(t *turn, _ string) error {
	lines := []string{
		"<b>Noter une action</b>",
		"Écrivez ou dictez une phrase : « vu un jeune de 17 ans au city, plus rien depuis juin, orienté ML, rdv mardi ». " +
			"Je propose une carte ; touchez Enregistrer, ou Corriger. Pas de nom : un âge et un besoin suffisent.",
		"", "<b>Commandes</b>",
	}
	for _, c := range commands() {
		lines = append(lines, "/"+c.Name+" : "+c.Help)
	}
	t.say(strings.Join(lines, "\n"))
	return nil
}
