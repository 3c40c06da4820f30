"""Tools for the people who work on gym-lsp: the generated pages, and views of what the core sees.

    python -m gym_lsp.dev docs [--check]      write the generated pages, or list those that are out of date
    python -m gym_lsp.dev tree FILE           the span tree of a text
    python -m gym_lsp.dev merge FILE...       a run, file by file, and what each one changed
    python -m gym_lsp.dev reads FILE          which paths an answer about a file depends on

Nothing else in the package imports this.
"""
