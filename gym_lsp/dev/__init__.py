"""Tools for maintainers: the generated pages, and views of what the core sees.

    python -m gym_lsp.dev docs [--check]      write the generated pages, or list the stale ones
    python -m gym_lsp.dev tree FILE           the span tree of a file
    python -m gym_lsp.dev merge FILE...       a run, file by file, with the changes of each
    python -m gym_lsp.dev reads FILE          the paths that the check of a file depends on

No other package imports this one.
"""
