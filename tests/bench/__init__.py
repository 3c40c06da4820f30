"""Measures how fast gym-lsp is, compared with programs that do comparable work, on the same machine at the same time.

    python -m tests.bench [--repeat N] [--gym-python PYTHON] [--quick] [--write]

Everything is measured on the tree of NeMo Gym 0.7.0, in separate processes; each figure is the best of several runs.
"""
