"""Figures beside a baseline, in one run: ``python -m benchmarks``."""
