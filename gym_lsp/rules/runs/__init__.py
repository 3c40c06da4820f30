"""Rules about what only a whole run shows: agents, pairings, overrides, the top level."""

HEADING = "Agents and the run"
"""The heading of these rules in the index of rule pages."""
