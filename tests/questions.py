"""How much the database is asked, whatever it answers."""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session


def questions(session: Session, do: Callable[[], object]) -> int:
    """How many statements the database was asked."""
    asked: list[str] = []
    bind = session.get_bind()

    def note(*told: object) -> None:
        asked.append(str(told[2]))

    event.listen(bind, "before_cursor_execute", note)
    do()
    event.remove(bind, "before_cursor_execute", note)
    return len(asked)
