package build

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse"
)

// simulation is the size of a press whose truth is drawn from a seed: how much each
// company is written about in each country, in what tone, and how far its stories go.
type simulation struct {
	outlets, countries, companies int
	nights                        int
	articles                      float64 // mean of an outlet's night
	mentions                      float64 // mean of a company's night
	seed                          uint64
	isRenumbered                  bool // numbers of articles in another order
}

// simulationEnds is the last night of every simulation.
var simulationEnds = date("2026-11-20")

type simulatedArticle struct {
	night   time.Time
	key     string // stands for the address
	outlet  int
	story   string
	minute  int
	company int // that it names; -1: none
	place   string
	match   float64
	tone    float64 // towards the company
	hasTone bool
	labels  []string
}

// simulatedCompany is what is true of a company.
type simulatedCompany struct {
	rate     float64 // stories a night
	tone     float64
	carried  float64   // mean of further outlets that carry a story of an agency
	at       []float64 // by outlet: cumulated weight to be the one that tells
	headline float64
	likes    [2]float64 // mean reactions of a night on each platform
}

func simulated(t testing.TB, s simulation) *sqlx.DB {
	t.Helper()
	db := newDB(t, "")
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	run(t, db, fmt.Sprintf(`
		delete from seeds.method_constants;
		insert into seeds.countries (country_code, name, region, gdp_musd)
		select concat('S', i), concat('S', i), 'Asia', 20000 * (1 + %[2]d - i) from generate_series(1, %[2]d) as i;
		insert into seeds.languages (language_code, name) select concat('l', i), 'L' from generate_series(0, 11) as i;
		insert into seeds.companies (company_id, name, sector, ownership, home_country, is_comparator, is_active)
		select concat('c', i), concat('C', i), concat('sector ', mod(i, 8)), (array['private', 'state'])[1 + mod(i, 2)], 'CN', i > %[3]d - %[3]d / 20, true
		from generate_series(1, %[3]d) as i;
		insert into seeds.outlets (outlet_id, name, publisher_id, country_code, language_code, tier, home_url, is_active)
		select concat('o', i), 'o', concat('p', i - mod(i, 3) / 2), concat('S', 1 + mod(i * i, %[2]d)), concat('l', mod(mod(i * i, %[2]d), 12)), 1 + mod(i, 3), 'https://example.com/', true
		from generate_series(1, %[1]d) as i;`, s.outlets, s.countries, s.companies))
	rng := rand.New(rand.NewPCG(s.seed, 1))
	companies, volumes := s.truth()
	var all []simulatedArticle
	for n := range s.nights {
		all = append(all, s.night(rng, simulationEnds.AddDate(0, 0, n+1-s.nights), companies, volumes)...)
	}
	tx, err := db.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if err := s.load(t.Context(), tx, set.Constants, all); err != nil {
		t.Fatal(err)
	}
	if err := s.react(t.Context(), tx, companies); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return db
}

// truth draws what holds for all nights and every seed: companies, and the volumes of
// outlets.
func (s simulation) truth() (companies []simulatedCompany, volumes []float64) {
	rng := rand.New(rand.NewPCG(42, uint64(s.companies)))
	volumes = make([]float64, s.outlets)
	for o := range volumes {
		volumes[o] = s.articles * math.Exp(0.6*rng.NormFloat64()-0.18)
	}
	companies = make([]simulatedCompany, s.companies)
	var sum float64
	for c := range companies {
		known := &companies[c]
		known.rate = math.Exp(-3*float64(c)/float64(s.companies) + 0.3*rng.NormFloat64())
		known.tone = 0.4 * rng.NormFloat64()
		known.carried = 3 * math.Exp(0.4*rng.NormFloat64())
		known.headline = 0.15 + 0.3*rng.Float64()
		for p := range known.likes {
			known.likes[p] = 3000 * known.rate * math.Exp(0.8*rng.NormFloat64())
		}
		likes := make([]float64, s.countries)
		for g := range likes {
			likes[g] = math.Exp(0.8 * rng.NormFloat64())
		}
		total := 0.0
		known.at = make([]float64, s.outlets)
		for o := range known.at {
			total += volumes[o] * likes[(o+1)*(o+1)%s.countries]
			known.at[o] = total
		}
		sum += known.rate * (1 + wireShare*known.carried)
	}
	for c := range companies {
		companies[c].rate *= s.mentions * float64(s.companies) / sum
	}
	return companies, volumes
}

// wireShare of stories come from an agency and are carried by several outlets.
const wireShare = 0.3

func (s simulation) night(rng *rand.Rand, night time.Time, companies []simulatedCompany, volumes []float64) []simulatedArticle {
	var list []simulatedArticle
	dims := []string{"global_layout", "global_competitiveness", "corporate_culture", "social_responsibility", "global_governance"}
	day := night.Format("0102")
	for c := range companies {
		known := &companies[c]
		for k := range poisson(rng, known.rate) {
			story := fmt.Sprintf("c%d %s %d", c, day, k)
			tone := known.tone + 0.5*rng.NormFloat64()
			carriers := []int{known.teller(rng)}
			if rng.Float64() < wireShare {
				for range poisson(rng, known.carried/wireShare*wireShare*rng.ExpFloat64()) {
					if o := known.teller(rng); !slices.Contains(carriers, o) {
						carriers = append(carriers, o)
					}
				}
			}
			labels := []string{}
			if rng.Float64() < 0.5 {
				labels = append(labels, dims[(c+rng.IntN(3))%len(dims)])
			}
			for i, o := range carriers {
				a := simulatedArticle{
					night: night, key: fmt.Sprintf("%s/%d", story, i), outlet: o, story: story, minute: 30*i + rng.IntN(25),
					company: c, match: 0.9 + 0.1*rng.Float64(), tone: tone, hasTone: rng.Float64() < 0.85, labels: labels,
				}
				switch p := rng.Float64(); {
				case p < known.headline:
					a.place = "headline"
				case p < 0.6:
					a.place = "lead"
				case p < 0.85:
					a.place = "body"
				default:
					a.place = "passing"
				}
				list = append(list, a)
			}
		}
	}
	weekday := 1.0
	if w := night.Weekday(); w == time.Saturday || w == time.Sunday {
		weekday = 0.7
	}
	for o, volume := range volumes {
		for k := range 1 + poisson(rng, volume*weekday) {
			key := fmt.Sprintf("x%d %s %d", o, day, k)
			list = append(list, simulatedArticle{night: night, key: key, outlet: o, story: key, minute: rng.IntN(1400), company: -1})
		}
	}
	return list
}

func (known *simulatedCompany) teller(rng *rand.Rand) int {
	at, _ := slices.BinarySearch(known.at, rng.Float64()*known.at[len(known.at)-1])
	return min(at, len(known.at)-1)
}

func poisson(rng *rand.Rand, mean float64) int {
	n, p, limit := 0, rng.Float64(), math.Exp(-mean)
	for p > limit {
		n++
		p *= rng.Float64()
	}
	return n
}

// probabilities are what a noisy judge says of a tone.
func (a simulatedArticle) probabilities() (negative, positive any) {
	if !a.hasTone {
		return nil, nil
	}
	return fmt.Sprintf("%.4f", 1/(1+math.Exp(3*a.tone+1.5))), fmt.Sprintf("%.4f", 1/(1+math.Exp(1.5-3*a.tone)))
}

// load writes the press into staging. Articles are numbered in the order of their keys,
// or in another one.
func (s simulation) load(ctx context.Context, tx *sqlx.Tx, constants []seeds.Constant, all []simulatedArticle) error {
	order := rand.New(rand.NewPCG(3, 3)).Perm(len(all))
	number := func(i int) int64 {
		if s.isRenumbered {
			return int64(1 + order[i])
		}
		return int64(1 + i)
	}
	for _, table := range []struct {
		name    string
		columns []string
		rows    iter.Seq[[]any]
	}{
		{"seeds.method_constants", []string{"method_version", "constant_name", "value", "unit", "reason"}, func(yield func([]any) bool) {
			for _, c := range constants {
				if !yield([]any{c.MethodVersion, c.Name, c.Value, c.Unit, c.Reason}) {
					return
				}
			}
		}},
		{"staging.articles", []string{
			"night", "article_id", "outlet_id", "canonical_url", "url", "title", "body", "authors", "language_code", "charset", "published_at",
			"published_origin", "is_published_exact", "access", "character_count", "content_hash", "sketch", "first_seen_at", "fetched_at", "run_id",
		}, func(yield func([]any) bool) {
			for i, a := range all {
				at := a.night.Add(time.Duration(a.minute) * time.Minute)
				if !yield([]any{
					a.night, number(i), fmt.Sprintf("o%d", a.outlet+1), "https://example.com/" + a.key, "https://example.com/" + a.key, a.story, "", "{}",
					fmt.Sprintf("l%d", (a.outlet+1)*(a.outlet+1)%s.countries%12), "utf-8", at, "meta", true, "full", 2000, a.story, "{}", at, at, 1,
				}) {
					return
				}
			}
		}},
		{"staging.mentions", []string{
			"night", "company_id", "article_id", "outlet_id", "alias", "alias_class", "position", "salience", "match_probability", "occurrence_count", "evidence",
			"tone_negative", "tone_positive", "dimensions", "dimension_probabilities", "dimension_evidence",
		}, func(yield func([]any) bool) {
			for i, a := range all {
				if a.company < 0 {
					continue
				}
				negative, positive := a.probabilities()
				labels, sure, words := "{}", "{}", "{}"
				if len(a.labels) > 0 {
					labels, sure, words = "{"+a.labels[0]+"}", "{0.8}", "{words}"
				}
				if !yield([]any{
					a.night, fmt.Sprintf("c%d", a.company+1), number(i), fmt.Sprintf("o%d", a.outlet+1), "C", "A", a.place, "0.5", fmt.Sprintf("%.3f", a.match), 1, "e",
					negative, positive, labels, sure, words,
				}) {
					return
				}
			}
		}},
	} {
		if _, err := warehouse.CopyRows(ctx, tx, table.name, table.columns, table.rows); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "analyze staging.articles; analyze staging.mentions")
	return err
}

// react writes what two platforms show of the companies.
func (s simulation) react(ctx context.Context, tx *sqlx.Tx, companies []simulatedCompany) error {
	rng := rand.New(rand.NewPCG(s.seed, 2))
	for _, night := range s.nightTexts() {
		for p := range 2 {
			platform := fmt.Sprintf("platform %d", p)
			_, err := tx.ExecContext(ctx, "insert into staging.platform_nights (night, platform, is_available, collected_at) values (cast($1 as date), $2, true, cast($1 as timestamptz))", night, platform)
			if err != nil {
				return err
			}
			for c, known := range companies {
				count := func(share float64) int64 {
					return int64(share * known.likes[p] * math.Exp(0.4*rng.NormFloat64()))
				}
				_, err := tx.ExecContext(ctx, "insert into staging.reactions (night, company_id, platform, likes, shares, comments) values (cast($1 as date), $2, $3, $4, $5, $6)",
					night, fmt.Sprintf("c%d", c+1), platform, count(1), count(0.2), count(0.1))
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// nightTexts are the nights of the simulation, oldest first.
func (s simulation) nightTexts() []string {
	list := make([]string, s.nights)
	for n := range list {
		list[n] = dateText(simulationEnds.AddDate(0, 0, n+1-s.nights))
	}
	return list
}

// standing is what a build of the last night came to.
type standing map[string]struct {
	Rank       int     `db:"rank_position"` // 0: a comparator
	Score      string  `db:"score"`
	Spread     float64 `db:"spread_score"`
	Reputation float64 `db:"reputation_score"`
	Attention  float64 `db:"attention"`
	IsUnsure   bool    `db:"is_reputation_insufficient"`
}

// ranks lists companies that are ranked, the best first.
func (s standing) ranks() []string {
	list := make([]string, 0, len(s))
	for company, is := range s {
		if is.Rank > 0 {
			list = append(list, company)
		}
	}
	slices.SortFunc(list, func(a, b string) int { return s[a].Rank - s[b].Rank })
	return list
}

func readStood(ctx context.Context, q sqlx.QueryerContext) (standing, error) {
	rows := []struct {
		CompanyID  string  `db:"company_id"`
		Rank       int     `db:"rank_position"`
		Score      string  `db:"score"`
		Spread     float64 `db:"spread_score"`
		Reputation float64 `db:"reputation_score"`
		Attention  float64 `db:"attention"`
		IsUnsure   bool    `db:"is_reputation_insufficient"`
	}{}
	err := sqlx.SelectContext(ctx, q, &rows, `
		select s.company_id, coalesce(r.rank_position, 0) as rank_position, cast(s.score as text) as score, s.spread_score,
			coalesce(s.reputation_score, 0) as reputation_score, a.attention, s.is_reputation_insufficient
		from intermediate.int_companies_scored as s
		inner join intermediate.int_attention_shrunk as a on a.night = s.night and a.company_id = s.company_id
		left join intermediate.int_companies_ranked as r on r.night = s.night and r.company_id = s.company_id
		where s.night = cast($1 as date)`, dateText(simulationEnds))
	found := standing{}
	for _, r := range rows {
		is := found[r.CompanyID]
		is.Rank, is.Score, is.Spread, is.Reputation, is.Attention, is.IsUnsure = r.Rank, r.Score, r.Spread, r.Reputation, r.Attention, r.IsUnsure
		found[r.CompanyID] = is
	}
	return found, err
}

// errUndone ends a variant without a trace.
var errUndone = errors.New("undone")

// vary changes the press, builds the nights again, tells what the last one came to,
// and takes everything back.
func vary(t *testing.T, b *Builder, nights []string, change string, more ...func(tx *sqlx.Tx) error) standing {
	t.Helper()
	var found standing
	err := b.exclusively(t.Context(), func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(t.Context(), change); err != nil {
			return fmt.Errorf("change: %w", err)
		}
		for _, night := range nights {
			if err := b.build(t.Context(), tx, 1, &Result{Night: date(night)}); err != nil {
				return err
			}
		}
		var err error
		if found, err = readStood(t.Context(), tx); err != nil {
			return err
		}
		for _, read := range more {
			if err := read(tx); err != nil {
				return err
			}
		}
		return errUndone
	})
	if !errors.Is(err, errUndone) {
		t.Fatal(err)
	}
	return found
}

// newSimulation builds all nights of a press. Steps that only measure uncertainty and
// explain changes are left out unless asked for: tests build many nights.
func newSimulation(t *testing.T, s simulation, isWhole bool) *Builder {
	t.Helper()
	b := newBuilder(t, simulated(t, s))
	b.checks = nil // there was no crawl
	if !isWhole {
		left := map[string]bool{}
		for _, table := range slices.Concat(uncertaintyStep.tables(), changesStep.tables()) {
			left[table] = true
		}
		b.intermediate = slices.DeleteFunc(slices.Clone(b.intermediate), func(m Model) bool { return left[m.Table] })
	}
	started := time.Now()
	mustBuild(t, b, s.nightTexts()...)
	t.Logf("%d outlets, %d countries, %d companies: %d nights built in %s", s.outlets, s.countries, s.companies, s.nights, time.Since(started).Round(1e8))
	return b
}
