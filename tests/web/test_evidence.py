"""From an event to its photos and its proof: for whoever may look, and each look is written down."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Condition
from postal_service.domain.ids import DossierId, ItemId
from postal_service.runtime import Runtime
from postal_service.services import checkpoints, evidence, exceptions, persons
from postal_service.storage.schema import AccessRow, EvidenceRow
from postal_service.storage.transaction import transaction
from tests.services import world as w
from tests.services.world import MORNING, World
from tests.web.conftest import Browser
from tests.web.desk_work import dossier_of, sealed

PHOTO = b"\xff\xd8\xff\xe0 a torn envelope"
REPORT = b"%PDF-1.7 what was found"
DIGESTS = tuple(sha256(each).hexdigest() for each in (PHOTO, REPORT, b"never sent"))
LINK = re.compile(r'href="(/items/[^"]+/events/[^"]+/evidence/\d+)"')
PROOF = re.compile(r'href="(/audit/proofs/[0-9a-f-]{36})"')


@dataclass
class Damaged:
    item: str
    dossier: str


@pytest.fixture
def damaged(browser: Callable[[str], Browser], session: Session, world: World) -> Damaged:
    """A torn envelope at the counter: a photo and a paper are there, a third file has not come."""
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    for digest, content, kind in (
        (DIGESTS[0], PHOTO, "image/jpeg"),
        (DIGESTS[1], REPORT, "application/pdf"),
    ):
        evidence.keep(
            session, world.vault, digest, content, media_type=kind, by=world.counter, at=MORNING
        )
    exceptions.report_damage(
        session, world.keys, ItemId(item), condition=Condition.TORN, why="rách", evidence=DIGESTS,
        by=world.counter, at=MORNING,
    )  # fmt: skip
    session.commit()
    return Damaged(item, dossier_of(counter, item))


def looks(session: Session) -> int:
    return (
        session.scalar(
            select(func.count()).select_from(AccessRow).where(AccessRow.what == "evidence")
        )
        or 0
    )


@pytest.mark.parametrize("login", ["manager", "auditor", "administrator", "counter"])
def test_an_event_leads_to_its_files_and_each_look_is_logged(
    browser: Callable[[str], Browser], session: Session, damaged: Damaged, login: str
) -> None:
    person = browser(login)

    of_dossier = person.text(f"/dossiers/{damaged.dossier}")
    of_item = person.text(f"/items/{damaged.item}")
    photo, report = LINK.findall(of_item)
    assert LINK.findall(of_dossier) == [photo, report]
    assert "tệp 3: máy chưa gửi đến, hoặc đã xóa" in of_item
    before = looks(session)
    shown = person.get(photo)
    assert (shown.data, shown.mimetype) == (PHOTO, "image/jpeg")
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Cache-Control"] == "no-store"
    assert person.get(report).data == REPORT
    assert looks(session) == before + 2
    row = session.scalars(select(AccessRow).order_by(AccessRow.id.desc())).first()
    assert row is not None
    assert row.dossier == damaged.dossier
    assert row.why == ("audit" if login == "auditor" else "processing")
    assert "ảnh, tệp bằng chứng" in person.text("/account")


def test_the_citizen_sees_that_the_photo_was_looked_at(
    browser: Callable[[str], Browser], session: Session, damaged: Damaged
) -> None:
    manager = browser("manager")
    photo, _ = LINK.findall(manager.text(f"/items/{damaged.item}"))
    manager.get(photo)

    seen = persons.looks(session, DossierId(damaged.dossier))[0]

    assert (seen.what, seen.purpose) == ("evidence", "processing")


@pytest.mark.parametrize("login", ["second_counter", "desk_clerk"])
def test_who_did_not_take_it_and_answers_for_nobody_is_told_who_may_look(
    browser: Callable[[str], Browser], session: Session, damaged: Damaged, login: str
) -> None:
    mine, theirs = browser("counter"), browser(login)
    photo, _ = LINK.findall(mine.text(f"/items/{damaged.item}"))

    if theirs.get(f"/items/{damaged.item}").status_code == 200:
        page = theirs.text(f"/items/{damaged.item}")
        assert not LINK.findall(page)
        assert "người phụ trách đơn vị của người chụp xem được" in page
    assert theirs.get(photo).status_code == 404
    assert looks(session) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/items/{item}/events/{event}/evidence/0",
        "/items/{item}/events/{event}/evidence/3",  # named, not sent
        "/items/{item}/events/{event}/evidence/4",
        "/items/{item}/events/{event}/evidence/9999999999",
        "/items/{item}/events/{event}/evidence/x",
        "/items/{item}/events/%00/evidence/1",
        "/items/{item}/events/01900000-0000-7000-8000-000000000000/evidence/1",
        "/items/BH999999995VN/events/{event}/evidence/1",
        "/items/{other}/events/{event}/evidence/1",  # of another item
    ],
)
def test_what_is_no_file_of_this_event_is_not_there(
    browser: Callable[[str], Browser], session: Session, damaged: Damaged, path: str
) -> None:
    manager, counter = browser("manager"), browser("counter")
    other = sealed(counter, "NP-2")
    photo, _ = LINK.findall(manager.text(f"/items/{damaged.item}"))
    event = photo.split("/")[4]

    answer = manager.get(path.format(item=damaged.item, event=event, other=other))

    assert answer.status_code == 404
    assert looks(session) == 0


def test_a_foreign_manager_reaches_no_file(
    browser: Callable[[str], Browser], session: Session, damaged: Damaged
) -> None:
    photo, _ = LINK.findall(browser("manager").text(f"/items/{damaged.item}"))
    w.far_administrator(session)
    session.commit()

    assert browser("far_administrator").get(photo).status_code == 404
    assert browser("courier").get(photo).status_code == 403
    assert looks(session) == 0


def test_what_was_erased_with_its_dossier_is_said_to_be_gone(
    browser: Callable[[str], Browser], session: Session, damaged: Damaged
) -> None:
    manager = browser("manager")
    photo, _ = LINK.findall(manager.text(f"/items/{damaged.item}"))
    assert manager.get(photo).status_code == 200
    session.execute(delete(EvidenceRow))  # as the erasing of its dossier does
    session.commit()

    assert not LINK.findall(manager.text(f"/items/{damaged.item}"))
    assert manager.get(photo).status_code == 404


def test_an_auditor_takes_the_proof_of_an_event_from_where_it_is_told(
    browser: Callable[[str], Browser], runtime: Runtime, damaged: Damaged
) -> None:
    auditor = browser("auditor")
    page = f"/dossiers/{damaged.dossier}"
    assert "Có chứng cứ sau điểm kiểm tới" in auditor.text(page)
    assert not PROOF.findall(auditor.text(page))
    with transaction(runtime.sessions) as store:
        checkpoints.make(store, origin=runtime.settings.origin, log_key=runtime.log_key, at=MORNING)

    links = PROOF.findall(auditor.text(page))

    assert len(links) == auditor.text(page).count('<p class="hash">')  # of every event
    proof = auditor.get(links[0])
    assert proof.status_code == 200
    assert proof.get_data(as_text=True).startswith("c2sp.org/tlog-proof@v1")
    manager = browser("manager").text(page)
    assert not PROOF.findall(manager)
    assert "điểm kiểm" not in manager
