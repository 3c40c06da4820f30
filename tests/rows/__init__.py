"""Tests of the rows of datasets."""
