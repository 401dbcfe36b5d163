"""The labels of envelopes for old papers: their tokens are known in the answer that gave them out, and never again."""

from collections.abc import Mapping, Sequence

from postal_service.domain.codes import envelope_label as label_of
from postal_service.domain.ids import UnitCode
from postal_service.printing import envelope_label
from postal_service.printing.envelope_label import EnvelopeLabel, EnvelopeLabels
from postal_service.services.return_envelopes import ReturnEnvelope
from postal_service.web import here
from postal_service.web.language import say
from postal_service.web.papers import Printable

SEALED_AT_THE_DOOR = "………………"


def units_on(envelopes: Sequence[ReturnEnvelope], *, sender: UnitCode) -> list[UnitCode]:
    """Those whose names `labels` needs."""
    return [sender, *(each.destination for each in envelopes)]


def labels(
    envelopes: Sequence[ReturnEnvelope], names: Mapping[UnitCode, str], *, sender: UnitCode
) -> list[Printable]:
    """One print run for all of them; nothing where there are none."""
    if not envelopes:
        return []
    host = here.runtime().settings.label_host
    made = tuple(
        EnvelopeLabel(
            item_code=each.item,
            status_link=label_of(host=host, item=each.item, token=each.label).payload,
            seal_number=SEALED_AT_THE_DOOR,
            heading="GIẤY TỜ THU LẠI",
            sender=names[sender],
            addressee=names[each.destination],
            address="; ".join(each.papers),
        )
        for each in envelopes
    )
    pdf = envelope_label.render(EnvelopeLabels(labels=made))
    name = say("Nhãn phong bì thu lại ({count} nhãn)", count=len(made))
    return [Printable(name, f"{envelopes[0].item}-nhan-thu-lai.pdf", pdf)]
