package export_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/export"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// given is a table of every type a result table may have, with the values that
// trip writers, its rows in an order that is not theirs, and a view of it.
const given = `
insert into marts.nights (
	night, article_count, story_count, mention_count, company_count, outlet_count, country_count, language_count,
	panel_outlet_count, panel_outlet_up_count, panel_coverage_share, is_degraded, method_version, panel_id, revision, published_at, published_date
)
select n, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, n = date '2026-11-21', 'ocpi-v1', 'p1', 2, n + 1, n + 1
from generate_series(date '2026-11-20', date '2026-11-22', '1 day') as g, cast(g as date) as n;
insert into marts.companies (company_id, name, sector, ownership, home_country, is_comparator, is_active) values ('acme', 'Acme', 'cars', 'private', 'CN', false, true);
create table marts.probe (
	night date not null references marts.nights (night),
	word text not null,
	small smallint,
	whole integer,
	large bigint,
	share numeric(9, 6),
	sum numeric(18, 4),
	huge numeric(24, 12),
	ratio double precision,
	is_so boolean,
	seen_at timestamptz,
	primary key (night, word)
);
comment on table marts.probe is 'A probe, with a "quote".';
comment on column marts.probe.share is 'Share, 0 to 1.';
insert into marts.probe values
	('2026-11-22', 'b', -32768, -2147483648, 9007199254740991, -0.000001, 99999999999999.9999, -999999999999.999999999999, 0.1, false, '2026-11-22 23:59:59.999999+00'),
	('2026-11-21', 'Zebra', 1, 2, 3, 0.5, 1.25, 3.000000000001, 1e300, true, '1969-12-31 23:59:59+00'),
	('2026-11-21', 'a, "b"' || chr(10) || '北京', null, null, null, null, null, null, null, null, null),
	('2026-11-20', '', 0, 0, 0, 0, 0, 0, 0, true, '2026-11-20 12:00:00+02');
create view marts.probe_view as select night, word, cast(share as numeric(9, 6)) as share from marts.probe;`

func newDB(t *testing.T) *sqlx.DB {
	t.Helper()
	db := warehousetest.NewDB(t)
	if _, err := db.Exec(given); err != nil {
		t.Fatal(err)
	}
	return db
}

// asReader connects as a BI tool does.
func asReader(t *testing.T, db *sqlx.DB) *sqlx.DB {
	t.Helper()
	bi, err := sqlx.Connect("postgres", warehousetest.URL(t, db, warehouse.Reader))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bi.Close() })
	return bi
}

func night(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

func TestCSVSaysEveryTypeAndNull(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "out")
	_, err := export.Run(t.Context(), asReader(t, newDB(t)), export.Options{Dir: dir, Formats: []string{"csv"}, Tables: []string{"marts.probe"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "probe.csv"))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"night,word,small,whole,large,share,sum,huge,ratio,is_so,seen_at",
		`2026-11-20,"",0,0,0,0.000000,0.0000,0.000000000000,0,true,2026-11-20T10:00:00Z`,
		"2026-11-21,Zebra,1,2,3,0.500000,1.2500,3.000000000001,1e+300,true,1969-12-31T23:59:59Z",
		"2026-11-21,\"a, \"\"b\"\"\n北京\",,,,,,,,,",
		"2026-11-22,b,-32768,-2147483648,9007199254740991,-0.000001,99999999999999.9999,-999999999999.999999999999,0.1,false,2026-11-22T23:59:59.999999Z",
		"",
	}, "\r\n")
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("probe.csv (-want +got):\n%s", diff)
	}
	if _, err := csv.NewReader(strings.NewReader(string(got))).ReadAll(); err != nil {
		t.Errorf("a reader of CSV: %v", err)
	}
}

func TestManifestTellsWhatIsThere(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	dir := filepath.Join(t.TempDir(), "new", "out")
	var heard []export.Progress
	manifest, err := export.Run(t.Context(), asReader(t, db), export.Options{Dir: dir, Formats: export.Formats(), Program: "test"},
		func(p export.Progress) { heard = append(heard, p) })
	if err != nil {
		t.Fatal(err)
	}
	var written export.Manifest
	text, err := os.ReadFile(filepath.Join(dir, export.ManifestFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(manifest, written); diff != "" {
		t.Errorf("manifest (-returned +written):\n%s", diff)
	}
	relations, err := warehouse.ReadRelations(t.Context(), db, "marts")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{export.ManifestFile: true}
	var rows int64
	for i, r := range relations {
		table := manifest.Tables[i]
		if diff := cmp.Diff(r, table.Relation); diff != "" {
			t.Errorf("table (-catalog +manifest):\n%s", diff)
		}
		var count int64
		if err := db.Get(&count, "select count(*) from marts."+r.Name); err != nil || count != table.RowCount {
			t.Errorf("%s: %d rows exported of %d (%v)", r.Name, table.RowCount, count, err)
		}
		rows += count
		for _, f := range table.Files {
			files[f.Name] = true
			wantSums(t, filepath.Join(dir, f.Name), f)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(files) || len(files) != 2*len(relations)+1 {
		t.Errorf("%d files in the folder, want %d (%v)", len(entries), len(files), err)
	}
	wantNights := []export.Night{
		{Night: "2026-11-20", Revision: 2, MethodVersion: "ocpi-v1", PanelID: "p1"},
		{Night: "2026-11-21", Revision: 2, MethodVersion: "ocpi-v1", PanelID: "p1", IsDegraded: true},
		{Night: "2026-11-22", Revision: 2, MethodVersion: "ocpi-v1", PanelID: "p1"},
	}
	if diff := cmp.Diff(wantNights, manifest.Nights); diff != "" {
		t.Errorf("nights (-want +got):\n%s", diff)
	}
	last := heard[len(heard)-1]
	if last.TableCount != len(relations) || last.Tables != len(relations) || last.RowCount != rows || last.ByteCount == 0 {
		t.Errorf("the last word of progress is %+v", last)
	}
	if siblings, _ := os.ReadDir(filepath.Dir(dir)); len(siblings) != 1 {
		t.Errorf("something is left beside the export: %v", siblings)
	}
}

func TestNightsBoundTablesThatHaveThem(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	for _, test := range []struct {
		name     string
		from, to string
		rows     map[string]int64
		says     string
	}{
		{"no bounds", "", "", map[string]int64{"probe": 4, "probe_view": 4, "nights": 3, "companies": 1}, ""},
		{"one night", "2026-11-21", "2026-11-21", map[string]int64{"probe": 2, "probe_view": 2, "nights": 1, "companies": 1}, ""},
		{"from a night on", "2026-11-21", "", map[string]int64{"probe": 3, "probe_view": 3, "nights": 2, "companies": 1}, ""},
		{"until a night", "", "2026-11-20", map[string]int64{"probe": 1, "probe_view": 1, "nights": 1, "companies": 1}, ""},
		{"a night that is not there", "2026-12-01", "2026-12-01", nil, "no night is published on 2026-12-01; the first is 2026-11-20, the last 2026-11-22"},
		{"nights that are not there", "", "2026-01-01", nil, "no night is published until 2026-01-01"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := export.Options{Dir: filepath.Join(t.TempDir(), "out"), Formats: []string{"csv"}, Tables: []string{"probe", "probe_view", "nights", "companies"}}
			if test.from != "" {
				o.From = night(test.from)
			}
			if test.to != "" {
				o.To = night(test.to)
			}
			manifest, err := export.Run(t.Context(), db, o, nil)
			if test.says != "" {
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("got %v, want %q", err, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			rows := map[string]int64{}
			for _, table := range manifest.Tables {
				rows[table.Name] = table.RowCount
			}
			if diff := cmp.Diff(test.rows, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnknownTablesAreNamedWithWhatWasMeant(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	for _, test := range []struct{ name, says string }{
		{"company_ranking", `there is no result table "company_ranking" (did you mean company_rankings`},
		{"rankings", `did you mean company_rankings`},
		{"outlet", `(did you mean outlets`},
		{"zzz", "there are companies, "},
		{"", "there are companies, "},
		{"staging.articles", `there is no result table "staging.articles"`},
	} {
		_, err := export.Run(t.Context(), db, export.Options{Dir: filepath.Join(t.TempDir(), "out"), Formats: []string{"csv"}, Tables: []string{test.name}}, nil)
		var unknown *export.UnknownTableError
		if !errors.As(err, &unknown) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("table %q: %v, want %q", test.name, err, test.says)
		}
	}
	_, err := export.Run(t.Context(), db, export.Options{Dir: filepath.Join(t.TempDir(), "out"), Formats: []string{"xlsx"}}, nil)
	if err == nil || !strings.Contains(err.Error(), `export as "xlsx": there is csv and parquet`) {
		t.Errorf("an unknown format: %v", err)
	}
}

func TestTypesOfNoResultTableAreRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ column, says string }{
		{"bad numeric", "export marts.odd: column bad: its type numeric is none a result table may have"},
		{"bad jsonb", "its type jsonb"},
		{"bad text[]", "its type text[]"},
		{"bad double precision default 'NaN', more numeric(5,2) default 'NaN'", "column more: NaN is no finite number"},
	} {
		db := newDB(t)
		db.MustExec("create table marts.odd (" + test.column + "); insert into marts.odd default values")
		dir := filepath.Join(t.TempDir(), "out")
		_, err := export.Run(t.Context(), db, export.Options{Dir: dir, Formats: export.Formats()}, nil)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", test.column, err, test.says)
		}
		if siblings, _ := os.ReadDir(filepath.Dir(dir)); len(siblings) > 0 {
			t.Errorf("%s: something is left: %v", test.column, siblings)
		}
	}
}

func TestAFolderIsReplacedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	run := func(ctx context.Context, dir string, isForced bool, show func(export.Progress)) error {
		_, err := export.Run(ctx, db, export.Options{Dir: dir, Formats: []string{"csv"}, Tables: []string{"probe"}, IsForced: isForced}, show)
		return err
	}
	want := func(what string, err error, says string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", what, err, says)
		}
	}
	parent := t.TempDir()
	strange := filepath.Join(parent, "photos")
	if err := os.MkdirAll(strange, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), strange, false, nil); err != nil {
		t.Errorf("a folder that is empty: %v", err)
	}
	want("an export that stands", run(t.Context(), strange, false, nil), "--force replaces it")
	before, _ := os.ReadFile(filepath.Join(strange, "probe.csv"))
	db.MustExec(`insert into marts.probe (night, word) values ('2026-11-22', 'c')`)

	ctx, cancel := context.WithCancel(t.Context())
	err := run(ctx, strange, true, func(export.Progress) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	after, _ := os.ReadFile(filepath.Join(strange, "probe.csv"))
	if diff := cmp.Diff(string(before), string(after)); diff != "" || len(before) == 0 {
		t.Errorf("an interrupted export changed what stood (-before +after):\n%s", diff)
	}

	// What a killed export leaves is cleared away.
	left := filepath.Join(parent, ".photos.overheard-export-part")
	if err := os.MkdirAll(left, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, "half.csv"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), strange, true, nil); err != nil {
		t.Errorf("with --force: %v", err)
	}
	after, _ = os.ReadFile(filepath.Join(strange, "probe.csv"))
	if !strings.Contains(string(after), "2026-11-22,c,") {
		t.Errorf("with --force the export is still the old one:\n%s", after)
	}
	if entries, _ := os.ReadDir(strange); len(entries) != 2 {
		t.Errorf("files of the new export: %v", entries)
	}

	// While one writes, another is refused.
	err = run(t.Context(), strange, true, func(p export.Progress) {
		if p.TableCount == 0 {
			want("a second export", run(t.Context(), strange, true, nil), "another export is writing there")
		}
	})
	if err != nil {
		t.Errorf("beside a second export: %v", err)
	}

	if err := os.WriteFile(filepath.Join(strange, "holiday.jpg"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	want("a stranger's file in the export", run(t.Context(), strange, true, nil), "it holds holiday.jpg, which is no part of the export there")
	if err := os.Remove(filepath.Join(strange, export.ManifestFile)); err != nil {
		t.Fatal(err)
	}
	want("a folder that is no export", run(t.Context(), strange, true, nil), "is not empty and holds no export")
	want("a file", run(t.Context(), filepath.Join(strange, "holiday.jpg"), true, nil), "that is a file")
	if siblings, _ := os.ReadDir(parent); len(siblings) != 1 {
		t.Errorf("something is left beside: %v", siblings)
	}
}
