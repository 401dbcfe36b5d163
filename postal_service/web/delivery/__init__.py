"""Delivery at the counter: a proof of who it is, or an attempt with a reason, invitations and the hold list."""
