"""Take in what other systems have kept: dossiers, units, offices, staff, procedures, days off.

`preview` reads a file and says what would become of it; `run` saves it, all or nothing unless good
rows were asked for alone. Both are a library: the command line and a page use them alike.
"""

from postal_service.services.importing.findings import Finding
from postal_service.services.importing.reports import (
    ImportReport,
    OnProgress,
    Preview,
    Progress,
    Rules,
    Stage,
)
from postal_service.services.importing.running import (
    FileChanged,
    Overtaken,
    RowsRefused,
    columns_of,
    first_row,
    once_more,
    preview,
    run,
)
from postal_service.services.importing.spool import Spool
from postal_service.services.importing.subject import Kind, Mode, Outcome
from postal_service.services.importing.tables import Format, Source

__all__ = [
    "FileChanged",
    "Finding",
    "Format",
    "ImportReport",
    "Kind",
    "Mode",
    "OnProgress",
    "Outcome",
    "Overtaken",
    "Preview",
    "Progress",
    "RowsRefused",
    "Rules",
    "Source",
    "Spool",
    "Stage",
    "columns_of",
    "first_row",
    "once_more",
    "preview",
    "run",
]
