"""The steps, one subject each, in the order of their numbers."""
