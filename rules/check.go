package rules

import "time"

// Hole is a need for which nobody can be suggested to an age band in a territory.
type Hole struct {
	Need, Band, Territory string // Territory is "" when the service has none
}

// Holes lists the needs without an eligible partner, in the order of the needs, bands and territories. Bands outside the ages
// of a need are no holes, and a partner to inform fills one.
func (r *Rules) Holes() []Hole {
	territories := []string{""}
	if len(r.Territories) > 0 {
		territories = nil
		for _, t := range r.Territories {
			territories = append(territories, t.ID)
		}
	}
	var holes []Hole
	for _, need := range r.Needs {
		for _, band := range []string{"11-14", "15-17", "18-21", "22-25"} {
			if !need.Ages.Meets(BandAges(band)) {
				continue
			}
			for _, territory := range territories {
				q := Query{Needs: []string{need.ID}, Ages: BandAges(band), Territory: territory}
				if len(r.Suggest(q, time.Time{})) == 0 {
					holes = append(holes, Hole{need.ID, band, territory})
				}
			}
		}
	}
	return holes
}
