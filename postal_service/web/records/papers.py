"""From what the ledger tells to what the paper says. Papers are Vietnamese, whatever the screen speaks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from postal_service.domain.acts import Attempt, Counts, Invite
from postal_service.domain.attempts import REASONS, Reason
from postal_service.domain.custody import Standing, Trouble
from postal_service.domain.ids import UnitCode
from postal_service.domain.persons import Person
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.wording_dates import local
from postal_service.printing.discrepancy_record import (
    Difference,
    DiscrepancyRecord,
    Irregularity,
    Witness,
)
from postal_service.printing.invitation import Invitation
from postal_service.projections.timelines import Moment
from postal_service.services.overview import ItemView
from postal_service.web.papers import OPERATOR

POSTED_HOURS = "theo giờ niêm yết tại bưu cục"
NOT_ENTERED = "………………"
BRING = (
    "Giấy tờ tùy thân",
    "Phiếu giữ có mã nhận kết quả, nếu còn",
    "Giấy ủy quyền, nếu nhận thay người khác",
)
NO_SEAL = "không có niêm phong"
KINDS = {Trouble.SEAL: Irregularity.SEAL, Trouble.DAMAGE: Irregularity.DAMAGE}
OPEN = frozenset({Trouble.SEAL, Trouble.DAMAGE, Trouble.LOST})


class NotInvited(RuleBroken):
    """No invitation was recorded for this item, so there is none to print."""

    code = "record.not_invited"


class NothingIrregular(RuleBroken):
    """The item has no open exception."""

    code = "record.nothing_irregular"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What two people saw when they looked."""

    counts: Counts
    seal: str
    description: str
    measures: str


def invitation(
    view: ItemView,
    who: Person | None,
    communes: Mapping[UnitCode, str],
    *,
    office: str,
    address: str,
) -> Invitation:
    """The newest invitation of an item. Raises NotInvited."""
    invited = newest(view.moments, Invite)
    attempted = newest(view.moments, Attempt)
    if invited is None or attempted is None or not view.standing.held_until:
        raise NotInvited(item=view.standing.item)
    assert isinstance(attempted.act, Attempt)  # asked for by its type
    # The post invites twice; whatever was invited after that is said as the last time.
    ordinal: Literal[1, 2] = 1 if view.standing.invitations == 1 else 2
    return Invitation(
        round=ordinal,
        number=f"{view.standing.item}-{ordinal}",
        operator_name=OPERATOR,
        office_name=office,
        office_address=address or NOT_ENTERED,
        office_hours=POSTED_HOURS,
        office_phone=NOT_ENTERED,
        place=office,
        addressee_name=who.name if who else NOT_ENTERED,
        addressee_address=(who.address.in_full(communes) if who and who.address else NOT_ENTERED),
        item_code=view.standing.item,
        attempted_at=attempted.happened_at,
        attempt_reason=reason_of(attempted.act.reason),
        held_until=date.fromisoformat(view.standing.held_until),
        bring=BRING,
        issued_at=invited.happened_at,
        courier_name=view.names.person(invited.by.staff),
        gives_back=view.gives_back,
    )


def discrepancy(
    view: ItemView, found: Found, *, office: str, people: tuple[str, str], at: datetime
) -> DiscrepancyRecord:
    """The record of an item with an open exception. Raises NothingIrregular."""
    standing = view.standing
    if not is_irregular(standing):
        raise NothingIrregular(item=standing.item)
    listed, seen = _three(standing.counts), _three(found.counts)
    kinds = {KINDS[trouble] for trouble in standing.troubles if trouble in KINDS}
    if any(there < wanted for there, wanted in zip(seen, listed, strict=True)):
        kinds.add(Irregularity.MISSING)
    if any(there > wanted for there, wanted in zip(seen, listed, strict=True)):
        kinds.add(Irregularity.SURPLUS)
    if not kinds or Trouble.LOST in standing.troubles:
        kinds.add(Irregularity.OTHER)
    papers = Difference(paper_name="Toàn bộ giấy tờ trong bưu gửi", listed=listed, found=seen)
    maker, witness = people
    return DiscrepancyRecord(
        number=f"{standing.item}-{local(at):%d%m%H%M}",
        office_name=office,
        operator_name=OPERATOR,
        place=office,
        found_at=at,
        item_code=standing.item,
        dossier_code=view.dossier.code if view.dossier else NOT_ENTERED,
        irregularities=frozenset(kinds),
        seal_expected=standing.seal or NO_SEAL,
        seal_found=found.seal or NO_SEAL,
        differences=(papers,) if listed != seen else (),
        description=found.description,
        measures=found.measures,
        witnesses=(
            Witness(role="Người lập biên bản", name=maker),
            Witness(role="Người chứng kiến", name=witness),
        ),
    )


def is_irregular(standing: Standing) -> bool:
    """Whether the item has an exception that a record is made of."""
    return bool(standing.troubles & OPEN)


def newest(moments: Iterable[Moment], kind: type) -> Moment | None:
    counting = [each for each in moments if isinstance(each.act, kind) and each.counts]
    return counting[-1] if counting else None


def reason_of(code: str) -> str:
    # A phone may have told a code of no list.
    return REASONS[Reason(code)].vi if code in set(Reason) else code


def _three(counts: Counts) -> tuple[int, int, int]:
    return counts.originals, counts.certified, counts.photocopies
