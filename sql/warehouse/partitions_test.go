package warehouse_test

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// A table with rows becomes a partition of itself: nothing is copied, nothing lost.
func TestBigTablesAreCutIntoMonthsWithWhatTheyHold(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewEmptyDB(t)
	if err := warehouse.MigrateTo(t.Context(), db, 19); err != nil {
		t.Fatal(err)
	}
	db.MustExec(`
		insert into staging.article_stories (night, article_id, story_id, story_night)
		select date '2026-09-28' + i, i, i, date '2026-09-28' + i from generate_series(0, 9) as i;
		comment on column staging.article_stories.joined_by is 'Mine.';
		do $$ begin create role months_reader; exception when duplicate_object then null; end $$;
		grant select on staging.article_stories to months_reader`)
	var before string
	if err := db.Get(&before, `select cast(relfilenode as text) from pg_class where oid = cast('staging.article_stories' as regclass)`); err != nil {
		t.Fatal(err)
	}
	if _, err := warehouse.Migrate(t.Context(), slog.New(slog.DiscardHandler), db); err != nil {
		t.Fatal(err)
	}
	if err := warehouse.EnsureMonths(t.Context(), db, day(2026, 8, 1), day(2026, 10, 20), day(2026, 11, 1)); err != nil {
		t.Fatal(err)
	}
	db.MustExec(`insert into staging.article_stories (night, article_id, story_id, story_night) values ('2026-11-30', 11, 11, '2026-11-30')`)
	var got struct {
		Rows       int
		Partitions string
		Comment    string
		Column     string
		CanRead    bool `db:"can_read"`
		Key        string
		Node       string
	}
	err := db.Get(&got, `
		select
			(select count(*) from staging.article_stories) as rows,
			(select string_agg(concat(c.relname, ' ', pg_get_expr(c.relpartbound, c.oid)), ', ' order by c.relname)
				from pg_inherits as i inner join pg_class as c on c.oid = i.inhrelid
				where i.inhparent = cast('staging.article_stories' as regclass)) as partitions,
			left(obj_description(cast('staging.article_stories' as regclass), 'pg_class'), 30) as comment,
			(select col_description(a.attrelid, a.attnum) from pg_attribute as a
				where a.attrelid = cast('staging.article_stories' as regclass) and a.attname = 'joined_by') as "column",
			has_table_privilege('months_reader', 'staging.article_stories', 'select') as can_read,
			(select pg_get_constraintdef(k.oid) from pg_constraint as k
				where k.conrelid = cast('staging.article_stories' as regclass) and k.contype = 'p') as key,
			(select cast(relfilenode as text) from pg_class where oid = cast('staging.article_stories_until_y2026m10' as regclass)) as node`)
	if err != nil {
		t.Fatal(err)
	}
	want := got
	want.Rows = 11
	want.Partitions = "article_stories_until_y2026m10 FOR VALUES FROM (MINVALUE) TO ('2026-11-01'), article_stories_y2026m11 FOR VALUES FROM ('2026-11-01') TO ('2026-12-01')"
	want.Comment, want.Column, want.CanRead = "Which story an article tells: ", "Mine.", true
	want.Key, want.Node = "PRIMARY KEY (night, article_id)", before
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	db.MustExec(`drop owned by months_reader`)
}
