"""What an editor asks, as pure functions `(workspace, path, offset) -> plain data`. Knows nothing of LSP."""
