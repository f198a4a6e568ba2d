package bot

import (
	"errors"
	"fmt"

	"maillage/bot/french"
	"maillage/rules"
	"maillage/store"
)

// start welcomes a member; with a code, it also moves them to the team that invites.
func start(t *turn, code string) error {
	if code == "" {
		t.welcome(t.team)
		return nil
	}
	joined, err := t.join(code)
	if err != nil || joined {
		return err
	}
	t.say(badCode)
	return nil
}

// playStranger lets somebody in with an invitation. Without one they get the same line whatever they send, and nothing is kept.
func (t *turn) playStranger() error {
	if name, code, ok := parseCommand(t.in.Text); ok && t.in.What == Text && name == "start" && code != "" {
		joined, err := t.join(code)
		if err == nil && !joined {
			t.say(badCode)
		}
		return err
	}
	if t.chat.Member.Team != "" {
		t.say(goneTeam)
		return nil
	}
	t.say(strangerLine)
	return nil
}

// join redeems an invitation for the member of this chat.
func (t *turn) join(code string) (bool, error) {
	inv, err := t.bot.Store.Redeem(t.ctx, code, t.in.Chat)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("redeem invitation: %w", err)
	}
	team := t.Rules.Team(inv.Team)
	if team == nil {
		return false, nil
	}
	m := t.chat.Member
	m.ID, m.Team, m.Role = t.in.Chat, team.ID, inv.Role
	if m.Joined == 0 {
		m.Joined = t.now.Unix()
	}
	t.member = &m
	t.chat.Member = m
	t.welcome(team)
	return true, nil
}

func (t *turn) welcome(team *rules.Team) {
	text := "Bienvenue. Votre équipe : <b>" + french.Escape(team.Name) + "</b>.\n\n" +
		"Décrivez une action en une phrase, comme elle vous vient : « vu 2 jeunes de 16 ans, plus au collège, orientés CIO ». " +
		"Je propose une carte à enregistrer d’un geste. Jamais de nom : je ne tiens aucun fichier de personnes."
	if t.chat.Member.Role == chef {
		text += "\n\nComme chef de service, vous recevez chaque semaine les chiffres de l’équipe ; /semaine les montre à tout moment."
	}
	t.reply.Send = append(t.reply.Send, Message{Text: text, Rows: [][]Button{{{Label: "Noter une action", Data: Data{Step: "action"}}}}})
}
