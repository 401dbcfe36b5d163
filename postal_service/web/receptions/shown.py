"""What a reception form shows: the lists to choose from, the fee, and whatever was typed before."""

from collections.abc import Sequence
from datetime import date
from typing import TypedDict

from postal_service.domain.ids import UnitCode
from postal_service.domain.procedures import FeeStatus, ProcedureVersion
from postal_service.domain.standing import Channel
from postal_service.domain.wording_dates import local
from postal_service.services import overview, places, procedures
from postal_service.services.procedures import fee_channel
from postal_service.storage.transaction import reading
from postal_service.web import forms, here
from postal_service.web.receptions.form import channel_at, channel_by_post


class Shown(TypedDict):
    """The names that the fieldsets know."""

    version: ProcedureVersion
    agencies: dict[UnitCode, str]
    communes: dict[UnitCode, str]
    fee: int | None
    typed: dict[str, str]
    paper_counts: list[tuple[str, str, str]]


def shown(code: str, fields: Sequence[str], *, fetched: bool = False) -> Shown:
    """What the fieldsets of templates/receptions/fields.html ask for; `fetched` by a courier at a home.

    Raises BadProcedureCode, UnknownProcedure or NoVersion.
    """
    day = local(here.now()).date()
    with reading(here.sessions()) as store:
        _, version = procedures.version_on(store, code, day)
        unit = places.place(store, here.actor().unit, day=day)
        agencies = overview.units_of_kind(store, [places.AGENCY], day=day)
        communes = overview.communes(store, day=day)
    typed = forms.typed(*fields)
    if not typed["agency"] and unit.serves in agencies:
        typed["agency"] = unit.serves or ""
    return {
        "version": version,
        "agencies": agencies,
        "communes": communes,
        "fee": _fee(version, channel_by_post() if fetched else channel_at(unit), day),
        "typed": typed,
        "paper_counts": _paper_counts(version),
    }


def _fee(version: ProcedureVersion, channel: Channel, day: date) -> int | None:
    """The confirmed state fee of this channel; None where it must be entered with its decision."""
    fee = version.fee_on(fee_channel(channel), day)
    return fee.amount_dong if fee.status is FeeStatus.CONFIRMED else None


def _paper_counts(version: ProcedureVersion) -> list[tuple[str, str, str]]:
    """What the steppers show: what was typed, else what the list asks for."""
    counted: list[tuple[str, str, str]] = []
    for position, need in enumerate(version.papers):
        taken = (0, 0, 0) if need.optional else need.taken
        names = ("originals", "certified", "photocopies")
        typed = [
            forms.raw(f"p{position}-{name}")[:4] or str(count)
            for name, count in zip(names, taken, strict=True)
        ]
        counted.append((typed[0], typed[1], typed[2]))
    return counted
