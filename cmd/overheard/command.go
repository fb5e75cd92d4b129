package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// commands is the command table: the help is printed from it.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		newDemoCommand(a),
		newPressCommand(a),
		newNightlyCommand(a),
		newCollectCommand(a),
		newRecheckCommand(a),
		newImportCommand(a),
		newBuildCommand(a),
		newPublishCommand(a),
		newServeCommand(a),
		newPruneCommand(a),
		newRankingCommand(a),
		newWhyCommand(a),
		newTraceCommand(a),
		newExportCommand(a),
		newBackfillCommand(a),
		newRunsCommand(a),
		newOutletsCommand(a),
		newAlertsCommand(a),
		newCompaniesCommand(a),
		newEvalCommand(a),
		newTrainCommand(a),
		newDBCommand(a),
		newVersionCommand(a),
		newSettingsTopic(),
	}
}

// Annotations a command gives its help, see help.go.
const (
	noteSettings   = "settings"   // keys or prefixes of the settings it heeds, separated by spaces
	noteExits      = "exits"      // exit codes it can end with, default "0 1 2"
	noteNoConfig   = "noconfig"   // works without a configuration
	noteNoDatabase = "nodatabase" // does not use the configured database
)

func newRootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "overheard",
		Short: "Rankings of how the overseas press talks about companies",
		Long: `Overheard reads news outlets, finds the companies they write about, and
publishes a ranking of them every night, as Postgres tables any BI tool reads.

Without a database URL it runs a private Postgres under its data folder.`,
		Example:       "overheard demo --once",
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if _, found := cmd.Annotations[noteNoConfig]; found {
				return nil
			}
			return a.prepare(cmd)
		},
		Annotations: map[string]string{noteExits: "0 1 2 3"},
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return badUsage(err) })

	flags := root.PersistentFlags()
	flags.SortFlags = false
	flags.String("config", "", "`FILE` of settings in YAML (variable OVERHEARD_CONFIG)")
	for _, s := range settings() {
		switch s.flag {
		case "":
		case "log-level":
			flags.String(s.flag, "", s.flagUsage("LEVEL"))
		case "database-url":
			flags.String(s.flag, "", s.flagUsage("URL"))
		default:
			flags.String(s.flag, "", s.flagUsage("DIR"))
		}
	}
	flags.BoolVar(&a.isJSON, "json", false, "print one JSON value on stdout")

	root.AddCommand(a.commands()...)
	setHelp(root)
	root.SetHelpCommand(newHelpCommand())
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		a.mark(cmd)
	}
	return root
}

func (s setting) flagUsage(word string) string {
	return fmt.Sprintf("%s (`%s`)", s.usage, word)
}

// mark lets run tell a fault of usage from a failure: everything before a
// command's own code is usage, and cobra's errors have no type to tell.
func (a *app) mark(cmd *cobra.Command) {
	for _, child := range cmd.Commands() {
		a.mark(child)
	}
	if cmd.RunE == nil {
		return
	}
	inner := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		a.isStarted = true
		return inner(cmd, args)
	}
}

// newGroup is a command that only holds others. Cobra would answer a misspelt
// child with help and exit code 0.
func newGroup(cmd *cobra.Command, children ...*cobra.Command) *cobra.Command {
	cmd.Annotations = map[string]string{noteNoConfig: ""}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		message := fmt.Sprintf("unknown command %q for %q", args[0], cmd.CommandPath())
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			message += " (did you mean " + strings.Join(near, " or ") + "?)"
		}
		return badUsage(errors.New(message))
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.AddCommand(children...)
	return cmd
}
