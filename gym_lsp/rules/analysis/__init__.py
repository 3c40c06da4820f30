"""Questions that rules of several subjects ask, each answered once."""
