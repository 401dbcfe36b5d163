"""A disk under SQLite that refuses a write or a flush, forgets what was not flushed, or lies.

SQLite reaches a disk through a table of functions (https://www.sqlite.org/vfs.html). The one
installed here hands all of it on to the system's and counts what is asked of the database's files;
another process says at which of these the disk fails, and how. After a failed flush Linux calls the
pages clean, so that no later flush writes them either (https://lwn.net/Articles/752063): so does this.
"""

import ctypes
import mmap
import os
import signal
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_int64, c_void_p, cast
from enum import IntEnum
from pathlib import Path
from random import Random
from threading import Lock

OK, WRITE_REFUSED, FLUSH_REFUSED, CUT_REFUSED = 0, 10 | 3 << 8, 10 | 4 << 8, 10 | 6 << 8
KEPT_FILES = 0x100 | 0x800 | 0x80000  # the database, its rollback journal, its write-ahead log


class Fault(IntEnum):
    NONE = 0
    REFUSES_ONCE = 1
    REFUSES = 2  # until it is mended
    LOSES_POWER = 3


class Disk:
    """What the process with the disk under its database and the one that tests it tell each other."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.write_bytes(bytes(8 * 4))
        with path.open("r+b") as file:
            self._told = memoryview(mmap.mmap(file.fileno(), 0)).cast("q")

    @property
    def asked(self) -> int:
        """How many writes, cuts and flushes there were."""
        return self._told[0]

    @property
    def has_failed(self) -> bool:
        return bool(self._told[1] and self.asked >= self._told[1])

    @property
    def lies(self) -> bool:
        """It says that it flushed, and did not."""
        return bool(self._told[3])

    @lies.setter
    def lies(self, does: bool) -> None:
        self._told[3] = does

    def fail(self, fault: Fault, *, after: int) -> None:
        """Once it was asked so many more times."""
        self._told[1], self._told[2] = 0, fault
        self._told[1] = self.asked + after + 1

    def mend(self) -> None:
        self._told[1] = self._told[2] = 0

    def next_fault(self) -> Fault:
        """What befalls the thing that is asked for now."""
        self._told[0] += 1
        at, fault = self._told[1], Fault(self._told[2])
        if not at or self.asked < at or (self.asked > at and fault is Fault.REFUSES_ONCE):
            return Fault.NONE
        return fault


class Platter:
    """One file as it would be found after the power was off: `flushed`, and of the rest, what luck kept."""

    def __init__(self, path: str) -> None:
        self.descriptor = os.open(
            path, os.O_RDWR
        )  # never closed: that would end SQLite's own locks
        self.flushed = bytearray(os.pread(self.descriptor, os.fstat(self.descriptor).st_size, 0))
        self.waiting: list[tuple[int, bytes | None]] = []  # None: cut off there

    def is_of(self, path: str) -> bool:
        """Whether the file of that name is still this one: a log that is not needed is deleted."""
        return os.path.samestat(os.fstat(self.descriptor), Path(path).stat())

    def flush(self) -> None:
        for what in self.waiting:
            _apply(self.flushed, *what)
        self.waiting.clear()

    def lose_power(self, random: Random) -> None:
        """Leave of what was not flushed some writes, some halves and some nothing."""
        left = self.flushed
        for offset, written in self.waiting:
            kept = random.randrange(3) if written is not None else 2 * random.randrange(2)
            if kept:
                _apply(left, offset, written[: len(written) * kept // 2] if written else written)
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, left, 0)


def _apply(image: bytearray, offset: int, written: bytes | None) -> None:
    if written is None:
        del image[offset:]
        return
    image.extend(bytes(max(0, offset - len(image))))
    image[offset : offset + len(written)] = written


class _File(Structure):
    pass


class _Methods(Structure):  # sqlite3_io_methods
    _fields_ = (
        ("version", c_int),
        *((name, c_void_p) for name in ("close", "read", "write", "truncate", "sync")),
        *((f"other_{n}", c_void_p) for n in range(13)),
    )


_File._fields_ = (("methods", POINTER(_Methods)),)


class _System(Structure):  # sqlite3_vfs
    _fields_ = (
        ("version", c_int),
        ("file_bytes", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        *((f"other_{n}", c_void_p) for n in range(15)),
    )


# The name is handed on as the pointer it is: SQLite keeps it, and what it knows stands behind it.
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(_File), c_int, POINTER(c_int))
_WRITE = CFUNCTYPE(c_int, POINTER(_File), c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, POINTER(_File), c_int64)
_SYNC = CFUNCTYPE(c_int, POINTER(_File), c_int)


def can_be_put_under() -> bool:
    """Whether SQLite's own functions are within reach: some builds of Python hide them."""
    return hasattr(_library(), "sqlite3_vfs_register")


def _library() -> ctypes.CDLL:
    import _sqlite3  # noqa: PLC0415 - the module that SQLite is linked to

    return ctypes.CDLL(_sqlite3.__file__)


class _Installed:
    """The table of functions, and what its files hold. It lives as long as its process."""

    def __init__(self, disk: Disk) -> None:
        self._disk, self._lock = disk, Lock()
        self._platters: dict[str, Platter] = {}
        self._methods: list[object] = []  # SQLite points to them
        library = _library()
        library.sqlite3_vfs_find.restype = POINTER(_System)
        self._system = _System()
        ctypes.pointer(self._system)[0] = library.sqlite3_vfs_find(None).contents
        self._open_there = _OPEN(self._system.open)
        self._open_here = _OPEN(self._open)
        self._system.name = b"failing"
        self._system.open = cast(self._open_here, c_void_p)
        library.sqlite3_vfs_register(byref(self._system), 1)

    def _open(self, system: int, path: int, file: object, flags: int, given: object) -> int:
        code: int = self._open_there(system, path, file, flags, given)
        if code == OK and path and flags & KEPT_FILES:
            name = os.fsdecode(ctypes.string_at(path))
            with self._lock:
                if name not in self._platters or not self._platters[name].is_of(name):
                    self._platters[name] = Platter(name)
            self._put_under(file, self._platters[name])
        return code

    def _put_under(self, file: object, platter: Platter) -> None:
        there = file.contents.methods.contents  # type: ignore[attr-defined]
        write_there, truncate_there = _WRITE(there.write), _TRUNCATE(there.truncate)
        sync_there = _SYNC(there.sync)

        def write(file: object, data: int, size: int, offset: int) -> int:
            with self._lock:
                if self._fails():
                    return WRITE_REFUSED
                platter.waiting.append((offset, ctypes.string_at(data, size)))
            return int(write_there(file, data, size, offset))

        def truncate(file: object, size: int) -> int:
            with self._lock:
                if self._fails():
                    return CUT_REFUSED
                platter.waiting.append((size, None))
            return int(truncate_there(file, size))

        def sync(file: object, flags: int) -> int:
            with self._lock:
                if self._fails():
                    platter.waiting.clear()
                    return FLUSH_REFUSED
                if not self._disk.lies:
                    platter.flush()
            return int(sync_there(file, flags))

        here = _Methods()
        ctypes.pointer(here)[0] = there
        functions = _WRITE(write), _TRUNCATE(truncate), _SYNC(sync)
        here.write, here.truncate, here.sync = (cast(each, c_void_p) for each in functions)
        self._methods.append((here, functions))
        file.contents.methods = ctypes.pointer(here)  # type: ignore[attr-defined]

    def _fails(self) -> bool:
        match self._disk.next_fault():
            case Fault.NONE:
                return False
            case Fault.LOSES_POWER:
                random = Random(self._disk.asked)
                for platter in self._platters.values():
                    platter.lose_power(random)
                os.kill(os.getpid(), signal.SIGKILL)
        return True


_INSTALLED: list[_Installed] = []


def put_under_sqlite(disk: Disk) -> None:
    """From now on the databases that this process opens lie on this disk."""
    _INSTALLED.append(_Installed(disk))
