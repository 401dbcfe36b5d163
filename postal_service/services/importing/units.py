"""Units and post offices from a file. A unit is known by its code; parents and successors stand before those that name them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from postal_service.domain.actors import SHARED, Actor, OverAllNeeded, Role, RoleNeeded
from postal_service.domain.ids import UnitCode
from postal_service.domain.units import SuccessionKind, former_code
from postal_service.domain.wording_dates import short_date
from postal_service.services import calendars, directory, places
from postal_service.services.directory import NewUnit
from postal_service.services.importing import gazetteer
from postal_service.services.importing.cells import RowCells
from postal_service.services.importing.columns import Column, Columns
from postal_service.services.importing.gazetteer import Gazetteer, Stretch
from postal_service.services.importing.subject import Mode, Numbered, Outcome, Verdict, judged
from postal_service.services.places import Place
from postal_service.storage.schema import UnitRow

_CODE = Column(key="code", required=True, names=("Mã đơn vị", "Mã", "Mã bưu cục", "Mã bưu chính", "Unit code", "Office code"))  # fmt: skip
_NAME = Column(key="name", required=True, names=("Tên đơn vị", "Tên", "Tên bưu cục", "Unit name", "Office name"))  # fmt: skip
_BEGINS = Column(key="valid_from", required=True, names=("Từ ngày", "Ngày hiệu lực", "Ngày thành lập", "Ngày bắt đầu", "Valid from", "Since"))  # fmt: skip
_PLACE = (
    Column(key="valid_to", names=("Đến ngày", "Ngày kết thúc", "Ngày hết hiệu lực", "Valid to", "Until")),
    Column(key="address", names=("Địa chỉ", "Address")),
    Column(key="lat", names=("Vĩ độ", "Latitude")),
    Column(key="lon", names=("Kinh độ", "Longitude", "Lng")),
    Column(key="calendar", names=("Lịch làm việc", "Lịch", "Calendar")),
    Column(key="terrain", names=("Địa hình", "Terrain")),
    Column(key="_number", ignored=True, names=("STT", "TT", "No")),
)  # fmt: skip

KINDS = {
    **dict.fromkeys(("tinh", "thanh pho truc thuoc trung uong", "province"), "province"),
    **dict.fromkeys(("huyen", "quan", "thi xa", "thanh pho", "district"), "district"),
    **dict.fromkeys(("xa", "phuong", "thi tran", "dac khu", "commune"), "commune"),
    **dict.fromkeys(("co quan", "so", "ubnd", "agency"), "agency"),
    **dict.fromkeys(("mot cua", "bo phan mot cua", "trung tam phuc vu hanh chinh cong", "desk"), "desk"),
    **dict.fromkeys(("buu cuc", "diem buu dien van hoa xa", "post_office", "post office"), "post_office"),
    **dict.fromkeys(("trung tam khai thac", "khai thac", "hub"), "hub"),
    **dict.fromkeys(("buu dien", "doanh nghiep buu chinh", "operator"), "operator"),
}  # fmt: skip
LEVELS = {
    **dict.fromkeys(("tinh", "cap tinh", "province"), "province"),
    **dict.fromkeys(("huyen", "cap huyen", "district"), "district"),
    **dict.fromkeys(("xa", "cap xa", "commune"), "commune"),
}
CALENDARS = {
    **dict.fromkeys(("co quan", "hanh chinh", "agency"), calendars.AGENCY),
    **dict.fromkeys(("buu chinh", "buu dien", "post"), calendars.POST),
}
TERRAINS = {
    **dict.fromkeys(("do thi", "thanh thi", "town"), "town"),
    **dict.fromkeys(("dong bang", "delta"), "delta"),
    **dict.fromkeys(("mien nui", "nui", "mountain"), "mountain"),
    **dict.fromkeys(("hai dao", "dao", "island"), "island"),
}
SUCCESSIONS = {
    **dict.fromkeys(("sap nhap", "hop nhat", "merged"), SuccessionKind.MERGED),
    **dict.fromkeys(("chia tach", "tach", "split"), SuccessionKind.SPLIT),
    **dict.fromkeys(("doi ten", "renamed"), SuccessionKind.RENAMED),
}
_POSTAL = frozenset({places.POST_OFFICE, "hub", "operator"})
_REFERS = ("parent", "serves")


@dataclass(frozen=True, kw_only=True)
class UnitRecord:
    """What a row tells of a unit: only the columns that are filled in, by field of NewUnit."""

    code: UnitCode
    told: dict[str, object]
    successors: tuple[UnitCode, ...]
    succession: SuccessionKind
    followed_already: bool


class Units:
    """One pass over a file of units."""

    columns = Columns(
        (
            _CODE, _NAME,
            Column(key="kind", required=True, names=("Loại", "Loại đơn vị", "Kind", "Type")),
            _BEGINS, *_PLACE,
            Column(key="level", names=("Cấp", "Cấp hành chính", "Level")),
            Column(key="parent", names=("Mã đơn vị cấp trên", "Đơn vị cấp trên", "Mã cấp trên", "Parent code", "Parent")),
            Column(key="serves", names=("Phục vụ", "Mã đơn vị phục vụ", "Serves")),
            Column(key="agency_id", names=("Mã định danh", "Mã định danh cơ quan", "Agency ID")),
            Column(key="successor", names=("Đơn vị kế tiếp", "Mã đơn vị kế tiếp", "Đơn vị mới", "Successor")),
            Column(key="succession", names=("Hình thức kế tiếp", "Hình thức", "Succession")),
        )
    )  # fmt: skip

    def __init__(self, session: Session, by: Actor) -> None:
        self._by = by
        self._book: Gazetteer = gazetteer.load(session)

    def read(self, cells: RowCells) -> UnitRecord | None:
        told = self._told(cells)
        code = self._code(cells, told)
        if "/" in code:
            cells.refuse("code", "import.bad_unit_code")
        self._check_references(cells, code, told)
        begins, ends = told.get("valid_from"), told.get("valid_to")
        if isinstance(begins, date) and isinstance(ends, date) and ends < begins:
            cells.refuse("valid_to", "unit.dates_crossed", unit=code)
        successors = self._successors(cells, code, ends)
        self._refuse_unless_his(cells, code, told, successors)
        if cells.refused or not code:
            return None
        self._remember(code, told)
        followed = {new for _, new in self._book.successions(code)}
        return UnitRecord(
            code=code,
            told=told,
            successors=successors,
            succession=cells.choice("succession", SUCCESSIONS) or SuccessionKind.MERGED,
            followed_already=followed.issuperset(successors),
        )

    def key(self, record: UnitRecord) -> str:
        return record.code

    def judge(
        self, session: Session, batch: Sequence[Numbered[UnitRecord]], mode: Mode
    ) -> list[Verdict]:
        return [_judge(session.get(UnitRow, each.record.code), each.record, mode) for each in batch]

    def save(self, session: Session, batch: Sequence[tuple[UnitRecord, Outcome]]) -> None:
        for record, _ in batch:
            stored = session.get(UnitRow, record.code)
            before = {name: getattr(stored, name) for name in _FIELDS} if stored else {}
            unit = NewUnit(code=record.code, **(_DEFAULTS | before | record.told))  # type: ignore[arg-type]  # each was read as what it is
            directory.put_unit(session, unit, by=self._by)
            for new in record.successors:
                directory.succeed(
                    session, record.code, new,
                    on=_day_after(unit.valid_to or unit.valid_from), kind=record.succession, by=self._by,
                )  # fmt: skip

    def finish(self, session: Session) -> None:
        pass

    def _told(self, cells: RowCells) -> dict[str, object]:
        kind = cells.choice("kind", KINDS) or ""
        told: dict[str, object] = {
            "name": cells.text("name", longest=200),
            "kind": kind,
            "level": cells.choice("level", LEVELS),
            "parent": cells.text("parent", longest=40, digits=5) or None,
            "serves": cells.text("serves", longest=40, digits=5) or None,
            "agency_id": cells.text("agency_id", longest=20) or None,
            **_place_told(cells),
        }
        if told["level"] is None and kind in {"province", "district"}:
            told["level"] = kind
        if told["calendar"] is None and kind in _POSTAL:
            told["calendar"] = calendars.POST
        return {name: value for name, value in told.items() if value not in {None, ""}}

    def _code(self, cells: RowCells, told: dict[str, object]) -> UnitCode:
        """The code as written; of a former unit whose code another one bears by now, one of its own."""
        code = UnitCode(cells.text("code", longest=40, digits=5))
        known = self._book.units.get(code)
        begins, ends = told.get("valid_from"), told.get("valid_to")
        if known is None or not isinstance(begins, date):
            return code
        if isinstance(ends, date) and ends < known.begins:
            return former_code(code, ends)
        if known.ends is not None and known.ends < begins and known.place.name != told.get("name"):
            cells.refuse(
                "code", "import.code_of_a_former_unit",
                unit=code, name=known.place.name, day=short_date(known.ends),
            )  # fmt: skip
        return code

    def _check_references(self, cells: RowCells, code: UnitCode, told: dict[str, object]) -> None:
        for key in _REFERS:
            named = UnitCode(str(told.get(key, "")))
            if named and named not in self._book.units:
                cells.refuse(key, "import.unit_not_yet_known", unit=named)
        above, steps = UnitCode(str(told.get("parent", ""))), 0
        while above and above in self._book.units and steps < 20:
            if above == code:
                cells.refuse("parent", "unit.circle", unit=code)
                return
            above, steps = self._book.units[above].parent or UnitCode(""), steps + 1

    def _successors(self, cells: RowCells, code: UnitCode, ends: object) -> tuple[UnitCode, ...]:
        written = cells.text("successor", longest=400, digits=5)
        named = tuple(UnitCode(part.strip()) for part in written.split(";") if part.strip())
        for new in named:
            if new == code:
                cells.refuse("successor", "unit.circle", unit=code)
            elif new not in self._book.units:
                cells.refuse("successor", "import.unit_not_yet_known", unit=new)
        if named and ends is None:
            cells.refuse("successor", "import.successor_without_end")
        return named

    def _refuse_unless_his(
        self,
        cells: RowCells,
        code: UnitCode,
        told: dict[str, object],
        successors: Sequence[UnitCode],
    ) -> None:
        """As the directory refuses it when it is saved: said here by cell, before anything is."""
        units = self._book.units
        known = units.get(code)
        before = known.parent if known else None
        parent = UnitCode(str(told["parent"])) if "parent" in told else before
        named: list[tuple[str, UnitCode]] = [("code", code)] if known else []
        if parent and parent != before:
            named.append(("parent", parent))
        kind, serves = told.get("kind"), UnitCode(str(told.get("serves", "")))
        served = (known.place.kind, known.place.serves) if known else None
        if kind != places.POST_OFFICE and (kind, serves) != served:
            named.append(("serves", serves))
        for key, unit in (*named, *(("successor", each) for each in successors)):
            stands = units.get(unit)
            if stands and not self._by.administers(stands.place.path):
                cells.refuse(key, RoleNeeded.code, roles=Role.ADMINISTRATOR.value, unit=unit)
        if known is None and parent is None and not self._by.administers(SHARED):
            cells.refuse("code", OverAllNeeded.code)

    def _remember(self, code: UnitCode, told: dict[str, object]) -> None:
        known = self._book.units.get(code)
        before = known.parent if known else None  # an empty cell leaves what is stored
        parent = UnitCode(str(told["parent"])) if "parent" in told else before
        above = self._book.units[parent].place.path if parent else "/"
        place = Place(
            code=code, name=str(told["name"]), kind=str(told["kind"]), path=f"{above}{code}/",
            serves=UnitCode(str(told["serves"])) if "serves" in told else None,
            calendar=str(told.get("calendar", "")), terrain="", agency_id=None,
        )  # fmt: skip
        begins, ends = told["valid_from"], told.get("valid_to")
        assert isinstance(begins, date)
        ends = ends if isinstance(ends, date) else None
        self._book.enter(Stretch(place=place, parent=parent, begins=begins, ends=ends))


class Offices(Units):
    """One pass over a file of post offices: what they deliver in is asked, what they are is known."""

    columns = Columns(
        (
            _CODE, _NAME, _BEGINS, *_PLACE,
            Column(key="serves", required=True, names=("Mã xã phục vụ", "Xã phường phục vụ", "Mã xã", "Mã phường xã", "Phục vụ", "Commune code", "Commune", "Serves")),
            Column(key="parent", required=True, names=("Mã bưu điện cấp trên", "Bưu điện cấp trên", "Mã đơn vị cấp trên", "Đơn vị cấp trên", "Parent code", "Parent")),
        )
    )  # fmt: skip

    def _told(self, cells: RowCells) -> dict[str, object]:
        told: dict[str, object] = {
            "name": cells.text("name", longest=200),
            "kind": places.POST_OFFICE,
            "parent": cells.text("parent", longest=40, digits=5) or None,
            "serves": cells.text("serves", longest=40, digits=5) or None,
            **_place_told(cells),
        }
        told["calendar"] = told["calendar"] or calendars.POST
        return {name: value for name, value in told.items() if value not in {None, ""}}


_DEFAULTS: dict[str, object] = {"level": "commune", "parent": None}
_FIELDS = (
    *("name", "kind", "level", "parent", "valid_from", "valid_to", "lat", "lon", "address"),
    *("serves", "calendar", "terrain", "agency_id"),
)
_TITLES = {column.key: column.title for column in Units.columns.all}


def _day_after(last: date) -> date:
    """When a unit's successor begins."""
    return last + timedelta(days=1)


def _place_told(cells: RowCells) -> dict[str, object]:
    lat, lon = cells.decimal("lat", least=6, most=24), cells.decimal("lon", least=101, most=118)
    if cells.given("lat") != cells.given("lon"):
        cells.refuse("lat", "import.half_a_position")
    return {
        "valid_from": cells.day("valid_from"),
        "valid_to": cells.day("valid_to"),
        "address": cells.text("address", longest=300),
        "lat": lat,
        "lon": lon,
        "calendar": cells.choice("calendar", CALENDARS),
        "terrain": cells.choice("terrain", TERRAINS),
    }


def _judge(stored: UnitRow | None, record: UnitRecord, mode: Mode) -> Verdict:
    if stored is None:
        return judged(mode, exists=False)
    differing = [
        _TITLES[name] for name, value in record.told.items() if getattr(stored, name) != value
    ]
    if not record.followed_already:
        differing.append(_TITLES["successor"])
    return judged(mode, exists=True, differing=differing)
