"""An instant is one moment whatever zone it was said in, and a time without a zone is none."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from postal_service.storage.schema import CheckpointRow
from tests.clock import NOON

SAID = [
    NOON,
    datetime(2026, 11, 23, 19, 0, 0, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
    datetime(2026, 11, 23, 8, 30, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=14))),
]


def _keep(session: Session, size: int, made_at: datetime) -> None:
    session.add(CheckpointRow(size=size, root=b"", note="", made_at=made_at))
    session.flush()


@pytest.mark.parametrize("said", SAID, ids=str)
def test_the_moment_that_was_kept_is_the_moment_that_is_read(
    session: Session, said: datetime
) -> None:
    _keep(session, 1, said)
    session.expire_all()

    read = session.scalars(select(CheckpointRow.made_at)).one()

    assert read == said
    assert read.utcoffset() == timedelta(0)


def test_moments_are_ordered_as_they_happened_not_as_they_were_said(session: Session) -> None:
    for size, said in enumerate(SAID):
        _keep(session, size, said)

    read = session.scalars(select(CheckpointRow.made_at).order_by(CheckpointRow.made_at)).all()

    assert read == sorted(SAID)


def test_a_moment_is_found_by_another_zone_s_name_for_it(session: Session) -> None:
    _keep(session, 1, NOON)

    same = NOON.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    found = session.scalars(select(CheckpointRow.size).where(CheckpointRow.made_at == same)).all()

    assert found == [1]


@pytest.mark.parametrize("zoneless", [datetime(2026, 11, 23, 12), datetime.min], ids=str)  # noqa: DTZ001, DTZ901 the point of the test
def test_a_time_without_a_zone_is_not_kept(session: Session, zoneless: datetime) -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        _keep(session, 1, zoneless)


def test_a_time_without_a_zone_finds_nothing_either(session: Session) -> None:
    zoneless = NOON.replace(tzinfo=None)

    with pytest.raises(StatementError, match="needs a time zone"):
        session.scalars(select(CheckpointRow).where(CheckpointRow.made_at < zoneless))


def test_no_moment_stays_no_moment(session: Session) -> None:
    session.execute(
        text("INSERT INTO quarantine (device, digest, body, signature, reason, received_ms)"
             " VALUES ('AAAAAAAA', '', '', '', '', 0)")
    )  # fmt: skip

    from_store = session.execute(text("SELECT settled_at FROM quarantine")).scalar_one()

    assert from_store is None
