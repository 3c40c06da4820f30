"""Rules about server refs, interpolations, environment variables and missing values."""

HEADING = "Names"
"""The heading of these rules in the index of rule pages."""
