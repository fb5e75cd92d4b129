package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionInfo is which program this is, as the Go tool stamped it.
type versionInfo struct {
	Version    string `json:"version"`
	Revision   string `json:"revision"`
	IsModified bool   `json:"is_modified"`
	Go         string `json:"go"`
	Platform   string `json:"platform"`
}

func buildVersion() versionInfo {
	info := versionInfo{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return info
	}
	if build.Main.Version != "" && build.Main.Version != "(devel)" {
		info.Version = build.Main.Version
	}
	for _, entry := range build.Settings {
		switch entry.Key {
		case "vcs.revision":
			info.Revision = entry.Value
		case "vcs.modified":
			info.IsModified = entry.Value == "true"
		}
	}
	return info
}

func newVersionCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:         "version",
		Short:       "Print which version this is",
		Long:        "Prints the version of the program, the revision it was built from, and the Go\nrelease that built it.",
		Example:     "overheard version --json",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteNoConfig: "", noteExits: "0 2"},
		RunE: func(*cobra.Command, []string) error {
			info := buildVersion()
			if app.isJSON {
				return app.printJSON(info)
			}
			line := "overheard " + info.Version
			if info.Revision != "" {
				line += " (" + info.Revision
				if info.IsModified {
					line += ", modified"
				}
				line += ")"
			}
			fmt.Fprintf(app.stdout, "%s %s %s\n", line, info.Go, info.Platform)
			return nil
		},
	}
}
