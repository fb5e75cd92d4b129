package main

import (
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/sql/seeds"
)

func newOutletsCommand(app *app) *cobra.Command {
	return newGroup(
		&cobra.Command{
			Use:   "outlets",
			Short: "The registry of outlets that are read, and what is wrong with them",
			Long: `Reads the registry of outlets, one YAML file a country, and tends the alerts that
collects raise when an outlet falls ill.`,
		},
		newOutletsLintCommand(app),
		newOutletsListCommand(app),
		newOutletsCheckCommand(app),
		newOutletsAlertsCommand(app), newOutletsAcceptCommand(app), newOutletsDismissCommand(app),
	)
}

func newOutletsLintCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "lint [DIR]",
		Short: "Check the outlet files",
		Long: `Checks the outlet files of a folder, by default those of crawl.outlets_dir or
else the built-in ones, and prints every problem as file:line: message (remedy).
Exits with 2 if there is one. Advice is no problem: the outlets can be read, but
a panel of them would count a voice twice, or one that is none.`,
		Example:     "overheard outlets lint crawlers/outlets",
		Args:        cobra.MaximumNArgs(1),
		Annotations: map[string]string{noteSettings: "crawl.outlets_dir", noteNoDatabase: ""},
		RunE: func(_ *cobra.Command, args []string) error {
			dir := app.config.Crawl.OutletsDir
			if len(args) == 1 {
				dir = args[0]
			}
			if dir == "" {
				list, problems := outlets.Lint(outlets.Files())
				return app.reportLint("outlets", len(list), problems)
			}
			if err := checkFolder(dir); err != nil {
				return err
			}
			list, problems := outlets.Lint(os.DirFS(dir))
			return app.reportLint("outlets", len(list), problemsUnder(dir, problems))
		},
	}
}

// problemsUnder makes file names whole again: a linter sees its folder only.
func problemsUnder(dir string, problems []seeds.Problem) []seeds.Problem {
	out := make([]seeds.Problem, len(problems))
	for i, p := range problems {
		p.File = filepath.Join(dir, p.File)
		out[i] = p
	}
	return out
}

// outletEntry is an outlet as outlets list --json prints it.
type outletEntry struct {
	OutletID    string         `json:"outlet_id"`
	Name        string         `json:"name"`
	PublisherID string         `json:"publisher_id"`
	Country     string         `json:"country"`
	Language    string         `json:"language"`
	Tier        int            `json:"tier"`
	TimeZone    string         `json:"time_zone"`
	Reach       string         `json:"reach"`
	IsInPanel   bool           `json:"is_in_panel"`
	HomeURL     string         `json:"home_url"`
	Channels    []channelEntry `json:"channels"`
}

type channelEntry struct {
	Kind string `json:"kind"`
	URL  string `json:"url"`
}

func newOutletsListCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:         "list",
		Short:       "Print the outlets",
		Long:        "Prints the outlets of crawl.outlets_dir, or else the built-in ones.",
		Example:     "overheard outlets list --json",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteSettings: "crawl.outlets_dir", noteNoDatabase: ""},
		RunE: func(*cobra.Command, []string) error {
			list, err := app.outlets()
			if err != nil {
				return err
			}
			if app.isJSON {
				entries := []outletEntry{}
				for _, o := range list {
					entries = append(entries, newOutletEntry(o))
				}
				return app.printJSON(entries)
			}
			var rows [][]string
			for _, o := range list {
				rows = append(rows, []string{o.ID, o.Name, o.Publisher, o.Country, o.Language, strconv.Itoa(o.Tier), o.Reach, o.TimeZone, strconv.Itoa(len(o.Channels))})
			}
			writeColumns(app.stdout, []string{"ID", "NAME", "PUBLISHER", "COUNTRY", "LANGUAGE", "TIER", "REACH", "ZONE", "CHANNELS"}, rows)
			return nil
		},
	}
}

func newOutletEntry(o outlets.Outlet) outletEntry {
	entry := outletEntry{
		OutletID: o.ID, Name: o.Name, PublisherID: o.Publisher, Country: o.Country,
		Language: o.Language, Tier: o.Tier, TimeZone: o.TimeZone, Reach: o.Reach, IsInPanel: o.IsInPanel(),
		HomeURL: o.HomeURL, Channels: []channelEntry{},
	}
	for _, c := range o.Channels {
		entry.Channels = append(entry.Channels, channelEntry{Kind: c.Kind, URL: c.URL})
	}
	return entry
}

// outlets is the registry in force: a folder of the user's, or the built-in one.
func (a *app) outlets() ([]outlets.Outlet, error) {
	var list []outlets.Outlet
	var err error
	if dir := a.config.Crawl.OutletsDir; dir != "" {
		list, err = outlets.Load(dir)
	} else {
		list, err = outlets.BuiltIn()
	}
	if err != nil {
		return nil, badUsage(err)
	}
	return list, nil
}
