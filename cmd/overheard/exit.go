package main

import "errors"

// The exit codes are a contract: cron jobs and runbooks branch on them.
const (
	exitDone    = 0 // all done
	exitFailed  = 1 // failed, or done with counted failures
	exitUsage   = 2 // bad usage or configuration; nothing was started
	exitRefused = 3 // refused by a check or by the publish gate
)

// exitError is an error that knows its exit code. An error without one that
// comes out of a running command exits with 1, and with 2 before it ran.
type exitError struct {
	code     int
	err      error
	isSilent bool // the output has already said it
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// withFailures marks work that was done but for counted failures.
func withFailures(err error) error { return &exitError{code: exitFailed, err: err} }

// badUsage marks a fault in what the user asked or configured.
func badUsage(err error) error { return &exitError{code: exitUsage, err: err} }

// refused marks a refusal by a check or the publish gate.
func refused(err error) error { return &exitError{code: exitRefused, err: err} }

// silently exits with a code after the output has already said why.
func silently(code int) error {
	return &exitError{code: code, err: errors.New("see above"), isSilent: true}
}

// exitCode tells what err means to the caller of the program. Whatever goes
// wrong before a command starts (a flag, an argument, a setting) is usage.
func exitCode(err error, isStarted bool) int {
	var coded *exitError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &coded):
		return coded.code
	case isStarted:
		return exitFailed
	default:
		return exitUsage
	}
}

func isSilent(err error) bool {
	var coded *exitError
	return errors.As(err, &coded) && coded.isSilent
}

func isConfigError(err error) bool {
	var faults configError
	return errors.As(err, &faults)
}
