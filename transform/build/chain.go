package build

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
)

// Chain tells which later nights must be built again after earlier ones were, and
// which would come out as they stand: a night depends on the tables that its models
// look back into, as far as they look.
type Chain struct {
	backs   []back
	changed []Result
}

// back is how far a model looks back.
type back struct {
	reads       map[string]bool
	nights      int  // how many at most; -1: nobody knows
	isToTheLast bool // to the night built before, however long ago that was
}

// NewChain begins with nothing changed.
func (b *Builder) NewChain() *Chain {
	c := &Chain{}
	for _, m := range b.intermediate {
		if back, looksBack := lookBack(m); looksBack {
			c.backs = append(c.backs, back)
		}
	}
	return c
}

var (
	boundPattern   = regexp.MustCompile(`cast\(\$1 as date\)\s*-\s*(\d+)\b`)
	comparePattern = regexp.MustCompile(`night\s*(?:<|>)`)
	lastPattern    = regexp.MustCompile(`\bmax\(\w+\.night\)`)
	chainPattern   = regexp.MustCompile(`\bprevious_night\b`)
)

// lookBack reads how far a model looks back from its SQL: it compares nights, and
// says by a number written out where it ends, or it follows the chain of nights. Of
// a step in Go only what it declares is known.
func lookBack(m Model) (back, bool) {
	found := back{reads: map[string]bool{m.Table: true}}
	for _, table := range slices.Concat(m.Reads, m.Also) {
		found.reads[table] = true
	}
	if m.SQL == "" {
		found.nights = m.back
		if m.back == 0 {
			found.nights = -1
		}
		return found, true
	}
	sql := bareSQL(m.SQL)
	found.isToTheLast = chainPattern.MatchString(sql)
	for _, match := range boundPattern.FindAllStringSubmatch(sql, -1) {
		if n, err := strconv.Atoi(match[1]); err == nil {
			found.nights = max(found.nights, n)
		}
	}
	if lastPattern.MatchString(sql) || found.nights == 0 && comparePattern.MatchString(sql) {
		found.nights = -1
	}
	return found, found.nights != 0 || found.isToTheLast
}

// Note takes down what a build has changed.
func (c *Chain) Note(result Result) {
	if len(result.Changed) > 0 {
		c.changed = append(c.changed, result)
	}
}

// Reaches tells whether a night, of which previous is the night built before, can
// come out different from what stands.
func (c *Chain) Reaches(night, previous time.Time) bool {
	for _, change := range c.changed {
		apart := int(night.Sub(change.Night) / (24 * time.Hour))
		for _, back := range c.backs {
			isWithin := back.nights < 0 || apart <= back.nights || back.isToTheLast && change.Night.Equal(previous)
			if isWithin && slices.ContainsFunc(change.Changed, func(table string) bool { return back.reads[table] }) {
				return true
			}
		}
	}
	return false
}

// digestNight sums up every intermediate table of the night, whatever the order of
// its rows; nothing if no later night would ask.
func (b *Builder) digestNight(ctx context.Context, tx *sqlx.Tx, night string) (map[string]string, error) {
	var isAsked bool
	err := tx.GetContext(ctx, &isAsked, `
		select exists (select 1 from intermediate.int_constants_pivoted as k where k.night > cast($1 as date))`, night)
	if err != nil || !isAsked {
		return nil, err
	}
	sums := map[string]string{}
	for _, m := range b.intermediate {
		for _, table := range m.tables() {
			var sum string
			err := tx.GetContext(ctx, &sum, `
				select concat(count(*), ' ', sum(cast(hashtextextended(cast(t as text), 0) as numeric)))
				from `+table+` as t
				where t.night = cast($1 as date)`, night)
			if err != nil {
				return nil, fmt.Errorf("sum up %s: %w", table, err)
			}
			sums[table] = sum
		}
	}
	return sums, nil
}

// differing lists the tables whose sums differ.
func differing(before, after map[string]string) []string {
	var tables []string
	for _, table := range slices.Sorted(maps.Keys(after)) {
		if before[table] != after[table] {
			tables = append(tables, table)
		}
	}
	return tables
}
