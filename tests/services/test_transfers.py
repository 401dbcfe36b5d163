"""One code for one charge that is due, into the account of whoever the line belongs to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain import vietqr
from postal_service.domain.actors import RoleNeeded
from postal_service.domain.bank_accounts import BankAccount, NoAccount, NotByTransfer
from postal_service.domain.ids import DossierId
from postal_service.domain.money import Line, Means
from postal_service.services import charges, dossiers, transfers
from postal_service.services.charges import ChargeId, Due, UnknownCharge
from postal_service.services.dossiers import UnknownDossier
from postal_service.services.transfers import NothingToTransfer
from tests.services import world as w
from tests.services.registrations import register, registration
from tests.services.world import World

FEE_ACCOUNT = BankAccount(
    unit=w.AGENCY, line=Line.STATE_FEE, bank_bin="970415", number="111", holder="UBND Tam Kỳ"
)
POSTAGE_ACCOUNT = BankAccount(
    unit=w.OPERATOR, line=Line.POSTAGE, bank_bin="970436", number="222", holder="Bưu điện"
)
ACCOUNTS = (FEE_ACCOUNT, POSTAGE_ACCOUNT)
LATER = w.MORNING + timedelta(hours=1)


def owing(session: Session, world: World, *dues: Due) -> tuple[DossierId, list[ChargeId]]:
    received = register(session, world, registration(session, dues=dues))
    return received.dossier, [each.id for each in charges.accounts(session, received.dossier)]


FEE = Due(line=Line.STATE_FEE, amount_dong=8_000)
POSTAGE = Due(line=Line.POSTAGE, amount_dong=26_000)


def test_each_line_has_a_code_of_its_own_into_its_own_account(
    session: Session, world: World
) -> None:
    dossier, (fee, postage) = owing(session, world, FEE, POSTAGE)
    code = dossiers.load(session, dossier).code

    told = [
        vietqr.read(transfers.asked(session, dossier, charge, ACCOUNTS, by=world.counter).payload)
        for charge in (fee, postage)
    ]

    assert [(each.bank_bin, each.account, each.amount_dong) for each in told] == [
        ("970415", "111", 8_000),
        ("970436", "222", 26_000),
    ]
    assert [each.name for each in told] == ["UBND Tam Ky", "Buu dien"]
    assert [each.purpose for each in told] == [f"LP {code}", f"CP {code}"]


def test_without_an_account_there_is_no_code(session: Session, world: World) -> None:
    dossier, (fee, postage) = owing(session, world, FEE, POSTAGE)
    found = dossiers.load(session, dossier)
    due = charges.accounts(session, dossier)

    with pytest.raises(NoAccount):
        transfers.asked(session, dossier, fee, [POSTAGE_ACCOUNT], by=world.counter)
    assert transfers.payable(session, found, due, [POSTAGE_ACCOUNT]) == {postage}
    assert transfers.payable(session, found, due, []) == frozenset()
    assert transfers.payable(session, found, due, ACCOUNTS) == {fee, postage}


def test_a_foreign_agencys_account_is_not_used(session: Session, world: World) -> None:
    dossier, (fee,) = owing(session, world, FEE)
    foreign = replace(FEE_ACCOUNT, unit=w.FAR_AGENCY)

    with pytest.raises(NoAccount):
        transfers.asked(session, dossier, fee, [foreign], by=world.counter)


def test_what_is_paid_waived_or_nothing_asks_for_no_transfer(
    session: Session, world: World
) -> None:
    waived = replace(FEE, exempt="Hộ nghèo")
    dossier, (fee, postage) = owing(session, world, waived, POSTAGE)
    charges.pay(session, postage, Means.CASH, reference="", by=world.counter, at=LATER)
    nothing = Due(line=Line.POSTAGE, amount_dong=0)
    free = charges.open_due(session, dossier, nothing, by=world.counter, at=LATER)

    for charge in (fee, postage, free):
        with pytest.raises(NothingToTransfer):
            transfers.asked(session, dossier, charge, ACCOUNTS, by=world.counter)
    found, due = dossiers.load(session, dossier), charges.accounts(session, dossier)
    assert transfers.payable(session, found, due, ACCOUNTS) == frozenset()


def test_what_is_collected_for_others_has_no_code(session: Session, world: World) -> None:
    dossier, _ = owing(session, world, FEE)
    for_others = Due(line=Line.COLLECTED_FOR_OTHERS, amount_dong=50_000)
    charge = charges.open_due(session, dossier, for_others, by=world.counter, at=LATER)

    with pytest.raises(NotByTransfer):
        transfers.asked(session, dossier, charge, ACCOUNTS, by=world.counter)


def test_a_charge_of_another_dossier_is_not_there(session: Session, world: World) -> None:
    dossier, _ = owing(session, world, FEE)
    _, (of_another,) = owing(session, world, FEE)

    for charge in (of_another, ChargeId("x" * 3_000), ChargeId("")):
        with pytest.raises(UnknownCharge):
            transfers.asked(session, dossier, charge, ACCOUNTS, by=world.counter)


def test_a_foreign_counter_is_answered_as_if_there_were_nothing(
    session: Session, world: World
) -> None:
    dossier, (fee,) = owing(session, world, FEE)

    with pytest.raises(UnknownDossier):
        transfers.asked(session, dossier, fee, ACCOUNTS, by=world.far_counter)
    with pytest.raises(UnknownDossier):
        transfers.asked(session, DossierId("none"), fee, ACCOUNTS, by=world.counter)
    with pytest.raises(RoleNeeded):
        transfers.asked(session, dossier, fee, ACCOUNTS, by=world.auditor)


@pytest.mark.parametrize(
    ("code", "purpose"),
    [
        ("H17.132-261123-0001", "LP H17.132-261123-0001"),
        ("000.00.16.H47-221216-0001", "LP 0000016H47-221216-0001"),
    ],
)
def test_the_purpose_is_the_line_and_the_dossier(code: str, purpose: str) -> None:
    assert transfers.purpose_of(Line.STATE_FEE, code) == purpose
    assert len(purpose) <= vietqr.LONGEST_PURPOSE
