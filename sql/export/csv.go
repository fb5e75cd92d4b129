package export

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// The CSV is that of RFC 4180: commas, lines that end in CR LF, a header, quotes
// doubled within quotes; UTF-8 without a mark. What the RFC leaves open is as
// Postgres's COPY has it: nothing is null, "" is an empty text. Dates are
// 2026-11-23, times 2026-11-23T06:00:00.123456Z, booleans true and false.

// timeLayout has no more digits than the time has, six at most.
const timeLayout = "2006-01-02T15:04:05.999999Z"

type csvWriter struct {
	out   *bufio.Writer
	types []columnType
	line  []byte // used again for each
}

func newCSVWriter(w io.Writer, r warehouse.Relation, _ map[string]string) (tableWriter, error) {
	types, err := columnTypes(r)
	if err != nil {
		return nil, err
	}
	c := &csvWriter{out: bufio.NewWriterSize(w, 64<<10), types: types}
	for i, column := range r.Columns {
		c.begin(i)
		c.field(column.Name)
	}
	return c, c.end()
}

func (c *csvWriter) Write(row []any) error {
	for i, value := range row {
		c.begin(i)
		if value == nil {
			continue
		}
		text, err := csvText(c.types[i].kind, value)
		if err != nil {
			return err
		}
		c.field(text)
	}
	return c.end()
}

func (c *csvWriter) Close() error { return c.out.Flush() }

func (c *csvWriter) begin(i int) {
	if i > 0 {
		c.line = append(c.line, ',')
	}
}

func (c *csvWriter) field(text string) {
	if text != "" && !strings.ContainsAny(text, "\",\r\n") {
		c.line = append(c.line, text...)
		return
	}
	c.line = append(c.line, '"')
	c.line = append(c.line, strings.ReplaceAll(text, `"`, `""`)...)
	c.line = append(c.line, '"')
}

func (c *csvWriter) end() error {
	_, err := c.out.Write(append(c.line, '\r', '\n'))
	c.line = c.line[:0]
	return err
}

func csvText(kind kind, value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case time.Time:
		if kind == kindDate {
			return v.Format(time.DateOnly), nil
		}
		return v.UTC().Format(timeLayout), nil
	}
	return "", fmt.Errorf("write a value of %T as CSV: none was expected", value)
}
