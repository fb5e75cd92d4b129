# `make` alone prints what there is to make.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GO ?= go
ARGS ?=
# Packages under test, and flags for go test: make test PKG=./jobs/... TESTFLAGS=-v
PKG ?= ./...
# The race detector is linked by a C compiler, which a fresh machine lacks.
RACE := $(if $(shell command -v gcc || command -v cc),-race)
# Tests that take minutes under it (warehousetest.SkipLong) run without, by their names.
LONG := 'Corpus|Recorded|Labelled|WhatHappens|NightsOfAPress|Phrases|GoesOn'
LONGS := ./crawlers/discover ./jobs/collect ./jobs/importing ./jobs/watch
# So do the program as a whole, whose packages have it, and the judgements and models,
# which one goroutine runs, but for BESIDES, which run beside themselves.
PLAIN = ./cmd/overheard $(shell $(GO) list ./transform/... 2>/dev/null | grep -v /index$$)
BESIDES := 'ServeDrains|Rebuild|Reads|AnyOrder|AtOnce|Extraction'
# Many of their tests wait for other processes: one package more than processors.
ABREAST := $(shell echo $$(($$(nproc) + 1)))
TESTFLAGS ?=
GOLANGCI_VERSION := v2.15.0
GOLANGCI := .cache/golangci-lint-$(GOLANGCI_VERSION)

.PHONY: help
help: ## Print this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: postgres ## Crawl a synthetic press and show its ranking; ARGS=--once ends by itself
	$(GO) run ./cmd/overheard demo $(ARGS)

.PHONY: test
test: postgres ## Run every test, on a Postgres of its own; with the race detector where there is a C compiler
	@$(if $(RACE),:,echo "no C compiler here: the tests run without the race detector")
ifeq ($(RACE)$(PKG),-race./...)
	$(GO) test -timeout 15m $(TESTFLAGS) $(PLAIN)
	$(GO) test -run $(LONG) $(TESTFLAGS) $(LONGS)
	$(GO) test -race -run $(BESIDES) $(TESTFLAGS) $(PLAIN)
	$(GO) test -race -p $(ABREAST) -timeout 15m $(TESTFLAGS) $$($(GO) list ./... | grep -vxF "$$($(GO) list $(PLAIN))")
else
	$(GO) test $(RACE) -timeout 15m $(TESTFLAGS) $(PKG)
endif

.PHONY: check
check: postgres format vet lint schema-check ## Everything CI runs besides the tests

.PHONY: build
build: ## Build bin/overheard
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/overheard ./cmd/overheard

.PHONY: schema
schema: postgres ## Write sql/SCHEMA.md from the migrations and sql/LINEAGE.md from the models
	$(GO) run ./cmd/overheard db schema --output sql/SCHEMA.md
	$(GO) run ./cmd/overheard db schema --lineage --output sql/LINEAGE.md

comma := ,
space := $(subst ,, )
# The sets of the repository, and those of OVERHEARD_SHARED where it names them.
GOLD := $(foreach stage,matching tone dimensions stories,$(foreach split,dev test,$(stage):overheard:$(split)=$(subst $(space),$(comma),$(wildcard transform/testdata/$(stage)/$(split)*.jsonl))))
TONES := $(if $(OVERHEARD_SHARED),tone:newsmtsc-rw:dev=$(OVERHEARD_SHARED)/labelled/tone/newsmtsc_dev_rw.jsonl tone:newsmtsc-mt:dev=$(OVERHEARD_SHARED)/labelled/tone/newsmtsc_dev_mt.jsonl)

.PHONY: quality
quality: ## Measure every judgement on its labelled sets; writes sql/seeds/quality.csv
	$(GO) run ./cmd/overheard eval quality --output sql/seeds/quality.csv $(GOLD) $(TONES)

.PHONY: readers
readers: postgres ## Install SQLAlchemy, ODBC and JDBC, and meet the result tables through each
	@.ci/readers
	READERS=required $(GO) test ./cmd/overheard -count=1 -run 'ResultTablesInBITools' -v $(TESTFLAGS)

.PHONY: golden
golden: ## Write the help goldens anew
	$(GO) test ./cmd/overheard -run TestHelp -update

.PHONY: clean
clean: ## Remove what make has built
	rm -rf bin .cache

# The parts of check, and what the targets above need.

.PHONY: format
format:
	@files="$$(gofmt -l cmd jobs crawlers transform sql)"; \
	if [ -n "$$files" ]; then echo "not formatted (run gofmt -w):"; echo "$$files"; exit 1; fi

.PHONY: vet
vet:
	$(GO) vet ./...

.PHONY: lint
lint: $(GOLANGCI)
	$(GOLANGCI) run

# Compiled from source once, about two minutes of one core, and kept.
$(GOLANGCI):
	@mkdir -p .cache/bin
	GOBIN="$(CURDIR)/.cache/bin" $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv .cache/bin/golangci-lint $@

.PHONY: schema-check
schema-check:
	$(GO) run ./cmd/overheard db schema --check sql/SCHEMA.md
	$(GO) run ./cmd/overheard db schema --lineage --check sql/LINEAGE.md

.PHONY: postgres
postgres:
	@.ci/postgres "$(firstword $(MAKECMDGOALS))"
