"""Rules about the top-level keys that NeMo Gym itself reads."""

HEADING = "NeMo Gym settings"
"""The heading of these rules in the index of rule pages."""
