package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// setHelp gives every command the same page: what it does, usage, commands,
// flags, environment, exit codes, an example. Errors do not print it.
func setHelp(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		writeHelp(cmd.OutOrStdout(), cmd)
	})
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		writeHelp(cmd.OutOrStderr(), cmd)
		return nil
	})
}

// newHelpCommand is cobra's help, but a page that does not exist is a fault.
func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use:         "help [COMMAND...]",
		Short:       "Print the help of a command",
		Annotations: map[string]string{noteNoConfig: ""},
		RunE: func(cmd *cobra.Command, args []string) error {
			target, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return badUsage(fmt.Errorf("there is no help on %q", strings.Join(args, " ")))
			}
			return target.Help()
		},
	}
}

func writeHelp(w io.Writer, cmd *cobra.Command) {
	page := &strings.Builder{}
	text := strings.TrimSpace(cmd.Long)
	if text == "" {
		text = strings.TrimSuffix(cmd.Short, ".") + "."
	}
	fmt.Fprintln(page, text)
	if isTopic(cmd) {
		io.WriteString(w, page.String())
		return
	}
	fmt.Fprintf(page, "\nUsage:\n")
	if isGroup(cmd) {
		fmt.Fprintf(page, "  %s [flags] COMMAND\n", cmd.CommandPath())
	} else {
		fmt.Fprintf(page, "  %s\n", cmd.UseLine())
	}
	writeCommands(page, cmd)
	writeFlags(page, "Flags", ownFlags(cmd))
	writeFlags(page, "Global flags", cmd.Root().PersistentFlags())
	writeEnvironment(page, cmd)
	writeExits(page, cmd)
	if cmd.Example != "" {
		fmt.Fprintf(page, "\nExample:\n%s\n", indent(cmd.Example))
	}
	io.WriteString(w, page.String())
}

func isGroup(cmd *cobra.Command) bool {
	return slices.ContainsFunc(cmd.Commands(), func(child *cobra.Command) bool { return !child.Hidden })
}

// isTopic tells a page of help that is no command.
func isTopic(cmd *cobra.Command) bool { return !cmd.Runnable() && !cmd.HasSubCommands() }

func indent(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		lines[i] = "  " + strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}

func writeCommands(w io.Writer, cmd *cobra.Command) {
	var commands, topics [][]string
	for _, child := range cmd.Commands() {
		switch {
		case child.Hidden || child.Name() == "completion":
		case isTopic(child):
			topics = append(topics, []string{"  help " + child.Name(), child.Short})
		default:
			commands = append(commands, []string{"  " + child.Name(), child.Short})
		}
	}
	if len(commands) > 0 {
		fmt.Fprintf(w, "\nCommands:\n")
		writeColumns(w, nil, commands)
	}
	if len(topics) > 0 {
		fmt.Fprintf(w, "\nMore help:\n")
		writeColumns(w, nil, topics)
	}
}

func ownFlags(cmd *cobra.Command) *pflag.FlagSet {
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	if cmd.HasParent() {
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			if flag.Name != "help" && cmd.Root().PersistentFlags().Lookup(flag.Name) == nil {
				own.AddFlag(flag)
			}
		})
	}
	return own
}

func writeFlags(w io.Writer, title string, flags *pflag.FlagSet) {
	var rows [][]string
	flags.VisitAll(func(flag *pflag.Flag) {
		if flag.Hidden {
			return
		}
		word, usage := pflag.UnquoteUsage(flag)
		usage = strings.TrimSuffix(usage, " ("+word+")")
		name := "  --" + flag.Name
		if word != "" {
			name += " " + word
		}
		if flag.Shorthand != "" {
			name = strings.Replace(name, "--", "-"+flag.Shorthand+", --", 1)
		}
		if flag.DefValue != "" && flag.DefValue != "false" && flag.DefValue != "0" && flag.DefValue != "[]" {
			usage += " (default " + flag.DefValue + ")"
		}
		rows = append(rows, []string{name, usage})
	})
	if len(rows) > 0 {
		fmt.Fprintf(w, "\n%s:\n", title)
		writeColumns(w, nil, rows)
	}
}

// writeEnvironment lists the variables of the settings a command heeds.
func writeEnvironment(w io.Writer, cmd *cobra.Command) {
	rows := [][]string{{"  OVERHEARD_CONFIG", "file of settings"}}
	heeded := append(strings.Fields(cmd.Annotations[noteSettings]), "log_level")
	if _, found := cmd.Annotations[noteNoDatabase]; !found {
		heeded = append(heeded, "data_dir", "database_url", "pg_bindir")
	}
	if _, found := cmd.Annotations[noteNoConfig]; found {
		heeded = nil
	}
	for _, s := range settings() {
		isHeeded := slices.ContainsFunc(heeded, func(key string) bool {
			return s.key == key || strings.HasPrefix(s.key, strings.TrimSuffix(key, ".")+".")
		})
		if isHeeded || !cmd.HasParent() && !strings.Contains(s.key, ".") {
			names := strings.Join(append([]string{s.variable()}, s.also...), ", ")
			rows = append(rows, []string{"  " + names, s.usage})
		}
	}
	if heeded == nil && cmd.HasParent() {
		return
	}
	rows = append(rows, []string{"  NO_COLOR", "any value: no colour"})
	fmt.Fprintf(w, "\nEnvironment (all settings: overheard help settings):\n")
	writeColumns(w, nil, rows)
}

func writeExits(w io.Writer, cmd *cobra.Command) {
	meanings := map[string]string{
		"0": "done",
		"1": "failed, or done with counted failures; the output says which",
		"2": "bad usage or configuration",
		"3": "refused by a check or the publish gate",
	}
	codes := strings.Fields(cmd.Annotations[noteExits])
	if len(codes) == 0 {
		codes = []string{"0", "1", "2"}
	}
	fmt.Fprintf(w, "\nExit codes:\n")
	for _, code := range codes {
		fmt.Fprintf(w, "  %s  %s\n", code, meanings[code])
	}
}

// newSettingsTopic is the page of every setting, made from the table.
func newSettingsTopic() *cobra.Command {
	page := &strings.Builder{}
	fmt.Fprint(page, `Every setting, with its unit and default.

A setting comes from, strongest first: its flag; its variable, which is the key
in capitals with OVERHEARD_ before it and _ for each dot (crawl.proxy_url is
OVERHEARD_CRAWL_PROXY_URL); the YAML file of --config or OVERHEARD_CONFIG; the
default. DATABASE_URL and PG_BINDIR are read like variables of our own.
HTTP_PROXY holds only where neither a variable of our own nor the file names a
proxy. An empty variable counts as not set.

`)
	// The data folder's default depends on the user; help must not.
	defaults := defaultConfig(environment{}, -1)
	defaults.DataDir = "$XDG_DATA_HOME/overheard, or ~/.local/share/overheard; as root /var/lib/overheard"
	section := ""
	for _, s := range settings() {
		head, name, isNested := strings.Cut(s.key, ".")
		indentation := ""
		if isNested {
			indentation = "  "
			if head != section {
				fmt.Fprintf(page, "%s:\n", head)
			}
			section = head
		} else {
			name = head
		}
		fmt.Fprintf(page, "%s%s: %s\n", indentation, name, yamlDefault(s, &defaults))
		fmt.Fprintf(page, "%s    # %s (%s)", indentation, s.usage, s.unit)
		if s.flag != "" {
			fmt.Fprintf(page, "; flag --%s", s.flag)
		}
		if len(s.also) > 0 {
			fmt.Fprintf(page, "; also %s", strings.Join(s.also, ", "))
		}
		fmt.Fprintln(page)
	}
	return &cobra.Command{
		Use:         "settings",
		Short:       "Every setting: key, unit, default, flag, variable",
		Long:        page.String(),
		Annotations: map[string]string{noteNoConfig: ""},
	}
}

// yamlDefault writes a default so that the page can be copied into a file.
func yamlDefault(s setting, defaults *Config) string {
	text := s.text(defaults)
	if _, isText := s.field(defaults).(*string); isText && (text == "" || strings.ContainsAny(text, "*:;~$")) {
		return `"` + text + `"`
	}
	return text
}
