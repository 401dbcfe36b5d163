"""One code for all channels: what was imported or typed is passed over, and of two who type one code one is refused."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from postal_service.domain.standing import Channel
from postal_service.services import numbers, places, registration
from postal_service.services.reception import Registration
from postal_service.services.registration import Checked, DossierKnown, Opened
from postal_service.storage.schema import CounterRow, DossierRow
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.questions import questions
from tests.services import world as w
from tests.services.importing.files import Importer, row
from tests.services.importing.writing import write_csv
from tests.services.registrations import SERVICE, register
from tests.services.registrations import registration as filled_in
from tests.services.world import World, build

TODAY = w.MORNING.date()
SERIES = "dossier:H17.132:261123"


def code(serial: int) -> str:
    return f"H17.132-261123-{serial:04d}"


def typed(session: Session, serial: int, *, result_by_post: bool = True) -> Registration:
    """A registration with a code that was given out elsewhere."""
    return filled_in(
        session, channel=Channel.ONLINE, code=code(serial), result_by_post=result_by_post
    )


def export(folder: Path, serials: range) -> Path:
    """What the agency's own system took in this morning."""
    day = {"Ngày tiếp nhận": "23/11/2026 08:00", "Ngày hẹn trả": "30/11/2026 17:00"}
    path = folder / "today.csv"
    return write_csv(path, [row() | day | {"Mã hồ sơ": code(serial)} for serial in serials])


def office(session: Session, world: World) -> Importer:
    return Importer(session=session, vault=world.vault, by=world.administrator)


def fresh(session: Session, world: World) -> str:
    return register(session, world, filled_in(session)).code


def test_after_todays_export_is_imported_the_next_dossier_follows_it(
    session: Session, world: World, tmp_path: Path
) -> None:
    assert fresh(session, world) == code(1)
    assert office(session, world).take(export(tmp_path, range(2, 5))).saved

    assert [fresh(session, world), fresh(session, world)] == [code(5), code(6)]


def test_codes_that_were_typed_are_passed_over_and_the_gaps_are_used(
    session: Session, world: World
) -> None:
    for serial in (1, 3, 4):
        register(session, world, typed(session, serial))

    assert [fresh(session, world) for _ in range(3)] == [code(2), code(5), code(6)]


def test_thousands_of_imported_codes_are_passed_over_in_a_few_questions(
    session: Session, world: World, tmp_path: Path
) -> None:
    assert office(session, world).take(export(tmp_path, range(1, 2001))).saved
    agency = places.agency(session, w.AGENCY, day=TODAY)
    given: list[str] = []

    def give() -> None:
        given.append(numbers.dossier_number(session, agency, day=TODAY))

    asked = [questions(session, give) for _ in range(2)]

    assert given == [code(2001), code(2002)]
    assert asked[0] <= 6
    assert asked[1] == 2  # they are not looked at again


def test_the_last_serial_with_four_digits_is_passed_over_like_any_other(
    session: Session, world: World
) -> None:
    for serial in (9_999, 10_000):
        register(session, world, typed(session, serial))
    session.add(CounterRow(name=SERIES, next=9_998))
    session.flush()

    assert [fresh(session, world) for _ in range(2)] == [code(9_998), code(10_001)]


def test_a_day_whose_last_code_is_taken_has_no_further_one(session: Session, world: World) -> None:
    register(session, world, typed(session, numbers.LAST_OF_DAY))
    session.add(CounterRow(name=SERIES, next=numbers.LAST_OF_DAY))
    session.flush()

    with pytest.raises(numbers.NumbersExhausted):
        fresh(session, world)


def checked(session: Session, command: Registration) -> Checked:
    return registration.check(session, command, carried_in=True, at=w.MORNING)


def opened(session: Session, world: World, what: Checked) -> Opened:
    return registration.open_dossier(
        session, world.vault, what, here=w.OFFICE, origin=places.POST_OFFICE,
        received_unit=w.DESK, service=SERVICE, by=world.counter,
    )  # fmt: skip


def test_a_code_that_somebody_typed_after_it_was_looked_for_is_refused(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
    with reading(committed_sessions) as session:
        looked_for = checked(session, typed(session, 7))
    with transaction(committed_sessions) as session:
        register(session, world, typed(session, 7))

    with pytest.raises(DossierKnown), transaction(committed_sessions) as session:
        opened(session, world, looked_for)


@pytest.mark.parametrize(("serial", "outcome"), [(0, code(2)), (1, DossierKnown.code)])
def test_who_comes_upon_a_code_that_is_being_written_waits_for_it_and_keeps_nobody(
    committed_sessions: Sessions, serial: int, outcome: str
) -> None:
    """Without a code he gets the next one; with the same code he is refused."""
    with transaction(committed_sessions) as session:
        world = build(session)
    answers: list[str] = []

    def second() -> None:
        try:
            with transaction(committed_sessions) as session:
                command = typed(session, serial) if serial else filled_in(session)
                answers.append(register(session, world, command).code)
        except DossierKnown as refused:
            answers.append(refused.code)

    clerk = Thread(target=second)
    with transaction(committed_sessions) as session:
        first = opened(session, world, checked(session, typed(session, 1, result_by_post=False)))
        clerk.start()
        _until_he_waits(session, clerk)
        # He who waits must not hold the series of item numbers, or neither could go on.
        registration.item_in(session, first, service=SERVICE, by=world.counter)
    clerk.join()

    assert answers == [outcome]


def _until_he_waits(session: Session, clerk: Thread) -> None:
    """On PostgreSQL until he waits for this transaction; on SQLite he begins after it."""
    if session.get_bind().dialect.name == "sqlite":
        return
    waiting = text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    while clerk.is_alive() and not session.scalar(waiting):
        clerk.join(0.01)


def test_clerks_who_type_and_clerks_who_do_not_share_the_codes_of_a_day(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        plain = filled_in(session)
    commands = [plain, replace(plain, channel=Channel.ONLINE, code=code(2))] * 4
    start = Barrier(len(commands))

    def clerk(command: Registration) -> str:
        start.wait(timeout=20)
        try:
            with transaction(committed_sessions) as session:
                return register(session, world, command).code
        except DossierKnown as refused:
            return refused.code

    with ThreadPoolExecutor(len(commands)) as clerks:
        answers = list(clerks.map(clerk, commands))

    given = sorted(answer for answer in answers if answer != DossierKnown.code)
    assert DossierKnown.code not in answers[::2]
    # Somebody has the second code: the first who typed it, or a clerk who was faster than all of them.
    assert given == [code(serial) for serial in range(1, len(given) + 1)]
    assert len(given) in {4, 5}
    with reading(committed_sessions) as session:
        assert session.scalar(select(func.count()).select_from(DossierRow)) == len(given)
