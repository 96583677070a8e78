"""The promises of the port, held by every backend alike."""
