package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
)

func newDBPsqlCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "psql [-- PSQL-ARGUMENT...]",
		Short: "Open psql on the database",
		Long: `Opens psql on the database, starting the private Postgres if it is not running
and stopping it afterwards. Arguments after -- go to psql.`,
		Example: "overheard db psql -- -c 'select * from marts.company_rankings_latest'",
		RunE: func(cmd *cobra.Command, args []string) error {
			program, err := findProgram(app.config.PGBinDir, "psql")
			if err != nil {
				return err
			}
			address, stop, err := app.databaseURL(cmd.Context())
			if err != nil {
				return err
			}
			defer stop()
			return app.runPsql(program, address, args)
		},
	}
}

// runPsql hands the terminal to psql. Ctrl-C is psql's own (it cancels a query),
// so the context does not end it and the signal is kept from ending us.
func (a *app) runPsql(program, address string, args []string) error {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	address, password := splitPassword(address)
	psql := exec.Command(program, append([]string{"--dbname", address}, args...)...)
	psql.Stdin, psql.Stdout, psql.Stderr = a.stdin, a.stdout, a.stderr
	if file, ok := a.stderr.target.(*os.File); ok {
		psql.Stderr = file
	}
	for name, value := range a.env {
		psql.Env = append(psql.Env, name+"="+value)
	}
	slices.Sort(psql.Env)
	if password != "" {
		psql.Env = append(psql.Env, "PGPASSWORD="+password)
	}
	var exit *exec.ExitError
	if err := psql.Run(); errors.As(err, &exit) {
		return silently(exitFailed) // psql has said why
	} else if err != nil {
		return fmt.Errorf("run %s: %w", program, err)
	}
	return nil
}

// splitPassword takes the password out of an address: arguments of a process
// can be read by everyone on the machine.
func splitPassword(address string) (bare, password string) {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address, ""
	}
	password, has := u.User.Password()
	if !has {
		return address, ""
	}
	u.User = url.User(u.User.Username())
	return u.String(), password
}

// findProgram looks for a Postgres client program: the configured folder, then
// PATH, then where Debian keeps them, newest first.
func findProgram(binDir, name string) (string, error) {
	if binDir != "" {
		return exec.LookPath(filepath.Join(binDir, name))
	}
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	found, err := filepath.Glob(filepath.Join("/usr/lib/postgresql/*/bin", name))
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("%s was found neither in PATH nor in /usr/lib/postgresql (install the package postgresql-client)", name)
	}
	return slices.Max(found), nil
}
