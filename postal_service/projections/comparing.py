"""Whether the projections say what the ledger tells. Nothing is written; a rebuild puts it right."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import cast

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import ItemId
from postal_service.domain.story import Told, tell
from postal_service.ledger import reading
from postal_service.projections import evidence_uses, holdings, spending, verdicts
from postal_service.storage.schema import (
    EntryRow,
    EvidenceUseRow,
    HoldingRow,
    SpendRow,
    VerdictRow,
)

AT_ONCE = 500  # items

Rows = Iterable[Mapping[str, object] | RowMapping]
_HOLDING, _VERDICT, _SPEND, _USE = (
    cast("Table", kind.__table__) for kind in (HoldingRow, VerdictRow, SpendRow, EvidenceUseRow)
)


def differing(session: Session) -> Iterator[str]:
    """The table and item of every difference: `holding of ET473124829VN`."""
    for items in reading.items_in_chunks(session, AT_ONCE):
        for table, rows in _expected(reading.stories_of(session, items)):
            wanted, kept = _by_item(table, rows), _kept(session, table, items)
            yield from (
                f"{table.name} of {item}" for item in items if wanted.get(item) != kept.get(item)
            )
    for table in (_HOLDING, _VERDICT, _SPEND, _USE):
        for item in _of_nothing(session, table):
            yield f"{table.name} of {item}"


def _expected(told: Mapping[ItemId, Sequence[Told]]) -> Iterator[tuple[Table, Rows]]:
    stories = {item: tell(events) for item, events in told.items()}
    yield _HOLDING, holdings.rows(stories)
    yield _VERDICT, verdicts.rows(stories)
    yield _SPEND, spending.rows(stories)
    yield _USE, evidence_uses.rows(told)


def _by_item(table: Table, rows: Rows) -> dict[str, list[tuple[object, ...]]]:
    found: dict[str, list[tuple[object, ...]]] = {}
    for row in rows:
        values = tuple(row[column.name] for column in table.columns)
        found.setdefault(str(row["item"]), []).append(values)
    return {item: sorted(each) for item, each in found.items()}


def _kept(
    session: Session, table: Table, items: Collection[ItemId]
) -> dict[str, list[tuple[object, ...]]]:
    rows = session.execute(select(table).where(table.c.item.in_(items)))
    return _by_item(table, rows.mappings())


def _of_nothing(session: Session, table: Table) -> Sequence[str]:
    """Items of a projection of which the ledger has no event."""
    known = select(EntryRow.index).where(EntryRow.item == table.c.item).exists()
    return session.scalars(select(table.c.item).where(~known).distinct()).all()
