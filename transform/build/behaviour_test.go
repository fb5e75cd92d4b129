package build

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
)

// TestBehaviours runs every folder of testdata/behaviours: given.sql says which
// table is meant and which nights are built, want.csv what the table then holds.
// Columns that want.csv leaves out are not compared.
func TestBehaviours(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("testdata/behaviours/*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("found %d folders: %v", len(folders), err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			given := readText(t, filepath.Join(folder, "given.sql"))
			lines := strings.Split(given, "\n")
			table := strings.TrimPrefix(lines[0], "-- Table: ")
			nights := strings.Split(strings.TrimPrefix(lines[1], "-- Nights: "), ", ")
			want := readWant(t, filepath.Join(folder, "want.csv"))

			db := newDB(t, given)
			b := newBuilder(t, db)
			for _, night := range nights {
				mustBuild(t, b, night)
				if strings.HasPrefix(table, "marts.") {
					mustPublish(t, b, night, publishedAt)
				}
			}
			if diff := cmp.Diff(want, readTable(t, db, table, want[0])); diff != "" {
				t.Errorf("%s differs (-want +got):\n%s", table, diff)
			}
		})
	}
}

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func readWant(t *testing.T, file string) [][]string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(readText(t, file))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// readTable gives the columns as text, null as nothing, ordered by them.
func readTable(t *testing.T, db *sqlx.DB, table string, columns []string) [][]string {
	t.Helper()
	texts := make([]string, len(columns))
	orders := make([]string, len(columns))
	for i, column := range columns {
		texts[i] = "coalesce(cast(" + column + " as text), '')"
		orders[i] = column
	}
	rows, err := db.QueryxContext(t.Context(),
		"select "+strings.Join(texts, ", ")+" from "+table+" order by "+strings.Join(orders, ", "))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := [][]string{columns}
	for rows.Next() {
		values, err := rows.SliceScan()
		if err != nil {
			t.Fatal(err)
		}
		record := make([]string, len(values))
		for i, value := range values {
			record[i] = textOf(value)
		}
		found = append(found, record)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

func textOf(value any) string {
	if bytes, isBytes := value.([]byte); isBytes {
		return string(bytes)
	}
	text, _ := value.(string)
	return text
}
