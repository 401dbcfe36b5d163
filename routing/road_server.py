"""Travel tables from any road server that speaks OSRM's `/table` service (version 1).

Asked in blocks, because servers bound the number of coordinates (OSRM: 100); every answer can be
kept in a folder for a day, so a second plan of the day asks nothing; a failing request is tried again, and
what fails for good says which request and why. A whole table has one deadline, which neither a slow
server nor one that drips its answer can put off.
"""

import hashlib
import json
import logging
import os
import threading
import time
import urllib.error
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.http_in_time import get
from routing.problem import Location
from routing.tables import Matrix
from routing.terms import UNREACHABLE

log = logging.getLogger(__name__)

# A server that was given new roads, or lost some, would else never be asked again.
KEPT_SECONDS: Final = 86_400
# OSRM's default --max-table-size is 100 coordinates: half sources, half destinations.
BLOCK: Final = 50
_TRANSIENT: Final = frozenset({408, 429, 500, 502, 503, 504})


class RoadServerError(RuntimeError):
    """The server gave no usable table; the message says what was asked and what came."""


class Table(NamedTuple):
    seconds: NDArray[np.float64]
    metres: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class RoadServer:
    """Where to ask. `url` is the root, as in `http://roads.internal:5000`.

    `timeout_seconds` is how long it may be silent, `table_seconds` how long a whole table may take
    with all its blocks and attempts. `cache` is a folder for answers (created if missing), each of
    which counts for `KEPT_SECONDS`; None keeps nothing. `pause` is how to wait between attempts.
    """

    url: str
    profile: str = "driving"
    timeout_seconds: float = 20
    table_seconds: float = 120
    attempts: int = 3
    block: int = BLOCK
    cache: Path | None = None
    pause: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise ValueError(f"not an http address: {self.url}")
        if self.attempts < 1 or self.block < 1:
            raise ValueError("at least one attempt and one coordinate a block")
        if not (self.timeout_seconds > 0 and self.table_seconds > 0):
            raise ValueError(f"{self.timeout_seconds} s of silence, {self.table_seconds} s a table")

    def matrix(
        self, locations: Sequence[Location], *, otherwise: Callable[[], Matrix] | None = None
    ) -> Matrix:
        """Seconds and metres between all locations, rounded up; no road is `UNREACHABLE`.

        Args:
            locations: in the order of the rows and columns.
            otherwise: makes the table where the server gives none, which is then logged. Without
                it nothing is guessed.

        Raises:
            RoadServerError: the server cannot be reached, refuses, answers something else, or has
                not given the whole table in time.
            ValueError: a location has no coordinates.
        """
        if otherwise is None:
            return self._asked(locations)
        try:
            return self._asked(locations)
        except RoadServerError as error:
            log.warning("no table from the road server, another one is used: %s", error)
            return otherwise()

    def _asked(self, locations: Sequence[Location]) -> Matrix:
        places = [_lon_lat(place) for place in locations]
        count = len(places)
        seconds = np.zeros((count, count), dtype=np.int32)
        metres = np.zeros((count, count), dtype=np.int32)
        firsts = range(0, count, self.block)
        deadline = _Deadline(self.table_seconds, blocks=len(firsts) ** 2)
        for row, column in product(firsts, firsts):
            origins = places[row : row + self.block]
            destinations = places[column : column + self.block]
            table = self._table(origins, destinations, deadline)
            area = np.s_[row : row + len(origins), column : column + len(destinations)]
            missing = np.isnan(table.seconds) | np.isnan(table.metres)
            seconds[area] = np.where(missing, UNREACHABLE, np.ceil(table.seconds))
            metres[area] = np.where(missing, 0, np.ceil(table.metres))
            deadline.came += 1
        np.fill_diagonal(seconds, 0)
        np.fill_diagonal(metres, 0)
        return Matrix(seconds, metres)

    def _table(
        self, origins: Sequence[str], destinations: Sequence[str], deadline: "_Deadline"
    ) -> Table:
        sources = ";".join(str(number) for number in range(len(origins)))
        targets = ";".join(str(len(origins) + number) for number in range(len(destinations)))
        address = (
            f"{self.url.rstrip('/')}/table/v1/{self.profile}/"
            f"{';'.join([*origins, *destinations])}"
            f"?sources={sources}&destinations={targets}&annotations=duration,distance"
        )
        kept = self._kept_at(address)
        if kept is not None and _is_fresh(kept):
            return _read(kept.read_bytes(), (len(origins), len(destinations)))
        body = self._ask(address, deadline)
        table = _read(body, (len(origins), len(destinations)))
        if kept is not None:
            _keep(kept, body)
        return table

    def _kept_at(self, address: str) -> Path | None:
        if self.cache is None:
            return None
        return self.cache / f"{hashlib.sha256(address.encode()).hexdigest()}.json"

    def _ask(self, address: str, deadline: "_Deadline") -> bytes:
        asked = f"{self.url} for a table"
        reason = "the next was not asked for"
        for attempt in range(self.attempts):
            if attempt:
                self.pause(min(0.5 * 2 ** (attempt - 1), deadline.left()))
            if not deadline.left():
                break
            try:
                status, body = get(address, wait=lambda: min(self.timeout_seconds, deadline.left()))
            except (urllib.error.URLError, HTTPException, OSError) as error:
                reason = f"no answer ({getattr(error, 'reason', error)})"
                continue
            if status == HTTPStatus.OK:
                return body
            reason = f"answered {status} {_code(body)}".rstrip()
            if status not in _TRANSIENT:
                raise RoadServerError(f"asked {asked}: {reason}")
        if not deadline.left():
            raise RoadServerError(f"asked {asked}: {deadline.missed()}; {reason}")
        raise RoadServerError(f"asked {asked} {self.attempts} times: {reason}")


class _Deadline:
    """When a whole table has to be here, and how much of it is."""

    def __init__(self, seconds: float, *, blocks: int) -> None:
        self.seconds, self.blocks, self.came = seconds, blocks, 0
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds, and 0 once it is past."""
        return max(0.0, self._ends - time.monotonic())

    def missed(self) -> str:
        return f"{self.came} of {self.blocks} blocks came in {self.seconds:g} s"


def _is_fresh(place: Path) -> bool:
    """Whether an answer is kept there that still counts."""
    try:
        return time.time() - place.stat().st_mtime < KEPT_SECONDS
    except OSError:  # there is none
        return False


def _keep(place: Path, body: bytes) -> None:
    """Whole or not at all, for a second planner may be reading, or writing the same.

    A folder that takes nothing costs the next plan a question, not this plan its table.
    """
    half = place.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(body)
        half.replace(place)
    except OSError as error:
        log.warning("an answer of the road server is not kept: %s", error)
        with suppress(OSError):
            half.unlink()


def _code(body: bytes) -> str:
    """OSRM's own word for what is wrong, such as TooBig or InvalidQuery."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    return str(answer.get("code", "")) if isinstance(answer, dict) else ""


def _read(body: bytes, shape: tuple[int, int]) -> Table:
    try:
        answer = json.loads(body)
        if answer.get("code") != "Ok":
            raise RoadServerError(f"the road server says {answer.get('code')}")
        table = Table(
            np.array(answer["durations"], dtype=np.float64),
            np.array(answer["distances"], dtype=np.float64),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RoadServerError(f"the answer is not an OSRM table: {error!r}") from None
    if table.seconds.shape != shape or table.metres.shape != shape:
        raise RoadServerError(f"the table has shape {table.seconds.shape}, not {shape}")
    if any((numbers < 0).any() or (numbers > UNREACHABLE).any() for numbers in table):
        raise RoadServerError(f"the table holds a value that is not from 0 to {UNREACHABLE}")
    return table


def _lon_lat(place: Location) -> str:
    if place.lat is None or place.lon is None:
        raise ValueError(f"location {place.name} has no coordinates")
    return f"{place.lon:.6f},{place.lat:.6f}"
