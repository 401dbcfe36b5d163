"""Another master key: what the old one opens is sealed anew under the new one.

An erased person is still in the backups of the days before, under the master key of those days.
Once everything is sealed under another and the old one is destroyed, nobody reads them there. It
goes on where it stopped: what opens under the new key already is left as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import Table, select, tuple_, update
from sqlalchemy.orm import Session

from postal_service.domain.refusals import RuleBroken
from postal_service.services.vault import SealedFieldDamagedError, open_sealed, seal
from postal_service.storage.schema import (
    Base,
    DeviceRow,
    DossierKeyRow,
    EvidenceRow,
    OutboxRow,
    StaffRow,
    UploadPieceRow,
)
from postal_service.storage.transaction import Sessions, transaction


class OpensUnderNeither(RuleBroken):
    """Something in the store was sealed under a third key, or its bytes were changed."""

    code = "rekeying.opens_under_neither"


class SameKey(RuleBroken):
    code = "rekeying.same_key"


@dataclass(frozen=True)
class Sealed:
    """A column that is sealed under the master key itself; `name` are the columns of its place."""

    row: type[Base]
    column: str
    name: tuple[str, ...]
    at_once: int  # rows of one transaction

    @property
    def table(self) -> Table:
        return cast("Table", self.row.__table__)

    def place(self, name: tuple[object, ...]) -> str:
        return f"{self.table.name}|{'/'.join(map(str, name))}|{self.column}"


SEALED: Final = (
    Sealed(DossierKeyRow, "wrapped", ("dossier",), 500),
    Sealed(StaffRow, "totp_secret", ("id",), 500),
    Sealed(DeviceRow, "private_key", ("id",), 500),
    Sealed(OutboxRow, "payload", ("key",), 500),
    Sealed(EvidenceRow, "content", ("sha256",), 10),
    Sealed(UploadPieceRow, "content", ("upload", "position"), 10),
)


def rekey(sessions: Sessions, old: bytes, new: bytes) -> Iterator[int]:
    """Seal everything anew, some rows a transaction; yields how many rows each of them changed.

    Whoever still serves with the old key cannot read what was changed: stop the service before.
    Raises SameKey, and OpensUnderNeither for a row that neither key opens; what was changed before
    that stays changed, and a later call goes on.
    """
    if new == old:
        raise SameKey
    for sealed in SEALED:
        after: tuple[object, ...] | None = None
        while True:
            with transaction(sessions) as session:
                rows = _page(session, sealed, after)
                changed = sum(_renewed(session, sealed, row, old, new) for row in rows)
            if not rows:
                break
            after = rows[-1][: len(sealed.table.primary_key)]
            yield changed


def _page(
    session: Session, sealed: Sealed, after: tuple[object, ...] | None
) -> list[tuple[object, ...]]:
    """The next rows that are not empty: their primary key, the columns of the place, the field."""
    table = sealed.table
    field, key = table.c[sealed.column], table.primary_key.columns
    asked = select(*key, *(table.c[name].label(f"name_{name}") for name in sealed.name), field)
    asked = asked.where(field.is_not(None), field != b"").order_by(*key).limit(sealed.at_once)
    if after is not None:
        asked = asked.where(tuple_(*key) > tuple_(*after))
    return [tuple(row) for row in session.execute(asked.with_for_update())]


def _renewed(
    session: Session, sealed: Sealed, row: tuple[object, ...], old: bytes, new: bytes
) -> bool:
    if _opened(sealed, row, new) is not None:
        return False
    place, content = _place(sealed, row), _opened(sealed, row, old)
    if content is None:
        raise OpensUnderNeither(place=place)
    key = zip(sealed.table.primary_key.columns, row, strict=False)
    this_row = (column == value for column, value in key)
    session.execute(
        update(sealed.table).where(*this_row).values({sealed.column: seal(new, content, place)})
    )
    return True


def _opened(sealed: Sealed, row: tuple[object, ...], key: bytes) -> bytes | None:
    try:
        return open_sealed(key, cast("bytes", row[-1]), _place(sealed, row))
    except SealedFieldDamagedError:
        return None


def _place(sealed: Sealed, row: tuple[object, ...]) -> str:
    return sealed.place(row[len(sealed.table.primary_key) : -1])
