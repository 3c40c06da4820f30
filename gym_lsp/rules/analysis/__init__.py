"""Functions that rules of several subjects share."""
