package report

import "testing"

func TestPeriodNames(t *testing.T) {
	for _, c := range []struct{ period, name, short, during string }{
		{"2026-W47", "semaine 47 (du 16 au 22 novembre)", "semaine 47", "en semaine 47 (du 16 au 22 novembre 2026)"},
		{"2026-W53", "semaine 53 (du 28 décembre au 3 janvier)", "semaine 53", "en semaine 53 (du 28 décembre 2026 au 3 janvier 2027)"},
		{"2026-08", "août 2026", "août 2026", "en août 2026"},
		{"2026-T1", "1er trimestre 2026", "1er trimestre 2026", "au 1er trimestre 2026"},
		{"2026-T4", "4e trimestre 2026", "4e trimestre 2026", "au 4e trimestre 2026"},
		{"2026", "2026", "2026", "en 2026"},
		{"2026-03-01..2026-04-15", "du 1er mars au 15 avril 2026", "du 1er mars au 15 avril 2026", "du 1er mars au 15 avril 2026"},
		{"2026-03-03..2026-03-03", "le 3 mars 2026", "le 3 mars 2026", "le 3 mars 2026"},
		{"2025-12-01..2026-01-15", "du 1er décembre 2025 au 15 janvier 2026", "du 1er décembre 2025 au 15 janvier 2026", "du 1er décembre 2025 au 15 janvier 2026"},
	} {
		p := period(t, c.period)
		if got := PeriodName(p); got != c.name {
			t.Errorf("PeriodName(%s) = %q, want %q", c.period, got, c.name)
		}
		if got := ShortName(p); got != c.short {
			t.Errorf("ShortName(%s) = %q, want %q", c.period, got, c.short)
		}
		if got := during(p); got != c.during {
			t.Errorf("during(%s) = %q, want %q", c.period, got, c.during)
		}
	}
}
