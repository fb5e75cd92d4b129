package export_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/overheard-news/overheard/sql/export"
	"github.com/overheard-news/overheard/sql/warehouse"
)

func wantSums(t *testing.T, path string, f export.File) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, s := md5.Sum(text), sha256.Sum256(text)
	got := export.File{Name: f.Name, Format: f.Format, ByteCount: int64(len(text)), MD5: hex.EncodeToString(m[:]), SHA256: hex.EncodeToString(s[:])}
	if diff := cmp.Diff(got, f); diff != "" {
		t.Errorf("%s (-file +manifest):\n%s", path, diff)
	}
}

func TestParquetKeepsTypesAndValues(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "out")
	_, err := export.Run(t.Context(), newDB(t), export.Options{Dir: dir, Formats: []string{"parquet"}, Tables: []string{"probe"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	file, schema, rows := readParquet(t, filepath.Join(dir, "probe.parquet"))
	wantSchema := `message probe {
	required int32 night (DATE);
	required binary word (STRING);
	optional int32 small (INT(16,true));
	optional int32 whole (INT(32,true));
	optional int64 large (INT(64,true));
	optional int32 share (DECIMAL(9,6));
	optional int64 sum (DECIMAL(18,4));
	optional fixed_len_byte_array(16) huge (DECIMAL(24,12));
	optional double ratio;
	optional boolean is_so;
	optional int64 seen_at (TIMESTAMP(isAdjustedToUTC=true,unit=MICROS));
}`
	if diff := cmp.Diff(wantSchema, schema); diff != "" {
		t.Errorf("schema (-want +got):\n%s", diff)
	}
	null := any(nil)
	want := [][]any{
		{int32(20777), "", int32(0), int32(0), int64(0), int32(0), int64(0), "0", 0.0, true, int64(1795168800000000)},
		{int32(20778), "Zebra", int32(1), int32(2), int64(3), int32(500000), int64(12500), "3000000000001", 1e300, true, int64(-1000000)},
		{int32(20778), "a, \"b\"\n北京", null, null, null, null, null, null, null, null, null},
		{int32(20779), "b", int32(-32768), int32(-2147483648), int64(9007199254740991), int32(-1), int64(999999999999999999), "-999999999999999999999999", 0.1, false, int64(1795391999999999)},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	for key, want := range map[string]string{
		"overheard.table":           "marts.probe",
		"overheard.comment":         `A probe, with a "quote".`,
		"overheard.primary_key":     `["night","word"]`,
		"overheard.foreign_keys":    `[{"columns":["night"],"table":"marts.nights","referenced_columns":["night"]}]`,
		"overheard.method_versions": `["ocpi-v1"]`,
		"overheard.first_night":     "2026-11-20",
		"overheard.last_night":      "2026-11-22",
	} {
		if got, _ := file.Lookup(key); got != want {
			t.Errorf("metadata %s is %q, want %q", key, got, want)
		}
	}
	var columns []warehouse.Column
	text, _ := file.Lookup("overheard.columns")
	if err := json.Unmarshal([]byte(text), &columns); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(warehouse.Column{Name: "share", Type: "numeric(9,6)", Comment: "Share, 0 to 1."}, columns[5]); diff != "" {
		t.Errorf("a column in the metadata (-want +got):\n%s", diff)
	}
}

func TestParquetOfManyRowsHasRowGroups(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	const many = 100_000
	db.MustExec(`insert into marts.probe (night, word, whole) select '2026-11-22', 'w' || lpad(cast(n as text), 7, '0'), n from generate_series(1, $1) as n`, many)
	dir := filepath.Join(t.TempDir(), "out")
	if _, err := export.Run(t.Context(), db, export.Options{Dir: dir, Formats: []string{"parquet"}, Tables: []string{"probe"}}, nil); err != nil {
		t.Fatal(err)
	}
	file, _, rows := readParquet(t, filepath.Join(dir, "probe.parquet"))
	if groups := len(file.RowGroups()); groups != 4 || len(rows) != many+4 {
		t.Errorf("%d rows in %d row groups, want %d in 4", len(rows), groups, many+4)
	}
	for i, row := range rows[4:] {
		if row[3] != int32(i+1) {
			t.Fatalf("row %d holds %v", i+4, row)
		}
	}
}

func TestAnEmptyTableIsAFileWithoutRows(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "out")
	if _, err := export.Run(t.Context(), newDB(t), export.Options{Dir: dir, Formats: []string{"parquet"}, Tables: []string{"outlets"}}, nil); err != nil {
		t.Fatal(err)
	}
	if _, schema, rows := readParquet(t, filepath.Join(dir, "outlets.parquet")); len(rows) != 0 || schema == "" {
		t.Errorf("%d rows, schema %s", len(rows), schema)
	}
}

func readParquet(t *testing.T, path string) (*parquet.File, string, [][]any) {
	t.Helper()
	source, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { source.Close() })
	info, err := source.Stat()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(source, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	for _, group := range file.RowGroups() {
		reader := group.Rows()
		buffer := make([]parquet.Row, 1000)
		for {
			n, err := reader.ReadRows(buffer)
			for _, row := range buffer[:n] {
				var values []any
				for _, v := range row {
					values = append(values, plain(v))
				}
				rows = append(rows, values)
			}
			if n == 0 || err != nil {
				break
			}
		}
		reader.Close()
	}
	return file, file.Schema().String(), rows
}

// plain is the value as it is stored; a decimal of 16 bytes as its digits.
func plain(v parquet.Value) any {
	switch {
	case v.IsNull():
		return nil
	case v.Kind() == parquet.Boolean:
		return v.Boolean()
	case v.Kind() == parquet.Int32:
		return v.Int32()
	case v.Kind() == parquet.Int64:
		return v.Int64()
	case v.Kind() == parquet.Double:
		return v.Double()
	case v.Kind() == parquet.FixedLenByteArray:
		n := new(big.Int).SetBytes(v.ByteArray())
		if v.ByteArray()[0] >= 0x80 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 128))
		}
		return n.String()
	}
	return string(v.ByteArray())
}
