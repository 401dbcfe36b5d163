"""Owners who let somebody else receive: they name him at the desk, and take home a code that is his."""

from collections.abc import Iterable
from datetime import datetime

from postal_service.demo.clerks import Office
from postal_service.demo.day import Matter
from postal_service.services import delegates
from postal_service.services.delegates import NEVER, Ground, Shown
from postal_service.storage.transaction import transaction


class NotTheOwnerError(RuntimeError):
    """The owner's own card contradicts his dossier."""


def name_delegates(office: Office, matters: Iterable[Matter], *, at: datetime) -> int:
    """Each owner who names somebody shows his card where he handed his dossier in; how many they are."""
    named = 0
    for matter in matters:
        if matter.delegate is None:
            continue
        runtime, clerk = office.runtime, office.clerk(matter.taken_in, matter.number)
        dossier = office.slips.received[matter.number].dossier
        with transaction(runtime.sessions) as session:
            card = matter.citizen.card
            compared = delegates.compare_owner(
                session, runtime.keys, dossier, card, by=clerk, at=at
            )
            if compared.found:
                raise NotTheOwnerError(dossier)
            code = delegates.name(
                session, runtime.keys, dossier, matter.delegate, shown=Shown(ground=Ground.OWNER),
                instead_of=NEVER, by=clerk, at=at,
            )  # fmt: skip
        if code is not None:
            office.slips.delegates[matter.number] = code
        named += 1
    return named
