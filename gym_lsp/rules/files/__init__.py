"""What is wrong with a file as text, as YAML, and as a list of other files."""

HEADING = "Files and comments"
"""The heading of these rules in the index of rule pages."""
