"""What a refusal of a problem is made of: findings, each about one stop, courier or table."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class ContradictionKind(Enum):
    TOO_MANY_STOPS = "too_many_stops"
    TOO_MANY_COURIERS = "too_many_couriers"
    NO_COURIER = "no_courier"
    NO_LOCATION = "no_location"
    DUPLICATE = "duplicate"
    UNKNOWN_NAME = "unknown_name"
    BAD_MATRIX = "bad_matrix"
    WRONG_TYPE = "wrong_type"
    BAD_NUMBER = "bad_number"
    BAD_WINDOW = "bad_window"
    BAD_LOADS = "bad_loads"
    BAD_SHIPMENT = "bad_shipment"
    UNREACHABLE = "unreachable"
    NOBODY_MAY = "nobody_may"
    LOCKS = "locks"


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """`subject` is the id of the stop, courier or profile it is about (empty: the whole problem)."""

    kind: ContradictionKind
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.detail}" if self.subject else self.detail


class ContradictoryProblem(ValueError):  # noqa: N818 - a refusal is named as the clerk says it
    """No plan can obey this problem; `findings` says why, all of it."""

    def __init__(self, findings: tuple[Contradiction, ...]) -> None:
        self.findings = findings
        super().__init__("; ".join(str(finding) for finding in findings))


Findings = Iterator[Contradiction]


def of_locks(subject: str, detail: str) -> Contradiction:
    """What the locks and groups of a problem say against one another."""
    return Contradiction(kind=ContradictionKind.LOCKS, subject=subject, detail=detail)
