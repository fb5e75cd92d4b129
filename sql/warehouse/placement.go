package warehouse

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
)

// Where the rows of a table live in a database that is distributed.
const (
	PlacedByHash     = "hash"      // on the node that the hash of a column says
	PlacedEverywhere = "reference" // a copy on every node, so that any join finds it
	PlacedHere       = "local"     // on the coordinator alone
)

// Placement says where the rows of one table live in a database that is
// distributed over a cluster of Citus (Distribute). Elsewhere it means nothing.
type Placement struct {
	Table  string `json:"table"`            // schema.table
	Kind   string `json:"kind"`             // PlacedByHash, PlacedEverywhere or PlacedHere
	Column string `json:"column,omitempty"` // PlacedByHash: the column that is hashed; it is in every key
	With   string `json:"with,omitempty"`   // PlacedByHash: the table whose rows of the same value it lies beside; empty if it starts a group
}

// placedByColumn says which column places a table of staging or intermediate:
// the first of these in its primary key. What hangs on a company lies with the
// mentions, so that the ranking runs inside the nodes; what hangs on an article
// lies with the articles. The last two place large tables alone, small ones are
// everywhere.
var placedByColumn = []struct {
	column string
	leader string // the table that starts the group
	isWide bool   // only tables that are kept by month
}{
	{column: "company_id", leader: "staging.mentions"},
	{column: "article_id", leader: "staging.articles"},
	{column: "story_id", leader: "staging.articles", isWide: true},
	{column: "outlet_id", leader: "intermediate.int_sentences_counted", isWide: true},
}

// placedBySchema holds where that rule does not: registries are joined to
// everything; results and ledger are published and claimed in one ordinary
// transaction.
var placedBySchema = map[string]string{
	"seeds": PlacedEverywhere,
	"marts": PlacedHere,
	"ops":   PlacedHere,
}

// placedByName are the exceptions.
var placedByName = map[string]Placement{
	// Every URL ever seen: the one table of the ledger that outgrows a machine.
	"ops.urls": {Kind: PlacedByHash, Column: "url_hash"},
}

// PlacementOf applies the rules above to a table.
func PlacementOf(r Relation) Placement {
	name := r.FullName()
	if p, isException := placedByName[name]; isException {
		p.Table = name
		return p
	}
	if kind := placedBySchema[r.Schema]; kind != "" {
		return Placement{Table: name, Kind: kind}
	}
	for _, rule := range placedByColumn {
		if !slices.Contains(r.PrimaryKey, rule.column) || rule.isWide && r.PartitionBy == "" {
			continue
		}
		p := Placement{Table: name, Kind: PlacedByHash, Column: rule.column}
		if name != rule.leader {
			p.With = rule.leader
		}
		return p
	}
	return Placement{Table: name, Kind: PlacedEverywhere}
}

// Placements lists where every table belongs, in an order in which they can be
// placed: those that are everywhere first, then each group behind the table that
// starts it, then the local ones.
func Placements(ctx context.Context, db sqlx.QueryerContext) ([]Placement, error) {
	var everywhere, leaders, followers, here []Placement
	for _, schema := range schemas {
		relations, err := ReadRelations(ctx, db, schema)
		if err != nil {
			return nil, fmt.Errorf("list the tables to place: %w", err)
		}
		for _, r := range relations {
			if r.Kind != "table" {
				continue
			}
			switch p := PlacementOf(r); {
			case p.Kind == PlacedEverywhere:
				everywhere = append(everywhere, p)
			case p.Kind == PlacedHere:
				here = append(here, p)
			case p.With == "":
				leaders = append(leaders, p)
			default:
				followers = append(followers, p)
			}
		}
	}
	return slices.Concat(everywhere, leaders, followers, here), nil
}
