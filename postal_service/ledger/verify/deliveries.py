"""A delivery code opens a lock that was made for its item and rotation."""

import sqlite3

from .answer import Findings
from .leaves import Leaf
from .memory import Kept
from .values import hex_digest


class Deliveries:
    """Locks, and codes that open none of those that came until then."""

    def __init__(self, disk: sqlite3.Connection, findings: Findings) -> None:
        self.findings = findings
        self.locks = Kept(disk, "locks")  # by item, rotation and lock
        self.unopened: list[tuple[int, str]] = []  # leaf, the lock that its code would open

    def keep_lock(self, leaf: Leaf) -> None:
        event = leaf.event
        if event["type"] == "rotate":
            item, rotation = event["item"], event["rot"]
        else:  # on the way in, the lock is that of the result's number
            item, rotation = event["item"] if event["leg"] == "OUT" else event.get("ret", ""), 1
        if "lock" in event:
            self.locks.put(f"{item}/{rotation}/{event['lock']}")

    def deliver(self, leaf: Leaf) -> None:
        proof = leaf.event["proof"]
        if proof["m"] != "qr":
            return
        item, rotation = leaf.event["item"], proof["rot"]
        told = f"custody/delivery/v1\0{item}\0{rotation}\0{proof['s']}"
        opened = f"{item}/{rotation}/{hex_digest(told.encode())}"
        if opened not in self.locks:
            self.unopened.append((leaf.index, opened))

    def end(self) -> None:
        for index, opened in self.unopened:
            if opened not in self.locks:
                self.findings.add(index, "a delivery code opens no lock")
