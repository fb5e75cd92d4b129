package warehouse_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func TestErrorsAreToldApart(t *testing.T) {
	t.Parallel()
	state := func(code string) error { return &pq.Error{Code: pqerror.Code(code)} }
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", err)}
	}
	for name, test := range map[string]struct {
		err                             error
		unavailable, diskFull, conflict bool
	}{
		"none":                    {err: nil},
		"something else":          {err: errors.New("x")},
		"duplicate key":           {err: state("23505")},
		"cancelled by us":         {err: context.Canceled},
		"deadline":                {err: fmt.Errorf("query: %w", context.DeadlineExceeded)},
		"statement timeout":       {err: state("57014")},
		"refused":                 {err: dial(syscall.ECONNREFUSED), unavailable: true},
		"no socket":               {err: dial(syscall.ENOENT), unavailable: true},
		"a file that is not":      {err: os.ErrNotExist},
		"reset":                   {err: &net.OpError{Op: "read", Err: syscall.ECONNRESET}, unavailable: true},
		"closed by the server":    {err: fmt.Errorf("copy: %w", io.EOF), unavailable: true},
		"bad connection":          {err: driver.ErrBadConn, unavailable: true},
		"shut down":               {err: state("57P01"), unavailable: true},
		"crashed":                 {err: state("57P02"), unavailable: true},
		"starting":                {err: state("57P03"), unavailable: true},
		"connection exception":    {err: state("08006"), unavailable: true},
		"too many connections":    {err: state("53300"), unavailable: true},
		"disk full":               {err: state("53100"), diskFull: true},
		"disk full on our side":   {err: fmt.Errorf("write: %w", syscall.ENOSPC), diskFull: true},
		"serialization failure":   {err: state("40001"), conflict: true},
		"deadlock":                {err: fmt.Errorf("merge: %w", state("40P01")), conflict: true},
		"lock was not to be had":  {err: state("55P03"), conflict: true},
		"wrapped in many a layer": {err: fmt.Errorf("a: %w", fmt.Errorf("b: %w", state("57P01"))), unavailable: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := warehouse.IsUnavailable(test.err); got != test.unavailable {
				t.Errorf("unavailable: %v", got)
			}
			if got := warehouse.IsDiskFull(test.err); got != test.diskFull {
				t.Errorf("disk full: %v", got)
			}
			if got := warehouse.IsConflict(test.err); got != test.conflict {
				t.Errorf("conflict: %v", got)
			}
		})
	}
}

func TestAKilledSessionIsUnavailableAndTheNextOneWorks(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewEmptyDB(t)
	tx := db.MustBegin()
	defer tx.Rollback()
	var pid int
	if err := tx.Get(&pid, `select pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	open(t, db).MustExec(`select pg_terminate_backend($1)`, pid)
	_, err := tx.Exec(`select pg_sleep(5)`)
	if !warehouse.IsUnavailable(err) {
		t.Errorf("want unavailable, got %v", err)
	}
	if err := db.Ping(); err != nil {
		t.Errorf("a new session: %v", err)
	}
}
