"""Read the reception form: papers of the closed list, people, fees. What the card's code says fills what was left empty."""

from collections.abc import Callable, Mapping
from typing import Final

from postal_service.domain.calendar import NoCalendar
from postal_service.domain.dossier_code import FromTheFuture, NoSuchDay, NotADossierCode
from postal_service.domain.identity import CitizenCard, read_card
from postal_service.domain.ids import UnitCode
from postal_service.domain.money import Line, Means
from postal_service.domain.persons import Person, PersonRole
from postal_service.domain.procedures import (
    NoFee,
    PaperCount,
    PaperNeed,
    ProcedureVersion,
    TooManyOfPaper,
)
from postal_service.domain.refusals import Refusal
from postal_service.domain.standing import Channel
from postal_service.domain.units import UnknownUnit
from postal_service.services.charges import Due
from postal_service.services.checklist import FeeDiffers, FeeNotConfirmed, PapersMissing
from postal_service.services.collecting import BadWindow, NoAddressToCollect, OfficeClosed
from postal_service.services.places import DESK, NoOfficeServes, NotAnAgency, Place
from postal_service.services.recording import SealUsed
from postal_service.services.registration import (
    DossierKnown,
    NoPhoneToReach,
    NoReceiver,
    Registration,
)
from postal_service.web import forms, limits, people

FIELDS: Final = (
    "agency", "code", "name", "phone", "citizen", "address", "commune",
    "owner_name", "owner_citizen", "by_post", "receiver_name", "receiver_phone",
    "receiver_address", "receiver_commune", "fee", "fee_basis", "fee_means", "fee_exempt",
    "postage", "postage_means", "serial",
)  # fmt: skip


FIELD_OF: Final[Mapping[type[Refusal], str]] = {
    NotADossierCode: "code",
    NoSuchDay: "code",
    FromTheFuture: "code",
    DossierKnown: "code",
    NotAnAgency: "agency",
    UnknownUnit: "agency",
    NoFee: "fee",
    FeeDiffers: "fee",
    FeeNotConfirmed: "fee_basis",
    NoReceiver: "commune",
    NoAddressToCollect: "commune",
    BadWindow: "opens",
    OfficeClosed: "day",
    SealUsed: "serial",
    NoCalendar: "day",
}


def channel_at(unit: Place) -> Channel:
    """A dossier comes in person at a desk, by post at a post office; filed online before, by its code."""
    channel = channel_by_post()
    return Channel.DIRECT if channel is Channel.POST and unit.kind == DESK else channel


def channel_by_post() -> Channel:
    """How a dossier comes that the post fetches; filed online before, by its code."""
    return Channel.ONLINE if forms.raw("code").strip() else Channel.POST


def read(version: ProcedureVersion, channel: Channel, *, carried_in: bool) -> Registration:
    """The form as a command, within `forms.together`; `carried_in`: the Post carries the papers.

    Raises the refusals of forms, people and addresses, NoPhoneToReach and NoReceiver.
    """
    card_text = forms.raw("card")[: limits.CARD].strip()
    card = forms.checked("card", lambda: read_card(card_text), None) if card_text else None
    by_post = forms.ticked("by_post")
    submitter, receiver = _submitter(card), _receiver() if by_post else None
    _refuse_out_of_reach(submitter, receiver, carried_in=carried_in, by_post=by_post)
    return Registration(
        procedure=version.code,
        agency=UnitCode(forms.line("agency", "Cơ quan giải quyết", most=limits.UNIT)),
        submitter=submitter,
        owner=_owner(),
        papers=papers(version),
        channel=channel,
        result_by_post=by_post,
        receiver=receiver,
        dues=_dues(),
        code=forms.optional_line("code", "Mã hồ sơ trực tuyến", most=limits.DOSSIER_CODE),
    )


def field_of(version: ProcedureVersion) -> Callable[[Refusal], str]:
    """The field of this version's form that a service's refusal is about; "" where it is about none."""
    return lambda refused: _paper_field(version, refused) or field_at_any(refused)


def field_at_any(refused: Refusal) -> str:
    """The same of what every procedure's form asks."""
    match refused:
        case NoPhoneToReach():
            theirs = refused.facts["role"] == PersonRole.RECEIVER.value
            return "receiver_phone" if theirs and forms.raw("receiver_name").strip() else "phone"
        case NoOfficeServes():
            own = refused.facts["unit"] == forms.raw("commune").strip()
            return "commune" if own else "receiver_commune"
        case _:
            return FIELD_OF.get(type(refused), "")


def _paper_field(version: ProcedureVersion, refused: Refusal) -> str:
    """Where the paper is counted that is refused, or the first that is missing; "" where it is about none."""
    match refused:
        case PapersMissing():
            name = refused.missing[0].name
        case TooManyOfPaper():
            name = str(refused.facts["paper"])
        case _:
            return ""
    for position, need in enumerate(version.papers):
        if need.name == name:
            return f"p{position}-{_first_asked(need)}"
    return ""


def _first_asked(need: PaperNeed) -> str:
    asked = zip(("originals", "certified", "photocopies"), need.taken, strict=True)
    return next((kind for kind, count in asked if count), "originals")


def _submitter(card: CitizenCard | None) -> Person:
    address = forms.optional_line("address", "Địa chỉ", most=limits.ADDRESS)
    address = address or (card.address if card else "")
    commune = forms.optional_line("commune", "Xã, phường", most=limits.UNIT)
    name = forms.optional_line("name", "Họ và tên", most=limits.NAME)
    citizen = forms.optional_line("citizen", "Số định danh", most=limits.CITIZEN)
    return Person(
        name=people.name("name", name or (card.name if card else "")),
        phone=people.phone("phone", forms.optional_line("phone", "Điện thoại", most=limits.PHONE)),
        citizen=people.citizen("citizen", citizen or (card.number.digits if card else "")),
        address=people.address("address", "commune", address, commune) if commune else None,
    )


def _owner() -> Person | None:
    name = forms.optional_line("owner_name", "Chủ hồ sơ", most=limits.NAME)
    if not name:
        return None
    citizen = forms.optional_line("owner_citizen", "Số định danh chủ hồ sơ", most=limits.CITIZEN)
    return Person(
        name=people.name("owner_name", name), citizen=people.citizen("owner_citizen", citizen)
    )


def _receiver() -> Person | None:
    name = forms.optional_line("receiver_name", "Người nhận kết quả", most=limits.NAME)
    if not name:
        return None
    phone = forms.optional_line("receiver_phone", "Điện thoại người nhận", most=limits.PHONE)
    return Person(
        name=people.name("receiver_name", name),
        phone=people.phone("receiver_phone", phone),
        address=people.address(
            "receiver_address",
            "receiver_commune",
            forms.optional_line("receiver_address", "Địa chỉ nhận kết quả", most=limits.ADDRESS),
            forms.optional_line("receiver_commune", "Xã, phường nhận kết quả", most=limits.UNIT),
        ),
    )


def _refuse_out_of_reach(
    submitter: Person, receiver: Person | None, *, carried_in: bool, by_post: bool
) -> None:
    """What the service would refuse next, told with the rest: nobody to telephone, nowhere to bring it."""
    gets_it = by_post and receiver is None
    if not submitter.phone and (carried_in or gets_it):
        role = PersonRole.SUBMITTER if carried_in else PersonRole.RECEIVER
        forms.refuse_at("phone", NoPhoneToReach(role=role.value))
    if receiver is not None and not receiver.phone:
        forms.refuse_at("receiver_phone", NoPhoneToReach(role=PersonRole.RECEIVER.value))
    if gets_it and not forms.raw("commune").strip():
        forms.refuse_at("commune", NoReceiver())


def papers(version: ProcedureVersion) -> tuple[PaperCount, ...]:
    """What was counted of the list's papers; lines with nothing on them are left out. Raises NotANumber."""
    counted = []
    for position, need in enumerate(version.papers):
        if need.shown_only:
            continue
        counts = forms.counts(f"p{position}-")
        counted.append(
            PaperCount(
                name=need.name,
                originals=counts.originals,
                certified=counts.certified,
                photocopies=counts.photocopies,
            )
        )
    return tuple(
        count for count in counted if count.originals + count.certified + count.photocopies
    )


def _dues() -> tuple[Due, ...]:
    """Of each line what was filled in; an exemption or a payment without its amount is refused."""
    dues: list[Due] = []
    if _is_filled("fee", "fee_exempt", "fee_means"):
        amount = forms.given_number("fee", "Phí, lệ phí", within=limits.AMOUNT)
        exempt = forms.optional_line("fee_exempt", "Căn cứ miễn", most=limits.DOCUMENT)
        dues.append(
            Due(
                line=Line.STATE_FEE,
                amount_dong=amount,
                basis=forms.optional_line(
                    "fee_basis", "Quyết định quy định mức thu", most=limits.DOCUMENT
                ),
                exempt=exempt,
                paid_by=None if exempt else _means("fee_means"),
            )
        )
    if _is_filled("postage", "postage_means"):
        amount = forms.given_number("postage", "Cước bưu chính", within=limits.AMOUNT)
        means = _means("postage_means")
        dues.append(Due(line=Line.POSTAGE, amount_dong=amount, paid_by=means))
    return tuple(dues)


def _is_filled(*names: str) -> bool:
    return any(forms.raw(name).strip() for name in names)


def _means(name: str) -> Means | None:
    return forms.choice(name, "Cách nộp", Means) if forms.raw(name) else None
