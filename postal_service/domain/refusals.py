"""What the post refuses, in its own words. Nothing here knows HTTP; a bug is not a refusal.

A refusal is a code for programs and the facts behind it. The sentences people read stand in
`wording.py`, once for every edge.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import ClassVar, Never


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


class SeveralRefused(RuleBroken):
    """More than one thing is wrong; `refusals` tells each."""

    code = "several_refused"

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(count=len(refusals))
        self.refusals = tuple(refusals)


class Judging:
    """What rules refuse, each judged within a `with` of its own. Use `told_together`."""

    def __init__(self) -> None:
        self.refused: list[Refusal] = []

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _: type[BaseException] | None, why: BaseException | None, __: TracebackType | None
    ) -> bool:
        if not isinstance(why, Refusal):
            return False
        known = {str(each) for each in self.refused}
        found = why.refusals if isinstance(why, SeveralRefused) else (why,)
        self.refused += [each for each in found if str(each) not in known]
        return True


@contextmanager
def told_together() -> Iterator[Judging]:
    """Judge rules that do not depend on each other, so that all that they refuse is told at once.

        with told_together() as judging:
            with judging:
                agency = …
            with judging:
                version = …
                with judging:
                    papers = …  # of that version

    A rule that needs what another has found stands inside that one's `with`, and is not judged where
    it was not found. After the outer `with` everything was found. What two rules refuse in the same
    words is told once. Raises what was refused, or SeveralRefused.
    """
    judging = Judging()
    with judging:
        yield judging
    if judging.refused:
        raise_all(judging.refused)


def raise_all(refused: Sequence[Refusal]) -> Never:
    """Raise what was refused: the one, or SeveralRefused."""
    if len(refused) == 1:
        raise refused[0]
    raise SeveralRefused(refused)
