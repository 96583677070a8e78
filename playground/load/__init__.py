"""A load test over the real socket: `python -m playground.load` (or `make load`)."""
