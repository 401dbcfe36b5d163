"""One item: where it stands, what happened to it, and its seal."""
