package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Member is somebody who answered an invitation.
type Member struct {
	ID     int64
	Team   string   // "": belongs to none, a stranger
	Role   string   // educateur or chef
	Teams  []string // every team it ever belonged to, Team included; Commit adds Team
	Joined int64    // Unix seconds
	// Settings are what the member has chosen for itself, in the bot's own words: the store does not look inside.
	Settings string
}

// member writes who a person is. The indexes are added to before, so that an index never lacks a member.
func (w *write) member(id int64, m Member) error {
	teams := slices.Clone(m.Teams)
	if m.Team != "" && !slices.Contains(teams, m.Team) {
		teams = append(teams, m.Team)
	}
	member := strconv.FormatInt(id, 10)
	w.index = append(w.index, op{name: "sadd", key: shardKey(uint64(id) % shards), field: member})
	for _, team := range teams {
		if err := validTeam(team); err != nil {
			return err
		}
		w.index = append(w.index, op{name: "sadd", key: teamKey(team), field: member})
	}
	state := key(id, "s")
	w.do("hset", state, "team", m.Team)
	w.do("hset", state, "role", m.Role)
	w.do("hset", state, "teams", strings.Join(teams, " "))
	w.do("hset", state, "joined", strconv.FormatInt(m.Joined, 10))
	w.do("hset", state, "settings", m.Settings)
	return nil
}

func validTeam(team string) error {
	if team == "" || strings.ContainsAny(team, " :{}") {
		return fmt.Errorf("team %q: want an id", team)
	}
	return nil
}

func memberOf(id int64, team, role, teams, joined, settings string) Member {
	at, _ := strconv.ParseInt(joined, 10, 64)
	return Member{ID: id, Team: team, Role: role, Teams: strings.Fields(teams), Joined: at, Settings: settings}
}

// Members returns the present members of a team, by id; of all teams with team "".
func (s *Store) Members(ctx context.Context, team string) ([]Member, error) {
	keys := []string{teamKey(team)}
	if team == "" {
		keys = nil
		for shard := range uint64(shards) {
			keys = append(keys, shardKey(shard))
		}
	}
	ids, err := s.ids(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("members of team %q: %w", team, err)
	}
	members, err := s.members(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("members of team %q: %w", team, err)
	}
	return slices.DeleteFunc(members, func(m Member) bool {
		return m.Team == "" || team != "" && m.Team != team
	}), nil
}

// ids returns what the index sets hold, in order.
func (s *Store) ids(ctx context.Context, keys []string) ([]int64, error) {
	replies, err := ask(ctx, s, keys, redis.Pipeliner.SMembers)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for i, reply := range replies {
		for _, text := range reply.Val() {
			id, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", keys[i], err)
			}
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// members reads who these people are; whoever never joined is left out.
func (s *Store) members(ctx context.Context, ids []int64) ([]Member, error) {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = key(id, "s")
	}
	replies, err := ask(ctx, s, keys, func(p redis.Pipeliner, ctx context.Context, key string) *redis.SliceCmd {
		return p.HMGet(ctx, key, "team", "role", "teams", "joined", "settings")
	})
	if err != nil {
		return nil, err
	}
	var members []Member
	for i, reply := range replies {
		var text [5]string
		for j, value := range reply.Val() {
			text[j], _ = value.(string)
		}
		if text[3] != "" {
			members = append(members, memberOf(ids[i], text[0], text[1], text[2], text[3], text[4]))
		}
	}
	return members, nil
}

// Invitation lets one person into a team.
type Invitation struct {
	Team string
	Role string
}

const (
	invitations  = "inv"
	invitedFor   = 14 * 24 * time.Hour
	invitedAfter = 3 * 24 * time.Hour // how long an expired one is still kept, for an answer delivered again
)

type invitation struct {
	Team   string `json:"team"`
	Role   string `json:"role"`
	Until  int64  `json:"until"`            // Unix seconds
	Member int64  `json:"member,omitempty"` // who has used it
}

// Invite returns a code for one person, valid for 14 days: 12 letters and digits, 60 random bits.
func (s *Store) Invite(ctx context.Context, i Invitation) (string, error) {
	if err := validTeam(i.Team); err != nil {
		return "", fmt.Errorf("inviting: %w", err)
	}
	all, err := s.redis.HGetAll(ctx, invitations).Result()
	if err != nil {
		return "", fmt.Errorf("inviting: %w", err)
	}
	text, err := json.Marshal(invitation{Team: i.Team, Role: i.Role, Until: s.now().Add(invitedFor).Unix()})
	if err != nil {
		return "", err
	}
	code := rand.Text()[:12]
	w := &write{}
	w.do("hset", invitations, code, string(text))
	for code, text := range all {
		var old invitation
		if json.Unmarshal([]byte(text), &old) != nil || old.Until < s.now().Add(-invitedAfter).Unix() {
			w.do("hdel", invitations, code, "")
		}
	}
	if err := s.write(ctx, w); err != nil {
		return "", fmt.Errorf("inviting: %w", err)
	}
	return code, nil
}

// Redeem uses an invitation up. The same member gets the same answer again; anybody else, or anybody after its 14 days,
// ErrNotFound.
func (s *Store) Redeem(ctx context.Context, code string, member int64) (Invitation, error) {
	code = strings.ToUpper(strings.TrimSpace(code)) // as typed from a sheet of paper
	for {
		i, err := s.redeem(ctx, code, member)
		if !errors.Is(err, ErrConflict) {
			return i, err
		}
	}
}

func (s *Store) redeem(ctx context.Context, code string, member int64) (Invitation, error) {
	text, err := s.field(ctx, invitations, code)
	if err != nil {
		return Invitation{}, fmt.Errorf("invitation: %w", err)
	}
	var i invitation
	if text == "" || json.Unmarshal([]byte(text), &i) != nil {
		return Invitation{}, fmt.Errorf("invitation: %w", ErrNotFound)
	}
	answer := Invitation{Team: i.Team, Role: i.Role}
	if i.Member == member {
		return answer, nil
	}
	if i.Member != 0 || i.Until < s.now().Unix() {
		return Invitation{}, fmt.Errorf("invitation: %w", ErrNotFound)
	}
	i.Member = member
	used, err := json.Marshal(i)
	if err != nil {
		return Invitation{}, err
	}
	mine, err := s.swap(ctx, invitations, code, text, string(used))
	if err != nil {
		return Invitation{}, fmt.Errorf("invitation: %w", err)
	}
	if !mine {
		return Invitation{}, ErrConflict
	}
	return answer, nil
}
