"""Procedures, versions, calendars and units, looked up once for a file of dossiers."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import administrative as rules
from postal_service.domain import procedures
from postal_service.domain.administrative import Step, StepKind
from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.ids import UnitCode
from postal_service.domain.procedures import NoVersion, ProcedureVersion, check_code
from postal_service.services import calendars
from postal_service.services import procedures as catalogue
from postal_service.services.importing import gazetteer
from postal_service.services.importing.gazetteer import Gazetteer
from postal_service.services.places import Place
from postal_service.services.procedures import UnknownProcedure, VersionId
from postal_service.storage.schema import ProcedureRow


@dataclass
class Catalogue:
    """Procedures, versions and calendars, looked up once for a file."""

    session: Session
    units: Gazetteer
    _codes: dict[str, list[tuple[VersionId, date, date | None]]] = field(default_factory=dict)
    _versions: dict[VersionId, ProcedureVersion] = field(default_factory=dict)
    _calendars: dict[UnitCode, WorkingCalendar] = field(default_factory=dict)

    def version_on(self, code: str, day: date) -> VersionId:
        """Raises BadProcedureCode, UnknownProcedure or NoVersion."""
        check_code(code)
        known = self._codes.get(code) or self._codes.get(procedures.national_code(code))
        if not known:
            raise UnknownProcedure(procedure=code)
        for version, begins, ends in known:
            if begins <= day and (ends is None or day <= ends):
                return version
        raise NoVersion(day=f"{day:%d/%m/%Y}")

    def version(self, version: VersionId) -> ProcedureVersion:
        if version not in self._versions:
            self._versions[version] = catalogue.version(self.session, version)
        return self._versions[version]

    def due(self, version: VersionId, agency: Place, received_at: datetime) -> datetime | None:
        """Raises NoCalendar."""
        if agency.code not in self._calendars:
            self._calendars[agency.code] = calendars.of_unit(self.session, agency)
        steps = [Step(kind=StepKind.RECEIVED, at=received_at)]
        term = rules.term_of(self.version(version), steps, mountain=agency.terrain == "mountain")
        return rules.due_after(steps, term, self._calendars[agency.code])


def load(session: Session) -> Catalogue:
    """Everything a file of dossiers refers to."""
    found = Catalogue(session, gazetteer.load(session))
    rows = session.execute(
        select(ProcedureRow.code, ProcedureRow.id, ProcedureRow.valid_from, ProcedureRow.valid_to)
    )
    for code, version, begins, ends in rows:
        found._codes.setdefault(code, []).append((VersionId(version), begins, ends))  # noqa: SLF001  # made here
    return found
