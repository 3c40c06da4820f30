"""What depends on the public addresses of the project: parts of the manifests, of the clients, and of `docs/ci.md`.

Everything follows from `gym_lsp.project`. While the project has no public address, the examples of `docs/ci.md` use a
wheel and a clone, which work without one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from gym_lsp.dev.slot import filled
from gym_lsp.project import NAME

CITATION, CI_PAGE, PROJECT = "CITATION.cff", "docs/ci.md", "pyproject.toml"
VSCODE, NEOVIM = "vscode-client/src/installation.ts", "nvim-client/lua/gym_lsp/server.lua"
_ADDRESS = re.compile(r"https://github\.com/(?P<path>[\w-]+/[\w.-]+)")


class Hosting(Struct, frozen=True):
    """Where a version of the project is: on GitHub under `repository`, on the package index under `package`.

    Raises ValueError if `repository` is not the address of a repository on GitHub.
    """

    version: str
    repository: str | None
    package: str | None

    def __post_init__(self) -> None:
        if self.repository is not None and _ADDRESS.fullmatch(self.repository) is None:
            raise ValueError(f"{self.repository} is not of the form https://github.com/<owner>/<name>")


def hosted() -> Mapping[str, Callable[[str, Hosting], str]]:
    """Return the files with generated parts, each with the function that fills them in the text of the file."""
    return {PROJECT: _project, CITATION: _citation, CI_PAGE: _ci_page, VSCODE: _vscode, NEOVIM: _neovim}


def extension_links(hosting: Hosting) -> Mapping[str, Any]:
    """Return the entries of the package.json of the VS Code extension that name an address."""
    if hosting.repository is None:
        return {}
    return {
        "homepage": f"{hosting.repository}/tree/HEAD/vscode-client#readme",
        "repository": {"type": "git", "url": f"{hosting.repository}.git", "directory": "vscode-client"},
        "bugs": {"url": f"{hosting.repository}/issues"},
    }


def _project(text: str, hosting: Hosting) -> str:
    at = hosting.repository
    lines = () if at is None else (
        "[project.urls]",
        f'Homepage = "{at}"',
        f'Documentation = "{at}/tree/HEAD/docs"',
        f'Repository = "{at}.git"',
        f'Issues = "{at}/issues"',
        f'Changelog = "{at}/blob/HEAD/CHANGELOG.md"',
    )  # fmt: skip
    return _between(text, "addresses", lines)


def _citation(text: str, hosting: Hosting) -> str:
    address = () if hosting.repository is None else (f'repository-code: "{hosting.repository}"',)
    return _between(text, "version", (f'version: "{hosting.version}"', *address))


def _vscode(text: str, hosting: Hosting) -> str:
    value = "undefined" if hosting.package is None else json.dumps(hosting.package)
    return _line(text, "export const PACKAGE: string | undefined = ", f"{value};")


def _neovim(text: str, hosting: Hosting) -> str:
    return _line(text, "M.package = ", "nil" if hosting.package is None else f"'{hosting.package}'")


def _ci_page(text: str, hosting: Hosting) -> str:
    parts = _without_address(hosting.version) if hosting.repository is None else _with_address(hosting)
    for name, content in parts.items():
        text = filled(text, name, content)
    return text


def _without_address(version: str) -> Mapping[str, str]:
    wheel = f"ci/gym_lsp-{version}-py3-none-any.whl"
    return {
        "source": f"""
gym-lsp is not on the package index and has no public address yet. So these examples use a wheel that is in your
repository: run `make dist` in a clone of gym-lsp, and commit the wheel as `{wheel}`.
""",
        "pre-commit": """
```yaml
# .pre-commit-config.yaml
repos:
  - repo: local
    hooks:
      - id: gym-lsp
        name: gym-lsp
        entry: gym-lsp --check
        language: system
        types: [yaml]
        require_serial: true
```

This hook runs the gym-lsp that is installed where you commit. If pre-commit installs it from a clone
(`repo: /path/to/gym-lsp`, with a commit as the `rev`), two hooks are available:
""",
        "github": """
```yaml
# .github/workflows/gym-lsp.yml
on: [push, pull_request]
jobs:
  gym-lsp:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      security-events: write # only for upload-sarif
    steps:
      - uses: actions/checkout@v5
        with:
          submodules: true
      - uses: ./.github/gym-lsp
        with:
          upload-sarif: true
```

The folder `.github/gym-lsp` is a clone of gym-lsp, for example as a git submodule. gym-lsp does not check it, because
the name of its parent starts with a dot.
""",
        "gitlab": f"""
```yaml
# .gitlab-ci.yml
include:
  - local: ci/gym-lsp.yml
    inputs:
      package: {wheel}
      arguments: environments benchmarks --fail-on warning
```

The file `ci/gym-lsp.yml` is a copy of [templates/gym-lsp.yml](../templates/gym-lsp.yml).
""",
        "others": f"""
    pip install {wheel}
    gym-lsp --check --format junit --output-file gym-lsp.xml
""",
    }


def _with_address(hosting: Hosting) -> Mapping[str, str]:
    assert hosting.repository is not None
    found = _ADDRESS.fullmatch(hosting.repository)
    assert found is not None
    at, path, tag = hosting.repository, found["path"], f"v{hosting.version}"
    package = hosting.package or f"{at}/archive/{tag}.tar.gz"
    return {
        "source": f"""
These examples use the version {hosting.version} of gym-lsp.
""",
        "pre-commit": f"""
```yaml
# .pre-commit-config.yaml
repos:
  - repo: {at}
    rev: {tag}
    hooks:
      - id: gym-lsp
```
""",
        "github": f"""
```yaml
# .github/workflows/gym-lsp.yml
on: [push, pull_request]
jobs:
  gym-lsp:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      security-events: write # only for upload-sarif
    steps:
      - uses: actions/checkout@v5
      - uses: {path}@{tag}
        with:
          upload-sarif: true
```
""",
        "gitlab": f"""
```yaml
# .gitlab-ci.yml
include:
  - remote: https://raw.githubusercontent.com/{path}/{tag}/templates/gym-lsp.yml
    inputs:
      package: {package}
      arguments: environments benchmarks --fail-on warning
```
""",
        "others": f"""
    pip install {package}
    {NAME} --check --format junit --output-file gym-lsp.xml
""",
    }


def _between(text: str, name: str, lines: tuple[str, ...]) -> str:
    """Replace the lines between the comments `# name: ...` and `# end of name`. Raises ValueError without them."""
    found = re.search(rf"^# {name}: .*\n(?P<old>(?:.*\n)*?)# end of {name}$", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"the comments `# {name}: ...` and `# end of {name}` are missing")
    return text[: found.start("old")] + "".join(line + "\n" for line in lines) + text[found.end("old") :]


def _line(text: str, start: str, rest: str) -> str:
    """Replace the rest of the line with this start. Raises ValueError without it."""
    found = re.search(rf"^{re.escape(start)}(?P<old>.*)$", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"the line `{start}...` is missing")
    return text[: found.start("old")] + rest + text[found.end("old") :]
