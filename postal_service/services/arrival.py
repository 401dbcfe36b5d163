"""What a phone's event is judged by at the moment of writing: its device's row, its item, its proof."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Counts
from postal_service.domain.event import Event
from postal_service.domain.ids import DeviceId, DossierId, EventId, ItemId
from postal_service.ledger import reading, signing
from postal_service.services import delegated
from postal_service.services.delivery_proofs import Known
from postal_service.services.examining import Reason, Sound
from postal_service.services.recording import Signed
from postal_service.services.vault import Vault
from postal_service.storage.among import among
from postal_service.storage.schema import (
    DeviceRow,
    HeldRow,
    ItemRow,
)

FARTHEST_AHEAD = 5_000  # events that may wait for one that is missing
ACTIVE = "active"

_DEVICES = cast("Table", DeviceRow.__table__)
_HELD = cast("Table", HeldRow.__table__)
_ITEMS = cast("Table", ItemRow.__table__)
# One question for the devices, locked in one order, so that two uploads cannot embrace, and for
# what is held of each.
_CHAINS = (
    select(
        _DEVICES.c.id,
        _DEVICES.c.status,
        _DEVICES.c.last_sequence,
        _DEVICES.c.last_digest,
        _HELD.c.device_sequence,
        _HELD.c.body,
        _HELD.c.signature,
    )
    .select_from(_DEVICES.outerjoin(_HELD, _HELD.c.device == _DEVICES.c.id))
    .where(among(_DEVICES.c.id, "devices"))
    .order_by(_DEVICES.c.id)
    .with_for_update(of=_DEVICES)
)
_ADVANCE = (
    update(_DEVICES)
    .where(_DEVICES.c.id == bindparam("device"))
    .values(last_sequence=bindparam("sequence"), last_digest=bindparam("digest"))
)
# Locked in one order: an office must not decide about an item while its news come in.
_LOCKED_ITEMS = (
    select(_ITEMS.c.item, _ITEMS.c.dossier, *reading.LISTED)
    .where(among(_ITEMS.c.item, "items"))
    .order_by(_ITEMS.c.item)
    .with_for_update(key_share=True)
)


@dataclass
class Chain:
    """How far one device's chain goes, its row locked, and what waits for its turn by number."""

    status: str
    last_sequence: int
    last_digest: str
    waiting: dict[int, Sound] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)  # numbers that lie in the held table
    moved: bool = False

    @property
    def next(self) -> int:
        return self.last_sequence + 1

    def fault_of_place(self, sound: Sound) -> Reason | None:
        """Whether the number is already another event's, or absurdly far away."""
        number = sound.event.sequence
        if number < self.next:
            return Reason.SEQUENCE_FORK
        if number > self.next + FARTHEST_AHEAD:
            return Reason.TOO_FAR_AHEAD
        other = self.waiting.get(number)
        return Reason.SEQUENCE_FORK if other and other.digest != sound.digest else None

    def follows(self, sound: Sound) -> bool:
        return sound.event.previous == self.last_digest

    def advance(self, sound: Sound) -> None:
        self.last_sequence, self.last_digest = sound.event.sequence, sound.digest
        self.moved = True


def chains(session: Session, devices: Collection[DeviceId]) -> dict[DeviceId, Chain]:
    """The chains of these devices, theirs alone until the transaction ends."""
    found: dict[DeviceId, Chain] = {}
    if not devices:
        return found
    session.flush()  # what this session knows of the devices is read past its objects
    for row in session.execute(_CHAINS, {"devices": sorted(devices)}):
        device = DeviceId(row.id)
        if device not in found:
            found[device] = Chain(row.status, row.last_sequence, row.last_digest)
        if row.body is not None:
            signed = Signed(reading.meaning(row.body), row.body, row.signature)
            found[device].waiting[row.device_sequence] = Sound(signed, signing.digest(row.body))
            found[device].kept.add(row.device_sequence)
    return found


def write_ends(session: Session, found: Mapping[DeviceId, Chain]) -> None:
    """Keep how far the chains go now."""
    ends = [
        {"device": device, "sequence": chain.last_sequence, "digest": chain.last_digest}
        for device, chain in found.items()
        if chain.moved
    ]
    if ends:
        session.execute(_ADVANCE, ends)
        for each in session.identity_map.values():
            if isinstance(each, DeviceRow):
                session.expire(each, ["last_sequence", "last_digest"])


@dataclass(frozen=True)
class Facts:
    """What the store knows of the things that the events name."""

    items: Mapping[ItemId, DossierId | None]  # each that is known, and whose paper it is
    listed: Mapping[ItemId, Counts]  # of what is fetched at homes: the papers as they were listed
    proofs: Known
    forgiven: frozenset[EventId] = frozenset()  # a person has looked at these and lets them in
    delegated: frozenset[DossierId] = frozenset()  # somebody is named to receive, and known there

    @classmethod
    def of(
        cls,
        session: Session,
        vault: Vault,
        events: Sequence[Event],
        forgiven: frozenset[EventId],
        *,
        at: datetime,
    ) -> "Facts":
        asked = sorted({event.item for event in events})
        known = _locked(session, asked) if asked else {}
        dossiers = {item: dossier for item, (dossier, _) in known.items()}
        bare = (dossiers.get(each.item) for each in events if _is_bare_authorised(each))
        by_another = {dossier for dossier in bare if dossier is not None}
        return cls(
            items=dossiers,
            listed={item: listed for item, (_, listed) in known.items() if listed is not None},
            proofs=Known.of(session, vault, events, dossiers=dossiers, at=at),
            forgiven=forgiven,
            delegated=delegated.all_named(session, by_another) if by_another else frozenset(),
        )

    @property
    def of_dossiers(self) -> set[ItemId]:
        return {item for item, dossier in self.items.items() if dossier is not None}

    def fault(self, session: Session, event: Event, chain: Chain) -> Reason | None:
        """Why this event may not enter now, whatever its place in the chain."""
        if event.id in self.forgiven:
            return None
        if chain.status != ACTIVE and not _countersigned(session, event):
            return Reason.REVOKED
        if event.item not in self.items:
            return Reason.UNKNOWN_ITEM
        if isinstance(event.act, acts.Deliver) and not self._is_proved(event, event.act):
            return Reason.UNPROVED
        return None

    def _is_proved(self, event: Event, act: acts.Deliver) -> bool:
        return self.proofs.proves(event, act) and self._tells_receiver(event, act)

    def _tells_receiver(self, event: Event, act: acts.Deliver) -> bool:
        """Whoever is neither the owner nor named in the dossier is bound by the event (docs/adr/0023).

        Nobody is named or taken back while a courier has the item, so this does not change under way.
        """
        if act.receiver is acts.Receiver.OWNER or act.commitment:
            return True
        return _is_bare_authorised(event) and self.items[event.item] in self.delegated


def _is_bare_authorised(event: Event) -> bool:
    """Given to somebody whom the event does not bind: he has to be named in the dossier."""
    match event.act:
        case acts.Deliver(receiver=acts.Receiver.AUTHORISED, commitment=""):
            return True
        case _:
            return False


def _locked(
    session: Session, items: Sequence[ItemId]
) -> dict[ItemId, tuple[DossierId | None, Counts | None]]:
    found = session.execute(_LOCKED_ITEMS, {"items": items})
    return {
        ItemId(item): (dossier, reading.counts_listed(*listed)) for item, dossier, *listed in found
    }


def _countersigned(session: Session, event: Event) -> bool:
    """Late events of a revoked device pass when somebody else signed for them too."""
    act = event.act
    if not isinstance(act, acts.Handover):
        return False
    if act.offer_code:
        return True  # its signature was checked when the batch was examined
    told = reading.stories_of(session, [event.item])[event.item]
    return any(
        isinstance(each.event.act, acts.Offer)
        and each.digest == act.offer
        and each.event.device == act.giver
        for each in told
    )
