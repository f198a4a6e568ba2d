package rules

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	_ "time/tzdata" // days are counted in the service's zone, on machines without zone files too
)

// File is one YAML source, under the name that problems give it.
type File struct {
	Name string
	Text []byte
}

// Lecture is what reading a sentence needs beside the words of needs, kinds and places.
type Lecture struct {
	Masks, Negations, OffTopic []string
	Abbreviations              map[string]string
	Verbs                      []string            // regular ones, by their infinitive in -er
	Forms                      map[string][]string // of the others, by infinitive
	CommonWords                []string
}

// Problem is one mistake in a file, told in French to whoever edits that file. Line and Column count from 1, columns in
// characters.
type Problem struct {
	File         string
	Line, Column int
	Message      string
}

func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Problems are all the mistakes of all the files, sorted by file and place.
type Problems []Problem

// Error returns one line per problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

//go:embed france/*.yaml
var france embed.FS

// Load reads rules/france, then the local files over it. Mistakes in the files come back all at once, as [Problems].
func Load(local ...File) (*Rules, error) {
	national, err := nationalFiles()
	if err != nil {
		return nil, err
	}
	return load(national, local)
}

func nationalFiles() ([]File, error) {
	entries, err := france.ReadDir("france")
	if err != nil {
		return nil, fmt.Errorf("list the national rules: %w", err)
	}
	var files []File
	for _, entry := range entries {
		text, err := france.ReadFile("france/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read the national rules: %w", err)
		}
		files = append(files, File{"rules/france/" + entry.Name(), text})
	}
	return files, nil
}

func load(national, local []File) (*Rules, error) {
	rd := newReader()
	for i, d := range parseAll(slices.Concat(national, local)) {
		rd.document(d, i < len(national))
	}
	r := rd.rules()
	reading, personal := rd.lecture(), rd.personalWords()
	if len(rd.problems) > 0 {
		slices.SortFunc(rd.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
		})
		return nil, slices.Compact(rd.problems)
	}
	r.Version = version(national, local)
	r.index = newIndex(r, rd.formerIDs())
	r.lexicon = newLexicon(r, reading)
	r.guard = newGuard(r, personal)
	return r, nil
}

// version depends on what the files say, not on where they are.
func version(sources ...[]File) string {
	hash := sha256.New()
	for _, files := range sources {
		for _, f := range files {
			fmt.Fprintf(hash, "%d\n%s", len(f.Text), f.Text)
		}
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}
