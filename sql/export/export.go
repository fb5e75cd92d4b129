// Package export writes the result tables as files: CSV for whoever has a
// spreadsheet, Parquet for whoever has a query engine, and a manifest that says
// what each file is.
//
//	manifest, err := export.Run(ctx, db, export.Options{Dir: "out", Formats: export.Formats()}, nil)
//
// All files are of one moment: they are read in one repeatable-read transaction,
// which may do nothing but read, so the role of BI tools is enough. Rows stream
// from the server to the files; memory holds one row group of Parquet, however
// large the table is. The files are written into a folder beside the one asked
// for, which takes its name once all is whole (folder.go): a reader sees an
// export or none.
//
// table.go reads a table, csv.go and parquet.go write it, choose.go decides which
// tables and which nights, manifest.go is what is told about them.
package export

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// Schema is the one that is exported.
const Schema = "marts"

// Options say what to write, and where.
type Options struct {
	Dir      string    // folder to make
	Formats  []string  // of Formats()
	Tables   []string  // without their schema; none: all
	From, To time.Time // nights, both included; zero: no bound
	IsForced bool      // an export that stands in Dir is replaced
	Program  string    // who wrote the files, with its version
}

// Progress is where an export stands. It is told after every few thousand rows.
type Progress struct {
	Table      string // the one being written
	TableCount int    // tables that are whole
	Tables     int    // tables there are to write
	RowCount   int64  // rows written so far
	ByteCount  int64  // bytes written so far, all formats
}

// formats are the writers by name; the name ends the file's.
var formats = map[string]func(io.Writer, warehouse.Relation, map[string]string) (tableWriter, error){
	"csv":     newCSVWriter,
	"parquet": newParquetWriter,
}

// Formats are the kinds of files there are.
func Formats() []string { return []string{"csv", "parquet"} }

// tableWriter writes one table to one file.
type tableWriter interface {
	Write(row []any) error // values as table.go reads them
	Close() error
}

// Run writes the tables. Nothing stands in Dir unless it returns nil. show may be
// nil; it is called by one goroutine.
func Run(ctx context.Context, db *sqlx.DB, o Options, show func(Progress)) (Manifest, error) {
	if show == nil {
		show = func(Progress) {}
	}
	for _, format := range o.Formats {
		if formats[format] == nil {
			return Manifest{}, fmt.Errorf("export as %q: there is csv and parquet", format)
		}
	}
	if len(o.Formats) == 0 {
		return Manifest{}, errors.New("export: no format is named; there is csv and parquet")
	}
	tx, err := db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return Manifest{}, fmt.Errorf("begin to read the result tables: %w", err)
	}
	defer tx.Rollback()
	// The role of BI tools has five minutes for a statement; an export may take longer.
	if _, err := tx.ExecContext(ctx, `set local statement_timeout = 0`); err != nil {
		return Manifest{}, fmt.Errorf("begin to read the result tables: %w", err)
	}
	relations, err := choose(ctx, tx, o.Tables)
	if err != nil {
		return Manifest{}, err
	}
	manifest, err := newManifest(ctx, tx, o)
	if err != nil {
		return Manifest{}, err
	}
	folder, err := openFolder(o.Dir, o.IsForced)
	if err != nil {
		return Manifest{}, err
	}
	defer folder.abandon()
	e := exporter{tx: tx, options: o, manifest: &manifest, folder: folder.part, show: show, progress: Progress{Tables: len(relations)}}
	for _, r := range relations {
		if err := e.export(ctx, r); err != nil {
			return Manifest{}, fmt.Errorf("export %s: %w", r.FullName(), err)
		}
	}
	if err := manifest.write(filepath.Join(folder.part, ManifestFile)); err != nil {
		return Manifest{}, err
	}
	return manifest, folder.keep()
}

// exporter is one run.
type exporter struct {
	tx       *sqlx.Tx
	options  Options
	manifest *Manifest
	folder   string
	progress Progress
	show     func(Progress)
}

// export writes one table to its files, all in one pass over its rows.
func (e *exporter) export(ctx context.Context, r warehouse.Relation) error {
	e.progress.Table = r.Name
	e.show(e.progress)
	facts := e.manifest.facts(r)
	var files []*file
	defer func() {
		for _, f := range files {
			f.abandon()
		}
	}()
	for _, format := range e.options.Formats {
		f, err := newFile(e.folder, r, format, facts)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	before := e.progress
	tell := func(rows int64) {
		e.progress.RowCount = before.RowCount + rows
		e.progress.ByteCount = before.ByteCount
		for _, f := range files {
			e.progress.ByteCount += f.size
		}
		e.show(e.progress)
	}
	rows, err := readTable(ctx, e.tx, r, e.options.From, e.options.To, func(rows int64, row []any) error {
		for _, f := range files {
			if err := f.table.Write(row); err != nil {
				return err
			}
		}
		if rows%tellEvery == 0 {
			tell(rows)
		}
		return nil
	})
	if err != nil {
		return err
	}
	entry := Table{Relation: r, RowCount: rows, Files: []File{}}
	for _, f := range files {
		written, err := f.finish()
		if err != nil {
			return err
		}
		entry.Files = append(entry.Files, written)
	}
	e.manifest.Tables = append(e.manifest.Tables, entry)
	e.progress.TableCount++
	tell(rows)
	return nil
}

// tellEvery is how many rows pass between two words of progress.
const tellEvery = 4096

// file is one file being written; it sums what passes.
type file struct {
	name, format string
	target       *os.File
	table        tableWriter
	md5, sha256  hash.Hash
	size         int64
}

func newFile(folder string, r warehouse.Relation, format string, facts map[string]string) (*file, error) {
	f := &file{name: r.Name + "." + format, format: format, md5: md5.New(), sha256: sha256.New()}
	target, err := os.Create(filepath.Join(folder, f.name))
	if err != nil {
		return nil, err
	}
	f.target = target
	if f.table, err = formats[format](f, r, facts); err != nil {
		f.abandon()
		return nil, err
	}
	return f, nil
}

// Write takes the bytes of the format.
func (f *file) Write(p []byte) (int, error) {
	n, err := f.target.Write(p)
	f.md5.Write(p[:n])
	f.sha256.Write(p[:n])
	f.size += int64(n)
	return n, err
}

func (f *file) finish() (File, error) {
	err := f.table.Close()
	if err == nil {
		err = f.target.Sync()
	}
	if closing := f.target.Close(); err == nil {
		err = closing
	}
	f.target = nil
	return File{
		Name: f.name, Format: f.format, ByteCount: f.size,
		MD5: hex.EncodeToString(f.md5.Sum(nil)), SHA256: hex.EncodeToString(f.sha256.Sum(nil)),
	}, err
}

func (f *file) abandon() {
	if f.target != nil {
		_ = f.target.Close() // the whole folder goes
	}
}

// nightBounds are the conditions on a table's night, and their arguments.
func nightBounds(r warehouse.Relation, from, to time.Time) (conditions []string, args []any) {
	if !r.Has("night") {
		return nil, nil
	}
	if !from.IsZero() {
		args = append(args, from.Format(time.DateOnly))
		conditions = append(conditions, fmt.Sprintf("night >= cast($%d as date)", len(args)))
	}
	if !to.IsZero() {
		args = append(args, to.Format(time.DateOnly))
		conditions = append(conditions, fmt.Sprintf("night <= cast($%d as date)", len(args)))
	}
	return slices.Clip(conditions), args
}
