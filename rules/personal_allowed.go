package rules

// hidePhrases hides the phrases that are no name: grâce à, Louis Vuitton.
func (n *note) hidePhrases() {
	for i := range n.tokens {
		for _, phrase := range n.phrases[n.word(i)] {
			if n.reads(i, phrase) {
				n.hide(i, i+len(phrase))
			}
		}
	}
}

func (n *note) reads(i int, phrase []string) bool {
	for k, w := range phrase {
		if n.word(i+k) != w {
			return false
		}
	}
	return true
}

func (n *note) hide(i, end int) {
	for ; i < end; i++ {
		n.hidden[i] = true
	}
}

// hideKnown hides the names of partners, kinds and territories. A first name hides only where the rules write it so.
func (n *note) hideKnown() {
	s := n.lexicon.sentence(n.text)
	s.match()
	at := make(map[int]int, len(n.tokens)) // token by its first byte: the lexicon writes abbreviations out
	for i, t := range n.tokens {
		at[t.start] = i
	}
	for _, h := range s.hits {
		if !h.has(aPartner, aKind, aTerritory) {
			continue
		}
		for _, k := range h.at {
			i, ok := at[s.tokens[k].start]
			if ok && (n.is[i]&(firstName|familyName) == 0 || len(h.at) > 1 && n.tokens[i].upper || Fold(h.text) == n.word(i)) {
				n.hidden[i] = true
			}
		}
	}
}

// hideVenues hides what follows a word for a place, up to the end of its name, and the name in a firm's.
func (n *note) hideVenues() {
	for i := range n.tokens {
		if n.is[i]&venue != 0 {
			n.hide(i, n.venueName(i+1))
		}
		if trades[n.word(i)] && n.tokens[i].upper {
			if n.near(i, "") && n.tokens[i-1].upper {
				n.hide(i-1, i)
			}
			if n.near(i+1, "") && n.tokens[i+1].upper && !n.starts(i) {
				n.hide(i+1, i+2)
			}
		}
	}
}

// trades stand beside a name in a firm's, with a capital: Amina Market, Maçonnerie Duval.
var trades = words(`coiffure barber market food shop store burger pizza auto autos automobile automobiles pneus beauty beaute esthetique
	transport transports batiment renovation maconnerie plomberie peinture electricite couverture menuiserie carrosserie mecanique taxi taxis
	couture traiteur primeur alimentation immobilier immo fitness academy telecom services nettoyage paysage demenagement`)

// venueKinds stand between a word for a place and its name.
var venueKinds = words(`professionnel professionnelle pro general generale technique technologique municipal municipale public publique prive privee
	elementaire primaire maternelle sportif sportive social sociale culturel culturelle associatif polyvalent polyvalente commercial
	hospitalier universitaire agricole rep intercommunal numero n relais centre maison des du de la le les l d a et en aux au s`)

// venueName returns the token after the name of a place that starts at token i.
func (n *note) venueName(i int) int {
	end, from := i, i
	for from < len(n.tokens) && from < i+5 && venueKinds[n.word(from)] && n.near(from, "-'’«\"") && !(n.tokens[from].upper && n.is[from]&firstName != 0) {
		from++
	}
	if from >= len(n.tokens) || !n.near(from, "-'’«\"") {
		return end
	}
	if n.is[from]&firstName != 0 && n.someoneBy(from, i) {
		return end
	}
	if from > i && !n.tokens[from].upper && n.known(from) && n.is[from]&(firstName|ambiguousName|familyName) == 0 {
		return end
	}
	for k := 0; from < len(n.tokens) && k < 6; k++ {
		if k > 0 && !n.near(from, "-'’") || n.number(from) {
			break
		}
		next := from
		for k > 0 && next < len(n.tokens) && particles[n.word(next)] && n.near(next+1, "-'’") {
			next++
		}
		if next >= len(n.tokens) || !n.tokens[next].upper && n.gap(next) != "-" && (n.known(next) || function(n.word(next))) && n.is[next]&(firstName|ambiguousName) == 0 {
			break
		}
		if k > 0 && !n.tokens[next].upper && n.lexicon.infinitive(n.word(next)) != n.word(next) {
			break
		}
		from = next + 1
		end = from
	}
	return end
}

// someoneBy tells a person behind a word for a place: au collège Karim a été exclu, devant le lycée de Karim.
func (n *note) someoneBy(i, after int) bool {
	switch {
	case n.joined(i+1) || n.joined(i):
		return false
	case i > after:
		return n.word(i-1) == "de" && i-after == 1
	case !n.tokens[i].upper:
		return !n.nameLike(i + 1)
	}
	return n.actsAt(i+1) && !n.nameLike(i+1)
}
