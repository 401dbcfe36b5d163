"""Where a section comes from: the command that writes it again, the machine, who was compared."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

COMPARED: Final = ("numba", "ortools", "pyvrp", "pyvroom")


def origin(again: str) -> str:
    """Two lines below a section's head."""
    versions = [f"{package} {found}" for package in COMPARED if (found := _version(package))]
    python = f"Python {platform.python_version()}"
    return f"Again: `{again}`\n\nOn {_machine()}; {', '.join([python, *versions])}."


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    whole = os.cpu_count()
    used = f"{cores} of {whole} cores" if cores != whole else f"{whole} cores"
    return f"{_processor()}, {used}, {_gigabytes()} GB, {platform.system()}"


def _processor() -> str:
    known = _facts(Path("/proc/cpuinfo")).get("model name")
    return known or platform.processor() or platform.machine()


def _gigabytes() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _facts(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    pairs = (line.partition(":") for line in file.read_text(encoding="utf-8").splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
