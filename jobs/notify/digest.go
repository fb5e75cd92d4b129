package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// shown is how many alerts a message tells in full; of the others it has counts.
const shown = 10

// notice is one event of an alert.
type notice struct {
	Event    string     `db:"event"`
	Tries    int        `db:"attempt_count"` // that failed
	AlertID  int64      `db:"alert_id"`
	Kind     string     `db:"kind"`
	Subject  string     `db:"subject"`
	Severity string     `db:"severity"`
	State    string     `db:"state"`
	OpenedAt time.Time  `db:"opened_at"`
	ClosedAt *time.Time `db:"closed_at"`
	ClosedBy *string    `db:"closed_by"`
	Message  string     `db:"message"`
	Remedy   string     `db:"remedy"`
}

// headline names the alert in a few words.
func (x notice) headline() string {
	word := strings.ToUpper(x.Severity)
	if x.Event == closed {
		word = strings.ToUpper(x.State)
		if x.State != "recovered" && x.ClosedBy != nil {
			word += " by " + *x.ClosedBy
		}
	}
	return plain(fmt.Sprintf("%s %s %s", word, x.Kind, x.Subject), 200)
}

// body says what is wrong and what to do, or how long it lasted.
func (x notice) body() string {
	if x.Event == closed {
		text := "It was open since " + stamp(x.OpenedAt)
		if x.ClosedAt != nil {
			text += fmt.Sprintf(", for %s", x.ClosedAt.Sub(x.OpenedAt).Round(time.Minute))
		}
		return text + ". It had said: " + plain(x.Message, 500)
	}
	return plain(x.Message, 1200) + "\n" + plain(x.Remedy, 600)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04Z") }

// digest is one message: everything a channel has to tell in a round, the opened
// alerts first and of them the failures.
type digest struct {
	host    string
	notices []notice
}

// title says it all in one line.
func (d digest) title() string {
	counts := map[string]int{}
	for _, x := range d.notices {
		counts[x.Event]++
	}
	if len(d.notices) == 1 {
		return "Overheard on " + d.host + ": " + plain(d.notices[0].headline(), 120)
	}
	var parts []string
	for _, event := range []string{opened, closed} {
		switch n := counts[event]; n {
		case 0:
		case 1:
			parts = append(parts, "1 alert "+event)
		default:
			parts = append(parts, fmt.Sprintf("%d alerts %s", n, event))
		}
	}
	return "Overheard on " + d.host + ": " + strings.Join(parts, ", ")
}

// first are the notices told in full.
func (d digest) first() []notice { return d.notices[:min(len(d.notices), shown)] }

// rest counts the others by kind; empty if there are none.
func (d digest) rest() string {
	if len(d.notices) <= shown {
		return ""
	}
	counts := map[string]int{}
	var names []string
	for _, x := range d.notices[shown:] {
		name := x.Kind + " " + x.Event
		if counts[name] == 0 {
			names = append(names, name)
		}
		counts[name]++
	}
	slices.SortFunc(names, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", counts[name], name)
	}
	return fmt.Sprintf("And %d more: %s. `overheard alerts list` has them.", len(d.notices)-shown, strings.Join(names, ", "))
}

// text is the whole message as plain text.
func (d digest) text() string {
	var b strings.Builder
	for _, x := range d.first() {
		fmt.Fprintf(&b, "%s\n%s\n\n", x.headline(), x.body())
	}
	if rest := d.rest(); rest != "" {
		b.WriteString(rest + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// plain makes one line of text of others, and no more of it than so many characters.
func plain(s string, most int) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "?"), func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
