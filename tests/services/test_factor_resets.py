"""A lost second factor is taken off by two people, and never by whoever lost it or asked."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role, RoleNeeded
from postal_service.domain.ids import StaffId
from postal_service.services import access, directory, factor_resets, second_factor
from postal_service.services.directory import UnknownStaff
from postal_service.services.factor_resets import (
    AnotherWaits,
    DecidedAlready,
    DecidesOwn,
    OwnFactor,
    Reset,
    ResetId,
    Step,
    UnknownReset,
)
from postal_service.services.second_factor import SecondFactorIsOff
from postal_service.services.staffing import StandsHigher
from postal_service.storage.schema import (
    FactorResetRow,
    RecoveryCodeRow,
    StaffRow,
    TokenRow,
    WebSessionRow,
)
from tests.clock import Clock
from tests.services import world as w
from tests.services.phones import known_phone
from tests.services.world import MORNING, World

WHY = "gặp tại bưu cục, đối chiếu thẻ ngành"


def switched_on(session: Session, world: World, who: Actor) -> None:
    secret = second_factor.fresh_secret()
    second_factor.switch_on(
        session, world.vault, secret, pyotp.TOTP(secret).at(MORNING), by=who, at=MORNING
    )


def asked(session: Session, world: World, login: str = "counter") -> Reset:
    switched_on(session, world, getattr(world, login))
    return factor_resets.ask(session, login, why=WHY, by=world.manager, at=MORNING)


def granted(session: Session, reset: ResetId, by: Actor) -> Reset:
    return factor_resets.decide(session, reset, grant=True, by=by, at=MORNING)


def left(session: Session, who: Actor) -> tuple[int | None, ...]:
    """Recovery codes, open sessions and phone tokens of a person."""
    return tuple(
        session.scalar(select(func.count()).select_from(table).where(table.staff == who.staff))
        for table in (RecoveryCodeRow, WebSessionRow, TokenRow)
    )


def test_two_people_take_it_off_and_every_session_ends(
    session: Session, world: World, clock: Clock
) -> None:
    reset = asked(session, world)
    phone = known_phone(session, world.counter, clock)
    session.add(
        TokenRow(
            token_hash=b"t", device=phone.device, staff=world.counter.staff,
            unit=world.counter.unit, expires_at=MORNING + timedelta(minutes=15),
        )
    )  # fmt: skip
    for who in (world.counter, world.second_counter):
        access.open_session(session, who.staff, at=MORNING)
    assert left(session, world.counter) == (10, 1, 1)
    assert second_factor.is_on(session, world.counter)  # nothing changes by asking

    done = granted(session, reset.id, world.administrator)

    assert not second_factor.is_on(session, world.counter)
    assert left(session, world.counter) == (0, 0, 0)
    assert left(session, world.second_counter) == (0, 1, 0)
    assert done.decided is not None
    assert (done.asked.by, done.decided.by) == (world.manager.staff, world.administrator.staff)
    assert (done.why, done.decided.step) == (WHY, Step.GRANTED)
    assert factor_resets.of_person(session, world.counter) == [done]
    assert factor_resets.listed(session, by=world.auditor) == ([done], "")
    assert factor_resets.listed(session, by=world.manager) == ([done], "")


def test_a_refused_request_changes_nothing_and_may_be_made_again(
    session: Session, world: World
) -> None:
    reset = asked(session, world)
    access.open_session(session, world.counter.staff, at=MORNING)

    done = factor_resets.decide(session, reset.id, grant=False, by=world.administrator, at=MORNING)

    assert done.decided is not None
    assert done.decided.step is Step.REFUSED
    assert left(session, world.counter) == (10, 1, 0)
    assert factor_resets.ask(session, "counter", why=WHY, by=world.manager, at=MORNING).waits


def test_nobody_grants_what_he_asked_for_or_what_is_his_own(session: Session, world: World) -> None:
    switched_on(session, world, world.counter)
    own = factor_resets.ask(session, "counter", why=WHY, by=world.administrator, at=MORNING)
    with pytest.raises(DecidesOwn):
        granted(session, own.id, world.administrator)
    switched_on(session, world, world.administrator)
    with pytest.raises(OwnFactor):
        factor_resets.ask(session, "administrator", why=WHY, by=world.administrator, at=MORNING)

    assert second_factor.is_on(session, world.counter)
    assert second_factor.is_on(session, world.administrator)


def test_a_request_is_decided_once(session: Session, world: World) -> None:
    reset = asked(session, world)
    with pytest.raises(AnotherWaits):
        factor_resets.ask(session, "counter", why=WHY, by=world.manager, at=MORNING)
    granted(session, reset.id, world.administrator)
    with pytest.raises(DecidedAlready):
        granted(session, reset.id, world.administrator)

    assert session.scalar(select(func.count()).select_from(FactorResetRow)) == 2


def test_who_may_not_ask_or_grant(session: Session, world: World) -> None:
    reset = asked(session, world)
    with pytest.raises(RoleNeeded):
        granted(session, reset.id, world.manager)
    with pytest.raises(RoleNeeded):
        factor_resets.ask(session, "courier", why=WHY, by=world.counter, at=MORNING)
    with pytest.raises(RoleNeeded):
        factor_resets.listed(session, by=world.counter)
    with pytest.raises(UnknownReset):
        granted(session, ResetId("nothing"), world.administrator)
    for login in ("far_counter", "nobody", "' OR 1=1 --", ""):  # not under this manager, or no one
        with pytest.raises(UnknownStaff):
            factor_resets.ask(session, login, why=WHY, by=world.manager, at=MORNING)
    with pytest.raises(SecondFactorIsOff):
        factor_resets.ask(session, "courier", why=WHY, by=world.manager, at=MORNING)


def test_a_role_under_somebody_opens_no_way_into_the_powers_elsewhere(
    session: Session, world: World
) -> None:
    """A head of one office gives the province's administrator a role there, and wants his factor off."""
    directory.grant(
        session, world.administrator.staff, Role.COURIER, w.OFFICE, by=world.administrator
    )
    for login in ("head", "second_head"):
        head = directory.hire(session, login=login, name=login, by=world.administrator)
        directory.grant(session, head.staff, Role.ADMINISTRATOR, w.OFFICE, by=world.administrator)
    one, other = (
        directory.actor(session, StaffId(staff), w.OFFICE)
        for staff in session.scalars(
            select(StaffRow.id).where(StaffRow.login.contains("head"))
        ).all()
    )
    switched_on(session, world, world.administrator)
    for by in (one, world.manager):
        with pytest.raises(StandsHigher):
            factor_resets.ask(session, "administrator", why=WHY, by=by, at=MORNING)
    above = directory.hire(session, login="above", name="above", by=world.administrator)
    directory.grant(session, above.staff, Role.MANAGER, w.PROVINCE, by=world.administrator)
    asked_for = factor_resets.ask(
        session, "administrator", why=WHY, by=directory.actor(session, above.staff), at=MORNING
    )

    with pytest.raises(StandsHigher):
        granted(session, asked_for.id, other)

    assert second_factor.is_on(session, world.administrator)
    assert factor_resets.of_person(session, world.administrator) == [asked_for]


def test_one_who_is_dismissed_or_switched_it_off_meanwhile(session: Session, world: World) -> None:
    reset = asked(session, world)
    session.execute(
        update(StaffRow).where(StaffRow.id == world.counter.staff).values(totp_secret=None)
    )
    session.expire_all()
    with pytest.raises(SecondFactorIsOff):
        granted(session, reset.id, world.administrator)
    session.execute(update(StaffRow).where(StaffRow.id == world.counter.staff).values(active=False))

    with pytest.raises(UnknownStaff):
        factor_resets.ask(session, "counter", why=WHY, by=world.manager, at=MORNING)


def test_the_requests_of_another_office_are_not_shown(session: Session, world: World) -> None:
    switched_on(session, world, world.far_counter)
    factor_resets.ask(session, "far_counter", why=WHY, by=world.administrator, at=MORNING)

    assert factor_resets.listed(session, by=world.manager) == ([], "")
    assert len(factor_resets.listed(session, by=world.administrator)[0]) == 1


def test_a_long_list_goes_on_and_no_reset_is_lost_or_told_twice(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factor_resets, "LISTED", 2)
    people = ("counter", "second_counter", "courier")
    made = [asked(session, world, login) for login in people]
    granted(session, made[0].id, world.administrator)  # a second step of the oldest

    first, following = factor_resets.listed(session, by=world.auditor)
    rest, end = factor_resets.listed(session, by=world.auditor, after=following)

    assert [each.id for each in (*first, *rest)] == [each.id for each in reversed(made)]
    assert [each.waits for each in (*first, *rest)] == [True, True, False]
    assert end == ""
    assert factor_resets.listed(session, by=world.auditor, after="nobody")[1] in {"", following}
