"""An act in the envelope that its device signs: who, where, when, in which order."""

from dataclasses import dataclass

from postal_service.domain.acts import TRANSFERS, Act
from postal_service.domain.ids import DeviceId, EventId, ItemId, StaffId, UnitCode

NO_PARENT = EventId("")
NO_ITEM = ItemId("")


@dataclass(frozen=True, kw_only=True)
class Event:
    """One signed fact. `docs/event-format.md` gives the key behind each field.

    `sequence` counts the device's events without gaps and `previous` is the SHA-256 of the one
    before; `wall_ms` is the device's own clock, never trusted alone (clock.py).
    """

    id: EventId
    device: DeviceId
    staff: StaffId
    unit: UnitCode
    sequence: int
    previous: str
    checkpoint: str  # first 16 bytes of the newest checkpoint root seen, hex; "" when none was
    item: ItemId
    parent: EventId
    wall_ms: int
    monotonic_ms: int
    boot: str
    place: str  # geohash of 5 characters, or ""
    act: Act

    @property
    def moves_custody(self) -> bool:
        return isinstance(self.act, TRANSFERS)
