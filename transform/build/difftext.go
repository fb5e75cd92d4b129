package build

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// WriteText writes the diff for people: the nights in a line each, and under it
// the companies that moved with the articles that moved them.
func (d Diff) WriteText(w io.Writer) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "Nights: %d changed, %d new, %d unchanged, %d not published\n",
		d.ChangedCount, d.NewCount, d.UnchangedCount, d.UnpublishedCount)
	if list := d.changesText(); list != "" {
		fmt.Fprintf(&text, "Changed: %s\n", list)
	}
	for _, n := range d.Nights {
		n.writeText(&text)
	}
	_, err := w.Write(text.Bytes())
	return err
}

// changesText counts the changes in the order in which they happen.
func (d Diff) changesText() string {
	var parts []string
	for _, what := range []string{"article", "mention"} {
		for _, how := range []string{"added", "changed", "removed"} {
			if n := d.Changes[what+"_"+how]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %ss %s", n, what, how))
			}
		}
	}
	return strings.Join(parts, ", ")
}

func (n NightDiff) writeText(text *bytes.Buffer) {
	fmt.Fprintf(text, "\n%s  %s", n.Night, strings.ReplaceAll(n.State, "_", " "))
	switch n.State {
	case NightChanged:
		fmt.Fprintf(text, ", revision %d → %d", *n.RevisionBefore, *n.RevisionAfter)
	case NightUnchanged:
		fmt.Fprintf(text, ", revision %d", *n.RevisionAfter)
	}
	if n.State == NightChanged || n.State == NightNew {
		fmt.Fprintf(text, ", articles %s, coverage %s, %d companies moved",
			fromTo(n.ArticlesBefore, n.ArticlesAfter, "%d"), coverageText(n), n.MovedCount)
	}
	if n.Reason != nil {
		fmt.Fprintf(text, ": %s", shortened(*n.Reason))
	}
	text.WriteByte('\n')
	n.Moves.writeText(text)
}

// reasonMax bounds a reason in text, in runes: a refusal quotes the rows that
// offend. JSON has all of it.
const reasonMax = 240

func shortened(reason string) string {
	line := []rune(strings.Join(strings.Fields(reason), " "))
	if len(line) <= reasonMax {
		return string(line)
	}
	return string(line[:reasonMax]) + " ..."
}

// WriteText writes the companies that moved, a line each.
func (m Moves) WriteText(w io.Writer) error {
	var text bytes.Buffer
	m.writeText(&text)
	_, err := w.Write(text.Bytes())
	return err
}

func (m Moves) writeText(text *bytes.Buffer) {
	for _, c := range m.Companies {
		fmt.Fprintf(text, "  %s: position %s, articles %d → %d\n",
			c.Name, fromTo(c.RankBefore, c.RankAfter, "%d"), c.ArticleCountBefore, c.ArticleCountAfter)
		for _, a := range c.Articles {
			fmt.Fprintf(text, "    %s %s, %s: %s %s\n",
				a.Night, strings.ReplaceAll(a.Change, "_", " "), a.OutletID, a.Title, a.URL)
		}
		if more := c.ChangeCount - len(c.Articles); more > 0 && len(c.Articles) > 0 {
			fmt.Fprintf(text, "    and %d more\n", more)
		}
	}
	if more := m.ChangedCount - len(m.Companies); more > 0 {
		fmt.Fprintf(text, "  and %d more companies\n", more)
	}
}

func coverageText(n NightDiff) string {
	percent := func(share *float64) *float64 {
		if share == nil {
			return nil
		}
		p := 100 * *share
		return &p
	}
	return fromTo(percent(n.CoverageBefore), percent(n.CoverageAfter), "%.0f %%")
}

// fromTo writes two values that may be missing.
func fromTo[T int | float64](before, after *T, format string) string {
	text := func(value *T) string {
		if value == nil {
			return "none"
		}
		return fmt.Sprintf(format, *value)
	}
	return text(before) + " → " + text(after)
}
