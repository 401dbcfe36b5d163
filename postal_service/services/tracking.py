"""What a citizen sees of his own dossier, and what anybody sees of an envelope's label.

Codes and offices only; no name of anybody. A code that does not exist, a wrong PIN and an erased
dossier answer alike; how often somebody may try is the edge's business.
"""

import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Leg
from postal_service.domain.administrative import Step, as_corrected
from postal_service.domain.codes import token_digest
from postal_service.domain.crockford import Token, is_token
from postal_service.domain.custody import Standing, State
from postal_service.domain.ids import DossierId, ItemId, UnitCode
from postal_service.domain.legal_time import LegalTime
from postal_service.domain.money import Line, to_collect
from postal_service.domain.public_steps import Bring, PublicStep, Status, Told, public_steps
from postal_service.domain.refusals import Refusal, Unknown
from postal_service.domain.standing import CLOCK_STOPPED, GIVEN_OUT, GIVES_BACK, Administrative
from postal_service.domain.story import tell
from postal_service.ledger import reading
from postal_service.projections import holdings, timelines
from postal_service.services import (
    administrative,
    charges,
    collecting,
    corrections,
    delegates,
    dossiers,
    persons,
    procedures,
)
from postal_service.services.dossiers import Dossier, Item
from postal_service.services.registration import pin_hash
from postal_service.services.steps import steps_of
from postal_service.services.vault import Vault
from postal_service.storage.schema import DossierRow, ItemRow, UnitRow

NOBODY = DossierId("00000000-0000-0000-0000-000000000000")


class NothingFound(Unknown):
    """No dossier with this code and this second factor. It is not said which of them was wrong."""

    code = "tracking.nothing_found"


@dataclass(frozen=True, kw_only=True)
class TimelineStep:
    """One line of the timeline: a public step of the post, or a step of the agency."""

    at: datetime
    step: str  # PublicStep or StepKind
    office: str  # its name
    detail: str = ""
    time: LegalTime | None = None  # of the post's: how well `at` is known


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """A dossier as its citizen sees it."""

    code: str
    procedure: str
    agency: str  # name of the agency that decides
    result_item: str  # the number the result comes under; "" before there is one
    status: Status
    holder: str  # name of the office that has the papers; "" when it is with the citizen
    promised: datetime | None
    awaits_reception: bool  # the agency has yet to receive it, and sets a date only then
    clock_stopped: bool  # the agency waits for the citizen, and there is no date meanwhile
    held_until: str  # ISO date; "" unless it waits at an office
    bring: tuple[Bring, ...]
    asked: tuple[str, ...]
    old_papers: tuple[str, ...]
    to_pay_dong: Mapping[Line, int]
    gives_back: bool  # there is no result: the papers of the dossier come back
    delegated: bool  # somebody was named to receive; who he is stays in the dossier
    timeline: tuple[TimelineStep, ...]
    looks: tuple[tuple[datetime, str, str], ...]  # when, which office, for what purpose


@dataclass(frozen=True, kw_only=True)
class LabelStatus:
    """What an ordinary phone shows for an envelope's label."""

    item: ItemId
    leg: Leg
    step: PublicStep | None
    office: str
    time: LegalTime | None  # since when
    gives_back: bool  # papers of a dossier without a result


def track(session: Session, vault: Vault, code: str, factor: str, *, at: datetime) -> Tracked:
    """A dossier by its printed code and the slip's PIN, or the last four digits of a phone in it.

    Raises NothingFound, whatever of the two was wrong.
    """
    found = _found(session, code, at)
    if not _knows(session, vault, found.id if found else NOBODY, factor) or found is None:
        raise NothingFound
    items = dossiers.items_of(session, found.id)
    standings = holdings.standings(session, [each.item for each in items])
    status = _status(found, items, standings)
    if status is Status.REQUESTED and collecting.awaited(session, found.id) is None:
        status = Status.VISIT_CALLED_OFF
    asked = administrative.supplement_asked(session, found)
    to_pay = to_collect(each.charge for each in charges.accounts(session, found.id))
    old_papers = _old_papers(items)
    told = _public(session, [each.item for each in items])
    steps = steps_of(session, found.id)
    looks = persons.looks(session, found.id)
    names = _names(
        session,
        {
            *(step.unit for step in steps),
            *(public.unit for public, _ in told),
            *(look.unit for look in looks),
            *(standing.holder.unit for standing in standings.values() if standing.holder),
            found.received_unit,
            found.competent_unit,
        },
    )
    return Tracked(
        code=found.code,
        procedure=procedures.version(session, found.procedure).name,
        agency=names.get(found.competent_unit, ""),
        result_item=found.result_item or "",
        status=status,
        holder=names.get(_holder(found, status, items, standings), ""),
        promised=found.due_at,
        awaits_reception=found.administrative in _BEFORE_RECEPTION,
        clock_stopped=found.administrative in CLOCK_STOPPED,
        held_until=_held_until(standings.values()),
        bring=_bring(status, has_old=bool(old_papers), owes=bool(to_pay)),
        asked=asked[1] if asked and status is Status.SUPPLEMENT else (),
        old_papers=old_papers,
        to_pay_dong=to_pay,
        gives_back=found.gives_back,
        delegated=status not in _WITH_CITIZEN and delegates.named(session, found.id) is not None,
        timeline=_timeline(steps, told, names),
        looks=tuple((look.at, names.get(look.unit, ""), look.purpose) for look in looks),
    )


def by_label(session: Session, item: str, token: str) -> LabelStatus:
    """What is public of an envelope, for whoever has its label before him.

    Raises NothingFound for a number that does not exist and for a token that is not its own.
    """
    row = session.get(ItemRow, item[:20])
    kept = row.token_hash if row else bytes(16)
    digest = token_digest(Token(token)) if is_token(token) else b""
    if not hmac.compare_digest(digest, kept) or row is None:
        raise NothingFound
    told = _public(session, [ItemId(row.item)])
    last, time = told[-1] if told else (None, None)
    return LabelStatus(
        item=ItemId(row.item),
        leg=Leg(row.leg),
        step=last.step if last else None,
        office=_names(session, {last.unit}).get(last.unit, "") if last else "",
        time=time,
        gives_back=_gives_back(session, row.dossier),
    )


def _gives_back(session: Session, dossier: str | None) -> bool:
    state = session.scalar(select(DossierRow.administrative).filter_by(id=dossier))
    return state is not None and Administrative(state) in GIVES_BACK


def _found(session: Session, code: str, at: datetime) -> Dossier | None:
    try:
        found = dossiers.with_code(session, code, at=at)
    except Refusal:
        return None
    return None if found.erased_at else found


def _knows(session: Session, vault: Vault, dossier: DossierId, factor: str) -> bool:
    """Both factors are always compared, so that an unknown code takes as long as a known one."""
    given = factor.strip().upper()[:12]
    kept = session.scalar(select(DossierRow.pin_hash).filter_by(id=dossier)) or b""
    is_pin = hmac.compare_digest(pin_hash(vault, dossier, given), kept)
    is_tail = persons.phone_ends_with(session, vault, dossier, given)
    return is_pin or (is_tail and could_be_digits(factor))


def could_be_digits(factor: str) -> bool:
    """Whether it may be meant as the end of a telephone number, which is sooner guessed than a PIN."""
    given = factor.strip()
    return given.isdigit() and len(given) == 4


_OF_ADMINISTRATIVE = {
    Administrative.REQUESTED: Status.REQUESTED,
    Administrative.POSTED: Status.ON_THE_WAY_TO_AGENCY,
    Administrative.RECEIVED: Status.IN_PROCESS,
    Administrative.SUPPLEMENT: Status.SUPPLEMENT,
    Administrative.FINANCIAL_DUTY: Status.FINANCIAL_DUTY,
    Administrative.REFUSED: Status.REFUSED,
    Administrative.DISCONTINUED: Status.DISCONTINUED,
    Administrative.RESOLVED: Status.RESULT_READY,
    Administrative.RETURNED: Status.DONE,
    Administrative.REFUSED_RETURNED: Status.REFUSED_RETURNED,
    Administrative.DISCONTINUED_RETURNED: Status.DISCONTINUED_RETURNED,
    Administrative.WITHDRAWN: Status.WITHDRAWN,
}
_BEFORE_RECEPTION = frozenset({Administrative.REQUESTED, Administrative.POSTED})
_OF_RESULT = {
    State.RESULT_AT_AGENCY: Status.RESULT_READY,
    State.WITH_COURIER: Status.OUT_FOR_DELIVERY,
    State.UNDELIVERED: Status.UNDELIVERED,
    State.HELD: Status.HELD,
    State.GOING_BACK: Status.GOING_BACK,
    State.RETURNED: Status.BACK_AT_AGENCY,
    State.DELIVERED: Status.DONE,
}


# Delivered before the dossier was closed by that.
_DELIVERED_BACK = {
    Administrative.REFUSED: Status.REFUSED_RETURNED,
    Administrative.DISCONTINUED: Status.DISCONTINUED_RETURNED,
}


def _status(found: Dossier, items: Sequence[Item], standings: Mapping[ItemId, Standing]) -> Status:
    if found.administrative in GIVEN_OUT:  # over the desk too, after it came back there
        return _OF_ADMINISTRATIVE[found.administrative]
    out = _newest(items, standings, Leg.OUT)
    if out is not None:
        if out.state is State.DELIVERED and found.administrative in _DELIVERED_BACK:
            return _DELIVERED_BACK[found.administrative]
        # With a courier but on no round yet, it is between offices.
        if out.state is State.WITH_COURIER and not out.round:
            return Status.ON_THE_WAY_HOME
        return _OF_RESULT.get(out.state, Status.ON_THE_WAY_HOME)
    if found.administrative is Administrative.POSTED:
        way_in = _newest(items, standings, Leg.IN)
        if way_in is not None and way_in.state is State.WITH_AGENCY:
            return Status.AT_AGENCY_DESK
    if found.administrative is Administrative.WITHDRAWN:
        return _of_withdrawn(items, standings)
    if found.administrative is Administrative.RESOLVED and not found.result_by_post:
        return Status.FETCH_AT_DESK
    return _OF_ADMINISTRATIVE[found.administrative]


def _of_withdrawn(items: Sequence[Item], standings: Mapping[ItemId, Standing]) -> Status:
    """Whether the papers are with the citizen again; what was never fetched has been all along."""
    way_in = [
        standings[each.item] for each in items if each.leg is Leg.IN and each.item in standings
    ]
    is_back = all(each.state is State.DELIVERED for each in way_in)
    return Status.GIVEN_BACK if is_back else Status.WITHDRAWN


def _newest(
    items: Sequence[Item], standings: Mapping[ItemId, Standing], leg: Leg
) -> Standing | None:
    held = [standings[each.item] for each in items if each.leg is leg and each.item in standings]
    return max(held, key=lambda standing: standing.since_ms, default=None)


_WITH_CITIZEN = frozenset(
    {
        Status.REQUESTED,
        Status.VISIT_CALLED_OFF,
        Status.DONE,
        Status.REFUSED_RETURNED,
        Status.DISCONTINUED_RETURNED,
        Status.GIVEN_BACK,
    }
)


def _holder(
    found: Dossier,
    status: Status,
    items: Sequence[Item],
    standings: Mapping[ItemId, Standing],
) -> UnitCode:
    if status in _WITH_CITIZEN:
        return UnitCode("")
    for leg in (Leg.OUT, Leg.IN):
        standing = _newest(items, standings, leg)
        if standing is not None:
            return standing.holder.unit if standing.holder else UnitCode("")
    return found.received_unit


def _held_until(standings: Iterable[Standing]) -> str:
    return next((each.held_until for each in standings if each.state is State.HELD), "")


_TO_RECEIVE = frozenset(
    {
        Status.RESULT_READY,
        Status.ON_THE_WAY_HOME,
        Status.OUT_FOR_DELIVERY,
        Status.UNDELIVERED,
        Status.HELD,
        Status.BACK_AT_AGENCY,
        Status.FETCH_AT_DESK,
        Status.REFUSED,
        Status.DISCONTINUED,
    }
)


def _bring(status: Status, *, has_old: bool, owes: bool) -> tuple[Bring, ...]:
    if status is Status.SUPPLEMENT:
        return (Bring.APPOINTMENT_SLIP, Bring.ASKED_PAPERS)
    if status not in _TO_RECEIVE:
        return ()
    bring = [Bring.IDENTITY_PAPER, Bring.APPOINTMENT_SLIP, Bring.AUTHORISATION_IF_NOT_OWNER]
    if has_old:
        bring.append(Bring.OLD_PAPERS)
    if owes:
        bring.append(Bring.MONEY)
    return tuple(bring)


def _old_papers(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(paper for each in items if each.leg is Leg.OUT for paper in each.collect_back)


def _public(session: Session, items: Collection[ItemId]) -> list[tuple[Told, LegalTime]]:
    """The public steps of these items, one item after the other, and when they were."""
    moments = chain.from_iterable(timelines.of_items(session, items).values())
    times = {moment.event: moment.time for moment in moments}
    public: list[Told] = []
    for told in reading.stories_of(session, items).values():
        counting = {each.id: each for each in corrections.counting(each.event for each in told)}
        public += public_steps(counting[each] for each in tell(told).applied if each in counting)
    return [(each, times[each.event]) for each in public]


def _timeline(
    steps: Sequence[Step],
    told: Iterable[tuple[Told, LegalTime]],
    names: Mapping[UnitCode, str],
) -> tuple[TimelineStep, ...]:
    lines = [
        TimelineStep(at=step.at, step=step.kind.value, office=names.get(UnitCode(step.unit), ""))
        for step in as_corrected(steps)
    ]
    lines += [
        TimelineStep(
            at=time.estimated_at,
            step=each.step.value,
            office=names.get(each.unit, ""),
            detail=each.detail,
            time=time,
        )
        for each, time in told
    ]
    return tuple(sorted(lines, key=lambda line: line.at))


def _names(session: Session, units: Iterable[str]) -> dict[UnitCode, str]:
    rows = session.execute(
        select(UnitRow.code, UnitRow.name).where(UnitRow.code.in_(sorted(set(units))))
    )
    return {UnitCode(code): name for code, name in rows}
