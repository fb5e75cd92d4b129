// Package trace tells the whole life of one address: who announced it, what became
// of every fetch, the article it led to, what that counts for; or, if it was never
// seen, what we know of its place.
//
//	life, err := trace.New(db, list).Trace(ctx, "https://paper.example/news/1?utm_source=x")
//
// It only reads. An address is found under its own normal form, as a channel wrote
// it, and as the address of the article it led to; life.go reads that and all that
// hangs on it, stranger.go what stands around an address nobody knows.
package trace

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/canonical"
)

// Tracer reads lives.
type Tracer struct {
	db       *sqlx.DB
	registry []outlets.Outlet
}

// New returns a Tracer; the registry says to which outlet a host belongs.
func New(db *sqlx.DB, registry []outlets.Outlet) *Tracer { return &Tracer{db: db, registry: registry} }

// Life is all that is known of an address.
type Life struct {
	Query     string    `json:"query"` // as it was asked for
	URL       string    `json:"url"`   // in normal form
	IsKnown   bool      `json:"is_known"`
	Outlet    *Outlet   `json:"outlet"` // that it belongs to; null if none does
	Addresses []Address `json:"addresses"`
	Article   *Article  `json:"article"`
	Versions  []Version `json:"versions"`
	Rechecks  []Recheck `json:"rechecks"`
	Story     *Story    `json:"story"`
	Mentions  []Mention `json:"mentions"`
	Nights    []Night   `json:"nights"`
	Channels  []Channel `json:"channels"` // of the outlet, where the address is not known
	Near      []Near    `json:"near"`     // known addresses like it, where it is not known itself
}

// Outlet is whose address it is.
type Outlet struct {
	OutletID    string `json:"outlet_id"`
	Name        string `json:"name"`
	PublisherID string `json:"publisher_id"`
	Country     string `json:"country"`
	HomeURL     string `json:"home_url"`
}

// Address is a row of ops.urls with every fetch of it.
type Address struct {
	URLHash       int64      `db:"url_hash" json:"url_hash"`
	URL           string     `db:"url" json:"url"`
	AnnouncedURL  *string    `db:"announced_url" json:"announced_url"`
	OutletID      string     `db:"outlet_id" json:"outlet_id"`
	ChannelURL    string     `db:"channel_url" json:"channel_url"`
	ChannelKind   string     `db:"channel_kind" json:"channel_kind"`
	PublishedAt   *time.Time `db:"channel_published_at" json:"channel_published_at"`
	ChannelTitle  *string    `db:"channel_title" json:"channel_title"`
	IsInFeed      bool       `db:"is_in_feed" json:"is_in_feed"`
	IsInSitemap   bool       `db:"is_in_sitemap" json:"is_in_sitemap"`
	IsInPage      bool       `db:"is_in_page" json:"is_in_page"`
	DiscoveredAt  time.Time  `db:"discovered_at" json:"discovered_at"`
	DiscoveredRun int64      `db:"discovered_run_id" json:"discovered_run_id"`
	Outcome       *string    `db:"outcome" json:"outcome"`
	Reason        *string    `db:"reason" json:"reason"`
	PageType      *string    `db:"page_type" json:"page_type"`
	HTTPStatus    *int       `db:"http_status" json:"http_status"`
	AttemptCount  int        `db:"attempt_count" json:"attempt_count"`
	NextAttemptAt *time.Time `db:"next_attempt_at" json:"next_attempt_at"`
	DecidedAt     *time.Time `db:"decided_at" json:"decided_at"`
	DecidedRun    *int64     `db:"decided_run_id" json:"decided_run_id"`
	ArticleID     *int64     `db:"article_id" json:"article_id"`
	Attempts      []Attempt  `db:"-" json:"attempts"`
}

// Attempt is one fetch.
type Attempt struct {
	URLHash     int64     `db:"url_hash" json:"-"`
	AttemptedAt time.Time `db:"attempted_at" json:"attempted_at"`
	Purpose     string    `db:"purpose" json:"purpose"`
	RunID       int64     `db:"run_id" json:"run_id"`
	HTTPStatus  *int      `db:"http_status" json:"http_status"`
	Outcome     *string   `db:"outcome" json:"outcome"`
	Reason      *string   `db:"reason" json:"reason"`
	ByteCount   int64     `db:"byte_count" json:"byte_count"`
	Seconds     *float64  `db:"elapsed_seconds" json:"elapsed_seconds"` // null where no page came
}

// Article is what is stored, but for the text itself.
type Article struct {
	ArticleID        int64           `db:"article_id" json:"article_id"`
	Night            ledger.Date     `db:"night" json:"night"`
	OutletID         string          `db:"outlet_id" json:"outlet_id"`
	CanonicalURL     string          `db:"canonical_url" json:"canonical_url"`
	URL              string          `db:"url" json:"url"`
	Title            string          `db:"title" json:"title"`
	Authors          string          `db:"authors" json:"authors"` // separated by commas
	Language         string          `db:"language_code" json:"language_code"`
	Charset          string          `db:"charset" json:"charset"`
	PageType         string          `db:"page_type" json:"page_type"`
	Section          *string         `db:"section" json:"section"`
	Access           string          `db:"access" json:"access"`
	Quality          string          `db:"extraction_quality" json:"extraction_quality"`
	QualityReason    *string         `db:"extraction_reason" json:"extraction_reason"`
	PublishedAt      time.Time       `db:"published_at" json:"published_at"`
	PublishedOrigin  string          `db:"published_origin" json:"published_origin"`
	IsPublishedExact bool            `db:"is_published_exact" json:"is_published_exact"`
	Candidates       json.RawMessage `db:"published_candidates" json:"published_candidates"`
	CharacterCount   int             `db:"character_count" json:"character_count"`
	ContentHash      string          `db:"content_hash" json:"content_hash"`
	FirstSeenAt      time.Time       `db:"first_seen_at" json:"first_seen_at"`
	FetchedAt        time.Time       `db:"fetched_at" json:"fetched_at"`
	RunID            int64           `db:"run_id" json:"run_id"`
	EditedAt         *time.Time      `db:"edited_at" json:"edited_at"`
	DeletedAt        *time.Time      `db:"deleted_at" json:"deleted_at"`
}

// Version is a text the article had before.
type Version struct {
	ReplacedAt     time.Time   `db:"replaced_at" json:"replaced_at"`
	Night          ledger.Date `db:"night" json:"night"`
	ContentHash    string      `db:"content_hash" json:"content_hash"`
	Title          string      `db:"title" json:"title"`
	CharacterCount int         `db:"character_count" json:"character_count"`
	PublishedAt    time.Time   `db:"published_at" json:"published_at"`
	FetchedAt      time.Time   `db:"fetched_at" json:"fetched_at"`
	RunID          int64       `db:"run_id" json:"run_id"`
}

// Recheck is one of the times the article is read again.
type Recheck struct {
	Stage         string     `db:"stage" json:"stage"`
	DueAt         time.Time  `db:"due_at" json:"due_at"`
	AttemptCount  int        `db:"attempt_count" json:"attempt_count"`
	NextAttemptAt *time.Time `db:"next_attempt_at" json:"next_attempt_at"`
	Outcome       *string    `db:"outcome" json:"outcome"`
	Reason        *string    `db:"reason" json:"reason"`
	HTTPStatus    *int       `db:"http_status" json:"http_status"`
	DecidedAt     *time.Time `db:"decided_at" json:"decided_at"`
	DecidedRun    *int64     `db:"decided_run_id" json:"decided_run_id"`
}

// Story is the cluster of near-identical articles it belongs to.
type Story struct {
	StoryID    int64    `db:"story_id" json:"story_id"`
	Count      int      `json:"article_count"`
	Members    []Member `json:"members"`                           // the first of them, this article included
	WireCredit *string  `db:"wire_credit" json:"wire_credit"`      // agency this article is credited to; null: none
	JoinedBy   *string  `db:"joined_by" json:"joined_by"`          // text, cut, equal or credit; null: it is the first
	ParentURL  *string  `db:"parent_url" json:"parent_url"`        // of the article it was most likely taken from
	Similarity *float64 `db:"similarity" json:"parent_similarity"` // to that one, 0 to 1
}

// Member is one telling of the story.
type Member struct {
	ArticleID    int64       `db:"article_id" json:"article_id"`
	Night        ledger.Date `db:"night" json:"night"`
	OutletID     string      `db:"outlet_id" json:"outlet_id"`
	CanonicalURL string      `db:"canonical_url" json:"canonical_url"`
	Title        string      `db:"title" json:"title"`
	PublishedAt  time.Time   `db:"published_at" json:"published_at"`
}

// Mention is a company the article names, with what it weighs in the night's build.
type Mention struct {
	CompanyID   string   `db:"company_id" json:"company_id"`
	Alias       string   `db:"alias" json:"alias"`
	Class       string   `db:"alias_class" json:"alias_class"`
	Position    string   `db:"position" json:"position"`
	Occurrences int      `db:"occurrence_count" json:"occurrence_count"`
	Salience    float64  `db:"salience" json:"salience"`
	Probability float64  `db:"match_probability" json:"match_probability"`
	CopyCredit  *float64 `db:"copy_credit" json:"copy_credit"` // null: it carries no weight, or the night is not built
	IsVoice     *bool    `db:"is_voice" json:"is_voice"`
	Weight      *float64 `db:"weight" json:"weight"`
	Evidence    string   `db:"evidence" json:"evidence"`
	CountsFor   *string  `db:"counts_for" json:"counts_for"` // null: for itself
	// IsQuarantined: only names in quarantine name it; null: the night is not built.
	IsQuarantined *bool          `db:"is_quarantined" json:"is_quarantined"`
	Negative      *float64       `db:"tone_negative" json:"tone_negative"` // null: no model judges
	Positive      *float64       `db:"tone_positive" json:"tone_positive"`
	Dimensions    pq.StringArray `db:"dimensions" json:"dimensions"` // null: no rules for the language
}

// Night is a night the article stands in, and how that night stands.
type Night struct {
	Night       ledger.Date `db:"night" json:"night"`
	IsBuilt     bool        `db:"is_built" json:"is_built"`
	IsCounted   *bool       `db:"is_counted" json:"is_counted"` // null: the build has not met the article
	PublishedAt *time.Time  `db:"published_at" json:"published_at"`
	Revision    *int        `db:"revision" json:"revision"`
}

// Channel is one that the outlet is read by.
type Channel struct {
	ChannelURL   string     `db:"channel_url" json:"channel_url"`
	Kind         string     `db:"kind" json:"kind"`
	State        string     `db:"state" json:"state"`
	LastPolledAt *time.Time `db:"last_polled_at" json:"last_polled_at"`
	LastOKAt     *time.Time `db:"last_ok_at" json:"last_ok_at"`
	ItemCount    int        `db:"item_count" json:"item_count"`
	Error        *string    `db:"error" json:"error"`
}

// Near is a known address that looks like the one asked for.
type Near struct {
	URL          string    `db:"url" json:"url"`
	OutletID     string    `db:"outlet_id" json:"outlet_id"`
	Outcome      *string   `db:"outcome" json:"outcome"`
	DiscoveredAt time.Time `db:"discovered_at" json:"discovered_at"`
}

// Trace tells the life of an address. The error is for an address that is none and
// for the database; an address nobody knows is a Life, too.
func (t *Tracer) Trace(ctx context.Context, raw string) (Life, error) {
	clean, err := canonical.Clean(raw)
	if err != nil {
		return Life{}, fmt.Errorf("trace: %w", err)
	}
	life := Life{
		Query: raw, URL: clean, Addresses: []Address{}, Versions: []Version{}, Rechecks: []Recheck{},
		Mentions: []Mention{}, Nights: []Night{}, Channels: []Channel{}, Near: []Near{},
	}
	owner := t.ownerOf(clean)
	// One snapshot: a collect may be under way.
	tx, err := t.db.BeginTxx(ctx, readOnly)
	if err != nil {
		return Life{}, fmt.Errorf("trace %s: %w", clean, err)
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	r := reader{tx: tx, life: &life}
	if err := r.all(ctx, raw, owner); err != nil {
		return Life{}, fmt.Errorf("trace %s: %w", clean, err)
	}
	if len(life.Addresses) > 0 {
		owner = t.outlet(life.Addresses[0].OutletID)
	} else if life.Article != nil {
		owner = t.outlet(life.Article.OutletID)
	}
	if owner != nil {
		life.Outlet = &Outlet{owner.ID, owner.Name, owner.Publisher, owner.Country, owner.HomeURL}
	}
	return life, nil
}
