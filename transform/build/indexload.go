package build

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/transform/index"
)

// indexReads are the tables readIndex reads.
var indexReads = []string{
	"intermediate.int_companies_ranked",
	"intermediate.int_companies_scored",
	"intermediate.int_companies_summed_decayed",
	"intermediate.int_company_tones_decayed",
	"intermediate.int_constants_pivoted",
	"intermediate.int_countries_faded",
	"intermediate.int_goalposts_frozen",
	"intermediate.int_indicators_declared",
	"intermediate.int_influence_measured",
	"intermediate.int_links_frozen",
	"intermediate.int_mention_dimensions",
	"intermediate.int_nights_chained",
	"intermediate.int_outlet_company_sums_decayed",
	"intermediate.int_outlet_dimension_sums_decayed",
	"intermediate.int_outlet_long_sums_decayed",
	"intermediate.int_outlet_nights_counted",
	"intermediate.int_outlet_sums_decayed",
	"intermediate.int_outlets_faded",
	"intermediate.int_outlets_weighted",
	"intermediate.int_reputation_measured",
	"intermediate.int_tone_norms_frozen",
	"intermediate.int_voices_described",
	"seeds.companies",
	"seeds.tone_confusions",
}

// indexReader loads the input of the index in memory from the tables of a night.
// Rows may come in any order: lists are sorted by ids, texts shared.
type indexReader struct {
	ctx        context.Context
	tx         *sqlx.Tx
	night      string
	in         *index.Input
	outlets    map[string]int32
	companies  map[string]int32
	stories    map[int64]int32
	countries  map[string]int32
	languages  map[string]int32
	tongues    map[string]int32
	tones      map[toneKey]int32
	toneStates []index.Tone
}

// readIndex loads a night that has been built as far as its scores.
func readIndex(ctx context.Context, tx *sqlx.Tx, night string) (*index.Input, error) {
	r := &indexReader{ctx: ctx, tx: tx, night: night, in: &index.Input{Night: night}}
	for _, part := range []struct {
		name string
		read func() error
	}{
		{"constants", r.readConstants},
		{"indicators", r.readIndicators},
		{"pillars", r.readPillars},
		{"outlets", r.readOutlets},
		{"articles", r.readArticles},
		{"companies", r.readCompanies},
		{"reactions", r.readReactions},
		{"stories", r.readStories},
		{"tones", r.readTones},
		{"mentions", r.readMentions},
		{"dimensions", r.readDimensions},
	} {
		if err := part.read(); err != nil {
			return nil, fmt.Errorf("read the %s of the index of %s: %w", part.name, night, err)
		}
	}
	return r.in, nil
}

// each runs a query on the night and calls scan for each of its rows.
func (r *indexReader) each(query string, scan func(scan func(...any) error) error) error {
	return r.eachOf(query, []any{r.night}, scan)
}

func (r *indexReader) eachOf(query string, args []any, scan func(scan func(...any) error) error) error {
	rows, err := r.tx.QueryContext(r.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r *indexReader) readConstants() error {
	k := &r.in.Constants
	return r.each(`
		select
			k.resample_window_nights, k.decay_half_life_nights, k.copy_credit_log_factor,
			k.outlet_prior_articles, k.global_prior_articles, k.breadth_half_share,
			k.presence_full_share, k.pickup_prior_stories, k.pickup_prior,
			k.prominence_prior_weight, k.prominence_prior, k.tone_prior_mentions,
			k.reputation_prior_mentions, k.strong_negative_prior_reach, k.strongly_negative_probability,
			k.positive_countries_prior_weight, k.positive_countries_prior,
			k.goalpost_cap, k.pillar_floor, k.one_mark_places, k.dimension_half_life_nights,
			k.goalpost_dimension_low, k.goalpost_dimension_high
		from intermediate.int_constants_pivoted as k
		where k.night = cast($1 as date)`, func(scan func(...any) error) error {
		return scan(&k.WindowNights, &k.HalfLifeNights, &k.CopyCreditLogFactor,
			&k.OutletPriorArticles, &k.GlobalPriorArticles, &k.BreadthHalfShare,
			&k.PresenceFullShare, &k.PickupPriorStories, &k.PickupPrior,
			&k.ProminencePriorWeight, &k.ProminencePrior, &k.TonePriorMentions,
			&k.ReputationPriorMentions, &k.StrongNegativePriorReach, &k.StronglyNegativeProbability,
			&k.PositiveCountriesPriorWeight, &k.PositiveCountriesPrior,
			&k.GoalpostCap, &k.PillarFloor, &k.MarkPlaces, &k.DimensionHalfLifeNights,
			&k.DimensionLow, &k.DimensionHigh)
	})
}

func (r *indexReader) readIndicators() error {
	found := map[string]index.Declared{}
	transforms := map[string]index.Transform{
		"none": index.Plain, "ln": index.Log, "ln1p": index.LogOnePlus, "logit": index.Logit,
	}
	err := r.each(`
		select d.indicator, d.weight, d.transform, g.low, g.high
		from intermediate.int_indicators_declared as d
		inner join intermediate.int_goalposts_frozen as g
			on g.night = d.night and g.indicator = d.indicator
		where d.night = cast($1 as date)`, func(scan func(...any) error) error {
		var name, transform string
		var d index.Declared
		err := scan(&name, &d.Weight, &transform, &d.Low, &d.High)
		d.Transform = transforms[transform]
		found[name] = d
		return err
	})
	if err != nil {
		return err
	}
	for i := range r.in.Indicators {
		d, ok := found[index.Indicator(i).String()]
		if !ok {
			return fmt.Errorf("indicator %s is not declared", index.Indicator(i))
		}
		r.in.Indicators[i] = d
	}
	return nil
}

func (r *indexReader) readPillars() error {
	found := map[string]index.Linked{}
	err := r.each(`
		select distinct d.pillar, d.pillar_weight, l.link_factor
		from intermediate.int_indicators_declared as d
		inner join intermediate.int_links_frozen as l
			on l.night = d.night and l.pillar = d.pillar
		where d.night = cast($1 as date)`, func(scan func(...any) error) error {
		var name string
		var l index.Linked
		err := scan(&name, &l.Weight, &l.LinkFactor)
		found[name] = l
		return err
	})
	if err != nil {
		return err
	}
	for p := range r.in.Pillars {
		l, ok := found[index.Pillar(p).String()]
		if !ok {
			return fmt.Errorf("pillar %s has no link factor", index.Pillar(p))
		}
		r.in.Pillars[p] = l
	}
	return nil
}

// readOutlets reads the panel, and outlets that were in a panel of the window.
func (r *indexReader) readOutlets() error {
	r.countries, r.languages = map[string]int32{}, map[string]int32{}
	type place struct{ country, language string }
	var places []place
	err := r.each(`
		select
			w.outlet_id, w.country_code, w.language_code, w.tier = 1, w.weight,
			coalesce(n.article_sum, 0), coalesce(l.article_sum, 0), coalesce(c.state = 'up', false)
		from intermediate.int_outlets_weighted as w
		left join intermediate.int_outlet_sums_decayed as n
			on n.night = w.night and n.outlet_id = w.outlet_id
		left join intermediate.int_outlet_long_sums_decayed as l
			on l.night = w.night and l.outlet_id = w.outlet_id
		left join intermediate.int_outlet_nights_counted as c
			on c.night = w.night and c.outlet_id = w.outlet_id
		where w.night = cast($1 as date)
		order by w.outlet_id collate "C"`, func(scan func(...any) error) error {
		o := index.Outlet{IsInPanel: true, WindowArticles: make([]float64, r.in.Constants.WindowNights)}
		var p place
		err := scan(&o.ID, &p.country, &p.language, &o.IsTier1, &o.Weight, &o.ArticleSum, &o.LongArticleSum, &o.IsUp)
		r.in.Outlets = append(r.in.Outlets, o)
		places = append(places, p)
		r.countries[p.country], r.languages[p.language] = 0, 0
		return err
	})
	if err != nil {
		return err
	}
	if err := r.readCountriesOfTones(); err != nil {
		return err
	}
	r.in.Countries, r.in.Languages = number(r.countries), number(r.languages)
	for i, p := range places {
		r.in.Outlets[i].Country, r.in.Outlets[i].Language = r.countries[p.country], r.languages[p.language]
	}
	// Those of earlier panels come last: none of their articles count.
	err = r.each(`
		select v.outlet_id collate "C", min(v.country_code)
		from intermediate.int_voices_described as v
		left join intermediate.int_outlets_weighted as w
			on w.night = cast($1 as date) and w.outlet_id = v.outlet_id
		where `+windowOf("v")+` and w.outlet_id is null
		group by v.outlet_id
		order by 1`, func(scan func(...any) error) error {
		var o index.Outlet
		var p place
		err := scan(&o.ID, &p.country)
		r.in.Outlets = append(r.in.Outlets, o)
		places = append(places, p)
		return err
	})
	if err != nil {
		return err
	}
	r.outlets = map[string]int32{}
	var countries []string
	for i := range r.in.Outlets {
		r.outlets[r.in.Outlets[i].ID] = int32(i)
		countries = append(countries, places[i].country)
	}
	return r.readFades(countries)
}

// windowOf is the condition that a row is of the nights that are resampled.
func windowOf(alias string) string {
	return alias + `.night <= cast($1 as date)
			and ` + alias + `.night > cast($1 as date) - 92
			and ` + alias + `.night > cast($1 as date) - (
				select k.resample_window_nights
				from intermediate.int_constants_pivoted as k
				where k.night = cast($1 as date)
			)`
}

// number gives the keys numbers in their order and returns them.
func number(keys map[string]int32) []string {
	list := make([]string, 0, len(keys))
	for key := range keys {
		list = append(list, key)
	}
	slices.Sort(list)
	for i, key := range list {
		keys[key] = int32(i)
	}
	return list
}

func (r *indexReader) readArticles() error {
	return r.each(`
		select c.outlet_id, cast($1 as date) - c.night, c.article_count
		from intermediate.int_outlet_nights_counted as c
		where `+windowOf("c")+` and c.article_count > 0`, func(scan func(...any) error) error {
		var id string
		var age int
		var count float64
		if err := scan(&id, &age, &count); err != nil {
			return err
		}
		if o, isKnown := r.outlets[id]; isKnown && r.in.Outlets[o].IsInPanel {
			r.in.Outlets[o].WindowArticles[age] = count
		}
		return nil
	})
}

func (r *indexReader) readCompanies() error {
	r.companies = map[string]int32{}
	return r.each(`
		select
			s.company_id, k.company_id is not null, not coalesce(t.is_insufficient, true),
			coalesce(n.net_tone, 0), coalesce(n.strong_negative_share, 0)
		from intermediate.int_companies_scored as s
		inner join seeds.companies as c on c.company_id = s.company_id
		left join intermediate.int_companies_ranked as k
			on k.night = s.night and k.company_id = s.company_id
		left join intermediate.int_reputation_measured as t
			on t.night = s.night and t.company_id = s.company_id and t.indicator = 'net_tone'
		left join intermediate.int_tone_norms_frozen as n
			on n.night = s.night and n.scope = 'sector' and n.scope_key = c.sector
		where s.night = cast($1 as date)
		order by s.company_id collate "C"`, func(scan func(...any) error) error {
		var c index.Company
		err := scan(&c.ID, &c.IsRanked, &c.IsSufficient, &c.SectorTone, &c.SectorStrong)
		r.companies[c.ID] = int32(len(r.in.Companies))
		r.in.Companies = append(r.in.Companies, c)
		return err
	})
}

func (r *indexReader) readReactions() error {
	return r.each(`
		select i.company_id, i.indicator, i.raw_value
		from intermediate.int_influence_measured as i
		where
			i.night = cast($1 as date)
			and i.indicator in ('likes', 'shares', 'comments')`, func(scan func(...any) error) error {
		var id, indicator string
		var value float64
		if err := scan(&id, &indicator, &value); err != nil {
			return err
		}
		c, isKnown := r.companies[id]
		for i := range 3 {
			if isKnown && (index.Likes+index.Indicator(i)).String() == indicator {
				r.in.Companies[c].Reactions[i], r.in.Companies[c].HasReactions[i] = value, true
			}
		}
		return nil
	})
}

// readStories reads the stories of the window, in the order of their hashes.
func (r *indexReader) readStories() error {
	err := r.each(`
		select v.story_id, min(v.story_hash collate "C")
		from intermediate.int_voices_described as v
		where `+windowOf("v")+`
		group by v.story_id`, func(scan func(...any) error) error {
		var s index.Story
		var hash string
		err := scan(&s.ID, &hash)
		if err == nil {
			s.Hash, err = strconv.ParseUint(hash, 16, 64)
		}
		r.in.Stories = append(r.in.Stories, s)
		return err
	})
	slices.SortFunc(r.in.Stories, func(a, b index.Story) int {
		return cmp.Or(cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.ID, b.ID))
	})
	r.stories = make(map[int64]int32, len(r.in.Stories))
	for i, s := range r.in.Stories {
		r.stories[s.ID] = int32(i)
	}
	return err
}
