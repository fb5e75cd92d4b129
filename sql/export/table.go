package export

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// kind is what a column holds; every other type is refused, as the rules of
// result tables do.
type kind int

const (
	kindText kind = iota
	kindBoolean
	kindSmallint
	kindInteger
	kindBigint
	kindNumeric
	kindDouble
	kindDate
	kindTimestamp
)

// columnType is a type as the catalog writes it, taken apart.
type columnType struct {
	kind             kind
	precision, scale int // of numeric
}

var numericPattern = regexp.MustCompile(`^numeric\((\d+),(\d+)\)$`)

func parseType(text string) (columnType, error) {
	switch text {
	case "text":
		return columnType{kind: kindText}, nil
	case "boolean":
		return columnType{kind: kindBoolean}, nil
	case "smallint":
		return columnType{kind: kindSmallint}, nil
	case "integer":
		return columnType{kind: kindInteger}, nil
	case "bigint":
		return columnType{kind: kindBigint}, nil
	case "double precision":
		return columnType{kind: kindDouble}, nil
	case "date":
		return columnType{kind: kindDate}, nil
	case "timestamp with time zone":
		return columnType{kind: kindTimestamp}, nil
	}
	if match := numericPattern.FindStringSubmatch(text); match != nil {
		precision, _ := strconv.Atoi(match[1]) // digits, says the pattern
		scale, _ := strconv.Atoi(match[2])
		if precision <= maxPrecision && scale <= precision {
			return columnType{kind: kindNumeric, precision: precision, scale: scale}, nil
		}
	}
	return columnType{}, fmt.Errorf("its type %s is none a result table may have", text)
}

// maxPrecision is the most digits that readers of Parquet agree on: 16 bytes.
const maxPrecision = 38

// columnTypes are the types of all columns of a relation.
func columnTypes(r warehouse.Relation) ([]columnType, error) {
	types := make([]columnType, len(r.Columns))
	for i, c := range r.Columns {
		var err error
		if types[i], err = parseType(c.Type); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return types, nil
}

// selectOf reads a relation in an order that does not depend on the server: by
// its primary key, texts by their bytes. A view has no key: all columns.
func selectOf(r warehouse.Relation, conditions []string) string {
	names := make([]string, len(r.Columns))
	types := map[string]string{}
	for i, c := range r.Columns {
		names[i], types[c.Name] = c.Name, c.Type
	}
	order := append([]string(nil), r.PrimaryKey...)
	if len(order) == 0 {
		order = append(order, names...)
	}
	for i, name := range order {
		if types[name] == "text" {
			order[i] = name + ` collate "C"`
		}
	}
	where := ""
	if len(conditions) > 0 {
		where = " where " + strings.Join(conditions, " and ")
	}
	return fmt.Sprintf("select %s from %s%s order by %s",
		strings.Join(names, ", "), r.FullName(), where, strings.Join(order, ", "))
}

// readTable calls use with every row and its number. Values are nil, bool, int64,
// float64, string (text and numeric) or time.Time (date and timestamptz); the
// slice is used again.
func readTable(
	ctx context.Context, tx *sqlx.Tx, r warehouse.Relation, from, to time.Time, use func(number int64, row []any) error,
) (int64, error) {
	conditions, args := nightBounds(r, from, to)
	rows, err := tx.QueryContext(ctx, selectOf(r, conditions), args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	values := make([]any, len(r.Columns))
	targets := make([]any, len(values))
	for i := range values {
		targets[i] = &values[i]
	}
	var count int64
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return count, err
		}
		for i, v := range values {
			if b, isBytes := v.([]byte); isBytes { // numeric, as the driver has it
				values[i] = string(b)
			}
		}
		count++
		if err := use(count, values); err != nil {
			return count, err
		}
	}
	return count, rows.Err()
}
