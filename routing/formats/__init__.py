"""Readers of the formats others publish their problems in; all of them end in a `Problem`."""

from routing.formats.lilim import read_lilim
from routing.formats.solomon import read_solomon
from routing.formats.vroom import read_vroom
from routing.formats.vrplib import read_vrplib

__all__ = ["read_lilim", "read_solomon", "read_vroom", "read_vrplib"]
