"""Hand over in bulk: one side offers, the other takes; each signs in a session of its own."""
