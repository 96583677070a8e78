"""Measure the storage alone: ``python -m benchmarks storage``."""
