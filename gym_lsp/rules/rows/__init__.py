"""Rules about the rows of datasets. They are checked only with `--rows`."""

HEADING = "Rows of datasets, with `--rows`"
"""The heading of these rules in the index of rule pages."""
