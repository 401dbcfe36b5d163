"""Where the shipped facts lie. Read as packaged resources, so an installed service finds them too."""

import csv
from importlib.resources import files


def shipped_text(name: str) -> str:
    """The text of one file of `reference/data`, as UTF-8."""
    return (files("postal_service.reference") / "data" / name).read_text(encoding="utf-8")


def shipped_rows(name: str) -> list[dict[str, str]]:
    """The rows of one tab-separated file of `reference/data`, keyed by its heading."""
    lines = shipped_text(name).splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
