"""What went wrong with an item, how two people settle it, and how a wrong event is put right."""
