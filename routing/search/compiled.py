"""Kernels are compiled once for each state of their sources and kept on disk between runs.

numba looks only at the file of the function it caches, not at the files that function calls into;
so the cache lies in a folder named after the contents of all kernel files together. It also asks
where those files lie and when they were written, so these are part of the name: what stands in a
folder is then sure to be used, and two checkouts do not overwrite each other's.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import numba

KERNELS: Final = (
    "layout.py",
    "hours.py",
    "breaks.py",
    "loads.py",
    "plain_days.py",
    "timetable.py",
    "rich_costs.py",
    "rich_days.py",
    "timing.py",
    "fitting.py",
    "placing_plain.py",
    "placing_rich.py",
    "placing.py",
    "ruining.py",
    "exchanging.py",
    "annealing.py",
)
Kernel = TypeVar("Kernel", bound=Callable[..., Any])


@cache
def cache_folder() -> Path:
    """The first of the usual places that can be written to; a temporary one where none can."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in KERNELS:
        written = (here / name).stat().st_mtime_ns
        digest.update(f"{here / name} {written} ".encode() + (here / name).read_bytes())
    folder = f"routing-kernels-{digest.hexdigest()[:16]}"
    given = os.environ.get("NUMBA_CACHE_DIR"), os.environ.get("XDG_CACHE_HOME")
    places = [Path(place) for place in given if place]
    with suppress(RuntimeError):  # a service account without a home
        places.append(Path.home() / ".cache")
    for place in places:
        try:
            (place / folder).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(place / folder, os.W_OK):
            return place / folder
    return Path(tempfile.mkdtemp(prefix=folder))


_config: Any = numba.config
_config.CACHE_DIR = str(cache_folder())


_njit: Any = numba.njit  # its types do not know all of its options
# Nothing here gains from vector instructions, and looking for them takes a third of the compilation.
_config.LOOP_VECTORIZE = 0
_config.SLP_VECTORIZE = 0


def compiled(function: Kernel) -> Kernel:
    """Machine code for other kernels only: no wrapper for Python, no counting of references.

    Kernels make no arrays; all they need lies in the `State`.
    """
    kernel: Kernel = _njit(
        nogil=True, cache=True, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True
    )(function)
    return kernel


def folded(function: Kernel) -> Kernel:
    """A small kernel that becomes part of every kernel that calls it.

    A call hands over each array of `Net` and `State` by its parts, some four hundred words: more than
    the body of most steps along a tour.
    """
    kernel: Kernel = _njit(nogil=True, _nrt=False, inline="always")(function)
    return kernel


def entrance(function: Kernel) -> Kernel:
    """A kernel that Python calls; other threads run meanwhile."""
    kernel: Kernel = _njit(nogil=True, cache=True, _nrt=False)(function)
    return kernel
