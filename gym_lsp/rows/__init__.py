"""Rows of datasets: JSONL files, read and judged as NeMo Gym reads them. Independent of configs."""
