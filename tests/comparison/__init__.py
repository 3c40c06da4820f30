"""What gym-lsp and other tools report of the same mistakes, for docs/comparison.md."""
