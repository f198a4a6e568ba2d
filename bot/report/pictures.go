package report

import (
	"slices"

	"maillage/bot/french"
)

// Picture is a chart of a report, drawn when it is asked for.
type Picture struct {
	Name     string // a few letters for the name of a file
	Title    string
	PNG, SVG func() ([]byte, error)
}

// Pictures are the charts of a report: domains, months and partners. Those with nothing to show are left out.
func (b Bilan) Pictures() []Picture {
	var all []Picture
	add := func(name string, c Chart, png, svg func() ([]byte, error)) {
		if len(c.Bars) > 0 {
			all = append(all, Picture{name, c.Title, png, svg})
		}
	}
	domains, months, partners := b.domainChart(), b.monthChart(), b.partnerChart()
	add("domaines", domains, domains.PNG, domains.SVG)
	add("mois", Chart(months), months.PNG, months.SVG)
	add("partenaires", partners, partners.PNG, partners.SVG)
	return all
}

func (b Bilan) domainChart() Chart {
	d := Digest{Rules: b.Rules, Team: b.Whose, Summary: b.Summary, Current: b.Until != ""}
	c := d.Chart()
	for i := range c.Bars {
		c.Bars[i].Text = french.Number(c.Bars[i].Now) + " (" + french.Share(c.Bars[i].Now, b.Summary.Now.Actions) + ")"
	}
	return c
}

// monthChart is empty for a period that is not made of several months.
func (b Bilan) monthChart() Timeline {
	t := Timeline{Title: "Actions par mois", Subtitle: b.Whose + ", " + PeriodName(b.Summary.Period), Now: french.Upper(ShortName(b.Summary.Period))}
	months := b.months()
	if len(months) == 0 || b.Summary.Now.Actions == 0 {
		return t
	}
	if b.Summary.YearAgo.Actions > 0 {
		t.Before = "Un an avant"
	}
	for _, m := range months {
		t.Bars = append(t.Bars, Bar{Label: shortMonths[m.Period.First().Month()-1], Now: m.Actions, Before: m.YearAgo.Actions, Text: french.Number(m.Actions)})
	}
	return t
}

var shortMonths = [12]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."}

// mostPartners is how many partners their chart shows.
const mostPartners = 12

func (b Bilan) partnerChart() Chart {
	c := Chart{Title: "Partenaires les plus sollicités", Subtitle: b.Whose + ", " + PeriodName(b.Summary.Period), Now: french.Upper(ShortName(b.Summary.Period))}
	if b.Summary.Before.Actions > 0 {
		c.Before = french.Upper(ShortName(b.Summary.Period.Before()))
	}
	now := b.Summary.Now.Partners
	ids := mostFirst(now)
	for _, id := range ids[:min(len(ids), mostPartners)] {
		bar := Bar{Label: partnerName(b.Rules, id), Now: now[id], Before: b.Summary.Before.Partners[id], Text: french.Number(now[id])}
		if p := b.Rules.Partner(id); p != nil {
			if k := b.Rules.Kind(p.Kind); k != nil && len(k.Domains) > 0 {
				if d := b.Rules.Domain(k.Domains[0]); d != nil {
					bar.Color = d.Color
				}
			}
		}
		c.Bars = append(c.Bars, bar)
	}
	if slices.ContainsFunc(c.Bars, func(bar Bar) bool { return bar.Color != "" }) {
		c.Note = "La couleur est celle du premier domaine du partenaire."
	}
	return c
}
