"""A transfer that arrives later settles the charge that its purpose names, once, and only to the dong."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.actors import RoleNeeded
from postal_service.domain.money import Line, Means, PaymentState
from postal_service.services import cash, charges, late_transfers
from postal_service.services.charges import Account, BadReference, Due
from postal_service.services.dossiers import UnknownDossier
from postal_service.services.late_transfers import AmountDiffers, BadPurpose, NothingDue
from postal_service.services.reception import Received
from postal_service.services.transfers import purpose_of
from tests.services import world as w
from tests.services.registrations import register, registration
from tests.services.world import World

LATER = w.MORNING + timedelta(days=2)


@pytest.fixture
def owing(session: Session, world: World) -> Received:
    """A dossier that owes a fee of 8,000 and a postage of 26,000."""
    dues = (
        Due(line=Line.STATE_FEE, amount_dong=8_000),
        Due(line=Line.POSTAGE, amount_dong=26_000),
    )
    return register(session, world, registration(session, dues=dues))


def arrived(
    session: Session, world: World, purpose: str, dong: int = 8_000, who: str = "counter"
) -> Account:
    return late_transfers.take_up(
        session, purpose, dong, reference="FT26325", by=getattr(world, who), at=LATER
    )  # fmt: skip


def states(session: Session, of: Received) -> dict[Line, PaymentState]:
    return {each.charge.line: each.charge.state for each in charges.accounts(session, of.dossier)}


@pytest.mark.parametrize("who", ["counter", "desk_clerk", "manager"])
def test_a_transfer_pays_the_line_that_its_purpose_names(
    session: Session, world: World, owing: Received, who: str
) -> None:
    paid = arrived(session, world, purpose_of(Line.STATE_FEE, owing.code), who=who)

    assert (paid.charge.means, paid.reference) == (Means.TRANSFER_CODE, "FT26325")
    assert states(session, owing) == {
        Line.STATE_FEE: PaymentState.PAID,
        Line.POSTAGE: PaymentState.DUE,
    }
    assert cash.of(session, getattr(world, who).staff).charges == ()


def test_a_purpose_is_read_in_whatever_the_bank_made_of_it(
    session: Session, world: World, owing: Received
) -> None:
    dotless = owing.code.replace(".", "")

    for written in (
        f"MBVCB.8812.LP {owing.code}.CT tu 0071 NGUYEN THI LAN",
        f"lp {owing.code.lower()}",
        f"LP {dotless}",
        f"LP{dotless} FT26325",
    ):
        line, dossier = late_transfers.find(session, written, by=world.counter)
        assert (line, dossier.id) == (Line.STATE_FEE, owing.dossier), written


@pytest.mark.parametrize(
    "purpose",
    [
        "",
        "chuyen tien",
        "LP",
        "XX H17.132-261123-0001",
        "LP H17.132-2611-0001",
        "x" * 5000,
        "LP \0",
    ],
)
def test_a_purpose_that_names_nothing_is_refused(
    session: Session, world: World, owing: Received, purpose: str
) -> None:
    with pytest.raises(BadPurpose):
        arrived(session, world, purpose)


def test_an_amount_that_differs_settles_nothing(
    session: Session, world: World, owing: Received
) -> None:
    for dong in (7_999, 8_001, 34_000, 26_000):
        with pytest.raises(AmountDiffers):
            arrived(session, world, purpose_of(Line.STATE_FEE, owing.code), dong)
    assert set(states(session, owing).values()) == {PaymentState.DUE}


def test_one_transfer_is_entered_once(session: Session, world: World, owing: Received) -> None:
    purpose = purpose_of(Line.POSTAGE, owing.code)
    arrived(session, world, purpose, 26_000)

    with pytest.raises(NothingDue):
        arrived(session, world, purpose, 26_000)
    with pytest.raises(NothingDue):  # nothing is collected for others here
        arrived(session, world, purpose_of(Line.COLLECTED_FOR_OTHERS, owing.code), 1)


def test_a_foreign_dossier_answers_as_one_that_is_not_there(
    session: Session, world: World, owing: Received
) -> None:
    mine, nobodys = purpose_of(Line.STATE_FEE, owing.code), "LP H17.132-261123-9999"
    for purpose, who in ((mine, "far_counter"), (nobodys, "counter")):
        with pytest.raises(UnknownDossier):
            arrived(session, world, purpose, who=who)


@pytest.mark.parametrize("who", ["courier", "officer", "auditor", "administrator"])
def test_only_who_sees_the_account_enters_transfers(
    session: Session, world: World, owing: Received, who: str
) -> None:
    with pytest.raises(RoleNeeded):
        arrived(session, world, purpose_of(Line.STATE_FEE, owing.code), who=who)


@pytest.mark.parametrize("reference", ["", "   ", "x" * 121])
def test_a_transfer_has_the_banks_number(
    session: Session, world: World, owing: Received, reference: str
) -> None:
    with pytest.raises(BadReference):
        late_transfers.take_up(
            session, purpose_of(Line.STATE_FEE, owing.code), 8_000, reference=reference,
            by=world.counter, at=LATER,
        )  # fmt: skip
