package why

import (
	"testing"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
)

func at(day int) ledger.Date {
	return ledger.Date{Time: time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)}
}

// moved is a company that rose by two places, one of them its own doing.
func moved(change func(*Move)) *Move {
	before := at(20)
	m := &Move{
		Night: at(21), PreviousNight: &before, CompanyID: "byd", Name: "BYD", State: StateMoved,
		Rank: new(3), PreviousRank: new(5), RankChange: new(2), OwnRankEffect: new(1), OthersRankEffect: new(1),
		Score: new(42.07), PreviousScore: new(41.2),
		LogScoreChange: new(0.0209), News: new(0.0209), Coverage: new(0.0), Method: new(0.0),
		LogChangeError: new(0.004), IsWithinNoise: new(false),
		Parts: []Part{
			{Indicator: "attention", Pillar: "spread", PartType: "indicator", Contribution: 0.012, News: 0.012},
			{Indicator: "net_tone", Pillar: "reputation", PartType: "indicator", Contribution: -0.0041, News: -0.0041},
			{Indicator: "outlet_breadth", Pillar: "spread", PartType: "indicator", Contribution: 0.013, News: 0.013},
		},
	}
	change(m)
	return m
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*Move)
		want   string
	}{
		{
			"a rise, half of it its own", func(*Move) {},
			"BYD rose from 5 to 3: its score rose by 2.11 %, most of all by outlet breadth (+1.300) and attention (+1.200). " +
				"Its own change won it 1 place, those of the others won it 1 place. That is more than noise.",
		},
		{
			"a rise because others fell", func(m *Move) {
				*m.LogScoreChange, *m.OwnRankEffect, *m.OthersRankEffect, *m.IsWithinNoise = -0.0041, -1, 3, true
			},
			"BYD rose from 5 to 3: its score fell by 0.41 %, mainly by net tone (−0.410). " +
				"Its own change cost it 1 place, those of the others won it 3 places. That is within the noise.",
		},
		{
			"a fall it did nothing for", func(m *Move) {
				*m.Rank, *m.RankChange, *m.OwnRankEffect, *m.OthersRankEffect = 6, -1, 0, -1
				*m.LogScoreChange, m.Parts = 0, nil
			},
			"BYD fell from 5 to 6: its score stood still. Its own change would have moved it no place: the others took 1 place. That is more than noise.",
		},
		{
			"all its own", func(m *Move) { *m.OwnRankEffect, *m.OthersRankEffect, m.Parts = 2, 0, m.Parts[:1] },
			"BYD rose from 5 to 3: its score rose by 2.11 %, mainly by attention (+1.200). All of that is its own doing. That is more than noise.",
		},
		{
			"no place, on a degraded night, of unknown noise", func(m *Move) {
				*m.Rank, *m.RankChange, *m.OwnRankEffect, *m.OthersRankEffect = 5, 0, 0, 0
				m.IsWithinNoise, m.IsDegraded = nil, true
			},
			"BYD stayed at 5: its score rose by 2.11 %, most of all by outlet breadth (+1.300) and attention (+1.200). " +
				"How much of it is chance is not known. This night is degraded: compare with care.",
		},
		{
			"a new basis", func(m *Move) {
				m.Parts = []Part{{Indicator: "spread_link", Pillar: "spread", PartType: "link", Contribution: 0.0209, Method: 0.0209}}
				m.IsPreviousDegraded = true
			},
			"BYD rose from 5 to 3: its score rose by 2.11 %, mainly by the link to the new basis of spread (+2.090). " +
				"Its own change won it 1 place, those of the others won it 1 place. That is more than noise. The night before is degraded: compare with care.",
		},
		{
			"a comparator", func(m *Move) {
				m.IsComparator, m.Rank, m.PreviousRank, m.RankChange, m.OwnRankEffect, m.OthersRankEffect = true, nil, nil, nil, nil, nil
			},
			"BYD is measured and not ranked: its score rose by 2.11 %, most of all by outlet breadth (+1.300) and attention (+1.200). That is more than noise.",
		},
		{
			"a tiny change", func(m *Move) { *m.LogScoreChange = 0.00002 },
			"BYD rose from 5 to 3: its score rose by 0.002 %, most of all by outlet breadth (+1.300) and attention (+1.200). " +
				"Its own change won it 1 place, those of the others won it 1 place. That is more than noise.",
		},
		{
			"new", func(m *Move) { m.State, m.PreviousRank, m.PreviousScore = StateNew, nil, nil },
			"BYD is new at 3 on 2026-11-21: on 2026-11-20 it had no score.",
		},
		{
			"gone", func(m *Move) { m.State, m.Rank, m.Score = StateGone, nil, nil },
			"BYD has left the ranking, where it was 5 on 2026-11-20: what was said about it has faded.",
		},
		{
			"the first night", func(m *Move) { m.State, m.PreviousNight = StateFirst, nil },
			"BYD at 3 on 2026-11-21, the first night: there is none before it to compare with.",
		},
		{
			"published by an older version", func(m *Move) { m.State = StateUntold },
			"BYD rose from 5 to 3. Why is not known: the night was published before that was worked out.",
		},
		{
			"never there", func(m *Move) { m.State = StateAbsent },
			"BYD is not in the ranking of 2026-11-21: nothing was said about it that has not faded.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := moved(c.change).Sentence(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestStatesOfACompany(t *testing.T) {
	t.Parallel()
	before := at(20)
	for _, c := range []struct {
		name string
		move Move
		want string
	}{
		{"measured on both nights", Move{PreviousNight: &before, LogScoreChange: new(0.1), Score: new(1.0)}, StateMoved},
		{"measured on this one alone", Move{PreviousNight: &before, Score: new(1.0)}, StateNew},
		{"measured on the one before alone", Move{PreviousNight: &before, PreviousRank: new(7)}, StateGone},
		{"ranked on both by an older version", Move{PreviousNight: &before, Rank: new(1), PreviousRank: new(2)}, StateUntold},
		{"the first night", Move{Score: new(1.0)}, StateFirst},
		{"never there", Move{PreviousNight: &before}, StateAbsent},
	} {
		if got := c.move.state(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
