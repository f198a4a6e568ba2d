package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"maillage/store"
)

var update = flag.Bool("update", false, "rewrite the reports in testdata")

// reported is what two invented years came to, by domain: distinct actions but for those of two domains, which are in both columns.
// They are the figures of a real report: nearly 150 partners, insertion and employment 32 %, justice and health together 16 %,
// services sociaux three points more than the year before.
var reported = []struct {
	need, domain string
	in2025, in24 int
}{
	{"recherche-emploi", "insertion-emploi", 320, 279}, {"stage-scolaire", "education", 150, 144}, {"logement-jeune", "logement", 90, 81},
	{"aide-financiere", "services-sociaux", 130, 90}, {"mal-etre", "sante", 90, 81}, {"suivi-pjj", "justice", 60, 54},
	{"activite-sport", "sport-culture", 60, 72}, {"domiciliation", "droits", 40, 45}, {"engagement-asso", "vie-locale", 50, 45},
	{"mal-etre suivi-pjj", "sante justice", 10, 9},
}

// inventReport writes the two years as the work of four educators of two teams.
func inventReport(t *testing.T, s *store.Store) {
	t.Helper()
	at := 0
	for _, year := range []int{2024, 2025} {
		partners := 131
		if year == 2025 {
			partners = 148
		}
		var changes [4][]store.Change
		n := 0
		for _, r := range reported {
			times := r.in24
			if year == 2025 {
				times = r.in2025
			}
			for range times {
				a := invented(year, n, partners, strings.Fields(r.need), strings.Fields(r.domain))
				a.ID, a.Number = store.RecordID(int64(10_000+at)), at
				changes[n%4] = append(changes[n%4], store.Change{New: &a})
				at, n = at+1, n+1
			}
		}
		for i := range changes {
			writeInvented(t, s, int64(i+1), changes[i])
		}
	}
}

// invented is the n-th action of a year. Those of employment call upon the ten missions locales, the others upon everybody else.
func invented(year, n, partners int, needs, domains []string) store.Action {
	day := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n*364/1000)
	a := store.Action{
		Team: []string{"equipe-nord", "equipe-sud"}[n%2], Day: day.Format(time.DateOnly), Needs: needs, Domains: domains, Rules: "fixture", At: day.Unix(),
		Type: []string{"accompagnement-individuel", "travail-de-rue", "accompagnement-individuel", "action-collective"}[n/4%4],
		Band: []string{"11-14", "15-17", "18-21", "22-25"}[n/2%4], Gender: []string{"garcon", "fille", "garcon"}[n%3], Count: 1 + n%2, First: n%7 == 0,
		Territory: [][]string{{"aubepines", "cerisaie"}, {"bellerive", "tanneurs"}}[n%2][n/2%2],
	}
	if n%10 == 9 {
		return a // nobody called upon
	}
	solicited := store.Solicitation{How: "orientation", Result: []string{store.TakenUp, store.TakenUp, store.Refused, store.Awaited}[n%4]}
	if domains[0] == "insertion-emploi" {
		solicited.Partner, solicited.Kind = fmt.Sprintf("mission-%d", n/10%10), "mission-locale"
	} else {
		other := 10 + n%(partners-10)
		kinds := []string{"ccas", "maison-pour-tous", "association", "mairie", "mda", "college", "ccas"}
		solicited.Partner, solicited.Kind = fmt.Sprintf("partenaire-%d", other), kinds[other%len(kinds)]
	}
	if solicited.Result != store.Awaited {
		solicited.Answered = day.AddDate(0, 0, n%15).Format(time.DateOnly)
	}
	a.Partners = []store.Solicitation{solicited}
	return a
}

func writeInvented(t *testing.T, s *store.Store, member int64, changes []store.Change) {
	t.Helper()
	for some := range slices.Chunk(changes, 500) {
		chat, err := s.Chat(t.Context(), member)
		if err != nil {
			t.Fatal(err)
		}
		team := some[0].New.Team // odd members are of one team, even ones of the other
		m := store.Member{ID: member, Team: team, Role: "educateur", Joined: 1}
		err = s.Commit(t.Context(), store.Turn{Chat: member, Version: chat.Version, State: []byte("{}"), Member: &m, Changes: some})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestBilan makes the report of two invented years on both stores: its paragraphs are word for word those of testdata, and say the
// figures of the report that the project is measured against.
func TestBilan(t *testing.T) {
	for name, place := range map[string]store.Options{
		"embedded": {Dir: t.TempDir()},
		"redis":    {URL: startRedis(t, "--appendonly", "yes", "--appendfsync", "always")},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := store.Open(t.Context(), place)
			if err != nil {
				t.Fatal(err)
			}
			inventReport(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			env := map[string]string{}
			args := []string{"--annee", "2025"}
			if place.URL != "" {
				env["REDIS_URL"] = place.URL
			} else {
				args = append(args, "--data", place.Dir)
			}
			for _, golden := range []struct {
				file string
				args []string
			}{{"rapport-service.txt", nil}, {"rapport-equipe.txt", []string{"--equipe", "equipe-nord"}}} {
				code, told := runCommand(t, t.Context(), env, slices.Concat([]string{"bilan"}, args, golden.args)...)
				if code != exitOK {
					t.Fatalf("exit code %d: %s", code, told)
				}
				compareGolden(t, filepath.Join("testdata", golden.file), told)
			}
			_, told := runCommand(t, t.Context(), env, slices.Concat([]string{"bilan"}, args)...)
			plain := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(told)
			for _, want := range []string{
				"148 partenaires ont été sollicités (131 en 2024)", "L’insertion et l’emploi restent le premier domaine (32 % des actions)",
				"La justice et la santé représentent ensemble 16 % des actions", "progressent de 3 points", "1 000 actions distinctes",
			} {
				if !strings.Contains(plain, want) {
					t.Errorf("does not say %q:\n%s", want, plain)
				}
			}
		})
	}
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%s goes otherwise (-update rewrites it), %v:\n%s", file, err, got)
	}
}

// TestBilanFiles writes every document of a report, and refuses what it cannot make.
func TestBilanFiles(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	inventReport(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	workbook := filepath.Join(out, "bilan.xlsx")
	if code, told := runCommand(t, t.Context(), nil, "bilan", "--data", dir, "--annee", "2025", "--sortie", workbook); code != exitOK {
		t.Fatalf("exit code %d: %s", code, told)
	}
	for file, begins := range map[string]string{
		"bilan.xlsx": "PK", "bilan.csv": "\ufeff", "bilan-domaines.png": "\x89PNG", "bilan-domaines.svg": "<?xml", "bilan-mois.png": "\x89PNG",
		"bilan-partenaires.svg": "<?xml",
	} {
		if text, err := os.ReadFile(filepath.Join(out, file)); err != nil || !strings.HasPrefix(string(text), begins) {
			t.Errorf("%s: %v, begins with %q", file, err, string(text[:min(len(text), 8)]))
		}
	}
	text, err := os.ReadFile(filepath.Join(out, "bilan.csv"))
	if err != nil {
		t.Fatal(err)
	}
	table := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	table.Comma = ';'
	if lines, err := table.ReadAll(); err != nil || len(lines) < 500 {
		t.Errorf("%d lines of figures, %v", len(lines), err)
	}
	if left, _ := filepath.Glob(filepath.Join(out, ".bilan-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for _, wrong := range [][]string{
		{"2025"}, {"--annee", "2025", "--periode", "2025-T1"}, {"--periode", "janvier"}, {"--annee", "26"}, {"--annee", "2999"}, {"--sortie", "bilan.pdf"}, {"--equipe", "personne"},
	} {
		if code, told := runCommand(t, t.Context(), nil, slices.Concat([]string{"bilan", "--data", dir}, wrong)...); code != exitUsage {
			t.Errorf("%v: exit code %d: %s", wrong, code, told)
		}
	}
}
