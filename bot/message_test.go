package bot

import (
	"strings"
	"testing"

	"maillage/rules"
)

// TestLongestButton holds every button to Telegram's 64 bytes, with the longest ids that the reader of config.yaml allows.
func TestLongestButton(t *testing.T) {
	id := strings.Repeat("x", 24)
	v := view{Rules: testRules(t), conv: &conversation{Rev: 1_000_000}}
	names := []string{nav, fixStep}
	for _, s := range steps {
		names = append(names, s.name)
	}
	for name := range taps() {
		names = append(names, name)
	}
	for _, name := range names {
		for _, value := range []string{id, "/" + id, "2026-W47/" + strings.Repeat("z", 13)} { // the longest record id
			if data := (Data{name, value, v.conv.Rev}).String(); len(data) > maxData {
				t.Errorf("%q takes %d bytes", data, len(data))
			}
		}
	}
	longest := ""
	for _, n := range v.Needs {
		if len(n.ID) > len(longest) {
			longest = n.ID
		}
	}
	if d := (Data{"sens", strings.Repeat("w", longestWord) + "/" + longest, 0}); len(d.String()) > maxData {
		t.Errorf("%q is too long", d)
	}
	for _, b := range rules.Bands {
		if d := (Data{"public", "age/" + b.ID, v.conv.Rev}); len(d.String()) > maxData {
			t.Errorf("%q is too long", d)
		}
	}
}

func FuzzParseData(f *testing.F) {
	f.Add("besoins:stage:12")
	f.Add("a:b:c")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseData(s)
		if err != nil {
			return
		}
		if back, err := parseData(d.String()); err != nil || back != d {
			t.Errorf("%q is read as %v and written as %q", s, d, d.String())
		}
	})
}

func TestParseCommand(t *testing.T) {
	for _, c := range []struct {
		text, name, args string
		ok               bool
	}{
		{"/action", "action", "", true},
		{"/Partenaires@maillage_bot mission locale", "partenaires", "mission locale", true},
		{"  /start ABC\n", "start", "ABC", true},
		{"/", "", "", false},
		{"vu un jeune / sa mère", "", "", false},
	} {
		name, args, ok := parseCommand(c.text)
		if name != c.name || args != c.args || ok != c.ok {
			t.Errorf("%q: %q %q %t", c.text, name, args, ok)
		}
	}
}
