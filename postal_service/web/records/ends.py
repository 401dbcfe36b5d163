"""From an item's end to its papers: the delivery confirmed, the return recorded, the chain extracted.

Papers are Vietnamese, whatever the screen speaks.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, assert_never

from postal_service.domain import acts
from postal_service.domain.acts import Act
from postal_service.domain.persons import Person, PersonRole
from postal_service.domain.wording_dates import local
from postal_service.domain.wording_handovers import VERDICTS
from postal_service.papers.told_times import marks
from postal_service.printing.custody_extract import BoundReceiver, CustodyExtract, ExtractEvent
from postal_service.printing.delivery_slip import DeliverySlip, RecoveredOriginal, TakenCharge
from postal_service.printing.return_record import FailedAttempt, ReturnRecord
from postal_service.projections.timelines import Moment, Party
from postal_service.services.item_papers import Chain, Delivery, TakenThen, WayBack
from postal_service.services.overview import ItemView
from postal_service.web import receiving
from postal_service.web.acts import NAMES
from postal_service.web.labels import vietnamese
from postal_service.web.papers import OPERATOR
from postal_service.web.receiving import Known
from postal_service.web.records.papers import NO_SEAL, NOT_ENTERED, newest, reason_of

ADDRESSEES: Final = (PersonRole.RECEIVER, PersonRole.OWNER, PersonRole.SUBMITTER)
OWNERS: Final = (PersonRole.OWNER, PersonRole.RECEIVER, PersonRole.SUBMITTER)
CITIZEN: Final = "người nhận kết quả"
AWAITED: Final = "còn chờ máy của bưu tá gửi"
OLD_PAPER: Final = "Giấy tờ bản chính thu hồi"


def delivery_slip(found: Delivery) -> DeliverySlip:
    """Who took the result, in what right and on what proof."""
    view, moment, act = found.view, found.moment, found.act
    office = view.names.unit(moment.by.unit)
    who = receiving.told(
        act.receiver, act.commitment, found.people, found.received, is_erased=False
    )
    own = _first(found.people, receiving.BY_REFERENCE[act.receiver])
    owner = _first(found.people, OWNERS)
    return DeliverySlip(
        number=f"{view.standing.item}-P",
        operator_name=OPERATOR,
        office_name=office,
        place=office,
        item_code=view.standing.item,
        dossier_code=view.dossier.code if view.dossier else "",
        agency_name=_agency(view),
        seal_number=view.standing.seal or NO_SEAL,
        seal_state=vietnamese(act.condition),
        owner_name=owner.name if owner else NOT_ENTERED,
        receiver_name=who.name or (AWAITED if who.known is Known.AWAITED else NOT_ENTERED),
        receiver_id=own.citizen if own and who.known is Known.DOSSIER else "",
        receiver_paper=who.paper,
        standing=vietnamese(act.receiver),
        proof=_proof(act.proof, found.witness),
        delivered_at=moment.happened_at,
        address=_home(found) if found.at_door else office,
        recovered=_recovered(act.recovered, found.old_papers),
        taken=tuple(_taken(each) for each in found.taken),
        giver_name=view.names.person(moment.by.staff),
        event_hash=moment.leaf_hash,
        gives_back=view.gives_back,
    )


def return_record(found: WayBack) -> ReturnRecord:
    """What went before, and who gives the result to whom; before the agency signed it names nobody there."""
    view, taken = found.view, found.taken
    handed = taken or found.begun
    giver = taken.giver if taken and taken.giver else found.begun.by
    invited = [each for each in view.moments if isinstance(each.act, acts.Invite) and each.counts]
    office = view.names.unit(giver.unit)
    who = _first(found.people, ADDRESSEES)
    return ReturnRecord(
        number=f"{view.standing.item}-CH",
        operator_name=OPERATOR,
        office_name=office,
        agency_name=_agency(view),
        place=office,
        item_code=view.standing.item,
        dossier_code=view.dossier.code if view.dossier else "",
        addressee_name=who.name if who else NOT_ENTERED,
        addressee_address=_home(found),
        reason=getattr(found.begun.act, "why", "") or NOT_ENTERED,
        attempts=tuple(_attempts(view)),
        invited_on=tuple(_day(each) for each in invited),
        held_until=_held_until(view),
        seal_number=view.standing.seal or NO_SEAL,
        seal_state=vietnamese(view.standing.condition),
        returned_at=handed.happened_at,
        giver_name=view.names.person(giver.staff),
        receiver_name=view.names.person(taken.by.staff) if taken else "",
        gives_back=view.gives_back,
    )


def custody_extract(
    found: Chain,
    *,
    asked_by: str,
    purpose: str,
    label_host: str,
    office: str,
    issuer: str,
    at: datetime,
) -> CustodyExtract:
    """Every event as the ledger has it, those that do not count among them and said to be so."""
    view = found.view
    return CustodyExtract(
        number=f"{view.standing.item}-{local(at):%y%m%d%H%M}",
        operator_name=OPERATOR,
        office_name=office,
        place=office,
        item_code=view.standing.item,
        dossier_code=view.dossier.code if view.dossier else NOT_ENTERED,
        requested_by=asked_by,
        purpose=purpose,
        extracted_at=at,
        events=tuple(_events(found)),
        receivers=tuple(_bound(found)),
        log_origin=found.origin,
        log_size=found.signed.size,
        log_root=found.signed.root.hex(),
        check_link=f"HTTPS://{label_host}/{view.standing.item}",
        issuer_name=issuer,
    )


def _bound(found: Chain) -> Iterable[BoundReceiver]:
    """What lies behind the `pc` of each delivery, so that whoever has the export can make it again."""
    for moment in found.view.moments:
        if isinstance(moment.act, acts.Deliver) and moment.act.commitment in found.received:
            words = found.received[moment.act.commitment]
            yield BoundReceiver(
                index=moment.index,
                name=words.received.name,
                paper=words.received.paper,
                salt=words.salt.hex(),
                commitment=moment.act.commitment,
            )


def _events(found: Chain) -> Iterable[ExtractEvent]:
    view = found.view
    of_citizen = "công dân" if view.gives_back else CITIZEN
    holder: Party | None = None
    for moment in view.moments:
        if moment.moves_custody and not moment.verdict:
            holder = moment.taker
        signed = moment.signed_time
        yield ExtractEvent(
            index=moment.index,
            claimed_at=signed.claimed_at,
            estimated_at=signed.estimated_at if signed.estimate_differs else None,
            received_at=signed.received_at,
            act=_told(moment, holder, found),
            holder=view.names.person(holder.staff) if holder else of_citizen,
            place=view.names.unit(holder.unit) if holder else "",
            seal=getattr(moment.act, "seal", ""),
            leaf_hash=moment.leaf_hash,
        )


def _told(moment: Moment, holder: Party | None, found: Chain) -> str:
    """What happened; who received; who signed it where it was not the holder; and why it does not count."""
    view, said = found.view, [NAMES[type(moment.act)][0]]
    if holder is None or holder.staff != moment.signed_by.staff:
        said.append(f"({view.names.person(moment.signed_by.staff)})")
    if isinstance(moment.act, acts.Deliver):
        said.append(f"— {_received_by(moment.act, found)}")
    if moment.verdict:
        said.append(f"— {VERDICTS[moment.verdict][0]}")
    if moment.corrected:
        said.append("— đã đính chính")
    if moment.instead_of is not None:
        said.append(f"— thay cho số {moment.instead_of}")
    said += [f"— {each}" for each in marks(moment.signed_time)]
    return " ".join(said)


def _received_by(act: acts.Deliver, found: Chain) -> str:
    """Who received, where whoever extracts may see the dossier; else in which right."""
    if found.view.dossier is None:
        return vietnamese(act.receiver)
    is_erased = found.view.dossier.erased_at is not None
    who = receiving.told(
        act.receiver, act.commitment, found.people, found.received, is_erased=is_erased
    )
    return receiving.in_vietnamese(who)


def _attempts(view: ItemView) -> Iterable[FailedAttempt]:
    for moment in view.moments:
        if isinstance(moment.act, acts.Attempt) and moment.counts:
            yield FailedAttempt(
                attempted_at=moment.happened_at,
                reason=reason_of(moment.act.reason),
                courier_name=view.names.person(moment.by.staff),
            )


def _held_until(view: ItemView) -> date | None:
    held = newest(view.moments, acts.Hold)
    until: Act | None = held.act if held else None
    return date.fromisoformat(until.until) if isinstance(until, acts.Hold) else None


def _proof(proof: acts.Proof, witness: str) -> str:
    match proof:
        case acts.CodeProof():
            return "Mã nhận kết quả trên giấy hẹn"
        case acts.MessageProof():
            return "Mã một lần gửi đến điện thoại đã đăng ký"
        case acts.CardProof():
            return f"Đối chiếu thẻ căn cước, bốn số cuối {proof.last4}"
        case acts.OverrideProof():
            return f"Hai nhân viên cùng xác nhận, người chứng kiến {witness}"
        case _:
            assert_never(proof)


def _recovered(sheets: int, names: tuple[str, ...]) -> tuple[RecoveredOriginal, ...]:
    """The event tells how many came back and the dossier which were asked for: one row unless both agree."""
    if not sheets:
        return ()
    if len(names) == sheets:
        return tuple(RecoveredOriginal(name=name, serial="", sheets=1) for name in names)
    return (RecoveredOriginal(name="; ".join(names) or OLD_PAPER, serial="", sheets=sheets),)


def _taken(charge: TakenThen) -> TakenCharge:
    number = f", số {charge.reference}" if charge.reference else ""
    return TakenCharge(
        name=vietnamese(charge.line),
        means=f"{vietnamese(charge.means)}{number}",
        amount_dong=charge.amount_dong,
    )


def _first(people: Mapping[PersonRole, Person], roles: Iterable[PersonRole]) -> Person | None:
    return next((people[role] for role in roles if role in people), None)


def _home(found: Delivery | WayBack) -> str:
    homes = (found.people[role].address for role in ADDRESSEES if role in found.people)
    return next((home.in_full(found.communes) for home in homes if home), NOT_ENTERED)


def _agency(view: ItemView) -> str:
    return view.names.unit(view.dossier.competent_unit) if view.dossier else NOT_ENTERED


def _day(moment: Moment) -> date:
    return local(moment.happened_at).date()
