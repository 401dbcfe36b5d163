"""The facts of a refusal as people call them: words for codes, names for ids, days as they are written here.

A refusal says its facts in the codes of programs. Whoever reads a page has never seen those.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from postal_service.domain.actors import Role
from postal_service.domain.acts import Leg, Receiver
from postal_service.domain.administrative import StepKind
from postal_service.domain.attempts import Step
from postal_service.domain.custody import State, Trouble
from postal_service.domain.identity import CardPart, Compared, Contradiction
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.money import Line, PaymentState
from postal_service.domain.procedures import Channel as FeeChannel
from postal_service.domain.refusals import Refusal
from postal_service.domain.standing import Administrative, Channel
from postal_service.domain.wording_dates import told_date
from postal_service.services import directory, overview
from postal_service.services.digitisation import ScanState
from postal_service.services.planning import Lock
from postal_service.storage.transaction import reading
from postal_service.web import here
from postal_service.web.labels import word

# Which list a fact's codes are of, by the refusal and the fact.
KINDS: Final[Mapping[tuple[str, str], type[StrEnum]]] = {
    ("access.role_needed", "roles"): Role,
    ("custody.frozen", "troubles"): Trouble,
    ("custody.ended", "state"): State,
    ("delivery.not_for_delivery", "leg"): Leg,
    ("delivery.return_too_early", "step"): Step,
    ("administrative.step_out_of_place", "state"): Administrative,
    ("administrative.step_out_of_place", "step"): StepKind,
    ("administrative.before_last_step", "step"): StepKind,
    ("result.not_resolved", "state"): Administrative,
    ("scan.checked_already", "state"): ScanState,
    ("money.wrong_step", "state"): PaymentState,
    ("money.wrong_step", "next"): PaymentState,
    ("money.without_basis", "line"): Line,
    ("transfer.no_account", "line"): Line,
    ("transfer.not_by_transfer", "line"): Line,
    ("transfer.nothing_due", "state"): PaymentState,
    ("charge.cash_differs", "line"): Line,
    ("identity.no_authorisation", "receiver"): Receiver,
    ("identity.receiver_not_named", "receiver"): Receiver,
    ("identity.malformed_card", "field"): CardPart,
    ("identity.contradicts", "found"): Contradiction,
    ("identity.contradicts_dossier", "found"): Contradiction,
    ("identity.contradicts_dossier", "compared"): Compared,
    ("plan.call_locked", "level"): Lock,
    ("procedure.no_fee", "channel"): FeeChannel,
    ("reception.channel_does_not_fit", "channel"): Channel,
}
DAYS: Final = frozenset({"earliest", "day"})
UNITS: Final = frozenset({"unit", "to", "calendar"})
STAFF: Final = frozenset({"holder"})


def in_words(refusal: Refusal) -> dict[str, object]:
    """The facts with which the refusal's sentence is said on a page; what has no word stays as it is."""
    facts = {name: _told(refusal.code, name, value) for name, value in refusal.facts.items()}
    if here.signed_in() is None or not (UNITS | STAFF) & facts.keys():
        return facts
    with reading(here.sessions()) as store:
        units = overview.unit_names(
            store, [UnitCode(str(facts[name])) for name in UNITS & facts.keys()]
        )
        people = directory.names(
            store, [StaffId(str(facts[name])) for name in STAFF & facts.keys()]
        )
    for name in UNITS & facts.keys():
        facts[name] = units.get(UnitCode(str(facts[name])), facts[name])
    for name in STAFF & facts.keys():
        facts[name] = people.get(StaffId(str(facts[name])), facts[name])
    return facts


def _told(code: str, name: str, value: object) -> object:
    if name in DAYS and isinstance(value, str):
        return told_date(value)
    kind = KINDS.get((code, name))
    if kind is None or not isinstance(value, str):
        return value
    codes = [each.strip() for each in value.split(",")]
    known = {member.value for member in kind}
    return ", ".join(word(kind(each)) if each in known else each for each in codes)
