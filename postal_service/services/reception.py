"""Take a dossier in: at a post office, or at a one-stop desk. One command in, one printable answer out.

The list of papers is closed: what is not on it is refused, what is missing is named so that the
citizen can be guided.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain import custody_rules
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Accept, Capacity, Leg
from postal_service.domain.administrative import StepKind
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import ItemId
from postal_service.domain.refusals import RuleBroken, told_together
from postal_service.domain.standing import Channel
from postal_service.domain.wording_dates import local
from postal_service.services import places, registration, sealing
from postal_service.services.office_events import OfficeKeys, Told, tell
from postal_service.services.registration import ChannelDoesNotFit, Opened, Received, Registration
from postal_service.services.steps import take_step

__all__ = ["ChannelDoesNotFit", "NotACounter", "Received", "Registration", "register"]


class NotACounter(RuleBroken):
    """Dossiers are taken in at post offices and one-stop desks."""

    code = "reception.not_a_counter"


def register(
    session: Session,
    keys: OfficeKeys,
    command: Registration,
    *,
    service: str,
    serial: str = "",
    by: Actor,
    at: datetime,
) -> Received:
    """Take a dossier in at the post office or desk where `by` works.

    At a post office it is posted: the legal clock starts only when the agency receives. At a desk
    it is legally received at once, and carried only where another agency is competent. `service`
    is the S10 indicator of the installation's item numbers. What is carried is sealed at once where
    a seal's `serial` is given.

    Raises RoleNeeded, NotACounter or ChannelDoesNotFit: on where and how it comes in the rest depends.
    Then all at once, several as SeveralRefused: BadProcedureCode, UnknownProcedure, NoVersion,
    UnknownUnit, NotAnAgency, NotByPost, PapersMissing, PaperNotListed, TooManyOfPaper, PaperTwice,
    TooManySheets, NoReceiver, NoPhoneToReach, NoOfficeServes, NoFee, FeeDiffers, FeeNotConfirmed,
    NotADossierCode, DossierKnown (`registration.check` says which depend on another) and SealUsed.
    What only writing shows comes last and alone: DossierKnown where somebody was faster,
    CountsMalformed for an empty envelope, NoAgencyId or NoCalendar.
    """
    by.need(Role.POSTAL_CLERK, Role.DESK_CLERK)
    here = places.place(session, by.unit, day=local(at).date())
    if here.kind not in {places.POST_OFFICE, places.DESK}:
        raise NotACounter(unit=by.unit)
    at_desk = here.kind == places.DESK
    if (command.channel is Channel.DIRECT and not at_desk) or (
        command.channel is Channel.POST and at_desk
    ):
        raise ChannelDoesNotFit(channel=command.channel.value, unit=by.unit)
    stays = at_desk and here.serves == command.agency  # it is where it has to be
    with told_together() as judging:
        with judging:
            checked = registration.check(session, command, carried_in=not at_desk, at=at)
        with judging:
            if serial and not stays:
                sealing.free(session, serial)
    opened = registration.open_dossier(
        session,
        keys.vault,
        checked,
        here=by.unit,
        origin=here.kind,
        received_unit=by.unit if at_desk else checked.desk.code,
        service=service,
        by=by,
    )
    step = StepKind.RECEIVED if at_desk else StepKind.POSTED
    decided = take_step(session, opened.row, step, by=by, at=at)
    if stays:
        return opened.answer(decided, None, None)
    item, label = registration.item_in(session, opened, service=service, by=by)
    act = _accept(session, opened, Capacity.DESK if at_desk else Capacity.COUNTER)
    tell(session, keys, [Told(item=item, parent=NO_PARENT, act=act)], by=by, at=at)
    if serial:
        sealing.seal(session, keys, item, serial=serial, counts=checked.counts, by=by, at=at)
    return opened.answer(decided, item, label)


def _accept(session: Session, opened: Opened, capacity: Capacity) -> Accept:
    code = opened.delivery_code
    return custody_rules.accept(
        capacity=capacity,
        leg=Leg.IN,
        counts=opened.checked.counts,
        destination=opened.checked.desk.code,
        lock=code.lock if code else "",
        result_item=code.item if code else ItemId(""),
        commitment=registration.pledge(session, opened),
    )
