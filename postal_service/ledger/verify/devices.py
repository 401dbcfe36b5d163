"""A device is enrolled before it speaks, speaks for its own, leaves no gap and signs exactly these bytes."""

from base64 import b64decode
from dataclasses import dataclass

from .answer import Broken, Findings
from .leaves import Leaf
from .notes import Keys
from .signatures import Job, Signatures, envelope, public_key
from .values import bytes_in, hex_digest

ALONE = "its device was revoked before, and nobody countersigned"
SHARED_KEY = "its key is another person's too"


@dataclass
class Device:
    algorithm: str
    key: bytes
    staff: str
    unit: str
    is_office: bool  # else a courier's phone
    sequence: int = 0
    last: str = ""
    revoked: bool = False


class Devices:
    """Who was enrolled, and what each said last."""

    def __init__(self, keys: Keys, signatures: Signatures, findings: Findings) -> None:
        self.keys = keys
        self.signatures = signatures
        self.findings = findings
        self.known: dict[str, Device] = {}
        self.staff_of: dict[bytes, str] = {}  # whose each key is
        self.late_offers: dict[bytes, int] = {}  # of revoked devices, by digest: the leaf

    def check(self, leaf: Leaf) -> Device:
        """The device that tells this."""
        event = leaf.event
        name, body = event["dev"], leaf.body
        signature = bytes_in(leaf.beside["sig"], "its signature")
        if leaf.index == 0:
            self._enrol_root(leaf)
        device = self.known.get(name)
        if device is None:
            raise Broken(f"its device {name} was never enrolled")
        if event["seq"] != device.sequence + 1:
            raise Broken(f"its seq is {event['seq']}; its device's last was {device.sequence}")
        if event["prev"] != (device.last or hex_digest(b"genesis" + name.encode())):
            raise Broken("its prev is not its device's previous event")
        # A phone is one courier's; behind an office's key stands whoever is on duty there.
        if event["unit"] != device.unit or not (device.is_office or event["op"] == device.staff):
            raise Broken(f"its op or unit is not of its device {name}")
        if device.revoked:
            self._look_at_late(leaf)
        device.sequence, device.last = event["seq"], leaf.digest.hex()
        why = f"it is not signed by its device {name}"
        message = envelope(body)
        self.signatures.check(
            Job(leaf.index, event["id"], why, device.algorithm, device.key, message, signature)
        )
        return device

    def enrol(self, leaf: Leaf) -> None:
        event, first = leaf.event, leaf.index == 0
        subject = event["subj"]
        if subject in self.known and not first:
            raise Broken(f"the device {subject} was enrolled before")
        key = b64decode(event["key"])
        try:
            public_key(event["alg"], key)
        except ValueError:
            raise Broken(f"the key of the device {subject} is none") from None
        if self.staff_of.setdefault(key, event["subop"]) != event["subop"]:
            self.findings.add(leaf.index, SHARED_KEY)
        if not first:
            # The root enrols the offices, the offices enrol the phones, a phone enrols nobody.
            of_root = event["dev"] == self.keys.root_device
            self.known[subject] = Device(
                event["alg"], key, event["subop"], event["subunit"], is_office=of_root
            )

    def revoke(self, leaf: Leaf) -> None:
        event = leaf.event
        subject = self.known.get(event["subj"])
        if subject is None:
            raise Broken(f"the device {event['subj']} was never enrolled")
        if subject.is_office and event["dev"] != self.keys.root_device:
            raise Broken("an office revokes phones and no other office")
        subject.revoked = True

    def _enrol_root(self, leaf: Leaf) -> None:
        event, keys = leaf.event, self.keys
        expected = (keys.root_device, keys.root_device, keys.root_algorithm)
        found = (event["dev"], event.get("subj"), event.get("alg"))
        if event["type"] != "dev_enrol" or found != expected:
            raise Broken("the first leaf is not the enrolment of the root device by itself")
        if b64decode(event["key"]) != keys.root_key:
            raise Broken("the root device has another key than the file of keys says")
        self.known[event["dev"]] = Device(
            keys.root_algorithm, keys.root_key, event["subop"], event["subunit"], is_office=True
        )

    def _look_at_late(self, leaf: Leaf) -> None:
        """What a revoked device told alone entered only because a person let it in."""
        kind = leaf.event["type"]
        if kind == "offer":  # whoever takes it countersigns
            self.late_offers[leaf.digest[:16]] = leaf.index
        elif kind != "handover":
            self.findings.add(leaf.index, ALONE)
