"""What a citizen follows: his dossier after two factors, and an envelope by its label."""
