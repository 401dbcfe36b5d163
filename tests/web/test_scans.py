"""A scan counts after a second pair of eyes; what is no scan is refused in clear words."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from postal_service.domain.ids import DossierId
from postal_service.services import persons
from postal_service.services.digitisation import LARGEST_FILE
from postal_service.storage.schema import ScanRow
from postal_service.web.security import LARGEST_REQUEST_BYTES
from tests.services import journeys
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY

PDF = b"%PDF-1.7 a declaration"
JPEG = b"\xff\xd8\xff\xe0 a photo"
SCAN = re.compile(r'id="scan-(\d+)"')


@pytest.fixture
def dossier(session: Session, world: World) -> str:
    made = journeys.received(session, world).dossier
    session.commit()
    return made


def upload(
    clerk: Browser,
    dossier: str,
    content: bytes | None = PDF,
    name: str = "quét.pdf",
    **changed: str,
) -> TestResponse:
    key = FORM_KEY.search(clerk.text(f"/scans/{dossier}"))
    assert key is not None
    data: MultiDict[str, object] = MultiDict(
        {"csrf_token": clerk.form_token(), "form_key": key[1], "position": "1", "pages": "2"}
    )
    for name_of, value in changed.items():
        data[name_of] = value
    if content is not None:
        data["file"] = FileStorage(BytesIO(content), name)
    # Encoded here: the test client would leave a large body's temporary file behind.
    boundary, body = encode_multipart(data)
    return clerk.client.post(
        f"/scans/{dossier}", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


def scans_in(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ScanRow)) or 0


def test_one_scans_another_checks_and_the_dossier_shows_it(
    browser: Callable[[str], Browser], dossier: str
) -> None:
    clerk, colleague = browser("desk_clerk"), browser("second_desk_clerk")
    assert upload(clerk, dossier).status_code == 302
    mine = clerk.text(f"/scans/{dossier}")
    number = SCAN.search(mine)
    assert number is not None
    path = f"/scans/{dossier}/{number[1]}"
    assert "đồng nghiệp sẽ kiểm tra" in mine
    assert clerk.send(path, verdict="accept").status_code == 409
    assert "1 chờ kiểm tra" in clerk.text(f"/dossiers/{dossier}")
    assert f"/scans/{dossier}#scan-{number[1]}" in colleague.text("/scans")
    assert number[1] not in re.findall(r"#scan-(\d+)", clerk.text("/scans"))

    assert colleague.send(path, verdict="accept").status_code == 302

    page = clerk.text(f"/dossiers/{dossier}")
    assert "đã số hóa" in page
    assert "chờ kiểm tra" not in page
    assert colleague.send(path, verdict="illegible").status_code == 409  # judged once


def test_a_scan_that_is_sent_back_says_why_and_is_made_again(
    browser: Callable[[str], Browser], dossier: str, session: Session
) -> None:
    clerk, colleague = browser("desk_clerk"), browser("officer")
    upload(clerk, dossier)
    number = session.scalars(select(ScanRow.id)).one()

    assert colleague.send(f"/scans/{dossier}/{number}", verdict="pages_missing").status_code == 302

    assert "thiếu trang" in clerk.text(f"/scans/{dossier}")
    assert upload(clerk, dossier, JPEG, "quét.jpg").status_code == 302
    assert scans_in(session) == 2


@pytest.mark.parametrize("verdict", ["", "good", "<script>", "accept\0x"])
def test_a_verdict_is_one_of_the_list(
    browser: Callable[[str], Browser], dossier: str, session: Session, verdict: str
) -> None:
    upload(browser("desk_clerk"), dossier)
    number = session.scalars(select(ScanRow.id)).one()

    answer = browser("officer").send(f"/scans/{dossier}/{number}", verdict=verdict)

    assert answer.status_code == 400
    assert session.scalars(select(ScanRow.state)).all() == ["waiting"]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (None, "", "Chưa chọn tệp, hoặc tệp rỗng"),
        (b"", "a.pdf", "Chưa chọn tệp, hoặc tệp rỗng"),
        (b"GIF89a", "a.pdf", "không phải PDF, JPEG hoặc PNG"),
        (b"<html><script>alert(1)</script>", "a.pdf", "không phải PDF, JPEG hoặc PNG"),
        (b"MZ\x90\x00", "a.jpg", "không phải PDF, JPEG hoặc PNG"),
        (b" %PDF-1.7", "a.pdf", "không phải PDF, JPEG hoặc PNG"),
        (PDF + bytes(LARGEST_FILE), "a.pdf", "lớn quá 20 MB"),
    ],
)
def test_what_is_no_scan_is_refused_in_clear_words(
    browser: Callable[[str], Browser],
    dossier: str,
    session: Session,
    content: bytes | None,
    name: str,
    said: str,
) -> None:
    answer = upload(browser("desk_clerk"), dossier, content, name)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 400
    assert said in page
    assert 'id="file-upload-fault"' in page
    assert scans_in(session) == 0


def test_what_is_larger_than_any_form_is_refused_unread(
    browser: Callable[[str], Browser], dossier: str, session: Session
) -> None:
    answer = upload(browser("desk_clerk"), dossier, PDF + bytes(LARGEST_FILE + LARGEST_REQUEST_BYTES))  # fmt: skip

    assert answer.status_code == 413
    assert "quá lớn" in answer.get_data(as_text=True)
    assert scans_in(session) == 0


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"pages": "0"}, 400),
        ({"pages": "501"}, 400),
        ({"pages": "hai"}, 400),
        ({"position": "99"}, 409),
        ({"position": "0"}, 409),  # there is no result yet
        ({"position": "-1"}, 409),
        ({"position": "1; DROP"}, 409),
        ({"form_key": ""}, 400),
    ],
)
def test_a_bad_upload_keeps_nothing(
    browser: Callable[[str], Browser],
    dossier: str,
    session: Session,
    changed: dict[str, str],
    status: int,
) -> None:
    assert upload(browser("desk_clerk"), dossier, PDF, "a.pdf", **changed).status_code == status
    assert scans_in(session) == 0


def test_the_same_form_keeps_one_scan(
    browser: Callable[[str], Browser], dossier: str, session: Session
) -> None:
    clerk = browser("desk_clerk")
    key = FORM_KEY.search(clerk.text(f"/scans/{dossier}"))
    assert key is not None
    assert upload(clerk, dossier, form_key=key[1]).status_code == 302
    assert upload(clerk, dossier, form_key=key[1]).status_code == 409
    assert scans_in(session) == 1


def test_a_scan_is_shown_as_what_it_is_runs_nothing_and_leaves_a_look(
    browser: Callable[[str], Browser], dossier: str, session: Session, world: World
) -> None:
    upload(browser("desk_clerk"), dossier, JPEG, "x.html")
    number = session.scalars(select(ScanRow.id)).one()

    answer = browser("officer").get(f"/scans/{dossier}/{number}")

    assert answer.data == JPEG
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert persons.looks(session, DossierId(dossier))[0].staff == world.officer.staff


def test_a_scan_of_another_dossier_or_office_is_not_there(
    browser: Callable[[str], Browser], dossier: str, session: Session, world: World
) -> None:
    upload(browser("desk_clerk"), dossier)
    number = session.scalars(select(ScanRow.id)).one()
    other = journeys.received(session, world).dossier
    session.commit()
    officer, far = browser("officer"), browser("far_desk_clerk")

    assert officer.get(f"/scans/{dossier}/{10**30}").status_code == 404
    for path in (f"/scans/{other}/{number}", f"/scans/{dossier}/999"):
        assert officer.get(path).status_code == 404, path
        assert officer.send(path, verdict="accept").status_code == 404, path
    assert far.get(f"/scans/{dossier}/{number}").status_code == 404
    assert far.send(f"/scans/{dossier}/{number}", verdict="accept").status_code == 404
    assert session.scalars(select(ScanRow.state)).all() == ["waiting"]
