package bot

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maillage/store"
)

// TestAnything lets three people do anything in any order: tap buttons new and old, forge some, write answers, sentences,
// commands and nonsense, edit, send pictures, and receive the same update twice. Nothing may fail, no message may break
// Telegram's limits, what is live must show a way on and a way out, and the counters must equal a recount.
func TestAnything(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			m := &monkey{play: newPlay(t), Rand: rand.New(rand.NewPCG(seed, 1))}
			for range 400 {
				m.step()
			}
			m.recount()
		})
	}
}

// TestOneSaveOfMany taps Enregistrer from several replicas at once: one record comes of it, whoever was first.
func TestOneSaveOfMany(t *testing.T) {
	p := newPlay(t)
	p.line("educator", "un garçon de 18 ans aux Tanneries cherche du boulot")
	id, data, _ := p.find(people["educator"], "Enregistrer", "")
	var taps sync.WaitGroup
	for n := range int64(8) {
		taps.Go(func() {
			in := Incoming{Update: 5000 + n/2, Chat: people["educator"], Private: true, What: Tap, Message: id, Tap: data} // each twice
			r, err := p.bot.Handle(t.Context(), in)
			if err != nil || r.Edit == nil || !strings.Contains(r.Edit.Text, "Enregistrée") {
				t.Errorf("tap %d shows %v, %v", n, r, err)
			}
		})
	}
	taps.Wait()
	all, err := p.bot.Store.Recent(t.Context(), people["educator"], 10)
	if err != nil || len(all) != 1 || all[0].Number != 1 {
		t.Errorf("%v, %v", all, err)
	}
}

type monkey struct {
	*play
	*rand.Rand
}

// texts are what a person may write: answers, sentences, days, nonsense.
var texts = []string{
	"vu un jeune de 17 ans aux Tanneries, plus rien depuis juin, orienté ML, rdv mardi", "une fille de 16 ans enceinte",
	"gamine de 14 ans, bleus sur les bras, frappée par son père", "bonjour", "17 ans", "3", "0", "mardi", "hier", "12/03", "31/02",
	"dans 10 jours", "haut bois", "travail de rue", "permis", "mission locale", "😀", "<b>gras & co", "a:b:c", strings.Repeat("mot ", 600),
	"/action", "/annuler", "/semaine", "/mois", "/relances", "/relances", "/relances", "/reglages", "/historique", "/historique", "/historique", "/historique 1", "/partenaires", "/partenaires ccas", "/partenaires ma fille dort dehors", "/aide",
	"/start", "/start ABCDEF", "/inconnue", "\u202e\u0000", "2 jeunes de 15 ans au Haut-Bois sèchent le collège, appelé le CIO",
}

func (m *monkey) step() {
	m.now = m.now.Add(time.Duration(m.IntN(90)) * time.Minute)
	chat := []int64{1001, 1002, 1003}[m.IntN(3)]
	m.next++
	in := Incoming{Update: int64(m.next), Chat: chat, Private: true, Message: m.next, Sent: m.now, Card: m.cards[chat]}
	switch m.IntN(10) {
	case 0:
		in.What = Other
	case 1:
		in.What, in.Text, in.Message = Edited, m.text(), m.said[chat]
	case 2, 3:
		in.Text = m.text()
		m.said[chat] = in.Message
	case 4:
		if m.last.Update != 0 {
			in = m.last // delivered again
		}
	case 5:
		in.What, in.Tap = Tap, []string{"", "x", "nav:enregistrer:1", "fiche:2026-W47/zz:0", "effacer::0", "defaire:x/y:0", "type:aucun:3", "::"}[m.IntN(8)]
	default:
		if !m.tapSomething(&in) {
			in.Text = "/action"
		}
	}
	m.handle(in)
	m.checkLive(chat)
}

func (m *monkey) text() string { return texts[m.IntN(len(texts))] }

// tapSomething picks a button, most often one of the last message, sometimes an old one.
func (m *monkey) tapSomething(in *Incoming) bool {
	all := m.chats[in.Chat]
	if len(all) == 0 {
		return false
	}
	at := all[len(all)-1]
	if m.IntN(5) == 0 {
		at = all[m.IntN(len(all))]
	}
	buttons := slices.Concat(at.m.Rows...)
	if len(buttons) == 0 {
		return false
	}
	if m.IntN(2) == 0 { // what changes records comes up often
		telling := slices.DeleteFunc(slices.Clone(buttons), func(b Button) bool {
			return !slices.Contains([]string{"Enregistrer", "Supprimer", "Oui, supprimer", "Corriger", "Encore", "Historique"}, b.Label)
		})
		if len(telling) > 0 {
			buttons = telling
		}
	}
	in.What, in.Message, in.Tap = Tap, at.id, buttons[m.IntN(len(buttons))].Data.String()
	return true
}

// checkLive looks at what a person would see now.
func (m *monkey) checkLive(chat int64) {
	saved, err := m.bot.Store.Chat(m.t.Context(), chat)
	if err != nil {
		m.t.Fatal(err)
	}
	turn, err := m.bot.newTurn(m.t.Context(), saved, Incoming{Chat: chat})
	if err != nil {
		m.t.Fatal(err)
	}
	if turn.conv.Draft == nil {
		return
	}
	turn.showDraft("")
	var labels []string
	for _, b := range slices.Concat(turn.reply.Send[0].Rows...) {
		labels = append(labels, b.Label)
	}
	on := slices.ContainsFunc(labels, func(l string) bool { return l == "Enregistrer" || l == "Retour" })
	if !on || !slices.Contains(labels, "Annuler") {
		m.t.Errorf("a dead end: %q offers %q", turn.conv.Draft.Step, labels)
	}
}

// recount adds up every record by hand and compares with the counters.
func (m *monkey) recount() {
	saved := 0
	for _, chat := range []int64{1001, 1002, 1003} {
		all, err := m.bot.Store.Recent(m.t.Context(), chat, 10_000)
		if err != nil {
			m.t.Fatal(err)
		}
		saved += len(all)
		want := map[string]store.Figures{}
		for _, a := range all {
			for _, period := range []string{a.Week(), a.Month(), a.Year()} {
				f := want[period]
				f.Actions, f.Young = f.Actions+1, f.Young+a.Count
				want[period] = f
			}
		}
		for name, n := range want {
			p, err := store.ParsePeriod(name)
			if err != nil {
				m.t.Fatal(err)
			}
			c, err := m.bot.Store.Figures(m.t.Context(), store.Scope{Member: chat}, p)
			if err != nil {
				m.t.Fatal(err)
			}
			if c[0].Actions != n.Actions || c[0].Young != n.Young {
				m.t.Errorf("%d, %s: %+v counted, %+v recounted", chat, name, c[0], n)
			}
		}
	}
	if saved == 0 {
		m.t.Error("nothing was ever saved: the walk proves nothing")
	}
	stranger, err := m.bot.Store.Chat(m.t.Context(), people["stranger"])
	if err != nil || stranger.Version != 0 {
		m.t.Errorf("a stranger left a trace: %v", err)
	}
}
