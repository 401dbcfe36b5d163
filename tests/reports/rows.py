"""Rows as the service leaves them, written by hand, so that a test can count them by hand."""

from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from postal_service.domain.acts import Leg
from postal_service.domain.custody import State
from postal_service.storage.schema import (
    DossierRow,
    EdgeRow,
    EntryRow,
    HoldingRow,
    ItemRow,
    MoneyRow,
    PlanRow,
    RoundRow,
    ScanRow,
    VerdictRow,
)
from tests.services import world as w
from tests.services.world import World

_serials = count(1)
_TOLD = "told"


def dossier(
    session: Session,
    world: World,
    *,
    procedure: str = w.EXTRACT,
    received: datetime | None,
    due: datetime | None = None,
    settled: datetime | None = None,
    state: str = "received",
    helped: str | None = None,
    desk: str = w.DESK,
    channel: str = "direct",
    home: bool = False,
    agency: str = w.AGENCY,
) -> str:
    number = next(_serials)
    row = DossierRow(
        id=f"d-{number}", code=f"H17.132-261123-{number:04d}", procedure=world.procedures[procedure],
        channel=channel, origin="desk" if helped is None else "post_office", helped_unit=helped,
        received_unit=desk, competent_unit=agency, received_at=received, due_at=due,
        resolved_at=settled, result_by_post=home, pin_hash=b"", administrative=state,
        money="none", digitisation="none", made_at=received or w.MORNING,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def item(
    session: Session,
    *,
    leg: Leg,
    state: State,
    told: list[tuple[str, datetime]],
    origin: str = w.OFFICE,
    destination: str = w.OFFICE,
    holder: str = "",
    unit: str = "",
    attempts: int = 0,
    void: tuple[int, ...] = (),
    of: str | None = None,
) -> str:
    """An item with its events (type, when recorded), and what is true of it now; see write_ledger.

    `void` names events, by their place, that do not count.
    """
    number = next(_serials)
    name = f"BH{number:09d}VN"
    session.add(
        ItemRow(
            item=name, issued_on=w.MORNING.date(), leg=leg.value, dossier=of, origin_unit=origin,
            destination_unit=destination, token_hash=b"", made_by="s-counter",
        )
    )  # fmt: skip
    session.flush()
    for place, (kind, when) in enumerate(told):
        event = f"e-{number}-{place}"
        session.info.setdefault(_TOLD, []).append((_ms(when), name, place + 1, event, kind))
        if place in void:
            session.add(VerdictRow(event_id=event, item=name, verdict="conflict"))
    last = max(place for place in range(len(told)) if place not in void)
    session.add(
        HoldingRow(
            item=name, leg=leg.value, state=state.value, holder_staff=holder, holder_unit=unit,
            capacity="counter" if holder else "", custody_event=f"e-{number}-{last}",
            since_ms=_ms(told[last][1]), destination=destination, originals=1, certified=0,
            photocopies=0, condition="ok", seal="", lock="", rotation=0, offered_event="",
            offered_batch="", offered_unit="", offered_staff="", offered_since_ms=0, troubles="",
            bag="", run="", round="", attempts=attempts, invitations=0, held_until="",
            going_back=False,
        )
    )  # fmt: skip
    session.flush()
    return name


def write_ledger(session: Session) -> None:
    """Enter the events of all items told so far, in the order of their times, as the ledger has them."""
    edge = session.get(EdgeRow, 1) or EdgeRow(id=1, size=0, hashes=b"")
    session.add(edge)
    for received_ms, item, sequence, event, kind in sorted(session.info.pop(_TOLD, [])):
        session.add(
            EntryRow(
                index=edge.size, event_id=event, type=kind, device=f"v-{item}",
                device_sequence=sequence, item=item, item_sequence=sequence, item_previous=b"",
                received_ms=received_ms, body=b"", signature=b"", leaf_hash=b"",
            )
        )  # fmt: skip
        edge.size += 1
    session.flush()


def money(
    session: Session,
    of: str,
    *states: str,
    dong: int,
    unit: str,
    line: str = "postage",
    method: str = "cash",
) -> None:
    charge = f"c-{next(_serials)}"
    for state in states:
        session.add(
            MoneyRow(
                dossier=of, charge=charge, line=line, state=state,
                method="" if state == "due" else method, amount_dong=dong, at=w.MORNING,
                staff="s-counter", unit=unit, reference="",
            )
        )  # fmt: skip
        session.flush()


def scan(
    session: Session, of: str, *, position: int, pages: int, checked: datetime | None, state: str
) -> None:
    session.add(
        ScanRow(
            dossier=of, position=position, evidence=f"{next(_serials):064x}", content=None,
            media_type="application/pdf", pages=pages, state=state, fault="", scanned_by="s-counter",
            scanned_at=w.MORNING, checked_by="s-second-counter" if checked else None,
            checked_at=checked,
        )
    )  # fmt: skip
    session.flush()


def planned(
    session: Session, *, office: str, day: date, metres: int, state: str = "published"
) -> None:
    number = next(_serials)
    plan = PlanRow(
        id=f"p-{number}", office=office, day=day, version=number, state=state, made_by="s-manager",
        made_at=w.MORNING, published_by=None, published_at=None, seed=1, budget_seconds=1.0, cost=0,
        metres=metres, seconds=3600, baseline_metres=metres, baseline_seconds=3600,
        baseline_unserved=0, unserved=[], faults=[], orders="", edits=0, edited_by="",
        edited_at=w.MORNING,
    )  # fmt: skip
    session.add(plan)
    session.flush()
    session.add(
        RoundRow(
            id=f"r-{number}", plan=plan.id, office=office, day=day, courier="s-courier", state=state,
            acknowledged_at=None, starts_at=w.MORNING, ends_at=w.MORNING + timedelta(hours=1),
            metres=metres, seconds=3600,
        )
    )  # fmt: skip
    session.flush()


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
