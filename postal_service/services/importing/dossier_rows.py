"""One row of a one-stop system's export, read as a dossier of its own day.

Procedure and agency are those in force on the day of reception. The due date is the one the old
system promised; only where it has none is it computed. Papers are not in such exports, so none are made up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from postal_service.domain import dossier_code, procedures
from postal_service.domain.dossier_code import DossierCode
from postal_service.domain.ids import UnitCode
from postal_service.domain.persons import Person, PersonRole
from postal_service.domain.refusals import Refusal
from postal_service.domain.standing import GIVEN_OUT, Administrative, Channel
from postal_service.domain.wording_dates import local
from postal_service.services.importing import dossier_people
from postal_service.services.importing.cells import RowCells
from postal_service.services.importing.dossier_catalogue import Catalogue
from postal_service.services.importing.dossier_columns import CHANNELS, OF_A_RECEIVER, STATES
from postal_service.services.places import Place
from postal_service.services.procedures import VersionId

# An appointment without an hour falls at the end of the day.
END_OF_DAY = time(17)
# Systems write 31/12/9999 where they mean no date; nobody promises anything for another century.
_NO_PROMISE = 2100

_ENDED = frozenset(
    {
        Administrative.RESOLVED,
        Administrative.REFUSED,
        Administrative.DISCONTINUED,
        *GIVEN_OUT,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DossierRecord:
    """A dossier as a file tells it. None and "" are what the file does not tell."""

    code: str
    procedure: VersionId
    agency: UnitCode
    desk: UnitCode
    received_at: datetime
    due_at: datetime | None  # as the file has it
    computed_due: datetime | None  # where it has none
    channel: Channel | None
    state: Administrative | None
    resolved_at: datetime | None
    returned_at: datetime | None
    result_by_post: bool | None
    people: Mapping[PersonRole, Person]


def read(cells: RowCells, known: Catalogue, *, at: datetime) -> DossierRecord | None:
    """The dossier of a row; None where a cell it cannot do without was refused."""
    code = _code(cells, local(at).date())
    received_at = _received_at(cells, at)
    channel = cells.choice("channel", CHANNELS)
    by_post = cells.flag("result_by_post")
    if not cells.given("result_by_post"):
        for key in OF_A_RECEIVER:
            if cells.given(key):
                cells.remark(key, "import.receiver_not_used")
    version = _version(cells, known, received_at)
    agency = _agency(cells, known, code, received_at)
    dates = _dates(cells, received_at, at)
    people = dossier_people.people(cells, known, agency, by_post=bool(by_post), at=at)
    if by_post and version is not None:
        _check_by_post(cells, known, version, people, at)
    computed = None
    if version and agency and received_at and not cells.given("due_at"):
        computed = _computed_due(cells, known, version, agency, received_at)
    if cells.refused or code is None or version is None or agency is None or received_at is None:
        return None
    return DossierRecord(
        code=code.canonical,
        procedure=version,
        agency=agency.code,
        desk=known.units.desk_of(agency, day=local(received_at).date()).code,
        received_at=received_at,
        due_at=dates.due_at,
        computed_due=computed,
        channel=channel,
        state=dates.state,
        resolved_at=dates.resolved_at,
        returned_at=dates.returned_at,
        result_by_post=by_post,
        people=people,
    )


@dataclass(frozen=True, kw_only=True)
class _Dates:
    due_at: datetime | None
    state: Administrative | None
    resolved_at: datetime | None
    returned_at: datetime | None


def _code(cells: RowCells, today: date) -> DossierCode | None:
    text = cells.text("code", longest=60)
    if not text:
        return None
    try:
        return dossier_code.parse(text, today=today)
    except Refusal as refusal:
        cells.refuse("code", refusal.code, **refusal.facts)
        return None


def _received_at(cells: RowCells, at: datetime) -> datetime | None:
    found = cells.moment("received_at")
    if found is not None and found > at:
        cells.refuse("received_at", "import.in_the_future")
        return None
    if found is not None and local(found).year < 2000:
        cells.refuse("received_at", "import.too_long_ago")
        return None
    return found


def _version(cells: RowCells, known: Catalogue, received_at: datetime | None) -> VersionId | None:
    text = cells.text("procedure", longest=60)
    if not text or received_at is None:
        return None
    try:
        return known.version_on(text, local(received_at).date())
    except Refusal as refusal:
        cells.refuse("procedure", refusal.code, **refusal.facts)
        return None


def _agency(
    cells: RowCells, known: Catalogue, code: DossierCode | None, received_at: datetime | None
) -> Place | None:
    text = cells.text("agency", longest=200)
    if received_at is None or (code is None and not text):
        return None
    day = local(received_at).date()
    try:
        if text:
            return known.units.agency(text, day=day)
        return known.units.agency_of(code, day=day) if code else None
    except Refusal as refusal:
        cells.refuse("agency" if text else "code", refusal.code, **refusal.facts)
        return None


def _dates(cells: RowCells, received_at: datetime | None, at: datetime) -> _Dates:
    due_at = cells.moment("due_at", at_time=END_OF_DAY)
    if due_at is not None and local(due_at).year >= _NO_PROMISE:
        cells.refuse("due_at", "import.too_far_ahead")
    resolved_at, returned_at = cells.moment("resolved_at"), cells.moment("returned_at")
    state = _state(cells, resolved_at, returned_at)
    if state not in _ENDED:
        resolved_at = returned_at = None
    if received_at is not None:
        for key, moment in (("due_at", due_at), ("resolved_at", resolved_at), ("returned_at", returned_at)):  # fmt: skip
            # A day without an hour begins at midnight: it is not before that day's reception.
            if moment is not None and local(moment).date() < local(received_at).date():
                cells.refuse(key, "import.before_reception")
    for key, moment in (("resolved_at", resolved_at), ("returned_at", returned_at)):
        if moment is not None and moment > at:
            cells.refuse(key, "import.in_the_future")
    if resolved_at and returned_at and local(returned_at).date() < local(resolved_at).date():
        cells.refuse("returned_at", "import.returned_before_resolved")
    return _Dates(due_at=due_at, state=state, resolved_at=resolved_at, returned_at=returned_at)


def _state(
    cells: RowCells, resolved_at: datetime | None, returned_at: datetime | None
) -> Administrative | None:
    """The state as told, or as the days tell it; days that it has not reached are remarked."""
    state = cells.choice("status", STATES)
    if state is None and returned_at:
        state = Administrative.RETURNED
    if state is None and resolved_at:
        state = Administrative.RESOLVED
    if state in _ENDED and not (resolved_at or returned_at):
        cells.refuse("resolved_at", "import.end_without_day")
    if state not in _ENDED:
        for key, moment in (("resolved_at", resolved_at), ("returned_at", returned_at)):
            if moment is not None:
                cells.remark(key, "import.end_not_reached")
    return state


def _computed_due(
    cells: RowCells, known: Catalogue, version: VersionId, agency: Place, received_at: datetime
) -> datetime | None:
    try:
        return known.due(version, agency, received_at)
    except Refusal as refusal:
        cells.refuse("due_at", refusal.code, **refusal.facts)
        return None


def _check_by_post(
    cells: RowCells,
    known: Catalogue,
    version: VersionId,
    people: Mapping[PersonRole, Person],
    at: datetime,
) -> None:
    """What reception asks of a result that is brought home."""
    try:
        known.version(version).refuse_unless_by_post(procedures.PostalWay.TO_CITIZEN)
    except Refusal as refusal:
        cells.refuse("result_by_post", refusal.code, **refusal.facts)
    receiver = people.get(PersonRole.RECEIVER)
    if receiver is None or cells.refused:
        return
    key = "receiver_address" if cells.given("receiver_address") else "address"
    if receiver.address is None:
        cells.refuse(key, "reception.no_receiver")
    elif not known.units.delivered(receiver.address.unit, day=local(at).date()):
        cells.refuse(key, "place.no_office_serves", unit=receiver.address.unit)
    if not receiver.phone:
        cells.refuse("phone", "reception.no_phone", role=PersonRole.RECEIVER.value)
