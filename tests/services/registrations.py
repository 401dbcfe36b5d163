"""Citizens and what they bring, for the tests of the services."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.ids import UnitCode
from postal_service.domain.persons import Address, Person, read_address, read_person
from postal_service.domain.procedures import PaperCount
from postal_service.services import procedures, reception
from postal_service.services.reception import Received, Registration
from tests.services import world as w
from tests.services.world import World

SERVICE = "BH"

NEAR_HOME = read_address("12 Trần Cao Vân", w.COMMUNE, lat=15.5601, lon=108.4802)
FAR_HOME = read_address("Thôn 3, Hà Lam", w.FAR_COMMUNE, lat=15.7391, lon=108.3512)
LAN = read_person("Nguyễn Thị Lan", phone="0905 123 456", citizen="049190123456", address=NEAR_HOME)
BINH = read_person("Trần Văn Bình", phone="0914 000 777", citizen="049080654321", address=FAR_HOME)


def all_papers(session: Session, code: str) -> tuple[PaperCount, ...]:
    """Exactly what the procedure asks for, without what is optional."""
    _, version = procedures.version_on(session, code, w.MORNING.date())
    return tuple(
        PaperCount(
            name=need.name,
            originals=need.originals,
            certified=need.certified,
            photocopies=need.photocopies,
        )
        for need in version.papers
        if not need.optional and not need.shown_only
    )


def registration(
    session: Session,
    procedure: str = w.EXTRACT,
    /,
    *,
    agency: UnitCode = w.AGENCY,
    submitter: Person = LAN,
    result_by_post: bool = True,
    **other: object,
) -> Registration:
    """A registration as it should be; `other` replaces any of its fields."""
    made = Registration(
        procedure=procedure,
        agency=agency,
        submitter=submitter,
        papers=all_papers(session, procedure),
        result_by_post=result_by_post,
    )
    return replace(made, **other)  # type: ignore[arg-type]


def register(
    session: Session,
    world: World,
    command: Registration,
    *,
    by: Actor | None = None,
    at: datetime = w.MORNING,
) -> Received:
    """Register at the counter, or wherever `by` works."""
    return reception.register(
        session, world.keys, command, service=SERVICE, by=by or world.counter, at=at
    )


def home(unit: UnitCode) -> Address:
    return read_address("Số 1", unit)
