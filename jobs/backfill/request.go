package backfill

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/seeds"
)

// Request is what an operator asks for. Outlets are ids, or country:GB,
// language:en and tier:1, of which all given kinds must hold; none means all.
// Empty sources, steps and window mean the default.
type Request struct {
	From    ledger.Date `json:"from"`
	To      ledger.Date `json:"to"`
	Outlets []string    `json:"outlets"`
	Sources []string    `json:"sources"`
	Steps   []string    `json:"steps"`
	Window  int         `json:"window"`
}

// maxNights bounds a plan: ten years of nights are a mistyped date.
const maxNights = 3660

// complete fills in the defaults and refuses what cannot be meant.
func (r Request) complete(last time.Time) (Request, error) {
	switch {
	case r.From.IsZero() || r.To.IsZero():
		return r, badRequest("a backfill needs its first and its last night: --from and --to, each as 2026-11-21")
	case r.From.After(r.To.Time):
		return r, badRequest("the first night %s is after the last, %s: exchange --from and --to", r.From, r.To)
	case r.To.After(last):
		return r, badRequest("the night of %s is not over yet; the last finished night is %s", r.To, last.Format(time.DateOnly))
	case r.nights() > maxNights:
		return r, badRequest("%s to %s are %d nights; a plan has at most %d", r.From, r.To, r.nights(), maxNights)
	case r.Window < 0:
		return r, badRequest("a window of %d intervals is none: take 1 or more", r.Window)
	}
	if r.Window == 0 {
		r.Window = defaultWindow
	}
	var err error
	if r.Sources, err = inOrder("source", r.Sources, []string{SourceLive, SourceArchive, SourceWARC}); err != nil {
		return r, err
	}
	r.Steps, err = inOrder("step", r.Steps, []string{StepRead, StepMatch, StepBuild})
	return r, err
}

func (r Request) nights() int { return int(r.To.Sub(r.From.Time).Hours()/24) + 1 }

// has tells whether a step is asked for.
func (r Request) has(step string) bool { return slices.Contains(r.Steps, step) }

// inOrder checks words against those there are and puts them in their order;
// none means all.
func inOrder(what string, words, known []string) ([]string, error) {
	for _, word := range words {
		if !slices.Contains(known, word) {
			return nil, badRequest("%q is no %s; there are %s", word, what, strings.Join(known, ", "))
		}
	}
	if len(words) == 0 {
		return known, nil
	}
	return slices.DeleteFunc(slices.Clone(known), func(word string) bool { return !slices.Contains(words, word) }), nil
}

// choose gives the outlets that are asked for, ordered by id: those named, or
// those of which every kind of filter given (country, language, tier) holds.
func choose(all []outlets.Outlet, wanted []string) ([]outlets.Outlet, error) {
	ids := idsOf(all)
	named := map[string]bool{}
	filters := map[string][]string{}
	for _, word := range wanted {
		kind, value, isFilter := strings.Cut(word, ":")
		switch {
		case !isFilter && !slices.Contains(ids, word):
			return nil, badRequest("there is no outlet %q; %s`overheard outlets list` shows what there is", word, seeds.Suggest(word, ids))
		case !isFilter:
			named[word] = true
		case kind == "country":
			filters[kind] = append(filters[kind], strings.ToUpper(value))
		case kind == "language":
			filters[kind] = append(filters[kind], strings.ToLower(value))
		case kind == "tier":
			filters[kind] = append(filters[kind], value)
		default:
			return nil, badRequest("%q is no filter of outlets; there are country:GB, language:en and tier:1", word)
		}
	}
	var chosen []outlets.Outlet
	for _, o := range all {
		if len(wanted) == 0 || named[o.ID] || len(filters) > 0 && fits(o, filters) {
			chosen = append(chosen, o)
		}
	}
	if len(chosen) == 0 {
		return nil, badRequest("no outlet is %s; `overheard outlets list` shows what there is", strings.Join(wanted, " and "))
	}
	slices.SortFunc(chosen, func(a, b outlets.Outlet) int { return strings.Compare(a.ID, b.ID) })
	return chosen, nil
}

func fits(o outlets.Outlet, filters map[string][]string) bool {
	language, _, _ := strings.Cut(strings.ToLower(o.Language), "-")
	for kind, values := range filters {
		var fits bool
		switch kind {
		case "country":
			fits = slices.Contains(values, o.Country)
		case "language":
			fits = slices.Contains(values, language) || slices.Contains(values, strings.ToLower(o.Language))
		case "tier":
			fits = slices.Contains(values, strconv.Itoa(o.Tier))
		}
		if !fits {
			return false
		}
	}
	return true
}

func idsOf(list []outlets.Outlet) []string {
	ids := make([]string, len(list))
	for i, o := range list {
		ids[i] = o.ID
	}
	return ids
}
