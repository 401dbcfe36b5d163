"""An upload asks the database few questions, as many for one package as for a hundred, and each by a key."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from mobile_api.app import create_app
from postal_service.demo.phone import Phone
from postal_service.domain import s10
from postal_service.ledger import reading as ledger
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.faults.post import Post, carry, found, item_numbers
from tests.mobile_api.phones import line_to

# Of an upload, from the token to the answer. SQLite's include the beginnings of two transactions.
MOST = {"sqlite": 18, "postgresql": 14}
# Tables that grow as long as the post works.
GROWING = {
    "custody_spend",
    "event_verdict",
    "exchange_half",
    "evidence_use",
    "held_event",
    "holding",
    "item",
    "ledger_entry",
    "ledger_node",
    "quarantine",
    "seal",
}
Asked = list[tuple[str, tuple[Any, ...]]]


@contextmanager
def listening(engine: Engine) -> Iterator[Asked]:
    """Every single statement and its values; of a statement for many rows, those of the first."""
    asked: Asked = []

    def note(*told: Any) -> None:  # noqa: ANN401 - whatever SQLAlchemy tells
        _, _, words, values, _, many = told
        asked.append((words, values[0] if many else values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def whole_tables(connection: Connection, words: str, values: tuple[Any, ...]) -> set[str]:
    """The growing tables that the database would read from end to end for this question."""
    if connection.dialect.name == "sqlite":
        told = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)
        read = {match[1] for row in told if (match := re.match(r"SCAN (\w+)", row.detail))}
    else:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # small tables are read whole
        told = connection.exec_driver_sql(f"EXPLAIN {words}", values)
        read = {match[1] for row in told if (match := re.search(r"Seq Scan on (\w+)", row[0]))}
    return read & GROWING


@pytest.fixture
def post(committed_url: str, committed_sessions: Sessions) -> Post:
    return found(committed_url, committed_sessions, phones=1)


@pytest.fixture
def phone(post: Post) -> Phone:
    (phone,) = post.phones
    phone._transport = line_to(create_app(post.runtime))
    phone.sign_in()
    return phone


def test_a_hundred_packages_are_as_few_questions_as_one(
    post: Post, phone: Phone, committed_engine: Engine
) -> None:
    with transaction(post.sessions) as session:
        items = item_numbers(session, 102)
    carry(phone, items.pop())
    phone.send()  # the first of all also makes the row of the tree's edge
    carry(phone, items.pop())
    with listening(committed_engine) as for_one:
        phone.send()
    for item in items:
        carry(phone, item)
    with listening(committed_engine) as for_a_hundred:
        outcomes = phone.send()

    assert {each["status"] for each in outcomes} == {"accepted"}
    assert len(outcomes) == 400
    assert len(for_one) == len(for_a_hundred) <= MOST[committed_engine.dialect.name]


def test_no_question_of_an_upload_or_a_proof_reads_a_whole_table(
    post: Post, phone: Phone, committed_engine: Engine
) -> None:
    with transaction(post.sessions) as session:
        items = item_numbers(session, 4)
    with listening(committed_engine) as asked:
        for item in items:
            carry(phone, item)
        sent = list(phone.outbox)
        outcomes = phone.send([*sent[:6], *sent[7:]])  # what comes after the gap is held
        outcomes += phone.send()  # the rest closes it; what is there already is a duplicate
        outcomes += phone.send(sent)
        carry(phone, s10.make(9_999, service="BK").id)  # a number that nobody gave out
        outcomes += phone.send()
        outcomes += phone.send()
        with reading(post.sessions) as session:
            size = ledger.size(session)
            ledger.inclusion(session, 3, size)
            ledger.consistency(session, 5, size)

    assert {each["status"] for each in outcomes} == {
        "accepted", "held", "duplicate", "quarantined",
    }  # fmt: skip
    told = {words: values for words, values in asked if not words.startswith(("BEGIN", "SAVE"))}
    with committed_engine.connect() as connection:
        read = {words: whole_tables(connection, words, told[words]) for words in told}
    assert {words: tables for words, tables in read.items() if tables} == {}
