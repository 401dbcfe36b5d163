"""Bank transfers that arrive after the citizen has left."""
