"""Staff from a file: a row for each role. Nobody can sign in before he was given a password."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from postal_service.domain import couriers
from postal_service.domain.actors import Actor, Role
from postal_service.domain.couriers import (
    HEAVIEST_BAG_GRAMS,
    MOST_CASH_DONG,
    CourierFacts,
    Permit,
    Vehicle,
)
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.phones import e164
from postal_service.domain.refusals import Refusal
from postal_service.domain.text import search_key
from postal_service.services import courier_facts, directory
from postal_service.services.importing import gazetteer
from postal_service.services.importing.cells import RowCells
from postal_service.services.importing.columns import Column, Columns
from postal_service.services.importing.subject import Mode, Numbered, Outcome, Verdict, judged
from postal_service.services.staffing import StandsHigher
from postal_service.storage.schema import RoleRow, StaffRow

ROLES = {
    **dict.fromkeys(("buu ta", "courier"), Role.COURIER),
    **dict.fromkeys(("truong buu cuc", "quan ly", "manager"), Role.MANAGER),
    **dict.fromkeys(("can bo mot cua", "mot cua", "desk_clerk", "desk clerk"), Role.DESK_CLERK),
    **dict.fromkeys(("giao dich vien", "nhan vien buu chinh", "postal_clerk", "postal clerk"), Role.POSTAL_CLERK),
    **dict.fromkeys(("co quan", "can bo co quan", "chuyen vien", "agency"), Role.AGENCY),
    **dict.fromkeys(("kiem tra", "thanh tra", "auditor"), Role.AUDITOR),
    **dict.fromkeys(("quan tri", "quan tri vien", "administrator"), Role.ADMINISTRATOR),
}  # fmt: skip

VEHICLES = {
    **dict.fromkeys(("xe may", "motorbike"), Vehicle.MOTORBIKE),
    **dict.fromkeys(("o to", "o to tai nhe", "xe tai", "van"), Vehicle.VAN),
    **dict.fromkeys(("di bo", "on_foot", "on foot"), Vehicle.ON_FOOT),
}
PERMITS = {
    **dict.fromkeys(("duong nui", "mountain road"), Permit.MOUNTAIN_ROAD),
    **dict.fromkeys(("pha", "di pha"), Permit.FERRY),
    **dict.fromkeys(("thu tien", "thu tien mat", "tien mat"), Permit.CASH),
}
OF_A_COURIER = ("vehicle", "permits", "areas", "bag", "cash_limit")


@dataclass(frozen=True, kw_only=True)
class StaffRecord:
    """A person, and one role of his."""

    login: str
    name: str
    phone: str  # E.164; "" not told
    role: Role
    unit: UnitCode
    facts: CourierFacts | None  # none: the file tells nothing of him as a courier


class Staff:
    """One pass over a file of staff."""

    columns = Columns(
        (
            Column(key="login", required=True, names=("Tên đăng nhập", "Tài khoản", "Mã nhân viên", "Login", "User name", "Username")),
            Column(key="name", required=True, personal=True, names=("Họ tên", "Họ và tên", "Tên nhân viên", "Name", "Full name")),
            Column(key="phone", personal=True, names=("Điện thoại", "Số điện thoại", "SĐT", "Phone", "Mobile")),
            Column(key="role", required=True, names=("Vai trò", "Chức vụ", "Chức danh", "Role")),
            Column(key="unit", required=True, names=("Mã đơn vị", "Đơn vị", "Bưu cục", "Mã bưu cục", "Unit", "Unit code")),
            Column(key="vehicle", names=("Phương tiện", "Vehicle")),
            Column(key="permits", names=("Quyền", "Giấy phép", "Permits")),
            Column(key="areas", names=("Địa bàn quen", "Xã quen", "Known areas")),
            Column(key="bag", names=("Sức chứa túi (kg)", "Túi (kg)", "Bag (kg)")),
            Column(key="cash_limit", names=("Hạn mức tiền mặt", "Hạn mức tiền mặt (đồng)", "Cash limit")),
            Column(key="_number", ignored=True, names=("STT", "TT", "No")),
        )
    )  # fmt: skip

    def __init__(self, session: Session, by: Actor) -> None:
        self._by = by
        self._units = gazetteer.load(session).units
        self._names: dict[str, tuple[str, int]] = {}
        self._hired: set[str] = set()  # by this file

    def read(self, cells: RowCells) -> StaffRecord | None:
        login = cells.text("login", longest=60).lower()
        if login and not all(c.isascii() and (c.isalnum() or c in ".-_@") for c in login):
            cells.refuse("login", "import.bad_login")
        name, phone = cells.text("name", longest=120), self._phone(cells)
        role, unit = cells.choice("role", ROLES), UnitCode(cells.text("unit", longest=40, digits=5))
        place = self._units.get(unit)
        if unit and place is None:
            cells.refuse("unit", "unit.not_entered", unit=unit)
        if place is not None and not self._by.may(Role.ADMINISTRATOR, path=place.place.path):
            cells.refuse("unit", "access.role_needed", roles=Role.ADMINISTRATOR.value, unit=unit)
        first = self._names.setdefault(login, (name, cells.number))
        if login and name and first[0] != name:
            cells.refuse("name", "import.two_names", login=login, first=first[1])
        facts = self._facts(cells, role)
        if cells.refused or role is None:
            return None
        return StaffRecord(login=login, name=name, phone=phone, role=role, unit=unit, facts=facts)

    def key(self, record: StaffRecord) -> str:
        return f"{record.login}\0{record.role}\0{record.unit}"

    def judge(
        self, session: Session, batch: Sequence[Numbered[StaffRecord]], mode: Mode
    ) -> list[Verdict]:
        return [_judge(session, each.record, mode, self._by) for each in batch]

    def save(self, session: Session, batch: Sequence[tuple[StaffRecord, Outcome]]) -> None:
        for record, outcome in batch:
            found = session.scalar(select(StaffRow.id).filter_by(login=record.login))
            if found is None:
                self._hired.add(record.login)
                hired = directory.hire(
                    session, login=record.login, name=record.name, phone=record.phone, by=self._by
                )
                found = hired.staff
            elif outcome is Outcome.UPDATED or record.login in self._hired:
                self._rename(session, found, record)
            directory.grant(session, StaffId(found), record.role, record.unit, by=self._by)
            if record.facts is not None:
                courier_facts.put(session, StaffId(found), record.facts, by=self._by)

    def finish(self, session: Session) -> None:
        pass

    def _facts(self, cells: RowCells, role: Role | None) -> CourierFacts | None:
        """What the row tells of a courier. An empty cell is not told; others are no couriers."""
        if not any(cells.given(key) for key in OF_A_COURIER):
            return None
        if role is not Role.COURIER:
            cells.refuse("vehicle", "import.no_courier")
            return None
        permits = self._permits(cells)
        areas = frozenset(map(UnitCode, _words(cells.text("areas", longest=2000, digits=5))))
        for area in sorted(areas - set(self._units)):
            cells.refuse("areas", "unit.not_entered", unit=area)
        kilos = cells.decimal("bag", least=0.1, most=HEAVIEST_BAG_GRAMS / 1000)
        vehicle = cells.choice("vehicle", VEHICLES) or Vehicle.MOTORBIKE
        return CourierFacts(
            vehicle=vehicle,
            permits=permits,
            areas=areas,
            bag_grams=None if kilos is None else round(kilos * 1000),
            cash_limit_dong=cells.whole("cash_limit", least=0, most=MOST_CASH_DONG),
        )

    def _permits(self, cells: RowCells) -> frozenset[Permit] | None:
        """The permits of a cell; "không" says that he has none."""
        words = [search_key(word) for word in _words(cells.text("permits", longest=200))]
        if words in (["khong"], ["none"]):
            return frozenset()
        try:
            return frozenset(PERMITS.get(each) or couriers.permit(each) for each in words) or None
        except couriers.UnknownPermit as refusal:
            cells.refuse("permits", refusal.code, **refusal.facts)
            return None

    def _rename(self, session: Session, staff: str, record: StaffRecord) -> None:
        changes = {"name": record.name, "search_name": search_key(record.name)}
        if record.phone:
            changes["phone"] = record.phone
        session.execute(update(StaffRow).where(StaffRow.id == staff).values(**changes))

    def _phone(self, cells: RowCells) -> str:
        written = cells.text("phone", longest=40, digits=10)
        try:
            return e164(written) if written else ""
        except Refusal as refusal:
            cells.refuse("phone", refusal.code, **refusal.facts)
            return ""


def _words(written: str) -> list[str]:
    return [word for each in re.split("[,;\n]", written) if (word := each.strip())]


def _judge(session: Session, record: StaffRecord, mode: Mode, by: Actor) -> Verdict:
    person = session.scalar(select(StaffRow).filter_by(login=record.login))
    if person is None:
        return judged(mode, exists=False)
    differing = []
    if person.name != record.name:
        differing.append("Họ tên")
    if record.phone and person.phone != record.phone:
        differing.append("Điện thoại")
    staff = StaffId(person.id)
    if record.facts and courier_facts.of(session, [staff])[staff] != record.facts:
        differing.append("Phương tiện")
    if session.get(RoleRow, (person.id, record.role.value, record.unit)) is not None:
        verdict = judged(mode, exists=True, differing=differing)
    else:
        # A further role is new, whoever it is for; it is no reason to write over his name.
        verdict = judged(
            mode, exists=bool(differing) or mode is Mode.UPDATE, differing=[*differing, "Vai trò"]
        )
    if differing and verdict.outcome is Outcome.UPDATED:
        given = directory.grants(session, [staff])[staff]
        if not directory.stands_over(by, given, Role.ADMINISTRATOR):
            facts = (("name", record.login),)
            return Verdict(
                outcome=Outcome.REFUSED, column="login", code=StandsHigher.code, facts=facts
            )
    return verdict
