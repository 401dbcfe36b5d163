"""What the ledger tells of each device: its key, whose it is, where, and whether it is still trusted.

Not told, and so neither compared nor made anew: an office's private half, how far a device's own
chain goes, and phones that wait for their head. All devices are in memory at once: they are few.
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.orm import Session

from postal_service.domain.acts import EnrolDevice, RevokeDevice
from postal_service.domain.event import Event
from postal_service.domain.ids import DeviceId
from postal_service.ledger import reading, signing
from postal_service.ledger.reading import PHONE
from postal_service.storage.schema import DeviceRow

ROOT, OFFICE = "root", "office"
ACTIVE, REVOKED = "active", "revoked"
NEVER_ENROLLED: Mapping[str, object] = {"status": REVOKED}
TOLD = ("kind", "algorithm", "public_key", "staff", "unit", "status", "revoked_at")

Columns = dict[str, object]

_KEPT = select(DeviceRow.id, *(getattr(DeviceRow, name) for name in TOLD)).order_by(DeviceRow.id)


def told(session: Session) -> dict[str, Columns]:
    """The columns of every enrolled device that the ledger tells, by its id."""
    found: dict[str, Columns] = {}
    for page in reading.pages_of_types(session, ("dev_enrol", "dev_revoke")):
        for event in page:
            act = event.act
            if isinstance(act, EnrolDevice):
                found[act.device] = _enrolled(event, act, found)
            elif isinstance(act, RevokeDevice) and act.device in found:
                at = datetime.fromtimestamp(event.wall_ms / 1_000, UTC)
                found[act.device] |= {"status": REVOKED, "revoked_at": at}
    return found


def offices(told: Mapping[str, Columns]) -> set[str]:
    """The devices that are offices' keys."""
    return {device for device, columns in told.items() if columns["kind"] == OFFICE}


def differing(session: Session, told: Mapping[str, Columns]) -> Iterator[str]:
    """`device BCDEFGHI (status)`, `device BCDEFGHI` where it is not there at all."""
    kept: set[str] = set()
    for row in session.execute(_KEPT).mappings().all():
        kept.add(row["id"])
        wrong = _wrong(row, told)
        if wrong:
            yield f"device {row['id']} ({', '.join(wrong)})"
    yield from (f"device {device}" for device in sorted(told.keys() - kept))


def put_right(session: Session, told: Mapping[str, Columns]) -> None:
    """Make the rows say what the ledger tells, and make a lost row anew.

    Not the row of an office: without its private half it could sign nothing. The office gets another
    key at its next act.
    """
    kept: set[str] = set()
    for row in session.execute(_KEPT).mappings().all():
        kept.add(row["id"])
        wrong = _wrong(row, told)
        if wrong:
            session.execute(update(DeviceRow).where(DeviceRow.id == row["id"]).values(**wrong))
    for device in sorted(told.keys() - kept):
        if told[device]["kind"] != OFFICE:
            session.execute(
                insert(DeviceRow).values(_lost(session, DeviceId(device), told[device]))
            )


def _enrolled(event: Event, act: EnrolDevice, found: Mapping[str, Columns]) -> Columns:
    by_root = found.get(event.device, {}).get("kind") == ROOT
    kind = ROOT if act.device == event.device else OFFICE if by_root else PHONE
    return {
        "kind": kind,
        "algorithm": act.algorithm,
        "public_key": b64decode(act.public_key),
        "staff": act.holder,
        "unit": act.holder_unit,
        "status": ACTIVE,
        "revoked_at": None,
        "enrolled_at": datetime.fromtimestamp(event.wall_ms / 1_000, UTC),
    }


def _wrong(row: RowMapping, told: Mapping[str, Columns]) -> Columns:
    """The columns of a row that do not say what is told of it, with what they should say."""
    if row["id"] not in told:
        # It waits for its head, or was turned away: the ledger never knew it, and it may sign nothing.
        return dict(NEVER_ENROLLED) if row["status"] == ACTIVE else {}
    columns = told[row["id"]]
    return {name: columns[name] for name in TOLD if not _same(row[name], columns[name])}


def _same(kept: object, told: object) -> bool:
    if isinstance(kept, datetime) and isinstance(told, datetime):
        return round(kept.timestamp() * 1_000) == round(told.timestamp() * 1_000)  # as events tell
    return kept == told


def _lost(session: Session, device: DeviceId, columns: Columns) -> Columns:
    """The row of a device that is not there: its chain goes on after what the ledger has of it."""
    last = reading.last_of_device(session, device) or (0, signing.genesis(device))
    return {
        "id": device,
        **columns,
        "private_key": None,
        "last_sequence": last[0],
        "last_digest": last[1],
    }
