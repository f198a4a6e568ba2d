package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the direction of the project: which of its packages each may import. Tests may import more.
var mayImport = map[string][]string{
	"cmd/maillage": {"bot", "bot/emulator", "bot/french", "bot/report", "rules", "store"},
	"bot":          {"bot/french", "bot/report", "rules", "store"},
	"bot/report":   {"bot/french", "rules", "store"},
	"bot/french":   {},
	"bot/emulator": {},
	"rules":        {},
	"store":        {},
}

// onlyIn says where the words of the outside world stop: which files may import a library.
var onlyIn = map[string][]string{
	"github.com/go-telegram/bot":    {"bot/telegram.go", "bot/send.go"},
	"github.com/redis/go-redis":     {"store/"},
	"github.com/alicebob/miniredis": {"store/"},
	"gopkg.in/yaml.v3":              {"rules/"},
	"golang.org/x/text":             {"rules/", "bot/report/pen.go"},
	"github.com/xuri/excelize":      {"bot/report/workbook.go"},
	"gonum.org/v1/plot":             {"bot/report/chart.go", "bot/report/pen.go"},
}

func TestImportDirections(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(file) != ".go" {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, file)
		rel = filepath.ToSlash(rel)
		allowed, known := mayImport[path.Dir(rel)]
		if !known {
			t.Errorf("%s: the package has no line in mayImport", rel)
		}
		for _, spec := range parsed.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			own, isOwn := strings.CutPrefix(name, "maillage/")
			if isOwn && !strings.HasSuffix(rel, "_test.go") && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %s", rel, own)
			}
			checkLibrary(t, rel, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkLibrary(t *testing.T, file, library string) {
	for prefix, places := range onlyIn {
		if strings.HasPrefix(library, prefix) && !strings.HasSuffix(file, "_test.go") &&
			!slices.ContainsFunc(places, func(p string) bool { return strings.HasPrefix(file, p) }) {
			t.Errorf("%s imports %s", file, library)
		}
	}
}
