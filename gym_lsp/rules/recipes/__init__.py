"""Rules about training recipes: what only the embedding of a run in another config can get wrong."""

HEADING = "Training recipes"
