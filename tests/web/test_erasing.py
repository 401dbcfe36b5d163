"""An administrator erases the people of a dossier that is over; the page says what that means, and afterwards that it was done."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from postal_service.app import create_app
from postal_service.domain.acts import Erase
from postal_service.domain.ids import DeviceId, DossierId, EventId
from postal_service.ledger import checkpoint, export, notes, reading
from postal_service.ledger.verify import verify
from postal_service.ledger.witness import Policy
from postal_service.runtime import Runtime, start
from postal_service.services import access, administrative, dossiers, erasing, persons
from postal_service.services.job_runner import Runner
from postal_service.storage.schema import (
    AccessRow,
    DeviceRow,
    DossierKeyRow,
    DossierRow,
    EntryRow,
    JobRow,
    PersonRow,
    RoleRow,
    StaffRow,
)
from postal_service.storage.transaction import Sessions, transaction
from tests.clock import Clock
from tests.services import journeys
from tests.services import world as w
from tests.services.world import World, build
from tests.web.conftest import PASSWORD, Browser, password_hash, settings_for_tests

NAME = "Nguyễn Thị Lan"


def refused_by_the_agency(session: Session, world: World) -> DossierId:
    """A dossier that is over: refused, and its papers stay with the agency."""
    made = journeys.received(session, world, result_by_post=False)
    administrative.refuse(
        session, made.dossier, why="Không đủ điều kiện", by=world.officer, at=w.AFTER_CUT
    )
    return made.dossier


@pytest.fixture
def over(session: Session, world: World) -> DossierId:
    dossier = refused_by_the_agency(session, world)
    session.commit()
    return dossier


def form(session: Session, dossier: DossierId, **changed: str) -> dict[str, str]:
    """The form as it should be filled in, but for `changed`."""
    code = dossiers.load(session, dossier).code
    return {"reason": "citizen_asked", "code": code, "password": PASSWORD, **changed}


def is_whole(session: Session, dossier: DossierId) -> bool:
    """Whether nothing of the dossier was erased, logged or told to the ledger."""
    session.expire_all()
    kept = (
        session.get(DossierKeyRow, dossier),
        session.scalar(select(PersonRow.role).filter_by(dossier=dossier).limit(1)),
    )
    told = session.scalar(select(func.count()).select_from(EntryRow).filter_by(type="erase"))
    jobs = session.scalar(select(func.count()).select_from(JobRow))
    return None not in kept and (told, jobs) == (0, 0) and erasing.told(session, dossier) is None


def test_an_administrator_erases_and_the_dossier_says_so_ever_after(
    browser: Callable[[str], Browser], session: Session, world: World, over: DossierId, clock: Clock
) -> None:
    administrator = browser("administrator")
    assert f"/erasing/{over}" in administrator.text(f"/dossiers/{over}")
    page = administrator.text(f"/erasing/{over}")
    for said in ("Sẽ xóa", "Sẽ giữ lại", "Không khôi phục được", NAME):
        assert said in page

    assert administrator.send(f"/erasing/{over}", form(session, over)).status_code == 302

    page = administrator.text(f"/dossiers/{over}")
    assert "đã được xóa lúc 09:00 23/11/2026" in page
    assert "Lý do: công dân yêu cầu xóa. Người xóa: Nhân viên administrator" in page
    assert f"/erasing/{over}" not in page
    assert NAME not in page
    assert "đã được xóa" in browser("desk_clerk").text(f"/dossiers/{over}")
    session.expire_all()
    assert session.get_one(DossierRow, over).erased_at == clock()
    assert session.get(DossierKeyRow, over) is None


def test_it_is_told_to_the_ledger_logged_and_asked_to_be_overwritten(
    browser: Callable[[str], Browser], session: Session, world: World, over: DossierId
) -> None:
    administrator = browser("administrator")
    administrator.send(f"/erasing/{over}", form(session, over))

    (look,) = persons.looks(session, over, limit=1)
    assert (look.staff, look.unit, look.purpose) == (
        world.administrator.staff,
        w.PROVINCE,
        "erasing",
    )
    entry = reading.entry(session, EventId(look.what.removeprefix("erased ")))
    assert entry is not None
    assert entry.event.act == Erase(subject=over, why="citizen_asked")
    (job,) = session.scalars(select(JobRow))
    assert (job.kind, job.state, job.arguments) == (erasing.OVERWRITE, "waiting", {"dossier": over})
    page = administrator.text("/account")
    assert "xóa dữ liệu cá nhân" in page
    assert "toàn bộ dữ liệu cá nhân" in page


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"reason": ""}, 400, "Lý do"),
        ({"reason": "<script>"}, 400, "Lý do"),
        ({"code": ""}, 400, "Mã hồ sơ"),
        ({"code": "x" * 61}, 400, "Mã hồ sơ"),
        ({"code": "H17.20341-261123-9999"}, 400, "không khớp với hồ sơ này"),
        ({"code": "' OR 1=1\0"}, 400, "không khớp với hồ sơ này"),
        ({"password": ""}, 403, "Mật khẩu"),
        ({"password": "không phải mật khẩu này"}, 403, "Mật khẩu"),
    ],
)
def test_without_reason_code_and_password_nothing_is_erased(
    browser: Callable[[str], Browser],
    session: Session,
    over: DossierId,
    changed: dict[str, str],
    status: int,
    said: str,
) -> None:
    answer = browser("administrator").send(f"/erasing/{over}", form(session, over, **changed))

    assert answer.status_code == status
    page = answer.get_data(as_text=True)
    assert said in page
    assert PASSWORD not in page
    assert is_whole(session, over)


def test_another_dossiers_code_erases_neither(
    browser: Callable[[str], Browser], session: Session, world: World, over: DossierId
) -> None:
    other = refused_by_the_agency(session, world)
    session.commit()

    answer = browser("administrator").send(f"/erasing/{over}", form(session, other))

    assert answer.status_code == 400
    assert is_whole(session, over)
    assert is_whole(session, other)


@pytest.mark.parametrize(
    "login", ["manager", "desk_clerk", "counter", "officer", "auditor", "courier"]
)
def test_nobody_but_an_administrator_erases(
    browser: Callable[[str], Browser], session: Session, over: DossierId, login: str
) -> None:
    person = browser(login)
    assert person.get(f"/erasing/{over}").status_code == 403
    assert person.send(f"/erasing/{over}", form(session, over)).status_code == 403
    if login != "courier":
        assert f"/erasing/{over}" not in person.get(f"/dossiers/{over}").get_data(as_text=True)
    assert is_whole(session, over)


def test_another_administrators_dossier_is_not_there(
    browser: Callable[[str], Browser], session: Session, over: DossierId
) -> None:
    far = browser(w.far_administrator(session))
    unknown = "01900000-0000-7000-8000-000000000000"
    for path in (f"/erasing/{over}", f"/erasing/{unknown}"):
        assert far.get(path).status_code == 404
        assert far.send(path, form(session, over)).status_code == 404
        assert far.send(path).status_code == 404
    assert is_whole(session, over)


def test_who_sees_it_in_another_role_does_not_erase_it(
    browser: Callable[[str], Browser], session: Session, over: DossierId
) -> None:
    """An administrator elsewhere who is a clerk here."""
    login = w.far_administrator(session)
    session.execute(update(StaffRow).filter_by(login=login).values(password_hash=password_hash()))
    session.add(RoleRow(staff="s-far-administrator", role="desk_clerk", unit=w.DESK))
    session.commit()
    far = browser(login)
    assert NAME in far.text(f"/dossiers/{over}")

    assert far.send(f"/erasing/{over}", form(session, over)).status_code == 403
    assert is_whole(session, over)


def test_a_second_erasing_is_refused_in_words(
    browser: Callable[[str], Browser], session: Session, over: DossierId
) -> None:
    administrator = browser("administrator")
    filled = form(session, over)
    administrator.send(f"/erasing/{over}", filled)

    again = administrator.send(f"/erasing/{over}", filled)

    assert again.status_code == 404
    assert "Dữ liệu cá nhân của hồ sơ này đã được xóa." in again.get_data(as_text=True)
    assert "Xóa vĩnh viễn" not in administrator.text(f"/erasing/{over}")
    assert session.scalar(select(func.count()).select_from(AccessRow).filter_by(why="erasing")) == 1


def test_a_dossier_on_its_way_is_not_erased_and_the_page_offers_no_form(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    decided = journeys.received(session, world)  # nobody has decided about it
    home = journeys.received(session, world)
    administrative.refuse(
        session, home.dossier, why="Không đủ điều kiện", by=world.officer, at=w.AFTER_CUT
    )
    journeys.ready(session, world, home, at=w.AFTER_CUT)  # its papers go home by post
    session.commit()
    administrator = browser("administrator")
    for dossier in (decided.dossier, home.dossier):
        page = administrator.text(f"/erasing/{dossier}")
        assert "chưa kết thúc" in page
        assert "Xóa vĩnh viễn" not in page
        assert administrator.send(f"/erasing/{dossier}", form(session, dossier)).status_code == 409
        assert is_whole(session, dossier)


def test_the_page_speaks_english(
    browser: Callable[[str], Browser], session: Session, over: DossierId
) -> None:
    administrator = browser("administrator")
    administrator.send("/language", language="en", next="/")

    assert "It cannot be undone." in administrator.text(f"/erasing/{over}")
    administrator.send(f"/erasing/{over}", form(session, over))

    assert "was erased 09:00 23/11/2026" in administrator.text(f"/dossiers/{over}")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("waiting", "đang chờ"),
        ("running", "Đã ghi đè 3 trên 9 bảng"),
        ("done", "không còn byte nào"),
        ("failed", "không thành"),
        ("cancelled", "đã dừng"),
    ],
)
def test_the_pages_say_how_the_overwriting_stands(
    browser: Callable[[str], Browser],
    session: Session,
    over: DossierId,
    clock: Clock,
    state: str,
    said: str,
) -> None:
    administrator = browser("administrator")
    assert "Ghi đè" not in administrator.text(f"/dossiers/{over}")
    administrator.send(f"/erasing/{over}", form(session, over))
    session.execute(update(JobRow).values(state=state, done=3, total=9, ended_at=clock()))
    session.commit()

    for path in (f"/dossiers/{over}", f"/erasing/{over}"):
        page = administrator.text(path)
        assert said in page, path
        assert ("Ghi đè lại" in page) == (state in {"failed", "cancelled"})
    seen = browser("desk_clerk").text(f"/dossiers/{over}")
    assert said in seen
    assert "Ghi đè lại" not in seen


def test_a_failed_overwriting_is_begun_anew_by_an_administrator_alone(
    browser: Callable[[str], Browser], session: Session, over: DossierId
) -> None:
    administrator, again = browser("administrator"), f"/erasing/{over}/overwriting"
    assert administrator.send(again).status_code == 404  # nothing was erased
    administrator.send(f"/erasing/{over}", form(session, over))
    assert administrator.send(again).status_code == 409  # it waits already
    session.execute(update(JobRow).values(state="failed"))
    session.commit()
    for login in ("manager", "desk_clerk", "auditor"):
        assert browser(login).send(again).status_code == 403

    assert administrator.send(again).status_code == 302

    assert sorted(session.scalars(select(JobRow.state))) == ["failed", "waiting"]
    assert "đang chờ" in administrator.text(f"/dossiers/{over}")


def test_after_the_job_no_byte_is_left_and_the_verifier_finds_the_ledger_whole(
    committed_sessions: Sessions, committed_engine: Engine, tmp_path: Path, clock: Clock
) -> None:
    runtime = start(settings_for_tests(), clock=clock, sessions=committed_sessions)
    with transaction(committed_sessions) as session:
        world = build(session)
        session.execute(update(StaffRow).values(password_hash=password_hash()))
        dossier = refused_by_the_agency(session, world)
        filled = form(session, dossier)
        (wrapped,) = session.scalars(select(DossierKeyRow.wrapped).filter_by(dossier=dossier))
        names = list(session.scalars(select(PersonRow.name).filter_by(dossier=dossier)))
        token = access.open_session(session, world.administrator.staff, at=clock())
    administrator = Browser(create_app(runtime).test_client())
    administrator.client.set_cookie("postal_office", token, httponly=True)
    assert administrator.send(f"/erasing/{dossier}", filled).status_code == 302

    runner = Runner(committed_sessions, clock=clock, kinds={erasing.OVERWRITE: erasing.overwrite})
    assert runner.run_one()

    with transaction(committed_sessions) as session:
        assert session.scalars(select(JobRow.state)).all() == ["done"]
        verdict = verify(*exported(session, runtime, tmp_path))
    assert verdict.valid, verdict.broken
    if (
        committed_engine.dialect.name == "sqlite"
    ):  # PostgreSQL's files: tests/services/test_erasing.py
        path = Path(committed_engine.url.database or "")
        on_disk = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
        assert [gone for gone in (wrapped, *names) if gone in on_disk] == []


def exported(session: Session, runtime: Runtime, folder: Path) -> tuple[Path, Path]:
    origin, log_key = runtime.settings.origin, runtime.log_key
    made = checkpoint.make(session, origin=origin, log_key=log_key, at=runtime.clock())
    assert made is not None
    root = session.scalars(select(DeviceRow).filter_by(kind="root")).one()
    device = export.RootDevice(DeviceId(root.id), root.algorithm, root.public_key)
    ledger, keys = folder / "ledger.jsonl", folder / "keys.json"
    export.write(session, ledger, origin=origin, upto=made)
    keys.write_bytes(export.keys(Policy(notes.public_key(origin, log_key), (), quorum=0), device))
    return ledger, keys
