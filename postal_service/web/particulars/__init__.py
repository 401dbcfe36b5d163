"""Correct a person's particulars: one proposes, another compares."""
