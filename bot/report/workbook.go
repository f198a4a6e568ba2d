package report

import (
	"bytes"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"maillage/bot/french"
)

// Workbook writes the report as a workbook for Excel or LibreOffice: a sheet per table, with its graph beside it. The same figures
// give the same bytes.
func (b Bilan) Workbook(w io.Writer) error {
	if err := b.workbook(w); err != nil {
		return fmt.Errorf("workbook of %s: %w", b.Summary.Period.Name, err)
	}
	return nil
}

func (b Bilan) workbook(w io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	book := &book{File: f, heading: b.heading(), styles: map[style]int{}}
	tables := b.Tables()
	for i, t := range tables {
		if i == 0 {
			book.do(f.SetSheetName("Sheet1", t.Sheet))
		} else {
			_, err := f.NewSheet(t.Sheet)
			book.do(err)
		}
		book.sheet(t)
	}
	last := b.Summary.Period.Last().Format(time.RFC3339)
	book.do(f.SetDocProps(&excelize.DocProperties{
		Title: "Bilan : " + book.heading, Creator: "Maillage", Language: "fr-FR", Created: last, Modified: last,
	}))
	book.do(f.SetAppProps(&excelize.AppProperties{Application: "Maillage"}))
	if book.err != nil {
		return book.err
	}
	kinds := f.ContentTypes.Defaults // which the library lists in the order of a map
	sort.Slice(kinds, func(i, j int) bool { return kinds[i].Extension < kinds[j].Extension })
	return f.Write(w)
}

// The rows above those of a table.
const (
	titleRow  = 1
	noteRow   = 2
	headerRow = 4
)

// Columns are as wide as what is in them, within bounds, in characters.
const (
	leastWidth   = 9.0
	textWidth    = 44.0
	countWidth   = 13.0
	noteWidth    = 110.0
	perCharacter = 1.1 // of the width of a digit, in which columns are measured
)

const (
	longTable = 15 // rows, from which a table has filters
	wideTable = 9  // columns, from which the first one stays in sight,
	twoPages  = 15 // and from which one page would be too narrow
)

const (
	inkColor    = "1F3A4D"
	noteColor   = "5B6B76"
	borderColor = "D5DDE2"
	totalColor  = "EEF3F6"
	headColor   = "2A6F97"
	beforeColor = "B9C6CF" // of the period before, in graphs
)

// book is a workbook being made. The first mistake ends it.
type book struct {
	*excelize.File
	heading string
	styles  map[style]int
	graphs  int
	err     error
}

func (b *book) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

func cellAt(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row)
	return name
}

func (b *book) sheet(t Table) {
	widths := t.widths()
	for i, w := range widths {
		name, _ := excelize.ColumnNumberToName(i + 1)
		b.do(b.SetColWidth(t.Sheet, name, name, w))
	}
	b.text(t.Sheet, cellAt(1, titleRow), t.Title+" – "+b.heading, style{look: titleLook})
	b.do(b.SetRowHeight(t.Sheet, titleRow, 26))
	b.note(t, widths)
	titles, left := make([]any, len(t.Columns)), make([]bool, len(t.Columns))
	for i, title := range t.Columns {
		titles[i], left[i] = title, t.isText(i)
		b.text(t.Sheet, cellAt(i+1, headerRow), title, style{look: headerLook, left: left[i]})
	}
	b.do(b.SetRowHeight(t.Sheet, headerRow, height(titles, widths)+6))
	for i, row := range t.Rows {
		b.do(b.SetRowHeight(t.Sheet, headerRow+1+i, height(row, widths)))
		look := rowLook
		if t.Total && i == len(t.Rows)-1 {
			look = totalLook
		}
		for j, cell := range row {
			b.cell(t.Sheet, cellAt(j+1, headerRow+1+i), cell, style{look: look, left: left[j]})
		}
	}
	b.view(t)
	b.print(t)
	if t.Graph != nil && t.Graph.Rows > 0 {
		b.graph(t)
	}
}

// note writes how a table is counted, over as many columns as make a readable line.
func (b *book) note(t Table, widths []float64) {
	columns, wide := 0, 0.0
	for wide < noteWidth && columns < max(len(widths), 12) {
		if columns < len(widths) {
			wide += widths[columns]
		} else {
			wide += 9.14 // a column of no given width
		}
		columns++
	}
	first := cellAt(1, noteRow)
	b.text(t.Sheet, first, t.Note, style{look: noteLook})
	b.do(b.MergeCell(t.Sheet, first, cellAt(columns, noteRow)))
	b.do(b.SetRowHeight(t.Sheet, noteRow, height([]any{t.Note}, []float64{wide})+2))
}

// text writes a text, which stays one even when it looks like a formula.
func (b *book) text(sheet, at, text string, s style) {
	s.format = textFormat
	b.do(b.SetCellStr(sheet, at, text))
	b.do(b.SetCellStyle(sheet, at, at, b.style(s)))
}

func (b *book) cell(sheet, at string, cell any, s style) {
	var value any
	switch cell := cell.(type) {
	case string:
		b.text(sheet, at, cell, s)
		return
	case Mask:
		s.masked = true
		b.text(sheet, at, string(cell), s)
		return
	case int:
		s.format, value = "#,##0", cell
	case Share:
		s.format, value = "0 %", float64(cell)/100
	case Difference:
		s.format, value = "+#,##0;-#,##0;0", int(cell)
	case Days:
		s.format, value = "0.0", float64(cell)
	case time.Time:
		s.format, value = "dd/mm/yyyy", cell
	}
	if value != nil {
		b.do(b.SetCellValue(sheet, at, value))
	}
	b.do(b.SetCellStyle(sheet, at, at, b.style(s)))
}

// style is how a cell looks.
type style struct {
	look   look
	format string
	left   bool
	masked bool
}

type look int

const (
	rowLook look = iota
	totalLook
	headerLook
	titleLook
	noteLook
)

const textFormat = "@"

func (b *book) style(s style) int {
	if id, known := b.styles[s]; known {
		return id
	}
	made := &excelize.Style{
		Font:      &excelize.Font{Family: "Calibri", Size: 11, Color: inkColor},
		Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right", Indent: 1},
	}
	if s.left {
		made.Alignment = &excelize.Alignment{Vertical: "top", Horizontal: "left", Indent: 1, WrapText: true}
	}
	if s.format != "" {
		made.CustomNumFmt = &s.format
	}
	if s.masked {
		made.Font.Italic, made.Font.Color = true, noteColor
	}
	switch s.look {
	case titleLook:
		made.Font.Size, made.Font.Bold, made.Font.Color = 16, true, headColor
		made.Alignment = &excelize.Alignment{Vertical: "center"}
	case noteLook:
		made.Font.Italic, made.Font.Color = true, noteColor
		made.Alignment = &excelize.Alignment{Vertical: "top", WrapText: true}
	case headerLook:
		made.Font.Bold, made.Font.Color, made.Alignment.Vertical, made.Alignment.WrapText = true, "FFFFFF", "center", true
		made.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{headColor}}
	case totalLook:
		made.Font.Bold = true
		made.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{totalColor}}
		made.Border = []excelize.Border{{Type: "top", Color: headColor, Style: 1}}
	case rowLook:
		made.Border = []excelize.Border{{Type: "bottom", Color: borderColor, Style: 1}}
	}
	id, err := b.NewStyle(made)
	b.do(err)
	if err == nil && s.format == textFormat {
		// A text that looks like a formula stays a text when somebody edits its cell.
		quoted := true
		b.Styles.CellXfs.Xf[id].QuotePrefix = &quoted
	}
	b.styles[s] = id
	return id
}

// view keeps the head of a table in sight, and gives a long one filters.
func (b *book) view(t Table) {
	no := false
	b.do(b.SetSheetView(t.Sheet, 0, &excelize.ViewOptions{ShowGridLines: &no}))
	panes := &excelize.Panes{Freeze: true, YSplit: headerRow, TopLeftCell: cellAt(1, headerRow+1), ActivePane: "bottomLeft"}
	if len(t.Columns) >= wideTable {
		panes.XSplit, panes.TopLeftCell, panes.ActivePane = 1, cellAt(2, headerRow+1), "bottomRight"
	}
	b.do(b.SetPanes(t.Sheet, panes))
	rows := len(t.Rows)
	if t.Total {
		rows--
	}
	if rows >= longTable {
		b.do(b.AutoFilter(t.Sheet, cellAt(1, headerRow)+":"+cellAt(len(t.Columns), headerRow+rows), nil))
	}
}

// print lays a sheet out on A4, landscape, as wide as the page, or as two, with its head on each page.
func (b *book) print(t Table) {
	a4, wide, any, landscape, yes := 9, 1, 0, "landscape", true
	titles := fmt.Sprintf("'%s'!$%d:$%d", t.Sheet, headerRow, headerRow)
	if len(t.Columns) >= twoPages {
		wide, titles = 2, fmt.Sprintf("'%s'!$A:$A,", t.Sheet)+titles
	}
	b.do(b.SetPageLayout(t.Sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &any}))
	b.do(b.SetSheetProps(t.Sheet, &excelize.SheetPropsOptions{FitToPage: &yes}))
	margin, edge := 0.5, 0.3
	b.do(b.SetPageMargins(t.Sheet, &excelize.PageLayoutMarginsOptions{
		Left: &margin, Right: &margin, Top: &margin, Bottom: &margin, Header: &edge, Footer: &edge,
	}))
	foot := []rune(b.heading)
	foot = foot[:min(len(foot), 80)]
	b.do(b.SetHeaderFooter(t.Sheet, &excelize.HeaderFooterOptions{
		OddFooter: "&L" + strings.ReplaceAll(string(foot), "&", "&&") + "&R&A, &P / &N",
	}))
	b.do(b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: t.Sheet, RefersTo: titles}))
}

// graph draws a table's graph to its right, below the head that is printed on each page.
func (b *book) graph(t Table) {
	g := t.Graph
	yes, gap, overlap := true, uint(60), -5
	off := false
	chart := &excelize.Chart{
		Type: excelize.Bar, VaryColors: &off, GapWidth: &gap, Overlap: &overlap,
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: g.Title, Font: &excelize.Font{Size: 14, Bold: true, Color: inkColor}}}},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		PlotArea:  excelize.ChartPlotArea{ShowVal: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0;;"}}, // a bar of nothing says nothing
		Dimension: excelize.ChartDimension{Width: 560, Height: uint(120 + g.Rows*(14+16*len(g.Series)))},
		Format:    excelize.GraphicOptions{OffsetX: 12, OffsetY: 4, PrintObject: &yes},
		Border:    excelize.LineOptions{Type: excelize.LineNone},
	}
	if g.Upright {
		chart.Type = excelize.Col
		chart.Dimension = excelize.ChartDimension{Width: uint(max(560, 64*g.Rows)), Height: 360}
	} else {
		chart.XAxis.ReverseOrder = true // the first row on top
	}
	chart.XAxis.Font = excelize.Font{Color: inkColor, Size: 10}
	chart.YAxis.None = true
	if len(g.Series) == 1 {
		chart.Legend.Position = "none"
	}
	for i, column := range g.Series {
		color := headColor
		if i > 0 {
			color = beforeColor
		}
		chart.Series = append(chart.Series, excelize.ChartSeries{
			Name:       cellsOf(t.Sheet, column, headerRow, headerRow),
			Categories: cellsOf(t.Sheet, g.Label, headerRow+1, headerRow+g.Rows),
			Values:     cellsOf(t.Sheet, column, headerRow+1, headerRow+g.Rows),
			Fill:       excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}},
		})
	}
	b.do(b.AddChart(t.Sheet, cellAt(len(t.Columns)+1, headerRow+1), chart))
	b.graphs++
	if b.err == nil {
		b.paint(g.Colors)
	}
}

// paint gives each bar of the first series of the graph just made its colour: the library can do that for pies only.
func (b *book) paint(colors []string) {
	var points strings.Builder
	for i, color := range colors {
		if color != "" {
			fmt.Fprintf(&points, `<dPt><idx val="%d"/><invertIfNegative val="0"/><bubble3D val="0"/>`+
				`<spPr><a:solidFill><a:srgbClr val="%s"/></a:solidFill></spPr></dPt>`, i, strings.TrimPrefix(color, "#"))
		}
	}
	if points.Len() == 0 {
		return
	}
	name := "xl/charts/chart" + strconv.Itoa(b.graphs) + ".xml"
	file, _ := b.Pkg.Load(name)
	chart, _ := file.([]byte)
	labels := []byte("<dLbls>") // what follows the points in a series
	if !bytes.Contains(chart, labels) {
		b.do(fmt.Errorf("%s: no series to colour", name))
		return
	}
	b.Pkg.Store(name, bytes.Replace(chart, labels, append([]byte(points.String()), labels...), 1))
}

// cellsOf names cells of one column, in the rows from one to another.
func cellsOf(sheet string, column, from, to int) string {
	name, _ := excelize.ColumnNumberToName(column + 1)
	if from == to {
		return fmt.Sprintf("'%s'!$%s$%d", sheet, name, from)
	}
	return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", sheet, name, from, name, to)
}

// isText tells whether a column holds texts: whether one of its cells does.
func (t Table) isText(column int) bool {
	for _, row := range t.Rows {
		if s, ok := row[column].(string); ok && s != "" {
			return true
		}
	}
	return column < t.Keys
}

// widths are those of the columns, in characters.
func (t Table) widths() []float64 {
	widths := make([]float64, len(t.Columns))
	for i, title := range t.Columns {
		widest, most := leastWidth, countWidth
		if t.isText(i) {
			most = textWidth
		}
		if i == len(t.Columns)-1 && len(t.Columns) == 2 && t.isText(i) {
			most = noteWidth // a page of text
		}
		for word := range strings.SplitSeq(title, " ") {
			widest = max(widest, float64(utf8.RuneCountInString(word))*perCharacter+3)
		}
		for _, row := range t.Rows {
			widest = max(widest, min(most, float64(utf8.RuneCountInString(shown(row[i])))*perCharacter+3))
		}
		widths[i] = widest
	}
	return widths
}

// height is that of a row of texts, in points, once they are folded into their columns.
func height(cells []any, widths []float64) float64 {
	lines := 1
	for i, cell := range cells {
		if text, ok := cell.(string); ok {
			lines = max(lines, folded(text, int(widths[i])))
		}
	}
	return 15 * float64(lines)
}

// folded is in how many lines a text fits a room of so many characters.
func folded(text string, room int) int {
	lines, left := 1, room
	for word := range strings.SplitSeq(text, " ") {
		n := utf8.RuneCountInString(word)
		if left < n {
			lines, left = lines+1, room
		}
		left -= n + 1
	}
	return lines
}

// shown is about what a reader sees in a cell.
func shown(cell any) string {
	switch cell := cell.(type) {
	case string:
		return cell
	case Mask:
		return string(cell)
	case int:
		return french.Number(cell)
	case time.Time:
		return "00/00/0000"
	}
	return "+100"
}
