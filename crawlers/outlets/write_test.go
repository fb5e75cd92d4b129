package outlets

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var anywhere = cmpopts.IgnoreFields(Outlet{}, "File", "Line")

func TestWriteThenLoadGivesTheSame(t *testing.T) {
	t.Parallel()
	outlet := func(id, name, country, language string) Outlet {
		return Outlet{ID: id, Name: name, Publisher: "p", Country: country, Language: language, Tier: 3, TimeZone: "America/Chicago", Reach: "global", HomeURL: "https://" + id + ".example/?a=b&c=%20",
			Channels: []Channel{{"feed", "https://" + id + ".example/rss?x=1&y=[2]"}, {"sitemap", "http://" + id + ".example:8080/s.xml"}}}
	}
	list := []Outlet{
		outlet("500px", "500", "ZZ", "und"),
		outlet("no", "No", "NO", "no"),
		outlet("true", "Null", "NO", "nn"),
		outlet("a", `The "A": #1 - 'best' \ of`, "GB", "en"),
		outlet("b", "- {x: [y]}", "GB", "zh-Hant"),
		outlet("c", "Жизнь & Die Zeit…", "GB", "ru"),
		outlet("d", "~", "GB", "en"),
		outlet("e", "12:30", "GB", "en"),
		outlet("f", "日本経済新聞", "GB", "ja"),
		outlet("g", "NaN.inf", "GB", "en"),
		outlet("h", "? key", "GB", "en"),
		outlet("i", "2024-01-01", "GB", "en"),
	}
	list[3].Expect = &Expect{Range{0, 20}}
	list[4].TimeZone, list[4].Reach = "Europe/London", "local" // what is not written, since it is what such outlets have
	dir := filepath.Join(t.TempDir(), "new", "folder")
	if err := Write(dir, list); err != nil {
		t.Fatal(err)
	}
	got, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	byID := cmpopts.SortSlices(func(a, b Outlet) bool { return a.ID < b.ID })
	if diff := cmp.Diff(list, got, anywhere, byID); diff != "" {
		t.Errorf("outlets (-written +read):\n%s", diff)
	}
	if want := filepath.Join(dir, "gb.yaml"); got[1].File != want || got[1].Line < 1 {
		t.Errorf("outlet %q stands in %s:%d, want %s", got[1].ID, got[1].File, got[1].Line, want)
	}
}

// The files of the built-in registry are as Write writes them, so that a program
// and a person can take turns at them.
func TestBuiltInIsAsWriteWritesIt(t *testing.T) {
	t.Parallel()
	list, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := Write(dir, list); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		want, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-Write +kept):\n%s", entry.Name(), diff)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "gb.yaml")
	if _, err := Load(filepath.Join(dir, "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
	if _, err := Load(dir); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty folder: %v", err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(sound, "tier: 1", "tier: 9", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file); err == nil || !strings.Contains(err.Error(), "is a file") {
		t.Errorf("file instead of folder: %v", err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), file+":6: tier \"9\" is not 1, 2 or 3") {
		t.Errorf("faulty file: %v", err)
	}
}

func TestWriteRefusesACountryThatNamesNoFile(t *testing.T) {
	t.Parallel()
	if err := Write(t.TempDir(), []Outlet{{ID: "a", Country: "../x"}}); err == nil {
		t.Error("country ../x was written")
	}
}
