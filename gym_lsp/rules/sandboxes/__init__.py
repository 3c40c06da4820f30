"""Rules about sandbox blocks and the fields that refer to them."""

HEADING = "Sandboxes"
"""The heading of these rules in the index of rule pages."""
