package export

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// ManifestFile is the name of the manifest in the folder.
const ManifestFile = "manifest.json"

// manifestFormat marks a folder as an export of ours.
const manifestFormat = "overheard-export/1"

// Manifest says what was exported: enough to load the files elsewhere, and to
// see whether they are whole.
type Manifest struct {
	Format         string    `json:"format"`
	Program        string    `json:"program"`
	ExportedAt     time.Time `json:"exported_at"` // the moment all files show, UTC
	From           string    `json:"from,omitempty"`
	To             string    `json:"to,omitempty"`
	NightCount     int       `json:"night_count"`
	FirstNight     string    `json:"first_night,omitempty"`
	LastNight      string    `json:"last_night,omitempty"`
	MethodVersions []string  `json:"method_versions"` // of these nights
	Nights         []Night   `json:"nights"`
	Tables         []Table   `json:"tables"`
}

// Night is a published night of the export.
type Night struct {
	Night         string `db:"night" json:"night"`
	Revision      int    `db:"revision" json:"revision"`
	MethodVersion string `db:"method_version" json:"method_version"`
	PanelID       string `db:"panel_id" json:"panel_id"`
	IsDegraded    bool   `db:"is_degraded" json:"is_degraded"`
}

// Table is an exported table with what the catalog says of it.
type Table struct {
	warehouse.Relation
	RowCount int64  `json:"row_count"`
	Files    []File `json:"files"`
}

// File is one file of a table.
type File struct {
	Name      string `json:"name"`
	Format    string `json:"format"`
	ByteCount int64  `json:"byte_count"`
	MD5       string `json:"md5"`
	SHA256    string `json:"sha256"`
}

// newManifest reads which nights there are between the bounds, and refuses bounds
// that hold none.
func newManifest(ctx context.Context, tx *sqlx.Tx, o Options) (Manifest, error) {
	m := Manifest{Format: manifestFormat, Program: o.Program, MethodVersions: []string{}, Nights: []Night{}, Tables: []Table{}}
	if err := tx.GetContext(ctx, &m.ExportedAt, `select transaction_timestamp()`); err != nil {
		return m, fmt.Errorf("ask the server's time: %w", err)
	}
	m.ExportedAt = m.ExportedAt.UTC()
	err := tx.SelectContext(ctx, &m.Nights, `
		select cast(night as text) as night, revision, method_version, panel_id, is_degraded
		from marts.nights
		where (cast($1 as date) is null or night >= cast($1 as date))
			and (cast($2 as date) is null or night <= cast($2 as date))
		order by night`, dateOrNull(o.From), dateOrNull(o.To))
	if err != nil {
		return m, fmt.Errorf("read the published nights: %w", err)
	}
	isBounded := !o.From.IsZero() || !o.To.IsZero()
	if !o.From.IsZero() {
		m.From = o.From.Format(time.DateOnly)
	}
	if !o.To.IsZero() {
		m.To = o.To.Format(time.DateOnly)
	}
	if len(m.Nights) == 0 && isBounded {
		return m, noNights(ctx, tx, m)
	}
	m.NightCount = len(m.Nights)
	for i, n := range m.Nights {
		if i == 0 {
			m.FirstNight = n.Night
		}
		m.LastNight = n.Night
		if k := len(m.MethodVersions); k == 0 || m.MethodVersions[k-1] != n.MethodVersion {
			m.MethodVersions = append(m.MethodVersions, n.MethodVersion)
		}
	}
	return m, nil
}

// noNights says which nights there are instead.
func noNights(ctx context.Context, tx *sqlx.Tx, m Manifest) error {
	var first, last *string
	err := tx.QueryRowxContext(ctx, `select cast(min(night) as text), cast(max(night) as text) from marts.nights`).Scan(&first, &last)
	if err != nil {
		return fmt.Errorf("read the published nights: %w", err)
	}
	var asked string
	switch {
	case m.From == m.To:
		asked = "on " + m.From
	case m.To == "":
		asked = "from " + m.From + " on"
	case m.From == "":
		asked = "until " + m.To
	default:
		asked = "from " + m.From + " to " + m.To
	}
	if first == nil {
		return fmt.Errorf("no night is published %s, nor any other yet; overheard nightly does one", asked)
	}
	return fmt.Errorf("no night is published %s; the first is %s, the last %s", asked, *first, *last)
}

func dateOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format(time.DateOnly)
}

func (m Manifest) write(path string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	return nil
}

// readManifest reads that of an export that stands.
func readManifest(path string) (Manifest, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Manifest{}, err
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return Manifest{}, err
	}
	if m.Format != manifestFormat {
		return Manifest{}, fmt.Errorf("%s is of the format %q", path, m.Format)
	}
	return m, nil
}
