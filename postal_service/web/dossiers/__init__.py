"""A dossier with its four lines, and the acts of the agency on it."""
