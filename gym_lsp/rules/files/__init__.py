"""Rules about files as text, as YAML, and as lists of other files."""

HEADING = "Files and comments"
"""The heading of these rules in the index of rule pages."""
