"""Dossiers that another system took in: written once under their code, people under lock, and left alone where the post has acted.

An import tells how far the old system was; it never writes over a step that was taken here. A day it
told wrongly is told anew by a further step, since steps are added and never changed.
"""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain import s10
from postal_service.domain.actors import Actor, Role, RoleNeeded
from postal_service.domain.administrative import StepKind
from postal_service.domain.codes import delivery_lock
from postal_service.domain.crockford import ENTROPY_BYTES, token_from
from postal_service.domain.ids import DossierId, UnitCode
from postal_service.domain.persons import PersonRole
from postal_service.domain.standing import Administrative, Channel, Digitisation, Money
from postal_service.domain.wording_dates import local
from postal_service.services import numbers, persons
from postal_service.services.administrative import SupplementReason
from postal_service.services.importing import dossier_catalogue, dossier_rows
from postal_service.services.importing.cells import RowCells
from postal_service.services.importing.dossier_columns import COLUMNS
from postal_service.services.importing.dossier_comparing import (
    CORRECTED,
    DAYS,
    ORIGIN,
    Stored,
    Taken,
    as_known,
    judge,
    moments_of,
    settled_at,
)
from postal_service.services.importing.dossier_rows import DossierRecord
from postal_service.services.importing.subject import Mode, Numbered, Outcome, Verdict
from postal_service.services.numbers import SERIALS, NumbersExhausted
from postal_service.services.persons import DossierKey
from postal_service.services.vault import Vault
from postal_service.storage.bulk import insert_many
from postal_service.storage.schema import (
    DossierKeyRow,
    DossierRow,
    ItemRow,
    PersonRow,
    StepRow,
)

_TOGETHER = 500  # SQLite takes a limited number of values in one question


class Dossiers:
    """One pass over a file of dossiers."""

    columns = COLUMNS

    def __init__(
        self, session: Session, vault: Vault, *, service: str, by: Actor, at: datetime
    ) -> None:
        self._vault, self._service, self._by, self._at = vault, service, by, at
        self._known = dossier_catalogue.load(session)
        self._his: dict[UnitCode, bool] = {}

    def read(self, cells: RowCells) -> DossierRecord | None:
        record = dossier_rows.read(cells, self._known, at=self._at)
        if record is not None and not self._is_his(record.agency):
            key = "agency" if cells.given("agency") else "code"
            cells.refuse(key, RoleNeeded.code, roles=Role.ADMINISTRATOR.value, unit=record.agency)
            return None
        return record

    def key(self, record: DossierRecord) -> str:
        return record.code

    def judge(
        self, session: Session, batch: Sequence[Numbered[DossierRecord]], mode: Mode
    ) -> list[Verdict]:
        return self.judge_records(session, [each.record for each in batch], mode)

    def judge_records(
        self, session: Session, records: Sequence[DossierRecord], mode: Mode
    ) -> list[Verdict]:
        """The same where the rows are not at hand any more."""
        stored = self._stored(session, records)
        return [judge(record, stored.get(record.code), mode, self._at) for record in records]

    def save(self, session: Session, batch: Sequence[tuple[DossierRecord, Outcome]]) -> None:
        self._create(session, [record for record, what in batch if what is Outcome.CREATED])
        changed = [record for record, what in batch if what is Outcome.UPDATED]
        stored = self._stored(session, changed)
        for record in changed:
            self._update(session, record, stored[record.code])

    def finish(self, session: Session) -> None:
        pass

    def _is_his(self, agency: UnitCode) -> bool:
        """Whether the agency, or for a former one all that it has become, is under whoever imports."""
        if agency not in self._his:
            units = self._known.units
            now = units.followed(agency, day=local(self._at).date())
            over = [self._by.administers(units.units[each].place.path) for each in now]
            own = self._by.administers(units.units[agency].place.path)
            self._his[agency] = own or (bool(over) and all(over))
        return self._his[agency]

    def _create(self, session: Session, records: Sequence[DossierRecord]) -> None:
        if not records:
            return
        locks = self._locks(session, sum(bool(record.result_by_post) for record in records))
        dossiers, keys, people, steps = [], [], [], []
        for record in records:
            dossier = DossierId(str(uuid7()))
            key, wrapped = self._vault.new_key(dossier)
            item, lock = locks.pop() if record.result_by_post else (None, None)
            dossiers.append(self._row(record, dossier, item, lock))
            keys.append({"dossier": dossier, "wrapped": wrapped})
            people += persons.sealed_rows(self._vault, DossierKey(dossier, key), record.people)
            steps += self._steps(record, dossier, after={})
        insert_many(session, DossierRow, dossiers)
        insert_many(session, DossierKeyRow, keys)
        insert_many(session, PersonRow, people)
        insert_many(session, StepRow, steps)

    def _row(
        self, record: DossierRecord, dossier: DossierId, item: str | None, lock: str | None
    ) -> dict[str, object]:
        state = record.state or Administrative.RECEIVED
        return {
            "id": dossier,
            "code": record.code,
            "procedure": record.procedure,
            "channel": (record.channel or Channel.DIRECT).value,
            "origin": ORIGIN,
            "helped_unit": None,
            "received_unit": record.desk,
            "competent_unit": record.agency,
            "posted_at": None,
            "received_at": record.received_at,
            "due_at": record.due_at or record.computed_due,
            "resolved_at": settled_at(moments_of(record, {}, self._at)),
            "result_by_post": bool(record.result_by_post),
            "result_item": item,
            "result_lock": lock,
            # Nobody holds a slip of ours with a PIN: nothing hashes to this.
            "pin_hash": b"",
            "administrative": state.value,
            "money": Money.NONE.value,
            "digitisation": Digitisation.NONE.value,
            "made_at": self._at,
            "erased_at": None,
        }

    def _steps(
        self, record: DossierRecord, dossier: str, *, after: Mapping[StepKind, Taken]
    ) -> list[dict[str, object]]:
        """The steps the old system tells of, beyond those that are known, and days told anew."""
        due_at = record.due_at or record.computed_due
        return [
            {
                "dossier": dossier,
                "kind": kind.value,
                "at": at,
                "recorded_at": self._at,
                "staff": self._by.staff,
                "unit": self._by.unit,
                "why": CORRECTED if kind in after else _WHY.get(kind, ORIGIN),
                "due_at": None if kind in _CLOCK_STOPS else due_at,
            }
            for kind, at in moments_of(record, after, self._at).items()
            if kind not in after or (kind in DAYS and after[kind].at != at)
        ]

    def _locks(self, session: Session, count: int) -> list[tuple[str, str]]:
        """Numbers for the results to be brought home, each with a lock to which nobody has the code.

        The citizen has no slip of ours, so at the door he is sent a one-time code.
        """
        if not count:
            return []
        first = numbers.take(session, f"item:{self._service}", count=count)
        if first + count > SERIALS:
            raise NumbersExhausted(series=self._service)
        items = [s10.make(first + i, service=self._service).id for i in range(count)]
        return [
            (item, delivery_lock(item, rotation=1, secret=token_from(os.urandom(ENTROPY_BYTES))))
            for item in items
        ]

    def _update(self, session: Session, record: DossierRecord, stored: Stored) -> None:
        row, record = stored.row, as_known(record, stored)
        changes: dict[str, object] = {}
        if record.due_at is not None:
            changes["due_at"] = record.due_at
        if record.channel is not None:
            changes["channel"] = record.channel.value
        if record.state is not None:
            settled = settled_at(moments_of(record, stored.steps, self._at))
            changes |= {"administrative": record.state.value, "resolved_at": settled}
        if record.result_by_post is not None and record.result_by_post != row.result_by_post:
            # A number that was set aside for a result is not given out again.
            item, lock = self._locks(session, 1)[0] if record.result_by_post else (None, None)
            changes |= {
                "result_by_post": record.result_by_post, "result_item": item, "result_lock": lock,
            }  # fmt: skip
            if not record.result_by_post:
                persons.forget(session, DossierId(row.id), PersonRole.RECEIVER)
        if changes:
            session.execute(update(DossierRow).where(DossierRow.id == row.id).values(**changes))
        steps = self._steps(record, row.id, after=stored.steps) if record.state else []
        if steps:
            session.execute(insert(StepRow), steps)
        if stored.other_people:
            key = persons.key_of(session, self._vault, DossierId(row.id))
            for role in stored.other_people:
                persons.keep(session, self._vault, key, role, record.people[role])

    def _stored(self, session: Session, records: Sequence[DossierRecord]) -> dict[str, Stored]:
        """What is stored of these, read in a few questions."""
        by_code = {record.code: record for record in records}
        found: dict[str, Stored] = {}
        codes = list(by_code)
        for begin in range(0, len(codes), _TOGETHER):
            asked = codes[begin : begin + _TOGETHER]
            rows = list(session.scalars(select(DossierRow).where(DossierRow.code.in_(asked))))
            if not rows:
                continue
            ids = [row.id for row in rows]
            steps = _steps_of(session, ids)
            moved = set(session.scalars(select(ItemRow.dossier).where(ItemRow.dossier.in_(ids))))
            told = {
                DossierId(row.id): by_code[row.code].people for row in rows if row.erased_at is None
            }
            other = persons.unlike(session, self._vault, told)
            for row in rows:
                found[row.code] = Stored(
                    row=row,
                    steps=steps[row.id],
                    in_custody=row.id in moved,
                    other_people=other.get(DossierId(row.id), frozenset()),
                )
                session.expunge(row)  # a hundred thousand of them must not stay
        return found


_CLOCK_STOPS = frozenset({StepKind.SUPPLEMENT_REQUESTED, StepKind.DUTY_NOTICED})
_WHY = {StepKind.SUPPLEMENT_REQUESTED: SupplementReason.MISSING.value}


def _steps_of(session: Session, ids: Sequence[str]) -> dict[str, dict[StepKind, Taken]]:
    steps: defaultdict[str, dict[StepKind, Taken]] = defaultdict(dict)
    rows = session.execute(
        select(StepRow.dossier, StepRow.kind, StepRow.at, StepRow.why)
        .where(StepRow.dossier.in_(ids))
        .order_by(StepRow.id)
    )
    for dossier, kind, at, why in rows:
        steps[dossier][StepKind(kind)] = Taken(at=at, why=why)
    return steps
