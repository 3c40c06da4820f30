"""The Model Context Protocol (MCP), by which a coding agent calls gym-lsp.

This package has everything that depends on the protocol and its SDK. What the tools do is in `gym_lsp.cli.tools`.
"""
