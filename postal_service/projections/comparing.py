"""Whether the projections say what the ledger tells. Nothing is written; a rebuild puts it right."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import cast

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import ItemId
from postal_service.domain.story import Story, Told, tell
from postal_service.ledger import reading
from postal_service.projections import (
    bag_contents,
    devices,
    evidence_uses,
    exchanges,
    holdings,
    seals,
    spending,
    verdicts,
)
from postal_service.storage.schema import (
    BagContentRow,
    EntryRow,
    EvidenceUseRow,
    HoldingRow,
    SpendRow,
    VerdictRow,
)
from postal_service.storage.temporary import temporary

AT_ONCE = 500  # items, or rows

Rows = Iterable[Mapping[str, object] | RowMapping]
_HOLDING, _VERDICT, _SPEND, _USE, _CONTENT = (
    cast("Table", kind.__table__)
    for kind in (HoldingRow, VerdictRow, SpendRow, EvidenceUseRow, BagContentRow)
)


def differing(session: Session) -> Iterator[str]:
    """Every difference: `holding of ET473124829VN`, `seal of NP-17`, `device BCDEFGHI (status)`."""
    enrolled = devices.told(session)
    yield from devices.differing(session, enrolled)
    yield from _differing_seals(session)
    offices = devices.offices(enrolled)
    with temporary(exchanges.TABLES) as again:
        for items in reading.items_in_chunks(session, AT_ONCE):
            told = reading.stories_of(session, items)
            stories = {item: tell(events) for item, events in told.items()}
            for table, rows in _expected(told, stories, offices):
                wanted, kept = _by_item(table, rows), _kept(session, table, items)
                yield from (
                    f"{table.name} of {item}"
                    for item in items
                    if wanted.get(item) != kept.get(item)
                )
            exchanges.write(again, told, stories)
        # A half is alone or not by another item's, so that all of them are compared at the end.
        yield from _unlike(session, again, exchanges.TABLES)
    for table in (_HOLDING, _VERDICT, _SPEND, _USE, _CONTENT):
        for item in _of_nothing(session, table):
            yield f"{table.name} of {item}"


def _expected(
    told: Mapping[ItemId, Sequence[Told]], stories: Mapping[ItemId, Story], offices: Collection[str]
) -> Iterator[tuple[Table, Rows]]:
    yield _HOLDING, holdings.rows(stories)
    yield _VERDICT, verdicts.rows(stories)
    yield _SPEND, spending.rows(stories)
    yield _USE, evidence_uses.rows(told)
    yield _CONTENT, bag_contents.rows(told, offices)


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


def _differing_seals(session: Session) -> Iterator[str]:
    """The serials are told again beside: which item came first is known from all before it."""
    with temporary(seals.TABLES) as again:
        seals.tell_again(session, again)
        yield from _unlike(session, again, seals.TABLES)


def _unlike(session: Session, again: Session, tables: Iterable[Table]) -> Iterator[str]:
    """Rows that are kept otherwise than they were told again, or only on one side."""
    for table in tables:
        for page in _pages(session, table):
            told = _rows_of(again, table, page)
            yield from _named(table, (key for key, row in page.items() if told.get(key) != row))
        for page in _pages(again, table):
            kept = _rows_of(session, table, page)
            yield from _named(table, (key for key in page if key not in kept))


def _named(table: Table, keys: Iterable[str]) -> Iterator[str]:
    return (f"{table.name} of {key}" for key in keys)


def _pages(session: Session, table: Table) -> Iterator[dict[str, tuple[object, ...]]]:
    """The rows by their key, so many at a time, in whatever order this database has."""
    (key,) = table.primary_key
    after = ""
    while True:
        asked = select(key, table).where(key > after).order_by(key).limit(AT_ONCE)
        page = {row[0]: tuple(row[1:]) for row in session.execute(asked)}
        if not page:
            return
        yield page
        after = list(page)[-1]


def _rows_of(
    session: Session, table: Table, keys: Collection[str]
) -> dict[str, tuple[object, ...]]:
    (key,) = table.primary_key
    rows = session.execute(select(key, table).where(key.in_(keys)))
    return {row[0]: tuple(row[1:]) for row in rows}
