package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"
)

// written is a directory with a journal of n actions of member 1, closed.
func written(t *testing.T, n int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	for range n {
		if _, err := addNext(t.Context(), s, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// contents is all that the store's server holds.
func contents(t *testing.T, s *Store) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	err := s.embedded.dump(func(ops []op) error {
		for _, o := range ops {
			all[fmt.Sprint(o)] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestJournalTornTail(t *testing.T) {
	dir := written(t, 3)
	path := filepath.Join(dir, "journal")
	whole := readFile(t, path)
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	broken := slices.Clone(whole)
	broken[len(broken)-5] ^= 1
	tails := [][]byte{broken, append(slices.Clone(whole[:last]), make([]byte, 300)...)}
	for cut := last + 1; cut < len(whole); cut += 97 {
		tails = append(tails, whole[:cut])
	}
	tails = append(tails, whole[:len(whole)-1])
	for _, torn := range tails {
		if err := os.WriteFile(path, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		s := mustOpen(t, Options{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if !strings.Contains(log.String(), fmt.Sprintf("bytes=%d", len(torn)-last)) {
			t.Errorf("no warning of %d bytes dropped: %q", len(torn)-last, log.String())
		}
		checkAllThere(t, s, 1, 2)
		if n, err := addNext(t.Context(), s, 1); n != 3 || err != nil {
			t.Errorf("the next action: %d, %v", n, err)
		}
		s.Close()
		s = mustOpen(t, Options{Dir: dir})
		checkAllThere(t, s, 1, 3)
		audit(t, s)
		s.Close()
	}
}

func TestJournalDamaged(t *testing.T) {
	dir := written(t, 3)
	path := filepath.Join(dir, "journal")
	whole := readFile(t, path)
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for at := 0; at < last; at += 41 {
		damaged := slices.Clone(whole)
		damaged[at] ^= 1
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), Options{Dir: dir, Log: silent}); !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %d changed: %v, want ErrDamaged", at, err)
		}
		if !bytes.Equal(readFile(t, path), damaged) {
			t.Fatal("a damaged journal was written to")
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	checkAllThere(t, mustOpen(t, Options{Dir: dir}), 1, 3) // no refusal has left the directory locked
}

func TestJournalOfNewerVersion(t *testing.T) {
	dir := t.TempDir()
	line, err := encodeLine([]op{{"frobnicate", "k", "", ""}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "journal"), line, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Dir: dir, Log: silent}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "newer") {
		t.Errorf("got %v", err)
	}
}

func TestJournalCompaction(t *testing.T) {
	dir := t.TempDir()
	c := newClock()
	s := mustOpen(t, Options{Dir: dir, Now: c.now})
	for member := range int64(3) {
		join(t, s, member+1, "nord")
		join(t, s, member+1, "sud")
		a := sample(member)
		commit(t, s, member+1, Change{New: &a})
	}
	if _, err := s.Invite(t.Context(), Invitation{Team: "nord", Role: "chef"}); err != nil {
		t.Fatal(err)
	}
	state := []byte(`"` + strings.Repeat("é", 20_000) + `"`)
	for i := range int64(60) {
		chat, err := s.Chat(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(t.Context(), Turn{Chat: 1, Update: i + 1, Version: chat.Version, State: state}); err != nil {
			t.Fatal(err)
		}
		if i == 49 {
			c.advance(remembered + 1e9) // the first fifty updates are forgotten by the next
		}
	}
	want := contents(t, s)
	s.Close()
	path := filepath.Join(dir, "journal")
	before := int64(len(readFile(t, path)))

	for range 2 { // compacting, then reading what was compacted
		s = mustOpen(t, Options{Dir: dir, Now: c.now})
		if got := contents(t, s); !maps.Equal(got, want) {
			t.Fatalf("the data changed: %d entries, want %d", len(got), len(want))
		}
		audit(t, s)
		s.Close()
		if after := int64(len(readFile(t, path))); after > before/10 {
			t.Errorf("%d bytes, compacted %d", before, after)
		}
	}
	s = mustOpen(t, Options{Dir: dir, Now: c.now})
	join(t, s, 9, "nord")
	s.Close()
	if members, err := mustOpen(t, Options{Dir: dir}).Members(t.Context(), "nord"); err != nil || len(members) != 1 {
		t.Errorf("written after compaction: %v, %v", members, err)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 2 {
		t.Errorf("left over: %v", names)
	}
}

// Once memory is ahead of the disk, nothing may build upon it.
func TestJournalFailing(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	if _, err := addNext(t.Context(), s, 1); err != nil {
		t.Fatal(err)
	}
	good := s.embedded.journal.file
	readOnly, err := os.Open(filepath.Join(dir, "journal"))
	if err != nil {
		t.Fatal(err)
	}
	s.embedded.journal.file = readOnly
	if _, err := addNext(t.Context(), s, 1); err == nil {
		t.Error("a commit that is not on the disk was acknowledged")
	}
	s.embedded.journal.file = good
	if _, err := addNext(t.Context(), s, 1); err == nil {
		t.Error("a commit upon one that is not on the disk was accepted")
	}
	if s.Ping(t.Context()) == nil {
		t.Error("the store says it is well")
	}
	s.Close()
	s = mustOpen(t, Options{Dir: dir})
	if n, err := addNext(t.Context(), s, 1); n != 2 || err != nil {
		t.Errorf("after opening again: action %d, %v, want 2", n, err)
	}
	audit(t, s)
}

// A caller that gives up in the middle of a write must leave memory and disk alike.
func TestJournalGivenUp(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	ctx, cancel := context.WithCancel(t.Context())
	w, err := Turn{Chat: 1}.write()
	if err != nil {
		t.Fatal(err)
	}
	err = s.embedded.write(ctx, w, func(ctx context.Context, w *write) error {
		cancel()
		return s.run(ctx, w)
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := addNext(t.Context(), s, 1); err != nil {
		t.Error(err)
	}
}

func TestClosed(t *testing.T) {
	for _, dir := range []string{"", t.TempDir()} {
		s := mustOpen(t, Options{Dir: dir})
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Commit(t.Context(), Turn{Chat: 1}); err == nil {
			t.Error("a closed store took a commit")
		}
		if s.Ping(t.Context()) == nil {
			t.Error("a closed store answers")
		}
	}
}

func FuzzJournal(f *testing.F) {
	line, err := encodeLine((&write{ops: []op{{"hset", "h", "f", "é"}, {"hinc", "h", "n", "2"}, {"zadd", "z", "m", "1"},
		{"sadd", "s", "m", ""}, {"zrem", "z", "m", ""}, {"hdel", "h", "f", ""}}}).ops)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add(append(slices.Clone(line), line[:20]...))
	f.Add([]byte(`[["hinc","h","f","x"]]`))
	f.Add([]byte(`[["zadd","h","f","nan"],["hset","h","f","1"],["hinc","h","f","1"]]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		sealed := fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(data, castagnoli), data)
		for _, file := range [][]byte{data, sealed, append(slices.Clone(line), sealed...)} {
			e := &embedded{server: miniredis.NewMiniRedis(), now: newClock().now}
			whole, err := readJournal(bytes.NewReader(file), e.redo)
			if err != nil && !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			if whole < 0 || whole > int64(len(file)) {
				t.Fatalf("%d of %d bytes are whole", whole, len(file))
			}
			again := &embedded{server: miniredis.NewMiniRedis()}
			if n, err := readJournal(bytes.NewReader(file[:whole]), again.redo); n != whole || err != nil {
				t.Fatalf("of what was whole, %d bytes of %d are: %v", n, whole, err)
			}
		}
	})
}
