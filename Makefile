# make test   installs what the tests need and holds the project to everything it is held to
# make lint   the part of it that runs nothing
# make fuzz   each fuzz target for longer; FUZZTIME=5m make fuzz
# make bench  the benchmarks

# In CI, and under make test, a missing redis-server or browser fails a test instead of skipping it.
export CI = true

# Executions rather than seconds: a deadline that falls between two of them fails go test without any input at fault.
FUZZTIME ?= 20000x
FUZZED = $(shell grep -rho --include='*_test.go' '^func Fuzz[A-Za-z]*' . | sed 's/func //')

.PHONY: test lint unit fuzz bench check tools

test: tools lint unit fuzz check

lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...

unit:
	go test -race ./...

# go test fuzzes one target at a time.
fuzz:
	@for target in $(FUZZED); do \
		package=$$(dirname $$(grep -rl --include='*_test.go' "^func $$target(" .)); \
		echo "fuzz $$package $$target"; \
		go test $$package -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x || exit 1; \
	done

bench:
	go test -run '^$$' -bench . -benchmem ./...

check:
	go run ./cmd/maillage check

# The race detector needs a C compiler, the tests a Redis and a browser; Debian has them all.
tools:
	@missing=; \
	command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="$$missing chromium"; \
	command -v gcc >/dev/null || missing="$$missing gcc libc6-dev"; \
	if [ -n "$$missing" ]; then \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		echo "installing$$missing"; \
		$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing; \
	fi
