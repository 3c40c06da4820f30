"""Rules about `_inherit_from`, `_copy`, `_delete_key` and the forms of these in text."""

HEADING = "Directives"
"""The heading of these rules in the index of rule pages."""
