"""The verifier alone, with a file and the public keys: valid, or what is broken and why."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.ledger import checkpoint, export, reading
from postal_service.ledger import verify as verifier
from postal_service.ledger.verify import Unreadable, verify
from tests.ledger.post import Post, item
from tests.ledger.verdicts import judge, why

OF_POST = range(6)  # the enrolments with which every post begins


@pytest.fixture
def post(session: Session) -> Post:
    post = Post(session)
    post.open()
    return post


def test_an_honest_ledger_is_valid(session: Session, tmp_path: Path) -> None:
    post = Post(session)
    post.run(20)

    verdict = verify(*post.export(tmp_path))

    assert verdict.valid
    assert (
        verdict.size == reading.size(session) == 6 + sum((5, 4)[n % 3 == 0] for n in range(1, 21))
    )
    assert verdict.root == reading.root(session, verdict.size).hex()
    assert verdict.counts["accept"] == verdict.counts["deliver"] == 20
    assert verdict.findings == {}


def test_several_processes_come_to_the_same_verdict(session: Session, tmp_path: Path) -> None:
    post = Post(session)
    post.run(8)
    ledger, keys = post.export(tmp_path)

    assert verify(ledger, keys, workers=2) == verify(ledger, keys)


def test_the_first_false_signature_is_named_though_processes_check_them(
    post: Post, tmp_path: Path
) -> None:
    # given two signatures that are not the devices' and a gap after them
    told = post.deliver_result(1, post.couriers[0])
    broken = [
        replace(each, signature=bytes(64)) if n in {1, 3} else each for n, each in enumerate(told)
    ]
    post.tell(broken[:4])
    post.couriers[0].sequence += 1
    post.tell([post.couriers[0].sign(acts.Lost(why=""), of=item(1), parent=told[3].event.id)])

    verdict = judge(post, tmp_path, workers=2)

    assert verdict.broken is not None
    assert (verdict.broken.index, verdict.broken.event) == (7, told[1].event.id)
    assert verdict.broken.why == f"it is not signed by its device {post.desk.id}"


def test_its_folder_runs_alone(session: Session, tmp_path: Path) -> None:
    post = Post(session)
    post.run(3)
    ledger, keys = post.export(tmp_path)
    alone = tmp_path / "elsewhere"
    ours = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(verifier.__file__).parent, alone / "verify", ignore=ours)
    # The project may be installed for this interpreter; on the other machine there is none.
    (alone / "postal_service.py").write_text("raise ImportError('the project is not here')")

    def run(*arguments: object) -> tuple[int, str]:
        words = [sys.executable, "-E", "-s", "-B", *map(str, arguments)]
        ended = subprocess.run(words, capture_output=True, text=True, check=False, cwd=alone)
        return ended.returncode, ended.stdout + ended.stderr

    assert "the project is not here" in run("-c", "import postal_service")[1]

    status, said = run("-m", "verify", ledger, keys)
    assert (status, said.partition(":")[0]) == (0, "valid")
    assert run("-m", "verify", ledger, keys, "--workers", 2) == (status, said)

    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[:3] + lines[4:]))
    status, said = run("-m", "verify", ledger, keys)
    assert (status, said.partition(":")[0]) == (1, "broken")
    assert run("-m", "verify", ledger, keys, "--workers", 2) == (status, said)

    status, said = run("-m", "verify", tmp_path / "nothing", keys)
    assert (status, said.partition(":")[0]) == (2, "unreadable")


def test_where_nothing_can_be_remembered_nothing_is_said_of_the_ledger(
    session: Session, tmp_path: Path
) -> None:
    post = Post(session)
    post.run(60)  # more than SQLite's smallest cache holds
    files = [str(each) for each in post.export(tmp_path)]
    no_room = (
        "import resource, sys; from postal_service.ledger.verify import main, memory;"
        " resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); memory.KEPT_KIB = 1;"
        " sys.exit(main(sys.argv[1:]))"
    )

    words = [sys.executable, "-c", no_room, *files]
    ended = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)

    assert ended.returncode == 2
    assert ended.stdout.startswith("unreadable: what must be remembered finds no room")


def test_it_shares_no_code_with_the_writer() -> None:
    modules = [
        ast.parse(each.read_text(encoding="utf-8"))
        for each in Path(verifier.__file__).parent.glob("*.py")
    ]
    nodes = [node for module in modules for node in ast.walk(module)]
    sources = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    named = {each.module or "" for each in sources if each.level == 0}
    named |= {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    foreign = {name.partition(".")[0] for name in named} - sys.stdlib_module_names

    assert foreign == {"cryptography"}
    assert {each.level for each in sources} == {0, 1}  # and nothing above the folder


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no JSON in canonical form|is not JSON"),
        (b"{}\n", "format"),
        (b'{"format": "custody-ledger/1"}\n', "canonical"),
        (b"\xff\xfe\n", "canonical"),
        (b"[" * 50_000 + b"\n", "canonical"),
    ],
)
def test_what_is_no_ledger_cannot_be_read(
    session: Session, tmp_path: Path, content: bytes, said: str
) -> None:
    post = Post(session)
    post.run(1)
    ledger, keys = post.export(tmp_path)
    ledger.write_bytes(content)

    with pytest.raises(Unreadable, match=said):
        verify(ledger, keys)


@pytest.mark.parametrize(
    "change",
    [
        lambda keys: keys | {"quorum": 4},
        lambda keys: keys | {"quorum": True},
        lambda keys: keys | {"log": "x"},
        lambda keys: keys | {"log": keys["log"].replace("+", "+0", 1)},
        lambda keys: keys | {"witnesses": [keys["log"]]},
        lambda keys: keys | {"root": {}},
        lambda _: {},
        lambda keys: [keys],
    ],
)
def test_keys_that_cannot_be_are_not_believed(
    session: Session, tmp_path: Path, change: Callable[[dict[str, object]], object]
) -> None:
    post = Post(session)
    post.run(1)
    ledger, keys = post.export(tmp_path)
    keys.write_text(json.dumps(change(json.loads(keys.read_text()))))

    with pytest.raises(Unreadable):
        verify(ledger, keys)


def test_another_log_s_keys_do_not_fit(session: Session, tmp_path: Path) -> None:
    post = Post(session)
    post.run(1)
    ledger, keys = post.export(tmp_path)
    post.log_key = Ed25519PrivateKey.generate()
    keys.write_bytes(export.keys(post.policy, post.root_device))

    assert "the log did not sign" in why(verify(ledger, keys))


class TestACheckpointKnownFromElsewhere:
    """An export that ends at an older checkpoint is whole in itself; who knows a later one can tell."""

    def test_an_older_export_does_not_hold_it(self, post: Post, tmp_path: Path) -> None:
        post.record()
        post.checkpoint()
        older = tmp_path / "older"
        older.mkdir()
        exported = post.export(older)
        post.tell(post.deliver_result(1, post.couriers[0]))
        post.record()
        later = post.checkpoint()

        assert verify(*exported).valid
        verdict = verify(*exported, known=[(later.size, later.root.hex())])

        assert why(verdict) == f"it ends after {len(OF_POST)} leaves; you know of {later.size}"

    def test_another_history_does_not_have_its_root(self, post: Post, tmp_path: Path) -> None:
        post.record()
        kept = post.checkpoint()
        other = "ab" * 32

        verdict = verify(*post.export(tmp_path), known=[(kept.size, other)])

        assert why(verdict) == f"the first {kept.size} leaves do not have the root that you know"

    def test_every_one_that_is_known_must_stand_there(self, post: Post, tmp_path: Path) -> None:
        post.record()
        first = post.checkpoint()
        post.tell(post.deliver_result(1, post.couriers[0]))
        post.record()
        second = post.checkpoint()
        files = post.export(tmp_path)
        known = [(each.size, each.root.hex()) for each in (first, second)]

        assert verify(*files, known=known).valid
        assert not verify(*files, known=[*known, (first.size, second.root.hex())]).valid

    def test_it_is_typed_from_a_paper_as_it_stands_there(
        self, session: Session, tmp_path: Path
    ) -> None:
        post = Post(session)
        post.run(1)
        files = [str(each) for each in post.export(tmp_path)]
        size = reading.size(session)
        root = reading.root(session, size).hex().upper()
        groups = " ".join(root[at : at + 16] for at in range(0, 64, 16))

        assert verifier.main([*files, "--known", str(size), groups]) == 0
        other = "1" if groups.startswith("0") else "0"
        assert verifier.main([*files, "--known", str(size), other + groups[1:]]) == 1

    @pytest.mark.parametrize(
        "known", [("0", "00" * 32), ("1", "xyz"), ("eins", "00" * 32)], ids=str
    )
    def test_what_is_no_checkpoint_is_told(
        self,
        session: Session,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        known: tuple[str, str],
    ) -> None:
        post = Post(session)
        post.run(1)
        files = map(str, post.export(tmp_path))

        assert verifier.main([*files, "--known", *known]) == 2
        assert "are not the size and root of a checkpoint" in capsys.readouterr().out


def test_an_export_ends_at_the_newest_witnessed_checkpoint(
    session: Session, tmp_path: Path
) -> None:
    post = Post(session)
    post.run(4)
    witnessed = reading.size(session)
    post.tell(post.deliver_result(99, post.couriers[0]))
    post.record()
    post.checkpoint(witnessed=False)

    verdict = verify(*post.export(tmp_path))

    assert verdict.valid
    assert verdict.size == witnessed
    newest = checkpoint.newest(session)
    assert newest is not None
    assert newest.size > witnessed
