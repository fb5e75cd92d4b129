package why

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Sentence says in one or two sentences what happened.
func (m *Move) Sentence() string {
	switch m.State {
	case StateFirst:
		return fmt.Sprintf("%s%s on %s, the first night: there is none before it to compare with.", m.Name, m.standing(), m.Night)
	case StateNew:
		return fmt.Sprintf("%s is new%s on %s: on %s it had no score.", m.Name, m.standing(), m.Night, m.PreviousNight)
	case StateGone:
		before := ""
		if m.PreviousRank != nil {
			before = fmt.Sprintf(", where it was %d on %s", *m.PreviousRank, m.PreviousNight)
		}
		return fmt.Sprintf("%s has left the ranking%s: what was said about it has faded.", m.Name, before)
	case StateUntold:
		return m.way() + ". Why is not known: the night was published before that was worked out."
	case StateAbsent:
		return fmt.Sprintf("%s is not in the ranking of %s: nothing was said about it that has not faded.", m.Name, m.Night)
	}
	text := m.way() + ": " + m.scoreWords()
	if strongest := m.strongest(); len(strongest) > 0 {
		text += ", " + most(strongest) + " by " + strings.Join(strongest, " and ")
	}
	text += "."
	if ranks := m.rankWords(); ranks != "" {
		text += " " + ranks
	}
	return text + " " + m.noise()
}

// standing is the place, if it has one.
func (m *Move) standing() string {
	if m.Rank == nil {
		return ""
	}
	return fmt.Sprintf(" at %d", *m.Rank)
}

// way is what the rank did.
func (m *Move) way() string {
	switch {
	case m.Rank == nil && m.IsComparator:
		return m.Name + " is measured and not ranked"
	case m.Rank == nil:
		return m.Name + " is not ranked"
	case m.PreviousRank == nil:
		return fmt.Sprintf("%s was not ranked and is %d now", m.Name, *m.Rank)
	case *m.Rank < *m.PreviousRank:
		return fmt.Sprintf("%s rose from %d to %d", m.Name, *m.PreviousRank, *m.Rank)
	case *m.Rank > *m.PreviousRank:
		return fmt.Sprintf("%s fell from %d to %d", m.Name, *m.PreviousRank, *m.Rank)
	}
	return fmt.Sprintf("%s stayed at %d", m.Name, *m.Rank)
}

func (m *Move) scoreWords() string {
	change := EffectOf(*m.LogScoreChange)
	switch {
	case change > 0:
		return "its score rose by " + m.percent() + " %"
	case change < 0:
		return "its score fell by " + m.percent() + " %"
	}
	return "its score stood still"
}

// percent is the change of the score itself, not of its logarithm.
func (m *Move) percent() string {
	return digits(100 * math.Abs(math.Expm1(*m.LogScoreChange)))
}

// digits writes two decimals, or as many as show anything at all.
func digits(value float64) string {
	if value >= 0.005 || value == 0 {
		return strconv.FormatFloat(value, 'f', 2, 64)
	}
	return strconv.FormatFloat(value, 'f', 3, 64)
}

// strongest are at most two parts that moved the score the way it went.
func (m *Move) strongest() []string {
	sign := math.Copysign(1, *m.LogScoreChange)
	list := slices.DeleteFunc(slices.Clone(m.Parts), func(p Part) bool { return EffectOf(sign*p.Contribution) <= 0 })
	slices.SortStableFunc(list, func(a, b Part) int { return cmp.Compare(sign*b.Contribution, sign*a.Contribution) })
	if EffectOf(*m.LogScoreChange) == 0 {
		return nil
	}
	var names []string
	for _, p := range list[:min(2, len(list))] {
		label := p.label()
		switch p.PartType {
		case "link":
			label = "the " + label + " of " + p.Pillar
		case "floor", "weight":
			label = "the " + label + " " + p.Pillar
		}
		names = append(names, fmt.Sprintf("%s (%s)", label, EffectOf(p.Contribution)))
	}
	return names
}

func most(names []string) string {
	if len(names) == 1 {
		return "mainly"
	}
	return "most of all"
}

// rankWords tell the company's own part of the way from that of the others.
func (m *Move) rankWords() string {
	if m.RankChange == nil || m.OwnRankEffect == nil || m.OthersRankEffect == nil {
		return ""
	}
	own, others := *m.OwnRankEffect, *m.OthersRankEffect
	switch {
	case own == 0 && others == 0:
		return ""
	case others == 0:
		return "All of that is its own doing."
	case own == 0:
		return fmt.Sprintf("Its own change would have moved it no place: the others %s %s.", gave(others), places(others))
	}
	return fmt.Sprintf("Its own change %s %s, those of the others %s.", isWorth(own), places(own), signed(others))
}

func gave(n int) string {
	if n < 0 {
		return "took"
	}
	return "gave it"
}

func isWorth(n int) string {
	if n < 0 {
		return "cost it"
	}
	return "won it"
}

func signed(n int) string {
	if n < 0 {
		return "cost it " + places(n)
	}
	return "won it " + places(n)
}

func places(n int) string {
	if n == 1 || n == -1 {
		return "1 place"
	}
	return strconv.Itoa(max(n, -n)) + " places"
}

// noise says whether the change can be chance, and what else bids caution.
func (m *Move) noise() string {
	var text string
	switch {
	case m.IsWithinNoise == nil:
		text = "How much of it is chance is not known."
	case *m.IsWithinNoise:
		text = "That is within the noise."
	default:
		text = "That is more than noise."
	}
	switch {
	case m.IsDegraded && m.IsPreviousDegraded:
		text += " Both nights are degraded: compare with care."
	case m.IsDegraded:
		text += " This night is degraded: compare with care."
	case m.IsPreviousDegraded:
		text += " The night before is degraded: compare with care."
	}
	return text
}

// Title is the headline, or that there is none.
func (s Story) Title() string {
	if s.Headline == "" {
		return "(without a headline)"
	}
	return s.Headline
}

// EffectText is the effect as the table has it.
func (s Story) EffectText() string { return EffectOf(s.Effect).String() }

// Tellings says how often it was told, and whether it is new or fades.
func (s Story) Tellings() string {
	text := "told once"
	if s.ArticleCount > 1 {
		text = fmt.Sprintf("told %d times", s.ArticleCount)
	}
	switch {
	case s.IsNew:
		return text + ", new"
	case s.Direction == "down":
		return text + ", known before; it fades"
	}
	return text + ", known before"
}
