"""Python source, read without importing or running it.

The fields of a server are in a class of the workspace, and most facts about a release are in its modules. `module`
cuts a file into `statements`, `source` follows names from file to file, `constant` evaluates expressions, and `models`
turns classes into models with the help of `annotations`, `class_body` and `builtin_bases`. `field_text` finds a field
and its comment in the text.
"""
