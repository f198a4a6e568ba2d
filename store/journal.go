package store

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// journal is a file of lines, one for each write, in the order in which they took effect:
//
//	CRC32C-IN-HEX [["hset","{u:7}:s","v","3"],["hinc","{u:7}:c:nord:2026","n","1"]]
//
// A line is synced before the next is written. So only the last can be unfinished, and nobody was told that it succeeded;
// any other line that does not read is damage.
type journal struct {
	path string
	file *os.File
	size int64
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// effects are the operations of a write with its index and its update, as plain commands.
func (w *write) effects(now time.Time) []op {
	ops := append([]op(nil), w.index...)
	if w.update != 0 {
		ops = append(ops, op{"zadd", w.seen, strconv.FormatInt(w.update, 10), strconv.FormatInt(now.Unix(), 10)})
	}
	return append(ops, w.ops...)
}

func encodeLine(ops []op) ([]byte, error) {
	rows := make([][4]string, len(ops))
	for i, o := range ops {
		rows[i] = [4]string{o.name, o.key, o.field, o.value}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(text, castagnoli), text), nil
}

func decodeLine(line []byte) ([]op, error) {
	sum, text, ok := bytes.Cut(line, []byte(" "))
	if !ok || !bytes.HasSuffix(text, []byte("\n")) {
		return nil, errors.New("unfinished line")
	}
	text = text[:len(text)-1]
	if string(sum) != fmt.Sprintf("%08x", crc32.Checksum(text, castagnoli)) {
		return nil, errors.New("wrong checksum")
	}
	var rows [][4]string
	if err := json.Unmarshal(text, &rows); err != nil {
		return nil, err
	}
	ops := make([]op, len(rows))
	for i, r := range rows {
		ops[i] = op{r[0], r[1], r[2], r[3]}
	}
	return ops, nil
}

// readJournal redoes every write in order. It returns the length of what is whole: all, or all but an unfinished last line.
func readJournal(r io.Reader, redo func([]op) error) (whole int64, err error) {
	in := bufio.NewReaderSize(r, 1<<16)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return whole, err
		}
		if len(line) == 0 {
			return whole, nil
		}
		ops, err := decodeLine(line)
		if err != nil {
			if _, more := in.Peek(1); more == io.EOF {
				return whole, nil
			}
			return whole, fmt.Errorf("%w at byte %d: %w", ErrDamaged, whole, err)
		}
		if err := redo(ops); err != nil {
			return whole, fmt.Errorf("%w at byte %d: %w", ErrDamaged, whole, err)
		}
		whole += int64(len(line))
	}
}

// openJournal also returns how many bytes of an unfinished last line it has cut off.
func openJournal(path string, redo func([]op) error) (j *journal, torn int64, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("journal: %w", err)
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	whole, err := readJournal(file, redo)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w; put back a copy of the file, or cut it there and lose what follows", path, err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, fmt.Errorf("journal: %w", err)
	}
	torn = info.Size() - whole
	if torn > 0 {
		if err := file.Truncate(whole); err != nil {
			return nil, 0, fmt.Errorf("journal: %w", err)
		}
	}
	if err := errors.Join(file.Sync(), syncDir(path)); err != nil {
		return nil, 0, fmt.Errorf("journal: %w", err)
	}
	return &journal{path: path, file: file, size: whole}, torn, nil
}

// append returns once the line is on the disk.
func (j *journal) append(ops []op) error {
	line, err := encodeLine(ops)
	if err != nil {
		return err
	}
	if _, err := j.file.Write(line); err != nil {
		return err
	}
	j.size += int64(len(line))
	return j.file.Sync()
}

// A journal is compacted from a size on at which reading it at the start takes a moment, and when that halves it at least.
const compactFrom = 1 << 20

// compact replaces a journal much larger than the data by what dump passes on. Until the new file has taken the place of the
// old one, the old one is untouched.
func (j *journal) compact(dump func(each func([]op) error) error) error {
	if j.size < compactFrom {
		return nil
	}
	path := j.path + ".new"
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	size, err := writeDump(file, dump)
	if err == nil && size > j.size/2 {
		file.Close()
		return os.Remove(path)
	}
	if err == nil {
		err = os.Rename(path, j.path)
	}
	if err != nil {
		file.Close()
		return errors.Join(err, os.Remove(path))
	}
	j.file.Close()
	j.file, j.size = file, size
	return syncDir(j.path)
}

func writeDump(file *os.File, dump func(each func([]op) error) error) (size int64, err error) {
	out := bufio.NewWriterSize(file, 1<<16)
	err = dump(func(ops []op) error {
		line, err := encodeLine(ops)
		if err != nil {
			return err
		}
		size += int64(len(line))
		_, err = out.Write(line)
		return err
	})
	return size, errors.Join(err, out.Flush(), file.Sync())
}

// syncDir makes the name of a new file last. Windows has no such call.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
