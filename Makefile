# `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help install run train test check shell actions bench clean

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export PYTHONWARNINGS := ignore

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: $(STAMP) ## the environment from requirements.lock

$(STAMP): requirements.lock scripts/install
	@scripts/install $(VENV)
	@touch $@

run: $(STAMP) ## start Legwork; trains first when data or config changed
	@scripts/train $(PY)
	@exec $(PY) -m legwork run

train: $(STAMP) ## train when data or config changed
	@scripts/train $(PY)

test: $(STAMP) ## everything
	@scripts/train $(PY)
	@$(PY) -m pytest

check: $(STAMP) ## style, types and the tests that need no model, in under a minute
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(PY) -m pytest -m "not model and not browser and not postgres and not slow"

shell: $(STAMP) ## talk to it in the terminal
	@scripts/train $(PY)
	@$(PY) -m rasa_sdk --actions actions --port 5055 > /dev/null 2>&1 & server=$$!; \
	 trap "kill $$server" EXIT; $(VENV)/bin/rasa shell

actions: $(STAMP) ## a separate action server, as endpoints.yml names it
	@$(PY) -m rasa_sdk --actions actions --port 5055

bench: $(STAMP) ## measure: understanding, safety, speed, memory, growth, several processes
	@scripts/train $(PY)
	@mkdir -p build/bench
	@for each in understanding nlu safety when bookings webhooks deliveries widget serving growth; do \
	  echo "== $$each"; $(PY) bench/$$each.py || exit 1; done
	@scripts/with-services $(PY) bench/processes.py

clean: ## remove the environment, models and caches; var/ stays
	@rm -rf $(VENV) .uv models .rasa build results .pytest_cache .mypy_cache .ruff_cache .hypothesis
