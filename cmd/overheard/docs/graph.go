package docs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/overheard-news/overheard/transform/build"
)

// The drawing has a column for each step of the longest way to a table: what no
// model makes stands left, what readers see stands right. Within a column tables
// stand in the order of the mean height of what they read, which keeps most lines
// short. Reads that look back (a table at its own earlier nights) are not drawn.

const (
	columnWidth = 300
	boxWidth    = 220
	boxHeight   = 18
	rowHeight   = 24
	margin      = 8
)

type graph struct {
	Width, Height int
	Boxes         []box
	Lines         []line
}

type box struct {
	X, Y, TextX, TextY int
	Width, Height      int
	Table, Schema      string
}

type line struct{ From, To, Path string }

func newGraph(models []build.Model) graph {
	depth := map[string]int{}
	reads := map[string][]string{}
	var tables []string
	meet := func(table string, at int) {
		if _, isKnown := depth[table]; !isKnown {
			tables = append(tables, table)
		}
		depth[table] = max(depth[table], at)
	}
	made := map[string]bool{}
	for _, m := range models {
		for _, table := range m.Tables() {
			made[table] = true
		}
	}
	for _, m := range models {
		at := 1
		for _, table := range m.Reads {
			_, isKnown := depth[table]
			if made[table] && !isKnown || table == m.Table {
				continue // it looks back
			}
			meet(table, 0)
			at = max(at, depth[table]+1)
		}
		for _, table := range m.Tables() {
			for _, read := range m.Reads {
				if _, isKnown := depth[read]; isKnown && read != table {
					reads[table] = append(reads[table], read)
				}
			}
		}
		for _, table := range m.Tables() {
			meet(table, at)
		}
	}
	deepest := 0
	for _, table := range tables {
		deepest = max(deepest, depth[table])
	}
	return draw(tables, depth, reads, deepest)
}

func draw(tables []string, depth map[string]int, reads map[string][]string, deepest int) graph {
	var g graph
	height := map[string]int{}
	boxes := map[string]box{}
	for column := range deepest + 1 {
		var here []string
		for _, table := range tables {
			if depth[table] == column {
				here = append(here, table)
			}
		}
		mean := func(table string) int {
			sum, count := 0, 0
			for _, read := range reads[table] {
				sum, count = sum+height[read], count+1
			}
			return sum / max(1, count)
		}
		slices.SortFunc(here, func(a, b string) int {
			if d := mean(a) - mean(b); d != 0 {
				return d
			}
			return strings.Compare(a, b)
		})
		for i, table := range here {
			schema, _, _ := strings.Cut(table, ".")
			x, y := margin+column*columnWidth, margin+i*rowHeight
			height[table] = y
			boxes[table] = box{X: x, Y: y, TextX: x + 6, TextY: y + 13, Width: boxWidth, Height: boxHeight, Table: table, Schema: schema}
			g.Boxes = append(g.Boxes, boxes[table])
			g.Height = max(g.Height, y+rowHeight+margin)
		}
	}
	g.Width = margin + deepest*columnWidth + boxWidth + margin
	for _, b := range g.Boxes {
		for _, read := range reads[b.Table] {
			from := boxes[read]
			x1, y1, x2, y2 := from.X+boxWidth, from.Y+boxHeight/2, b.X, b.Y+boxHeight/2
			bend := (x2 - x1) / 2
			g.Lines = append(g.Lines, line{
				From: read, To: b.Table,
				Path: fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1+bend, y1, x2-bend, y2, x2, y2),
			})
		}
	}
	return g
}
