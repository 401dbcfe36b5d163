"""A form counts once. Sent again by a double click or a reload, it changes nothing and says so."""

from sqlalchemy.orm import Session

from postal_service.domain.refusals import OutOfDate
from postal_service.services import numbers


class SentAlready(OutOfDate):
    """What this form asked for was done when it was sent first."""

    code = "form.sent_already"


def use(session: Session, form: str) -> None:
    """Use up a form within the transaction of what it asks for: a refused form can be sent again.

    Raises SentAlready.
    """
    # The first number of a series of its own: whoever gets the second one came second.
    if numbers.take(session, f"form:{form}") > 0:
        raise SentAlready
