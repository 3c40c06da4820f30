"""What the registries share: where they look, and what they read of a config."""
