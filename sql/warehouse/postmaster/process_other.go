//go:build !linux

package postmaster

import (
	"os/exec"
	"syscall"
)

// Only Linux can tie the server to the life of the program.
const supported = false

func childAttr(account, syscall.Signal) *syscall.SysProcAttr { return nil }
func combinedOutput(cmd *exec.Cmd) ([]byte, error)           { return cmd.CombinedOutput() }
func processesIn(string) []int                               { return nil }
func runsIn(int, string) bool                                { return false }
func alive(int) bool                                         { return false }
func childEnv() []string                                     { return nil }
