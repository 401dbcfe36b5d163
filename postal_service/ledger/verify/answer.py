"""A ledger is valid or broken, with findings beside; of what cannot be read nothing is said."""

from collections import Counter
from dataclasses import dataclass, field

SHOWN_FINDINGS = 50


class Unreadable(Exception):  # noqa: N818 - the input is at fault
    """The file or the keys are not what they should be; nothing can be said of the ledger."""


class Broken(Exception):  # noqa: N818 - the answer, not a fault of this program
    """The ledger is broken at this line of the file."""

    def __init__(self, why: str, *, index: int | None = None, event: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.index = index
        self.event = event

    def __str__(self) -> str:
        where = "" if self.index is None else f"leaf {self.index}: "
        which = f" (event {self.event})" if self.event else ""
        return f"{where}{self.why}{which}"


@dataclass(frozen=True)
class Finding:
    """Something the ledger records on purpose, for a person to look at."""

    index: int
    what: str


@dataclass(frozen=True)
class Verdict:
    """`broken` is None where the ledger is valid; the counts are of what was read until then."""

    size: int
    root: str
    counts: dict[str, int]
    broken: Broken | None = None
    findings: dict[str, int] = field(default_factory=dict)
    shown: tuple[Finding, ...] = ()

    @property
    def valid(self) -> bool:
        return self.broken is None


class Findings:
    """All are counted, the first are shown."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.shown: list[Finding] = []

    def add(self, index: int, what: str) -> None:
        self.counts[what] += 1
        if len(self.shown) < SHOWN_FINDINGS:
            self.shown.append(Finding(index, what))
