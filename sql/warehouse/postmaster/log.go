package postmaster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// maxLog is the size in bytes above which the log is put aside at a start.
const maxLog = 4 << 20

// rotateLog keeps the log small and returns where this start begins in it.
func rotateLog(l layout) (int64, error) {
	info, err := os.Stat(l.log())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look at log of Postgres: %w", err)
	}
	if info.Size() < maxLog {
		return info.Size(), nil
	}
	if err := os.Rename(l.log(), l.log()+".1"); err != nil {
		return 0, fmt.Errorf("put log of Postgres aside: %w", err)
	}
	return 0, nil
}

// logSize is where the log ends now.
func logSize(l layout) int64 {
	info, err := os.Stat(l.log())
	if err != nil {
		return 0
	}
	return info.Size()
}

func openLog(l layout) (*os.File, error) {
	f, err := os.OpenFile(l.log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o640)
	if err != nil {
		return nil, fmt.Errorf("open log of Postgres: %w%s", err, folderRemedy(err))
	}
	return f, nil
}

// logTail is the end of what the server logged after offset.
func logTail(l layout, offset int64) string {
	text, err := os.ReadFile(l.log())
	if err != nil {
		return err.Error()
	}
	if int64(len(text)) > offset {
		text = text[offset:]
	}
	return lastLines(string(text), 15)
}

// lastLines indents the last n lines of text.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	lines = lines[max(0, len(lines)-n):]
	return "    " + strings.Join(lines, "\n    ")
}
