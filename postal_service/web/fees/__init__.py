"""The state's fees that the post took for an agency."""
