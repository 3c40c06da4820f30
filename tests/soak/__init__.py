"""Many random edits, file events and requests on a real tree, compared with new servers."""
