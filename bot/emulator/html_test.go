package emulator

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseHTML(t *testing.T) {
	for _, test := range []struct{ in, text, html string }{
		{"a & b", "a & b", "a &amp; b"},
		{"1 &lt; 2 &gt; 1 &amp; &quot;oui&quot; &#39;non&#x27;", `1 < 2 > 1 & "oui" 'non'`, `1 &lt; 2 &gt; 1 &amp; &quot;oui&quot; 'non'`},
		{"&eacute; &nbsp; &lt", "&eacute; &nbsp; <", "&amp;eacute; &amp;nbsp; &lt;"},
		{"<STRONG>a</strong><em>b</em><ins>c</ins><del>d</del><strike>e</strike>", "abcde", "<b>a</b><i>b</i><u>c</u><s>d</s><s>e</s>"},
		{"<b>a<i>b</i></b>", "ab", "<b>a<i>b</i></b>"},
		{"<b>a</>", "a", "<b>a</b>"},
		{"a<b></b>c", "ac", "ac"},
		{`<a href="https://exemple.fr/?a=1&amp;b=%22">lien</a>`, "lien", `<a href="https://exemple.fr/?a=1&amp;b=%22">lien</a>`},
		{"<a>exemple.fr</a>", "exemple.fr", `<a href="http://exemple.fr">exemple.fr</a>`},
		{`<a href="javascript:alert(1)">x</a>`, "x", "x"},
		{`<a href='https://exemple.fr/"onmouseover=x'>x</a>`, "x", `<a href="https://exemple.fr/&quot;onmouseover=x">x</a>`},
		{`<span class="tg-spoiler">x</span>`, "x", "<tg-spoiler>x</tg-spoiler>"},
		{`<pre><code class="language-go">x</code></pre>`, "x", "<pre><code>x</code></pre>"},
		{"<blockquote expandable>x</blockquote>", "x", "<blockquote>x</blockquote>"},
		{`<tg-time unix="1647531900" format="t">22:45</tg-time>`, "22:45", "22:45"},
		{" <b>a</b>\n", "a", "<b>a</b>"},
	} {
		f, err := parseHTML(test.in)
		if err != nil || f.text != test.text || f.html != test.html {
			t.Errorf("%s:\n got %q %q %v\nwant %q %q", test.in, f.text, f.html, err, test.text, test.html)
		}
	}
}

func TestParseHTMLErrors(t *testing.T) {
	for in, want := range map[string]string{
		"<br>":                   `Unsupported start tag "br" at byte offset 0`,
		"é < b":                  `Unsupported start tag "" at byte offset 3`,
		"x <b":                   "Unclosed start tag at byte offset 2",
		"<a href":                `Unclosed start tag "a" at byte offset 0`,
		`<a href="x"`:            "Unclosed start tag at byte offset 0",
		`<a ="x">y</a>`:          `Empty attribute name in the tag "a" at byte offset 0`,
		"<a href=x/>y</a>":       "Unexpected end of name token at byte offset 8",
		"<span>x</span>":         `Tag "span" must have class "tg-spoiler" at byte offset 0`,
		"x</b>":                  "Unexpected end tag at byte offset 1",
		"<b>x</b":                "Unclosed end tag at byte offset 4",
		"<b>x</i>":               `Unmatched end tag at byte offset 4, expected "</b>", found "</i>"`,
		"<b>x":                   `Can't find end tag corresponding to start tag "b"`,
		"<tg-emoji>y</tg-emoji>": "Invalid custom emoji identifier specified",
	} {
		if _, err := parseHTML(in); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

// FuzzParseHTML: whatever comes in, what goes to the page is valid for this very parser, shows the same text, and has no
// other tags than those it is meant to have.
func FuzzParseHTML(f *testing.F) {
	for _, seed := range []string{"<b>a</b>", `<a href="https://exemple.fr">x</a>`, "&#x41;&lt;", "<pre><code class='language-go'>x</code></pre>",
		"<span class=tg-spoiler>a</span>", "</", "<", "&#", "<blockquote expandable>a</blockquote>", "<a href=\"http://a.b/\">\x00</a>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if !utf8.ValidString(in) {
			return
		}
		first, err := parseHTML(in)
		if err != nil {
			return
		}
		second, err := parseHTML(first.html)
		if err != nil {
			t.Fatalf("%q became %q: %v", in, first.html, err)
		}
		if second.text != first.text {
			t.Fatalf("%q shows %q, then %q", in, first.text, second.text)
		}
		if strings.Contains(strings.ToLower(first.html), "<a href=\"javascript:") || strings.Contains(first.html, "<script") {
			t.Fatalf("%q became %q", in, first.html)
		}
	})
}
