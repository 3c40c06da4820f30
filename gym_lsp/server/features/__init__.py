"""The LSP features: a module for each, whose `register` adds its handlers to a server.

A handler converts what the client sent, asks `ide` or `check`, and converts the answer. It decides nothing.
"""
