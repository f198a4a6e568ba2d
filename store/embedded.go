package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gofrs/flock"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// embedded is a server inside the process, reached through pipes in memory: it has no port and no socket. With a directory,
// every write is journalled, and memory is rebuilt from the journal by Open.
type embedded struct {
	server  *miniredis.Miniredis
	now     func() time.Time
	lock    *flock.Flock // nil without a directory
	mu      sync.Mutex   // held over a run of the script and its line in the journal: both have the same order
	journal *journal     // nil without a directory
	failed  error        // why nothing may be written any more: memory is ahead of the disk
}

func (s *Store) openEmbedded(dir string) error {
	e := &embedded{server: miniredis.NewMiniRedis(), now: s.now}
	if dir != "" {
		if err := e.load(dir, s.log); err != nil {
			e.release()
			return err
		}
	}
	s.embedded = e
	s.redis = redis.NewClient(&redis.Options{
		Addr:                     "embedded",
		Dialer:                   func(context.Context, string, string) (net.Conn, error) { return e.dial() },
		ReadTimeout:              -1, // what runs in this process is waited for, not repeated
		WriteTimeout:             -1,
		ContextTimeoutEnabled:    true,
		PoolSize:                 8,
		PipelinePoolSize:         -1,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	return nil
}

// load fills the server from the directory's journal and leaves the journal open for more.
func (e *embedded) load(dir string, log *slog.Logger) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))
	switch held, err := lock.TryLock(); {
	case err != nil:
		return fmt.Errorf("data directory: %w", err)
	case !held:
		return fmt.Errorf("%w: %s belongs to another maillage that runs; stop it first, or use another directory",
			ErrBusy, dir)
	}
	e.lock = lock
	j, torn, err := openJournal(filepath.Join(dir, "journal"), e.redo)
	if err != nil {
		return err
	}
	e.journal = j
	if torn > 0 {
		log.Warn("the journal ended in an unfinished write that nobody was told had succeeded; dropped", "bytes", torn)
	}
	if err := j.compact(e.dump); err != nil {
		log.Warn("the journal could not be compacted", "error", err)
	}
	return nil
}

// write runs the script and journals what it did. It returns once that is on the disk. The caller's giving up would leave
// memory changed and the journal not, so the context counts only before.
func (e *embedded) write(ctx context.Context, w *write, run func(context.Context, *write) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := errors.Join(ctx.Err(), e.failed); err != nil {
		return err
	}
	err := run(context.WithoutCancel(ctx), w)
	if errors.Is(err, ErrDuplicate) || errors.Is(err, ErrConflict) {
		return err
	}
	if err == nil && e.journal != nil {
		err = e.journal.append(w.effects(e.now()))
	}
	if err != nil {
		e.failed = fmt.Errorf("the embedded store writes nothing more until it is opened again: %w", err)
	}
	return e.failed
}

func (e *embedded) failure() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.failed
}

// redo applies the effects of a journalled write, without a script.
func (e *embedded) redo(ops []op) error {
	for _, o := range ops {
		if err := e.redoOne(o); err != nil {
			return fmt.Errorf("%s %s: %w", o.name, o.key, err)
		}
	}
	return nil
}

func (e *embedded) redoOne(o op) (err error) {
	switch o.name {
	case "hset":
		e.server.HSet(o.key, o.field, o.value)
	case "hdel":
		e.server.HDel(o.key, o.field)
	case "hinc":
		by, err := strconv.Atoi(o.value)
		if err != nil {
			return err
		}
		n, err := e.server.HIncr(o.key, o.field, by)
		if err != nil {
			return err
		}
		if n == 0 {
			e.server.HDel(o.key, o.field)
		}
	case "zinc":
		return e.increase(o)
	case "sadd":
		_, err = e.server.SAdd(o.key, o.field)
	case "zadd":
		score, err := strconv.ParseFloat(o.value, 64)
		if err != nil {
			return err
		}
		_, err = e.server.ZAdd(o.key, score, o.field)
		return err
	case "zrem":
		if e.server.Exists(o.key) {
			_, err = e.server.ZRem(o.key, o.field)
		}
	default:
		return errors.New("unknown operation: was it written by a newer version?")
	}
	return err
}

// increase adds to the score of a member, which goes when it comes to 0.
func (e *embedded) increase(o op) error {
	by, err := strconv.ParseInt(o.value, 10, 64)
	if err != nil {
		return err
	}
	old, err := e.server.ZScore(o.key, o.field)
	if err != nil && !errors.Is(err, miniredis.ErrKeyNotFound) {
		return err
	}
	sum := old + float64(by)
	if sum != 0 {
		_, err = e.server.ZAdd(o.key, sum, o.field)
		return err
	}
	if err == nil {
		_, err = e.server.ZRem(o.key, o.field)
	}
	return err
}

// dump passes on everything the server holds, one key at a time, but for updates too old to be remembered.
func (e *embedded) dump(each func([]op) error) error {
	for _, key := range e.server.Keys() {
		ops, err := e.dumpKey(key)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if err := each(ops); err != nil {
			return err
		}
	}
	return nil
}

func (e *embedded) dumpKey(key string) (ops []op, err error) {
	switch kind := e.server.Type(key); kind {
	case "hash":
		fields, err := e.server.HKeys(key)
		if err != nil {
			return nil, err
		}
		for _, field := range fields {
			ops = append(ops, op{"hset", key, field, e.server.HGet(key, field)})
		}
	case "set":
		members, err := e.server.Members(key)
		if err != nil {
			return nil, err
		}
		for _, member := range members {
			ops = append(ops, op{"sadd", key, member, ""})
		}
	case "zset":
		oldest := e.now().Add(-remembered).Unix()
		members, err := e.server.SortedSet(key)
		if err != nil {
			return nil, err
		}
		for member, score := range members {
			if strings.HasSuffix(key, ":upd") && int64(score) < oldest {
				continue
			}
			ops = append(ops, op{"zadd", key, member, strconv.FormatFloat(score, 'f', -1, 64)})
		}
	default:
		return nil, fmt.Errorf("a key of type %s", kind)
	}
	return ops, nil
}

// close waits for the write in hand.
func (e *embedded) close(client redis.UniversalClient) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.failed == nil {
		e.failed = errors.New("the embedded store is closed")
	}
	err := client.Close()
	e.server.Close()
	return errors.Join(err, e.release())
}

func (e *embedded) release() error {
	var errs []error
	if e.journal != nil {
		errs = append(errs, e.journal.file.Close())
	}
	if e.lock != nil {
		errs = append(errs, e.lock.Unlock())
	}
	return errors.Join(errs...)
}

func (e *embedded) dial() (net.Conn, error) {
	conn, err := e.server.Dial()
	if err != nil {
		return nil, err
	}
	p := &pipe{Conn: conn, out: make(chan []byte, 16), done: make(chan struct{})}
	go p.send()
	return p, nil
}

// pipe makes a write not wait for its reader, as a socket does: the server answers the first commands of a pipeline while the
// client still writes the last, and without a buffer each would wait for the other. A pipeline of 500 keys is one write.
type pipe struct {
	net.Conn
	out  chan []byte
	done chan struct{}
	once sync.Once
}

func (p *pipe) send() {
	for {
		select {
		case b := <-p.out:
			if _, err := p.Conn.Write(b); err != nil {
				p.Close()
				return
			}
		case <-p.done:
			return
		}
	}
}

func (p *pipe) Write(b []byte) (int, error) {
	select {
	case p.out <- bytes.Clone(b):
		return len(b), nil
	case <-p.done:
		return 0, net.ErrClosed
	}
}

func (p *pipe) Close() error {
	p.once.Do(func() { close(p.done) })
	return p.Conn.Close()
}
