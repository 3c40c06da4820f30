"""`python -m gym_lsp` is `gym-lsp`."""

from __future__ import annotations

import sys

from gym_lsp.cli import main

if __name__ == "__main__":
    sys.exit(main())
