package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Options say where the data lies.
type Options struct {
	// URL is one of
	//
	//	redis://[user:password@]host:port/db      rediss://... with TLS      unix:///path/to/socket
	//	redis+sentinel://sentinel:26379?master_name=mymaster&addr=sentinel2:26379&username=…&password=…
	//	redis+cluster://host:port?addr=host2:port&addr=host3:port
	//
	// (rediss+ for TLS; a user and password before the @ go to the sentinels, those after the ? to the data).
	// Empty: the embedded store.
	URL        string
	Dir        string           // of the embedded store; empty: in memory only
	AcceptLoss bool             // open a Redis that could lose data all the same, with a warning
	Now        func() time.Time // nil: time.Now
	Log        *slog.Logger     // nil: slog.Default()
}

// UnsafeError is a Redis that could lose what it has acknowledged; errors.Is(err, ErrUnsafe).
type UnsafeError struct {
	Reason string
	Mend   string // commands or settings that make it safe
}

func (e *UnsafeError) Error() string { return ErrUnsafe.Error() + ": " + e.Reason + "; " + e.Mend }
func (e *UnsafeError) Unwrap() error { return ErrUnsafe }

// patience is how long Open waits for a Redis that is starting, or loading its data.
const patience = 3 * time.Second

// Open opens the store. What is wrong is one of ErrUnreachable, ErrUnsafe, ErrBusy and ErrDamaged, or a URL or a password
// that is not accepted. No error holds the URL's password.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{now: o.Now, log: o.Log}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	var err error
	if o.URL == "" {
		err = s.openEmbedded(o.Dir)
	} else {
		err = s.openRedis(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	if err := s.upgrade(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("bringing the figures up to date: %w", err), s.Close())
	}
	return s, nil
}

func (s *Store) openRedis(ctx context.Context, o Options) error {
	client, host, err := connect(o.URL)
	if err != nil {
		return err
	}
	redis.SetLogger(quiet{s.log})
	s.redis = client
	err = s.await(ctx, host)
	if err == nil {
		err = s.checkSafety(ctx, o.AcceptLoss)
	}
	if err != nil {
		client.Close()
	}
	return err
}

// quiet takes what the client library logs: its errors also come back to the caller, who logs them.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(ctx context.Context, format string, v ...any) {
	q.log.DebugContext(ctx, "redis client", "text", fmt.Sprintf(format, v...))
}

const (
	dialTimeout  = 2 * time.Second
	replyTimeout = 3 * time.Second
	connections  = 32
)

// connect also returns what to call the server in a message. The parsers' own errors may quote parts of a password.
func connect(text string) (redis.UniversalClient, string, error) {
	broken := fmt.Errorf("%w: want redis://user:password@host:6379/0, rediss://…, "+
		"unix:///path, redis+sentinel://…?master_name=… or redis+cluster://…, special characters in the password as %%XX", ErrAddress)
	u, err := url.Parse(text)
	if err != nil {
		return nil, "", broken
	}
	scheme, kind, _ := strings.Cut(u.Scheme, "+")
	u.Scheme = scheme
	switch {
	case kind == "sentinel" || u.Query().Has("master_name"):
		o, err := redis.ParseFailoverURL(u.String())
		if err != nil || o.MasterName == "" {
			return nil, "", broken
		}
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, replyTimeout, replyTimeout
		o.ContextTimeoutEnabled, o.DisableIdentity = true, true
		o.DialerRetries, o.PoolSize, o.PipelinePoolSize = 1, connections, -1
		return redis.NewFailoverClient(o), u.Host, nil
	case kind == "cluster" || u.Query().Has("addr"):
		o, err := redis.ParseClusterURL(u.String())
		if err != nil {
			return nil, "", broken
		}
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, replyTimeout, replyTimeout
		o.ContextTimeoutEnabled, o.DisableIdentity = true, true
		o.DialerRetries, o.PoolSize, o.PipelinePoolSize = 1, connections, -1
		o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
		return redis.NewClusterClient(o), u.Host, nil
	case kind != "":
		return nil, "", broken
	}
	o, err := redis.ParseURL(u.String())
	if err != nil {
		return nil, "", broken
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, replyTimeout, replyTimeout
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.DialerRetries, o.PoolSize, o.PipelinePoolSize = 1, connections, -1
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(o), o.Addr, nil
}

// await returns once the server answers, or says why it does not. A refused password is not waited on.
func (s *Store) await(ctx context.Context, host string) error {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var last error // tells more than that time is up
	for {
		err := s.redis.Ping(limited).Err()
		switch {
		case err == nil:
			return nil
		case redis.HasErrorPrefix(err, "WRONGPASS"), redis.HasErrorPrefix(err, "NOAUTH"), redis.HasErrorPrefix(err, "NOPERM"):
			return fmt.Errorf("the Redis at %s refuses the user or the password of its address: %w", host, err)
		case last == nil || limited.Err() == nil:
			last = err
		}
		select {
		case <-limited.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("%w: the Redis at %s was tried for %s; start it or correct its address: %w",
				ErrUnreachable, host, patience, last)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// checkSafety looks at every master. A power cut costs at most the last second with appendfsync everysec; that is
// accepted with a warning.
func (s *Store) checkSafety(ctx context.Context, acceptLoss bool) error {
	check := func(ctx context.Context, master *redis.Client) error {
		err := s.checkMaster(ctx, master)
		if acceptLoss && errors.Is(err, ErrUnsafe) {
			s.log.Warn("opened all the same, as told", "problem", err)
			return nil
		}
		return err
	}
	switch client := s.redis.(type) {
	case *redis.ClusterClient:
		return client.ForEachMaster(ctx, check)
	case *redis.Client:
		return check(ctx, client)
	}
	return nil
}

func (s *Store) checkMaster(ctx context.Context, master *redis.Client) error {
	info := map[string]string{}
	for _, section := range []string{"server", "persistence", "memory"} {
		text, err := master.Info(ctx, section).Result()
		if redis.HasErrorPrefix(err, "NOPERM") {
			return &UnsafeError{"it does not tell whether it keeps what it is given", "allow INFO to this user"}
		}
		if err != nil {
			return fmt.Errorf("%w: asking the Redis whether it is safe: %w", ErrUnreachable, err)
		}
		for line := range strings.Lines(text) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
				info[name] = value
			}
		}
	}
	sync := "" // unknown where CONFIG is not allowed
	if config, err := master.ConfigGet(ctx, "appendfsync").Result(); err == nil {
		sync = config["appendfsync"]
	}
	var major, minor int
	fmt.Sscanf(info["redis_version"], "%d.%d", &major, &minor) // Valkey says which Redis it stands for
	switch policy := info["maxmemory_policy"]; {
	case major*100+minor < 602:
		return &UnsafeError{"it is Redis " + info["redis_version"] + ", which cannot add figures up", "install Redis 6.2 or newer, or Valkey"}
	case info["aof_enabled"] != "1":
		// A restart with appendonly yes only in the file would load an empty appendonly file over the data.
		return &UnsafeError{"it keeps no appendonly file", "run CONFIG SET appendonly yes, then CONFIG REWRITE"}
	case info["aof_last_write_status"] != "ok":
		return &UnsafeError{"its last write to the appendonly file failed", "make room on its disk and look at its log"}
	case strings.HasPrefix(policy, "allkeys-"): // a volatile- policy removes only keys that expire; none here does
		return &UnsafeError{"it drops data when memory is short (maxmemory-policy " + policy + ")",
			"run CONFIG SET maxmemory-policy noeviction, then CONFIG REWRITE"}
	case sync == "no":
		return &UnsafeError{"it leaves writing to disk to the system (appendfsync no)",
			"run CONFIG SET appendfsync always, then CONFIG REWRITE"}
	case sync != "always":
		s.log.Warn("a power cut can cost the Redis its last second; appendfsync always avoids that", "appendfsync", sync)
	}
	return nil
}
