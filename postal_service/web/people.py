"""Read the people of a form, each particular at its own field, so that all that is wrong is told at once."""

from typing import Final

from postal_service.domain.identity import read_number
from postal_service.domain.persons import Address, BadAddress, read_address, read_person
from postal_service.domain.phones import e164
from postal_service.domain.wording_dates import local
from postal_service.services import overview
from postal_service.storage.transaction import reading
from postal_service.web import forms, here
from postal_service.web.forms import NotAChoice
from postal_service.web.language import say

STAND_IN: Final = "?"  # for what cannot be read, until `forms.together` has said so


def name(field: str, written: str) -> str:
    """Raises BadName."""
    return forms.checked(field, lambda: read_person(written).name, STAND_IN)


def phone(field: str, written: str) -> str:
    """As E.164, "" where none was given. Raises NotAPhoneNumber."""
    return forms.checked(field, lambda: e164(written), "") if written else ""


def citizen(field: str, written: str) -> str:
    """Twelve digits, "" where none was given. Raises NotACitizenNumber."""
    return forms.checked(field, lambda: read_number(written).digits, "") if written else ""


def address(field: str, commune_field: str, text: str, commune: str) -> Address | None:
    """Raises BadAddress, at each part that is wrong."""
    parts = (("text", field, text), ("unit", commune_field, commune))
    missing = [(part, at) for part, at, written in parts if not written]
    for part, at in missing:
        forms.refuse_at(at, BadAddress(part=part))
    return None if missing else forms.checked(field, lambda: read_address(text, commune), None)


def commune(field: str, written: str) -> str:
    """A commune or ward of today, "" where none was chosen. Raises NotAChoice."""
    with reading(here.sessions()) as store:
        known = overview.communes(store, day=local(here.now()).date())
    if written and written not in known:
        forms.refuse_at(field, NotAChoice(field=say("Xã, phường")))
        return ""
    return written
