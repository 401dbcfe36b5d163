"""An administrator gives passwords, dismisses, takes back and takes roles away, and only of those under him."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role, RoleNeeded
from postal_service.domain.ids import StaffId
from postal_service.services import access, directory, staffing
from postal_service.services.directory import UnknownStaff
from postal_service.services.staffing import (
    Decision,
    Dismissed,
    NotDismissed,
    OwnAccount,
    StandsHigher,
    Step,
)
from postal_service.storage.schema import StaffChangeRow, StaffRow, TokenRow, WebSessionRow
from tests.clock import Clock
from tests.services import world as w
from tests.services.phones import known_phone
from tests.services.world import MORNING, World

WHY = "gặp tại bưu cục"


@pytest.fixture
def head(session: Session, world: World) -> Actor:
    """An administrator of one post office and what is below it, who is the province's auditor too."""
    person = directory.hire(session, login="head", name="Trần Thị Đầu", by=world.administrator)
    directory.grant(session, person.staff, Role.ADMINISTRATOR, w.OFFICE, by=world.administrator)
    directory.grant(session, person.staff, Role.AUDITOR, w.PROVINCE, by=world.administrator)
    return directory.actor(session, person.staff, w.OFFICE)


def decided(by: Actor) -> Decision:
    return Decision(why=WHY, by=by, at=MORNING)


def give(session: Session, staff: StaffId, by: Actor) -> str:
    return staffing.give_password(session, staff, decided(by))


def rows(session: Session) -> list[tuple[str, str, str, str]]:
    found = session.scalars(select(StaffChangeRow).order_by(StaffChangeRow.id))
    return [(row.staff, row.step, row.about, row.by) for row in found]


def test_somebody_imported_signs_in_with_a_given_password_and_has_to_change_it(
    session: Session, world: World
) -> None:
    given = give(session, world.counter.staff, world.administrator)
    token = access.sign_in(session, world.vault, "counter", given, at=MORNING)
    assert access.actor_of(session, token, at=MORNING).password_is_given
    with pytest.raises(access.PasswordNotChanged):
        access.change_own_password(session, old=given, new=given, by=world.counter)
    access.change_own_password(session, old=given, new="chuyến thư buổi chiều", by=world.counter)
    fresh = access.sign_in(session, world.vault, "counter", "chuyến thư buổi chiều", at=MORNING)
    assert not access.actor_of(session, fresh, at=MORNING).password_is_given
    assert rows(session) == [
        (world.counter.staff, Step.GIVEN, "", world.administrator.staff),
    ]


def test_no_two_given_passwords_are_alike_and_sessions_end(session: Session, world: World) -> None:
    access.open_session(session, world.counter.staff, at=MORNING)
    given = {give(session, world.counter.staff, world.administrator) for _ in range(3)}
    assert len(given) == 3
    assert session.scalar(select(func.count()).select_from(WebSessionRow)) == 0


def test_a_password_is_found_even_where_the_login_is_one_letter(
    session: Session, world: World
) -> None:
    short = directory.hire(session, login="a", name="Nguyễn A", by=world.administrator)
    directory.grant(session, short.staff, Role.COURIER, w.OFFICE, by=world.administrator)
    assert "a" not in give(session, short.staff, world.administrator)


def test_who_is_dismissed_is_out_at_once_everywhere_and_can_be_taken_back(
    session: Session, world: World, clock: Clock
) -> None:
    staff = world.courier.staff
    phone = known_phone(session, world.courier, clock)
    session.add(
        TokenRow(
            token_hash=b"t", device=phone.device, staff=staff,
            unit=world.courier.unit, expires_at=MORNING + timedelta(minutes=15),
        )
    )  # fmt: skip
    token = access.open_session(session, staff, at=MORNING)
    decision = decided(world.administrator)
    staffing.dismiss(session, staff, decision)
    with pytest.raises(access.NotSignedIn):
        access.actor_of(session, token, at=MORNING)
    assert session.scalar(select(func.count()).select_from(TokenRow)) == 0
    with pytest.raises(Dismissed):
        staffing.dismiss(session, staff, decision)
    with pytest.raises(Dismissed):
        staffing.give_password(session, staff, decision)
    staffing.take_back(session, staff, decision)
    with pytest.raises(NotDismissed):
        staffing.take_back(session, staff, decision)
    row = session.get_one(StaffRow, staff)
    assert (row.active, row.password_hash) == (True, "")
    assert [step for _, step, _, _ in rows(session)] == [Step.DISMISSED, Step.TAKEN_BACK]


def test_a_role_is_taken_away_and_told(session: Session, world: World) -> None:
    decision = decided(world.administrator)
    staff = world.counter.staff
    staffing.take_role(session, staff, Role.POSTAL_CLERK, w.OFFICE, decision)
    with pytest.raises(UnknownStaff):
        directory.actor(session, staff)
    assert rows(session) == [
        (staff, Step.ROLE_TAKEN, f"postal_clerk {w.OFFICE}", world.administrator.staff)
    ]
    with pytest.raises(UnknownStaff):  # whoever has no role is under nobody
        staffing.take_role(session, staff, Role.POSTAL_CLERK, w.OFFICE, decision)


@pytest.mark.parametrize(
    ("who", "by", "refusal"),
    [
        ("counter", lambda world, _: world.manager, RoleNeeded),
        ("counter", lambda world, _: world.auditor, RoleNeeded),
        ("administrator", lambda world, _: world.administrator, OwnAccount),
        ("far_counter", lambda _, head: head, UnknownStaff),
        ("administrator", lambda _, head: head, UnknownStaff),
    ],
)
def test_who_may_not_changes_nothing(
    session: Session,
    world: World,
    head: Actor,
    who: str,
    by: Callable[[World, Actor], Actor],
    refusal: type[Exception],
) -> None:
    staff, decision = getattr(world, who).staff, decided(by(world, head))
    with pytest.raises(refusal):
        staffing.give_password(session, staff, decision)
    with pytest.raises(refusal):
        staffing.dismiss(session, staff, decision)
    with pytest.raises(refusal):
        staffing.take_back(session, staff, decision)
    assert rows(session) == []


def test_an_administrator_lends_himself_no_power_that_he_was_not_given(
    session: Session, world: World, head: Actor
) -> None:
    directory.grant(session, world.counter.staff, Role.AUDITOR, w.PROVINCE, by=world.administrator)
    with pytest.raises(StandsHigher):
        give(session, world.counter.staff, head)
    give(session, world.second_counter.staff, head)


def test_the_list_is_of_those_under_him_and_found_without_accents(
    session: Session, world: World, head: Actor
) -> None:
    all_of_them, following = staffing.listed(session, by=world.administrator)
    assert following == ""
    assert {"administrator", "counter", "far_counter"} <= {each.login for each in all_of_them}
    own = {each.login: each for each in staffing.listed(session, by=head)[0]}
    assert {"counter", "head"} <= own.keys()
    assert not {"far_counter", "administrator"} & own.keys()
    assert own["counter"].may_change
    assert not own["head"].may_change
    assert [e.login for e in staffing.listed(session, by=head, named="tran thi dau")[0]] == ["head"]
    assert [e.login for e in staffing.listed(session, by=head, named="HEAD")[0]] == ["head"]
    assert staffing.listed(session, by=head, named="%")[0] == []
    after, _ = staffing.listed(session, by=world.administrator, after="counter")
    assert min(each.login for each in after) > "counter"
    with pytest.raises(RoleNeeded):
        staffing.listed(session, by=world.manager)


def test_nobody_known_is_refused(session: Session, world: World) -> None:
    with pytest.raises(UnknownStaff):
        give(session, StaffId("s-nobody"), world.administrator)
