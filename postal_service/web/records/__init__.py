"""Papers about an item that somebody signs by hand: the invitation and the record of an irregularity."""
