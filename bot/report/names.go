package report

import "maillage/rules"

// entry reads something of what an id, present or former, stands for. An id that stands for nothing any more is said as it is.
func entry[T any](find func(string) *T, id string, read func(*T) string) string {
	if found := find(id); found != nil {
		return read(found)
	}
	return id
}

func domainName(r *rules.Rules, id string) string {
	return entry(r.Domain, id, func(d *rules.Domain) string { return d.Name })
}

func needName(r *rules.Rules, id string) string {
	return entry(r.Need, id, func(n *rules.Need) string { return n.Name })
}

func typeName(r *rules.Rules, id string) string {
	return entry(r.ActionType, id, func(t *rules.ActionType) string { return t.Name })
}

func territoryName(r *rules.Rules, id string) string {
	return entry(r.Territory, id, func(t *rules.Territory) string { return t.Name })
}

func kindName(r *rules.Rules, id string) string {
	return entry(r.Kind, id, func(k *rules.Kind) string { return k.Name })
}

func partnerName(r *rules.Rules, id string) string {
	return entry(r.Partner, id, func(p *rules.Partner) string { return p.Name })
}

// idOf makes of any id the present one.
type idOf struct{ r *rules.Rules }

func (current idOf) need(id string) string {
	return entry(current.r.Need, id, func(n *rules.Need) string { return n.ID })
}

func (current idOf) territory(id string) string {
	return entry(current.r.Territory, id, func(t *rules.Territory) string { return t.ID })
}

func (current idOf) kind(id string) string {
	return entry(current.r.Kind, id, func(k *rules.Kind) string { return k.ID })
}

func (current idOf) partner(id string) string {
	return entry(current.r.Partner, id, func(p *rules.Partner) string { return p.ID })
}
