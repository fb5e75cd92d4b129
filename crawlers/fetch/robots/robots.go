// Package robots reads robots.txt as RFC 9309 has it and answers one question:
// may this agent ask for this path, and how long must it wait in between?
//
//	rules := robots.Parse(body, "OverheardBot")
//	rules.Allows(u.EscapedPath())
//
// Parse keeps only the rules that concern the agent, so a cache of thousands
// of hosts stays small. It reads what site owners really write: a byte order
// mark, any line ending, misspelt keys, a forgotten colon. Fetching the file,
// and what its absence means, is the business of package fetch.
package robots

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// MaxBytes is how much of a robots.txt is read; RFC 9309 asks for at least
// 500 KiB.
const MaxBytes = 500 << 10

// maxLine bounds one line: eight times the longest URL browsers support.
const maxLine = 8 * 2083

// Rules are what one robots.txt asks of one agent. The zero value allows all.
type Rules struct {
	rules      []rule
	CrawlDelay time.Duration // zero: none asked
	Sitemaps   []string      // addresses announced, whatever the agent
}

type rule struct {
	line    string // as the file has it
	isAllow bool
	pattern string
	literal string // of an allow rule: the pattern with its escapes left as they are
}

// Parse reads a robots.txt for one agent, named by its product token, such as
// "OverheardBot". It never fails: a line that cannot be read is skipped.
func Parse(body []byte, agent string) *Rules {
	if len(body) > MaxBytes {
		body = body[:MaxBytes]
	}
	text := strings.TrimPrefix(string(body), "\ufeff")
	r := reader{agent: agent}
	for text != "" {
		line := text
		if i := strings.IndexAny(text, "\r\n"); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		r.readLine(line[:min(len(line), maxLine)])
	}
	return r.rules()
}

// reader follows the groups of a file: which agents the present group names,
// and what was asked of ours and of everyone.
type reader struct {
	agent string

	inOurs, inAll bool // agents of the present group
	inRules       bool // a rule was read: the next user-agent line opens a group
	isNamed       bool // our agent was named anywhere

	ours, all           []rule
	oursDelay, allDelay time.Duration
	sitemaps            []string
}

func (r *reader) readLine(line string) {
	key, value, ok := splitLine(line)
	if !ok {
		return
	}
	switch kindOf(key) {
	case keyAgent:
		r.readAgent(value)
	case keyAllow:
		r.addRule(true, value)
	case keyDisallow:
		r.addRule(false, value)
	case keyDelay:
		r.readDelay(value)
	case keySitemap:
		if len(r.sitemaps) < 100 {
			r.sitemaps = append(r.sitemaps, strings.Clone(value))
		}
	}
}

func (r *reader) readAgent(value string) {
	if r.inRules {
		r.inOurs, r.inAll, r.inRules = false, false, false
	}
	if value == "*" || strings.HasPrefix(value, "* ") || strings.HasPrefix(value, "*\t") {
		r.inAll = true
		return
	}
	if strings.EqualFold(productToken(value), r.agent) {
		r.inOurs, r.isNamed = true, true
	}
}

func (r *reader) addRule(isAllow bool, value string) {
	if !r.inOurs && !r.inAll {
		// Rules of other agents count only as the end of a list of agents.
		r.inRules = true
		return
	}
	r.inRules = true
	if value == "" {
		return // an empty rule matches nothing
	}
	list := &r.all
	if r.inOurs {
		list = &r.ours
	}
	if !isAllow {
		*list = append(*list, rule{line: "Disallow: " + value, pattern: form{isPattern: true}.normalise(value)})
		return
	}
	*list = append(*list, allow(value, value))
	// Who allows /a/index.html means the folder as well.
	if i := strings.LastIndexByte(value, '/'); i >= 0 && strings.HasPrefix(value[i:], "/index.htm") {
		*list = append(*list, allow(value, value[:i+1]+"$"))
	}
}

// allow makes a rule that must match twice, also with no escape undone: Google's
// reader, whose vectors we keep, undoes none, and where two readings of the RFC
// differ we keep to the stricter one.
func allow(written, value string) rule {
	return rule{
		line:    "Allow: " + written,
		isAllow: true,
		pattern: form{isPattern: true}.normalise(value),
		literal: form{isPattern: true, isLiteral: true}.normalise(value),
	}
}

// readDelay does not close the list of agents: crawl-delay is no part of the
// RFC, and files put it between two user-agent lines of one group.
func (r *reader) readDelay(value string) {
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(seconds) || seconds < 0 {
		return
	}
	delay := time.Duration(min(seconds, 1e6) * float64(time.Second))
	if r.inOurs {
		r.oursDelay = max(r.oursDelay, delay)
	}
	if r.inAll {
		r.allDelay = max(r.allDelay, delay)
	}
}

func (r *reader) rules() *Rules {
	if r.isNamed {
		return &Rules{rules: r.ours, CrawlDelay: r.oursDelay, Sitemaps: r.sitemaps}
	}
	return &Rules{rules: r.all, CrawlDelay: r.allDelay, Sitemaps: r.sitemaps}
}

// Allows tells whether the agent may ask for a path: escaped, with its query,
// starting with a slash. However the path is escaped, it is the same path. The
// longest pattern wins; allow wins a tie.
func (r *Rules) Allows(path string) bool {
	isAllowed, _ := r.Decide(path)
	return isAllowed
}

// Decide is Allows, and says which line decided; none did if it is empty.
func (r *Rules) Decide(path string) (isAllowed bool, line string) {
	if len(r.rules) == 0 {
		return true, ""
	}
	if path == "" {
		path = "/"
	}
	normal, literal := form{}.normalise(path), form{isLiteral: true}.normalise(path)
	var allow, disallow rule
	for _, rule := range r.rules {
		best := &disallow
		if rule.isAllow {
			best = &allow
		}
		if len(rule.pattern) > len(best.pattern) && matches(rule.pattern, normal) && (!rule.isAllow || matches(rule.literal, literal)) {
			*best = rule
		}
	}
	if len(disallow.pattern) > len(allow.pattern) {
		return false, disallow.line
	}
	return true, allow.line
}

// matches tells whether a path begins with a pattern, in which * stands for
// anything and $ at the end for the end. Taking the leftmost place for each
// part is enough: a later one never makes more room.
func matches(pattern, path string) bool {
	pattern, isAnchored := strings.CutSuffix(pattern, "$")
	first, rest, hasStar := strings.Cut(pattern, "*")
	if !strings.HasPrefix(path, first) {
		return false
	}
	path = path[len(first):]
	for hasStar {
		var part string
		part, rest, hasStar = strings.Cut(rest, "*")
		if !hasStar && isAnchored {
			return strings.HasSuffix(path, part)
		}
		i := strings.Index(path, part)
		if i < 0 {
			return false
		}
		path = path[i+len(part):]
	}
	return !isAnchored || path == ""
}
