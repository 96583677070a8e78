"""What replies are made of."""
