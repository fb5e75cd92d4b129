package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/overheard-news/overheard/jobs/trace"
)

// article prints what is stored, with every date that was found for it.
func (l *lifeWriter) article(life trace.Life) {
	a := life.Article
	l.block("Article")
	l.add("title", a.Title)
	l.add("authors", a.Authors)
	if a.CanonicalURL != life.URL {
		l.add("own address", a.CanonicalURL)
	}
	if a.URL != a.CanonicalURL {
		l.add("read at", a.URL)
	}
	l.add("night", a.Night.String())
	l.add("published", fmt.Sprintf("%s by %s%s", stamp(a.PublishedAt), a.PublishedOrigin, map[bool]string{false: ", not exact"}[a.IsPublishedExact]))
	for _, line := range candidateLines(a.Candidates) {
		l.add("date found", line)
	}
	l.add("language", a.Language+", written in "+a.Charset)
	l.add("type", a.PageType+", "+a.Access)
	l.add("section", orNothing(a.Section))
	l.add("text", fmt.Sprintf("%d characters, %s%s", a.CharacterCount, a.Quality, because(a.QualityReason)))
	l.add("hash", a.ContentHash)
	l.add("first seen", stamp(a.FirstSeenAt))
	l.add("fetched", stamp(a.FetchedAt)+inRun(&a.RunID))
	if a.EditedAt != nil {
		l.add("edited", stamp(*a.EditedAt))
	}
	if a.DeletedAt != nil {
		l.add("deleted", stamp(*a.DeletedAt))
	}
	for _, v := range life.Versions {
		l.add("before", fmt.Sprintf("until %s: %q, %d characters, hash %.12s…", stamp(v.ReplacedAt), v.Title, v.CharacterCount, v.ContentHash))
	}
	for _, r := range life.Rechecks {
		line := "due " + stamp(r.DueAt)
		switch {
		case r.Outcome != nil && r.DecidedAt != nil:
			line = *r.Outcome + ", " + stamp(*r.DecidedAt) + inRun(r.DecidedRun) + because(r.Reason)
		case r.AttemptCount > 0 && r.NextAttemptAt != nil:
			line = fmt.Sprintf("tried %s, again %s%s", plural(r.AttemptCount, "time", "times"), stamp(*r.NextAttemptAt), because(r.Reason))
		}
		l.add("after a "+r.Stage, line)
	}
}

// candidateLines tells the dates that were found, and why they were refused.
func candidateLines(raw json.RawMessage) []string {
	var list []struct {
		At          time.Time `json:"at"`
		Origin      string    `json:"origin"`
		IsExact     bool      `json:"is_exact"`
		IsPlausible bool      `json:"is_plausible"`
		Reason      string    `json:"reason"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	lines := make([]string, len(list))
	for i, c := range list {
		lines[i] = stamp(c.At) + " by " + c.Origin
		if !c.IsExact {
			lines[i] += ", not exact"
		}
		if !c.IsPlausible {
			lines[i] += ", refused"
		}
		if c.Reason != "" {
			lines[i] += ": " + c.Reason
		}
	}
	return lines
}

// counted prints what the article counts for: its story, whom it names, and how
// the nights stand that it belongs to.
func (l *lifeWriter) counted(life trace.Life) {
	if s := life.Story; s != nil {
		l.block(fmt.Sprintf("Story %d, told by %s", s.StoryID, plural(s.Count, "article", "articles")))
		if s.WireCredit != nil {
			l.add("credit", *s.WireCredit)
		}
		if s.JoinedBy != nil && s.ParentURL != nil && s.Similarity != nil {
			l.add("taken from", fmt.Sprintf("%s, by its %s (similarity %.2f)", *s.ParentURL, *s.JoinedBy, *s.Similarity))
		}
		for _, m := range s.Members {
			if m.ArticleID != life.Article.ArticleID {
				l.add(m.OutletID, stamp(m.PublishedAt)+" "+m.CanonicalURL)
			}
		}
	}
	l.block("Companies")
	if len(life.Mentions) == 0 {
		l.add("", "It names none that is followed.")
	}
	for _, m := range life.Mentions {
		line := fmt.Sprintf("%q (class %s), %s, %s", m.Alias, m.Class, m.Position, plural(m.Occurrences, "time", "times"))
		switch {
		case m.Weight == nil:
			line += ", no weight"
		case m.IsQuarantined != nil && *m.IsQuarantined:
			line += ", weight 0: its name is in quarantine"
		case m.IsVoice != nil && !*m.IsVoice:
			line += ", weight 0: its publisher has spoken in this story"
		default:
			line += fmt.Sprintf(", weight %.3f", *m.Weight)
		}
		if m.CountsFor != nil {
			line += ", counts for " + *m.CountsFor
		}
		l.add(m.CompanyID, line)
		if m.Negative != nil && m.Positive != nil {
			l.add("", fmt.Sprintf("tone: negative %.2f, neutral %.2f, positive %.2f", *m.Negative, 1-*m.Negative-*m.Positive, *m.Positive))
		}
		if len(m.Dimensions) > 0 {
			l.add("", "dimensions: "+strings.Join(m.Dimensions, ", "))
		}
		l.add("", "“"+shorten(m.Evidence, 160)+"”")
	}
	l.block("Nights")
	for _, n := range life.Nights {
		line := "is not built yet"
		switch {
		case n.IsBuilt && n.IsCounted == nil:
			line = "was built before the article came"
		case n.IsBuilt && *n.IsCounted:
			line = "it counts"
		case n.IsBuilt:
			line = "it does not count: the outlet has told the story before"
		}
		if n.PublishedAt != nil {
			line += fmt.Sprintf("; published %s, revision %d", stamp(*n.PublishedAt), *n.Revision)
		} else {
			line += "; not published"
		}
		l.add(n.Night.String(), line)
	}
}
