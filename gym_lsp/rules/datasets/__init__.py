"""Rules about the datasets of a server and the files that they name."""

HEADING = "Datasets"
"""The heading of these rules in the index of rule pages."""
