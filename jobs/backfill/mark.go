package backfill

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

// mark is what a plan rests on, part by part, so that a refusal can say what has
// moved. Decisions are marked, not the counts behind them: ten addresses more
// leave a plan true, an outlet that another source would serve does not.
type mark struct {
	Intervals string `json:"intervals"` // of the plan's jobs and nights in the ledger, as they stand
	Sources   string `json:"sources"`   // which source serves which outlet-night
	Articles  int64  `json:"articles"`  // stored ones that would be matched again
	Nights    string `json:"nights"`    // built and published from the first night on
	Registry  string `json:"registry"`  // the chosen outlets
}

// String is how a mark is stored.
func (m mark) String() string {
	text, _ := json.Marshal(m) // strings and a number always can be
	return string(text)
}

// moved says in words what of the mark is another now.
func (m mark) moved(now mark) []string {
	var moved []string
	for _, part := range []struct {
		isSame bool
		words  string
	}{
		{m.Registry == now.Registry, "the registry of the outlets it covers"},
		{m.Intervals == now.Intervals, "the ledger's intervals of its nights"},
		{m.Sources == now.Sources, "which source can serve which outlet and night"},
		{m.Articles == now.Articles, fmt.Sprintf("the stored articles it would match again (%d then, %d now)", m.Articles, now.Articles)},
		{m.Nights == now.Nights, "which nights are built and published"},
	} {
		if !part.isSame {
			moved = append(moved, part.words)
		}
	}
	return moved
}

// Where mark finds the sources: in the plan's items, or decided anew.
const (
	markOfItems = `(select i.scope, i.night, i.source, i.article_count from ops.backfill_items as i where i.backfill_id = $1 and i.job = 'backfill')`
	markOfNow   = `(` + itemsQuery + `)`
)

// mark digests what a plan rests on. Hashes are added up, so that no order is
// needed.
func (b *Backfills) mark(ctx context.Context, tx *sqlx.Tx, backfillID int64, req Request, chosen []outlets.Outlet, items string) (mark, error) {
	m := mark{Registry: registryDigest(chosen)}
	from, to := req.From.Format(time.DateOnly), req.To.Format(time.DateOnly)
	err := tx.GetContext(ctx, &m.Intervals, `
		select concat(count(*), '/', sum(cast(hashtextextended(
			concat_ws(' ', v.job, v.scope, v.night, v.state, v.backfill_id, v.finished_at at time zone 'UTC'), 0) as numeric)))
		from ops.intervals as v
		where v.job in ('backfill', 'rebuild') and v.night >= cast($1 as date) and v.night <= cast($2 as date)
			and (v.scope = '' or v.scope = any (cast($3 as text[])))`, from, to, pq.Array(idsOf(chosen)))
	if err != nil {
		return mark{}, fmt.Errorf("digest the ledger: %w", err)
	}
	err = tx.GetContext(ctx, &m.Nights, `
		select concat(count(*), '/', sum(cast(hashtextextended(concat_ws(' ', k.night, coalesce(n.revision, 0)), 0) as numeric)))
		from intermediate.int_constants_pivoted as k
		left join marts.nights as n on n.night = k.night
		where k.night >= cast($1 as date) and (k.night <= cast($2 as date) or 'build' = $3)`, from, to, req.lastStep())
	if err != nil {
		return mark{}, fmt.Errorf("digest the nights: %w", err)
	}
	if !req.has(StepRead) && !req.has(StepMatch) {
		return m, nil
	}
	args := []any{backfillID}
	if items == markOfNow {
		args = b.itemsArguments(backfillID, req, chosen)
	}
	var sums struct {
		Sources  string `db:"sources"`
		Articles int64  `db:"articles"`
	}
	err = tx.GetContext(ctx, &sums, `
		select
			concat(count(*), '/', sum(cast(hashtextextended(concat_ws(' ', m.scope, m.night, m.source), 0) as numeric))) as sources,
			cast(coalesce(sum(m.article_count) filter (where m.source = 'stored'), 0) as bigint) as articles
		from `+items+` as m`, args...)
	if err != nil {
		return mark{}, fmt.Errorf("digest the sources: %w", err)
	}
	m.Sources, m.Articles = sums.Sources, sums.Articles
	return m, nil
}

func (r Request) lastStep() string { return r.Steps[len(r.Steps)-1] }

// registryDigest is over all that reading an outlet depends on.
func registryDigest(chosen []outlets.Outlet) string {
	sum := sha256.New()
	for _, o := range chosen {
		fmt.Fprintf(sum, "%q %q %q %q\n", o.ID, o.HomeURL, o.Language, o.Channels)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// unmoved refuses if the plan would be another one now.
func (b *Backfills) unmoved(ctx context.Context, tx *sqlx.Tx, row *Backfill) error {
	var then mark
	if err := json.Unmarshal([]byte(row.LedgerMark), &then); err != nil {
		return fmt.Errorf("read the mark of backfill %d: %w", row.BackfillID, err)
	}
	chosen, err := choose(b.cfg.Outlets, row.Arguments.Outlets)
	if err != nil {
		return refuse("plan %d cannot be applied any more: %s; plan it anew", row.BackfillID, err)
	}
	now, err := b.mark(ctx, tx, row.BackfillID, row.Arguments.Request, chosen, markOfNow)
	if err != nil {
		return err
	}
	if moved := then.moved(now); len(moved) > 0 {
		return refuse("plan %d is not what would be done now: since %s this has moved: %s; plan it anew, that takes a moment",
			row.BackfillID, row.PlannedAt.UTC().Format("2006-01-02 15:04:05Z"), strings.Join(moved, "; "))
	}
	return nil
}
