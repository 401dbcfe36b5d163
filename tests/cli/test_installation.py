"""`postal keys` and `postal staff`: whoever sets a service up gets keys, and people who can sign in."""

import getpass
import io
import re
import sys
from base64 import b64decode

import pytest
from sqlalchemy import select

from postal_service.cli import main
from postal_service.domain.actors import Role
from postal_service.services import access
from postal_service.settings import KEY_BYTES, SECRETS, from_environment
from postal_service.storage.schema import StaffRow
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.clock import NOON
from tests.services.world import PROVINCE, World, build

Capture = pytest.CaptureFixture[str]

PASSWORD = "một mật khẩu đủ dài"
ENTER = ["staff", "An.Nguyen", "Nguyễn Văn An", "--role", "auditor", "--unit", PROVINCE]
LOGIN = "an.nguyen"


class Pipe(io.TextIOWrapper):
    """Standard input that another program writes."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def world(service: str, committed_sessions: Sessions) -> World:
    """The small organisation, committed in the store that the environment names."""
    with transaction(committed_sessions) as session:
        return build(session)


def pipe(monkeypatch: pytest.MonkeyPatch, password: str | bytes) -> None:
    content = password if isinstance(password, bytes) else f"{password}\n".encode()
    monkeypatch.setattr(sys, "stdin", Pipe(content))


def is_entered(sessions: Sessions) -> bool:
    with reading(sessions) as session:
        return session.scalar(select(StaffRow.id).filter_by(login=LOGIN)) is not None


def test_keys_are_made_anew_each_time_and_set_a_service_up(
    configured: pytest.MonkeyPatch, capsys: Capture
) -> None:
    made = []
    for _ in range(2):
        assert main(["keys"]) == 0
        lines = capsys.readouterr().out.splitlines()
        made.append(dict(line.split("=", maxsplit=1) for line in lines))
    first, second = made
    assert tuple(first) == SECRETS
    assert len({*first.values(), *second.values()}) == 2 * len(SECRETS)

    for name, value in first.items():
        configured.setenv(name, value)
    settings = from_environment()
    assert settings.master_key == b64decode(first["POSTAL_MASTER_KEY"])
    assert len(settings.master_key) == KEY_BYTES


def test_who_was_entered_signs_in_however_his_login_is_written(
    world: World,
    committed_sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    pipe(monkeypatch, PASSWORD)

    assert main(ENTER) == 0

    said = capsys.readouterr().out
    assert re.fullmatch(rf"Nguyễn Văn An signs in as {LOGIN}; badge \S+\.\n", said)
    for login in (LOGIN, "An.Nguyen"):
        with transaction(committed_sessions) as session:
            token = access.sign_in(session, world.vault, login, PASSWORD, at=NOON)
            actor = access.actor_of(session, token, at=NOON).actor
        assert [(each.role, each.unit) for each in actor.grants] == [(Role.AUDITOR, PROVINCE)]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("password", "status", "said"),
    [
        (b"", 2, "No password was given; nothing was saved."),
        ("", 2, "No password was given; nothing was saved."),
        (b"m\xe2t kh\xc8u d\xe0i", 2, "The password is not UTF-8; nothing was saved."),
        ("quá ngắn", 1, "A password has 12 to 128 characters."),
        ("dài " * 40, 1, "A password has 12 to 128 characters."),
        ("ababababababab", 1, "needs at least 5 different characters."),
        (f"mật khẩu của {LOGIN}", 1, "A password must not hold the login"),
    ],
)
def test_with_a_password_that_protects_nobody_nobody_is_entered(
    committed_sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    password: str | bytes,
    status: int,
    said: str,
) -> None:
    pipe(monkeypatch, password)

    assert main(ENTER) == status

    assert said in capsys.readouterr().err
    assert not is_entered(committed_sessions)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("pressed", "status", "said"),
    [
        (EOFError, 2, "postal: No password was given; nothing was saved.\n"),
        (KeyboardInterrupt, 130, "postal: Stopped.\n"),
    ],
)
def test_who_is_asked_for_the_password_may_go_away(
    committed_sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    pressed: type[BaseException],
    status: int,
    said: str,
) -> None:
    def ask(_prompt: str) -> str:
        raise pressed

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", ask)

    assert main(ENTER) == status

    assert capsys.readouterr().err == said
    assert not is_entered(committed_sessions)


def test_a_login_that_is_taken_stays_with_whom_it_belongs_to(
    world: World,
    committed_sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    pipe(monkeypatch, PASSWORD)
    assert main(ENTER) == 0
    capsys.readouterr()
    pipe(monkeypatch, "một mật khẩu khác hẳn")

    assert main(["staff", "AN.nguyen", "Nguyễn Thị An", *ENTER[3:]]) == 1

    assert capsys.readouterr().err == (
        f"postal: The login {LOGIN} is taken. Choose another.\n"
        f"postal: Tên đăng nhập {LOGIN} đã có người dùng. Chọn tên khác.\n"
    )
    with transaction(committed_sessions) as session:
        assert access.sign_in(session, world.vault, LOGIN, PASSWORD, at=NOON)
