package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/lib/pq"
)

// Errors are told apart by SQLSTATE or by what the system call said, never by
// their text. All of these look through wrapped errors.

// IsUnavailable tells whether the database is gone or not there yet, so that
// the same work can succeed later: refused or broken connections, a server
// that starts, stops or crashed, too many connections.
func IsUnavailable(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	switch code := sqlState(err); {
	case strings.HasPrefix(code, "08"): // connection exception
		return true
	case code == "57P01", code == "57P02", code == "57P03", code == "57P05": // shutdown, crash, starting, idle
		return true
	case code == "53300": // too many connections
		return true
	case code != "":
		return false
	}
	var onNet *net.OpError // any trouble with a socket, to dial it or later
	return errors.As(err, &onNet) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// IsDiskFull tells whether the disk of the database is full. The transaction
// is rolled back; nothing that was committed is lost.
func IsDiskFull(err error) bool {
	return sqlState(err) == "53100" || errors.Is(err, syscall.ENOSPC)
}

// IsBadData tells whether the values themselves cannot be stored: a byte that is
// no text, a number out of range, a key too long for its index. The same
// statement would fail again.
func IsBadData(err error) bool {
	code := sqlState(err)
	return strings.HasPrefix(code, "22") || strings.HasPrefix(code, "54")
}

// IsConflict tells whether two transactions got in each other's way and the
// loser may try again: serialization failure, deadlock, lock not available.
func IsConflict(err error) bool {
	switch sqlState(err) {
	case "40001", "40P01", "55P03":
		return true
	}
	return false
}

// IsDenied tells whether the role lacks a privilege.
func IsDenied(err error) bool { return sqlState(err) == "42501" }

// sqlState is the five characters the server sent; empty if it sent none.
func sqlState(err error) string {
	var e *pq.Error
	if errors.As(err, &e) {
		return string(e.Code)
	}
	return ""
}
