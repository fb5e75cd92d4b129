package console

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A chart is one line over the nights, drawn as SVG in the page. Nights without
// a value break the line: a gap in what is known is not a zero.
const (
	chartWidth  = 640.0
	chartHeight = 140.0
	chartMargin = 8.0
)

type chart struct {
	Title       string
	Description string // the line in words, for those who do not see it
	Path        string
	Dots        []dot
	Top, Bottom string // values at the upper and lower edge
	From, To    string // first and last night
	Width       float64
	Height      float64
}

type dot struct {
	X, Y  float64
	Label string
}

// point is the value of one night; NaN where there is none.
type point struct {
	night time.Time
	value float64
}

// charts draws the position first, then score and pillars, then every indicator in
// its order.
func charts(nights []companyNight, indicators []indicatorRow) []chart {
	var out []chart
	positions := make([]point, 0, len(nights))
	for i := len(nights) - 1; i >= 0; i-- { // oldest first
		p := point{night: nights[i].Night, value: math.NaN()}
		if rank := nights[i].Rank; rank != nil {
			p.value = float64(*rank)
		}
		positions = append(positions, p)
	}
	out = appendChart(out, "Position", positions, true, func(v float64) string { return fmt.Sprintf("%.0f", v) })

	for _, line := range []struct {
		title string
		value func(companyNight) *float64
	}{
		{"Score", func(n companyNight) *float64 { return n.Score }},
		{"Spread", func(n companyNight) *float64 { return n.Spread }},
		{"Influence", func(n companyNight) *float64 { return n.Influence }},
		{"Reputation", func(n companyNight) *float64 { return n.Reputation }},
	} {
		points := make([]point, len(positions))
		for i, p := range positions {
			points[i] = point{night: p.night, value: math.NaN()}
			if value := line.value(nights[len(nights)-1-i]); value != nil {
				points[i].value = *value
			}
		}
		out = appendChart(out, line.title, points, false, func(v float64) string { return fmt.Sprintf("%.2f", v) })
	}

	values := map[string]map[time.Time]float64{}
	var names []string
	for _, row := range indicators {
		if values[row.Indicator] == nil {
			values[row.Indicator] = map[time.Time]float64{}
			names = append(names, row.Indicator)
		}
		values[row.Indicator][row.Night.UTC()] = row.Value
	}
	for _, name := range names {
		line := make([]point, len(positions))
		for i, p := range positions {
			line[i] = point{night: p.night, value: math.NaN()}
			if value, found := values[name][p.night.UTC()]; found {
				line[i].value = value
			}
		}
		title, format := indicatorWords(name)
		out = appendChart(out, title, line, false, format)
	}
	return out
}

// indicatorWords names an indicator and writes its values: attention is a share
// too small for per cent.
func indicatorWords(name string) (title string, format func(float64) string) {
	title = strings.ReplaceAll(name, "_", " ")
	title = strings.ToUpper(title[:1]) + title[1:]
	if strings.HasPrefix(name, "attention") {
		return title + " (‰)", func(v float64) string { return fmt.Sprintf("%.3f", 1000*v) }
	}
	return title, func(v float64) string { return fmt.Sprintf("%.4g", v) }
}

// appendChart adds the line if it has a value at all. isPosition puts 1 at the
// upper edge; other charts begin at zero.
func appendChart(out []chart, title string, points []point, isPosition bool, format func(float64) string) []chart {
	low, high, last := math.Inf(1), math.Inf(-1), -1
	for i, p := range points {
		if !math.IsNaN(p.value) {
			low, high, last = math.Min(low, p.value), math.Max(high, p.value), i
		}
	}
	if last < 0 {
		return out
	}
	top, bottom := high, math.Min(low, 0)
	if isPosition {
		top, bottom = 1, math.Max(high, 2)
	}
	if top == bottom {
		top = bottom + 1
	}
	c := chart{
		Title: title, Width: chartWidth, Height: chartHeight,
		Top: format(top), Bottom: format(bottom),
		From: points[0].night.Format(time.DateOnly), To: points[len(points)-1].night.Format(time.DateOnly),
	}
	c.Description = fmt.Sprintf("%s from %s to %s: lowest value %s, highest %s, last %s on %s.", title, c.From, c.To,
		format(low), format(high), format(points[last].value), points[last].night.Format(time.DateOnly))
	c.draw(points, top, bottom, format)
	return append(out, c)
}

func (c *chart) draw(points []point, top, bottom float64, format func(float64) string) {
	first := points[0].night
	span := points[len(points)-1].night.Sub(first).Hours()
	path, isDrawing := &strings.Builder{}, false
	for _, p := range points {
		if math.IsNaN(p.value) {
			isDrawing = false
			continue
		}
		x := chartWidth / 2
		if span > 0 {
			x = chartMargin + p.night.Sub(first).Hours()/span*(chartWidth-2*chartMargin)
		}
		y := chartMargin + (top-p.value)/(top-bottom)*(chartHeight-2*chartMargin)
		verb := "M"
		if isDrawing {
			verb = "L"
		}
		isDrawing = true
		fmt.Fprintf(path, "%s%.1f %.1f", verb, x, y)
		c.Dots = append(c.Dots, dot{
			X: math.Round(x*10) / 10, Y: math.Round(y*10) / 10,
			Label: p.night.Format(time.DateOnly) + ": " + format(p.value),
		})
	}
	c.Path = path.String()
}
