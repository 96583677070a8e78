"""Tests of the playground at a terminal."""
