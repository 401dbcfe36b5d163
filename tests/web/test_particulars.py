"""A person's particulars are put right by two: one proposes, another compares; nothing else changes."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from postal_service.domain.ids import DossierId
from postal_service.domain.persons import PersonRole
from postal_service.services import persons
from postal_service.services.persons import Purpose
from postal_service.storage.schema import ParticularsRow
from tests.services import journeys
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY

WRONG = {"role": "submitter", "basis": "card", "name": "Nguyễn Thị Lân"}


@pytest.fixture
def dossier(session: Session, world: World) -> str:
    made = journeys.received(session, world).dossier
    session.commit()
    return made


def propose(clerk: Browser, dossier: str, **changed: str) -> int:
    key = FORM_KEY.search(clerk.text(f"/particulars/{dossier}"))
    assert key is not None
    return clerk.send(
        f"/particulars/{dossier}", {"form_key": key[1], **WRONG, **changed}
    ).status_code


def name_of(session: Session, world: World, dossier: str) -> str:
    people = persons.look(
        session, world.vault, DossierId(dossier), purpose=Purpose.AUDIT, by=world.auditor,
        at=w.MORNING,
    )  # fmt: skip
    return people[PersonRole.SUBMITTER].name


def waiting(session: Session) -> str:
    return str(session.scalars(select(ParticularsRow.id)).one())


def test_one_proposes_another_compares_and_then_it_stands(
    browser: Callable[[str], Browser], dossier: str, session: Session, world: World
) -> None:
    clerk, officer = browser("desk_clerk"), browser("officer")
    assert propose(clerk, dossier) == 302
    assert name_of(session, world, dossier) == "Nguyễn Thị Lan"
    path = f"/particulars/{dossier}/{waiting(session)}"
    assert clerk.get(path).status_code == 409  # nobody compares his own
    assert clerk.send(path, verdict="right").status_code == 409

    page = officer.text(path)
    assert "Nguyễn Thị Lan" in page
    assert "Nguyễn Thị Lân" in page
    assert officer.send(path, verdict="right").status_code == 302

    assert name_of(session, world, dossier) == "Nguyễn Thị Lân"
    assert officer.send(path, verdict="wrong").status_code == 409
    assert session.scalars(select(ParticularsRow.content)).one() is None
    looks = {(each.staff, each.purpose) for each in persons.looks(session, DossierId(dossier))}
    assert (world.officer.staff, "processing") in looks
    assert "Nhân viên officer" in clerk.text(f"/particulars/{dossier}")


def test_what_is_rejected_changes_nothing(
    browser: Callable[[str], Browser], dossier: str, session: Session, world: World
) -> None:
    propose(browser("desk_clerk"), dossier, phone="0914 000 777")
    path = f"/particulars/{dossier}/{waiting(session)}"

    assert browser("officer").send(path, verdict="wrong").status_code == 302

    assert name_of(session, world, dossier) == "Nguyễn Thị Lan"


def test_a_new_address_is_whole_and_is_found_again(
    browser: Callable[[str], Browser], dossier: str, session: Session, world: World
) -> None:
    clerk = browser("desk_clerk")
    assert propose(clerk, dossier, name="", address="Thôn 3", commune=w.FAR_COMMUNE) == 302

    browser("officer").send(f"/particulars/{dossier}/{waiting(session)}", verdict="right")

    homes = persons.homes(session, world.vault, [DossierId(dossier)], PersonRole.SUBMITTER)
    assert homes[DossierId(dossier)].unit == w.FAR_COMMUNE


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"name": ""}, 400),  # nothing changes
        ({"name": "Nguyễn Thị Lan"}, 400),  # it stands so
        ({"name": "x" * 121}, 400),
        ({"phone": "không phải số"}, 400),
        ({"citizen": "049190123457123"}, 400),
        ({"address": "Thôn 3"}, 400),
        ({"commune": w.FAR_COMMUNE}, 400),
        ({"address": "Thôn 3", "commune": "H17"}, 400),
        ({"role": "mayor"}, 400),
        ({"basis": ""}, 400),
        ({"form_key": "x"}, 400),
    ],
)
def test_a_bad_correction_is_not_kept(
    browser: Callable[[str], Browser],
    dossier: str,
    session: Session,
    changed: dict[str, str],
    status: int,
) -> None:
    assert propose(browser("desk_clerk"), dossier, **changed) == status
    assert session.scalar(select(func.count()).select_from(ParticularsRow)) == 0


def test_one_correction_waits_at_a_time_and_a_verdict_is_one_of_two(
    browser: Callable[[str], Browser], dossier: str, session: Session
) -> None:
    assert propose(browser("desk_clerk"), dossier) == 302
    assert propose(browser("second_desk_clerk"), dossier, name="Nguyễn Thị Lành") == 409
    path = f"/particulars/{dossier}/{waiting(session)}"

    for verdict in ("", "maybe", "<script>"):
        assert browser("officer").send(path, verdict=verdict).status_code == 400
    assert session.scalars(select(ParticularsRow.state)).one() == "waiting"


def test_others_neither_see_nor_decide_and_the_content_lies_sealed(
    browser: Callable[[str], Browser], dossier: str, session: Session, world: World
) -> None:
    propose(browser("desk_clerk"), dossier)
    number = waiting(session)
    other = journeys.received(session, world).dossier
    session.commit()
    far = browser("far_desk_clerk")
    for path in (f"/particulars/{dossier}", f"/particulars/{dossier}/{number}"):
        assert far.get(path).status_code == 404
    assert far.send(f"/particulars/{dossier}/{number}", verdict="right").status_code == 404
    officer = browser("officer")
    assert officer.get(f"/particulars/{other}/{number}").status_code == 404
    assert officer.send(f"/particulars/{other}/{number}", verdict="right").status_code == 404
    assert name_of(session, world, dossier) == "Nguyễn Thị Lan"
    kept = session.execute(text("SELECT content FROM particulars_correction")).scalar_one()
    assert "Lân".encode() not in bytes(kept)
    assert "Lân" not in re.sub(r"\s", " ", officer.text(f"/particulars/{dossier}"))
