package build

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/story"
)

// printed is an article with its text, stored as a collect stores it.
type printed struct {
	night     string
	outlet    string
	id        int64
	language  string
	hour      int
	body      string
	isInexact bool
}

func store(t testing.TB, db *sqlx.DB, list ...printed) {
	t.Helper()
	for _, a := range list {
		var credit *string
		if id := story.Credit(a.language, "", a.body); id != "" {
			credit = &id
		}
		_, err := db.ExecContext(t.Context(), `
			insert into staging.articles (
				night, article_id, outlet_id, canonical_url, url, title, body, authors,
				language_code, charset, published_at, published_origin, is_published_exact,
				access, character_count, content_hash, sketch, first_seen_at, fetched_at, run_id,
				wire_credit, facts
			)
			values (
				$1, cast($2 as bigint), $3, concat('https://example.com/', cast($2 as bigint)), 'u', '', $4, '{}',
				$5, 'utf-8', cast($1 as date) + make_interval(hours => $6), 'meta', $7,
				'full', length($4), md5($4), $8, cast($1 as date), cast($1 as date), 1,
				$9, $10
			)`,
			a.night, a.id, a.outlet, a.body, a.language, a.hour, !a.isInexact,
			pq.Array(story.Sketch(a.body)), credit, pq.Array(story.Facts(a.language, "", a.body)))
		if err != nil {
			t.Fatal(err)
		}
		run(t, db, fmt.Sprintf("select given.mention('%s', 'c', %d, 'headline')", a.night, a.id))
	}
}

const wireReport = `BEIJING (Reuters) - The carmaker posted a quarterly profit of 2.84 billion yuan on Tuesday, up 14.2 percent, as exports of electric cars rose to 121,300 units.
Chief executive Marta Kessler said that the plant near Debrecen would employ 3,450 people when its second line starts in the autumn, half a year later than planned.
Analysts at Nomura had expected a profit of 3.1 billion yuan. They kept their target for the shares at 41.75 and pointed to the price of lithium, which has doubled since the spring.
The company said it would challenge the duties of the European Commission before the court in Luxembourg. A ruling is not expected for at least eighteen months.
Deliveries at home fell for the third month in a row. Dealers in Shenzhen and Chengdu offered discounts of up to 22,000 yuan to clear their yards before new models arrive.
The shares closed at 38.05 in Hong Kong, down 2.6 percent, while the index of the market lost 0.9 percent.`

const wireInGerman = `Peking (Reuters) - Der Autobauer hat am Dienstag einen Quartalsgewinn von 2,84 Milliarden Yuan vorgelegt, ein Plus von 14,2 Prozent; die Ausfuhr von Elektroautos stieg auf 121.300 Stück.
Vorstandschefin Marta Kessler sagte, das Werk bei Debrecen werde 3.450 Menschen beschäftigen, wenn im Herbst die zweite Linie anläuft.
Analysten von Nomura hatten 3,1 Milliarden Yuan erwartet. Sie beließen das Kursziel bei 41,75 und verwiesen auf den Lithiumpreis.
Händler in Shenzhen und Chengdu gewährten Rabatte von bis zu 22.000 Yuan. Die Aktie schloss in Hongkong bei 38,05 und damit 2,6 Prozent im Minus.`

// reprinted is what the outlet of a number makes of the wire: the second in four
// has a lead of its own, the third a cut, the fourth both and its own quotes.
func reprinted(i int) string {
	lines := strings.Split(wireReport, "\n")
	lead := fmt.Sprintf("Good news or bad for the dealers of town %d? The owner of garage number %d told our paper that %d customers wait for their cars and hardly one of them has lost patience so far.", i, 3*i, 10+i)
	switch i % 4 {
	case 1:
		lines = append([]string{lead}, lines...)
	case 2:
		lines = lines[:4]
	case 3:
		lines = append([]string{lead}, lines[:5]...)
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "percent", []string{"percent", "per cent", "%", "pct"}[i/4%4])
}

// TestAWireInFortyOutlets: one story with forty carriers, of which all have the
// credit of the method together, whatever the order they came in.
func TestAWireInFortyOutlets(t *testing.T) {
	t.Parallel()
	const night, before = "2026-11-20", "2026-11-19"
	var list []printed
	for i := range 40 {
		a := printed{night: night, outlet: fmt.Sprintf("o%d", i), id: int64(900 - i), language: "en", hour: i % 20, body: reprinted(i)}
		if i < 3 {
			a.night, a.hour = before, 20+i
		}
		list = append(list, a)
	}
	list = append(list, printed{night: night, outlet: "o40", id: 1, language: "de", hour: 9, body: wireInGerman})
	// Known by its day alone: it does not count as the first of its night.
	list = append(list, printed{night: before, outlet: "o41", id: 5, language: "en", hour: 0, isInexact: true, body: "Day paper.\n" + wireReport})

	given := "select given.company('c');\n"
	for i := range 42 {
		given += fmt.Sprintf("select given.outlet('o%d', 'p%d');\n", i, min(i, 40))
	}
	// The forty-second outlet is the German one's sister and prints English: a
	// publisher is a voice in each story it tells.
	var want map[string]string
	for order := range 3 {
		db := newDB(t, given)
		b := newBuilder(t, db)
		rand.New(rand.NewPCG(uint64(order), 1)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		store(t, db, list...)
		mustBuild(t, b, before, night)
		if order > 0 {
			if diff := cmp.Diff(want, digests(t, b, "")); diff != "" {
				t.Fatalf("tables differ in another order (-first +again):\n%s", diff)
			}
			continue
		}
		want = digests(t, b, "")
		checkForty(t, db, night)
	}
}

func checkForty(t *testing.T, db *sqlx.DB, night string) {
	t.Helper()
	var stories []int64
	if err := db.SelectContext(t.Context(), &stories, `select distinct story_id from staging.article_stories order by story_id`); err != nil {
		t.Fatal(err)
	}
	// The earliest with a time is outlet 0's, at 20:00 of the night before.
	if diff := cmp.Diff([]int64{1, 900}, stories); diff != "" {
		t.Fatalf("stories (-want +got):\n%s", diff)
	}
	var counted struct {
		Publishers int     `db:"publisher_count"`
		Credit     float64 `db:"copy_credit"`
	}
	err := db.GetContext(t.Context(), &counted, `
		select publisher_count, copy_credit from intermediate.int_stories_counted where night = $1 and story_id = 900`, night)
	if err != nil {
		t.Fatal(err)
	}
	const carriers = 41 // forty and the day paper
	if want := (1 + 0.5*math.Log2(carriers)) / carriers; counted.Publishers != carriers || math.Abs(counted.Credit-want) > 1e-9 {
		t.Errorf("%d publishers with a credit of %.9f, want %d with %.9f", counted.Publishers, counted.Credit, carriers, want)
	}
	var sum float64
	if err := db.GetContext(t.Context(), &sum, `
		select sum(weight) from intermediate.int_mentions_weighted where night = $1 and story_id = 900`, night); err != nil {
		t.Fatal(err)
	}
	if want := 37 * counted.Credit; math.Abs(sum-want) > 1e-9 { // three and the day paper spoke the night before
		t.Errorf("weights of the night %.9f, want %.9f", sum, want)
	}
	t.Logf("one story of %d carriers, %.4f of a voice each, %.3f in all", counted.Publishers, counted.Credit, carriers*counted.Credit)
	var trees []string
	err = db.SelectContext(t.Context(), &trees, `
		select concat_ws(' ', joined_by, parent_article_id is not null, similarity is not null, count(*))
		from staging.article_stories
		group by joined_by, parent_article_id is not null, similarity is not null
		order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("joined by: %v", trees)
	if !slices.Contains(trees, "f f 2") || len(trees) < 3 {
		t.Errorf("trees %v: want two roots, and others that were joined by the text and by a cut", trees)
	}
	var orphans int
	err = db.GetContext(t.Context(), &orphans, `
		select count(*)
		from staging.article_stories as s
		left join staging.article_stories as p on p.article_id = s.parent_article_id and p.story_id = s.story_id
		where s.parent_article_id is not null and p.article_id is null`)
	if err != nil || orphans > 0 {
		t.Errorf("%d parents stand in another story (%v)", orphans, err)
	}
	var translations []string
	err = db.SelectContext(t.Context(), &translations, `
		select concat_ws(' ', night, story_id, original_story_id, agreement > 0.7) from staging.story_translations`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{night + " 1 900 t"}, translations); diff != "" {
		t.Errorf("translations (-want +got):\n%s", diff)
	}
}

// TestHistoryCostsStoriesNothing: how many rows are read for a night's stories does not
// grow with the nights that are stored, only with those of the window.
func TestHistoryCostsStoriesNothing(t *testing.T) {
	warehousetest.SkipLong(t)
	const perNight = 800
	db := newDB(t, "select given.company('c'); select given.outlet('o', 'p');")
	b := newBuilder(t, db)
	first := date("2026-10-20")
	rows := map[int]float64{} // by nights of history
	for i := range 31 {
		night := dateText(first.AddDate(0, 0, i))
		run(t, db, fmt.Sprintf(`
			insert into staging.articles (
				night, article_id, outlet_id, canonical_url, url, title, body, authors,
				language_code, charset, published_at, published_origin, is_published_exact,
				access, character_count, content_hash, sketch, first_seen_at, fetched_at, run_id, wire_credit, facts
			)
			select
				n.night, n.day * 100000 + i, 'o', concat('https://example.com/', n.day, '/', i), 'u', 't', 'b', '{}',
				'en', 'utf-8', n.night + interval '1 hour', 'meta', true, 'full', 2000, md5(concat(n.day, ' ', i)),
				array(
					select abs(hashint4(cast(case when mod(i, 4) = 0 then mod(i, 200) else i + n.day * 100000 end + 7919 * k as integer)) / 2)
					from generate_series(1, 64) as k
				),
				n.night, n.night, 1,
				(array['reuters', 'afp', null])[1 + mod(i, 3)],
				array(select 4 * mod(abs(hashint4(i * 40 + k)), 1000000) + 1 from generate_series(1, 30) as k order by 1)
			from (select cast('%s' as date) as night, %d as day) as n
			cross join generate_series(1, %d) as i;
			analyze staging.articles;`, night, i+1, perNight))
		mustBuild(t, b, night)
		if i != 1 && i != 7 && i != 30 {
			continue
		}
		rows[i] = rowsRead(t, b, storiesStep, night)
	}
	t.Logf("rows read for a night's stories: %.0f after 1 night, %.0f after 7, %.0f after 30", rows[1], rows[7], rows[30])
	if ratio := rows[30] / rows[7]; ratio > 1.1 {
		t.Errorf("30 nights of history make a night's stories read %.2f times as many rows as 7", ratio)
	}
}

// rowsRead counts the rows that a step reads of a night that has been built.
func rowsRead(t *testing.T, b *Builder, step Model, night string) (count float64) {
	t.Helper()
	tx := b.db.MustBegin()
	defer tx.Rollback()
	tables, err := readCatalog(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.rebuildInGo(t.Context(), tx, tables, step, night); err != nil {
		t.Fatal(err)
	}
	if err := tx.Get(&count, `
		select sum(s.seq_tup_read + coalesce(s.idx_tup_fetch, 0))
		from pg_stat_xact_user_tables as s`); err != nil {
		t.Fatal(err)
	}
	return count
}
