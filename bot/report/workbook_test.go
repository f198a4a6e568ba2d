package report

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"maillage/rules"
	"maillage/store"
)

func workbookOf(t testing.TB, b Bilan) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := b.Workbook(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func opened(t *testing.T, book []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestWorkbook reads a workbook back: every cell of every table is there, and what it looks like is what it is.
func TestWorkbook(t *testing.T) {
	b := yearOf(city(t), 900)
	f := opened(t, workbookOf(t, b))
	var sheets []string
	for _, table := range b.Tables() {
		sheets = append(sheets, table.Sheet)
		for i, row := range table.Rows {
			for j, cell := range row {
				at := cellAt(j+1, headerRow+1+i)
				got, err := f.GetCellValue(table.Sheet, at, excelize.Options{RawCellValue: true})
				want, format := inExcel(cell)
				if err != nil || got != want {
					t.Errorf("%s %s is %q, want %q (%v)", table.Sheet, at, got, want, err)
				}
				if got := formatOf(t, f, table.Sheet, at); cell != nil && got != format {
					t.Errorf("%s %s is shown as %q, want %q", table.Sheet, at, got, format)
				}
			}
		}
	}
	if got := f.GetSheetList(); !slices.Equal(got, sheets) {
		t.Errorf("the sheets are %q, want %q", got, sheets)
	}
	if got, _ := f.GetCellValue("Domaines", "A1"); got != "Actions par domaine – Équipe Nord, 2026" {
		t.Errorf("the title of a sheet is %q", got)
	}
	props, err := f.GetDocProps()
	if err != nil || props.Title != "Bilan : Équipe Nord, 2026" || props.Created != "2026-12-31T00:00:00Z" {
		t.Errorf("the properties are %+v (%v)", props, err)
	}
}

// inExcel is what a cell holds, and in what format Excel shows it.
func inExcel(cell any) (value, format string) {
	switch cell := cell.(type) {
	case string:
		return cell, "@"
	case Mask:
		return string(cell), "@"
	case int:
		return strconv.Itoa(cell), "#,##0"
	case Share:
		return strconv.FormatFloat(float64(cell)/100, 'f', -1, 64), "0 %"
	case Difference:
		return strconv.Itoa(int(cell)), "+#,##0;-#,##0;0"
	case Days:
		return strconv.FormatFloat(float64(cell), 'f', -1, 64), "0.0"
	case nil:
		return "", ""
	}
	return "46093", "dd/mm/yyyy" // 12 March 2026, when every partner was checked
}

func formatOf(t *testing.T, f *excelize.File, sheet, at string) string {
	t.Helper()
	id, err := f.GetCellStyle(sheet, at)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil || style.CustomNumFmt == nil {
		return ""
	}
	return *style.CustomNumFmt
}

// TestWorkbookLayout looks at what a reader's comfort hangs on.
func TestWorkbookLayout(t *testing.T) {
	b := yearOf(city(t), 900)
	book := workbookOf(t, b)
	if again := workbookOf(t, b); !bytes.Equal(book, again) {
		t.Error("the same figures do not give the same workbook")
	}
	f := opened(t, book)
	graphs := 0
	for _, table := range b.Tables() {
		panes, err := f.GetPanes(table.Sheet)
		if err != nil || !panes.Freeze || panes.YSplit != headerRow {
			t.Errorf("%s is frozen as %+v (%v)", table.Sheet, panes, err)
		}
		layout, err := f.GetPageLayout(table.Sheet)
		if err != nil || *layout.Orientation != "landscape" || *layout.FitToWidth < 1 {
			t.Errorf("%s is laid out as %+v (%v)", table.Sheet, layout, err)
		}
		if table.Graph != nil {
			graphs++
		}
	}
	files, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	drawn := slices.DeleteFunc(files.File, func(f *zip.File) bool { return !strings.HasPrefix(f.Name, "xl/charts/chart") })
	if len(drawn) != graphs || graphs < 8 {
		t.Errorf("%d graphs are drawn of %d", len(drawn), graphs)
	}
	first := slices.IndexFunc(drawn, func(f *zip.File) bool { return f.Name == "xl/charts/chart1.xml" })
	in, err := drawn[first].Open()
	if err != nil {
		t.Fatal(err)
	}
	chart, err := io.ReadAll(in)
	for _, d := range b.Rules.Domains {
		if err != nil || !bytes.Contains(chart, []byte(strings.TrimPrefix(d.Color, "#"))) {
			t.Errorf("the graph of the domains lacks the colour of %s, %s (%v)", d.ID, d.Color, err)
		}
	}
}

// hostile is a report of partners and teams with names that a spreadsheet would take for formulas.
func hostile(t *testing.T) Bilan {
	t.Helper()
	r, err := rules.Load(rules.File{Name: "config.yaml", Text: []byte(`
territoires: [{id: gare, nom: "+33 La Gare"}, {id: lac, nom: "@lac"}]
equipes: [{id: nord, nom: Nord, territoires: [gare]}]
partenaires:
  - {id: a, nom: "=HYPERLINK(\"http://a.example\",\"CCAS\")", type: ccas, horaires_accueil: "-1+1", conditions_acces: "@SUM(A1:A9)"}
  - {id: b, nom: "+33 4 65 71 12 34", type: ccas}
  - {id: c, nom: "<b>Tôt; \"tard\" & 'jamais'</b>", type: ccas}
`)})
	if err != nil {
		t.Fatal(err)
	}
	b := yearOf(r, 60)
	b.Whose = "=1+1 & \"Nord\""
	b.Summary.Now.Domains["=2+2"] = 9
	b.Summary.Now.Partners["a"], b.Summary.Now.Partners["b"], b.Summary.Now.Partners["c"] = 9, 8, 7
	return b
}

func TestWorkbookHasNoFormula(t *testing.T) {
	b := hostile(t)
	f := opened(t, workbookOf(t, b))
	found := false
	for _, table := range b.Tables() {
		for row := 1; row <= headerRow+len(table.Rows); row++ {
			for column := 1; column <= len(table.Columns); column++ {
				at := cellAt(column, row)
				formula, err := f.GetCellFormula(table.Sheet, at)
				if err != nil || formula != "" {
					t.Errorf("%s %s is the formula %q (%v)", table.Sheet, at, formula, err)
				}
				text, err := f.GetCellValue(table.Sheet, at)
				kind, wrong := f.GetCellType(table.Sheet, at)
				if text != "" && strings.Contains("=@", text[:1]) {
					found = true
					if err != nil || wrong != nil || kind != excelize.CellTypeSharedString {
						t.Errorf("%s %s is %q, of type %v (%v, %v)", table.Sheet, at, text, kind, err, wrong)
					}
				}
			}
		}
	}
	if !found {
		t.Error("no text looked like a formula: nothing was tried")
	}
}

func TestCSV(t *testing.T) {
	b := hostile(t)
	var out bytes.Buffer
	if err := b.CSV(&out); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(out.String(), "\ufeff")
	if !marked || !strings.HasPrefix(text, "tableau;ligne;colonne;valeur\r\n") {
		t.Fatalf("the file begins with %q", out.String()[:40])
	}
	in := csv.NewReader(strings.NewReader(text))
	in.Comma = ';'
	lines, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, line := range lines {
		values[strings.Join(line[:3], ";")] = line[3]
		for i, field := range line {
			if field == "" {
				t.Errorf("%q lacks a field", line)
				continue
			}
			_, wrong := strconv.ParseFloat(strings.Replace(field, ",", ".", 1), 64)
			if isNumber := i == 3 && wrong == nil; strings.Contains("=+-@\t\r", field[:1]) && !isNumber {
				t.Errorf("%q would be a formula", line)
			}
		}
	}
	for cell, want := range map[string]string{
		"Synthèse;Actions distinctes;2026":                                  "60",
		"Domaines;'=2+2;Part 2026":                                          "0,15",
		"Domaines;'=2+2;Écart (points)":                                     "15",
		"Partenaires;'+33 4 65 71 12 34;Type":                               "CCAS",
		"Partenaires;'=HYPERLINK(\"http://a.example\",\"CCAS\");Horaires":   "'-1+1",
		"Partenaires;'=HYPERLINK(\"http://a.example\",\"CCAS\");Conditions": "'@SUM(A1:A9)",
		"Partenaires;<b>Tôt; \"tard\" & ’jamais’</b>;Type":                  "CCAS",
		"Publics;Ensemble / Jeunes rencontrés;Part 2026":                    "1,00",
	} {
		if got := values[cell]; got != want {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
}

// broken takes so many bytes and no more.
type broken struct{ left int }

var errFull = errors.New("no space left")

func (b *broken) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestFilesThatCannotBeWritten(t *testing.T) {
	b := yearOf(city(t), 30)
	for _, left := range []int{0, 2000} {
		if err := b.Workbook(&broken{left}); !errors.Is(err, errFull) {
			t.Errorf("a workbook on a full disk: %v", err)
		}
		if err := b.CSV(&broken{left}); !errors.Is(err, errFull) {
			t.Errorf("a CSV file on a full disk: %v", err)
		}
	}
}

// TestWorkbookOfAnything makes workbooks of nearly nothing.
func TestWorkbookOfAnything(t *testing.T) {
	r := city(t)
	for _, b := range []Bilan{
		{Rules: r, Summary: store.Summary{Period: store.YearPeriod(2026)}},
		{Rules: r, Summary: store.Summary{Period: store.WeekPeriod(store.YearPeriod(2026).Last()), Now: store.Figures{Actions: 1, Domains: map[string]int{"sante": 1}}}},
		yearOf(r, 1), yearOf(r, 7),
	} {
		opened(t, workbookOf(t, b))
	}
}

func BenchmarkWorkbook(b *testing.B) {
	bilan := yearOf(city(b), 3000)
	for b.Loop() {
		if err := bilan.Workbook(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
