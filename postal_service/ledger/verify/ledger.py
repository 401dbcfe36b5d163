"""Each leaf is asked everything in one order, and enters the tree when nothing is broken."""

from collections import Counter

from .answer import Broken, Findings
from .deliveries import Deliveries
from .devices import Device, Devices
from .handovers import Handovers
from .items import Items
from .leaves import Leaf, check_shape, open_leaf
from .memory import temporary_file
from .notes import Checkpoint, Keys
from .shapes import REGISTRY
from .signatures import Signatures
from .tellers import check_second, check_teller
from .times import Times
from .tree import Tree


class Ledger:
    """What has to be remembered while the leaves pass by."""

    def __init__(self, keys: Keys, signatures: Signatures) -> None:
        self.disk = disk = temporary_file()
        self.findings = findings = Findings()
        self.counts: Counter[str] = Counter()
        self.tree = Tree()
        self.items = Items(disk, findings)
        self.devices = Devices(keys, signatures, findings)
        self.handovers = Handovers(disk, self.devices, signatures, findings)
        self.deliveries = Deliveries(disk, findings)
        self.times = Times(findings)

    @property
    def size(self) -> int:
        return self.tree.size

    @property
    def root(self) -> bytes:
        return self.tree.root

    def add(self, line: bytes) -> None:
        """One leaf. Raises Broken with its index."""
        event_id = ""
        try:
            leaf = open_leaf(self.size, line)
            event_id = leaf.event_id
            check_shape(leaf)
            number = self.items.follow(leaf)
            teller = self.devices.check(leaf)
            self._check_facts(leaf, teller)
            if leaf.event["type"] not in REGISTRY:
                self.items.check_parent(leaf, number)
            self.times.check(leaf, of_phone=not teller.is_office)
        except Broken as broken:
            if broken.index is None:
                broken.index, broken.event = self.size, event_id
            raise
        self.counts[leaf.event["type"]] += 1
        self.tree.add(leaf.hash)

    def pass_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Signed over exactly the leaves until now. Raises Broken."""
        if checkpoint.root != self.root:
            raise Broken(f"the first {self.size} leaves do not have the root that was signed")
        self.times.pass_checkpoint(checkpoint)

    def end(self) -> None:
        """What can be said only when all leaves are known."""
        self.deliveries.end()
        self.items.end()
        self.handovers.end()

    def close(self) -> None:
        self.disk.close()

    def _check_facts(self, leaf: Leaf, teller: Device) -> None:
        kind = leaf.event["type"]
        if not teller.is_office:
            check_teller(leaf.event)
        check_second(leaf, self.findings)
        self.times.see(leaf)
        if kind == "dev_enrol":
            self.devices.enrol(leaf)
        elif kind == "dev_revoke":
            self.devices.revoke(leaf)
        elif kind == "handover":
            self.handovers.take(leaf, teller)
        elif kind == "offer":
            self.handovers.offer(leaf)
        else:
            self.deliveries.hear(leaf)
