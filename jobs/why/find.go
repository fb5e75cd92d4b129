package why

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/seeds"
)

// UnknownError is of a name that no company of the registry has, or that several
// have.
type UnknownError struct {
	Written   string
	Remedy    string   // "did you mean …? ", may be empty
	Companies []string // ids of those that share the name
}

// Error says what was looked for and what to do.
func (e *UnknownError) Error() string {
	if len(e.Companies) > 0 {
		return fmt.Sprintf("%q is a name of several companies: %s; ask by id", e.Written, strings.Join(e.Companies, ", "))
	}
	return fmt.Sprintf("no company is called %q; %s\"overheard companies list\" has them all", e.Written, e.Remedy)
}

// name is one word for a company. Lower ranks are surer.
type name struct {
	Written   string `db:"written"`
	CompanyID string `db:"company_id"` // a brand's company, where its mentions count
	Rank      int    `db:"rank"`
}

// Find is the company that is meant by an id, a name, a listing or an alias of the
// registry, in any case of letters. The surest kind of name decides; of a brand
// whose mentions count for another company it is that one.
func Find(ctx context.Context, tx sqlx.QueryerContext, written string) (string, error) {
	var names []name
	err := sqlx.SelectContext(ctx, tx, &names, `
		with
		names as (
			select c.company_id, c.company_id as written, 1 as rank
			from seeds.companies as c
			union all
			select c.company_id, c.name as written, 2 as rank
			from seeds.companies as c
			union all
			select c.company_id, c.name_zh as written, 2 as rank
			from seeds.companies as c
			where c.name_zh is not null
			union all
			select c.company_id, c.ticker as written, 3 as rank
			from seeds.companies as c
			where c.ticker is not null
			union all
			select a.company_id, a.alias as written, 4 as rank
			from seeds.company_aliases as a
			where a.class in ('A', 'B', 'C')
		)
		select coalesce(c.counts_for, n.company_id) as company_id, n.written, n.rank
		from names as n
		inner join seeds.companies as c on c.company_id = n.company_id`)
	if err != nil {
		return "", fmt.Errorf("read the names of the companies: %w", err)
	}
	return pick(strings.TrimSpace(written), names)
}

func pick(written string, names []name) (string, error) {
	best := 0
	var found, known []string
	for _, n := range names {
		known = append(known, n.Written)
		if !strings.EqualFold(n.Written, written) || best != 0 && n.Rank > best {
			continue
		}
		if n.Rank < best {
			found = nil
		}
		best = n.Rank
		found = append(found, n.CompanyID)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		slices.Sort(known)
		return "", &UnknownError{Written: written, Remedy: seeds.Suggest(written, slices.Compact(known))}
	}
	return "", &UnknownError{Written: written, Companies: found}
}
