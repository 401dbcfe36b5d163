"""Set a service up: keys, tables, the first administrator, the health of the store."""

import argparse
import getpass
import sys

from postal_service.cli.opening import opened
from postal_service.cli.output import Commands, complain, progress, say
from postal_service.domain.actors import Actor, Grant, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.runtime import Runtime
from postal_service.services import access, directory, rekeying
from postal_service.settings import NEW_MASTER_KEY, from_environment, make_keys, new_master_key
from postal_service.storage.engine import StillReadError, forget_deleted, open_engine
from postal_service.storage.migrate import upgrade
from postal_service.storage.transaction import transaction

# The first administrator is made by whoever can start the service; there is nobody to ask yet.
INSTALLER = Actor(
    staff=StaffId("installer"),
    unit=UnitCode("ROOT"),
    path="/",
    grants=(Grant(role=Role.ADMINISTRATOR, unit=UnitCode("ROOT"), path="/"),),
)


def add_commands(commands: Commands) -> None:
    """`keys`, `migrate`, `staff`, `new-master-key`."""
    keys = commands.add_parser("keys", help="make a fresh set of keys, as environment variables")
    keys.set_defaults(run=_keys)
    migrate = commands.add_parser("migrate", help="bring the tables up to date")
    migrate.set_defaults(run=_migrate)
    staff = commands.add_parser("staff", help="enter a member of staff and set a password")
    staff.add_argument("login")
    staff.add_argument("name")
    staff.add_argument("--role", choices=[role.value for role in Role], required=True)
    staff.add_argument("--unit", required=True, help="code of the unit the role is over")
    staff.set_defaults(run=_staff)
    renewing = commands.add_parser(
        "new-master-key",
        help=f"seal everything anew under {NEW_MASTER_KEY}, so that the old key opens old backups alone",
    )
    renewing.set_defaults(run=_new_master_key)


def _keys(_: argparse.Namespace) -> int:
    for name, value in make_keys().items():
        say(f"{name}={value}")
    return 0


def _migrate(_: argparse.Namespace) -> int:
    engine = open_engine(from_environment().database_url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()
    say("The tables are up to date.")
    return 0


def _staff(arguments: argparse.Namespace) -> int:
    with opened() as runtime:
        return _entered(arguments, runtime)


def _entered(arguments: argparse.Namespace, runtime: Runtime) -> int:
    try:
        password = _password()
    except UnicodeError:
        complain("The password is not UTF-8; nothing was saved.")
        return 2
    if not password:
        complain("No password was given; nothing was saved.")
        return 2
    with transaction(runtime.sessions) as session:
        hired = directory.hire(session, login=arguments.login, name=arguments.name, by=INSTALLER)
        directory.grant(
            session, hired.staff, Role(arguments.role), UnitCode(arguments.unit), by=INSTALLER
        )
        access.set_password(session, hired.staff, password)
    say(f"{hired.name} signs in as {hired.login}; badge {hired.badge}.")
    return 0


def _new_master_key(_: argparse.Namespace) -> int:
    new = new_master_key()
    with opened() as runtime:
        pages = rekeying.rekey(runtime.sessions, runtime.vault.master, new)
        changed = sum(progress(pages, "sealing anew"))
        with runtime.sessions.writers() as session:
            engine = session.get_bind().engine
        try:
            forget_deleted(engine, [each.table.name for each in rekeying.SEALED])
        except StillReadError as fault:
            complain(f"All of it is sealed anew, and old pages are still in the files: {fault}")
            return 1
    say(
        f"{changed} sealed anew. Set POSTAL_MASTER_KEY to the new key before the service starts again."
    )
    say("Destroy the old key once no backup is needed that was made before this.")
    return 0


def _password() -> str:
    """Typed, or the first line of a pipe; never an argument, where others could read it. Raises UnicodeError."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        try:
            password = getpass.getpass("Password: ")
        except EOFError:  # Ctrl-D
            return ""
    password.encode()  # in the plain locale Python hands on bytes that are no text
    return password
