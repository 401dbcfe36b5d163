"""A small share of the day from beginning to end, as `make demo` plays it, on both databases."""

import json
import os
import re
import signal
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from postal_service.cli import main
from postal_service.domain import acts
from postal_service.domain.acts import CodeProof, Receiver
from postal_service.domain.attempts import Reason
from postal_service.ledger import base64_strict, verify
from postal_service.ledger.encoding import decode
from tests.databases import fresh_database
from tests.ports import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SHARE = "0.01"
LABEL = "What any phone opens from an envelope's label:\n"  # its address is the last line
VARIABLE = "POSTAL_DATABASE_URL"


@dataclass(frozen=True)
class Run:
    """What the command answered."""

    status: int
    told: str
    folder: Path

    def line(self, name: str) -> str:
        return next(line for line in self.told.splitlines() if line.startswith(name))


@contextmanager
def _environment(url: str | None) -> Iterator[None]:
    before = os.environ.pop(VARIABLE, None)
    if url is not None:
        os.environ[VARIABLE] = url
    yield
    os.environ.pop(VARIABLE, None)
    if before is not None:
        os.environ[VARIABLE] = before


def _demo(folder: Path, url: str | None, seed: str = "1") -> Run:
    answer = StringIO()
    with _environment(url), redirect_stdout(answer):
        status = main(
            ["demo", "--no-serve", "--day-share", SHARE, "--seed", seed, "--folder", str(folder)]
        )
    return Run(status, answer.getvalue(), folder)


def _events(run: Run) -> list[dict[str, Any]]:
    lines = (run.folder / "ledger.jsonl").read_bytes().splitlines()
    leaves = [leaf for leaf in map(json.loads, lines) if "iseq" in leaf]
    return [json.loads(b64decode(leaf["event"])) for leaf in leaves]


@pytest.fixture(scope="module")
def on_sqlite(own_databases: None, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return _demo(tmp_path_factory.mktemp("demo"), None)


@pytest.fixture(scope="module")
def on_postgresql(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    with fresh_database(postgres_url, "demo") as url:
        return _demo(tmp_path_factory.mktemp("demo"), url)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.getfixturevalue(f"on_{request.param}")
    return found


def _stories(ledger: Path) -> dict[str, list[acts.Act]]:
    """What happened to each item, in order."""
    found: dict[str, list[acts.Act]] = {}
    for line in ledger.read_text().splitlines():
        leaf = json.loads(line)
        if "event" in leaf:
            event = decode(base64_strict.read(leaf["event"]))
            found.setdefault(event.item, []).append(event.act)
    return found


def _story_with(stories: dict[str, list[acts.Act]], kind: type[acts.Act]) -> list[acts.Act]:
    (found,) = [told for told in stories.values() if any(isinstance(act, kind) for act in told)]
    return found


def test_the_day_ends_well(run: Run) -> None:
    assert run.status == 0, run.told
    assert "Dossiers     19 taken in on 23/11/2026" in run.told


def test_the_exported_ledger_is_valid_and_witnessed(run: Run) -> None:
    verdict = verify.verify(run.folder / "ledger.jsonl", run.folder / "ledger-keys.json")
    assert verdict.broken is None
    assert verdict.root in run.line("Ledger")
    assert "verifier: valid; 3 witnesses signed" in run.told


def test_the_ledger_was_signed_while_it_grew_and_nobodys_times_are_doubted(run: Run) -> None:
    made = re.search(r"(\d+) checkpoints were signed while it grew", run.told)
    assert made is not None
    assert int(made[1]) > 20  # every half hour in which anything was recorded
    verdict = verify.verify(run.folder / "ledger.jsonl", run.folder / "ledger-keys.json")
    assert verdict.findings == {"a custody is spent twice": 1}  # of two claims


def test_what_couriers_sign_names_a_checkpoint_and_a_delivery_its_neighbourhood(run: Run) -> None:
    root, *told = _events(run)
    # The root enrols offices, and they the phones.
    enrolled = [each for each in told if each["type"] == "dev_enrol"]
    phones = {each["subj"] for each in enrolled if each["dev"] != root["dev"]}
    by_phones = [each for each in told if each["dev"] in phones]

    assert by_phones
    assert all(each["cp"] for each in by_phones)
    assert len({each["cp"] for each in by_phones}) > 3  # newer ones as the day went on
    for each in by_phones:
        assert bool(each["loc"]) is (each["type"] == "deliver")


def test_the_projections_stand_as_the_ledger_tells_them(run: Run) -> None:
    assert "folded anew: the same as live" in run.told


def test_everything_that_can_go_wrong_went_wrong_once_and_was_settled(run: Run) -> None:
    for what in (
        "broken seal settled 1",
        "correction by maker and checker 1",
        "line reserved at a desk 1",
        "papers missing: citizen guided 1",
        "purse counted again 1",
        "presence required: refused 1",
        "reserved line settled 1",
        "two phones claimed one item 1",
        "batch sent twice",
    ):
        assert what in run.line("Incidents")


def test_every_step_is_told_with_its_time(run: Run) -> None:
    ((whole, steps),) = re.findall(r"Time +(\d+) s in all \((.*)\)", run.line("Time"))
    took = dict(re.findall(r"([a-z ]+) ([\d.]+)", steps))
    assert [name.strip() for name in took][-3:] == ["sign and export", "verify", "rebuild"]
    assert sum(float(seconds) for seconds in took.values()) <= int(whole) + 1


def test_phones_sent_everything_and_nothing_was_kept_apart(run: Run) -> None:
    outcomes = run.line("Phones")
    assert "conflict 1" in outcomes  # the second of two claims, and only it
    assert "duplicate" in outcomes
    assert "quarantined" not in outcomes
    assert "held" not in outcomes
    assert re.search(r"; [1-9]\d* without network until the evening", outcomes)


def test_doors_opened_and_stayed_closed_and_old_papers_came_back(run: Run) -> None:
    assert re.search(r"absent [1-9].* code [1-9].* message [1-9]", run.told)
    assert re.search(r"old papers taken back [1-9]\d*, invitations [1-9]\d*,", run.told)
    assert re.search(r"[1-9]\d* collected at home", run.line("Deliveries"))


def test_who_was_named_received_and_who_moved_is_planned_where_he_lives(run: Run) -> None:
    assert (
        "delegates named 1, received with their own codes 1; receivers moved 1, addresses compared 1,"
        " sent on 1, planned there for the next working day 1"
    ) in run.told


def test_the_ledger_tells_of_a_delegate_and_of_a_receiver_who_moved(run: Run) -> None:
    stories = _stories(run.folder / "ledger.jsonl")
    named = _story_with(stories, acts.Rotate)
    delivered = next(act for act in named if isinstance(act, acts.Deliver))
    assert delivered.receiver is Receiver.AUTHORISED
    assert isinstance(delivered.proof, CodeProof)
    assert delivered.proof.rotation == 2
    moved = _story_with(stories, acts.Forward)
    tried = next(act for act in moved if isinstance(act, acts.Attempt))
    assert (tried.reason, bool(tried.commitment)) == (Reason.MOVED, True)
    # Back at the counter it was sent on, and left in a bag of the evening's van.
    assert [type(act) for act in moved[moved.index(tried) :]] == [
        acts.Attempt, acts.Offer, acts.Handover, acts.Forward, acts.Bag, acts.Depart, acts.Offer,
    ]  # fmt: skip


def test_what_was_taken_at_doors_lies_in_the_tills_by_the_evening(run: Run) -> None:
    money = re.search(
        r"charges taken at doors, ([\d,]+) ₫; ([\d,]+) ₫ of [1-9]\d* couriers counted", run.told
    )
    assert money is not None
    assert money[1] == money[2] != "0"


def test_every_published_round_was_acknowledged(run: Run) -> None:
    found = re.search(r"(\d+) at \d+ offices, .* (\d+) acknowledged", run.line("Rounds"))
    assert found is not None
    assert found[1] == found[2]


def test_both_databases_tell_the_same_day(on_sqlite: Run, on_postgresql: Run) -> None:
    for name in ("Dossiers", "Late risks", "Hand-overs", "Deliveries", "Incidents"):
        assert on_sqlite.line(name) == on_postgresql.line(name)
    size = re.compile(r"(\d+) events")
    assert size.findall(on_sqlite.told) == size.findall(on_postgresql.told)


def test_afterwards_it_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "postal_service.cli", "demo", "--day-share", "0.001"]
    command += ["--port", str(port), "--folder", str(tmp_path / "demo")]
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as serving:
        assert serving.stdout is not None
        told = list(iter(serving.stdout.readline, LABEL))
        address = serving.stdout.readline().strip()
        with urlopen(address) as answer:
            assert answer.status == 200
        serving.send_signal(signal.SIGINT)
        assert "Stopped." in serving.stdout.read()
    assert serving.returncode == 0
    assert address.startswith(f"http://127.0.0.1:{port}/BH")
    for role in ("administrator", "auditor", "manager", "counter clerk", "desk clerk", "agency"):
        assert any(role in line for line in told)
