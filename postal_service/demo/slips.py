"""What a citizen brings and what he takes home: papers, a fee, and the slip with his secrets.

Delivery codes and PINs are known to nobody else; the demo remembers them as its citizens do.
"""

from dataclasses import dataclass, field
from typing import Final

from postal_service.demo.day import Matter, Way
from postal_service.domain.codes import DeliveryCode
from postal_service.domain.ids import ItemId
from postal_service.domain.money import Line, Means
from postal_service.domain.procedures import FeeStatus, PaperCount, ProcedureVersion
from postal_service.domain.standing import Channel
from postal_service.domain.wording_dates import local
from postal_service.services import procedures
from postal_service.services.charges import Due
from postal_service.services.reception import Received, Registration

PAYS_AT_THE_DOOR: Final = 4  # every fourth
POSTAGE_DONG: Final = 26_000  # the lightest step of the demonstration tariff

CHANNELS = {
    Way.DESK: Channel.DIRECT,
    Way.ANOTHER_DESK: Channel.DIRECT,
    Way.ONLINE: Channel.ONLINE,
    Way.COUNTER: Channel.POST,
    Way.HOME: Channel.POST,
}


@dataclass
class Slips:
    """What citizens were given on paper: numbers, delivery codes and PINs that nobody else keeps."""

    received: dict[int, Received] = field(default_factory=dict)
    of_item: dict[ItemId, Matter] = field(default_factory=dict)  # by either item of a dossier
    matters: list[Matter] = field(default_factory=list)
    delegates: dict[int, DeliveryCode] = field(default_factory=dict)  # of whom owners named

    def keep(self, matter: Matter, received: Received) -> None:
        """The citizen takes his slip home."""
        self.received[matter.number] = received
        self.matters.append(matter)
        for item in (received.item, received.result_item):
            if item is not None:
                self.of_item[item] = matter

    def code_of(self, item: ItemId) -> DeliveryCode:
        """What opens a result: the code of whoever was named, else the owner's."""
        number = self.of_item[item].number
        code = self.delegates.get(number) or self.received[number].delivery_code
        assert code is not None
        return code

    def another_code(self, item: ItemId) -> DeliveryCode:
        """Somebody else's delivery code: what a citizen shows who took the wrong slip along."""
        return next(
            each.delivery_code
            for each in self.received.values()
            if each.delivery_code is not None and each.delivery_code.item != item
        )


def registration(matter: Matter, version: ProcedureVersion) -> Registration:
    """What clerk and citizen fill in together: exactly the papers that the list asks for."""
    channel = CHANNELS[matter.way]
    return Registration(
        procedure=version.code,
        agency=matter.agency,
        submitter=matter.citizen.person,
        papers=_papers(version),
        channel=channel,
        result_by_post=matter.by_post,
        dues=(*_fees(version, channel, matter), *_postage(matter)),
    )


def _papers(version: ProcedureVersion) -> tuple[PaperCount, ...]:
    """Exactly what the list asks for, without what is optional."""
    return tuple(
        PaperCount(
            name=need.name,
            originals=need.originals,
            certified=need.certified,
            photocopies=need.photocopies,
        )
        for need in version.papers
        if not need.optional and not need.shown_only
    )


def _postage(matter: Matter) -> tuple[Due, ...]:
    """Some who have the result brought home pay its way at the door."""
    if not matter.by_post or matter.number % PAYS_AT_THE_DOOR:
        return ()
    return (Due(line=Line.POSTAGE, amount_dong=POSTAGE_DONG),)


def _fees(version: ProcedureVersion, channel: Channel, matter: Matter) -> tuple[Due, ...]:
    fee = version.fee_on(procedures.fee_channel(channel), local(matter.at).date())
    if fee.status is not FeeStatus.CONFIRMED or not fee.amount_dong:
        return ()
    at_once = matter.way in {Way.DESK, Way.ANOTHER_DESK, Way.COUNTER}
    means = Means.CASH if at_once else Means.ONLINE
    reference = f"DEMO-{matter.number:06d}"
    amount = fee.amount_dong
    return (Due(line=Line.STATE_FEE, amount_dong=amount, paid_by=means, reference=reference),)
