"""The words every other part of the library is written in."""

from dataclasses import dataclass
from typing import Final, NewType

StopId = NewType("StopId", str)
CourierId = NewType("CourierId", str)

# Stands for "no road": later than any time a problem may name, so no window survives it.
UNREACHABLE: Final = 1_000_000_000
DEFAULT_PROFILE: Final = "default"


@dataclass(frozen=True, kw_only=True)
class Window:
    """Both ends belong to the window."""

    opens_second: int
    closes_second: int
