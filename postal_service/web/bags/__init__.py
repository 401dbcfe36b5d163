"""Sealed mail bags: fill by scanning, seal, show the manifest, send off, open and compare."""
