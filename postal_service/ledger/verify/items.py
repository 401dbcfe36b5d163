"""Of each item a leaf follows the last without a gap, rests on an event of the same item, and spends a custody once."""

import sqlite3

from .answer import Broken, Findings
from .leaves import Leaf
from .memory import Kept
from .shapes import TRANSFERS

NO_LEAF = bytes(32)


class Items:
    """What was told of each item. Its number is the index of the first leaf that tells of it."""

    def __init__(self, disk: sqlite3.Connection, findings: Findings) -> None:
        self.findings = findings
        self.items = Kept(disk, "items", "number", "last_iseq", "last_leaf_hash")
        self.events = Kept(disk, "events", "number_of_item")
        self.spent = Kept(disk, "spent")
        self.waiting: dict[bytes, list[tuple[int, int]]] = {}  # parent: leaf, number of its item

    def follow(self, leaf: Leaf) -> int:
        """Whether it is the next of its item, and new. Returns the number of the item."""
        item, iseq = leaf.event["item"], leaf.beside["iseq"]
        number: int
        number, last, previous = self.items.get(item) or (leaf.index, 0, NO_LEAF)
        if iseq != last + 1:
            raise Broken(f"its iseq is {iseq}; the item's last was {last}")
        if leaf.beside["iprev"] != previous.hex():
            raise Broken("its iprev is not the item's previous leaf")
        self.items.put(item, number, iseq, leaf.hash)
        key = _key_of(leaf.event["id"])
        if not self.events.add(key, number):
            raise Broken("its id stands in the ledger already")
        for index, other in self.waiting.pop(key, ()):
            if other != number:
                self.findings.add(index, "it rests on an event of another item")
        return number

    def check_parent(self, leaf: Leaf, number: int) -> None:
        """What it rests on, which may come later, and the custody that a transfer spends."""
        kind, item, parent = leaf.event["type"], leaf.event["item"], leaf.event["parent"]
        if parent:
            key = _key_of(parent)
            known = self.events.get(key)
            if known is None:
                self.waiting.setdefault(key, []).append((leaf.index, number))
            elif known != (number,):
                self.findings.add(leaf.index, "it rests on an event of another item")
        elif kind != "accept":  # which alone rests on nothing
            self.findings.add(leaf.index, "it rests on an event that is not here")
        if kind in TRANSFERS and not self.spent.add(f"{item}/{parent}"):
            self.findings.add(leaf.index, "a custody is spent twice")

    def end(self) -> None:
        for children in self.waiting.values():
            for index, _ in children:
                self.findings.add(index, "it rests on an event that is not here")


def _key_of(event_id: str) -> bytes:
    return bytes.fromhex(event_id.replace("-", ""))
