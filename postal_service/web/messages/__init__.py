"""The messages that leave the system: which wait, which were sent, which could not be, and trying again."""
