"""Slips, records and labels on paper: views in, PDF bytes out. Nothing here reads a database."""
