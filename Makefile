# SPDX-License-Identifier: Apache-2.0
# The list of habits; each target is one command that works on its own.

.PHONY: build test check format docs bench try clean

build:            ## the release binary, .build/release/slipway
	scripts/requirements build
	swift build -c release --product slipway $(SWIFT_FLAGS)

test:             ## everything that CI runs
	scripts/test

check:            ## formatting and generated documents, no tests
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	scripts/docs --check

format:           ## rewrites the sources in the project's format
	swift format --in-place --recursive --parallel Package.swift Sources Tests

docs:             ## writes the generated references under docs/
	scripts/docs

bench:            ## measures Slipway and its peers in one run
	Benchmarks/run

try:              ## builds Slipway and runs an example: make try EXAMPLE=pm
	scripts/try $(EXAMPLE)

clean:
	swift package clean
