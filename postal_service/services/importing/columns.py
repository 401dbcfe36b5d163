"""Columns are known by the names one-stop systems give them, in Vietnamese or English, with or without marks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from postal_service.domain.refusals import Malformed
from postal_service.services.importing.tables import heading


class ColumnsMissing(Malformed):
    code = "import.columns_missing"


class ColumnTwice(Malformed):
    """Two columns of the file mean the same thing."""

    code = "import.column_twice"


@dataclass(frozen=True, kw_only=True)
class Column:
    """`names`: the first one is how we call it; `ignored` columns are known and not used."""

    key: str
    names: tuple[str, ...]
    required: bool = False
    personal: bool = False
    ignored: bool = False

    @property
    def title(self) -> str:
        return self.names[0]


class Columns:
    """The columns of one kind of file."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self.all = tuple(columns)
        self.by_key = {column.key: column for column in self.all}
        self._by_heading: dict[str, Column] = {}
        for column in self.all:
            for name in (column.key, *column.names):
                key = heading(name)
                if self._by_heading.setdefault(key, column) is not column:
                    raise ValueError(f"Two columns are called {name!r}.")

    def meant(self, written: str) -> Column | None:
        return self._by_heading.get(heading(written))

    def recognised(self, names: Sequence[str]) -> int:
        """How many different columns these headings name."""
        return len({column.key for name in names if name and (column := self.meant(name))})

    def match(self, headings: Iterable[str]) -> "Matched":
        """Raises ColumnTwice."""
        return Matched(self, headings)


class Matched:
    """Which heading of the file is which column."""

    def __init__(self, columns: Columns, headings: Iterable[str]) -> None:
        self.columns = columns
        self.unknown: list[str] = []
        self.by_key: dict[str, str] = {}
        self._column_of: dict[str, Column | None] = {}
        for written in headings:
            self.add(written)

    def add(self, written: str) -> None:
        """One more heading. Raises ColumnTwice."""
        if written in self._column_of or not written:
            return
        column = self.columns.meant(written)
        self._column_of[written] = column
        if column is None:
            self.unknown.append(written)
        elif not column.ignored:
            if column.key in self.by_key:
                raise ColumnTwice(one=self.by_key[column.key], other=written)
            self.by_key[column.key] = written

    def refuse_missing(self) -> None:
        """Raises ColumnsMissing."""
        missing = [
            column.title
            for column in self.columns.all
            if column.required and column.key not in self.by_key
        ]
        if missing:
            raise ColumnsMissing(columns=", ".join(missing))

    def column(self, written: str) -> Column | None:
        return self._column_of[written]

    def titles(self) -> Mapping[str, str]:
        """Which heading of the file was read as which column."""
        return {written: self.columns.by_key[key].title for key, written in self.by_key.items()}
