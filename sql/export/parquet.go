package export

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// How Postgres's types stand in Parquet: numeric(p, s) is DECIMAL(p, s) in 4, 8 or
// 16 bytes, smallint INT(16), date DATE, timestamptz TIMESTAMP in microseconds of
// UTC, text STRING. Columns that may be null, and all of a view, are optional.
// What the catalog says of the table stands in the file's key-value metadata:
// comment, keys and columns as JSON, and what the manifest says of the whole.

// rowsPerGroup bounds memory: a group is held until it is full.
const rowsPerGroup = 1 << 15

type parquetWriter struct {
	out        *parquet.GenericWriter[any]
	types      []columnType
	isOptional []bool
	names      []string
	rows       []parquet.Row
	values     []parquet.Value // of rows, one slice for all
}

func newParquetWriter(w io.Writer, r warehouse.Relation, facts map[string]string) (tableWriter, error) {
	types, err := columnTypes(r)
	if err != nil {
		return nil, err
	}
	p := &parquetWriter{types: types}
	fields := make([]parquet.Field, len(types))
	for i, c := range r.Columns {
		node := types[i].node()
		isOptional := !c.IsNotNull || r.Kind != "table"
		if isOptional {
			node = parquet.Optional(node)
		} else {
			node = parquet.Required(node)
		}
		p.isOptional = append(p.isOptional, isOptional)
		p.names = append(p.names, c.Name)
		fields[i] = field{Node: node, name: c.Name}
	}
	options := []parquet.WriterOption{
		parquet.NewSchema(r.Name, root{fields: fields}),
		parquet.Compression(&parquet.Zstd),
		parquet.MaxRowsPerRowGroup(rowsPerGroup),
		parquet.PageBufferSize(64 << 10),
		parquet.DataPageStatistics(true),
	}
	keys := make([]string, 0, len(facts))
	for key := range facts {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		options = append(options, parquet.KeyValueMetadata(key, facts[key]))
	}
	p.out = parquet.NewGenericWriter[any](w, options...)
	return p, nil
}

// batchRows is how many rows go to the writer at once.
const batchRows = 256

// Write copies the row.
func (p *parquetWriter) Write(row []any) error {
	start := len(p.values)
	for i, value := range row {
		v, err := p.types[i].value(value)
		if err != nil {
			return fmt.Errorf("column %s: %w", p.names[i], err)
		}
		switch {
		case v.IsNull() && !p.isOptional[i]:
			return fmt.Errorf("column %s: a null where the catalog says there is none", p.names[i])
		case v.IsNull() || !p.isOptional[i]:
			v = v.Level(0, 0, i)
		default:
			v = v.Level(0, 1, i)
		}
		p.values = append(p.values, v)
	}
	p.rows = append(p.rows, p.values[start:len(p.values):len(p.values)])
	if len(p.rows) < batchRows {
		return nil
	}
	return p.pass()
}

func (p *parquetWriter) pass() error {
	_, err := p.out.WriteRows(p.rows)
	clear(p.values)
	p.rows, p.values = p.rows[:0], p.values[:0]
	return err
}

func (p *parquetWriter) Close() error {
	if err := p.pass(); err != nil {
		return err
	}
	return p.out.Close()
}

// root is a group that keeps the order of its columns: parquet.Group sorts them.
type root struct {
	parquet.Group
	fields []parquet.Field
}

func (r root) Fields() []parquet.Field { return r.fields }

func (r root) String() string {
	var b strings.Builder
	_ = parquet.PrintSchema(&b, "", r) // a builder never fails
	return b.String()
}

// field is a column in the root. Nothing asks for the Go value it would be read
// into: rows are written as parquet values.
type field struct {
	parquet.Node
	name string
}

func (f field) Name() string { return f.name }

func (f field) Value(base reflect.Value) reflect.Value {
	return base.MapIndex(reflect.ValueOf(f.name))
}

func (t columnType) node() parquet.Node {
	switch t.kind {
	case kindBoolean:
		return parquet.Leaf(parquet.BooleanType)
	case kindSmallint:
		return parquet.Int(16)
	case kindInteger:
		return parquet.Int(32)
	case kindBigint:
		return parquet.Int(64)
	case kindDouble:
		return parquet.Leaf(parquet.DoubleType)
	case kindDate:
		return parquet.Date()
	case kindTimestamp:
		return parquet.Timestamp(parquet.Microsecond)
	case kindNumeric:
		switch {
		case t.precision <= 9:
			return parquet.Decimal(t.scale, t.precision, parquet.Int32Type)
		case t.precision <= 18:
			return parquet.Decimal(t.scale, t.precision, parquet.Int64Type)
		}
		return parquet.Decimal(t.scale, t.precision, parquet.FixedLenByteArrayType(decimalBytes))
	}
	return parquet.String()
}

// decimalBytes hold 38 digits and their sign.
const decimalBytes = 16

func (t columnType) value(value any) (parquet.Value, error) {
	switch v := value.(type) {
	case nil:
		return parquet.NullValue(), nil
	case bool:
		return parquet.BooleanValue(v), nil
	case float64:
		return parquet.DoubleValue(v), nil
	case int64:
		if t.kind == kindBigint {
			return parquet.Int64Value(v), nil
		}
		return parquet.Int32Value(int32(v)), nil // the server's type is no wider
	case time.Time:
		if t.kind == kindDate {
			return parquet.Int32Value(int32(v.Unix() / 86400)), nil
		}
		return parquet.Int64Value(v.UnixMicro()), nil
	case string:
		if t.kind == kindNumeric {
			return t.decimal(v)
		}
		return parquet.ByteArrayValue([]byte(v)), nil
	}
	return parquet.Value{}, fmt.Errorf("write a value of %T to Parquet: none was expected", value)
}

// decimal is the number without its point, as many digits after it as the type
// has. NaN and infinity have no place in a DECIMAL.
func (t columnType) decimal(text string) (parquet.Value, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) > t.scale {
		return parquet.Value{}, fmt.Errorf("%s has more than the %d decimals of its type", text, t.scale)
	}
	digits, isNumber := new(big.Int).SetString(whole+fraction+strings.Repeat("0", t.scale-len(fraction)), 10)
	if !isNumber {
		return parquet.Value{}, fmt.Errorf("%s is no finite number", text)
	}
	switch {
	case t.precision <= 9:
		return parquet.Int32Value(int32(digits.Int64())), nil
	case t.precision <= 18:
		return parquet.Int64Value(digits.Int64()), nil
	}
	if digits.Sign() < 0 { // two's complement
		digits.Add(digits, new(big.Int).Lsh(big.NewInt(1), 8*decimalBytes))
	}
	return parquet.FixedLenByteArrayValue(digits.FillBytes(make([]byte, decimalBytes))), nil
}

// facts are what a Parquet file says of its table, by key.
func (m Manifest) facts(r warehouse.Relation) map[string]string {
	facts := map[string]string{
		"overheard.table":       r.FullName(),
		"overheard.kind":        r.Kind,
		"overheard.comment":     r.Comment,
		"overheard.primary_key": asJSON(r.PrimaryKey), "overheard.foreign_keys": asJSON(r.ForeignKeys),
		"overheard.columns":         asJSON(r.Columns),
		"overheard.method_versions": asJSON(m.MethodVersions),
	}
	if m.FirstNight != "" {
		facts["overheard.first_night"], facts["overheard.last_night"] = m.FirstNight, m.LastNight
	}
	return facts
}

// asJSON is for strings and slices of them, which always have a JSON.
func asJSON(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}
