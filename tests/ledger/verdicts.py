"""What the verifier says of a post's ledger, and what a dishonest device would tell it."""

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Condition
from postal_service.domain.ids import EventId, ItemId, StaffId
from postal_service.ledger import signing
from postal_service.ledger.append import Signed
from postal_service.ledger.encoding import encode
from postal_service.ledger.verify import Verdict, verify
from tests.ledger.post import PAPERS, Device, Post


def judge(post: Post, folder: Path, *, workers: int = 1) -> Verdict:
    post.record()
    post.checkpoint()
    return verify(*post.export(folder), workers=workers)


def resigned(signed: Signed, by: Device, **changed: object) -> Signed:
    """The same event, changed and signed anew by its device, as only the device can."""
    event = replace(signed.event, **changed)  # type: ignore[arg-type]
    body = encode(event)
    by.last = signing.digest(body)
    return Signed(event, body, signing.sign(by.key, body))


def why(verdict: Verdict) -> str:
    assert verdict.broken is not None
    return verdict.broken.why


def passed_on(giver: Device, taker: Device, of: ItemId, parent: EventId) -> tuple[Signed, Signed]:
    """An offer of one device, and another's taking of it."""
    offered = giver.sign(
        acts.Offer(
            to_unit=taker.unit,
            to_staff=StaffId(""),
            counts=PAPERS,
            condition=Condition.OK,
            seal="S1",
            batch="b",
            manifest="0" * 64,
            batch_count=1,
        ),
        of=of,
        parent=parent,
    )
    taken = taker.sign(
        acts.Handover(
            capacity=Capacity.COURIER,
            counts=PAPERS,
            condition=Condition.OK,
            seal="S1",
            giver=giver.id,
            offer=signing.digest(offered.body),
            offer_signature=b64encode(offered.signature).decode(),
        ),
        of=of,
        parent=parent,
    )
    return offered, taken
