"""Rules about the blocks that hold servers: their layout, their programs, and the fields of their classes."""

HEADING = "Servers"
"""The heading of these rules in the index of rule pages."""
