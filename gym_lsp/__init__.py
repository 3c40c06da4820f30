"""A language server and checker for NVIDIA NeMo Gym configs."""

__version__ = "0.1.0"
