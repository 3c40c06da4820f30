"""A language server on pygls that does nothing, to measure the cost of pygls.

python -m tests.bench.nothing
"""

from __future__ import annotations

from pygls.lsp.server import LanguageServer

if __name__ == "__main__":
    LanguageServer("nothing", "1").start_io()
