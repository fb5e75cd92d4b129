// Command overheard ranks companies by how the overseas press talks about them.
//
// A tour of this folder: main.go wires and exits; config.go is the one Config
// and settings.go the table of its fields, from which flags, variables, the
// file's keys and the help are made; load.go reads the sources in their order
// and validate.go judges the result, all faults at once. command.go holds the
// command table, one file a command beside it; help.go prints the help. app.go
// carries what commands share: the streams, the logger, the database opened on
// demand. progress.go shows long work, table.go prints columns, exit.go says
// what the exit codes mean. console/ holds the web pages. imports_test.go keeps
// the one-way rule of the whole house.
//
// To add a command: write newXCommand(app *app) *cobra.Command in x.go, name it
// in command.go, run go test ./cmd/overheard -update for its help golden.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	// The report and schedule time zones must not depend on the machine.
	_ "time/tzdata"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// run is the program: a test can be the user. The first interrupt cancels the
// context, so that work ends in order; the second meets the default action and
// ends the process at once.
func run(ctx context.Context, args, env []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()

	app := newApp(env, stdin, stdout, stderr)
	defer func() {
		// A panic would exit with 2, which means bad usage.
		if fault := recover(); fault != nil {
			fmt.Fprintf(app.stderr, "overheard: panic: %v\n%s", fault, debug.Stack())
			code = exitFailed
		}
	}()
	told, notices := make(chan struct{}), app.log
	release := context.AfterFunc(ctx, func() {
		defer close(told)
		stop()
		notices.Info("stopping; a second interrupt exits at once")
	})
	defer func() {
		if !release() {
			<-told
		}
	}()

	root := newRootCommand(app)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	code = exitCode(err, app.isStarted)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = errors.New("stopped by an interrupt")
	}
	if !isSilent(err) {
		fmt.Fprintf(app.stderr, "overheard: %v\n", err)
	}
	if code == exitUsage && !app.isStarted && !isConfigError(err) {
		fmt.Fprintln(app.stderr, "overheard: see overheard help")
	}
	return code
}
