"""A citizen brings to a counter what the agency asked for afterwards."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Leg
from postal_service.services import administrative, procedures
from postal_service.services.administrative import SupplementReason
from postal_service.services.reception import Received
from postal_service.storage.schema import AccessRow, EntryRow, ItemRow
from tests.printing.read_back import text_of
from tests.services import journeys
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY, ITEM

PDF = re.compile(r'base64,([^"]+)" download="([^"]+)"')
STEPPER = re.compile(r'name="(p\d+)-originals"')


@pytest.fixture
def asked(session: Session, world: World) -> Received:
    """A dossier to which the agency wants the first paper of its list, legible this time."""
    at = w.MORNING - timedelta(days=6)
    made = journeys.received(session, world, w.CORRECTION, at=at)
    version = procedures.version(session, world.procedures[w.CORRECTION])
    administrative.request_supplement(
        session, made.dossier, [version.papers[0].name], reason=SupplementReason.ILLEGIBLE,
        by=world.officer, at=at + timedelta(hours=1),
    )  # fmt: skip
    session.commit()
    return made


def form_of(clerk: Browser, code: str) -> dict[str, str]:
    """The form for this dossier, with one original of the paper that was asked for."""
    page = clerk.send("/supplements", code=code).get_data(as_text=True)
    key, papers = FORM_KEY.search(page), STEPPER.findall(page)
    assert key is not None, page
    assert len(papers) == 1, "only what was asked for can be counted"
    return {"form_key": key[1], "code": code, f"{papers[0]}-originals": "1"}


def supplements_in(session: Session) -> int:
    found = select(func.count()).select_from(ItemRow).where(ItemRow.leg == Leg.SUP.value)
    return session.scalar(found) or 0


@pytest.mark.parametrize("login", ["counter", "far_counter"])
def test_any_counter_takes_it_seals_it_and_prints_its_papers(
    browser: Callable[[str], Browser], asked: Received, session: Session, login: str
) -> None:
    clerk = browser(login)
    answer = clerk.send("/supplements/accept", form_of(clerk, asked.code), serial="bs-1")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 200, page
    assert supplements_in(session) == 1
    item = ITEM.search(page)
    assert item is not None
    assert "BS-1" in clerk.text(f"/items/{item[1]}")
    papers = {name: text_of(b64decode(pdf)) for pdf, name in PDF.findall(page)}
    assert len(papers) == 2
    note = next(words for name, words in papers.items() if "phieu-gui" in name)
    for said in (asked.code, "Nguyễn Thị Lan", "Vân, Phường Tam Kỳ", "BS-1", "bổ sung"):
        assert said in note
    # The note names a person, so printing it was a look.
    assert session.scalars(select(AccessRow.why)).all()[-1] == "printing"


def test_the_desk_cannot_go_on_until_it_has_the_envelope(
    browser: Callable[[str], Browser], asked: Received
) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    assert f'value="{asked.code}"' in counter.text(f"/dossiers/{asked.dossier}")
    counter.send("/supplements/accept", form_of(counter, asked.code))

    assert desk.send(f"/dossiers/{asked.dossier}/supplemented").status_code == 409


def test_a_form_that_is_sent_twice_counts_once(
    browser: Callable[[str], Browser], asked: Received, session: Session
) -> None:
    counter = browser("counter")
    form = form_of(counter, asked.code)
    assert counter.send("/supplements/accept", form).status_code == 200

    again = counter.send("/supplements/accept", form)

    assert again.status_code == 409
    assert "đã được gửi" in again.get_data(as_text=True)
    assert supplements_in(session) == 1


def test_a_refused_form_can_be_sent_again(
    browser: Callable[[str], Browser], asked: Received, session: Session
) -> None:
    counter = browser("counter")
    form = form_of(counter, asked.code)
    assert counter.send("/supplements/accept", form, serial="x" * 41).status_code == 400
    assert counter.send("/supplements/accept", form, serial="BS-9").status_code == 200
    assert supplements_in(session) == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"originals": "0"}, 400),  # an empty envelope
        ({"originals": "-1"}, 400),
        ({"originals": "một"}, 400),
        ({"originals": "1e3"}, 400),
        ({"originals": "99"}, 409),  # more than the list has
        ({"other": "1"}, 409),  # a paper of the list that nobody asked for
        ({"serial": "x" * 41}, 400),
        ({"form_key": ""}, 400),
        ({"form_key": "made.up"}, 400),
        ({"code": ""}, 400),
        ({"code": "' OR 1=1"}, 400),
        ({"code": "H17.132-261101-9999"}, 404),
    ],
)
def test_a_bad_form_takes_nothing(
    browser: Callable[[str], Browser],
    asked: Received,
    session: Session,
    changed: dict[str, str],
    status: int,
) -> None:
    counter = browser("counter")
    form = form_of(counter, asked.code)
    (paper,) = [name for name in form if name.endswith("-originals")]
    names = {"originals": paper, "other": "p1-photocopies"}
    events = session.scalar(select(func.count()).select_from(EntryRow))

    answer = counter.send(
        "/supplements/accept", form | {names.get(name, name): v for name, v in changed.items()}
    )

    assert answer.status_code == status, answer.get_data(as_text=True)
    assert supplements_in(session) == 0
    assert session.scalar(select(func.count()).select_from(EntryRow)) == events


def test_another_persons_form_is_refused(
    browser: Callable[[str], Browser], asked: Received, session: Session
) -> None:
    form = form_of(browser("counter"), asked.code)

    assert browser("second_counter").send("/supplements/accept", form).status_code == 400
    assert supplements_in(session) == 0


def test_nothing_is_taken_that_nobody_asked_for(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    received = journeys.received(session, world, w.CORRECTION, at=w.MORNING - timedelta(days=6))
    session.commit()

    answer = browser("counter").send("/supplements", code=received.code)

    assert answer.status_code == 409
    assert "không chờ bổ sung" in answer.get_data(as_text=True)


def test_a_fault_stands_by_its_field_and_what_was_typed_stays(
    browser: Callable[[str], Browser], asked: Received
) -> None:
    counter = browser("counter")
    form = form_of(counter, asked.code)
    page = counter.send("/supplements/accept", form, serial="x" * 41).get_data(as_text=True)

    field = re.search(r'<input id="serial"[^>]*>', page)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="serial-hint serial-fault"' in field[0]
    assert 'id="serial-fault"' in page
    assert "x" * 41 in page
