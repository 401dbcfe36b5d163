"""A unit has one office key and the post one root, however many clerks begin at the same moment."""

from threading import Barrier, Thread

from sqlalchemy import select

from postal_service.domain.ids import UnitCode
from postal_service.services.office_events import office_device
from postal_service.storage.schema import DeviceRow
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.clock import NOON
from tests.services.world import DESK, OFFICE, build


def test_clerks_who_begin_at_once_make_one_root_and_one_key_an_office(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
    units = [OFFICE, DESK, OFFICE, DESK]
    start = Barrier(len(units))

    def begin(unit: UnitCode) -> None:
        start.wait(timeout=20)
        with transaction(committed_sessions) as session:
            office_device(session, world.keys, unit, at=NOON)

    clerks = [Thread(target=begin, args=(unit,)) for unit in units]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join(timeout=60)

    with reading(committed_sessions) as session:
        made = sorted(tuple(row) for row in session.execute(select(DeviceRow.kind, DeviceRow.unit)))
    assert made == [("office", OFFICE), ("office", DESK), ("root", "ROOT")]
