"""What the post refuses, in its own words. Nothing here knows HTTP; a bug is not a refusal.

A refusal is a code for programs and the facts behind it. The sentences people read stand in
`wording.py`, once for every edge.
"""

from typing import ClassVar


class Refusal(Exception):
    """Something the post will not do. `code` is stable; `facts` fill the sentence."""

    code: ClassVar[str] = "postal"

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code, facts)
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({told})"


class Unknown(Refusal):
    """Something was named that the post does not know, or that is not this person's to see."""

    code = "unknown"


class RuleBroken(Refusal):
    """The request is clear, but a rule of the post forbids it now."""

    code = "rule_broken"


class NotAllowed(Refusal):
    """This person may not do this here."""

    code = "not_allowed"


class OutOfDate(Refusal):
    """The request was made against a state that has passed."""

    code = "out_of_date"


class Malformed(Refusal):
    """The request cannot be understood."""

    code = "malformed"
