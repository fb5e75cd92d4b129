package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/overheard-news/overheard/jobs/why"
)

// writeMove prints a sentence, where the company stands, the table of
// contributions and the stories.
func writeMove(w io.Writer, m *why.Move) {
	fmt.Fprintln(w, m.Sentence())
	fmt.Fprintln(w)
	writeColumns(w, nil, standingLines(m))
	if m.State != why.StateMoved {
		return
	}
	fmt.Fprintln(w)
	writeContributions(w, m.Table())
	writeStories(w, m.Stories)
}

// standingLines are score, rank and coverage, of this night and the one before.
func standingLines(m *why.Move) [][]string {
	night := m.Night.Format(time.DateOnly)
	lines := [][]string{{"  night", night, ""}}
	if m.PreviousNight != nil {
		lines[0][2] = "before: " + m.PreviousNight.String()
	}
	if m.Score != nil || m.PreviousScore != nil {
		lines = append(lines, []string{"  score", number(m.Score), before(number(m.PreviousScore))})
	}
	if m.Rank != nil || m.PreviousRank != nil {
		rank := place(m.Rank)
		if m.RankLow != nil && m.RankHigh != nil {
			rank += fmt.Sprintf(" (90 %%: %d–%d)", *m.RankLow, *m.RankHigh)
		}
		lines = append(lines, []string{"  rank", rank, before(place(m.PreviousRank))})
	}
	coverage, previous := percent(&m.PanelCoverage, m.IsDegraded), percent(m.PreviousPanelCoverage, m.IsPreviousDegraded)
	lines = append(lines, []string{"  coverage", coverage, before(previous)})
	if m.LogChangeError != nil {
		lines = append(lines, []string{
			"  change", fmt.Sprintf("%s ± %.3f (90 %%)", why.EffectOf(*m.LogScoreChange), 164**m.LogChangeError), "",
		})
	}
	return lines
}

func number(value *float64) string {
	if value == nil {
		return "none"
	}
	return fmt.Sprintf("%.3f", *value)
}

func place(rank *int) string {
	if rank == nil {
		return "none"
	}
	return fmt.Sprint(*rank)
}

func percent(share *float64, isDegraded bool) string {
	if share == nil {
		return ""
	}
	text := fmt.Sprintf("%.1f %%", 100**share)
	if isDegraded {
		text += ", DEGRADED"
	}
	return text
}

func before(text string) string {
	if text == "" {
		return ""
	}
	return "before: " + text
}

// writeContributions prints the table. Every row and every column adds up.
func writeContributions(w io.Writer, table why.Table) {
	header := []string{"IN HUNDREDTHS OF ln SCORE", "BEFORE", "NOW", "EFFECT", "= NEWS", "+ COVERAGE", "+ METHOD"}
	var lines [][]string
	pillar := ""
	for _, row := range table.Rows {
		if row.Part.Pillar != pillar {
			pillar = row.Part.Pillar
			lines = append(lines, []string{strings.ToUpper(pillar[:1]) + pillar[1:], "", "", "", "", "", ""})
		}
		lines = append(lines, effects("  "+row.Label, row.Before, row.Now, row))
	}
	lines = append(lines, effects("Together", "", "", table.Sum))
	writeColumns(w, header, lines)
}

func effects(label, before, now string, r why.Row) []string {
	return []string{label, before, now, r.Total.String(), r.News.String(), r.Coverage.String(), r.Method.String()}
}

func writeStories(w io.Writer, stories []why.Story) {
	if len(stories) == 0 {
		return
	}
	fmt.Fprintln(w, "\nStories that moved it most, by what would be missing without them")
	for _, s := range stories {
		fmt.Fprintf(w, "  %s  %s\n", s.EffectText(), s.Title())
		fmt.Fprintf(w, "    %s, %s, %s; %s\n", s.OutletName, s.CountryName, stamp(s.PublishedAt), s.Tellings())
		fmt.Fprintf(w, "    %s\n", s.URL)
	}
}
