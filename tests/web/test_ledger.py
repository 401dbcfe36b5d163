"""The signed heads are open to everybody, and a paper that bears one holds the history before it fast."""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Pack
from postal_service.ledger import checkpoint, export, notes, reading, signing, tree, verify
from postal_service.ledger.encoding import canonical, encode
from postal_service.ledger.leaf import leaf
from postal_service.ledger.witness import believe
from postal_service.runtime import Runtime
from postal_service.services import checkpoints, office_events
from postal_service.services.checkpoints import Witness
from postal_service.storage.schema import DeviceRow
from postal_service.storage.transaction import reading as reading_of
from postal_service.storage.transaction import transaction
from tests.clock import Clock
from tests.ledger.post import WitnessOffice
from tests.printing.read_back import codes_of, text_of
from tests.services.in_hand import sealed as sealed_in_store
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import offered, sealed, taken
from tests.web.test_bags import PDF, bagged

Browsers = Callable[[str], Browser]

PRINTED = re.compile(r"([\d.]+) sự kiện, ký lúc .{16} Gốc: ((?:[0-9a-f]{4} ?){16})")


@pytest.fixture
def offices() -> list[WitnessOffice]:
    return [WitnessOffice(f"nhan-chung.example/{n}") for n in (1, 2, 3)]


@pytest.fixture
def runtime(runtime: Runtime, offices: list[WitnessOffice]) -> Runtime:
    """The same service, with three witnesses of whom two must sign."""

    def silent(body: bytes) -> tuple[int, bytes]:
        raise ConnectionError(f"{len(body)} bytes go nowhere: the test lets them sign itself.")

    return replace(
        runtime, witnesses=tuple(Witness(key=each.public, ask=silent) for each in offices)
    )


def signed(runtime: Runtime, *offices: WitnessOffice) -> checkpoint.Kept:
    """The ledger as it stands, signed by the log and these witnesses."""
    with transaction(runtime.sessions) as store:
        kept = checkpoints.make(
            store, origin=runtime.settings.origin, log_key=runtime.log_key, at=runtime.clock()
        )
        for each in offices:
            each.cosign(store, kept, runtime.policy.log)
    return kept


def manifest_of(clerk: Browser, bag: str) -> bytes:
    found = PDF.findall(clerk.text(f"/bags/{bag}"))
    return next(b64decode(pdf) for pdf, name in found if "ban-ke" in name)


def head_on(pdf: bytes) -> tuple[str, str]:
    """Size and root as a reader types them from the paper."""
    found = PRINTED.search(text_of(pdf))
    assert found is not None, text_of(pdf)
    return found[1].replace(".", ""), found[2].strip()


def test_the_days_are_shown_to_whoever_asks(
    stranger: Browser,
    session: Session,
    world: World,
    runtime: Runtime,
    offices: list[WitnessOffice],
    clock: Clock,
) -> None:
    assert "Sổ chưa được ký lần nào trong những ngày này." in stranger.text("/ledger")
    sealed_in_store(session, world)
    session.commit()
    yesterday = signed(runtime, *offices)
    clock.forward(timedelta(days=1))
    sealed_in_store(session, world, at=clock())
    session.commit()
    today = signed(runtime, offices[0])

    page = stranger.text("/ledger")

    for kept, day in ((yesterday, "23/11/2026"), (today, "24/11/2026")):
        root = kept.root.hex()
        assert day in page
        assert f'href="/ledger/{kept.size}"' in page
        assert " ".join(f"<span>{root[at : at + 4]}</span>" for at in range(0, 64, 4)) in page
    assert ", ".join(each.name for each in offices) in page
    assert page.count("chưa đủ 2 bên làm chứng") == 1
    assert "postal verify LEDGER KEYS --known SIZE ROOT" in page
    for key in (runtime.policy.log, *runtime.policy.witnesses):
        assert str(key) in page
    assert 'href="/ledger"' in stranger.text("/tracking")


def test_programs_get_the_same_with_keys_and_notes_that_can_be_believed(
    stranger: Browser,
    session: Session,
    world: World,
    runtime: Runtime,
    offices: list[WitnessOffice],
) -> None:
    sealed_in_store(session, world)
    session.commit()
    kept = signed(runtime, *offices)

    answer = stranger.get("/ledger.json")

    told = json.loads(answer.data)
    (day,) = told["days"]
    keys = [notes.known_key(each) for each in told["witnesses"]]
    policy = replace(runtime.policy, log=notes.known_key(told["log"]), witnesses=tuple(keys))
    head = believe(day["note"], replace(policy, quorum=told["quorum"]))
    assert (head.size, head.root.hex()) == (kept.size, day["root"])
    assert (day["day"], day["size"], day["witnessed"]) == ("2026-11-23", kept.size, True)
    assert day["witnesses"] == [each.name for each in offices]
    note = stranger.get(f"/ledger/{kept.size}/note")
    assert note.get_data(as_text=True) == day["note"]
    assert note.mimetype == "text/plain"


def test_what_is_the_same_for_everybody_is_kept_by_caches_and_the_page_by_nobody_elses(
    stranger: Browser, session: Session, world: World, runtime: Runtime
) -> None:
    sealed_in_store(session, world)
    session.commit()
    kept = signed(runtime)

    for path in ("/ledger.json", f"/ledger/{kept.size}/note"):
        answer = stranger.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert "Set-Cookie" not in answer.headers
        again = stranger.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    for path in ("/ledger", f"/ledger/{kept.size}"):
        answer = stranger.get(path)
        assert answer.headers["Cache-Control"] == "private, max-age=60"
        assert "Cookie" in answer.headers["Vary"]


def test_a_head_is_found_by_the_number_as_it_stands_on_a_paper(
    stranger: Browser, session: Session, world: World, runtime: Runtime
) -> None:
    sealed_in_store(session, world)
    session.commit()
    kept = signed(runtime)

    for written in (str(kept.size), f" {kept.size} ", f"0.00{kept.size}"):
        answer = stranger.client.get("/ledger", query_string={"size": written})
        assert (answer.status_code, answer.location) == (302, f"/ledger/{kept.size}")
    page = stranger.text(f"/ledger/{kept.size}")
    assert f"--known {kept.size} {kept.root.hex()}" in page
    assert "chưa có bên nào" in page


@pytest.mark.parametrize(
    "written",
    ["0", "1", "-1", "mười", "1e3", "²", "9" * 24, "<script>alert(1)</script>", "\0", "%"],
)
def test_a_number_under_which_nothing_was_signed_is_said_to_be_so(
    stranger: Browser, session: Session, world: World, runtime: Runtime, written: str
) -> None:
    sealed_in_store(session, world)
    session.commit()
    signed(runtime)

    answer = stranger.client.get("/ledger", query_string={"size": written})

    page = answer.get_data(as_text=True)
    if written == "\0":
        assert answer.status_code == 200  # as if nothing had been typed
        return
    assert answer.status_code == 404
    assert "Sổ chưa được ký lần nào ở đúng" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("size", ["0", "1", "007", "9" * 60, "x", "-1", "1.5"])
def test_an_address_of_no_head_is_not_there(stranger: Browser, size: str) -> None:
    for path in (f"/ledger/{size}", f"/ledger/{size}/note"):
        assert stranger.get(path).status_code == 404


def test_who_asks_too_often_waits(stranger: Browser) -> None:
    answers = [stranger.get("/ledger.json").status_code for _ in range(61)]

    assert answers[59:] == [200, 429]


def test_it_speaks_english(stranger: Browser, runtime: Runtime) -> None:
    stranger.send("/language", language="en", next="/ledger")

    assert "The ledger of custody: each day&#39;s root" in stranger.text("/ledger")


def test_a_manifest_bears_the_newest_head_that_was_witnessed_and_where_to_look_it_up(
    browser: Browsers,
    stranger: Browser,
    runtime: Runtime,
    offices: list[WitnessOffice],
    tmp_path: Path,
) -> None:
    counter = browser("counter")
    bag = bagged(counter, sealed(counter, "NP-1"))
    assert "Sổ lưu giữ khi in tờ này: sổ chưa được ký lần nào." in text_of(
        manifest_of(counter, bag)
    )
    kept = signed(runtime, *offices[:2])
    sealed(counter, "NP-2")
    signed(runtime, offices[2])  # by one witness only

    pdf = manifest_of(counter, bag)

    size, root = head_on(pdf)
    assert (size, root.replace(" ", "")) == (str(kept.size), kept.root.hex())
    words = text_of(pdf)
    assert "Bên làm chứng: nhan-chung.example/1, nhan-chung.example/2" in words
    (scanned,) = {
        code.text for page in codes_of(pdf, tmp_path) for code in page if "/" in code.text
    }
    assert scanned == f"https://{runtime.settings.label_host}/ledger/{kept.size}"
    assert f"<span>{root[:4]}</span>" in stranger.text(f"/ledger/{kept.size}")


def test_a_hand_over_record_bears_the_head_from_before_it(
    browser: Browsers, runtime: Runtime, offices: list[WitnessOffice]
) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    item = sealed(counter, "NP-1")
    kept = signed(runtime, *offices)

    page = taken(desk, offered(counter, item), item)

    found = re.search(r"data:application/pdf;base64,([^\"]+)", page)
    assert found is not None
    assert head_on(b64decode(found[1]))[1].replace(" ", "") == kept.root.hex()


def test_who_rewrites_history_with_every_key_of_the_post_does_not_get_the_printed_root(
    browser: Browsers,
    session: Session,
    runtime: Runtime,
    offices: list[WitnessOffice],
    tmp_path: Path,
) -> None:
    counter = browser("counter")
    bag = bagged(counter, sealed(counter, "NP-1"))  # the bag's seal is the newest event
    signed(runtime, *offices)
    size, root = head_on(manifest_of(counter, bag))
    true = tmp_path / "true.jsonl", tmp_path / "keys.json"
    with reading_of(runtime.sessions) as store:
        checkpoints.export_to(store, runtime.policy, ledger=true[0], keys=true[1])
    known = ["--known", size, root]
    assert verify.main([*map(str, true), *known]) == 0

    forged = _rewritten(session, runtime, offices, tmp_path / "forged.jsonl"), true[1]

    assert forged[0].read_bytes() != true[0].read_bytes()
    assert verify.main([*map(str, forged)]) == 0  # by itself nothing is wrong with it
    assert verify.main([*map(str, forged), *known]) == 1
    verdict = verify.verify(*forged, known=[(int(size), root.replace(" ", ""))])
    assert "do not have the root that you know" in str(verdict.broken)


def _rewritten(
    session: Session, runtime: Runtime, offices: list[WitnessOffice], path: Path
) -> Path:
    """The ledger with its last event told otherwise, signed anew with the office's and the log's keys.

    The witnesses conspire, so that nothing but the paper is left to tell.
    """
    *before, last = reading.everything(session)
    assert isinstance(last.event.act, Pack)
    device = session.scalars(select(DeviceRow).filter_by(id=last.event.device)).one()
    key = office_events._private_key(runtime.keys, device)
    body = encode(replace(last.event, act=replace(last.event.act, seal="TUI-KHAC")))
    told = leaf(
        body,
        signing.sign(key, body),
        item_sequence=last.item_sequence,
        item_previous=last.item_previous,
        received_ms=last.received_ms,
    )
    leaves = [*(each.leaf for each in before), told]
    edge, _ = tree.grow(tree.Edge(), map(tree.leaf_hash, leaves))
    origin = runtime.settings.origin
    head = str(checkpoint.Checkpoint(origin, edge.size, edge.root))
    note = str(notes.sign(head, origin, runtime.log_key)) + "".join(
        str(notes.cosign(head, each.name, each.key, at_seconds=each.at_seconds)) for each in offices
    )
    header = {"checkpoints": 1, "format": export.FORMAT, "leaves": len(leaves), "origin": origin}
    lines = [canonical(header), *leaves, canonical({"checkpoint": note})]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path
