package report

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A pen draws from the top down.
type pen struct {
	canvas vg.Canvas // nil while the height is being found
	height vg.Length
	y      vg.Length // how far down the picture is drawn
}

// heightOf draws on nothing to know how high a picture will be.
func heightOf(draw func(*pen)) vg.Length {
	var p pen
	draw(&p)
	return vg.Length(math.Ceil(float64(p.y)))
}

// paragraph writes a text on as many lines as it takes, up to most, and goes down below them.
func (p *pen) paragraph(f font.Face, c color.Color, text string, most int) {
	for _, line := range linesOf(f, text, lineWidth, most) {
		height := 1.25 * f.Font.Size
		p.text(f, c, margin, p.y+height/2, line)
		p.y += height
	}
}

// text writes one line from x on, the middle of its lower case letters at y.
func (p *pen) text(f font.Face, c color.Color, x, y vg.Length, s string) {
	if p.canvas == nil || s == "" {
		return
	}
	p.canvas.SetColor(c)
	baseline := y + .35*f.Font.Size
	p.canvas.FillString(f, vg.Point{X: x, Y: p.height - baseline}, drawable(f, s))
}

// centered writes one line around x, as far as the picture goes.
func (p *pen) centered(f font.Face, c color.Color, x, y vg.Length, s string) {
	const edge = 8
	s = shorten(f, s, lineWidth)
	w := widthOf(f, s)
	p.text(f, c, max(edge, min(x-w/2, pictureWidth-edge-w)), y, s)
}

func (p *pen) rect(x, y, w, h vg.Length, c color.Color) {
	p.fill(c, vg.Rectangle{Min: vg.Point{X: x, Y: p.height - y - h}, Max: vg.Point{X: x + w, Y: p.height - y}}.Path())
}

// round draws a rectangle with slightly rounded corners.
func (p *pen) round(x, y, w, h vg.Length, c color.Color) {
	r := min(6, w/2, h/2)
	if r <= 0 {
		return
	}
	top, bottom, right := p.height-y, p.height-y-h, x+w
	var path vg.Path
	path.Move(vg.Point{X: x + r, Y: bottom})
	path.Line(vg.Point{X: right - r, Y: bottom})
	path.QuadTo(vg.Point{X: right, Y: bottom}, vg.Point{X: right, Y: bottom + r})
	path.Line(vg.Point{X: right, Y: top - r})
	path.QuadTo(vg.Point{X: right, Y: top}, vg.Point{X: right - r, Y: top})
	path.Line(vg.Point{X: x + r, Y: top})
	path.QuadTo(vg.Point{X: x, Y: top}, vg.Point{X: x, Y: top - r})
	path.Line(vg.Point{X: x, Y: bottom + r})
	path.QuadTo(vg.Point{X: x, Y: bottom}, vg.Point{X: x + r, Y: bottom})
	path.Close()
	p.fill(c, path)
}

func (p *pen) fill(c color.Color, path vg.Path) {
	if p.canvas == nil {
		return
	}
	p.canvas.SetColor(c)
	p.canvas.Fill(path)
}

// drawing is held while a picture is drawn: each takes 16 MB for 50 ms, and a Monday morning asks for one per educator.
var drawing sync.Mutex

func drawPNG(draw func(*pen)) ([]byte, error) {
	drawing.Lock()
	defer drawing.Unlock()
	height := heightOf(draw)
	// 72 dots per inch make a point a pixel.
	canvas := vgimg.NewWith(vgimg.UseWH(pictureWidth, height), vgimg.UseDPI(72))
	draw(&pen{canvas: canvas, height: height})
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed} // half of the time, for 5 % more bytes
	if err := encoder.Encode(&b, indexed(canvas.Image().(*image.RGBA))); err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	return b.Bytes(), nil
}

// indexed keeps the 256 colours that img has most of. The others only soften the edges of letters: each becomes the nearest one.
// A third of the bytes are left, and half of the time.
func indexed(img *image.RGBA) *image.Paletted {
	out := image.NewPaletted(img.Rect, nil)
	counts := map[uint32]int{}
	eachRun(img, func(colour uint32, from, to int) { counts[colour] += to - from })
	byCount := slices.SortedFunc(maps.Keys(counts), func(a, b uint32) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	index := map[uint32]uint8{}
	for i, colour := range byCount {
		rgba := color.RGBA{uint8(colour >> 24), uint8(colour >> 16), uint8(colour >> 8), uint8(colour)}
		if i < 256 {
			out.Palette = append(out.Palette, rgba)
			index[colour] = uint8(i)
		} else {
			index[colour] = uint8(out.Palette.Index(rgba))
		}
	}
	eachRun(img, func(colour uint32, from, to int) {
		i := index[colour]
		for n := range out.Pix[from:to] {
			out.Pix[from+n] = i
		}
	})
	return out
}

// eachRun calls f for the pixels from..to that follow each other in one colour, which is 0xRRGGBBAA.
func eachRun(img *image.RGBA, f func(colour uint32, from, to int)) {
	at := func(n int) uint32 { return binary.BigEndian.Uint32(img.Pix[4*n:]) }
	pixels := len(img.Pix) / 4
	for from := 0; from < pixels; {
		colour, to := at(from), from+1
		for to < pixels && at(to) == colour {
			to++
		}
		f(colour, from, to)
		from = to
	}
}

func drawSVG(draw func(*pen)) ([]byte, error) {
	height := heightOf(draw)
	canvas := vgsvg.NewWith(vgsvg.UseWH(pictureWidth, height))
	p := &pen{canvas: canvas, height: height}
	p.rect(0, 0, pictureWidth, height, paper)
	draw(p)
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	// Arial has the same widths, where there is no Liberation Sans.
	return bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif")), nil
}

var fonts = sync.OnceValue(func() [2]*opentype.Font {
	var parsed [2]*opentype.Font
	for i, ttf := range [][]byte{liberationsansregular.TTF, liberationsansbold.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			panic(fmt.Sprintf("a font in the program itself: %v", err))
		}
		parsed[i] = f
	}
	return parsed
})

func plainFace(size vg.Length) font.Face {
	return font.Face{Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}, Face: fonts()[0]}
}

func boldFace(size vg.Length) font.Face {
	return font.Face{Font: font.Font{Typeface: "Liberation", Variant: "Sans", Weight: xfont.WeightBold, Size: size}, Face: fonts()[1]}
}

// drawable leaves out of s what the font would draw as a box, and makes spaces of what breaks lines.
func drawable(f font.Face, s string) string {
	var glyphs sfnt.Buffer
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\u202f':
			return '\u00a0'
		case c == '\u2011':
			return '-'
		case unicode.IsSpace(c) && c != '\u00a0':
			return ' '
		}
		if i, err := f.Face.GlyphIndex(&glyphs, c); err != nil || i == 0 || unicode.In(c, unicode.C) {
			return -1
		}
		return c
	}, norm.NFC.String(s))
}

func widthOf(f font.Face, s string) vg.Length { return f.Width(drawable(f, s)) }

// shorten cuts s to a width, the end becoming "…".
func shorten(f font.Face, s string, most vg.Length) string {
	const longest = 200 // characters; no picture is wide enough for more
	s = strings.TrimSpace(drawable(f, s))
	runes := []rune(s)
	for n := min(len(runes), longest); widthOf(f, s) > most && n > 0; n-- {
		s = strings.TrimRightFunc(string(runes[:n-1]), unicode.IsSpace) + "…"
	}
	return s
}

// linesOf breaks s at its spaces into lines of a width, up to most of them; what is too much becomes "…".
func linesOf(f font.Face, s string, widest vg.Length, most int) []string {
	var lines []string
	words := slices.DeleteFunc(strings.Split(drawable(f, s), " "), func(w string) bool { return w == "" })
	for len(words) > 0 {
		n := 1
		for n < len(words) && widthOf(f, strings.Join(words[:n+1], " ")) <= widest {
			n++
		}
		if len(lines) == most-1 {
			n = len(words)
		}
		lines = append(lines, shorten(f, strings.Join(words[:n], " "), widest))
		words = words[n:]
	}
	return lines
}

// parseColor reads "#2466C8", and takes a default for anything else.
func parseColor(s string) color.NRGBA {
	c := usualColor
	if n, err := fmt.Sscanf(s, "#%02x%02x%02x", &c.R, &c.G, &c.B); n != 3 || err != nil {
		return usualColor
	}
	return c
}

// pale mixes a colour with white.
func pale(c color.NRGBA) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8((int(v)*2 + 255*3) / 5) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 255}
}
