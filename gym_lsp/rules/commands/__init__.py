"""Rules about the commands in shell scripts and documents. They are checked only with `--docs`."""

HEADING = "Commands in documents, with `--docs`"
"""The heading of these rules in the index of rule pages."""
