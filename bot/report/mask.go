package report

import "math"

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
}

// whole is the line of n figures.
func whole(n int) line {
	parts := make([]int, n)
	for i := range parts {
		parts[i] = i
	}
	return line{parts: parts}
}

// masked returns what is printed of figures about young people, the int or a Mask, so that no line, subtracted from its whole,
// gives back a figure that is hidden:
//
//   - a figure from 1 to 4 is hidden;
//   - a line whose whole is under 5, or hidden, is not broken down: not even its zeros are told;
//   - as long as the hidden figures of a line can have only one value, its smallest printed figure, zeros aside, is hidden too,
//     and when there is none left the line is not broken down.
//
// The parts of a line are taken to add up to its whole, though an action with two needs or two domains counts in each. What
// several lines tell together is not looked at. Where each line lists what the documents of other years list, so do the masks.
func masked(figures []int, lines ...line) []any {
	g := guarded{figures, make([]bounds, len(figures))}
	for i, n := range figures {
		g.known[i] = bounds{n, n}
		if 0 < n && n < fewest {
			g.known[i] = aFew
		}
	}
	for _, l := range lines {
		if sum := g.sum(l.parts); l.hidden || 0 < sum && sum < fewest {
			g.hide(l.parts)
		}
	}
	for again := true; again; {
		again = false
		for _, l := range lines {
			for !l.hidden && g.exposed(l.parts) && g.hideMore(l.parts) {
				again = true
			}
		}
	}
	return g.cells()
}

// bounds is what a reader who knows these rules can tell of a figure.
type bounds struct{ low, high int }

const unbounded = math.MaxInt32

var (
	aFew     = bounds{1, fewest - 1}
	more     = bounds{fewest, unbounded} // hidden for the sake of another
	anything = bounds{0, unbounded}      // of a line that is not broken down
)

type guarded struct {
	figures []int
	known   []bounds
}

func (g guarded) printed(i int) bool { return g.known[i].low == g.known[i].high }

func (g guarded) sum(parts []int) int {
	sum := 0
	for _, i := range parts {
		sum += g.figures[i]
	}
	return sum
}

// exposed tells whether the hidden figures of a line can be worked out from its whole: there is only one, or they are all as small,
// or all as big, as they can be. Otherwise each of them has several possible values. A whole of 0 has nothing to hide.
func (g guarded) exposed(parts []int) bool {
	if g.sum(parts) == 0 {
		return false
	}
	hidden, sum, low, high := 0, 0, 0, 0
	for _, i := range parts {
		if !g.printed(i) {
			hidden, sum, low, high = hidden+1, sum+g.figures[i], low+g.known[i].low, high+g.known[i].high
		}
	}
	return hidden == 1 || hidden > 1 && (sum == low || sum == high)
}

// hideMore hides one more figure of a line, or, when there is none left to hide, the whole line. It reports false when that
// changes nothing.
func (g guarded) hideMore(parts []int) bool {
	next := -1
	for _, i := range parts {
		if g.printed(i) && g.figures[i] != 0 && (next < 0 || g.figures[i] < g.figures[next]) {
			next = i
		}
	}
	if next < 0 {
		return g.hide(parts)
	}
	g.known[next] = more
	return true
}

func (g guarded) hide(parts []int) (changed bool) {
	for _, i := range parts {
		changed = changed || g.known[i] != anything
		g.known[i] = anything
	}
	return changed
}

func (g guarded) cells() []any {
	cells := make([]any, len(g.figures))
	for i, n := range g.figures {
		switch {
		case g.known[i] == aFew:
			cells[i] = Few
		case g.printed(i):
			cells[i] = n
		default:
			cells[i] = Untold
		}
	}
	return cells
}
