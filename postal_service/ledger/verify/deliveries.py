"""A delivery code opens a lock that was made for its item and rotation, and only what is for a citizen is delivered."""

import sqlite3

from .answer import Findings
from .leaves import Leaf
from .memory import Kept
from .values import hex_digest

NOT_FOR_A_CITIZEN = "what is not for a citizen was delivered"


class Deliveries:
    """Locks and legs, and the deliveries that do not fit those that came until then."""

    def __init__(self, disk: sqlite3.Connection, findings: Findings) -> None:
        self.findings = findings
        self.locks = Kept(disk, "locks")  # by item, rotation and lock
        self.legs = Kept(disk, "legs", "leg")
        self.withdrawn = Kept(disk, "withdrawn")  # by their citizens, who get them back
        self.unopened: list[tuple[int, str]] = []  # leaf, the lock that its code would open
        self.astray: list[tuple[int, str]] = []  # leaf, item
        self.returns = Kept(disk, "returns", "events")  # of an item, those that turned it back
        self.corrected = Kept(disk, "corrected")  # events that did not occur, or told wrong data
        self.on_word = Kept(disk, "on_word", "leaf")  # the item's delivery without its code
        self.turned_back: dict[int, str] = {}  # leaf, item

    def hear(self, leaf: Leaf) -> None:
        """Whatever bears on a delivery; of all else nothing is kept."""
        kind = leaf.event["type"]
        if kind in {"accept", "rotate"}:
            self._keep_lock(leaf)
        elif kind == "cancel":
            self.withdrawn.add(leaf.event["item"])
        elif kind == "return":
            self._turn_back(leaf)
        elif kind == "correct":
            self.corrected.add(leaf.event["ref"])
        elif kind == "deliver":
            self._deliver(leaf)

    def end(self) -> None:
        for index, opened in self.unopened:
            if opened not in self.locks:
                self.findings.add(index, "a delivery code opens no lock")
        for index, item in self.astray:
            # What was told of it later may have said whose it is; what was never accepted is
            # found where its parent is missing.
            if item in self.legs and not self._is_for_a_citizen(item):
                self.findings.add(index, NOT_FOR_A_CITIZEN)
        for index, item in self.turned_back.items():
            # Its code alone shows that its citizen was there; what is of another leg was told above.
            if self.legs.get(item) == ("OUT",) and self._goes_back(item):
                self.findings.add(index, NOT_FOR_A_CITIZEN)

    def _keep_lock(self, leaf: Leaf) -> None:
        event = leaf.event
        if event["type"] == "accept":
            self.legs.add(event["item"], event["leg"])
        if event["type"] == "rotate":
            item, rotation = event["item"], event["rot"]
        else:  # on the way in, the lock is that of the result's number
            item, rotation = event["item"] if event["leg"] == "OUT" else event.get("ret", ""), 1
        if "lock" in event:
            self.locks.put(f"{item}/{rotation}/{event['lock']}")

    def _turn_back(self, leaf: Leaf) -> None:
        item = leaf.event["item"]
        (before,) = self.returns.get(item) or ("",)
        self.returns.put(item, f"{before} {leaf.event_id}")
        delivered = self.on_word.get(item)
        if delivered:
            self.turned_back[delivered[0]] = item

    def _deliver(self, leaf: Leaf) -> None:
        if not self._is_for_a_citizen(leaf.event["item"]):
            self.astray.append((leaf.index, leaf.event["item"]))
        proof = leaf.event["proof"]
        if proof["m"] != "qr":
            self.on_word.put(leaf.event["item"], leaf.index)
            if leaf.event["item"] in self.returns:
                self.turned_back[leaf.index] = leaf.event["item"]
            return
        item, rotation = leaf.event["item"], proof["rot"]
        told = f"custody/delivery/v1\0{item}\0{rotation}\0{proof['s']}"
        opened = f"{item}/{rotation}/{hex_digest(told.encode())}"
        if opened not in self.locks:
            self.unopened.append((leaf.index, opened))

    def _goes_back(self, item: str) -> bool:
        (events,) = self.returns.get(item) or ("",)
        told = [each for each in events.split() if each not in self.corrected]
        return bool(told) and item not in self.withdrawn

    def _is_for_a_citizen(self, item: str) -> bool:
        leg = self.legs.get(item)
        if leg is None or leg == ("BAG",):
            return False
        return leg == ("OUT",) or item in self.withdrawn
