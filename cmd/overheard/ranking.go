package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/ledger"
)

func newRankingCommand(app *app) *cobra.Command {
	var night nightFlag
	var asOf asOfFlag
	var top int
	cmd := &cobra.Command{
		Use:   "ranking",
		Short: "Print the ranking of a published night",
		Long: `Prints the ranking of a night as marts.company_rankings has it: always the last
version that passed every check.

With --as-of it is what readers saw at that time: the revision that stood then, of
the night asked for or of the newest one published by then. Names are those of
today.

With --revision it is that revision of the night; with --against, too, what differs
between the two: companies that moved, and the mentions and outlets behind it,
article by article. With --rebuild the revision is worked out again from the
mentions kept of it, and compared with what was published: attention and counts.
What texts said is not kept, so scores are not rebuilt. Exit code 3: it differs.`,
		Example:     "overheard ranking --night 2026-11-21 --as-of 2026-11-22T12:00:00Z",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if top < 1 {
				return badUsage(fmt.Errorf("--top %d: at least 1", top))
			}
			db, closeDB, err := app.database(cmd.Context())
			if err != nil {
				return err
			}
			defer closeDB()
			at, rows, err := rankingOf(cmd.Context(), db, night.Time, asOf.Time, top)
			if err != nil {
				return err
			}
			if app.isJSON {
				return app.printJSON(rows)
			}
			if len(rows) == 0 {
				return notPublished(at)
			}
			app.printRanking(rows)
			if !asOf.IsZero() {
				fmt.Fprintf(app.stdout, "\nRevision %d, published at %s\n",
					rows[0].Revision, rows[0].PublishedAt.UTC().Format(time.RFC3339))
			}
			return nil
		},
	}
	night.register(cmd)
	cmd.Flags().Lookup("night").Usage = "report date, `YYYY-MM-DD` (default: the last published night)"
	cmd.Flags().Var(&asOf, "as-of", "what stood at this `TIME`, as 2026-11-22T12:00:00Z (a date: at its end, UTC)")
	cmd.Flags().IntVar(&top, "top", 20, "how many companies")
	app.addRevisions(cmd, &night, &top)
	return cmd
}

// rankingOf reads the ranking of a night, or of the last one, as it stands or as
// it stood.
func rankingOf(ctx context.Context, db *sqlx.DB, night, asOf time.Time, top int) (time.Time, []rankingRow, error) {
	newest, read := latestNight, readRanking
	if !asOf.IsZero() {
		newest = func(ctx context.Context, db *sqlx.DB) (time.Time, error) { return nightAsOf(ctx, db, asOf) }
		read = func(ctx context.Context, db *sqlx.DB, night time.Time, top int) ([]rankingRow, error) {
			return readRankingAsOf(ctx, db, night, asOf, top)
		}
	}
	if night.IsZero() {
		var err error
		if night, err = newest(ctx, db); err != nil {
			return night, nil, err
		}
	}
	rows, err := read(ctx, db, night, top)
	return night, rows, err
}

// notPublished says that readers have nothing of a night, and what to do.
func notPublished(night time.Time) error {
	return fmt.Errorf("the night of %s is not published; overheard nightly --night %[1]s does it", night.Format(time.DateOnly))
}

// rankingRow is one line of the ranking, in the words of marts.company_rankings.
type rankingRow struct {
	Night         ledger.Date `db:"night" json:"night"`
	Revision      int         `db:"revision" json:"revision"`
	Rank          int         `db:"rank_position" json:"rank_position"`
	PreviousRank  *int        `db:"previous_rank_position" json:"previous_rank_position"`
	CompanyID     string      `db:"company_id" json:"company_id"`
	Name          string      `db:"name" json:"name"`
	NameZH        *string     `db:"name_zh" json:"name_zh"`
	Attention     *float64    `db:"attention" json:"attention"`
	Score         *float64    `db:"score" json:"score"`
	ArticleCount  int         `db:"article_count" json:"article_count"`
	StoryCount    int         `db:"story_count" json:"story_count"`
	VoiceCount    int         `db:"voice_count" json:"voice_count"`
	OutletCount   int         `db:"outlet_count" json:"outlet_count"`
	CountryCount  int         `db:"country_count" json:"country_count"`
	LanguageCount int         `db:"language_count" json:"language_count"`
	PanelCoverage float64     `db:"panel_coverage_share" json:"panel_coverage_share"`
	IsDegraded    bool        `db:"is_degraded" json:"is_degraded"`
	MethodVersion string      `db:"method_version" json:"method_version"`
	PanelID       string      `db:"panel_id" json:"panel_id"`
	PublishedAt   time.Time   `db:"published_at" json:"published_at"`
}

func latestNight(ctx context.Context, db *sqlx.DB) (time.Time, error) {
	var night *ledger.Date
	if err := db.GetContext(ctx, &night, `select max(night) from marts.nights`); err != nil {
		return time.Time{}, fmt.Errorf("ask for the last published night: %w", err)
	}
	if night == nil {
		return time.Time{}, fmt.Errorf("no night is published yet; overheard nightly does one")
	}
	return night.Time, nil
}

func readRanking(ctx context.Context, db *sqlx.DB, night time.Time, top int) ([]rankingRow, error) {
	rows := []rankingRow{}
	err := db.SelectContext(ctx, &rows, `
		select
			r.night, n.revision, r.rank_position, r.previous_rank_position, r.company_id, c.name, c.name_zh,
			i.value as attention, r.score, r.article_count, r.story_count, r.voice_count, r.outlet_count,
			r.country_count, r.language_count, r.panel_coverage_share, r.is_degraded, r.method_version,
			r.panel_id, r.published_at
		from marts.company_rankings as r
		inner join marts.nights as n on n.night = r.night
		inner join marts.companies as c on c.company_id = r.company_id
		left join marts.company_indicators as i
			on i.night = r.night and i.company_id = r.company_id and i.indicator = 'attention'
		where r.night = $1
		order by r.rank_position
		limit $2`, night.Format(time.DateOnly), top)
	if err != nil {
		return nil, fmt.Errorf("read the ranking of %s: %w", night.Format(time.DateOnly), err)
	}
	return rows, nil
}

// printRanking prints the table people look at first.
func (a *app) printRanking(rows []rankingRow) {
	if len(rows) == 0 {
		return
	}
	first := rows[0]
	fmt.Fprintf(a.stdout, "Ranking of the night of %s", first.Night)
	if first.IsDegraded {
		fmt.Fprint(a.stdout, ", DEGRADED")
	}
	fmt.Fprintf(a.stdout, " (%s, panel %s, coverage %.0f %%)\n\n", first.MethodVersion, first.PanelID, 100*first.PanelCoverage)
	lines := make([][]string, len(rows))
	for i, r := range rows {
		move, score, attention, zh := "new", "", "", ""
		if r.PreviousRank != nil {
			move = movement(*r.PreviousRank - r.Rank)
		}
		if r.Score != nil {
			score = fmt.Sprintf("%.2f", *r.Score)
		}
		if r.Attention != nil {
			attention = fmt.Sprintf("%.3f", 1000**r.Attention)
		}
		if r.NameZH != nil {
			zh = *r.NameZH
		}
		lines[i] = []string{
			strconv.Itoa(r.Rank), move, r.Name, zh, score, attention,
			strconv.Itoa(r.ArticleCount), strconv.Itoa(r.StoryCount),
			strconv.Itoa(r.VoiceCount), strconv.Itoa(r.OutletCount), strconv.Itoa(r.CountryCount), strconv.Itoa(r.LanguageCount),
		}
	}
	writeColumns(a.stdout, []string{"RANK", "MOVE", "COMPANY", "公司", "SCORE", "ATTENTION ‰", "ARTICLES", "STORIES", "VOICES", "OUTLETS", "COUNTRIES", "LANGUAGES"}, lines)
}

func movement(places int) string {
	switch {
	case places > 0:
		return fmt.Sprintf("▲%d", places)
	case places < 0:
		return fmt.Sprintf("▼%d", -places)
	}
	return "="
}

// printNight prints what a night brought: the ranking, and the counts of the run.
func (a *app) printNight(ctx context.Context, db *sqlx.DB, report ledger.Report, night time.Time) error {
	rows, err := readRanking(ctx, db, night, 20)
	if err != nil {
		return err
	}
	if a.isJSON {
		return a.printJSON(struct {
			Run     ledger.Report `json:"run"`
			Ranking []rankingRow  `json:"ranking"`
		}{report, rows})
	}
	a.printRanking(rows)
	fmt.Fprintln(a.stdout)
	return a.printReport(report)
}
