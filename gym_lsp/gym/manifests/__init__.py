"""What a `manifest.yaml` may hold: its keys, SPDX license expressions, and the spellings of licenses."""
