package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// writeColumns prints rows in columns as wide as their widest cell on a screen:
// Chinese characters take two places, which text/tabwriter does not know.
// A column whose cells below the header are all numbers stands to the right.
func writeColumns(w io.Writer, header []string, rows [][]string) {
	lines := rows
	if header != nil {
		lines = append([][]string{header}, rows...)
	}
	var widths []int
	for _, line := range lines {
		for i, cell := range line {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	toRight := make([]bool, len(widths))
	for i := range widths {
		toRight[i] = header != nil && isNumeric(rows, i)
	}
	for _, line := range lines {
		out := &strings.Builder{}
		for i, cell := range line {
			pad := strings.Repeat(" ", widths[i]-runewidth.StringWidth(cell))
			if toRight[i] {
				cell = pad + cell
			} else {
				cell += pad
			}
			out.WriteString(cell + "  ")
		}
		fmt.Fprintln(w, strings.TrimRight(out.String(), " "))
	}
}

// isNumeric tells whether every cell of a column is a number, a share, a range
// of numbers or nothing, and at least one is something.
func isNumeric(rows [][]string, column int) bool {
	hasDigits := false
	for _, row := range rows {
		if column >= len(row) {
			continue
		}
		cell := row[column]
		if strings.Trim(cell, "0123456789.,+-−–% ") != "" || strings.Count(cell, "-") > 1 {
			return false
		}
		hasDigits = hasDigits || strings.ContainsAny(cell, "0123456789")
	}
	return hasDigits
}
