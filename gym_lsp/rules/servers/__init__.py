"""Rules about server instances: their layout, their implementations, and the fields of their classes."""

HEADING = "Servers"
"""The heading of these rules in the index of rule pages."""
