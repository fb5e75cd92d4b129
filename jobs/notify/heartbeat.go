package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// pingTries is how often a ping is tried, and pingPause what lies between.
const (
	pingTries = 3
	pingPause = 2 * time.Second
)

// Heartbeat pings an address after each night that passed, so that a watchdog
// elsewhere notices when none does, for whatever reason. A nil one does nothing.
type Heartbeat struct {
	lg      *slog.Logger
	url     string
	client  *http.Client
	pause   time.Duration
	secrets secrets
}

// NewHeartbeat returns the heartbeat of an address; nil if address is empty.
func NewHeartbeat(lg *slog.Logger, address string) (*Heartbeat, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // none is wanted, and nil does nothing
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("the address of the heartbeat is no http or https URL")
	}
	return &Heartbeat{lg: lg, url: address, client: newClient(nil), pause: pingPause, secrets: secretsOf(address)}, nil
}

// Ping says that a night was published. It tries a few times; that nobody hears it
// is no fault of the night, so the error is for the log.
func (h *Heartbeat) Ping(ctx context.Context, night time.Time) error {
	if h == nil {
		return nil
	}
	var err error
	for try := range pingTries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return fmt.Errorf("ping the heartbeat: %w", context.Cause(ctx))
			case <-time.After(h.pause << (try - 1)):
			}
		}
		var request *http.Request
		if request, err = http.NewRequestWithContext(ctx, http.MethodGet, h.url, nil); err != nil {
			return errors.New("ping the heartbeat: its address is no URL")
		}
		request.Header.Set("User-Agent", "overheard")
		if err = exchange(h.client, request); err == nil {
			h.lg.Info("the heartbeat was heard", "night", night.Format(time.DateOnly))
			return nil
		}
	}
	err = fmt.Errorf("ping the heartbeat, %d times: %s", pingTries, h.secrets.hide(err.Error()))
	h.lg.Error("the heartbeat was not heard", "night", night.Format(time.DateOnly), "error", err)
	return err
}
