"""What a dossier still owes, taken line by line at a counter or a desk, on whichever page it shows."""
