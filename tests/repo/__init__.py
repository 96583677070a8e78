"""The repository's rules for itself."""
