package report

import (
	"math"
	"slices"
)

// fewest is the smallest figure about young people that a document breaks down: a smaller one, with a place and an age, could tell
// who they are.
const fewest = 5

// Mask stands in a table for a figure that is not told.
type Mask string

// The masks. Few is said only of a figure from 1 to 4; Untold of one that is hidden because, printed, it would give another one
// away, and of all the parts of a whole that is not broken down.
const (
	Few    Mask = "moins de 5"
	Untold Mask = "non détaillé"
)

// told is a figure that is no part of a printed whole.
func told(n int) any {
	if 0 < n && n < fewest {
		return Few
	}
	return n
}

// isMask tells whether a cell is hidden.
func isMask(cell any) bool {
	_, hidden := cell.(Mask)
	return hidden
}

// line is the parts of one whole, as indexes of figures: a row, a column, a group of rows.
type line struct {
	parts  []int
	hidden bool // the whole itself is hidden: none of its parts is told
	most   int  // what no part can be more than, when something printed tells; 0: nothing does
}

// whole is the line of n figures.
func whole(n int) line {
	parts := make([]int, n)
	for i := range parts {
		parts[i] = i
	}
	return line{parts: parts}
}

// masked returns what is printed of figures about young people, the int or a Mask, so that nothing printed beside, subtracted in
// whatever way, gives back a figure that is hidden:
//
//   - a figure from 1 to 4 is hidden;
//   - a line whose whole is under 5, or hidden, is not broken down: not even its zeros are told;
//   - as long as a hidden figure can have only one value, the smallest printed figure of its line, zeros aside, is hidden too,
//     and when there is none left the line is not broken down.
//
// A figure is part of two lines at the most, the first of them named before the second: the row and the column of a table. The parts
// of a line are taken to add up to its whole, though an action with two needs or two domains counts in each, and a reader to know
// the whole even where it is hidden. Where each line lists what the documents of other years list, so do the masks.
func masked(figures []int, lines ...line) []any { return maskedBeside(nil, figures, lines...) }

// maskedBeside also hides every figure beside which a cell is hidden: one that could not be less than the other, or not more.
func maskedBeside(beside []any, figures []int, lines ...line) []any {
	g := guard{figures: figures, as: make([]hiding, len(figures)), lines: lines, ends: make([][2]int, len(figures)), most: make([]int, len(figures))}
	for i, n := range figures {
		g.ends[i], g.most[i] = [2]int{len(lines), len(lines)}, unbounded
		if 0 < n && n < fewest {
			g.as[i] = isFew
		}
		if beside != nil && isMask(beside[i]) {
			g.as[i] = isNothing
		}
	}
	for at, l := range lines {
		for _, i := range l.parts {
			if g.ends[i][0] == len(lines) {
				g.ends[i][0] = at
			} else {
				g.ends[i][1] = at
			}
			if l.most > 0 {
				g.most[i] = min(g.most[i], max(l.most, figures[i]))
			}
		}
		if sum := g.sum(l.parts); l.hidden || 0 < sum && sum < fewest {
			g.hide(l.parts)
		}
	}
	for g.hideMore() {
	}
	return g.cells()
}

// hiding is what is told of a figure.
type hiding byte

const (
	isPrinted hiding = iota
	isFew            // from 1 to 4
	isOther          // hidden for the sake of another
	isNothing        // of a line that is not broken down
)

const unbounded = math.MaxInt32

// guard knows what a reader does.
type guard struct {
	figures []int
	as      []hiding
	most    []int // what a figure is at the most, for a reader of what is printed beside
	lines   []line
	ends    [][2]int // the two lines that a figure is a part of; len(lines) for none
}

// mayBe tells whether a reader who knows these rules may take a figure to be n.
func (g guard) mayBe(i, n int) bool {
	switch {
	case n > g.most[i]:
		return false
	case g.as[i] == isFew:
		return 0 < n && n < fewest
	case g.as[i] == isOther:
		return n >= fewest
	}
	return n >= 0 && g.as[i] == isNothing
}

func (g guard) sum(parts []int) int {
	sum := 0
	for _, i := range parts {
		sum += g.figures[i]
	}
	return sum
}

// exposed tells whether a hidden figure has only one value: neither one more nor one less of it can be made up for by other hidden
// figures, going from line to line. Each step along a row takes one from a figure, each along a column gives one back.
func (g guard) exposed(i int) bool {
	if g.as[i] == isPrinted {
		return false
	}
	n, row, column := g.figures[i], g.ends[i][0], g.ends[i][1]
	return !(g.mayBe(i, n+1) && g.leads(row, column, i)) && !(g.mayBe(i, n-1) && g.leads(column, row, i))
}

// leads tells whether hidden figures other than one make up, along a way from a line to another, for one more in the first.
func (g guard) leads(from, to, but int) bool {
	reached, next := make([]bool, len(g.lines)+1), []int{from}
	reached[from] = true
	for len(next) > 0 && !reached[to] {
		at := next[0]
		next = next[1:]
		for k, n := range g.figures {
			row, column := g.ends[k][0], g.ends[k][1]
			if k == but {
				continue
			}
			if row == at && !reached[column] && g.mayBe(k, n-1) {
				reached[column], next = true, append(next, column)
			}
			if column == at && !reached[row] && g.mayBe(k, n+1) {
				reached[row], next = true, append(next, row)
			}
		}
	}
	return reached[to]
}

// hideMore hides one more figure: of a line that by itself exposes one of its own; when there is no such line, beside a figure that
// several lines expose together. Where there is none left to hide, it is the line that is not broken down. It reports false when
// that changes nothing.
func (g guard) hideMore() bool {
	for at, l := range g.lines {
		alone := g.alone(at)
		for _, i := range l.parts {
			if alone.exposed(i) && g.hideOneOf(at) {
				return true
			}
		}
	}
	for i := range g.figures {
		if g.exposed(i) && g.hideOneOf(g.ends[i][:]...) {
			return true
		}
	}
	return false
}

// alone is what a reader knows who looks at one line only.
func (g guard) alone(at int) guard {
	g.lines, g.ends = g.lines[at:at+1], make([][2]int, len(g.figures))
	for i := range g.ends {
		g.ends[i] = [2]int{1, 1}
	}
	for _, i := range g.lines[0].parts {
		g.ends[i] = [2]int{0, 1}
	}
	return g
}

// hideOneOf hides the smallest printed figure of some lines, zeros aside, else lets one of them not be broken down.
func (g guard) hideOneOf(lines ...int) bool {
	next := -1
	lines = slices.DeleteFunc(slices.Clone(lines), func(at int) bool { return at == len(g.lines) })
	for _, at := range lines {
		for _, i := range g.lines[at].parts {
			if g.as[i] == isPrinted && g.figures[i] != 0 && (next < 0 || g.figures[i] < g.figures[next]) {
				next = i
			}
		}
	}
	if next >= 0 {
		g.as[next] = isOther
		return true
	}
	return slices.ContainsFunc(lines, func(at int) bool { return g.sum(g.lines[at].parts) > 0 && g.hide(g.lines[at].parts) })
}

func (g guard) hide(parts []int) (changed bool) {
	for _, i := range parts {
		changed = changed || g.as[i] != isNothing
		g.as[i] = isNothing
	}
	return changed
}

func (g guard) cells() []any {
	cells := make([]any, len(g.figures))
	for i, n := range g.figures {
		switch g.as[i] {
		case isPrinted:
			cells[i] = n
		case isFew:
			cells[i] = Few
		default:
			cells[i] = Untold
		}
	}
	return cells
}
