"""The names and the public addresses of this project, each in one place.

If you host the project, change `REPOSITORY`; if you publish it on the package index, change `ON_PACKAGE_INDEX`. Then
`make docs` writes both into the manifests, the clients and the pages. Until then nothing names an address, because a
link that leads nowhere and a package that anyone could register are worse than none.
"""

from __future__ import annotations

NAME = "gym-lsp"
"""The name of the program, the package, the language server, and everything that users write to address it."""

REPOSITORY: str | None = None
"""The public address of the repository on GitHub, without a slash at its end; `None` while there is none."""

ON_PACKAGE_INDEX = False
"""Whether the package index has a release. Until it has one, anyone could publish a package with this name."""

PACKAGE: str | None = NAME if ON_PACKAGE_INDEX else None
"""The name to install from the package index; `None` while there is no release."""

DOCUMENTATION: str | None = None if REPOSITORY is None else f"{REPOSITORY}/blob/HEAD/docs"
"""The public address of the folder `docs`; `None` while there is none."""
