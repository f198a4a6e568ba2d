package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// DigestState is how far the digest of one member and week, or its reminder of one day, has come:
//
//	claimed -> sending -> delivered, blocked or unsure
//
// A claim holds for two minutes. A dead claimer's claim is taken over; had it begun to send, nobody can tell whether the
// digest arrived: the state becomes unsure, and who takes over sends a short notice instead of a second digest.
type DigestState string

const (
	Claimed   DigestState = "claimed"
	Sending   DigestState = "sending"
	Delivered DigestState = "delivered"
	Blocked   DigestState = "blocked"  // the member has blocked the bot
	Unsure    DigestState = "unsure"   // may or may not have arrived, and the member was told how to ask for it
	Released  DigestState = "released" // a move only: gives the claim back, when surely nothing was sent
)

// lease is far longer than sending takes: a claimer slower than that is dead or cut off.
const lease = 2 * time.Minute

// Claim is the right to send the digest of one member and week.
type Claim struct {
	Token  string // "": somebody else's, or settled
	Notice bool   // a digest may have arrived already: send the short notice, then move to Unsure
}

// digest is a state as it is kept: STATE|UNTIL|TOKEN, UNTIL in Unix seconds, 0 when settled.
type digest struct {
	state DigestState
	until int64
	token string
}

func (d digest) String() string {
	return string(d.state) + "|" + strconv.FormatInt(d.until, 10) + "|" + d.token
}

// digest also returns the text as kept; "" when the week was never claimed.
func (s *Store) digest(ctx context.Context, member int64, week string) (digest, string, error) {
	text, err := s.field(ctx, key(member, "dg"), week)
	if err != nil || text == "" {
		return digest{}, "", err
	}
	parts := strings.Split(text, "|")
	if len(parts) != 3 {
		return digest{}, "", fmt.Errorf("state %q", text)
	}
	until, err := strconv.ParseInt(parts[1], 10, 64)
	return digest{DigestState(parts[0]), until, parts[2]}, text, err
}

// Settled tells for each member which of these digests, or reminders, need nothing more. It costs one round trip for all.
func (s *Store) Settled(ctx context.Context, members []int64, names ...string) (map[int64]map[string]bool, error) {
	keys := make([]string, len(members))
	for i, id := range members {
		keys[i] = key(id, "dg")
	}
	replies, err := ask(ctx, s, keys, func(p redis.Pipeliner, ctx context.Context, key string) *redis.SliceCmd {
		return p.HMGet(ctx, key, names...)
	})
	if err != nil {
		return nil, fmt.Errorf("states of digests: %w", err)
	}
	settled := map[int64]map[string]bool{}
	for i, reply := range replies {
		settled[members[i]] = map[string]bool{}
		for j, value := range reply.Val() {
			text, _ := value.(string)
			settled[members[i]][names[j]] = strings.Contains(text, "|0|")
		}
	}
	return settled, nil
}

// ForgetDigests drops the states of digests, or reminders, that nobody will ask for any more.
func (s *Store) ForgetDigests(ctx context.Context, member int64, names ...string) error {
	w := &write{}
	for _, name := range names {
		w.do("hdel", key(member, "dg"), name, "")
	}
	if err := s.write(ctx, w); err != nil {
		return fmt.Errorf("dropping states of digests: %w", err)
	}
	return nil
}

// ClaimDigest claims a digest: week is an ISO week or, of a reminder, a day. Of several claimers one gets a Token.
func (s *Store) ClaimDigest(ctx context.Context, member int64, week string) (Claim, error) {
	now, until := s.now().Unix(), s.now().Add(lease).Unix()
	old, text, err := s.digest(ctx, member, week)
	if err != nil {
		return Claim{}, fmt.Errorf("claiming the digest of %s: %w", week, err)
	}
	if text != "" && (old.until == 0 || old.until > now) {
		return Claim{}, nil
	}
	claim := Claim{Token: rand.Text(), Notice: old.state == Sending || old.state == Unsure}
	mine := digest{Claimed, until, claim.Token}
	if claim.Notice {
		mine.state = Unsure
	}
	ok, err := s.swap(ctx, key(member, "dg"), week, text, mine.String())
	if err != nil {
		return Claim{}, fmt.Errorf("claiming the digest of %s: %w", week, err)
	}
	if !ok {
		return Claim{}, nil
	}
	return claim, nil
}

// MoveDigest moves a digest on. It reports false when the token's claim was taken over or has been settled otherwise.
func (s *Store) MoveDigest(ctx context.Context, member int64, week, token string, to DigestState) (bool, error) {
	old, text, err := s.digest(ctx, member, week)
	if err != nil {
		return false, fmt.Errorf("digest of %s to %s: %w", week, to, err)
	}
	if text == "" || old.token != token {
		return false, nil
	}
	if old.until == 0 {
		return old.state == to, nil
	}
	ok, err := s.swap(ctx, key(member, "dg"), week, text, old.moved(to, s.now()))
	if err != nil {
		return false, fmt.Errorf("digest of %s to %s: %w", week, to, err)
	}
	return ok, nil
}

// moved is what is kept after a move; "" is nothing. What is unsure stays so until it is settled: only a notice may follow.
func (d digest) moved(to DigestState, now time.Time) string {
	switch {
	case to == Released && d.state == Unsure:
		return digest{Unsure, 1, ""}.String() // a lease long over
	case to == Released:
		return ""
	case to == Claimed || to == Sending:
		if d.state == Unsure {
			to = Unsure
		}
		return digest{to, now.Add(lease).Unix(), d.token}.String()
	}
	return digest{to, 0, d.token}.String()
}

// DigestState returns "" for a digest that nobody has claimed.
func (s *Store) DigestState(ctx context.Context, member int64, week string) (DigestState, error) {
	d, _, err := s.digest(ctx, member, week)
	if err != nil {
		return "", fmt.Errorf("digest of %s: %w", week, err)
	}
	return d.state, nil
}
