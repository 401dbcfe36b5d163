"""Rows that went in together are the rows that would have gone in one by one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from postal_service.storage.bulk import (
    IfThere,
    Rows,
    insert_many,
    insert_missing,
    insert_together,
)
from postal_service.storage.schema import EvidenceUseRow, OutboxRow, QuarantineRow, SealRow
from tests.clock import NOON


def rows(count: int) -> list[dict[str, object]]:
    return [
        {
            "subject": f"Đ’ \x00 {number}", "kind": "sms", "payload": bytes([number % 256]) * 3,
            "state": "waiting", "attempts": number % 3, "next_at": NOON + timedelta(days=number),
            "made_at": NOON.astimezone(timezone(timedelta(hours=7))), "error": "",
            "key": f"otp-{number}", "unit": "", "shown_to": "", "via": "", "expires_at": NOON,
        }
        for number in range(count)
    ]  # fmt: skip


def test_many_rows_are_kept_as_each_would_be(session: Session) -> None:
    told = rows(300)

    insert_many(session, OutboxRow, told)

    kept = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    assert [row.subject for row in kept] == [
        f"Đ’ \N{REPLACEMENT CHARACTER} {n}" for n in range(300)
    ]
    assert [row.payload for row in kept] == [row["payload"] for row in told]
    assert [row.next_at for row in kept] == [row["next_at"] for row in told]
    assert {row.made_at for row in kept} == {NOON}
    assert [row.attempts for row in kept] == [row["attempts"] for row in told]


def test_a_time_without_a_zone_is_refused_here_too(session: Session) -> None:
    (row,) = rows(1)

    with pytest.raises(ValueError, match="time zone"):
        insert_many(session, OutboxRow, [row | {"made_at": datetime(2026, 1, 1)}])  # noqa: DTZ001 - what is refused


def test_nothing_is_nothing(session: Session) -> None:
    insert_many(session, OutboxRow, [])

    assert session.scalar(select(OutboxRow)) is None


def test_a_row_that_cannot_be_takes_the_others_back(session: Session) -> None:
    told = [row | {"id": 7, "made_at": NOON.astimezone(UTC)} for row in rows(2)]

    with pytest.raises(IntegrityError), session.begin_nested():
        insert_many(session, OutboxRow, told)

    assert session.scalar(select(OutboxRow)) is None


def test_what_is_empty_in_every_row_stays_empty(session: Session) -> None:
    kept = {
        "device": "AAAAAAAA", "body": b"b", "signature": b"", "reason": "malformed",
        "received_ms": 2**53, "settled_at": None, "settled_by": None, "settled_how": None,
    }  # fmt: skip
    told = [kept | {"digest": bytes([n])} for n in range(3)]

    insert_many(session, QuarantineRow, told)

    rows = session.scalars(select(QuarantineRow).order_by(QuarantineRow.digest)).all()
    assert [row.digest for row in rows] == [b"\0", b"\1", b"\2"]
    assert {(row.settled_at, row.settled_by, row.received_ms) for row in rows} == {
        (None, None, 2**53)
    }


def seals(*serials: str, item: str) -> list[dict[str, object]]:
    return [{"serial": serial, "item": item, "event_id": f"e-{item}"} for serial in serials]


def items_by_seal(session: Session) -> dict[str, str]:
    rows = session.execute(select(SealRow.serial, SealRow.item))
    return {row.serial: row.item for row in rows}


def test_of_rows_that_are_there_only_the_missing_ones_are_added(session: Session) -> None:
    insert_missing(session, SealRow, seals("S-2", item="first"))

    insert_missing(session, SealRow, seals("S-1", "S-2", "S-3", item="second"))

    assert items_by_seal(session) == {"S-1": "second", "S-2": "first", "S-3": "second"}


def test_a_row_that_is_there_gets_every_new_value(session: Session) -> None:
    insert_many(session, SealRow, seals("S-2", item="first"))

    told = seals("S-1", "S-2", item="second")
    insert_together(session, Rows(SealRow, told, IfThere.REPLACE))

    assert items_by_seal(session) == {"S-1": "second", "S-2": "second"}
    assert set(session.scalars(select(SealRow.event_id))) == {"e-second"}


def test_rows_of_several_tables_go_in_together_each_in_its_own_way(session: Session) -> None:
    insert_many(session, SealRow, seals("S-1", "S-2", item="first"))
    uses = [{"item": "first", "sha256": "aa"}, {"item": "first", "sha256": "bb"}]
    insert_many(session, EvidenceUseRow, uses[:1])

    insert_together(
        session,
        Rows(SealRow, seals("S-2", "S-3", item="second"), IfThere.REPLACE),
        Rows(OutboxRow, []),
        Rows(EvidenceUseRow, uses, IfThere.LEAVE),
        Rows(OutboxRow, rows(1)),
    )

    assert items_by_seal(session) == {"S-1": "first", "S-2": "second", "S-3": "second"}
    assert set(session.scalars(select(EvidenceUseRow.sha256))) == {"aa", "bb"}
    assert len(session.scalars(select(OutboxRow)).all()) == 1


def test_a_row_that_cannot_be_takes_those_of_the_other_tables_back(session: Session) -> None:
    twice = seals("S-1", "S-1", item="first")

    with pytest.raises(IntegrityError), session.begin_nested():
        insert_together(session, Rows(OutboxRow, rows(1)), Rows(SealRow, twice))
    with pytest.raises(IntegrityError), session.begin_nested():
        insert_together(session, Rows(SealRow, twice), Rows(OutboxRow, rows(1)))

    assert session.scalar(select(OutboxRow)) is None
    assert items_by_seal(session) == {}
