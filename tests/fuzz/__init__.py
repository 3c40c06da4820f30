"""Random inputs for each part that reads what a stranger wrote, and what must hold for all of them."""
