"""What a release of NeMo Gym accepts and does, read from its source or built in."""
