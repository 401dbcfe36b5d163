"""Whom a visitor can be: one person of every role, with a password made just now and kept nowhere."""

import secrets
from collections.abc import Iterator

from postal_service.demo import places
from postal_service.demo.day import Way
from postal_service.demo.play import Played
from postal_service.domain.actors import Actor
from postal_service.runtime import Runtime
from postal_service.services import access
from postal_service.services.gateways import FolderGateway
from postal_service.storage.transaction import transaction

SYLLABLES = [
    "ba",
    "bo",
    "ca",
    "co",
    "da",
    "do",
    "ga",
    "go",
    "la",
    "lo",
    "ma",
    "mo",
    "na",
    "no",
    "pa",
    "ra",
    "ro",
    "sa",
    "so",
    "ta",
    "to",
    "va",
    "vo",
    "xa",
]


def lines(runtime: Runtime, played: Played, address: str) -> Iterator[str]:
    """Sign-ins and a tracking link; setting the passwords is done on the way."""
    password = _password()
    yield ""
    yield f"Everything is open on {address}/ — stop with Ctrl-C."
    yield f"Sign in at {address}/sign-in with the password {password} as:"
    for role, actor in _people(played):
        with transaction(runtime.sessions) as session:
            access.set_password(session, actor.staff, password)
        yield f"  {played.office.world.logins[actor.staff]:<28}{role}"
    matter = next(m for m in played.plan.results if m.door.opens and m.way is Way.DESK)
    received = played.office.slips.received[matter.number]
    yield f"A citizen asks after his dossier at {address}/tracking:"
    yield f"  {received.code}  PIN {received.pin}"
    envelope = next(each for each in played.office.slips.received.values() if each.label)
    yield "What any phone opens from an envelope's label:"
    yield f"  {address}/{envelope.item}/{envelope.label}"
    gateway = runtime.settings.gateway
    assert isinstance(gateway, FolderGateway)
    yield "What was sent to telephones of citizens lies in files and went nowhere else:"
    yield f"  {gateway.folder}"


def _people(played: Played) -> Iterator[tuple[str, Actor]]:
    world = played.office.world
    office = places.office_in(places.seat("Tam Kỳ").gso_code)
    desk = places.desk(office.commune)
    yield "administrator (quản trị)", world.administrator
    yield "auditor (kiểm tra viên)", world.auditor
    yield f"manager (trưởng bưu cục), {office.name}", world.managers[office.code]
    yield f"counter clerk (giao dịch viên), {office.name}", world.clerks[office.code][0]
    yield "desk clerk (cán bộ Một cửa), phường Bàn Thạch", world.desk_clerks[desk][0]
    yield "postal clerk at the provincial centre", world.desk_clerks[places.CENTRE][0]
    yield "agency officer (cán bộ cơ quan giải quyết)", world.officers[places.POLICE]
    yield "courier (bưu tá); his phone signs in by its key", world.couriers[office.code][0]


def _password() -> str:
    """Easy to type on any keyboard, with about 55 random bits."""
    words = ["".join(secrets.choice(SYLLABLES) for _ in range(3)) for _ in range(4)]
    return "-".join(words)
