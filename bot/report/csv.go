package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// CSV writes every table of the report into one file, a line per cell: table, row, column, value. It is made for a French Excel:
// UTF-8 with its mark, semicolons, decimal commas. A share of 32 % is 0,32.
func (b Bilan) CSV(w io.Writer) error {
	if err := b.csv(w); err != nil {
		return fmt.Errorf("CSV of %s: %w", b.Summary.Period.Name, err)
	}
	return nil
}

func (b Bilan) csv(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	lines := [][]string{{"tableau", "ligne", "colonne", "valeur"}}
	for _, t := range b.Tables() {
		for _, row := range t.Rows {
			of := rowName(row[:t.Keys])
			for i, cell := range row[t.Keys:] {
				if value := csvValue(cell); value != "" {
					lines = append(lines, []string{t.Sheet, of, harmless(t.Columns[t.Keys+i]), value})
				}
			}
		}
	}
	return out.WriteAll(lines)
}

// rowName says what a row is of: « Tranche d’âge / 15-17 ans ».
func rowName(keys []any) string {
	var names []string
	for _, key := range keys {
		if s, ok := key.(string); ok {
			names = append(names, strings.TrimSpace(s))
		}
	}
	return harmless(strings.Join(names, " / "))
}

// csvValue is "" of a cell where there is nothing to tell.
func csvValue(cell any) string {
	switch cell := cell.(type) {
	case string:
		return harmless(cell)
	case Mask:
		return string(cell)
	case int:
		return strconv.Itoa(cell)
	case Difference:
		return strconv.Itoa(int(cell))
	case Share:
		return decimal(float64(cell)/100, 2)
	case Days:
		return decimal(float64(cell), 1)
	case time.Time:
		return cell.Format("02/01/2006")
	}
	return ""
}

func decimal(n float64, digits int) string {
	return strings.Replace(strconv.FormatFloat(n, 'f', digits, 64), ".", ",", 1)
}

// harmless is a text that a spreadsheet takes for a text: never for a formula, as it would after one of these signs.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
