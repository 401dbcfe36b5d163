"""docs/benchmarks/routing.md is made of sections; a run replaces its own and leaves the others."""

import re
from pathlib import Path
from typing import Final

REPORT: Final = Path(__file__).parents[2] / "docs" / "benchmarks" / "routing.md"
HEAD: Final = """\
# Routing, side by side

How this was measured stands in each section: every solver in a process of its own, the same integer
matrices, the same wall seconds, and a judge that shares no code with any solver. Each section is
written by its own command and replaced when that command runs again.
"""
_SECTION: Final = re.compile(
    r"^<!-- section (?P<key>\S+) -->\n(?P<text>.*?)\n<!-- end of (?P=key) -->$",
    re.MULTILINE | re.DOTALL,
)
_ORDER: Final = ("public", "days", "large", "speed", "conventions")


def put(page: Path, key: str, text: str) -> None:
    """Write or replace one section.

    Raises:
        ValueError: the key has a space or names no kind of section.
    """
    if " " in key or _kind(key) not in _ORDER:
        raise ValueError(f"no section is called {key!r}")
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    sections = {found["key"]: found["text"] for found in _SECTION.finditer(old)}
    sections[key] = text.strip()
    written = (
        f"<!-- section {name} -->\n{sections[name]}\n<!-- end of {name} -->"
        for name in sorted(sections, key=_place)
    )
    parts = [HEAD.strip(), *written]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _kind(key: str) -> str:
    return key.partition("-")[0]


def _place(key: str) -> tuple[object, ...]:
    numbers = [int(number) for number in re.findall(r"\d+", key)]
    return (_ORDER.index(_kind(key)), numbers[::-1], key)
