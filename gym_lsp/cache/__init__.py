"""What one process keeps for the next: answers about a workspace, and everything that they were made from.

A kept answer is used only if each text, listing and link that it was made from is what it was.
"""
