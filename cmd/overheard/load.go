package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// environment is the variables of the process; it comes in through run, so that
// a test can be any machine.
type environment map[string]string

func newEnvironment(env []string) environment {
	out := make(environment, len(env))
	for _, entry := range env {
		if name, value, found := strings.Cut(entry, "="); found {
			out[name] = value
		}
	}
	return out
}

// configError is every fault of the configuration, told at once.
type configError []string

func (e configError) Error() string {
	if len(e) == 1 {
		return "configuration: " + e[0]
	}
	return fmt.Sprintf("configuration: %d faults\n  %s", len(e), strings.Join(e, "\n  "))
}

// loader collects the sources of one Config: where each setting came from, and
// what was wrong on the way.
type loader struct {
	config  Config
	origins map[string]string // key → where it was said
	faults  configError
}

// loadConfig reads the sources, weakest first: default, file, variable, flag.
// HTTP_PROXY is a habit of the whole machine and yields to the file as well. An
// empty variable counts as not set.
func loadConfig(env environment, userID int, flags *pflag.FlagSet) (Config, map[string]string, error) {
	l := &loader{config: defaultConfig(env, userID), origins: map[string]string{}}
	l.readVariables(env, true)
	path, origin := env["OVERHEARD_CONFIG"], "variable OVERHEARD_CONFIG"
	if flag := flags.Lookup("config"); flag != nil && flag.Changed {
		path, origin = flag.Value.String(), "flag --config"
	}
	if path != "" {
		l.readFile(path, origin)
	}
	l.readVariables(env, false)
	l.readFlags(flags)
	l.faults = append(l.faults, l.config.Validate(l.origins)...)
	if len(l.faults) > 0 {
		return l.config, l.origins, l.faults
	}
	return l.config, l.origins, nil
}

func (l *loader) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

func (l *loader) set(s setting, text, origin string) {
	if err := s.parse(&l.config, text); err != nil {
		l.fault("%s: %s: %v", origin, s.key, err)
		return
	}
	l.origins[s.key] = origin
}

func (l *loader) readVariables(env environment, isWeak bool) {
	for _, s := range settings() {
		var names []string
		if s.isWeak == isWeak {
			names = append(names, s.also...)
		}
		if !isWeak {
			names = append([]string{s.variable()}, names...)
		}
		for _, name := range names {
			if text := env[name]; text != "" {
				l.set(s, text, "variable "+name)
				break
			}
		}
	}
	if isWeak {
		return
	}
	l.refuseUnknownVariables(env)
}

// refuseUnknownVariables catches the typing error that would otherwise crawl
// without its proxy.
func (l *loader) refuseUnknownVariables(env environment) {
	known := map[string]bool{"OVERHEARD_CONFIG": true, "OVERHEARD_SHARED": true}
	var names []string
	for _, s := range settings() {
		known[s.variable()] = true
		names = append(names, s.variable())
	}
	var unknown []string
	for name := range env {
		if strings.HasPrefix(name, "OVERHEARD_") && !known[name] {
			unknown = append(unknown, name)
		}
	}
	sort.Strings(unknown)
	for _, name := range unknown {
		l.fault("variable %s: no such setting (%s)", name, nearestRemedy(name, names))
	}
}

func (l *loader) readFlags(flags *pflag.FlagSet) {
	for _, s := range settings() {
		if s.flag == "" {
			continue
		}
		if flag := flags.Lookup(s.flag); flag != nil && flag.Changed {
			l.set(s, flag.Value.String(), "flag --"+s.flag)
		}
	}
}

func (l *loader) readFile(path, origin string) {
	file, err := os.Open(path)
	if err != nil {
		l.fault("%s: read the configuration file: %v", origin, err)
		return
	}
	defer file.Close()
	decoder := yaml.NewDecoder(file)
	var document yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return // an empty file says nothing
	case err != nil:
		l.fault("%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
		return
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		l.fault("%s: more than one YAML document (keep one)", path)
	}
	l.readMapping(path, "", document.Content[0])
}

// readMapping walks one level of the file. It goes over nodes, not a struct, so
// that each fault has its line and all are told.
func (l *loader) readMapping(path, prefix string, node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return // a section with nothing in it
	}
	if node.Kind != yaml.MappingNode {
		l.fault("%s:%d: expected settings as name: value (see overheard help settings)", path, node.Line)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		key := prefix + name.Value
		if line := seen[key]; line > 0 {
			l.fault("%s:%d: %s is said twice (first on line %d; keep one)", path, name.Line, key, line)
			continue
		}
		seen[key] = name.Line
		l.readEntry(path, key, name, value)
	}
}

func (l *loader) readEntry(path, key string, name, value *yaml.Node) {
	var keys []string
	for _, s := range settings() {
		if strings.HasPrefix(s.key, key+".") {
			l.readMapping(path, key+".", value)
			return
		}
		if s.key == key {
			if value.Kind != yaml.ScalarNode || value.Tag == "!!null" {
				l.fault("%s:%d: %s needs one value (%s)", path, value.Line, key, s.unit)
				return
			}
			l.set(s, value.Value, fmt.Sprintf("%s:%d", path, value.Line))
			return
		}
		keys = append(keys, s.key)
	}
	l.fault("%s:%d: unknown setting %q (%s)", path, name.Line, key, nearestRemedy(key, keys))
}

// nearestRemedy proposes the known name that a wrong one was probably meant to
// be: the same last part elsewhere, or few letters away.
func nearestRemedy(wrong string, known []string) string {
	best, bestDistance := "", len(wrong)/3+1
	for _, name := range known {
		if strings.HasSuffix(name, "."+wrong) {
			return fmt.Sprintf("did you mean %q?", name)
		}
		if distance := editDistance(wrong, name); distance < bestDistance {
			best, bestDistance = name, distance
		}
	}
	if best == "" {
		return "see overheard help settings"
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// editDistance is Levenshtein's, one row at a time.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
