"""Rules about `manifest.yaml` and prompt files."""

HEADING = "Manifests and prompts"
"""The heading of these rules in the index of rule pages."""
