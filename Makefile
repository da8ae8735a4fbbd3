# What one types here: make help
.PHONY: help run demo test lint bench pictures

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
	go run github.com/kisielk/errcheck@v1.30.0 -blank -ignoretests ./apps/...

bench: ## benchmarks, with allocations
	go test -run '^$$' -bench . -benchmem ./...

pictures: ## draw the pictures of the live screen in docs/pictures again
	go test ./docs -run Pictures -update
