package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestHelp holds every page of help against its golden, and every command
// against the parts a page must have.
func TestHelp(t *testing.T) {
	t.Parallel()
	root := newRootCommand(newApp(nil, strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}))
	var names []string
	walk(root, func(cmd *cobra.Command) {
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "_") + ".txt"
		names = append(names, name)
		t.Run(cmd.CommandPath(), func(t *testing.T) {
			var page bytes.Buffer
			writeHelp(&page, cmd)
			inspect(t, cmd, page.String())
			compareGolden(t, filepath.Join("testdata", "help", name), page.String())
		})
	})
	files, err := filepath.Glob("testdata/help/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if slices.Contains(names, filepath.Base(file)) {
			continue
		}
		if *update {
			os.Remove(file)
		} else {
			t.Errorf("%s is the help of no command", file)
		}
	}
}

func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	if cmd.Name() == "help" || cmd.Name() == "completion" {
		return
	}
	visit(cmd)
	for _, child := range cmd.Commands() {
		walk(child, visit)
	}
}

// inspect asks of a page what the goldens cannot: that nothing is missing.
func inspect(t *testing.T, cmd *cobra.Command, page string) {
	t.Helper()
	for _, line := range strings.Split(page, "\n") {
		if len(line) > 140 {
			t.Errorf("a line is %d long: %s", len(line), line)
		}
	}
	if isTopic(cmd) {
		return
	}
	if cmd.Long == "" || cmd.Short == "" {
		t.Error("does not say what it does")
	}
	for _, part := range []string{"Usage:", "Global flags:", "Exit codes:"} {
		if !strings.Contains(page, part) {
			t.Errorf("has no part %q", part)
		}
	}
	if !isGroup(cmd) && cmd.Example == "" {
		t.Error("has no example")
	}
	if !isGroup(cmd) && !strings.HasPrefix(cmd.Example, "overheard ") && !strings.Contains(cmd.Example, "(overheard ") {
		t.Errorf("the example %q cannot be pasted", cmd.Example)
	}
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make golden writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s(make golden writes it anew)", path, diff)
	}
}

// TestReadmeNamesNoUnknownCommand keeps the README's examples true: every
// "overheard x y" in a code block must be a command.
func TestReadmeNamesNoUnknownCommand(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	root := newRootCommand(newApp(nil, strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}))
	isCode := false
	for number, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			isCode = !isCode
			continue
		}
		words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "$ "))
		if !isCode || len(words) < 2 || filepath.Base(words[0]) != "overheard" {
			continue
		}
		cmd, rest, err := root.Find(words[1:])
		if err != nil {
			t.Errorf("README.md:%d: %q: %v", number+1, line, err)
			continue
		}
		if isGroup(cmd) && cmd.HasParent() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") && rest[0] != "#" {
			t.Errorf("README.md:%d: %q: %s has no command %q", number+1, line, cmd.CommandPath(), rest[0])
		}
	}
}
