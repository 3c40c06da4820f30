"""The machinery of rules: what a rule is, what it may look at, how it is run, and how comments suppress findings."""
