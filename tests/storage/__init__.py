"""What is a backend's own, and the parts above it: feed, ranks, codec, migrations."""
