package evaluate

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// readRecords reads sets of labelled lines, one JSON object a line, plain or
// gzipped, and gives each to take. A line that is not what it should be, by its
// JSON or by what take says of it, is told as damage and does not stop the rest.
func readRecords[T any](ctx context.Context, files []string, take func(T) error) ([]Damage, error) {
	for _, name := range files {
		if err := canOpen(name); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoFile, err)
		}
	}
	var damaged []Damage
	for _, name := range files {
		list, err := readRecordFile(ctx, name, take)
		damaged = append(damaged, list...)
		if err != nil {
			return damaged, fmt.Errorf("read %s: %w", name, err)
		}
	}
	return damaged, nil
}

func readRecordFile[T any](ctx context.Context, name string, take func(T) error) ([]Damage, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoFile, err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, err
		}
		defer z.Close() //nolint:errcheck // what was read was checked
		in = z
	}
	var damaged []Damage
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 1<<16), maxLine)
	for number := 1; lines.Scan(); number++ {
		if err := ctx.Err(); err != nil {
			return damaged, err
		}
		if len(lines.Bytes()) == 0 {
			continue
		}
		var record T
		err := json.Unmarshal(lines.Bytes(), &record)
		if err == nil {
			err = take(record)
		}
		if err != nil {
			damaged = append(damaged, Damage{File: name, Line: number, Reason: err.Error()})
		}
	}
	return damaged, lines.Err()
}
