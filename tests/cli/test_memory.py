"""A server's threads share what one of them has freed, so that its memory is that of one large answer, not of eight."""

import ctypes
import subprocess
import sys

import pytest

from postal_service.cli.serving import HEAPS, THREADS

# glibc writes what it has set aside, heap by heap, to a C stream.
_TELL = f"""
import ctypes, threading
from postal_service.cli import serving

def answer():
    together.wait()
    answers.append([bytes(1_000 + n) for n in range(2_000)])
    together.wait()

SHARED
answers, together = [], threading.Barrier({THREADS})
threads = [threading.Thread(target=answer) for _ in range({THREADS})]
for each in threads:
    each.start()
for each in threads:
    each.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.fdopen.argtypes = [ctypes.c_int, ctypes.c_char_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.malloc_info(0, libc.fdopen(1, b"w"))
libc.fflush(None)
"""


def heaps_after(first: str) -> int:
    told = subprocess.run(
        [sys.executable, "-c", _TELL.replace("SHARED", first)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    return told.count("<heap nr=")


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_info"), reason="only glibc gives each thread a heap"
)
def test_threads_of_a_server_share_their_heaps() -> None:
    assert heaps_after("") > HEAPS
    assert 1 <= heaps_after("serving._share_heaps()") <= HEAPS
