"""Python source, read statically: nothing of it is imported or run."""
