package bot

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"maillage/rules"
	"maillage/store"
)

// reload gives the bot the rules of the test town with some of its text replaced, as after an edit of config.yaml.
func (p *play) reload(changes ...string) {
	text, err := os.ReadFile("testdata/config.yaml")
	if err != nil {
		p.t.Fatal(err)
	}
	text = []byte(strings.NewReplacer(changes...).Replace(string(text)))
	if p.bot.Rules, err = rules.Load(rules.File{Name: "config.yaml", Text: text}); err != nil {
		p.t.Fatal(err)
	}
}

// said plays lines and returns what the bot answered.
func (p *play) answers(lines ...string) string {
	p.out.Reset()
	for _, l := range lines {
		who, what, _ := strings.Cut(l, ": ")
		p.line(who, what)
	}
	return p.out.String()
}

// TestRenamedTeam keeps a team's figures whole when its id changes between two actions.
func TestRenamedTeam(t *testing.T) {
	p := newPlay(t)
	p.answers("educator: un garçon de 18 ans aux Tanneries cherche du boulot", "educator: [Enregistrer]")
	p.reload("id: nord,", "id: equipe-nord, anciens_ids: [nord],")
	p.answers("educator: une fille de 19 ans aux Tanneries cherche un logement", "educator: [Enregistrer]")
	for _, who := range []string{"educator", "chef"} {
		if got := p.answers(who + ": /semaine"); !strings.Contains(got, "2 actions") {
			t.Errorf("%s reads\n%s", who, got)
		}
	}
}

// TestOlderRules corrects an action whose need and partner the rules no longer have: they stay named and counted, and can be
// taken away.
func TestOlderRules(t *testing.T) {
	p := newPlay(t)
	p.answers("educator: un garçon de 18 ans aux Tanneries cherche un stage, orienté mission locale", "educator: [Enregistrer]")
	p.reload("partenaires:\n", "besoins:\n  - {id: stage, retirer: oui}\npartenaires:\n", "{id: ml-valmont, nom: Mission locale de Valmont, type: mission-locale,", "{id: ml-lac, nom: Mission locale du Lac, type: mission-locale,")
	got := p.answers("educator: /historique", "educator: [n° 1]", "educator: [Corriger]", "educator: [Jour]", "educator: [Hier]", "educator: [Enregistrer]")
	all, err := p.bot.Store.Recent(t.Context(), people["educator"], 10)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if a := all[0]; a.Day != "2026-11-17" || len(a.Domains) != 1 || a.Domains[0] != "insertion-emploi" {
		t.Errorf("%+v\n%s", a, got)
	}
	got = p.answers("educator: /historique", "educator: [n° 1]", "educator: [Corriger]", "educator: [Partenaires]", "educator: [☑ ml-valmont]")
	if !strings.Contains(got, "ml-valmont") {
		t.Error(got)
	}
}

// TestOlderState survives a saved conversation that this version cannot read, or whose question it no longer has.
func TestOlderState(t *testing.T) {
	for name, state := range map[string]string{
		"unreadable":       `{"draft":[1,2]}`,
		"unknown question": `{"rev":3,"draft":{"step":"duree","action":{"type":"travail-de-rue","day":"2026-11-18","team":"nord","needs":[],"domains":[]},"opened":1795000000}}`,
	} {
		p := newPlay(t)
		id := people["educator"]
		chat, err := p.bot.Store.Chat(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.bot.Store.Commit(t.Context(), store.Turn{Chat: id, Version: chat.Version, State: []byte(state)}); err != nil {
			t.Fatal(err)
		}
		p.answers("educator: /aide", "educator: /annuler", "educator: un garçon de 18 ans aux Tanneries cherche du boulot")
		if got := p.answers("educator: [Enregistrer]"); !strings.Contains(got, "Enregistrée") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestDangerKeepsNothing looks at all that is saved for a chat after a sentence of danger, before anything is tapped.
func TestDangerKeepsNothing(t *testing.T) {
	p := newPlay(t)
	p.answers("educator: gamine de 14 ans aux Tanneries, bleus sur les bras, frappée par son père, rdv mardi")
	chat, err := p.bot.Store.Chat(t.Context(), people["educator"])
	if err != nil {
		t.Fatal(err)
	}
	for _, detail := range []string{"14", "11-14", "fille", "tanneries", "bleus", "père", "pere", "2026-11-24"} {
		if bytes.Contains(chat.State, []byte(`"`+detail)) || bytes.Contains(chat.State, []byte(":"+detail+",")) {
			t.Errorf("the state keeps %q: %s", detail, chat.State)
		}
	}
	for _, question := range []string{"[Public]", "[Quartier]", "[Relance]"} {
		if got := p.answers("educator: [Corriger]", "educator: [Retour]"); strings.Contains(got, question) {
			t.Errorf("it asks for a detail:\n%s", got)
		}
	}
}

// TestRedelivered plays updates twice, as after a crash between the commit and the answer: the second time shows the same.
func TestRedelivered(t *testing.T) {
	p := newPlay(t)
	for _, line := range []string{
		"educator: un garçon de 18 ans aux Tanneries cherche du boulot", "educator: une fille de 19 ans aux Tanneries cherche un logement",
		"educator: [Enregistrer]", "educator: [Annuler]", "educator: /action", "educator: /annuler", "educator: un garçon de 18 ans aux Tanneries cherche du boulot",
		"educator: [Enregistrer]", "educator: [Encore]", "educator: /annuler", "educator: /historique", "educator: [n° 1]", "educator: [Corriger]",
	} {
		first := p.answers(line)
		again := p.answers("again: ")
		last := func(s string) string { // the last thing shown, wherever it stands
			s = strings.NewReplacer("bot edits: ", "bot: ", "bot takes the buttons off the earlier card\n", "", "bot deletes the educator's message\n", "").Replace(s)
			return s[max(0, strings.LastIndex(s, "bot: ")):]
		}
		told := strings.Contains(line, "nnuler") || strings.Contains(first, "⚠️") // what is said once: cancelled, waiting
		if !told && last(first) != last(again) {
			t.Errorf("%s shows\n%s\nand again\n%s", line, first, again)
		}
	}
	all, err := p.bot.Store.Recent(t.Context(), people["educator"], 10)
	if err != nil || len(all) != 2 {
		t.Errorf("%d records, %v", len(all), err)
	}
}
