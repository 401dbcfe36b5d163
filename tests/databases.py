"""Real databases for the tests: SQLite in a file, PostgreSQL on a server; nothing is mocked.

PostgreSQL is the server named by POSTAL_TEST_POSTGRES_URL, else a throw-away cluster of the installed
PostgreSQL, which lives in a temporary folder and ends with the tests. Where neither exists the tests
that need one are skipped with the reason; under POSTAL_REQUIRE_ALL=1 they fail, because a gate that
skips is no gate.
"""

import contextlib
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.engine import URL

from tests.ports import free_port

SERVER_VARIABLE = "POSTAL_TEST_POSTGRES_URL"
REQUIRE_VARIABLE = "POSTAL_REQUIRE_ALL"

DRIVER = "postgresql+psycopg"
MAINTENANCE_DATABASE = "postgres"
OWNER = "postal"

START_SECONDS = 60
STARTS = 3  # a port found free may be taken before the server binds it

# fsync stays on: what the tests prove about acknowledged events must hold for a real server.
SERVER_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}

MEMORY = Path("/dev/shm")
LEAST_FREE_BYTES = 6 * 2**30


class PostgresMissingError(Exception):
    """No PostgreSQL can be had on this machine; the message says what was looked for."""


def keep_files_in_memory() -> None:
    """Put databases and all other temporary files of the tests where a flush costs nothing.

    No test pulls a plug: a server that is killed leaves its files to the system, on a disk or not.
    Where the system has no such room, or TMPDIR is set, nothing changes.
    """
    has_room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= LEAST_FREE_BYTES
    if has_room and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # read anew when it is asked for


def not_here(reason: str) -> NoReturn:
    """Skip the calling test with the reason; fail it where everything is required."""
    if os.environ.get(REQUIRE_VARIABLE) == "1":
        pytest.fail(f"{reason} ({REQUIRE_VARIABLE}=1 forbids skipping)", pytrace=False)
    pytest.skip(reason)


def sqlite_url(folder: Path) -> str:
    """The URL of a SQLite file of its own in the folder; the file is made by the first connection."""
    return f"sqlite:///{folder / 'postal.db'}"


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """The base URL of a PostgreSQL server whose user may create databases.

    Raises:
        PostgresMissingError: no server is named and none is installed or none would start.
    """
    named = os.environ.get(SERVER_VARIABLE)
    if named:
        yield _text(make_url(named).set(drivername=DRIVER))
        return
    with _throw_away_cluster() as url:
        yield url


@contextlib.contextmanager
def fresh_database(base_url: str, name: str, template: str = "template0") -> Iterator[str]:
    """Create a database like the template, yield its URL and drop it, connections and all.

    Of `template0` the copy is empty; nobody may be connected to another template.

    The real name gets a random end, so that nobody's database is ever dropped and two test runs can
    share one server.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", name):
        raise ValueError(f"not a name for a test database: {name!r}")
    server = make_url(base_url)
    unique = f"postal_test_{name}_{secrets.token_hex(6)}"
    _administer(server, f"CREATE DATABASE {unique} ENCODING 'UTF8' TEMPLATE {template}")
    try:
        yield _text(server.set(database=unique))
    finally:
        _administer(server, f"DROP DATABASE IF EXISTS {unique} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The base URL of the session's PostgreSQL server; pass it to fresh_database."""
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(postgres_server())
        except PostgresMissingError as missing:
            not_here(str(missing))
        yield url


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _administer(server: URL, statement: str) -> None:
    maintenance = server.set(database=server.database or MAINTENANCE_DATABASE)
    engine = create_engine(maintenance, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextlib.contextmanager
def _throw_away_cluster() -> Iterator[str]:
    programs = _programs()
    user = _unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="postal-pg-"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        password = secrets.token_hex(16)
        _make_cluster(programs, folder, user, password)
        port = _start(programs, folder, user)
        try:
            yield _text(URL.create(DRIVER, OWNER, password, "127.0.0.1", port))
        finally:
            _run([programs / "pg_ctl", "stop", "-m", "immediate", "-D", _data(folder)], user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder of initdb and pg_ctl: the newest of Debian's, else the one on the PATH."""
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if debian:
        return max(debian, key=lambda folder: float(folder.parent.name))
    found = shutil.which("initdb")
    if found is None:
        raise PostgresMissingError(
            f"PostgreSQL is not installed (no initdb) and {SERVER_VARIABLE} is not set"
        )
    return Path(found).resolve().parent


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom root becomes to run the server, which refuses to run as root; None for anyone else."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresMissingError("PostgreSQL does not run as root and there is no user to become")


def _data(folder: Path) -> Path:
    return folder / "data"


def _make_cluster(
    programs: Path, folder: Path, user: pwd.struct_passwd | None, password: str
) -> None:
    password_file = folder / "password"
    password_file.write_text(password, encoding="ascii")
    password_file.chmod(0o600)
    if user is not None:
        os.chown(password_file, user.pw_uid, user.pw_gid)
    command: list[str | Path] = [programs / "initdb", "-D", _data(folder), "-U", OWNER, "--no-sync"]
    # The plain locale: no test may lean on the order or the case rules of one machine's language.
    _run(
        [*command, "-E", "UTF8", "--no-locale", "-A", "scram-sha-256", "--pwfile", password_file],
        user,
    )
    settings = {**SERVER_SETTINGS, "unix_socket_directories": str(folder)}
    lines = "".join(f"{key} = '{value}'\n" for key, value in settings.items())
    with (_data(folder) / "postgresql.conf").open("a", encoding="ascii") as configuration:
        configuration.write(lines)


def _start(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> int:
    log = folder / "log"
    for attempt in range(1, STARTS + 1):
        port = free_port()
        start: list[str | Path] = [
            programs / "pg_ctl",
            "start",
            "-w",
            "-t",
            str(START_SECONDS),
            "-D",
            _data(folder),
        ]
        try:
            _run([*start, "-l", log, "-o", f"-p {port}"], user)
        except PostgresMissingError as refused:
            if attempt == STARTS:
                said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
                raise PostgresMissingError(f"{refused}\n{said[-1000:]}") from None
        else:
            return port
    raise AssertionError("unreachable: the last attempt returns or raises")


def _run(command: list[str | Path], user: pwd.struct_passwd | None) -> None:
    words = [str(word) for word in command]
    ended = subprocess.run(
        words,
        # The caller's folder may be closed to the server's user, and so may the caller's groups be.
        cwd="/",
        user=None if user is None else user.pw_uid,
        group=None if user is None else user.pw_gid,
        extra_groups=None if user is None else [],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if ended.returncode != 0:
        raise PostgresMissingError(
            f"PostgreSQL's {Path(words[0]).name} ended with {ended.returncode}: {ended.stdout.strip()}"
        )
