"""A small province with people, dossiers and phones, to try everything without setting up anything."""
