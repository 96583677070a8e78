# One command for each job, each of which prepares what it needs:
#
#   make run      start the bot; without a token,   make lint     format check, ruff, mypy, layer rule
#                 a playground to try it in         make format   put the code into the house format
#   make test     every check, then every test      make clean    remove what these made
#   make bench    measure                           make transcript   write the README's transcript anew
#   make load     200,000 messages over a socket    make crash    kill it hundreds of times (CRASHES=200)
#   make sync     roles of 5,000 members, with kills, at 100 times Discord's pace (SYNC_SPEED=1: 90 minutes)
#
# PYTHON=/path/to/python3.12 picks the interpreter, VENV=elsewhere the place of the virtual environment.

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help run test lint format bench load transcript crash sync clean

help:
	@sed -n 's/^#   //p' Makefile

run: $(VENV)/.ready-to-run
	@$(BIN)/python bot.py

test: lint
	$(BIN)/python -m pytest --numprocesses=auto --cov --cov-report=term
	$(BIN)/python -m coverage report --include='leveling_core/*' --fail-under=95

lint: $(VENV)/.ready-to-develop
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy --strict .
	$(BIN)/lint-imports --no-cache --no-logo

format: $(VENV)/.ready-to-develop
	$(BIN)/python -m ruff check --fix-only .
	$(BIN)/python -m ruff format .

bench: $(VENV)/.ready-to-develop
	$(BIN)/python -m benchmarks

load: $(VENV)/.ready-to-develop
	$(BIN)/python -m playground.load

# How often per backend a process is killed, and the power cut.
CRASHES ?= 200

crash: $(VENV)/.ready-to-develop
	CRASHES=$(CRASHES) $(BIN)/python -m pytest --no-cov --timeout=0 tests/faults/test_crash.py tests/faults/test_power_cut.py

SYNC_MEMBERS ?= 5000
SYNC_KILLS ?= 3
SYNC_SPEED ?= 100

sync: $(VENV)/.ready-to-develop
	SYNC_MEMBERS=$(SYNC_MEMBERS) SYNC_KILLS=$(SYNC_KILLS) SYNC_SPEED=$(SYNC_SPEED) \
		$(BIN)/python -m pytest --no-cov -s --timeout=0 tests/e2e/test_rewards_sync_killed.py

transcript: $(VENV)/.ready-to-develop
	$(BIN)/python -m playground.terminal.transcript

clean:
	rm -rf $(VENV) build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(VENV)/.ready-to-run: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[playground]'
	@touch $@

$(VENV)/.ready-to-develop: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[dev,playground]'
	@touch $@

# The interpreter is asked, not its name: a name may stand for an older Python or for none (pyenv's shims).
$(BIN)/python:
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			echo "Making $(VENV) with $$("$$python" --version)"; \
			"$$python" -m venv --clear $(VENV) && exit 0; \
			rm -rf $(VENV); \
			echo "The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv" >&2; \
			exit 1; \
		fi; \
	done; \
	echo "Laurel needs Python 3.11 or newer; $(if $(PYTHON),$(PYTHON) is older or not there,none was found). Name one: make PYTHON=/path/to/python3.12" >&2; \
	exit 1
