"""Ask for the rows of a list of values.

SQLAlchemy's own IN writes the question anew with a mark for each value, which costs more than the
answer; PostgreSQL gets the list as one value, so that its question is the same for any number. SQLite
knows no lists and is asked with IN.
"""

from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, any_, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class among(FunctionElement[bool]):  # noqa: N801 - read in a question like SQLAlchemy's own words
    """Whether the column's value is in the list that the question is given under this name."""

    name = "among"
    type = Boolean()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        as_list = bindparam(name, type_=ARRAY(column.type))
        super().__init__(column.in_(bindparam(name, expanding=True)), column == any_(as_list))

    def self_group(self, against: object = None) -> "among":
        """Both ways are conditions already; SQLAlchemy would compare a function's answer with 1."""
        del against
        return self


@compiles(among)
def _one_by_one(asked: among, compiler: SQLCompiler, **options: object) -> str:
    return _written(asked, 0, compiler, options)


@compiles(among, "postgresql")
def _all_at_once(asked: among, compiler: SQLCompiler, **options: object) -> str:
    return _written(asked, 1, compiler, options)


def _written(asked: among, which: int, compiler: SQLCompiler, options: dict[str, object]) -> str:
    return compiler.process(list(asked.clauses)[which], **options)
