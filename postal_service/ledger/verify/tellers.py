"""Who may tell what: a courier's phone what is listed here, and nobody alone what needs two."""

from typing import Any

from .answer import Broken, Findings
from .leaves import Leaf

OWN_WITNESS = "the witness of a second seal is who made it"

# What a courier's phone may tell of; all the rest is told at an office, by the office's key.
_OF_PHONES = {
    *("accept", "handover", "deliver", "found", "pack", "offer", "withdraw", "refuse"),
    *("bag", "depart", "arrive", "out", "attempt", "lost", "damage", "postpone"),
}


def check_teller(event: dict[str, Any]) -> None:
    """Whether a courier's phone may say this, as docs/event-format.md lists it."""
    kind = event["type"]
    may = kind in _OF_PHONES and event.get("as", "courier") == "courier"
    if kind == "accept":
        may = may and event["leg"] != "OUT"
    if not may:
        raise Broken(f"a courier's phone may not tell this {kind}")


def check_second(leaf: Leaf, findings: Findings) -> None:
    """Whether what needs two was told by two; a phone may say what it likes of a second seal."""
    event = leaf.event
    kind, teller = event["type"], event["op"]
    if kind == "deliver" and event["proof"].get("chk") == teller:
        raise Broken("who delivers it vouches for himself")
    if kind == "clear" and event["chk"] == teller:
        raise Broken("one person alone settled an exception")
    if kind == "correct" and event["mk"] == teller:
        raise Broken("one person made a correction and checked it")
    if kind == "pack" and event.get("chk") == teller:
        findings.add(leaf.index, OWN_WITNESS)
