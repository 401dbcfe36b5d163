"""No clock is believed alone: what was signed and seen when bounds every time that is told.

Of each phone what it told since it was switched on is remembered in a few numbers: `mono` counts on
between its events, so that a bound of one of them bounds the others too. What an office signs has
the server's own clock and another process may sign its next event: its `mono` says nothing.
"""

from dataclasses import dataclass

from .answer import Findings
from .leaves import Leaf
from .notes import Checkpoint

CLOCKS_APART_MS = 600_000  # clocks of several machines differ; what is further apart is told
BEFORE_WHAT_IT_FOLLOWS = "it was received before what stands before it"
AFTER_IT_WAS_SIGNED = "it was received after a witness had signed it"
TOLD_BEFORE_IT_WAS = "its device says a time after it was received"
OLDER_THAN_IT_CAN_BE = "its device says a time before what it had seen"
LATER_THAN_IT_CAN_BE = "its device says a later time than what it signed afterwards allows"
COUNTS_BACKWARDS = "its device counts backwards from when it was switched on"
TOO_LITTLE_TIME = "its device counts more time than there was since what it had seen"


@dataclass
class Boot:
    """What one phone told since it was switched on: moments at which its count was zero."""

    name: str
    count: int  # its last mono
    not_before_ms: int  # by what it had seen
    claimed_ms: int  # the latest that its clock claims
    claims: int  # the leaf that claims it


class Times:
    """When leaves were received, and which checkpoints devices saw."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.latest, self.latest_ms = 0, 0  # the leaf received last, and the newest time till now
        self.not_before: dict[str, int] = {}  # when what a device may have seen was signed
        self.seen_roots: dict[str, int] = {}  # what devices saw first at which leaf
        self.boots: dict[str, Boot] = {}  # by phone

    def see(self, leaf: Leaf) -> None:
        """Remember the checkpoint that the device saw."""
        if leaf.event["cp"]:
            self.seen_roots.setdefault(leaf.event["cp"], leaf.index)

    def check(self, leaf: Leaf, *, of_phone: bool) -> None:
        event, received_ms = leaf.event, leaf.beside["rx"]
        if received_ms < self.latest_ms - CLOCKS_APART_MS:
            self.findings.add(leaf.index, BEFORE_WHAT_IT_FOLLOWS)
        elif received_ms > self.latest_ms:
            self.latest, self.latest_ms = leaf.index, received_ms
        not_before_ms = self.not_before.get(event["cp"], 0)
        if of_phone:
            not_before_ms = max(not_before_ms, self._by_its_count(leaf, not_before_ms))
        if event["t"] > received_ms + CLOCKS_APART_MS:
            self.findings.add(leaf.index, TOLD_BEFORE_IT_WAS)
        elif event["t"] < not_before_ms - CLOCKS_APART_MS:
            self.findings.add(leaf.index, OLDER_THAN_IT_CAN_BE)

    def _by_its_count(self, leaf: Leaf, seen_ms: int) -> int:
        """Look at what the phone told before in the light of this; since when this can have been."""
        event, received_ms = leaf.event, leaf.beside["rx"]
        count: int = event["mono"]
        beyond = event["t"] > received_ms + CLOCKS_APART_MS  # which is told by itself
        claimed_ms = (received_ms if beyond else event["t"]) - count
        boot = self.boots.get(event["dev"])
        if boot is None or boot.name != event["boot"] or count < boot.count:
            if boot is not None and boot.name == event["boot"]:
                self.findings.add(leaf.index, COUNTS_BACKWARDS)
            boot = Boot(event["boot"], count, seen_ms - count, claimed_ms, leaf.index)
            self.boots[event["dev"]] = boot
            return seen_ms
        boot.count = count
        boot.not_before_ms = max(boot.not_before_ms, seen_ms - count)
        switched_on_ms = received_ms - count
        if boot.claimed_ms > switched_on_ms + CLOCKS_APART_MS:
            self.findings.add(boot.claims, LATER_THAN_IT_CAN_BE)
            boot.claimed_ms, boot.claims = claimed_ms, leaf.index
        elif claimed_ms > boot.claimed_ms:
            boot.claimed_ms, boot.claims = claimed_ms, leaf.index
        if boot.not_before_ms > switched_on_ms + CLOCKS_APART_MS:
            self.findings.add(leaf.index, TOO_LITTLE_TIME)
            boot.not_before_ms = seen_ms - count
        return boot.not_before_ms + count

    def pass_checkpoint(self, checkpoint: Checkpoint) -> None:
        """What is signed was there before, and what follows came later: whatever a leaf says."""
        witnessed_ms = checkpoint.witnessed_ms
        if witnessed_ms is not None:
            if self.latest_ms > witnessed_ms + CLOCKS_APART_MS:
                self.findings.add(self.latest, AFTER_IT_WAS_SIGNED)
            self.latest_ms = witnessed_ms
        self.not_before[checkpoint.root[:16].hex()] = self.latest_ms

    def know_roots(self, roots: set[str]) -> None:
        """Compare what devices saw with the checkpoints that are here."""
        for root, index in self.seen_roots.items():
            if root not in roots:
                self.findings.add(index, "its device saw a checkpoint that is not here")
