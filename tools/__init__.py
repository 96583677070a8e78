"""What developers run by hand, now and then: nothing of it is needed at run time."""
