"""What the post did for each agency is counted once, in the month in which it was done, and not for the neighbour."""

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.acts import Leg
from postal_service.domain.custody import State
from postal_service.domain.ids import UnitCode
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import VIETNAM
from postal_service.reports import Period, make, volume_for
from postal_service.reports.volumes import Volume
from tests.reports import rows
from tests.services import world as w
from tests.services.world import World

NOVEMBER = Period(first=date(2026, 11, 1), last=date(2026, 11, 30))
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=VIETNAM)


def at(day: int, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, 9, tzinfo=VIETNAM)


def volumes(session: Session, world: World, unit: UnitCode = w.PROVINCE) -> dict[str, Volume]:
    rows.write_ledger(session)
    made = make(session, unit, NOVEMBER, by=world.auditor, at=NOW)
    return {each.agency: each.volume for each in made.agencies}


def test_receptions_are_counted_for_the_agency_that_settles(session: Session, world: World) -> None:
    rows.dossier(session, world, received=at(2))
    rows.dossier(session, world, received=at(3), helped=w.OFFICE)
    rows.dossier(session, world, received=at(4), channel="post")
    rows.dossier(session, world, received=at(5), agency=w.FAR_AGENCY)
    rows.dossier(session, world, received=at(2, month=10))
    rows.dossier(session, world, received=None, state="posted")

    assert volumes(session, world) == {
        w.AGENCY: Volume(received=3, received_by_post=2),
        w.FAR_AGENCY: Volume(received=1),
    }
    assert volumes(session, world, w.OFFICE) == {w.AGENCY: Volume(received=1, received_by_post=1)}


def test_a_scan_counts_when_somebody_else_has_found_it_good(session: Session, world: World) -> None:
    of = rows.dossier(session, world, received=at(2, month=10))
    rows.scan(session, of, position=1, pages=3, checked=at(4), state="accepted")
    rows.scan(session, of, position=0, pages=2, checked=at(5), state="accepted")
    rows.scan(session, of, position=1, pages=9, checked=at(5), state="rejected")
    rows.scan(session, of, position=2, pages=9, checked=None, state="waiting")
    rows.scan(session, of, position=2, pages=9, checked=at(30, month=10), state="accepted")

    assert volumes(session, world) == {
        w.AGENCY: Volume(inputs_digitised=1, results_digitised=1, pages=5)
    }


def test_a_paper_that_is_scanned_again_is_no_second_paper(session: Session, world: World) -> None:
    of = rows.dossier(session, world, received=at(2, month=10))
    other = rows.dossier(session, world, received=at(2, month=10))
    for day in (9, 4, 4):  # whatever was entered first, and twice in one moment
        rows.scan(session, of, position=1, pages=3, checked=at(day), state="accepted")
    for day in (5, 6):
        rows.scan(session, of, position=0, pages=2, checked=at(day), state="accepted")
    rows.scan(session, other, position=1, pages=1, checked=at(5), state="accepted")
    # One that was first accepted in October was paid for then; its pages were scanned all the same.
    rows.scan(session, of, position=2, pages=4, checked=at(30, month=10), state="accepted")
    rows.scan(session, of, position=2, pages=4, checked=at(7), state="accepted")
    # One that was sent back first counts once it is good.
    rows.scan(session, of, position=3, pages=9, checked=at(30, month=10), state="rejected")
    rows.scan(session, of, position=3, pages=5, checked=at(8), state="accepted")

    assert volumes(session, world) == {
        w.AGENCY: Volume(inputs_digitised=3, results_digitised=1, pages=9 + 4 + 1 + 4 + 5)
    }


def test_an_item_counts_once_when_its_way_has_ended(session: Session, world: World) -> None:
    home = rows.dossier(session, world, received=at(2, month=10), home=True)
    desk = rows.dossier(session, world, received=at(2, month=10))
    way = [("accept", at(2)), ("handover", at(3)), ("handover", at(4))]
    rows.item(session, leg=Leg.IN, state=State.WITH_AGENCY, told=way, of=home)
    rows.item(session, leg=Leg.SUP, state=State.WITH_AGENCY, told=way, of=home)
    rows.item(session, leg=Leg.IN, state=State.WITH_COURIER, told=way, of=desk)
    rows.item(session, leg=Leg.OUT, state=State.DELIVERED, told=[("accept", at(5)), ("deliver", at(6))], of=home)  # fmt: skip
    rows.item(session, leg=Leg.OUT, state=State.DELIVERED, told=[("accept", at(5)), ("deliver", at(6))], of=desk)  # fmt: skip
    rows.item(session, leg=Leg.OUT, state=State.RETURNED, told=way, of=desk)
    rows.item(session, leg=Leg.IN, state=State.WITH_AGENCY, of=desk, told=[("accept", at(1, month=10)), ("handover", at(2, month=10))])  # fmt: skip
    rows.item(session, leg=Leg.OUT, state=State.DELIVERED, destination=w.FAR_OFFICE, of=home, told=[("accept", at(5)), ("deliver", at(6))])  # fmt: skip

    done = Volume(
        dossiers_carried=1, supplements_carried=1, results_delivered=2, results_home=1, returned=1
    )
    assert volumes(session, world, w.OFFICE) == {w.AGENCY: done}
    assert volumes(session, world, w.FAR_OFFICE) == {
        w.AGENCY: Volume(results_delivered=1, results_home=1)
    }


def test_one_agencys_volume_is_that_of_the_report_and_none_is_nought(
    session: Session, world: World
) -> None:
    rows.dossier(session, world, received=at(2))
    rows.write_ledger(session)

    def asked(agency: str, unit: UnitCode = w.PROVINCE) -> Volume:
        of = UnitCode(agency)
        return volume_for(session, unit, of, NOVEMBER, by=world.auditor, at=NOW).volume

    assert asked(w.AGENCY) == Volume(received=1)
    assert asked(w.FAR_AGENCY) == Volume()
    for agency, unit in (("nowhere", w.PROVINCE), (w.AGENCY, UnitCode("nowhere"))):
        with pytest.raises(UnknownUnit):
            asked(agency, unit)
    with pytest.raises(UnknownUnit):
        volume_for(session, w.FAR_OFFICE, w.AGENCY, NOVEMBER, by=world.manager, at=NOW)
