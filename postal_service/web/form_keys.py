"""The hidden key of a form just opened: given to one person, it makes sending the form twice harmless.

The key is used up with services/once.py in the transaction of what the form asks for.
"""

from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from uuid_utils.compat import uuid7

from postal_service.domain.refusals import Malformed
from postal_service.web import forms, here

FIELD: Final = "form_key"
_SALT: Final = "form-sent-once"


class FormNotOurs(Malformed):
    """The hidden key of the form is not one that was given to this person."""

    code = "form.not_ours"


def fresh() -> str:
    """A key for a form that this person is about to fill in."""
    return _serializer().dumps([here.actor().staff, uuid7().hex])


def read() -> str:
    """The key of the form that was sent. Raises FormNotOurs."""
    try:
        of, key = _serializer().loads(forms.raw(FIELD)[:400])
    except (BadSignature, ValueError, TypeError):
        raise FormNotOurs from None
    if of != here.actor().staff:
        raise FormNotOurs
    return str(key)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(here.runtime().settings.cookie_key, salt=_SALT)
