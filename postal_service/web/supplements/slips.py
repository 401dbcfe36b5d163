"""The papers of a supplement: its consignment note in two copies' worth, and its label. Always Vietnamese."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postal_service.domain.codes import envelope_label as label_of
from postal_service.domain.ids import UnitCode
from postal_service.domain.persons import Person, PersonRole
from postal_service.printing import dossier_list, envelope_label
from postal_service.printing.dossier_list import DossierList
from postal_service.printing.envelope_label import EnvelopeLabel, EnvelopeLabels
from postal_service.printing.paper_counts import ListedPaper
from postal_service.services.supplements import Asked, Sent
from postal_service.web.language import say
from postal_service.web.papers import OPERATOR, Printable
from postal_service.web.receptions.slips import BY_HAND

SENDERS: Final = (PersonRole.SUBMITTER, PersonRole.OWNER, PersonRole.RECEIVER)


@dataclass(frozen=True, kw_only=True)
class Counter:
    """Where the supplement was taken, and for which agency."""

    name: str
    agency: str
    label_host: str
    clerk: str
    communes: Mapping[UnitCode, str]  # the names of those that its people live in


def slips(
    sent: Sent,
    asked: Asked,
    people: Mapping[PersonRole, Person],
    counter: Counter,
    *,
    serial: str,
    at: datetime,
) -> list[Printable]:
    """What is printed now; the label's token is known to nobody later."""
    note = dossier_list.render(_note(sent, asked, people, counter, serial=serial, at=at))
    link = label_of(host=counter.label_host, item=sent.item, token=sent.label).payload
    label = EnvelopeLabel(
        item_code=sent.item,
        status_link=link,
        seal_number=serial or BY_HAND,
        heading="HỒ SƠ BỔ SUNG",
        sender=counter.name,
        addressee=counter.agency,
        address="",
    )
    return [
        Printable(say("Phiếu gửi hồ sơ"), f"{sent.item}-phieu-gui.pdf", note),
        Printable(
            say("Nhãn phong bì"),
            f"{sent.item}-nhan.pdf",
            envelope_label.render(EnvelopeLabels(labels=(label,))),
        ),
    ]


def _note(
    sent: Sent,
    asked: Asked,
    people: Mapping[PersonRole, Person],
    counter: Counter,
    *,
    serial: str,
    at: datetime,
) -> DossierList:
    who = next((people[role] for role in SENDERS if role in people), None)
    back = {need.name for need in asked.version.papers if need.original_to_return}
    return DossierList(
        number=asked.code,
        operator_name=OPERATOR,
        office_name=counter.name,
        place=counter.name,
        sender_name=who.name if who else "",
        sender_id=who.citizen if who else "",
        sender_phone=who.phone if who else "",
        sender_address=(who.address.in_full(counter.communes) if who and who.address else ""),
        agency_name=counter.agency,
        agency_address="",
        procedure_code=asked.version.code,
        procedure_name=asked.version.name,
        item_code=sent.item,
        seal_number=serial or BY_HAND,
        papers=tuple(
            ListedPaper(
                name=paper.name,
                originals=paper.originals,
                certified_copies=paper.certified,
                photocopies=paper.photocopies,
                original_to_return=paper.name in back,
            )
            for paper in sent.papers
        ),
        posted_at=at,
        clerk_name=counter.clerk,
        remarks="Giấy tờ bổ sung theo yêu cầu của cơ quan giải quyết.",
    )
