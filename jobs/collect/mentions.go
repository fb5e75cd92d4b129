package collect

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/transform/judge"
)

// mention is a row of staging.mentions without what it has of its article.
type mention struct {
	ArticleID   int64          `db:"article_id"`
	CompanyID   string         `db:"company_id"`
	OutletID    string         `db:"outlet_id"`
	Alias       string         `db:"alias"`
	Class       string         `db:"alias_class"`
	Position    string         `db:"position"`
	Salience    float64        `db:"salience"`
	Probability float64        `db:"match_probability"`
	Occurrences int            `db:"occurrence_count"`
	Evidence    string         `db:"evidence"`
	Hashes      pq.Int64Array  `db:"sentence_hashes"`
	Positions   pq.StringArray `db:"sentence_positions"`
	Negative    *float64       `db:"tone_negative"`
	Positive    *float64       `db:"tone_positive"`

	// Null, not empty, where no rules judge the language.
	Dimensions             pq.StringArray  `db:"dimensions"`
	DimensionProbabilities pq.Float64Array `db:"dimension_probabilities"`
	DimensionEvidence      pq.StringArray  `db:"dimension_evidence"`
}

// near is less than the last digit stored of anything.
const near = 1e-6

// mentionOf is a mention as it would be stored.
func mentionOf(m judge.Mention) mention {
	row := mention{
		CompanyID: m.CompanyID, Alias: storableText(m.Alias), Class: m.Class, Position: m.Position,
		Salience: rounded(m.Salience, 1e3), Probability: rounded(m.Probability, 1e3), Occurrences: m.Occurrences, Evidence: storableText(m.Evidence),
		Hashes: make(pq.Int64Array, len(m.Namings)), Positions: make(pq.StringArray, len(m.Namings)),
	}
	for i, n := range m.Namings {
		row.Hashes[i], row.Positions[i] = n.Sentence, n.Position
	}
	if m.Tone != nil {
		negative, positive := rounded(m.Tone.Negative, 1e4), rounded(m.Tone.Positive, 1e4)
		row.Negative, row.Positive = &negative, &positive
	}
	if m.Dimensions != nil {
		row.Dimensions, row.DimensionProbabilities, row.DimensionEvidence = pq.StringArray{}, pq.Float64Array{}, pq.StringArray{}
	}
	for _, d := range m.Dimensions {
		row.Dimensions = append(row.Dimensions, d.Name)
		row.DimensionProbabilities = append(row.DimensionProbabilities, rounded(d.Probability, 1e3))
		row.DimensionEvidence = append(row.DimensionEvidence, storableText(d.Evidence))
	}
	return row
}

// equals compares what is stored of two mentions of one company in one article.
func (m mention) equals(other mention) bool {
	return m.Alias == other.Alias && m.Class == other.Class && m.Position == other.Position &&
		math.Abs(m.Salience-other.Salience) < near && math.Abs(m.Probability-other.Probability) < near &&
		m.Occurrences == other.Occurrences && m.Evidence == other.Evidence &&
		slices.Equal(m.Hashes, other.Hashes) && slices.Equal(m.Positions, other.Positions) &&
		isNear(m.Negative, other.Negative) && isNear(m.Positive, other.Positive) &&
		(m.Dimensions == nil) == (other.Dimensions == nil) && slices.Equal(m.Dimensions, other.Dimensions) &&
		slices.Equal(m.DimensionEvidence, other.DimensionEvidence) &&
		slices.EqualFunc(m.DimensionProbabilities, other.DimensionProbabilities, func(a, b float64) bool { return math.Abs(a-b) < near })
}

// isNear compares what may be unknown.
func isNear(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) < near
}

// rounded gives a number the places it is stored with.
func rounded(x, places float64) float64 { return math.Round(x*places) / places }

// standingMentions reads the mentions of articles, by article.
func standingMentions(ctx context.Context, tx *sqlx.Tx, nights []time.Time, ids []int64) (map[int64][]mention, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []mention
	err := tx.SelectContext(ctx, &rows, `
		select article_id, company_id, outlet_id, alias, alias_class, position, salience, match_probability,
			occurrence_count, evidence, sentence_hashes, sentence_positions,
			tone_negative, tone_positive, dimensions, dimension_probabilities, dimension_evidence
		from staging.mentions
		where article_id = any($1) and night = any(cast($2 as date[]))`, pq.Array(ids), pq.Array(dates(nights)))
	if err != nil {
		return nil, fmt.Errorf("look up the mentions of %d articles: %w", len(ids), err)
	}
	list := map[int64][]mention{}
	for _, m := range rows {
		list[m.ArticleID] = append(list[m.ArticleID], m)
	}
	return list, nil
}

// compareMentions tells what a new list of mentions of an article changes.
func compareMentions(r result, old []mention) []change {
	var list []change
	add := func(company, what string) {
		list = append(list, change{night: r.night, articleID: r.article.ID, companyID: company, what: what})
	}
	standing := make(map[string]mention, len(old))
	for _, m := range old {
		standing[m.CompanyID] = m
	}
	for _, m := range r.mentions {
		before, ok := standing[m.CompanyID]
		delete(standing, m.CompanyID)
		switch {
		case !ok:
			add(m.CompanyID, mentionAdded)
		case before.OutletID != r.outletID || !before.equals(mentionOf(m)):
			add(m.CompanyID, mentionChanged)
		}
	}
	for company := range standing {
		add(company, mentionRemoved)
	}
	return list
}

// rewriteMentions brings the mentions of articles that stay as they are up to
// date: of each row only what differs is written.
func rewriteMentions(ctx context.Context, tx *sqlx.Tx, list []result) ([]change, error) {
	nights, ids := make([]time.Time, len(list)), make([]int64, len(list))
	for i, r := range list {
		nights[i], ids[i] = r.night, r.article.ID
	}
	standing, err := standingMentions(ctx, tx, nights, ids)
	if err != nil {
		return nil, err
	}
	var all []change
	var goneNights, goneCompanies []string
	var gone []int64
	var fresh []result
	for _, r := range list {
		changes := compareMentions(r, standing[r.article.ID])
		all = append(all, changes...)
		write := map[string]bool{}
		for _, c := range changes {
			if c.what != mentionAdded {
				goneNights, gone, goneCompanies = append(goneNights, c.night.Format(time.DateOnly)), append(gone, c.articleID), append(goneCompanies, c.companyID)
			}
			write[c.companyID] = c.what != mentionRemoved
		}
		r.mentions = slices.DeleteFunc(slices.Clone(r.mentions), func(m judge.Mention) bool { return !write[m.CompanyID] })
		if len(r.mentions) > 0 {
			fresh = append(fresh, r)
		}
	}
	if len(gone) > 0 {
		_, err := tx.ExecContext(ctx, `
			delete from staging.mentions as m
			using unnest(cast($1 as date[]), cast($2 as bigint[]), cast($3 as text[])) as i (night, article_id, company_id)
			where m.night = i.night and m.article_id = i.article_id and m.company_id = i.company_id
				and m.article_id = any($2) and m.night = any(cast($1 as date[]))`,
			pq.Array(goneNights), pq.Array(gone), pq.Array(goneCompanies))
		if err != nil {
			return nil, fmt.Errorf("replace %d mentions: %w", len(gone), err)
		}
	}
	return all, insertMentions(ctx, tx, fresh)
}

// dates writes nights as Postgres reads them.
func dates(nights []time.Time) []string {
	list := make([]string, len(nights))
	for i, n := range nights {
		list[i] = n.Format(time.DateOnly)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
