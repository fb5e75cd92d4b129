package trace

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/transform/canonical"
)

// readOnly makes the reading one snapshot.
var readOnly = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}

// maxMembers bounds the tellings of a story that are listed.
const maxMembers = 20

// reader fills a life.
type reader struct {
	tx   *sqlx.Tx
	life *Life
}

func (r reader) all(ctx context.Context, raw string, owner *outlets.Outlet) error {
	if err := r.addresses(ctx, raw, owner); err != nil {
		return err
	}
	if err := r.attempts(ctx); err != nil {
		return err
	}
	if err := r.article(ctx); err != nil {
		return err
	}
	r.life.IsKnown = len(r.life.Addresses) > 0 || r.life.Article != nil
	if a := r.life.Article; a != nil {
		for _, read := range []func(context.Context, *Article) error{r.past, r.story, r.mentions, r.nights} {
			if err := read(ctx, a); err != nil {
				return err
			}
		}
	}
	if !r.life.IsKnown {
		return r.stranger(ctx, owner)
	}
	return nil
}

const addressColumns = `u.url_hash, u.url, u.announced_url, u.outlet_id, u.channel_url, u.channel_kind, u.channel_published_at,
	u.channel_title, u.is_in_feed, u.is_in_sitemap, u.is_in_page, u.discovered_at, u.discovered_run_id, u.outcome, u.reason,
	u.page_type, u.http_status, u.attempt_count, u.next_attempt_at, u.decided_at, u.decided_run_id, u.article_id`

// addresses finds the rows of ops.urls: the address itself, what a channel wrote
// so, and every address that led to the same article.
func (r reader) addresses(ctx context.Context, raw string, owner *outlets.Outlet) error {
	id := canonical.ID(r.life.URL)
	var ownerID string
	if owner != nil {
		ownerID = owner.ID
	}
	var first []Address
	err := r.tx.SelectContext(ctx, &first, `
		select `+addressColumns+` from ops.urls as u
		where u.url_hash = $1 and u.url = $2 or u.article_id = $1
			or u.outlet_id = $3 and u.announced_url in ($2, $4)
		order by u.url = $2 desc, u.discovered_at, u.url`, id, r.life.URL, ownerID, raw)
	if err != nil {
		return err
	}
	seen, articles := map[string]bool{}, map[int64]bool{}
	add := func(list []Address) {
		for _, a := range list {
			if !seen[a.URL] {
				seen[a.URL] = true
				r.life.Addresses = append(r.life.Addresses, a)
			}
		}
	}
	add(first)
	var ids []int64
	for _, a := range first {
		if a.ArticleID != nil && !articles[*a.ArticleID] {
			articles[*a.ArticleID] = true
			ids = append(ids, *a.ArticleID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var others []Address
	err = r.tx.SelectContext(ctx, &others, `
		select `+addressColumns+` from ops.urls as u where u.article_id = any($1) order by u.discovered_at, u.url`, pq.Array(ids))
	if err != nil {
		return err
	}
	add(others)
	return nil
}

func (r reader) attempts(ctx context.Context) error {
	hashes := make([]int64, len(r.life.Addresses))
	for i, a := range r.life.Addresses {
		hashes[i] = a.URLHash
		r.life.Addresses[i].Attempts = []Attempt{}
	}
	var list []Attempt
	err := r.tx.SelectContext(ctx, &list, `
		select
			t.url_hash, t.attempted_at, t.purpose, t.run_id, t.http_status, t.outcome, t.reason, t.byte_count,
			cast(extract(epoch from t.elapsed) as double precision) as elapsed_seconds
		from ops.url_attempts as t
		where t.url_hash = any($1)
		order by t.attempted_at`, pq.Array(hashes))
	if err != nil {
		return err
	}
	for _, a := range list {
		for i := range r.life.Addresses {
			if r.life.Addresses[i].URLHash == a.URLHash {
				r.life.Addresses[i].Attempts = append(r.life.Addresses[i].Attempts, a)
			}
		}
	}
	return nil
}

// article finds what is stored: under the article an address led to, or under the
// address itself, if that is the article's own.
func (r reader) article(ctx context.Context) error {
	id := canonical.ID(r.life.URL)
	for _, a := range r.life.Addresses {
		if a.ArticleID != nil {
			id = *a.ArticleID
			break
		}
	}
	var a Article
	err := r.tx.GetContext(ctx, &a, `
		select
			a.article_id, a.night, a.outlet_id, a.canonical_url, a.url, a.title, array_to_string(a.authors, ', ') as authors,
			a.language_code, a.charset, a.page_type, a.section, a.access, a.extraction_quality, a.extraction_reason,
			a.published_at, a.published_origin, a.is_published_exact, a.published_candidates, a.character_count,
			a.content_hash, a.first_seen_at, a.fetched_at, a.run_id, a.edited_at, a.deleted_at
		from staging.articles as a
		where a.article_id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	r.life.Article = &a
	return nil
}

// past reads the texts before and the rechecks.
func (r reader) past(ctx context.Context, a *Article) error {
	err := r.tx.SelectContext(ctx, &r.life.Versions, `
		select v.replaced_at, v.night, v.content_hash, v.title, v.character_count, v.published_at, v.fetched_at, v.run_id
		from staging.article_versions as v where v.article_id = $1 order by v.replaced_at`, a.ArticleID)
	if err != nil {
		return err
	}
	return r.tx.SelectContext(ctx, &r.life.Rechecks, `
		select c.stage, c.due_at, c.attempt_count, c.next_attempt_at, c.outcome, c.reason, c.http_status, c.decided_at, c.decided_run_id
		from ops.rechecks as c where c.article_id = $1 order by c.due_at`, a.ArticleID)
}

func (r reader) story(ctx context.Context, a *Article) error {
	s := &Story{Members: []Member{}}
	err := r.tx.GetContext(ctx, s, `
		select s.story_id, s.joined_by, s.similarity, p.canonical_url as parent_url, a.wire_credit
		from staging.article_stories as s
		inner join staging.articles as a on a.night = s.night and a.article_id = s.article_id
		left join staging.articles as p on p.article_id = s.parent_article_id
		where s.night = $1 and s.article_id = $2
		order by p.night desc
		limit 1`, a.Night.String(), a.ArticleID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // its night is not built
	}
	if err != nil {
		return err
	}
	id := s.StoryID
	if err := r.tx.GetContext(ctx, &s.Count, `select count(*) from staging.article_stories as s where s.story_id = $1`, id); err != nil {
		return err
	}
	err = r.tx.SelectContext(ctx, &s.Members, `
		select a.article_id, a.night, a.outlet_id, a.canonical_url, a.title, a.published_at
		from staging.article_stories as s
		inner join staging.articles as a on a.night = s.night and a.article_id = s.article_id
		where s.story_id = $1
		order by a.published_at, a.article_id
		limit $2`, id, maxMembers)
	if err != nil {
		return err
	}
	r.life.Story = s
	return nil
}

func (r reader) mentions(ctx context.Context, a *Article) error {
	return r.tx.SelectContext(ctx, &r.life.Mentions, `
		select
			m.company_id, m.alias, m.alias_class, m.position, m.occurrence_count, m.salience, m.match_probability,
			w.copy_credit, w.is_voice, w.weight, w.is_quarantined, m.evidence, m.tone_negative, m.tone_positive, m.dimensions,
			nullif(r.company_id, m.company_id) as counts_for
		from staging.mentions as m
		left join intermediate.int_companies_rolled_up as r on r.night = m.night and r.named_company_id = m.company_id
		left join intermediate.int_mentions_weighted as w
			on w.night = m.night and w.company_id = coalesce(r.company_id, m.company_id) and w.article_id = m.article_id
		where m.night = $1 and m.article_id = $2
		order by m.salience desc, m.company_id`, a.Night.String(), a.ArticleID)
}

// nights reads every night whose build has met the article, and the one it
// belongs to now: after an edit those may be two until the next build.
func (r reader) nights(ctx context.Context, a *Article) error {
	return r.tx.SelectContext(ctx, &r.life.Nights, `
		with met as (
			select d.night, d.is_counted from intermediate.int_articles_deduplicated as d
			where d.article_id = $2 and d.night >= cast($1 as date) - 60 and d.night <= cast($1 as date) + 60
		),
		all_nights as (
			select m.night from met as m
			union
			select cast($1 as date) as night
		)
		select n.night, k.night is not null as is_built, m.is_counted, p.published_at, p.revision
		from all_nights as n
		left join met as m on m.night = n.night
		left join intermediate.int_constants_pivoted as k on k.night = n.night
		left join marts.nights as p on p.night = n.night
		order by n.night`, a.Night.String(), a.ArticleID)
}
