"""What does not depend on each other is refused together; a bug is never taken for a refusal."""

import pytest

from postal_service.domain.phones import NotAPhoneNumber
from postal_service.domain.refusals import (
    Malformed,
    Refusal,
    RuleBroken,
    SeveralRefused,
    Unknown,
    raise_all,
    told_together,
)


def judge(*refused: Exception | None, inside: Refusal | None = None) -> None:
    """Rules that refuse so one after the other; `inside` each stands one that needs it."""
    with told_together() as judging:
        for each in refused:
            with judging:
                if each:
                    raise each
                with judging:
                    if inside:
                        raise inside


def told(*refused: Refusal | None, inside: Refusal | None = None) -> tuple[Refusal, ...]:
    with pytest.raises(SeveralRefused) as several:
        judge(*refused, inside=inside)
    assert several.value.facts == {"count": len(several.value.refusals)}
    return several.value.refusals


def test_what_rules_refuse_is_told_in_their_order() -> None:
    one, other = Unknown(unit="A"), RuleBroken()

    assert told(one, other) == (one, other)
    assert told(one, None, other) == (one, other)
    assert told(SeveralRefused([one, other]), NotAPhoneNumber())[:2] == (one, other)


def test_what_depends_is_judged_only_where_the_other_was_found() -> None:
    one, inner = Unknown(unit="A"), Malformed()

    assert told(one, None, inside=inner) == (one, inner)
    with pytest.raises(Unknown):
        judge(one, inside=inner)


def test_the_same_words_are_told_once() -> None:
    here, there = Unknown(unit="A"), Unknown(unit="B")

    assert told(here, there, Unknown(unit="A")) == (here, there)


def test_one_refusal_is_raised_as_it_is_and_none_is_not() -> None:
    judge(None, None)
    with pytest.raises(Unknown):
        judge(None, Unknown())
    with pytest.raises(Malformed):
        raise_all([Malformed()])


def test_what_is_refused_beside_the_rules_is_told_with_them() -> None:
    def judge_and_refuse() -> None:
        with told_together() as judging:
            with judging:
                raise Unknown
            raise RuleBroken

    with pytest.raises(SeveralRefused) as several:
        judge_and_refuse()
    assert [type(each) for each in several.value.refusals] == [Unknown, RuleBroken]


def test_a_bug_comes_through_at_once() -> None:
    with pytest.raises(ZeroDivisionError):
        judge(Unknown(), ZeroDivisionError(), RuleBroken())
