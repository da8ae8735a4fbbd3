# What one types here: make help
.PHONY: help run demo test lint fuzz bench pictures soak

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## serve demo:App and watch it
	go run .

demo: ## the server as it is after one step: make demo N=02
	go run ./steps/$(N)_*/demo

test: ## all tests
	go test ./...

lint: ## gofmt, vet, staticcheck, and dropped errors in applications
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	go run github.com/kisielk/errcheck@v1.30.0 -blank -ignoretests $$(go list ./apps/... | grep -v /python) # a bridge lets go of processes

SOAK = 10m

soak: ## serve good and bad clients for ten minutes: make soak SOAK=60s
	go test ./internal/soak -count=1 -timeout 0 -soak $(SOAK) -v

FUZZTIME = 2m

# To make a find small may take no longer than to look for others.
fuzz: ## every fuzz target, one after another: make fuzz FUZZTIME=2m
	@packages=$$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | sort -u); \
	listed=$$(go test -list '^Fuzz' $$packages) || { echo "$$listed"; exit 1; }; \
	echo "$$listed" | awk '/^Fuzz/ { names[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, names[i]; n = 0 }' | \
	while read -r package name; do \
		echo "== $$package $$name"; \
		go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package </dev/null || exit 1; \
	done

BENCH =

bench: ## benchmarks of each step, then the server beside others: make bench BENCH=-short
	go test -run '^$$' -bench . -benchmem ./...
	cd internal/bench && go run . $(BENCH)

pictures: ## draw the pictures of the live screen in docs/pictures again
	go test ./docs -run Pictures -update
