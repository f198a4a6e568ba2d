package report

import (
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"maillage/bot/french"
)

// Chart is a picture of a few figures, one bar each, for a phone held upright. Bars are drawn in the given order.
type Chart struct {
	Title, Subtitle string
	Now, Before     string // what the legend calls the two series; Before "": there is one series, and no legend
	Bars            []Bar
	Note            string // below the bars
}

// Bar is one figure, beside that of the period before.
type Bar struct {
	Label       string
	Color       string // "#2466C8"; "" takes a default
	Now, Before int
	Text        string // at the end of the bar: "12 (+3)", of which what comes before the parenthesis is bold
}

// Timeline is a Chart whose bars follow each other in time: they stand side by side, each on its label and its text, that of the
// period before a pale shape behind. Where labels or texts would touch, one in two is left out, or more.
type Timeline Chart

// String says a chart in plain text, a line per bar.
func (c Chart) String() string {
	var lines []string
	for _, b := range c.Bars {
		line := b.Label + " " + french.Number(b.Now)
		if c.Before != "" {
			line += " (avant " + french.Number(b.Before) + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (t Timeline) String() string { return Chart(t).String() }

// PNG draws a chart 1080 pixels wide; how high depends on what it says, and is never more than Telegram takes.
func (c Chart) PNG() ([]byte, error) { return drawPNG(c.draw) }

// SVG draws the same, its words as text.
func (c Chart) SVG() ([]byte, error) { return drawSVG(c.draw) }

// PNG draws a timeline 1080 pixels wide.
func (t Timeline) PNG() ([]byte, error) { return drawPNG(t.draw) }

// SVG draws the same, its words as text.
func (t Timeline) SVG() ([]byte, error) { return drawSVG(t.draw) }

// Sizes are in pixels. A phone shows 1080 of them as about 360 points: 34 is the smallest text that reads well.
const (
	pictureWidth = 1080
	margin       = 48
	lineWidth    = pictureWidth - 2*margin
	smallText    = 34     // legend, note, change
	bodyText     = 38     // labels and values
	titleText    = 52     // title
	thick, thin  = 46, 14 // bars
	valueGap     = 14
	widestLabel  = 364
	widestText   = 400
	tallest      = 440 // column
	widestGroup  = 200 // of the columns of one label
	maxBars      = 40  // keeps width and height together under Telegram's 10,000
	maxColumns   = 120
)

var (
	paper      = color.NRGBA{255, 255, 255, 255}
	ink        = color.NRGBA{31, 41, 55, 255}
	faded      = color.NRGBA{87, 96, 110, 255}
	hairs      = color.NRGBA{203, 210, 219, 255}
	neutral    = color.NRGBA{75, 85, 99, 255}
	usualColor = color.NRGBA{36, 102, 200, 255}
)

func (c Chart) draw(p *pen) {
	p.heading(c)
	bars := c.Bars[:min(len(c.Bars), maxBars)]
	left, scale := c.fit(bars)
	pitch := c.pitch(bars)
	if len(bars) > 0 {
		p.rect(left-3, p.y-10, 3, pitch*vg.Length(len(bars))-10, hairs)
	}
	for _, b := range bars {
		p.bar(b, c.Before != "", left, scale)
		p.y += pitch
	}
	if more := len(c.Bars) - len(bars); more > 0 {
		p.paragraph(plainFace(smallText), faded, "et "+french.Count(more, "autre", "autres"), 1)
	}
	p.foot(c.Note)
}

// pitch is the room from one bar to the next.
func (c Chart) pitch(bars []Bar) vg.Length {
	const alone, withThinOrTwoLines = thick + 30, thick + 30 + thin + 6
	if c.Before != "" || slices.ContainsFunc(bars, func(b Bar) bool { return len(labelLines(b)) > 1 }) {
		return withThinOrTwoLines
	}
	return alone
}

func labelLines(b Bar) []string { return linesOf(plainFace(bodyText), b.Label, widestLabel, 2) }

// fit returns where the bars begin, right of the widest label, and how many pixels one is worth, so that every bar and what is
// written at its end fit.
func (c Chart) fit(bars []Bar) (left, scale vg.Length) {
	for _, b := range bars {
		for _, line := range labelLines(b) {
			left = max(left, widthOf(plainFace(bodyText), line))
		}
	}
	left += margin + 24
	scale = math.MaxInt32
	for _, b := range bars {
		if b.Now > 0 {
			scale = min(scale, (pictureWidth-margin-left-valueWidth(b))/vg.Length(b.Now))
		}
		if b.Before > 0 && c.Before != "" {
			scale = min(scale, (pictureWidth-margin-left)/vg.Length(b.Before))
		}
	}
	return left, scale
}

func (p *pen) bar(b Bar, two bool, left, scale vg.Length) {
	const lineHeight = 42
	colour := parseColor(b.Color)
	middle := p.y + thick/2
	lines := labelLines(b)
	for i, line := range lines {
		p.text(plainFace(bodyText), ink, margin, middle+lineHeight*(vg.Length(i)-vg.Length(len(lines)-1)/2), line)
	}
	length := barLength(b.Now, scale)
	p.round(left, p.y, length, thick, colour)
	value, change := valueAndChange(b.Text)
	p.text(boldFace(bodyText), ink, left+length+valueGap, middle, value)
	p.text(plainFace(smallText), faded, left+length+valueGap+widthOf(boldFace(bodyText), value), middle, change)
	if two {
		p.round(left, p.y+thick+6, barLength(b.Before, scale), thin, pale(colour))
	}
}

// barLength shows at least a trace of what is not zero.
func barLength(n int, scale vg.Length) vg.Length {
	if n <= 0 {
		return 0
	}
	return max(4, vg.Length(n)*scale)
}

// valueAndChange returns the value and the change of what is written at the end of a bar.
func valueAndChange(text string) (value, change string) {
	text = shorten(boldFace(bodyText), text, widestText)
	if i := strings.Index(text, "("); i > 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

func valueWidth(b Bar) vg.Length {
	value, change := valueAndChange(b.Text)
	return valueGap + widthOf(boldFace(bodyText), value) + widthOf(plainFace(smallText), change)
}

func (t Timeline) draw(p *pen) {
	p.heading(Chart(t))
	bars := t.Bars[:min(len(t.Bars), maxColumns)]
	group := min(vg.Length(lineWidth)/vg.Length(max(1, len(bars))), widestGroup)
	x := margin + (lineWidth-group*vg.Length(len(bars)))/2
	scale, every := t.scale(bars), labelEvery(bars, group)
	p.y += tallest
	for i, b := range bars {
		p.column(b, t.Before != "", x+group/2, group, scale)
		if i%every == 0 {
			p.centered(plainFace(smallText), faded, x+group/2, p.y+34, b.Label)
			p.centered(boldFace(smallText), ink, x+group/2, p.y+78, b.Text)
		}
		x += group
	}
	p.rect(margin, p.y, lineWidth, 3, hairs)
	p.y += 122
	p.foot(t.Note)
}

func (t Timeline) scale(bars []Bar) vg.Length {
	most := 1
	for _, b := range bars {
		most = max(most, b.Now)
		if t.Before != "" {
			most = max(most, b.Before)
		}
	}
	return tallest / vg.Length(most)
}

// labelEvery returns how many columns there are to a label, for neither labels nor texts to touch.
func labelEvery(bars []Bar, group vg.Length) int {
	var widest vg.Length
	for _, b := range bars {
		widest = max(widest, widthOf(plainFace(smallText), b.Label), widthOf(boldFace(smallText), b.Text))
	}
	return max(1, int(math.Ceil(float64((min(widest, lineWidth)+4)/group))))
}

func (p *pen) column(b Bar, two bool, middle, group, scale vg.Length) {
	colour := parseColor(b.Color)
	if two {
		height := barLength(b.Before, scale)
		p.round(middle-.41*group, p.y-height, .82*group, height, pale(colour))
	}
	height := barLength(b.Now, scale)
	p.round(middle-.25*group, p.y-height, .5*group, height, colour)
}

// heading writes the title and, for two series, the legend.
func (p *pen) heading(c Chart) {
	p.y = margin - 8
	p.paragraph(boldFace(titleText), ink, c.Title, 3)
	p.y += 6
	p.paragraph(plainFace(bodyText), faded, c.Subtitle, 2)
	p.y += 24
	if c.Before != "" && len(c.Bars) > 0 {
		p.legend(c)
	} else {
		p.y += 20
	}
}

// legend is in the colour of the bars where they have but one.
func (p *pen) legend(c Chart) {
	const swatch, gap, between, nextLine = 56, 16, 56, 46
	colour := neutral
	if only := c.Bars[0].Color; !slices.ContainsFunc(c.Bars, func(b Bar) bool { return b.Color != only }) {
		colour = parseColor(only)
	}
	face := plainFace(smallText)
	now, before := shorten(face, c.Now, lineWidth-swatch-gap), shorten(face, c.Before, lineWidth-swatch-gap)
	x := vg.Length(margin)
	p.round(x, p.y+9, swatch, 26, colour)
	p.text(face, ink, x+swatch+gap, p.y+22, now)
	x += swatch + gap + widthOf(face, now) + between
	if x+swatch+gap+widthOf(face, before) > pictureWidth-margin {
		x = margin
		p.y += nextLine
	}
	p.round(x, p.y+16, swatch, 12, pale(colour))
	p.text(face, ink, x+swatch+gap, p.y+22, before)
	p.y += 78
}

func (p *pen) foot(note string) {
	p.paragraph(plainFace(smallText), faded, note, 8)
	p.y += margin - 16
}
