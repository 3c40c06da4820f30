# The commands for users, contributors and CI. `make` without a target lists them.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# NeMo Gym's parser needs other packages, so it has its own environment.
GYM_VENV ?= .venv-gym
# A checkout of NeMo RL, whose loader reads training recipes; tests/parity/recipes/README.md has the commit.
NEMO_RL ?= ../nemo-rl
# The revision that `make ecosystem` compares with.
BASE ?= main
# The lowest versions of our dependencies have no wheels for a newer Python.
LOWEST_PYTHON ?= python3.11
LOWEST_VENV ?= .venv-lowest
STEPS = MAKE='$(MAKE)' sh tests/tools/steps.sh
CORPUS = "$$($(BIN)/python -m tests.corpus path)"

# Without this, pyright looks for a newer version of itself; its version is pinned.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint types layers unit test-lowest test-schema test-editors test-terminals test-client test-vscode corpus parity parity-recipes record record-recipes bench soak fuzz docs docs-site ecosystem dist vsix vsix-lock dist-twice sbom release-check clean

help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.installed ## Check the sample workspace, and a config with two mistakes; needs only Python
	$(BIN)/gym-lsp --check environments responses_api_agents
	@$(BIN)/python -m tests.tools.demo

# All steps run, whatever fails; the last line lists the failed ones.
test: ## Run all checks except those in real editors
	@$(STEPS) lint types layers unit test-client

lint: $(VENV)/.installed-dev ## Check the style of the code, and the workflows
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/zizmor --offline --quiet --no-progress --collect=all .github action.yml .pre-commit-hooks.yaml

types: $(VENV)/.installed-dev ## Check the types
	$(BIN)/pyright --pythonpath $(BIN)/python

layers: $(VENV)/.installed-dev ## Check that modules import only from lower layers
	$(BIN)/lint-imports

unit: $(VENV)/.installed-dev corpus ## Run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

test-lowest: $(LOWEST_VENV)/.installed ## Test with the lowest allowed versions of the dependencies
	$(LOWEST_VENV)/bin/gym-lsp --check environments responses_api_agents
	$(LOWEST_VENV)/bin/python -m pytest -m "not slow and not corpus" \
		tests/test_imports.py tests/gym tests/syntax tests/mcp/test_client.py tests/server/test_features_page.py tests/server/test_diagnostics.py

test-schema: $(VENV)/.installed-dev ## Test the JSON Schema of configs in yaml-language-server
	$(BIN)/python -m pytest tests/editors/test_json_schema.py

test-editors: ## Test in all real editors
	@$(STEPS) test-terminals test-vscode

test-terminals: $(VENV)/.installed-dev corpus ## Test in Neovim, Helix, Emacs and Vim
	$(BIN)/python -m tests.editors .editors/terminals

test-client: $(VENV)/.installed-dev ## Check the VS Code extension and run its tests that need no editor
	$(BIN)/python -m tests.editors.vscode .editors --unit

test-vscode: $(VENV)/.installed-dev ## Test the VS Code extension, also in code-server
	$(BIN)/python -m tests.editors.vscode .editors

corpus: $(VENV)/.installed ## Download the NeMo Gym releases that the tests read
	@$(BIN)/python -m tests.corpus fetch

parity: $(VENV)/.installed-dev corpus ## Compare gym-lsp with NeMo Gym's parser
	$(BIN)/python -m tests.parity.compare --corpus $(CORPUS) --markdown docs/parity.md

parity-recipes: $(VENV)/.installed-dev corpus ## Compare gym-lsp with NeMo RL's loader and NeMo Gym's parser
	$(BIN)/python -m tests.parity.recipes.compare --corpus $(CORPUS)

record: $(VENV)/.installed-dev $(GYM_VENV)/.installed corpus ## Record the answers of NeMo Gym's own code for the tests
	$(BIN)/python -m tests.parity.record --corpus $(CORPUS) --python $(GYM_VENV)/bin/python
	$(BIN)/python -m tests.rows.record --corpus $(CORPUS) --python $(GYM_VENV)/bin/python
	$(BIN)/python -m tests.scaffold.record --corpus $(CORPUS) --python $(GYM_VENV)/bin/python
	$(GYM_VENV)/bin/python tests/compose/record_configs.py --corpus $(CORPUS)
	$(GYM_VENV)/bin/python tests/compose/record_directives.py --corpus $(CORPUS)
	$(GYM_VENV)/bin/python tests/compose/record_interpolations.py
	$(GYM_VENV)/bin/python tests/compose/record_overrides.py
	$(GYM_VENV)/bin/python -m tests.gym.record_profile --corpus $(CORPUS)
	$(GYM_VENV)/bin/python -m tests.gym.record_functions $(CORPUS)/0.4.0
	$(GYM_VENV)/bin/python -m tests.gym.record_manifests $(CORPUS)/0.7.0
	for release in 0.4.0 0.5.1 0.6.0 0.7.0; do \
		$(GYM_VENV)/bin/python -m tests.gym.record_discovery $(CORPUS)/$$release || exit 1; \
		$(GYM_VENV)/bin/python -m tests.gym.record_server_models $(CORPUS)/$$release || exit 1; \
		$(GYM_VENV)/bin/python -m tests.gym.record_selectors $(CORPUS)/$$release || exit 1; \
	done

record-recipes: $(VENV)/.installed-dev $(GYM_VENV)/.installed corpus ## Record the answers of NeMo RL's own code on its recipes
	$(BIN)/python -m tests.parity.recipes.record --nemo-rl $(NEMO_RL) --corpus $(CORPUS) --python $(GYM_VENV)/bin/python

bench: $(VENV)/.installed-dev $(GYM_VENV)/.installed corpus ## Measure the speed, compared with libyaml and NeMo Gym's parser
	$(BIN)/python -m tests.bench --gym-python $(GYM_VENV)/bin/python

soak: $(VENV)/.installed-dev corpus ## Send 100,000 random steps to a server and compare it with fresh ones
	$(BIN)/python -m tests.soak

fuzz: $(VENV)/.installed-dev ## Try random inputs on all parts that read files and messages
	$(BIN)/python -m tests.fuzz

docs: $(VENV)/.installed-dev ## Write the generated pages
	$(BIN)/python -m gym_lsp.dev docs
	$(BIN)/python -m tests.parity.found

docs-site: $(VENV)/.installed-docs ## Build the documentation as a website, and check its links
	$(BIN)/python -m tests.site build/site

ecosystem: $(VENV)/.installed-dev corpus ## Compare findings, time and memory on real configs with those of BASE
	@$(BIN)/python -m tests.tools.ecosystem $(BASE) $(TREES:%=--tree %) $(if $(OUTPUT),--output $(OUTPUT))

dist: $(VENV)/.installed-dev ## Build the wheel and the source distribution
	$(BIN)/python -m build

vsix: $(VENV)/.installed-dev ## Build the VS Code extension with its server, for all platforms or TARGET=linux-x64
	$(BIN)/python -m tests.tools.bundle dist $(TARGET:%=--target %)

vsix-lock: $(VENV)/.installed-dev ## Write the versions and hashes of what the extension carries again
	$(BIN)/python -m tests.tools.bundle --lock

dist-twice: $(VENV)/.installed-dev ## Build them and the VS Code extensions twice, and compare
	$(BIN)/python -m tests.tools.distributions dist

sbom: $(VENV)/.installed-dev ## Write the bills of materials of what dist-twice has built
	$(PYTHON) -m tests.tools.environment $(VENV) --editable '.[release]'
	$(BIN)/python -m tests.tools.release sbom dist
	$(BIN)/python -m tests.tools.release notes > dist/notes.md

release-check: $(VENV)/.installed-dev ## Compare all versions with TAG=v0.1.0
	$(BIN)/python -m tests.tools.release check $(TAG)

clean: ## Remove environments and temporary files, but not the downloaded releases
	rm -rf $(VENV) $(GYM_VENV) $(LOWEST_VENV) build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps skip the installation until pyproject.toml changes.
$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -m tests.tools.environment $(VENV) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml
	@$(PYTHON) -m tests.tools.environment $(VENV) --editable '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: pyproject.toml
	@$(PYTHON) -m tests.tools.environment $(VENV) --editable '.[dev,docs]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-dev

$(GYM_VENV)/.installed: tests/parity/requirements.txt
	@$(PYTHON) -m tests.tools.environment $(GYM_VENV) --requirement $<
	@touch $@

$(LOWEST_VENV)/.installed: pyproject.toml
	@$(LOWEST_PYTHON) -m tests.tools.lowest $(LOWEST_VENV) pytest hypothesis jsonschema PyYAML
	@touch $@
