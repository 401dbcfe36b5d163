"""A dossier's papers bear the number that the forms in force on its own date give them, or none.

What a service prints is its own print of recorded facts, never the issued form. A number that
nobody has read in a text is not printed: it would be stated as law.
"""

from datetime import date
from enum import StrEnum

from postal_service.reference.form_sets import form_sets

_FOUND = "found"


class Form(StrEnum):
    """The papers of an agency that have an issued form."""

    RECEIPT = "receipt"
    SUPPLEMENT = "supplement"
    REFUSAL = "refusal"
    EXTENSION = "extension"
    DISCONTINUATION = "discontinuation"
    CONTROL_SLIP = "control_slip"


def issued_as(form: Form, day: date) -> str:
    """The number and its basis, as in "mẫu số 02, Thông tư 03/2025/TT-VPCP"; "" where none is certain that day."""
    in_force = [each for each in form_sets() if each.valid_from <= day]
    if not in_force:
        return ""
    newest = max(in_force, key=lambda each: each.valid_from)
    number = newest.numbers.get(form.value)
    if number is None or newest.status != _FOUND:
        return ""
    return f"mẫu số {number}, {newest.basis}"
