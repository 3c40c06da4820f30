"""Days of editing in minutes: random edits, file events and requests on a real tree, compared with fresh servers."""
