package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
)

// week is a week as educators see it.
var week = Chart{
	Title: "Équipe des Glycines", Subtitle: "Semaine 47, du 16 au 22 novembre", Now: "cette semaine", Before: "semaine d’avant",
	Bars: []Bar{
		{"Emploi", "#2466C8", 12, 9, "12 (+3)"},
		{"École", "#C2860C", 6, 11, "6 (−5)"},
		{"Santé", "#DE3569", 3, 3, "3 (=)"},
		{"Quartier", "#A13092", 0, 2, "0 (−2)"},
	},
	Note: "19 actions distinctes. Une action de deux domaines compte dans chacun.",
}

func year() Timeline {
	t := Timeline{Title: "Actions par mois", Now: "2026", Before: "2025"}
	for i, label := range strings.Fields("janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.") {
		t.Bars = append(t.Bars, Bar{Label: label, Now: 100 + i, Before: 120 - 5*i, Text: fmt.Sprint(100 + i)})
	}
	return t
}

// hardCharts are those where drawing could go wrong.
func hardCharts() map[string]Chart {
	long := strings.Repeat("Hébergement et logement ", 30)
	many := Chart{Title: "Beaucoup", Now: "a", Before: "b"}
	for i := range 500 {
		many.Bars = append(many.Bars, Bar{Label: fmt.Sprintf("n° %d", i), Now: i, Before: 500 - i, Text: fmt.Sprint(i)})
	}
	return map[string]Chart{
		"a week":        week,
		"nothing":       {},
		"no bar":        {Title: "Rien", Now: "a", Before: "b"},
		"one bar":       {Bars: []Bar{{"Santé", "#DE3569", 1, 0, "1"}}},
		"all zero":      {Now: "a", Before: "b", Bars: []Bar{{Label: "A", Text: "0 (=)"}, {Label: "B", Text: "0 (=)"}}},
		"less than 0":   {Now: "a", Before: "b", Bars: []Bar{{Label: "A", Now: -5, Before: -7}, {Label: "B", Now: 2}}},
		"great figures": {Now: "a", Before: "b", Bars: []Bar{{"A", "", math.MaxInt, 1, "9 223 372 036 854 775 807 (+9 223 372 036 854 775 806)"}, {"B", "", 1, math.MaxInt, "1"}}},
		"long texts":    {long, long, long, long, []Bar{{long, "", 3, 4, long}}, long},
		"one long word": {strings.Repeat("W", 300), "", "a", strings.Repeat("W", 300), []Bar{{strings.Repeat("W", 300), "bleu", 3, 4, "3"}}, ""},
		"no letters":    {"🌟🌟", "\n\t", "\x00", "\xff\xfe", []Bar{{"", "", 1, 1, ""}}, "\u202e\u200d"},
		"many bars":     many,
	}
}

func decoded(t *testing.T, draw func() ([]byte, error)) *image.Paletted {
	t.Helper()
	b, err := draw()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.Paletted)
}

// TestPictureFits holds what Telegram asks of a photo, and that nothing is cut off at the edges.
func TestPictureFits(t *testing.T) {
	for name, c := range hardCharts() {
		for kind, draw := range map[string]func() ([]byte, error){"chart": c.PNG, "timeline": Timeline(c).PNG} {
			img := decoded(t, draw)
			w, h := img.Rect.Dx(), img.Rect.Dy()
			if w != 1080 || w+h > 10_000 || max(w, h) > 20*min(w, h) {
				t.Errorf("%s of %s is %d x %d", kind, name, w, h)
			}
			const edge = 6
			if middle := image.Rect(edge, edge, w-edge, h-edge); !blankAround(img, middle) {
				t.Errorf("%s of %s goes over the edge", kind, name)
			}
		}
	}
}

// blankAround tells whether img is white outside a rectangle.
func blankAround(img *image.Paletted, middle image.Rectangle) bool {
	white := indexOf(img, "#FFFFFF")
	for y := range img.Rect.Dy() {
		for x := 0; x < img.Rect.Dx(); x++ {
			if image.Pt(x, y).In(middle) {
				x = middle.Max.X
			}
			if int(img.Pix[img.PixOffset(x, y)]) != white {
				return false
			}
		}
	}
	return true
}

// indexOf finds a colour in the palette, -1 when it is not there.
func indexOf(img *image.Paletted, hex string) int {
	return slices.IndexFunc(img.Palette, func(c color.Color) bool {
		r, g, b, _ := c.RGBA()
		return fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8) == hex
	})
}

// pixels counts those of one colour.
func pixels(img *image.Paletted, hex string) int {
	index := indexOf(img, hex)
	if index < 0 {
		return 0
	}
	return bytes.Count(img.Pix, []byte{byte(index)})
}

func TestBarsAreAsLongAsTheirFigures(t *testing.T) {
	img := decoded(t, week.PNG)
	emploi := pixels(img, "#2466C8")
	for hex, share := range map[string]float64{"#C2860C": 6. / 12, "#DE3569": 3. / 12, "#A13092": 0} {
		if got := float64(pixels(img, hex)) / float64(emploi); math.Abs(got-share) > .02 {
			t.Errorf("the bar of %s is %.2f of the longest, want %.2f", hex, got, share)
		}
	}
	if before := pixels(img, "#A7C1E9"); before < emploi/8 || before > emploi/2 {
		t.Errorf("the bar of the week before has %d pixels beside %d", before, emploi)
	}
}

func TestAlmostNothingLeavesATrace(t *testing.T) {
	img := decoded(t, Chart{Bars: []Bar{{"A", "#2466C8", 10_000, 0, ""}, {"B", "#DE3569", 1, 0, ""}}}.PNG)
	if pixels(img, "#DE3569") == 0 {
		t.Error("1 beside 10,000 cannot be seen")
	}
}

func TestHeightFollowsBars(t *testing.T) {
	height := func(bars int, before string) int {
		return int(heightOf(Chart{Title: "T", Before: before, Bars: make([]Bar, bars)}.draw))
	}
	if drawn, want := decoded(t, week.PNG).Rect.Dy(), int(heightOf(week.draw)); drawn != want {
		t.Errorf("drawn %d high, want %d", drawn, want)
	}
	if one, two, nine := height(1, ""), height(2, ""), height(9, ""); nine-two != 7*(two-one) || two <= one {
		t.Errorf("1, 2 and 9 bars are %d, %d and %d high", one, two, nine)
	}
	if one, two := height(2, ""), height(2, "avant"); two <= one {
		t.Errorf("a second series takes no room: %d and %d", one, two)
	}
	if most, more := height(maxBars, ""), height(maxBars+1, ""); more-most > 50 {
		t.Errorf("a bar too many adds %d", more-most)
	}
}

func TestColumnsAreAsTallAsTheirFigures(t *testing.T) {
	img := decoded(t, Timeline{Bars: []Bar{{"mai", "#2466C8", 10, 0, "10"}, {"juin", "#DE3569", 5, 0, "5"}}}.PNG)
	if got := float64(pixels(img, "#DE3569")) / float64(pixels(img, "#2466C8")); math.Abs(got-.5) > .02 {
		t.Errorf("5 beside 10 is %.2f", got)
	}
}

// TestSameFiguresSameBytes draws side by side, as on a Monday morning.
func TestSameFiguresSameBytes(t *testing.T) {
	for name, draw := range map[string]func() ([]byte, error){
		"png": week.PNG, "svg": week.SVG, "timeline png": year().PNG, "timeline svg": year().SVG,
	} {
		var pictures [2][]byte
		var all sync.WaitGroup
		for i := range pictures {
			all.Go(func() {
				var err error
				if pictures[i], err = draw(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if !bytes.Equal(pictures[0], pictures[1]) {
			t.Errorf("%s: other bytes for the same figures", name)
		}
	}
}

// wordsIn returns what an SVG writes, and fails when it is no XML.
func wordsIn(t *testing.T, draw func() ([]byte, error)) []string {
	t.Helper()
	b, err := draw()
	if err != nil {
		t.Fatal(err)
	}
	var written []string
	in := ""
	for decoder := xml.NewDecoder(bytes.NewReader(b)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return written
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, b)
		}
		switch token := token.(type) {
		case xml.StartElement:
			in = token.Name.Local
		case xml.EndElement:
			in = ""
		case xml.CharData:
			if in == "text" {
				written = append(written, string(token))
			}
		}
	}
}

func TestSVGSaysItInWords(t *testing.T) {
	tricky := week
	tricky.Title = "Équipe <Nord> & Cie"
	tricky.Bars = append(slices.Clone(week.Bars), Bar{"Hébergement et logement des jeunes", "", 1204, 0, "1\u202f204 (+1\u202f204)"})
	got := wordsIn(t, tricky.SVG)
	want := []string{"Équipe <Nord> & Cie", "Semaine 47, du 16 au 22 novembre", "cette semaine", "semaine d’avant",
		"Emploi", "12 ", "(+3)", "École", "6 ", "(−5)", "Santé", "3 ", "(=)", "Quartier", "0 ", "(−2)",
		"Hébergement et", "logement des jeunes", "1\u00a0204 ", "(+1\u00a0204)",
		"19 actions distinctes. Une action de deux domaines compte dans", "chacun."}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	for name, c := range hardCharts() {
		wordsIn(t, c.SVG)
		if strings.Contains(strings.Join(wordsIn(t, Timeline(c).SVG), ""), "\u202f") {
			t.Errorf("%s: a narrow space is left", name)
		}
	}
}

func TestManyBarsAreCounted(t *testing.T) {
	if got := wordsIn(t, hardCharts()["many bars"].SVG); !slices.Contains(got, "et 460 autres") {
		t.Errorf("nothing says that 460 bars are left out: %q", got)
	}
}

func TestTimelineLabels(t *testing.T) {
	if got, want := strings.Join(wordsIn(t, year().SVG), " "), "Actions par mois 2026 2025 janv. 100 févr. 101 mars 102 avril 103 mai 104 juin 105 "+
		"juil. 106 août 107 sept. 108 oct. 109 nov. 110 déc. 111"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var weeks Timeline
	for i := range 52 {
		weeks.Bars = append(weeks.Bars, Bar{Label: fmt.Sprintf("S%d", i+1), Now: i, Text: fmt.Sprint(i)})
	}
	if got, want := strings.Join(wordsIn(t, weeks.SVG), " "), "S1 0 S5 4 S9 8 S13 12 S17 16 S21 20 S25 24 S29 28 S33 32 S37 36 S41 40 S45 44 S49 48"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDrawable(t *testing.T) {
	for text, want := range map[string]string{
		"Œuvre, naïf, « où »":  "Œuvre, naïf, « où »",
		"1\u202f204\u00a0%":    "1\u00a0204\u00a0%",
		"E\u0301cole":          "École",
		"Nord\n🏘️ Sud":         "Nord  Sud",
		"Saint\u2011Martin":    "Saint-Martin",
		"a\u200db\u202ec\x00d": "abcd",
	} {
		if got := drawable(plainFace(smallText), text); got != want {
			t.Errorf("%q is drawn as %q, want %q", text, got, want)
		}
	}
}

func TestChartInWords(t *testing.T) {
	for _, c := range []struct {
		chart fmt.Stringer
		want  string
	}{
		{Chart{}, ""},
		{week, "Emploi 12 (avant 9)\nÉcole 6 (avant 11)\nSanté 3 (avant 3)\nQuartier 0 (avant 2)"},
		{Chart{Bars: []Bar{{"CCAS", "", 1204, 3, "1 204"}}}, "CCAS 1\u202f204"},
		{Timeline{Before: "2025", Bars: []Bar{{"mai", "", 1, 0, "1"}}}, "mai 1 (avant 0)"},
	} {
		if got := c.chart.String(); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

// FuzzSVG holds that no text and no figure makes a drawing that is not XML.
func FuzzSVG(f *testing.F) {
	f.Add("Équipe <Nord>", "&amp; \x00", 3, -4)
	f.Fuzz(func(t *testing.T, one, other string, now, before int) {
		c := Chart{one, other, one, other, []Bar{{one, other, now, before, other}, {Label: other, Now: before}}, one}
		wordsIn(t, c.SVG)
		wordsIn(t, Timeline(c).SVG)
	})
}

func BenchmarkPNG(b *testing.B) {
	nine := week
	nine.Bars = slices.Repeat(week.Bars, 3)[:9]
	for name, draw := range map[string]func() ([]byte, error){"chart": nine.PNG, "timeline": year().PNG} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				picture, err := draw()
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(picture)), "bytes/picture")
			}
		})
	}
}
