"""Tests of `why`."""
