"""Editor features as pure functions `(workspace, path, offset) -> plain data`, independent of LSP."""
