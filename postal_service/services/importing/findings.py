"""What is wrong with a cell: where it stands, what stands there, and why it cannot be taken. People's data is not shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from postal_service.domain.wording import Language, sentence

_SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One cell or row. What `stops` is refused; the rest is a remark on what was left out or assumed."""

    row: int  # as the program that wrote the file counts; 0 is the file
    column: str  # its heading in the file; "" where the whole row is meant
    value: str  # shortened; of personal columns only its length
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    stops: bool = True

    def reason(self, language: Language = "vi") -> str:
        """Why, in a sentence."""
        return sentence(self.code, self.facts, language)


def shown(value: object, *, personal: bool) -> str:
    """What a preview shows of a cell."""
    text = "" if value is None else str(value)
    if personal:
        return f"•••({len(text)})" if text else ""
    cut = text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")
    return "".join(c if c.isprintable() else "�" for c in cut)


def glimpsed(value: object, *, personal: bool) -> str:
    """What the first rows of a preview show: enough of a name to see whether its letters are right."""
    text = shown(value, personal=False)
    if not personal or not text:
        return text
    if any(c.isdigit() for c in text):
        return shown(value, personal=True)
    *others, given = text.split() or [""]
    return " ".join([*(f"{word[:1]}." for word in others), given])


class Findings:
    """Findings of a whole file: the first of them in full, all of them counted."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.kept: list[Finding] = []
        self.remarks: list[Finding] = []
        self.errors = 0
        self.remarked = 0

    def add(self, finding: Finding) -> None:
        if finding.stops:
            self.errors += 1
            if len(self.kept) < self._most:
                self.kept.append(finding)
            return
        self.remarked += 1
        if len(self.remarks) < self._most:
            self.remarks.append(finding)
