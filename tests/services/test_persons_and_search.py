"""People are kept sealed, found by whole values, and every look at them can be read by themselves."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from postal_service.domain.ids import DossierId
from postal_service.domain.persons import PersonRole
from postal_service.services import dossiers, persons
from postal_service.services.dossiers import Found, NothingToSearch, UnknownDossier
from postal_service.services.persons import Home, Purpose
from postal_service.services.vault import SealedFieldDamagedError, Vault
from postal_service.storage.schema import AccessRow, PersonRow
from tests.questions import questions
from tests.services import journeys
from tests.services import world as w
from tests.services.registrations import BINH, LAN, NEAR_HOME, register, registration
from tests.services.world import World

NOTHING = Found(dossiers=(), more=False)


@pytest.fixture
def dossier(session: Session, world: World) -> DossierId:
    return register(session, world, registration(session, owner=BINH)).dossier


def test_a_look_in_full_is_logged_with_its_reason_and_a_masked_one_is_not(
    session: Session, world: World, dossier: DossierId
) -> None:
    shown = persons.masked(session, world.vault, [dossier])[dossier][PersonRole.SUBMITTER]
    assert (shown.phone, shown.citizen) == ("090****456", "049*****3456")
    assert session.scalars(select(AccessRow)).all() == []

    found = persons.look(
        session, world.vault, dossier, purpose=Purpose.PRINTING, by=world.counter, at=w.MORNING
    )
    assert found[PersonRole.SUBMITTER] == LAN
    assert found[PersonRole.OWNER] == BINH
    looked = persons.looks(session, dossier)
    assert [(each.staff, each.purpose) for each in looked] == [(world.counter.staff, "printing")]
    with pytest.raises(DatabaseError):
        session.execute(text("UPDATE access_log SET staff = 'nobody'"))


def test_rounds_learn_where_a_home_is_and_not_whose(
    session: Session, world: World, dossier: DossierId
) -> None:
    homes = persons.homes(session, world.vault, [dossier], PersonRole.RECEIVER)
    assert homes == {dossier: Home(unit=w.COMMUNE, lat=NEAR_HOME.lat, lon=NEAR_HOME.lon)}
    assert persons.homes(session, world.vault, [DossierId("?")], PersonRole.RECEIVER) == {}


@pytest.mark.parametrize(
    "query",
    [
        "0905 123 456", "+84905123456", "049190123456", "0491 9012 3456",
        "nguyen thi lan", "NGUYỄN THỊ LAN", "Trần Văn Bình", "H17.132-261123-0001",
        "h17.132-261123-0001",
    ],
)  # fmt: skip
def test_a_dossier_is_found_by_any_whole_value(
    session: Session, world: World, dossier: DossierId, query: str
) -> None:
    found = dossiers.find(session, world.vault, query, by=world.counter)
    assert [each.id for each in found.dossiers] == [dossier]
    assert not found.more


@pytest.mark.parametrize(
    "query", ["Nguyễn", "0905", "049190123", "%", "H17.132", "' OR 1=1 --", "x" * 500, "\0"]
)
def test_a_part_of_a_value_finds_nobody(
    session: Session, world: World, dossier: DossierId, query: str
) -> None:
    assert dossiers.find(session, world.vault, query, by=world.counter) == NOTHING


def elsewhere(session: Session, world: World) -> DossierId:
    """Another dossier of Lan, with which OFFICE and DESK have nothing to do."""
    command = registration(session, agency=w.FAR_AGENCY, result_by_post=False)
    return register(session, world, command, by=world.far_counter).dossier


@pytest.mark.parametrize("query", [LAN.phone, LAN.citizen, LAN.name])
def test_what_others_received_later_takes_no_place_from_ones_own(
    session: Session,
    world: World,
    dossier: DossierId,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
) -> None:
    monkeypatch.setattr(dossiers, "FOUND_AT_MOST", 2)
    monkeypatch.setattr(dossiers, "_AT_ONCE", 2)
    theirs = [elsewhere(session, world) for _ in range(5)]

    found = dossiers.find(session, world.vault, query, by=world.counter)

    assert [each.id for each in found.dossiers] == [dossier]
    assert not found.more
    far = dossiers.find(session, world.vault, query, by=world.far_counter)
    assert [each.id for each in far.dossiers] == sorted(theirs, reverse=True)[:2]
    assert far.more


def test_a_search_that_ends_before_its_end_says_so(
    session: Session, world: World, dossier: DossierId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossiers, "LOOKED_THROUGH", 3)
    for _ in range(2):
        elsewhere(session, world)
    found = dossiers.find(session, world.vault, LAN.name, by=world.counter)
    assert ([each.id for each in found.dossiers], found.more) == ([dossier], False)

    elsewhere(session, world)

    found = dossiers.find(session, world.vault, LAN.name, by=world.counter)
    assert found == Found(dossiers=(), more=True)


def test_many_dossiers_are_asked_about_at_once(
    session: Session, world: World, dossier: DossierId
) -> None:
    def search() -> Found:
        return dossiers.find(session, world.vault, LAN.name, by=world.counter)

    elsewhere(session, world)
    assert len(search().dossiers) == 1
    few = questions(session, search)
    for _ in range(3):
        elsewhere(session, world)
        register(session, world, registration(session))
    assert len(search().dossiers) == 4

    assert questions(session, search) == few


@pytest.mark.parametrize("query", ["", "   "])
def test_nothing_is_not_searched_for(session: Session, world: World, query: str) -> None:
    with pytest.raises(NothingToSearch):
        dossiers.find(session, world.vault, query, by=world.counter)


def test_a_person_without_phone_is_not_found_by_having_none(
    session: Session, world: World, dossier: DossierId
) -> None:
    key = persons.key_of(session, world.vault, dossier)
    nameless = replace(LAN, phone="", citizen="")
    persons.keep(session, world.vault, key, PersonRole.SUBMITTER, nameless)
    row = session.get(PersonRow, (dossier, "submitter"))
    assert row is not None
    assert (row.phone_index, row.citizen_index, row.phone_tail_index) == (b"", b"", b"")
    assert not persons.phone_ends_with(session, world.vault, dossier, "")


def test_another_offices_dossier_and_none_at_all_answer_alike(
    session: Session, world: World, dossier: DossierId
) -> None:
    for asked in (dossier, DossierId("?"), DossierId("\0"), DossierId("\ud800")):
        with pytest.raises(UnknownDossier) as refused:
            dossiers.visible(session, asked, by=world.far_counter)
        assert refused.value.facts == {"dossier": asked}
    for code in ("H17.132-261123-0001", "H17.132-261123-0009"):
        with pytest.raises(UnknownDossier) as refused:
            dossiers.by_code(session, code, by=world.far_counter, at=w.MORNING)
        assert refused.value.facts == {"dossier": code}
    assert dossiers.find(session, world.vault, LAN.phone, by=world.far_counter) == NOTHING
    assert dossiers.find(session, world.vault, LAN.phone, by=world.courier) == NOTHING


def test_everybody_the_dossier_passes_sees_it(
    session: Session, world: World, dossier: DossierId
) -> None:
    for by in (
        world.counter, world.manager, world.desk_clerk, world.officer, world.auditor,
        world.administrator,
    ):  # fmt: skip
        assert dossiers.visible(session, dossier, by=by).id == dossier


def test_the_office_that_will_deliver_sees_the_dossier_once_the_result_is_ready(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)
    with pytest.raises(UnknownDossier):
        dossiers.visible(session, received.dossier, by=world.far_counter)
    key = persons.key_of(session, world.vault, received.dossier)
    persons.keep(session, world.vault, key, PersonRole.RECEIVER, BINH)
    journeys.ready(session, world, received, at=w.AFTER_CUT)
    seen = dossiers.visible(session, received.dossier, by=world.far_counter)
    assert seen.id == received.dossier


def test_another_installations_key_opens_nothing(
    session: Session, world: World, dossier: DossierId
) -> None:
    stranger = Vault(master=bytes(32), index=world.vault.index)
    with pytest.raises(SealedFieldDamagedError):
        persons.masked(session, stranger, [dossier])


def test_a_field_moved_to_another_row_does_not_open(
    session: Session, world: World, dossier: DossierId
) -> None:
    mine = session.get(PersonRow, (dossier, "submitter"))
    other = session.get(PersonRow, (dossier, "owner"))
    assert mine is not None
    assert other is not None
    mine.citizen = other.citizen
    session.flush()
    with pytest.raises(SealedFieldDamagedError):
        persons.masked(session, world.vault, [dossier])
