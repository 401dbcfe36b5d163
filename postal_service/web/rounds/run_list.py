"""From a round that is out to the courier's run list. Papers are Vietnamese, whatever the screen speaks."""

from typing import Final

from postal_service.domain.persons import PersonRole
from postal_service.domain.wording_dates import told_date
from postal_service.printing.run_list import RunList, RunStop, RunTour, TakenBack, ToTake
from postal_service.printing.signed_head import SignedHead
from postal_service.services import run_lists
from postal_service.services.orders import Kind
from postal_service.services.run_lists import Called
from postal_service.web.labels import vietnamese
from postal_service.web.papers import OPERATOR

# Who is rung for, and where he lives: the most likely first.
RUNG_FOR: Final = {
    Kind.DELIVER.value: (PersonRole.RECEIVER, PersonRole.OWNER, PersonRole.SUBMITTER),
    Kind.COLLECT.value: (PersonRole.SUBMITTER, PersonRole.OWNER),
}
WHAT_IS_DONE: Final = {
    Kind.COLLECT.value: "Thu gom hồ sơ",
    Kind.BRING.value: "Giao hồ sơ vừa thu gom",
}
ERASED: Final = "Dữ liệu cá nhân đã xóa"


def paper_of(found: run_lists.RunList, head: SignedHead | None) -> RunList:
    """The round on paper, tour by tour; `head` is the ledger's at this moment."""
    return RunList(
        number=f"{found.office}-{found.day:%y%m%d}-{found.letter}-{found.version}",
        operator_name=OPERATOR,
        office_name=found.office_name,
        place=found.office_name,
        round_name=found.letter,
        courier_name=found.courier_name,
        departs_at=found.starts_at,
        returns_at=found.ends_at,
        distance_m=found.metres,
        tours=tuple(
            RunTour(
                departs_at=tour.leaves_at,
                returns_at=tour.returns_at,
                stops=tuple(_stop(each) for each in found.calls if each.stop.tour == tour.number),
            )
            for tour in found.tours
        ),
        head=head,
    )


def _stop(called: Called) -> RunStop:
    stop = called.stop
    name, address, phone = _whom(called)
    window = (stop.opens_at, stop.closes_at) if stop.opens_at and stop.closes_at else None
    return RunStop(
        order=stop.position,
        planned_at=stop.starts_at,
        window=window if stop.kind == Kind.COLLECT.value else None,
        name=name,
        address=address,
        phone=phone,
        items=called.items,
        to_take=tuple(
            ToTake(name=vietnamese(each.charge.line), amount_dong=each.charge.amount_dong)
            for each in called.owed
        ),
        taken_back=tuple(
            TakenBack(papers=each.papers, envelope=each.envelope) for each in called.taken_back
        ),
        remark=_remark(called),
    )


def _whom(called: Called) -> tuple[str, str, str]:
    """Name, address and telephone: of a desk, or of whoever is rung for at a home."""
    stop = called.stop
    if stop.home is None:
        return stop.name, stop.address if stop.address != stop.name else "", ""
    here = [called.people[role] for role in RUNG_FOR[stop.kind] if role in called.people]
    if not here:
        return stop.dossier_code, ERASED, ""
    address = next((who.address.in_full(called.communes) for who in here if who.address), "")
    return here[0].name, address, next((who.phone for who in here if who.phone), "")


def _remark(called: Called) -> str:
    """What is done there, where nothing from the office is handed over; what was agreed; who else may receive it."""
    if called.stop.kind in WHAT_IS_DONE:
        return WHAT_IS_DONE[called.stop.kind]
    remarks = [f"Hẹn phát ngày {told_date(called.agreed_for)}"] if called.agreed_for else []
    delegate = called.people.get(PersonRole.DELEGATE)
    if delegate:
        remarks.append(f"Người được ủy quyền: {delegate.name}")
    return ". ".join(remarks)
