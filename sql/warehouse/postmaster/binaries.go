package postmaster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrNoBinaries means that no Postgres is installed where we look.
var ErrNoBinaries = errors.New("no Postgres found")

// binaries is one installed Postgres.
type binaries struct {
	dir     string
	version string // as it calls itself, such as 15.18
	major   int
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

var versionPattern = regexp.MustCompile(`PostgreSQL\) (\d+)(\S*)`)

// findBinaries returns the Postgres to run: the one in binDir if that is
// given, else the newest installed, or, for an existing cluster (major > 0),
// the one of its version.
func findBinaries(ctx context.Context, binDir string, major int) (binaries, error) {
	found, err := installed(ctx, binDir)
	if err != nil {
		return binaries{}, err
	}
	if major == 0 {
		return found[0], nil
	}
	for _, b := range found {
		if b.major == major {
			return b, nil
		}
	}
	return binaries{}, mismatch(major, found)
}

// installed lists what is there, newest first; never empty without an error.
func installed(ctx context.Context, binDir string) ([]binaries, error) {
	if binDir != "" {
		b, err := askVersion(ctx, binDir)
		if err != nil {
			return nil, fmt.Errorf("use Postgres in %s: %w", binDir, err)
		}
		return []binaries{b}, nil
	}
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	var found []binaries
	for _, dir := range dirs {
		if b, err := askVersion(ctx, dir); err == nil {
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w in $PG_BINDIR, /usr/lib/postgresql/*/bin or $PATH: sudo apt-get install -y postgresql", ErrNoBinaries)
	}
	slices.SortStableFunc(found, func(a, b binaries) int { return b.major - a.major })
	return found, nil
}

// askVersion runs postgres --version; a folder without initdb does not count.
func askVersion(ctx context.Context, dir string) (binaries, error) {
	b := binaries{dir: dir}
	if _, err := os.Stat(b.path("initdb")); err != nil {
		return b, fmt.Errorf("it has no initdb: %w", err)
	}
	out, err := exec.CommandContext(ctx, b.path("postgres"), "--version").Output()
	if err != nil {
		return b, fmt.Errorf("ask its version: %w", err)
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return b, fmt.Errorf("it does not tell its version: %q", out)
	}
	b.major, _ = strconv.Atoi(string(m[1]))
	b.version = string(m[1]) + string(m[2])
	return b, nil
}

// clusterVersion reads PG_VERSION; 0 if there is no cluster yet.
func clusterVersion(cluster string) (int, error) {
	text, err := os.ReadFile(filepath.Join(cluster, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		entries, dirErr := os.ReadDir(cluster)
		if errors.Is(dirErr, os.ErrNotExist) {
			return 0, nil
		}
		if dirErr != nil {
			return 0, fmt.Errorf("read data folder: %w", dirErr)
		}
		return 0, fmt.Errorf("data folder %s has %d files but no PG_VERSION, so it is not one of Postgres: restore it from a backup, or move it away to begin afresh", cluster, len(entries))
	}
	if err != nil {
		return 0, fmt.Errorf("read version of data folder: %w%s", err, folderRemedy(err))
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("read version of data folder %s: PG_VERSION says %q, not a number", cluster, text)
	}
	return major, nil
}

// VersionError is a cluster made by a major version which is not installed.
type VersionError struct {
	Cluster int    // major version of the data folder
	Found   string // what is installed
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("the data folder was made by Postgres %d, but only %s is installed, which cannot read it; nothing was changed. "+
		"Either install Postgres %d again (sudo apt-get install -y postgresql-%d), "+
		"or move the data over with pg_upgrade or pg_dump, "+
		"or begin afresh with another --data-dir",
		e.Cluster, e.Found, e.Cluster, e.Cluster)
}

func mismatch(major int, found []binaries) error {
	var names []string
	for _, b := range found {
		names = append(names, fmt.Sprintf("%s (%s)", b.version, b.dir))
	}
	return &VersionError{Cluster: major, Found: strings.Join(names, ", ")}
}
