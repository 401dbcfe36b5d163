"""Readers of the formats others publish their problems in; all of them end in a `Problem`.

And one writer: a plan as VROOM writes its solutions.
"""

from routing.formats.lilim import read_lilim
from routing.formats.solomon import read_solomon
from routing.formats.vroom import read_vroom
from routing.formats.vroom_plan import plan_to_vroom
from routing.formats.vrplib import read_vrplib

__all__ = ["plan_to_vroom", "read_lilim", "read_solomon", "read_vroom", "read_vrplib"]
