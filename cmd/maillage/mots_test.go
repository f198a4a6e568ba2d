package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"maillage/rules"
	"maillage/store"
)

// TestWordsToConfig has two teams decide words, exports them and reads with the export alone.
func TestWordsToConfig(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range [][3]string{
		{"equipe-nord", "schmilta", "permis"}, {"equipe-nord", "gova", "permis"}, {"equipe-sud", "gova", "permis"},
		{"equipe-sud", "tchoukav", ""}, {"equipe-sud", "vieux", "besoin-disparu"},
	} {
		if err := s.SetWord(t.Context(), w[0], w[1], w[2]); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	code, told := runCommand(t, t.Context(), nil, "mots", "--data", dir)
	const want = `# Les mots ajoutés par les équipes avec /mots. À recopier dans config.yaml : si une section y est déjà,
# ajoutez-y seulement ce qui suit son nom.
lecture:
  masques: tchoukav
besoins:
  - id: permis   # Code et permis de conduire
    mots:
      forts: gova, schmilta
`
	if code != exitOK || told != want {
		t.Fatalf("exit code %d, saying\n%s", code, told)
	}
	config, err := os.ReadFile("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := rules.Load(rules.File{Name: "config.yaml", Text: config}, rules.File{Name: "mots.yaml", Text: []byte(told)})
	if err != nil {
		t.Fatal(err)
	}
	if needs := r.Read("garçon de 19 ans, une schmilta pour janvier").Needs; len(needs) != 1 || needs[0].ID != "permis" {
		t.Errorf("read with the export: %v", needs)
	}
	if _, told := runCommand(t, t.Context(), nil, "mots", "--data", dir, "--equipe", "equipe-sud"); strings.Contains(told, "schmilta") || !strings.Contains(told, "gova") {
		t.Errorf("the words of one team:\n%s", told)
	}
	if _, told := runCommand(t, t.Context(), nil, "mots"); !strings.Contains(told, "Aucun mot") {
		t.Errorf("no words:\n%s", told)
	}
}

// TestReadLines holds the form that scripts read.
func TestReadLines(t *testing.T) {
	var out bytes.Buffer
	e := &environment{Getenv: os.Getenv, Out: &out, Err: &out, In: strings.NewReader(
		`{"id": "a", "text": "vu Sofiane, 17 ans, à la Cerisaie, dort dehors, orienté ML, rdv mardi, 06 39 98 12 34"}` + "\n" + `{"text": "bonjour"}` + "\n")}
	if code := e.run(t.Context(), []string{"read", "--config", "../../config.yaml", "--jsonl"}); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &out)
	}
	var full, empty map[string]any
	lines := strings.SplitN(out.String(), "\n", 2)
	if err := json.Unmarshal([]byte(lines[0]), &full); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(lines[1]), &empty); err != nil {
		t.Fatal(err)
	}
	for _, key := range strings.Fields("id domains needs partners age count gender action_type when followup territory pii why") {
		if _, ok := full[key]; !ok {
			t.Errorf("no %q in %s", key, lines[0])
		}
	}
	for _, said := range []string{`"age":17`, `"followup":"tuesday"`, `"territory":"cerisaie"`, `{"kind":"name","text":"Sofiane"}`, `{"kind":"phone","text":"06 39 98 12 34"}`} {
		if !strings.Contains(lines[0], said) {
			t.Errorf("does not say %s: %s", said, lines[0])
		}
	}
	if empty["id"] != nil || empty["age"] != nil || len(empty["pii"].([]any)) != 0 {
		t.Errorf("nothing said: %s", lines[1])
	}
}
