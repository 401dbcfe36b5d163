"""Erase the personal data of a dossier that is over."""
