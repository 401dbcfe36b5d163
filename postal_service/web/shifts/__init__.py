"""A shift handed over at a counter."""
