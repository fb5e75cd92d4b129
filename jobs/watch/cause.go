package watch

import (
	"encoding/json"
	"net/url"
	"strings"
)

// The kinds of alerts.
const (
	ChannelDown      = "channel_down"
	FeedMoved        = "feed_moved"
	NewChannel       = "new_channel"
	OutletSilent     = "outlet_silent"
	BelowExpectation = "below_expectation"
	ExtractionBroken = "extraction_broken"
	PagesUnreachable = "pages_unreachable"
	PatternChanged   = "pattern_changed"
	BudgetSpent      = "budget_spent"
	NetworkDown      = "network_down"
)

// Severities: fail wants somebody to act, warn can wait.
const (
	Warn = "warn"
	Fail = "fail"
)

// Subject is what an alert is about. There is one open alert of a subject.
type Subject struct {
	Kind string
	Name string // an outlet, the address of a channel, a host, or all
}

// Cause is a reason for an alert that holds now.
type Cause struct {
	Subject
	OutletID string // empty if none is concerned
	Severity string
	Message  string // what is wrong, in a sentence
	Remedy   string // what to do about it, in a sentence
	Evidence any    // the figures behind it, an object
	Proposal *Proposal

	isCovered bool // another alert says it already: none is opened
}

// Actions of proposals.
const (
	ReplaceChannel = "replace_channel"
	AddChannel     = "add_channel"
	RelearnPattern = "relearn_pattern"
)

// Proposal is a repair that can be accepted.
type Proposal struct {
	Action   string `json:"action"`
	Kind     string `json:"kind,omitempty"`      // of the channel to use
	URL      string `json:"url,omitempty"`       // of the channel to use
	Replaces string `json:"replaces,omitempty"`  // channel no longer to be used; the pattern no longer to be used
	Pattern  string `json:"pattern,omitempty"`   // that describes the outlet's article addresses now
	URLCount int    `json:"url_count,omitempty"` // addresses it was learned from
}

// String says the proposal in a few words.
func (p Proposal) String() string {
	switch p.Action {
	case ReplaceChannel:
		return "use " + p.Kind + " " + p.URL + " instead"
	case AddChannel:
		return "use " + p.Kind + " " + p.URL + " as well"
	case RelearnPattern:
		return "use the pattern " + p.Pattern
	}
	return p.Action
}

// quieten marks causes that follow from another one of the same outlet: one dead
// outlet is one alert. An alert that is open already stays open.
func quieten(causes []Cause) {
	strength := map[string]int{ChannelDown: 3, OutletSilent: 2, BelowExpectation: 1}
	strongest := map[string]int{}
	for _, c := range causes {
		if c.Severity == Fail {
			strongest[c.OutletID] = max(strongest[c.OutletID], strength[c.Kind])
		}
	}
	for i, c := range causes {
		if s, ok := strength[c.Kind]; ok && s < strongest[c.OutletID] {
			causes[i].isCovered = true
		}
	}
}

// rest marks every cause that an outage of our own may have made.
func rest(causes []Cause) {
	for i, c := range causes {
		if c.Kind != NetworkDown {
			causes[i].isCovered = true
		}
	}
}

func encoded(v any) string {
	if v == nil {
		return "{}"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "{}" // maps of figures and words always encode
	}
	return string(text)
}

// hostOf is the host of an address, without www.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.")
}
