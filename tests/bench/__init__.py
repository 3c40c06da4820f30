"""How fast gym-lsp is, as ratios to what does comparable work on the same machine in the same minute.

    python -m tests.bench [--repeat N] [--gym-python PYTHON] [--quick] [--write]

Everything is measured over the tree of NeMo Gym 0.7.0, in processes of their own, the best of some repetitions each.
"""
