package postmaster

import (
	"context"
	"fmt"
	"os"
)

// Stop ends the use of the server; call it once all connections are closed.
// A joiner only leaves. The owner waits until the other users are gone, then
// shuts the server down in order; when ctx ends before, it stops waiting,
// shuts down all the same and says so. Further calls return what the first
// did.
func (s *Server) Stop(ctx context.Context) error {
	s.stopOnce.Do(func() { s.stopErr = s.stop(ctx) })
	return s.stopErr
}

func (s *Server) stop(ctx context.Context) error {
	if !s.IsOwner() {
		_ = os.Remove(s.userFile.Name())
		return s.userFile.Close()
	}
	gate, waitErr := s.awaitUsers(ctx)
	if gate != nil {
		defer gate.Close()
	}
	err := s.process.stop()
	s.ownerFile.Close()
	if err != nil {
		return err
	}
	return waitErr
}

// awaitUsers returns with the start lock held and no other users, so that
// nobody can join a server that is about to end.
func (s *Server) awaitUsers(ctx context.Context) (gate *os.File, err error) {
	told := 0
	for {
		gate, err := lock(ctx, s.layout.startLock())
		if err != nil {
			return nil, fmt.Errorf("stop Postgres: %w; stopped it all the same", err)
		}
		pids, err := liveUsers(s.layout, true)
		if err != nil || len(pids) == 0 {
			return gate, err
		}
		gate.Close()
		if told != len(pids) {
			s.lg.Info("other programs still use this Postgres, waiting for them", "pids", pids)
			told = len(pids)
		}
		if pause(ctx, pollEvery) != nil {
			return nil, fmt.Errorf("stop Postgres: processes %v still used it; stopped it all the same: %w", pids, ctx.Err())
		}
	}
}
