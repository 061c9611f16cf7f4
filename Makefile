# Two commands: `make run` serves Diklat on this machine, `make test` proves it. The rest is what they are made of.
.POSIX:
.SUFFIXES:
.PHONY: run test suite check style slow-checks bench texts services clean

PYTHON = python3
UV = .tools/bin/uv
UV_VERSION = 0.13.8
PY = .venv/bin/python

run: .venv/run.stamp node_modules/.stamp
	@exec $(PY) -m lms.deploy

# What takes long of the checks runs beside the suite, whose workers wait at first for the migrations.
test: services style
	@$(MAKE) --jobs 2 slow-checks suite

suite: services texts
	$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: style slow-checks

style: .venv/test.stamp
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	find . \( -name .venv -o -name node_modules -o -name .tools -o -name var \) -prune -o -path '*/templates/*.html' -print | xargs .venv/bin/djhtml --check

slow-checks: .venv/test.stamp
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run

bench: services texts
	$(PY) -m tests.benchmarks

texts: .venv/test.stamp node_modules/.stamp
	@$(PY) manage.py compile_texts

services:
	@sh tests/services/install.sh

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Diklat needs Python 3.11 or newer; choose one with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/run.stamp: uv.lock pyproject.toml | $(UV)
	$(UV) sync --quiet --frozen --compile-bytecode --inexact --no-dev --python $(PYTHON)
	@touch $@

.venv/test.stamp: uv.lock pyproject.toml | $(UV)
	$(UV) sync --quiet --frozen --compile-bytecode --python $(PYTHON)
	@touch $@ .venv/run.stamp

node_modules/.stamp: package-lock.json package.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf .tools .venv node_modules .mypy_cache .ruff_cache .pytest_cache
