"""Workspaces of a stranger: what gym-lsp does with them, and what it shows of them."""
