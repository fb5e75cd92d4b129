package main

import "github.com/overheard-news/overheard/crawlers/fetch"

// fetchConfig is how this installation fetches.
func (a *app) fetchConfig() fetch.Config {
	c := a.config.Crawl
	return fetch.Config{
		UserAgent:            a.config.UserAgent(),
		ProxyURL:             c.ProxyURL,
		AllowPrivateNetworks: c.AllowPrivateNetworks,
		HostGap:              c.HostGap,
		MaxCrawlDelay:        c.MaxCrawlDelay,
		HostConcurrency:      c.HostConcurrency,
		HostDailyBudget:      c.HostDailyBudget,
		MaxInFlight:          c.MaxInFlight,
		RequestTimeout:       c.RequestTimeout,
		FetchTimeout:         c.FetchTimeout,
		MaxWireBytes:         c.MaxWireBytes,
		MaxBodyBytes:         c.MaxBodyBytes,
		MaxRedirects:         c.MaxRedirects,
		RobotsTTL:            c.RobotsTTL,
	}
}
