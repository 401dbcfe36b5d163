"""The steps make the tables the code describes, can be taken back, and happen whole or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

import migrations
from postal_service.ledger.tree import Edge, grow, leaf_hash
from postal_service.storage.migrate import (
    APPEND_ONLY,
    NewerDatabaseError,
    SchemaDiffersError,
    check,
    downgrade,
    main,
    pending,
    upgrade,
)
from postal_service.storage.schema import Base
from tests.clock import NOON
from tests.storage.rows import counts, insert_rows, row_of

FOLDER = Path(migrations.__file__).parent
STEPS = sorted(path.stem for path in (FOLDER / "versions").glob("0*.py"))
DESCRIBED = set(Base.metadata.tables)
ENTRIES = Base.metadata.tables["ledger_entry"]
LOSING_A_GUARD = {
    "sqlite": "DROP TRIGGER money_entry_refuses_delete",
    "postgresql": "DROP TRIGGER money_entry_refuses_changes ON money_entry",
}


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_an_empty_database_waits_for_its_tables(empty_engine: Engine) -> None:
    assert pending(empty_engine)
    with pytest.raises(SchemaDiffersError, match="run upgrade"):
        check(empty_engine)


def test_the_newest_step_is_what_the_code_describes(empty_engine: Engine) -> None:
    upgrade(empty_engine)

    check(empty_engine)
    assert not pending(empty_engine)
    assert _tables(empty_engine) == DESCRIBED


def test_a_second_upgrade_changes_nothing(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    with empty_engine.begin() as connection:
        insert_rows(connection)

    upgrade(empty_engine)

    with empty_engine.connect() as connection:
        assert counts(connection, DESCRIBED) == dict.fromkeys(DESCRIBED, 1)


def test_every_step_can_be_taken_back_and_made_again_with_rows_in_the_tables(
    empty_engine: Engine,
) -> None:
    upgrade(empty_engine)
    with empty_engine.begin() as connection:
        insert_rows(connection)

    left = DESCRIBED
    for step in reversed(STEPS[:-1]):
        before = left
        downgrade(empty_engine, step)
        left = _tables(empty_engine)
        assert left <= before
        with empty_engine.connect() as connection:
            assert counts(connection, left) == dict.fromkeys(left, 1)
    upgrade(empty_engine)

    check(empty_engine)
    with empty_engine.connect() as connection:
        assert counts(connection, DESCRIBED - left) == dict.fromkeys(DESCRIBED - left, 0)
        assert counts(connection, left) == dict.fromkeys(left, 1)


def test_files_that_events_of_before_name_are_noted(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    downgrade(empty_engine, "0006_second_factor_resets")
    with empty_engine.begin() as connection:
        for n, said in enumerate(('"ev":["aa","bb"]', '"why":"\\"ev\\":["', '"ev":["aa"]')):
            row = {**row_of(ENTRIES), "index": n, "event_id": str(n), "device_sequence": n}
            told = {
                **row,
                "body": b"{" + said.encode() + b"}",
                "item": f"item {n % 2}",
                "item_sequence": n,
            }
            connection.execute(insert(ENTRIES).values(told))

    upgrade(empty_engine)

    with empty_engine.connect() as connection:
        noted = connection.execute(text("SELECT item, sha256 FROM evidence_use ORDER BY sha256"))
        assert [tuple(each) for each in noted] == [("item 0", "aa"), ("item 0", "bb")]


def test_hashes_of_the_tree_are_numbered_and_placed_again(empty_engine: Engine) -> None:
    _, closed = grow(Edge(), [leaf_hash(b"%d" % n) for n in range(1_237)])
    kept = sorted((place.level, place.position, value) for place, value in closed)
    upgrade(empty_engine)
    downgrade(empty_engine, "0015_loosened_locks")
    with empty_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO ledger_node (level, position, hash) VALUES (:level, :position, :hash)"
            ),
            [{"level": level, "position": at, "hash": value} for level, at, value in kept],
        )

    upgrade(empty_engine)

    with empty_engine.connect() as connection:
        numbered = connection.execute(text("SELECT number, hash FROM ledger_node ORDER BY number"))
        assert list(map(tuple, numbered)) == [(place.number, value) for place, value in closed]

    downgrade(empty_engine, "0015_loosened_locks")

    with empty_engine.connect() as connection:
        placed = connection.execute(
            text("SELECT level, position, hash FROM ledger_node ORDER BY level, position")
        )
        assert list(map(tuple, placed)) == kept


def test_what_a_plan_stands_beside_is_kept_and_may_be_missing(empty_engine: Engine) -> None:
    figures = "SELECT baseline_metres, baseline_seconds, baseline_unserved FROM plan"
    longest = "SELECT baseline_longest FROM plan"
    upgrade(empty_engine)
    with empty_engine.begin() as connection:
        insert_rows(connection)
        connection.execute(text("UPDATE plan SET baseline_metres = 7, baseline_seconds = NULL"))

    downgrade(empty_engine, "0017_staff_changes")

    with empty_engine.connect() as connection:
        assert connection.execute(text(figures)).one() == (7, 0, 1)

    upgrade(empty_engine)

    with empty_engine.connect() as connection:
        assert connection.execute(text(figures)).one() == (7, 0, 1)
        assert connection.execute(text(longest)).one() == (None,)


def test_messages_that_were_never_sent_are_told_as_run_out_and_keep_no_content(
    empty_engine: Engine,
) -> None:
    upgrade(empty_engine)
    downgrade(empty_engine, "0019_tried")
    with empty_engine.begin() as connection:
        for number, state in enumerate(("waiting", "sent"), start=1):
            connection.execute(
                text(
                    "INSERT INTO outbox"
                    " (id, subject, kind, payload, state, attempts, next_at, made_at, error)"
                    " VALUES (:id, 'BH1', 'sms', :payload, :state, 0, :at, :at, '')"
                ),
                {"id": number, "payload": b"a code", "state": state, "at": NOON},
            )

    upgrade(empty_engine)

    outbox = Base.metadata.tables["outbox"].columns
    asked = select(
        outbox.key, outbox.state, outbox.payload, outbox.error, outbox.ended_at, outbox.expires_at
    )
    with empty_engine.connect() as connection:
        assert list(map(tuple, connection.execute(asked.order_by(outbox.id)))) == [
            ("before-1", "expired", b"", "run_out", NOON, NOON),
            ("before-2", "sent", b"", "", NOON, NOON),
        ]


def test_taking_everything_back_leaves_nothing_behind(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    with empty_engine.begin() as connection:
        insert_rows(connection)

    downgrade(empty_engine, "base")

    assert _tables(empty_engine) == set()
    upgrade(empty_engine)
    check(empty_engine)


def test_a_step_that_fails_takes_the_steps_before_it_back(empty_engine: Engine) -> None:
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE round (id text)"))  # in the way of the last step

    with pytest.raises(DBAPIError, match="already exists"):
        upgrade(empty_engine)

    assert _tables(empty_engine) == {"round"}
    assert pending(empty_engine)


def test_references_are_enforced_again_after_an_upgrade(empty_engine: Engine) -> None:
    upgrade(empty_engine)

    with pytest.raises(DBAPIError), empty_engine.begin() as connection:
        connection.execute(text("INSERT INTO dossier_key VALUES ('nobody''s', '')"))


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE seal ADD COLUMN colour text",
        "DROP TABLE seal",
        "DROP INDEX ix_person_phone_index",
        "CREATE TABLE stray (id text PRIMARY KEY)",
        "CREATE UNIQUE INDEX once_only ON seal (item)",
    ],
)
def test_a_difference_between_tables_and_code_is_found(
    committed_engine: Engine, change: str
) -> None:
    with committed_engine.begin() as connection:
        connection.execute(text(change))

    with pytest.raises(SchemaDiffersError):
        check(committed_engine)


def test_a_lost_guard_is_found(committed_engine: Engine, dialect: str) -> None:
    with committed_engine.begin() as connection:
        connection.execute(text(LOSING_A_GUARD[dialect]))

    with pytest.raises(SchemaDiffersError, match="money_entry can be changed"):
        check(committed_engine)


def test_a_guarded_table_is_one_the_code_describes() -> None:
    assert APPEND_ONLY < DESCRIBED


def test_a_step_nobody_knows_is_refused(committed_engine: Engine) -> None:
    with pytest.raises(CommandError, match="0999_nothing"):
        upgrade(committed_engine, "0999_nothing")
    with pytest.raises(CommandError, match="0999_nothing"):
        downgrade(committed_engine, "0999_nothing")


def test_tables_of_a_later_release_are_left_alone(
    committed_url: str, committed_engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    with committed_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_next'"))

    for act in (upgrade, pending, check):
        with pytest.raises(NewerDatabaseError, match=f"9999_next, .* {STEPS[-1]}"):
            act(committed_engine)
    with pytest.raises(NewerDatabaseError):
        downgrade(committed_engine, "base")
    assert main(["upgrade", committed_url]) == 1

    assert capsys.readouterr().err.startswith("The database is newer than this program: ")
    assert _tables(committed_engine) == DESCRIBED


def test_steps_are_numbered_without_a_gap_and_named_by_their_subject() -> None:
    in_order = [step.revision for step in ScriptDirectory(FOLDER).walk_revisions()]

    assert in_order[::-1] == STEPS
    assert [step[:4] for step in STEPS] == [f"{number:04}" for number in range(1, len(STEPS) + 1)]


def test_two_servers_that_start_at_once_make_the_tables_once(
    empty_url: str, empty_engine: Engine
) -> None:
    command = [sys.executable, "-m", "postal_service.storage.migrate", "upgrade", empty_url]
    both = [
        subprocess.Popen(
            command, cwd=FOLDER.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for _ in range(2)
    ]

    for server in both:
        said, _ = server.communicate(timeout=60)
        assert server.returncode == 0, said.decode()
    check(empty_engine)


def test_the_command_makes_and_checks_the_tables(
    empty_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", empty_url]) == 1
    assert "run upgrade" in capsys.readouterr().err

    assert main(["upgrade", empty_url]) == 0
    assert main(["check", empty_url]) == 0
    assert "what the code describes" in capsys.readouterr().out


@pytest.mark.usefixtures("own_databases")
def test_the_command_without_a_database_checks_the_steps_themselves() -> None:
    assert main(["check"]) == 0


@pytest.mark.parametrize(
    "arguments",
    [[], ["upgrade"], ["downgrade", "sqlite://"], ["check", "a", "b"], ["--help"], ["upgrade", ""]],
)
def test_a_command_that_is_not_understood_says_how_it_is_typed(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err


def test_a_url_that_is_none_is_refused_without_repeating_its_password(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["upgrade", "postgresql:/clerk:s3cret@db"]) == 2
    assert "s3cret" not in capsys.readouterr().err


@pytest.mark.usefixtures("own_databases")
def test_a_database_that_does_not_answer_is_said_in_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "postgresql+psycopg://clerk:s3cret@127.0.0.1:1/office"]) == 1
    said = capsys.readouterr().err
    assert "127.0.0.1" in said
    assert "s3cret" not in said
