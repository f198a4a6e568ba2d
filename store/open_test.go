package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// clock stands still unless moved.
type clock struct{ unix atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.unix.Store(time.Date(2026, 11, 18, 14, 0, 0, 0, time.UTC).Unix())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(c.unix.Load(), 0) }
func (c *clock) advance(d time.Duration) { c.unix.Add(int64(d / time.Second)) }

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

func mustOpen(t testing.TB, o Options) *Store {
	t.Helper()
	if o.Log == nil {
		o.Log = silent
	}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// redisServer runs a real redis-server until the test ends.
type redisServer struct {
	dir     string
	options []string
	command *exec.Cmd
}

func startRedis(t testing.TB, options ...string) *redisServer {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	r := &redisServer{dir: t.TempDir(), options: options}
	r.start(t)
	t.Cleanup(r.kill)
	return r
}

func (r *redisServer) start(t testing.TB) {
	t.Helper()
	r.command = exec.Command("redis-server", append([]string{"--port", "0", "--unixsocket", "s", "--dir", r.dir,
		"--save", "", "--appendonly", "yes"}, r.options...)...)
	r.command.Dir = r.dir
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
}

func (r *redisServer) kill() {
	r.command.Process.Kill()
	r.command.Wait()
}

func (r *redisServer) url() string { return "unix://" + filepath.Join(r.dir, "s") }

// startCluster runs a cluster of one node, which refuses keys of several slots in one script as any cluster does.
func startCluster(t testing.TB) (url string) {
	t.Helper()
	port, bus := freePort(t), freePort(t)
	startRedis(t, "--port", port, "--bind", "127.0.0.1", "--requirepass", "corridor", "--cluster-enabled", "yes", "--cluster-port", bus)
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + port, Password: "corridor", DialerRetries: 50})
	defer client.Close()
	if err := client.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if info := client.ClusterInfo(t.Context()).Val(); strings.Contains(info, "cluster_state:ok") {
			return "redis+cluster://:corridor@127.0.0.1:" + port
		}
		<-tick.C
	}
	t.Fatal("the cluster did not come up")
	return ""
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func TestStore(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		testStore(t, func(t *testing.T, c *clock) *Store { return mustOpen(t, Options{Now: c.now}) })
	})
	t.Run("directory", func(t *testing.T) {
		testStore(t, func(t *testing.T, c *clock) *Store {
			return mustOpen(t, Options{Dir: t.TempDir(), Now: c.now})
		})
	})
	t.Run("redis", func(t *testing.T) {
		r := startRedis(t)
		testStore(t, func(t *testing.T, c *clock) *Store { return empty(t, mustOpen(t, Options{URL: r.url(), Now: c.now})) })
	})
	t.Run("cluster", func(t *testing.T) {
		url := startCluster(t)
		testStore(t, func(t *testing.T, c *clock) *Store { return empty(t, mustOpen(t, Options{URL: url, Now: c.now})) })
	})
}

func empty(t *testing.T, s *Store) *Store {
	t.Helper()
	if err := s.redis.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOpenUnsafeRedis(t *testing.T) {
	r := startRedis(t, "--appendonly", "no", "--appendfsync", "always")
	settings := redis.NewClient(&redis.Options{Network: "unix", Addr: filepath.Join(r.dir, "s"), DialerRetries: 50})
	defer settings.Close()
	set := func(name, value string) {
		t.Helper()
		if err := settings.ConfigSet(t.Context(), name, value).Err(); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(mend string) {
		t.Helper()
		_, err := Open(t.Context(), Options{URL: r.url(), Log: silent})
		var unsafe *UnsafeError
		if !errors.Is(err, ErrUnsafe) || !errors.As(err, &unsafe) || !strings.Contains(unsafe.Mend, mend) {
			t.Errorf("opened with %v, want ErrUnsafe that tells of %q", err, mend)
		}
		mustOpen(t, Options{URL: r.url(), AcceptLoss: true})
	}
	refused("appendonly yes")
	set("appendonly", "yes")
	mustOpen(t, Options{URL: r.url()})
	set("maxmemory-policy", "allkeys-lru")
	refused("maxmemory-policy noeviction")
	set("maxmemory-policy", "volatile-lru")
	mustOpen(t, Options{URL: r.url()})
	set("appendfsync", "no")
	refused("appendfsync always")
	set("appendfsync", "everysec")
	var log strings.Builder
	mustOpen(t, Options{URL: r.url(), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if !strings.Contains(log.String(), "power cut") {
		t.Errorf("no warning of appendfsync everysec: %q", log.String())
	}
}

func TestOpenUnreachable(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mute.Close() })
	for name, url := range map[string]string{
		"closed port": "redis://someone:open-sesame@127.0.0.1:" + freePort(t),
		"mute":        "redis://someone:open-sesame@" + mute.Addr().String(),
		"no socket":   "unix://someone:open-sesame@" + filepath.Join(t.TempDir(), "s"),
		"cluster":     "redis+cluster://someone:open-sesame@127.0.0.1:" + freePort(t),
		"sentinel":    "redis+sentinel://someone:open-sesame@127.0.0.1:" + freePort(t) + "?master_name=m&password=open-sesame",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, err := Open(context.Background(), Options{URL: url, Log: silent})
			if !errors.Is(err, ErrUnreachable) {
				t.Errorf("got %v, want ErrUnreachable", err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
			if strings.Contains(fmt.Sprint(err), "sesame") {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}

func TestOpenBrokenAddress(t *testing.T) {
	for _, url := range []string{
		"redis://:open/sesame@localhost", "redis://:open#sesame@localhost", "redis://:12/sesame@localhost",
		"redis://:open%sesame@localhost", "redis://:12?sesame@localhost", "redis://u:sesame@localhost:port",
		"http://:sesame@localhost", "redis+sentinel://:sesame@localhost", "redis+other://:sesame@localhost", "sesame",
	} {
		_, err := Open(t.Context(), Options{URL: url, Log: silent})
		if err == nil || strings.Contains(err.Error(), "sesame") || !strings.Contains(err.Error(), "want redis://") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestOpenWrongPassword(t *testing.T) {
	r := startRedis(t, "--requirepass", "corridor")
	mustOpen(t, Options{URL: strings.Replace(r.url(), "unix://", "unix://:corridor@", 1)})
	_, err := Open(t.Context(), Options{URL: strings.Replace(r.url(), "unix://", "unix://:sesame@", 1), Log: silent})
	if err == nil || errors.Is(err, ErrUnreachable) || strings.Contains(err.Error(), "sesame") {
		t.Errorf("got %v, want a refusal", err)
	}
}

// The least that a user of the Redis must be allowed.
const allowed = "~{u:* ~idx:* ~inv ~words ~{words}:* -@all +@hash +@sortedset +@set +eval +evalsha +ping +hello +auth +select"

func TestOpenLeastRights(t *testing.T) {
	r := startRedis(t, "--user", "maillage", "on", ">corridor", "~*", "+@all", "--appendfsync", "always")
	admin := redis.NewClient(&redis.Options{Network: "unix", Addr: filepath.Join(r.dir, "s"), DialerRetries: 50})
	defer admin.Close()
	allow := func(rules string) {
		t.Helper()
		args := []any{"acl", "setuser", "maillage", "reset", "on", ">corridor"}
		for rule := range strings.FieldsSeq(rules) {
			args = append(args, rule)
		}
		if err := admin.Do(t.Context(), args...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	url := strings.Replace(r.url(), "unix://", "unix://maillage:corridor@", 1)
	allow(allowed)
	if _, err := Open(t.Context(), Options{URL: url, Log: silent}); !errors.Is(err, ErrUnsafe) {
		t.Errorf("without INFO: %v, want ErrUnsafe", err)
	}
	allow(allowed + " +info")
	s := mustOpen(t, Options{URL: url})
	if _, err := addNext(t.Context(), s, 1); err != nil {
		t.Error(err)
	}
	code, err := s.Invite(t.Context(), Invitation{Team: "nord"})
	if err != nil {
		t.Error(err)
	}
	if _, err := s.Redeem(t.Context(), code, 1); err != nil {
		t.Error(err)
	}
	if _, err := s.Recent(t.Context(), 1, 10); err != nil {
		t.Error(err)
	}
	if _, err := s.Due(t.Context(), []int64{1}, "2027-01-01"); err != nil {
		t.Error(err)
	}
	if _, err := s.ClaimDigest(t.Context(), 1, "2026-W46"); err != nil {
		t.Error(err)
	}
	if _, err := s.Summary(t.Context(), Scope{}, YearPeriod(2026), "2026-11-22"); err != nil {
		t.Error(err)
	}
	if err := s.SetChecked(t.Context(), "ml", "2026-11-22"); err != nil {
		t.Error(err)
	}
}

func TestOpenGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Open(ctx, Options{URL: "redis://127.0.0.1:" + freePort(t), Log: silent})
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

func TestOpenBusyDirectory(t *testing.T) {
	dir := t.TempDir()
	first := mustOpen(t, Options{Dir: dir})
	if _, err := Open(t.Context(), Options{Dir: dir, Log: silent}); !errors.Is(err, ErrBusy) {
		t.Errorf("second opener: %v, want ErrBusy", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, Options{Dir: dir})
}

// The test binary run again as the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("STORE_TEST_WRITE_TO"); dir != "" {
		writeForEver(dir)
	}
	os.Exit(m.Run())
}

func writeForEver(dir string) {
	s, err := Open(context.Background(), Options{Dir: dir, Log: silent})
	if err != nil {
		panic(err)
	}
	out := make(chan string)
	for member := range int64(3) {
		go func() {
			for {
				n, err := addNext(context.Background(), s, member+1)
				if err != nil {
					panic(err)
				}
				out <- fmt.Sprintln(member+1, n)
			}
		}()
	}
	for line := range out {
		os.Stdout.WriteString(line)
	}
}

// addNext commits one more action of a member and returns its number.
func addNext(ctx context.Context, s *Store, member int64) (int, error) {
	chat, err := s.Chat(ctx, member)
	if err != nil {
		return 0, err
	}
	n := chat.Number + 1
	a := sample(int64(n))
	m := Member{Team: a.Team, Role: "educateur", Teams: chat.Member.Teams, Joined: 1}
	return n, s.Commit(ctx, Turn{Chat: member, Update: int64(n), Version: chat.Version, State: []byte(`{}`), Number: n, Member: &m,
		Changes: []Change{{New: &a}}})
}

func TestEmbeddedKilled(t *testing.T) {
	dir := t.TempDir()
	acknowledged := map[int64]int{}
	for range 3 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "STORE_TEST_WRITE_TO="+dir)
		child.Stderr = os.Stderr
		pipe, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(pipe)
		for i := 0; lines.Scan(); i++ {
			var member int64
			var number int
			if _, err := fmt.Sscan(lines.Text(), &member, &number); err != nil {
				t.Fatal(err)
			}
			acknowledged[member] = number
			if i == 150 {
				child.Process.Kill() // what it has still printed counts too
			}
		}
		if err := child.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		s := mustOpen(t, Options{Dir: dir})
		for member, number := range acknowledged {
			checkAllThere(t, s, member, number)
		}
		audit(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// checkAllThere wants the actions 1 to number, and at most one that was not acknowledged.
func checkAllThere(t *testing.T, s *Store, member int64, number int) {
	t.Helper()
	found := map[int]bool{}
	all, err := s.Recent(t.Context(), member, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		found[a.Number] = true
	}
	for n := range number {
		if !found[n+1] {
			t.Fatalf("action %d of member %d was acknowledged and is lost", n+1, member)
		}
	}
	if len(all) > number+1 {
		t.Fatalf("member %d has %d actions, %d were acknowledged", member, len(all), number)
	}
}

func TestRedisKilled(t *testing.T) {
	r := startRedis(t, "--appendfsync", "always")
	acknowledged := 0
	for round := range 3 {
		s := mustOpen(t, Options{URL: r.url()})
		if round > 0 {
			checkAllThere(t, s, 1, acknowledged)
			audit(t, s)
		}
		start := acknowledged
		for {
			n, err := addNext(t.Context(), s, 1)
			if err != nil {
				break
			}
			if acknowledged = n; n == start+100 {
				go r.command.Process.Kill()
			}
		}
		if acknowledged < start+100 {
			t.Fatalf("stopped at %d, before the server was killed", acknowledged)
		}
		r.command.Wait()
		r.start(t)
	}
	s := mustOpen(t, Options{URL: r.url()})
	checkAllThere(t, s, 1, acknowledged)
	audit(t, s)
}
