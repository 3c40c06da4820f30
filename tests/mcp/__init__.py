"""The server for coding agents: its tools as functions, and the SDK's own client."""
