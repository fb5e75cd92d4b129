package warehouse_test

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

const (
	benchRows  = 50_000
	benchBatch = 5_000
	benchTable = `(article_id bigint primary key, outlet_id text not null, url text not null,
		title text not null, body text compression lz4 not null, published_at timestamptz not null)`
)

var benchColumns = []string{"article_id", "outlet_id", "url", "title", "body", "published_at"}

// BenchmarkLoad loads 50,000 articles of 3 KB the way the crawl does (COPY
// into a temporary table and merge, 5,000 rows a transaction) and, as the
// limit of what can be had, by one \copy of psql into the same table. Its
// ratio is the second time over the first.
//
//	go test -run '^$' -bench Load -benchtime 1x ./sql/warehouse
func BenchmarkLoad(b *testing.B) {
	psql := findPsql(b)
	// A server that waits for the disk, as in earnest.
	server, err := warehouse.StartServer(b.Context(), quiet(), warehousetest.DataDir(b))
	if err != nil {
		b.Fatal(err)
	}
	defer server.Stop(b.Context())
	db, err := warehouse.Open(b.Context(), quiet(), server.URL())
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	articles := benchArticles()
	file := filepath.Join(b.TempDir(), "articles.tsv")
	if err := os.WriteFile(file, tsv(articles), 0o644); err != nil {
		b.Fatal(err)
	}
	var ours, limit time.Duration
	for b.Loop() {
		db.MustExec(`drop table if exists ours, limits; create table ours ` + benchTable + `; create table limits ` + benchTable)
		db.MustExec(`checkpoint`)
		begun := time.Now()
		load(b, db, articles)
		ours += time.Since(begun)
		db.MustExec(`checkpoint`)
		begun = time.Now()
		out, err := exec.Command(psql, "-X", "-q", "-d", server.URL(), "-c", `\copy limits from '`+file+`'`).CombinedOutput()
		if err != nil {
			b.Fatalf("psql: %v: %s", err, out)
		}
		limit += time.Since(begun)
	}
	n := float64(benchRows * b.N)
	b.ReportMetric(n/ours.Seconds(), "rows/s")
	b.ReportMetric(n/limit.Seconds(), "psql-rows/s")
	b.ReportMetric(limit.Seconds()/ours.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}

func load(b *testing.B, db *sqlx.DB, articles [][]any) {
	ctx := b.Context()
	for len(articles) > 0 {
		batch := articles[:benchBatch]
		articles = articles[benchBatch:]
		tx, err := db.BeginTxx(ctx, nil)
		if err != nil {
			b.Fatal(err)
		}
		tx.MustExec(`create temp table incoming (like ours including compression) on commit drop`)
		if _, err := warehouse.CopyRows(ctx, tx, "incoming", benchColumns, rowsOf(batch)); err != nil {
			b.Fatal(err)
		}
		tx.MustExec(`
			insert into ours (article_id, outlet_id, url, title, body, published_at)
			select article_id, outlet_id, url, title, body, published_at from incoming
			on conflict (article_id) do update set title = excluded.title, body = excluded.body
			where (ours.title, ours.body) is distinct from (excluded.title, excluded.body)`)
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
}

func rowsOf(rows [][]any) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}
}

// benchArticles have text of words, compressible as prose is.
func benchArticles() [][]any {
	random := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 4000)
	for i := range words {
		letters := make([]byte, 2+random.IntN(9))
		for k := range letters {
			letters[k] = byte('a' + random.IntN(26))
		}
		words[i] = string(letters)
	}
	rows := make([][]any, benchRows)
	for i := range rows {
		var body strings.Builder
		for body.Len() < 3000 {
			body.WriteString(words[int(random.ExpFloat64()*400)%len(words)])
			body.WriteByte(' ')
		}
		rows[i] = []any{
			int64(random.Uint64() >> 1), "outlet-" + words[i%1000],
			fmt.Sprintf("https://example.com/2026/03/01/%s-%d", words[i%4000], i),
			body.String()[:60], body.String(), time.Unix(1_770_000_000+int64(i), 0).UTC(),
		}
	}
	return rows
}

func tsv(rows [][]any) []byte {
	var b bytes.Buffer
	for _, r := range rows {
		fmt.Fprintf(&b, "%d\t%s\t%s\t%s\t%s\t%s\n", r[0], r[1], r[2], r[3], r[4], r[5].(time.Time).Format(time.RFC3339))
	}
	return b.Bytes()
}

func findPsql(b *testing.B) string {
	if path, err := exec.LookPath("psql"); err == nil {
		return path
	}
	paths, _ := filepath.Glob("/usr/lib/postgresql/*/bin/psql")
	if len(paths) == 0 {
		b.Fatal("no psql: sudo apt-get install -y postgresql")
	}
	return paths[len(paths)-1]
}
