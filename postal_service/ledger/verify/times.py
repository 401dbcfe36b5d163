"""No clock is believed alone: what was signed and seen when bounds every time that is told."""

from .answer import Findings
from .leaves import Leaf
from .notes import Checkpoint

CLOCKS_APART_MS = 600_000  # clocks of several machines differ; what is further apart is told
BEFORE_WHAT_IT_FOLLOWS = "it was received before what stands before it"
AFTER_IT_WAS_SIGNED = "it was received after a witness had signed it"
TOLD_BEFORE_IT_WAS = "its device says a time after it was received"
OLDER_THAN_IT_CAN_BE = "its device says a time before what it had seen"


class Times:
    """When leaves were received, and which checkpoints devices saw."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.latest, self.latest_ms = 0, 0  # the leaf received last, and the newest time till now
        self.not_before: dict[str, int] = {}  # when what a device may have seen was signed
        self.seen_roots: dict[str, int] = {}  # what devices saw first at which leaf

    def see(self, leaf: Leaf) -> None:
        """Remember the checkpoint that the device saw."""
        if leaf.event["cp"]:
            self.seen_roots.setdefault(leaf.event["cp"], leaf.index)

    def check(self, leaf: Leaf) -> None:
        event, received_ms = leaf.event, leaf.beside["rx"]
        if received_ms < self.latest_ms - CLOCKS_APART_MS:
            self.findings.add(leaf.index, BEFORE_WHAT_IT_FOLLOWS)
        elif received_ms > self.latest_ms:
            self.latest, self.latest_ms = leaf.index, received_ms
        if event["t"] > received_ms + CLOCKS_APART_MS:
            self.findings.add(leaf.index, TOLD_BEFORE_IT_WAS)
        elif event["t"] < self.not_before.get(event["cp"], 0) - CLOCKS_APART_MS:
            self.findings.add(leaf.index, OLDER_THAN_IT_CAN_BE)

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
