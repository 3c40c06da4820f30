"""Rules about sandbox blocks and the fields that name them."""

HEADING = "Sandboxes"
"""The heading of these rules in the index of rule pages."""
