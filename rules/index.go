package rules

import (
	"cmp"
	"slices"
)

// index finds entries by id and by former id, and partners by kind.
type index struct {
	domains     map[string]*Domain
	actionTypes map[string]*ActionType
	situations  map[string]*Situation
	needs       map[string]*Need
	kinds       map[string]*Kind
	territories map[string]*Territory
	teams       map[string]*Team
	partners    map[string]*Partner
	ofKind      map[string][]*Partner // open ones, by id
	directory   []listing
	own         map[*Partner][]string // folded words of its name and synonyms that the name of its kind does not have
}

// newIndex takes the former ids per section key, each with its present one.
func newIndex(r *Rules, former map[string]map[string]string) index {
	x := index{
		domains:     byID(r.Domains, func(d *Domain) string { return d.ID }, former["domaines"]),
		actionTypes: byID(r.ActionTypes, func(a *ActionType) string { return a.ID }, former["types_action"]),
		situations:  byID(r.Situations, func(s *Situation) string { return s.ID }, former["situations"]),
		needs:       byID(r.Needs, func(n *Need) string { return n.ID }, former["besoins"]),
		kinds:       byID(r.Kinds, func(k *Kind) string { return k.ID }, former["types"]),
		territories: byID(r.Territories, func(t *Territory) string { return t.ID }, former["territoires"]),
		teams:       byID(r.Teams, func(t *Team) string { return t.ID }, former["equipes"]),
		partners:    byID(r.Partners, func(p *Partner) string { return p.ID }, former["partenaires"]),
		ofKind:      map[string][]*Partner{},
	}
	for i := range r.Partners {
		if p := &r.Partners[i]; !p.Closed {
			x.ofKind[p.Kind] = append(x.ofKind[p.Kind], p)
		}
	}
	for _, partners := range x.ofKind {
		slices.SortFunc(partners, func(a, b *Partner) int { return cmp.Compare(a.ID, b.ID) })
	}
	x.directory = newDirectory(r, x)
	x.own = make(map[*Partner][]string, len(x.directory))
	for _, l := range x.directory {
		kind := []string{}
		if k := x.kinds[l.partner.Kind]; k != nil {
			kind = searchWords(k.Name)
		}
		x.own[l.partner] = slices.DeleteFunc(slices.Clone(l.own), func(w string) bool { return slices.Contains(kind, w) })
	}
	return x
}

func byID[T any](list []T, id func(*T) string, former map[string]string) map[string]*T {
	found := make(map[string]*T, len(list)+len(former))
	for i := range list {
		found[id(&list[i])] = &list[i]
	}
	for old, present := range former {
		if entry := found[present]; entry != nil { // nil: config.yaml removes it
			found[old] = entry
		}
	}
	return found
}

// Domain returns the domain of this id or former id, nil when there is none; so do the others below.
func (r *Rules) Domain(id string) *Domain         { return r.index.domains[id] }
func (r *Rules) ActionType(id string) *ActionType { return r.index.actionTypes[id] }
func (r *Rules) Situation(id string) *Situation   { return r.index.situations[id] }
func (r *Rules) Need(id string) *Need             { return r.index.needs[id] }
func (r *Rules) Kind(id string) *Kind             { return r.index.kinds[id] }
func (r *Rules) Territory(id string) *Territory   { return r.index.territories[id] }
func (r *Rules) Team(id string) *Team             { return r.index.teams[id] }
func (r *Rules) Partner(id string) *Partner       { return r.index.partners[id] }
