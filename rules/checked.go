package rules

import "time"

// WithChecked returns rules in which the entries of partners, by id, were checked on the days that educators said, where these
// are later than what the entries say.
func (r *Rules) WithChecked(days map[string]time.Time) *Rules {
	with := *r
	with.checked = map[*Partner]time.Time{}
	for id, day := range days {
		if p := r.Partner(id); p != nil && day.After(p.Checked) && day.After(with.checked[p]) {
			with.checked[p] = day
		}
	}
	return &with
}

// CheckedOn is the day on which somebody last checked a partner's entry; zero: never.
func (r *Rules) CheckedOn(p *Partner) time.Time {
	if day, ok := r.checked[p]; ok {
		return day
	}
	return p.Checked
}
