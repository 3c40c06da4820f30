"""`python -m gym_lsp` is `gym-lsp`."""

from __future__ import annotations

from gym_lsp.cli import run

if __name__ == "__main__":
    run()
