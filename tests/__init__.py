"""Tests of Laurel; tests/repo holds the repository itself to its rules."""
