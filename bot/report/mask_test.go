package report

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMasked(t *testing.T) {
	square := []line{{parts: []int{0, 1, 2}}, {parts: []int{3, 4, 5}}, {parts: []int{6, 7, 8}}, {parts: []int{0, 3, 6}}, {parts: []int{1, 4, 7}}, {parts: []int{2, 5, 8}}}
	for _, c := range []struct {
		name    string
		figures []int
		lines   []line
		want    string // < for moins de 5, - for non détaillé
	}{
		{"nothing", nil, []line{whole(0)}, "[]"},
		{"nothing small", []int{5, 0, 900}, []line{whole(3)}, "[5 0 900]"},
		{"small ones, whose whole is not told", []int{1, 4, 5, 0}, nil, "[< < 5 0]"},
		{"one small: the next smallest goes with it", []int{3, 30, 9, 0}, []line{whole(4)}, "[< 30 - 0]"},
		{"two small that may be several things", []int{3, 2, 30}, []line{whole(3)}, "[< < 30]"},
		{"two that can only be 1 and 1", []int{1, 1, 30, 20}, []line{whole(4)}, "[< < 30 -]"},
		{"two that can only be 4 and 4", []int{4, 4, 30, 20}, []line{whole(4)}, "[< < 30 -]"},
		{"1 beside 5, which adds up to 6 in one way only", []int{1, 5, 30}, []line{whole(3)}, "[< - -]"},
		{"no more to hide: nothing is told", []int{1, 5, 0}, []line{whole(3)}, "[- - -]"},
		{"a whole under 5 is not broken down, zeros included", []int{3, 1, 0}, []line{whole(3)}, "[- - -]"},
		{"a whole of 5 is", []int{3, 2, 0}, []line{whole(3)}, "[< < 0]"},
		{"a whole of nothing", []int{0, 0}, []line{whole(2)}, "[0 0]"},
		{"a hidden whole", []int{12, 0, 9}, []line{{parts: []int{0, 1, 2}, hidden: true}}, "[- - -]"},
		{"a table: what goes in a row takes along its column", []int{3, 30, 40, 20, 10, 60, 70, 80, 90}, square, "[< - 40 - - 60 70 80 90]"},
		{"a table whose row is small", []int{1, 1, 0, 20, 10, 60, 70, 80, 90}, square, "[- - - - - - 70 80 90]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := signs(masked(c.figures, c.lines...)); got != c.want {
				t.Errorf("%v is told as %s, want %s", c.figures, got, c.want)
			}
		})
	}
}

func signs(cells []any) string {
	told := []any{}
	for _, cell := range cells {
		switch cell {
		case Few:
			cell = "<"
		case Untold:
			cell = "-"
		}
		told = append(told, cell)
	}
	return fmt.Sprint(told)
}

// TestMaskedHolds subtracts, in many tables, what is printed of each row and each column from its whole: no hidden figure may have
// one possible value only.
func TestMaskedHolds(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	hidden, printedOnes := 0, 0
	for range 4000 {
		rows, columns := 2+random.IntN(5), 2+random.IntN(5)
		figures := make([]int, rows*columns)
		for i := range figures {
			figures[i] = max(0, random.IntN(1+random.IntN(40))-random.IntN(8))
		}
		lines := crossing(figures, columns)
		cells := masked(figures, lines...)
		for i, cell := range cells {
			if isMask(cell) {
				hidden++
			} else {
				printedOnes++
			}
			if n, ok := cell.(int); ok && (n != figures[i] || 0 < n && n < fewest) || cell == Few && (figures[i] == 0 || figures[i] >= fewest) {
				t.Fatalf("%d is told as %v", figures[i], cell)
			}
		}
		for _, l := range lines {
			if i := recovered(figures, cells, l.parts); i >= 0 {
				t.Fatalf("%d columns, %v: figure %d of %s can only be %d", columns, figures, i, signs(cells), figures[i])
			}
		}
	}
	if hidden == 0 || printedOnes == 0 {
		t.Errorf("%d figures hidden, %d printed: nothing was tried", hidden, printedOnes)
	}
}

// recovered returns a hidden figure of a line that only one value makes add up to its whole, -1 for none. A whole of 0 tells that
// all its parts are.
func recovered(figures []int, cells []any, parts []int) int {
	rest, whole := 0, 0
	for _, i := range parts {
		whole += figures[i]
		if isMask(cells[i]) {
			rest += figures[i]
		}
	}
	if whole == 0 {
		return -1
	}
	for _, i := range parts {
		if !isMask(cells[i]) {
			continue
		}
		low, high := 0, 0 // of the other hidden ones together
		for _, j := range parts {
			if j != i && isMask(cells[j]) {
				low, high = low+reader(cells[j]).low, high+reader(cells[j]).high
			}
		}
		values := 0
		for n := reader(cells[i]).low; n <= min(rest, reader(cells[i]).high); n++ {
			if low <= rest-n && rest-n <= high {
				values++
			}
		}
		if values == 1 {
			return i
		}
	}
	return -1
}

// reader is what the word in a cell says of its figure.
func reader(cell any) (b struct{ low, high int }) {
	b.high = 1 << 20
	if cell == Few {
		b.low, b.high = 1, 4
	}
	return b
}

// TestMaskedTogether combines all rows and columns of many tables, by elimination: what is left of one hidden figure alone would tell
// it. The total of a row or a column tells a figure that is all of it.
func TestMaskedTogether(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 5))
	for range 1500 {
		rows, columns := 2+random.IntN(5), 2+random.IntN(5)
		figures := make([]int, rows*columns)
		for i := range figures {
			figures[i] = max(0, random.IntN(1+random.IntN(40))-random.IntN(8))
		}
		lines := crossing(figures, columns)
		cells := masked(figures, lines...)
		if i := eliminated(figures, cells, lines); i >= 0 {
			t.Fatalf("%d columns, %v: %s tells figure %d", columns, figures, signs(cells), i)
		}
	}
}

// crossing is the rows and the columns of a table.
func crossing(figures []int, columns int) []line {
	rows := len(figures) / columns
	lines := make([]line, rows+columns)
	for i := range figures {
		r, c := &lines[i/columns], &lines[rows+i%columns]
		r.parts, c.parts = append(r.parts, i), append(c.parts, i)
	}
	return lines
}

// eliminated returns a figure from 1 to 4 that the lines tell together, -1 for none.
func eliminated(figures []int, cells []any, lines []line) int {
	n := len(figures)
	var m [][]float64
	for _, l := range lines {
		row := make([]float64, n)
		for _, i := range l.parts {
			if isMask(cells[i]) {
				row[i] = 1
			}
		}
		m = append(m, row)
	}
	at := 0
	for c := 0; c < n && at < len(m); c++ {
		p := -1
		for r := at; r < len(m); r++ {
			if m[r][c] > 1e-9 || m[r][c] < -1e-9 {
				p = r
				break
			}
		}
		if p < 0 {
			continue
		}
		m[at], m[p] = m[p], m[at]
		f := m[at][c]
		for j := range m[at] {
			m[at][j] /= f
		}
		for r := range m {
			if r != at && m[r][c] != 0 {
				f := m[r][c]
				for j := range m[r] {
					m[r][j] -= f * m[at][j]
				}
			}
		}
		at++
	}
	for _, row := range m {
		k, which := 0, -1
		for j, v := range row {
			if v > 1e-9 || v < -1e-9 {
				k, which = k+1, j
			}
		}
		all := func(l line) bool { return slices.Contains(l.parts, which) && sumOf(figures, l.parts) == figures[which] }
		if k == 1 && figures[which] != 0 && figures[which] < fewest && !slices.ContainsFunc(lines, all) {
			return which
		}
	}
	return -1
}

func sumOf(figures, parts []int) int {
	sum := 0
	for _, i := range parts {
		sum += figures[i]
	}
	return sum
}
