"""Use cases, the only writers: load, decide, record. None commits; each takes session, actor, time."""
