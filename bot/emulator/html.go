package emulator

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// maxEntities is how many entities of a message the server keeps.
const maxEntities = 100

// htmlTags are the tags that the server knows, and what stands for each on the page. The content of those that map to
// nothing is shown as it is.
var htmlTags = map[string]string{
	"a": "a", "b": "b", "strong": "b", "i": "i", "em": "i", "u": "u", "ins": "u", "s": "s", "strike": "s", "del": "s",
	"code": "code", "pre": "pre", "blockquote": "blockquote", "tg-spoiler": "tg-spoiler", "span": "tg-spoiler",
	"tg-emoji": "", "tg-time": "",
}

// formatted is what became of a message's HTML.
type formatted struct {
	text  string   // as shown
	html  string   // the same with its tags: nothing but the values of htmlTags, and a's href; safe to put in a page
	drops []string // what the server would leave out without a word
}

// parseError is a refusal in the server's words, which begin with a capital.
type parseError string

func (e parseError) Error() string { return string(e) }

func parseErrorf(format string, args ...any) error { return parseError(fmt.Sprintf(format, args...)) }

// plain is a text without formatting.
func plain(s string) formatted {
	s = strings.TrimSpace(s)
	return formatted{text: s, html: escape(s)}
}

// parseHTML reads HTML as the server does, and fails with the server's words.
func parseHTML(s string) (formatted, error) {
	p := htmlParser{in: s}
	for p.pos < len(p.in) {
		var err error
		switch {
		case p.in[p.pos] == '&':
			p.put(p.reference())
		case p.in[p.pos] != '<':
			p.put(p.in[p.pos : p.pos+1])
			p.pos++
		case p.at(p.pos+1) == '/':
			err = p.endTag()
		default:
			err = p.startTag()
		}
		if err != nil {
			return formatted{}, err
		}
	}
	if n := len(p.open); n > 0 {
		return formatted{}, parseErrorf("Can't find end tag corresponding to start tag %q", p.open[n-1].name)
	}
	if p.entities > maxEntities {
		p.drops = append(p.drops, fmt.Sprintf("%d entities, of which the server keeps %d", p.entities, maxEntities))
	}
	return formatted{text: strings.TrimSpace(string(p.text)), html: strings.TrimSpace(string(p.html)), drops: p.drops}, nil
}

type htmlParser struct {
	in       string
	pos      int
	text     []byte
	html     []byte
	open     []openTag
	entities int
	drops    []string
}

// openTag remembers where the content of a tag begins in the output.
type openTag struct {
	name, argument string
	text, html     int
}

// at is the byte at i, or 0 behind the end: as in the server, 0 counts as space.
func (p *htmlParser) at(i int) byte {
	if i < len(p.in) {
		return p.in[i]
	}
	return 0
}

func (p *htmlParser) put(s string) {
	p.text = append(p.text, s...)
	p.html = append(p.html, escape(s)...)
}

// skipSpace stops at the end.
func (p *htmlParser) skipSpace() {
	for p.pos < len(p.in) && isSpace(p.in[p.pos]) {
		p.pos++
	}
}

// reference decodes what begins with & at pos and passes over it. What is no reference is an ampersand.
func (p *htmlParser) reference() string {
	code, length := decodeReference(p.in[p.pos:])
	if length == 0 {
		p.pos++
		return "&"
	}
	p.pos += length
	return string(code)
}

// decodeReference reads a character reference: a number, or one of the four names that the server knows. The semicolon may be missing.
func decodeReference(s string) (code rune, length int) {
	end := 1
	if strings.HasPrefix(s, "&#") {
		digits, base := "0123456789", 10
		end = 2
		if strings.HasPrefix(s, "&#x") {
			digits, base, end = "0123456789abcdefABCDEF", 16, 3
		}
		start := end
		for end < len(s) && strings.IndexByte(digits, s[end]) >= 0 {
			end++
		}
		n, err := strconv.ParseInt(s[start:end], base, 32)
		if err != nil || n == 0 || n >= 0x10ffff || end >= 10 {
			return 0, 0
		}
		code = rune(n)
	} else {
		for end < len(s) && (s[end]|0x20) >= 'a' && (s[end]|0x20) <= 'z' {
			end++
		}
		code = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}[s[1:end]]
		if code == 0 {
			return 0, 0
		}
	}
	if end < len(s) && s[end] == ';' {
		end++
	}
	return code, end
}

// startTag reads a start tag with its attributes.
func (p *htmlParser) startTag() error {
	begin := p.pos
	p.pos++
	for !isSpace(p.at(p.pos)) && p.at(p.pos) != '>' {
		p.pos++
	}
	if p.at(p.pos) == 0 {
		return parseErrorf("Unclosed start tag at byte offset %d", begin)
	}
	tag := openTag{name: strings.ToLower(p.in[begin+1 : p.pos]), text: len(p.text), html: len(p.html)}
	if _, known := htmlTags[tag.name]; !known {
		return parseErrorf("Unsupported start tag %q at byte offset %d", tag.name, begin)
	}
	for {
		p.skipSpace()
		if p.at(p.pos) == '>' {
			break
		}
		if err := p.attribute(&tag, begin); err != nil {
			return err
		}
	}
	p.pos++
	if tag.name == "span" && tag.argument != "tg-spoiler" {
		return parseErrorf("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
	}
	p.open = append(p.open, tag)
	return nil
}

// attribute reads one attribute of the tag that begins at begin, and keeps the value of those that matter.
func (p *htmlParser) attribute(tag *openTag, begin int) error {
	start := p.pos
	for c := p.at(p.pos); !isSpace(c) && c != '=' && c != '>' && c != '/' && c != '"' && c != '\''; c = p.at(p.pos) {
		p.pos++
	}
	name := p.in[start:p.pos]
	if name == "" {
		return parseErrorf("Empty attribute name in the tag %q at byte offset %d", tag.name, begin)
	}
	p.skipSpace()
	if p.at(p.pos) == 0 {
		return parseErrorf("Unclosed start tag %q at byte offset %d", tag.name, begin)
	}
	if p.at(p.pos) != '=' {
		return nil // such as blockquote's expandable
	}
	p.pos++
	p.skipSpace()
	if p.at(p.pos) == 0 {
		return parseErrorf("Unclosed start tag %q at byte offset %d", tag.name, begin)
	}
	value, err := p.attributeValue()
	if err != nil {
		return err
	}
	if p.at(p.pos) == 0 {
		return parseErrorf("Unclosed start tag at byte offset %d", begin)
	}
	switch tag.name + " " + name {
	case "a href", "span class", "tg-emoji emoji-id":
		tag.argument = value
	}
	return nil
}

// attributeValue reads a name token or a string between quotes.
func (p *htmlParser) attributeValue() (string, error) {
	start := p.pos
	quote := p.at(p.pos)
	if quote != '"' && quote != '\'' {
		for c := p.at(p.pos); c >= '0' && c <= '9' || (c|0x20) >= 'a' && (c|0x20) <= 'z' || c == '.' || c == '-'; c = p.at(p.pos) {
			p.pos++
		}
		if c := p.at(p.pos); !isSpace(c) && c != '>' {
			return "", parseErrorf("Unexpected end of name token at byte offset %d", start)
		}
		return strings.ToLower(p.in[start:p.pos]), nil
	}
	p.pos++
	var value strings.Builder
	for p.pos < len(p.in) && p.in[p.pos] != quote {
		if p.in[p.pos] == '&' {
			value.WriteString(p.reference())
			continue
		}
		value.WriteByte(p.in[p.pos])
		p.pos++
	}
	p.pos++
	return value.String(), nil
}

// endTag reads an end tag and wraps what came since its start. A tag around nothing leaves nothing.
func (p *htmlParser) endTag() error {
	begin := p.pos
	if len(p.open) == 0 {
		return parseErrorf("Unexpected end tag at byte offset %d", begin)
	}
	p.pos += 2
	for !isSpace(p.at(p.pos)) && p.at(p.pos) != '>' {
		p.pos++
	}
	name := strings.ToLower(p.in[begin+2 : min(p.pos, len(p.in))])
	p.skipSpace()
	if p.at(p.pos) != '>' {
		return parseErrorf("Unclosed end tag at byte offset %d", begin)
	}
	p.pos++
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name {
		return parseErrorf("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, tag.name, name)
	}
	p.open = p.open[:len(p.open)-1]
	if len(p.text) == tag.text {
		return nil
	}
	return p.wrap(tag)
}

// wrap puts the tags around what was read since tag.
func (p *htmlParser) wrap(tag openTag) error {
	start := htmlTags[tag.name]
	end := start
	switch tag.name {
	case "tg-emoji":
		if id, err := strconv.ParseInt(tag.argument, 10, 64); err != nil || id == 0 {
			return parseErrorf("Invalid custom emoji identifier specified")
		}
	case "a":
		link := tag.argument
		if link == "" {
			link = string(p.text[tag.text:])
		}
		checked, err := checkLink(link)
		if err != nil {
			p.drops = append(p.drops, fmt.Sprintf("the link to %q: %v", link, err))
			return nil
		}
		start = `a href="` + escape(checked) + `"`
	}
	p.entities++
	if start != "" {
		p.html = slices.Insert(p.html, tag.html, []byte("<"+start+">")...)
		p.html = append(p.html, "</"+end+">"...)
	}
	return nil
}

// checkLink takes the links that the server takes, and completes one without a scheme. The error says what is wrong
// with it.
func checkLink(link string) (string, error) {
	if !strings.Contains(link, ":") {
		link = "http://" + link
	}
	u, err := url.Parse(link)
	switch {
	case err != nil:
		return "", parseErrorf("Wrong HTTP URL")
	case u.Scheme == "tg" || u.Scheme == "ton":
		return link, nil
	case u.Scheme != "http" && u.Scheme != "https":
		return "", parseErrorf("Unsupported URL protocol")
	case !strings.Contains(strings.Trim(u.Hostname(), "."), "."):
		return "", parseErrorf("Wrong HTTP URL")
	}
	return link, nil
}

// escape makes a text safe inside HTML and inside an attribute between double quotes.
func escape(s string) string { return escaper.Replace(s) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == 0
}

// units is a text's length as Telegram counts it, in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
