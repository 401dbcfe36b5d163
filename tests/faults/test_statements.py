"""A batch is written whole or not at all, whichever of its statements fails."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event

from mobile_api.app import create_app
from postal_service.demo.phone import Phone, ServerSaidNoError
from postal_service.storage.transaction import Sessions, transaction
from tests.faults.post import Post, carry, found, item_numbers, written
from tests.mobile_api.phones import line_to

MOST_STATEMENTS = 200  # of one upload; it needs a fraction of that


class DiskBrokenError(RuntimeError):
    """What a driver would say of a disk that is full or gone."""


@contextmanager
def failing_at(engine: Engine, number: int, fault: type[BaseException]) -> Iterator[list[str]]:
    """Raise at the n-th thing that the database is asked for; a commit counts too."""
    asked: list[str] = []

    def count(what: str) -> None:
        asked.append(what)
        if len(asked) == number:
            raise fault(what)

    def statement(_c: object, _cursor: object, words: str, *_: object) -> None:
        count(words)

    def commit(_c: Connection) -> None:
        count("COMMIT")

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


@pytest.fixture
def post(committed_url: str, committed_sessions: Sessions) -> Post:
    return found(committed_url, committed_sessions, phones=1)


@pytest.fixture
def phone(post: Post) -> Phone:
    """A phone with a batch that touches every table of an upload: news, a gap, and rubbish."""
    (phone,) = post.phones
    phone._transport = line_to(create_app(post.runtime))
    phone.sign_in()
    with transaction(post.sessions) as session:
        items = item_numbers(session, 4)
    for item in items:
        carry(phone, item)
    del phone.outbox[10]  # what comes after it is held
    return phone


@pytest.mark.parametrize("fault", [DiskBrokenError, SystemExit])
def test_a_batch_that_fails_at_any_statement_leaves_nothing_behind(
    post: Post, phone: Phone, committed_engine: Engine, fault: type[BaseException]
) -> None:
    before = written(post)
    sending = list(phone.outbox)
    failed: set[str] = set()

    for number in range(1, MOST_STATEMENTS):
        with failing_at(committed_engine, number, fault) as asked:
            try:
                outcomes = phone.send(sending)
            except ServerSaidNoError as told:
                status = told.status
            except fault:
                status = 500  # it went through to whoever runs the server
            else:
                break
        assert status == 500
        failed.add(asked[-1].split()[0])
        assert written(post) == before, asked[number - 1]
    else:
        pytest.fail("No upload needs so many statements.")

    assert {"SELECT", "INSERT", "UPDATE", "COMMIT"} <= failed
    assert [each["status"] for each in outcomes] == ["accepted"] * 10 + ["held"] * 5
    assert written(post) != before
