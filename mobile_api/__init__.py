"""The couriers' JSON API: what a phone sends becomes a frozen command, what it gets a receipt."""
