"""The hand-over record as it comes with the taking."""

from postal_service.papers.handover_record import file_name, view_of
from postal_service.printing import handover_record
from postal_service.services.handover_records import Record
from postal_service.settings import Settings
from postal_service.web.language import say
from postal_service.web.papers import Printable


def printable(record: Record, settings: Settings) -> Printable:
    """Both copies; papers are Vietnamese whatever the screen speaks."""
    pdf = handover_record.render(view_of(record, settings.label_host))
    return Printable(say("Biên bản giao nhận (2 bản)"), file_name(record), pdf)
