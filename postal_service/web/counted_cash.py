"""A counting of cash as a form: one field for each line of money, so that no line fills another."""

from collections.abc import Mapping
from typing import Final

from postal_service.domain.money import Line
from postal_service.web import forms, limits

FIELDS: Final[Mapping[Line, str]] = {line: f"counted-{line.value}" for line in Line}
LABELS: Final[Mapping[Line, str]] = {
    Line.STATE_FEE: "Phí, lệ phí đếm được",
    Line.POSTAGE: "Cước bưu chính đếm được",
    Line.COLLECTED_FOR_OTHERS: "Tiền thu hộ đếm được",
}


def asked() -> Mapping[Line, int]:
    """What was counted on each line. Raises NotANumber."""
    return {
        line: forms.number(FIELDS[line], label, within=limits.AMOUNT)
        for line, label in LABELS.items()
    }
