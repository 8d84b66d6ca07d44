# Everything a newcomer needs: each target sets up its own environment first.
.DEFAULT_GOAL := help
.PHONY: help install brief serve test lint docs bench pack clean

COUNTRY ?= KOR
TECH ?= artificial-intelligence
PARTNER ?=
OUT ?= .
RAW ?= ../shared/data

PYTHON ?=
VENV := .venv
READY := $(VENV)/.ready

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  variables: COUNTRY=KOR TECH=artificial-intelligence PARTNER=CHE OUT=folder RAW=folder PYTHON=python3"

install: $(READY) ## set up .venv with locked versions

$(READY): requirements.lock pyproject.toml set_up.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh set_up.sh
	@touch $@

brief: $(READY) ## write the brief for COUNTRY and TECH as PDF and HTML into OUT
	@$(VENV)/bin/legation brief $(COUNTRY) $(TECH) $(if $(PARTNER),--partner $(PARTNER)) --out $(OUT)

serve: $(READY) ## show the answers in a browser
	@$(VENV)/bin/legation serve

test: $(READY) ## run the tests, and first install Java, Chromium and a Korean font where missing and possible
	@PYTHON="$(VENV)/bin/python" sh tests/set_up.sh
	@LEGATION_RAW="$${LEGATION_RAW:-$(RAW)}" $(VENV)/bin/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile

lint: $(READY) ## check style and types
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

docs: $(READY) ## write the method pages and NOTICE from the declarations
	@$(VENV)/bin/legation docs --out docs --notice NOTICE
	@$(VENV)/bin/python benchmarks/checks.py > docs/checks.md

bench: $(READY) ## measure speed and memory, and print the README's figures
	@$(VENV)/bin/python benchmarks/run.py --raw $(RAW)

pack: $(READY) ## rebuild the embedded pack from the raw files in RAW
	@$(VENV)/bin/legation build --raw $(RAW) --out src/legation/pack

clean: ## remove the environment and caches
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
