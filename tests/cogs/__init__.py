"""What people do with Laurel and what it answers."""
