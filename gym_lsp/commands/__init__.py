"""The commands of NeMo Gym in shell scripts and documents, independent of configs."""
