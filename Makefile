# Everything runs in the project's own environment, .venv; `make setup` builds it and is implied.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# By content and place, not by date: a fresh checkout of what is installed installs nothing.
BUILT_FROM := pyproject.toml packaging/system-libraries.txt packaging/prepare.py
STAMP := $(VENV)/overread-$(shell { pwd; cat $(BUILT_FROM); } | cksum | cut -d " " -f 1).stamp
CODE := viewer tests packaging

# Processes that tests start need not compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

# Processes that run the tests; the files of tests are dealt out to them.
WORKERS ?= 2

.PHONY: setup sdks rivals oracles run test cases check lint types bench soak clean

setup: $(STAMP)

$(STAMP):
	$(PYTHON) packaging/prepare.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "To install what is missing: sudo apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	touch $@

# The vendors' own libraries, each in an environment of its own: tests read our exports with them.
sdks: .venv-mdai/ready .venv-labelbox/ready .venv-redbrick/ready .venv-encord/ready

.venv-mdai/ready: SDK := "mdai>=0.16,<0.17" setuptools
.venv-labelbox/ready: SDK := "labelbox[data]==5.2.1" packaging
.venv-redbrick/ready: SDK := "redbrick-sdk>=2.35,<3" typeguard
.venv-encord/ready: SDK := "encord==0.1.211" numpy

.venv-%/ready:
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check $(SDK)
	touch $@

# Programs of the field that `make bench` measures against, in an environment of their own.
rivals: .venv-rivals/ready

.venv-rivals/ready: SDK := "napari==0.9.2" "PySide6-Essentials==6.11.3"

# What the vendors' libraries say of our re-exports, one line each; needs ../shared.
oracles: setup sdks
	$(BIN)/python -m tests.oracles

# make run ARGS="FOLDER EXPORT.json"; without ARGS the demo study.
run: setup
	$(BIN)/python -m viewer $(or $(ARGS),demo)

check: lint types

lint: setup
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/lint-imports --no-cache
	$(BIN)/vulture

types: setup
	$(BIN)/pyright --pythonpath $(BIN)/python

# Types are checked beside the tests: one takes one core for a minute, the others wait now and then.
test: lint
	$(MAKE) --jobs 2 types cases

cases: setup
	$(BIN)/python -m pytest -p no:cacheprovider -n $(WORKERS) --dist loadfile

bench: setup
	@for file in tests/benchmarks/bench_*.py; do \
		echo "$$file"; $(BIN)/python "$$file" || exit 1; \
	done

soak: setup
	OVERREAD_SOAK=1 $(BIN)/python -m pytest -p no:cacheprovider

clean:
	rm -rf .venv .venv-mdai .venv-labelbox .venv-redbrick .venv-encord .venv-rivals build dist *.egg-info .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
