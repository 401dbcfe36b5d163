"""One row of a one-stop system's export, read as a dossier of its own day.

Procedure and agency are those in force on the day of reception. The due date is the one the old
system promised; only where it has none is it computed. Papers are not in such exports, so none are made up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import administrative as rules
from postal_service.domain import dossier_code, procedures
from postal_service.domain.administrative import Step, StepKind
from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.dossier_code import DossierCode
from postal_service.domain.ids import UnitCode
from postal_service.domain.persons import Address, Person, PersonRole, read_address, read_person
from postal_service.domain.procedures import NoVersion, ProcedureVersion, check_code
from postal_service.domain.refusals import Refusal
from postal_service.domain.standing import Administrative, Channel
from postal_service.domain.wording_dates import local
from postal_service.services import calendars
from postal_service.services import procedures as catalogue
from postal_service.services.importing import gazetteer
from postal_service.services.importing.cells import RowCells
from postal_service.services.importing.columns import Column, Columns
from postal_service.services.importing.gazetteer import Gazetteer
from postal_service.services.places import Place
from postal_service.services.procedures import UnknownProcedure, VersionId
from postal_service.storage.schema import ProcedureRow

# An appointment without an hour falls at the end of the day.
END_OF_DAY = time(17)

COLUMNS = Columns(
    (
        Column(key="code", required=True, names=("Mã hồ sơ", "Số hồ sơ", "Mã số hồ sơ", "Số biên nhận", "Dossier code", "Dossier", "File code")),
        Column(key="procedure", required=True, names=("Mã TTHC", "Mã thủ tục", "Mã thủ tục hành chính", "Procedure code", "Procedure")),
        Column(key="submitter", required=True, personal=True, names=("Tên người nộp", "Người nộp", "Người nộp hồ sơ", "Họ tên người nộp", "Họ và tên người nộp", "Họ và tên", "Submitter", "Submitter name", "Applicant", "Applicant name", "Full name")),
        Column(key="received_at", required=True, names=("Ngày tiếp nhận", "Ngày nhận", "Thời gian tiếp nhận", "Ngày giờ tiếp nhận", "Received at", "Received on", "Received", "Date received")),
        Column(key="due_at", names=("Ngày hẹn trả", "Ngày hẹn", "Hạn trả", "Hạn xử lý", "Hạn giải quyết", "Ngày hẹn trả kết quả", "Thời gian hẹn trả", "Due at", "Due date", "Due on", "Due")),
        Column(key="agency", names=("Cơ quan", "Cơ quan giải quyết", "Đơn vị giải quyết", "Cơ quan thực hiện", "Cơ quan có thẩm quyền", "Mã cơ quan", "Đơn vị", "Agency", "Agency code", "Competent agency")),
        Column(key="channel", names=("Kênh", "Kênh tiếp nhận", "Hình thức nộp", "Hình thức tiếp nhận", "Channel")),
        Column(key="citizen", personal=True, names=("Số CCCD", "CCCD", "Số định danh", "Số định danh cá nhân", "CCCD người nộp", "Số CMND/CCCD", "CMND/CCCD", "Số giấy tờ", "Citizen number", "ID number", "Identity number")),
        Column(key="phone", personal=True, names=("Điện thoại", "Số điện thoại", "SĐT", "SĐT người nộp", "Số điện thoại người nộp", "Phone", "Phone number", "Telephone", "Mobile")),
        Column(key="address", personal=True, names=("Địa chỉ", "Địa chỉ người nộp", "Địa chỉ thường trú", "Nơi ở", "Address")),
        Column(key="commune", names=("Mã xã", "Mã phường xã", "Mã xã phường", "Mã ĐVHC", "Commune code", "Commune")),
        Column(key="owner", personal=True, names=("Chủ hồ sơ", "Tên chủ hồ sơ", "Họ tên chủ hồ sơ", "Owner", "Owner name")),
        Column(key="owner_citizen", personal=True, names=("CCCD chủ hồ sơ", "Số CCCD chủ hồ sơ", "Owner citizen number", "Owner ID number")),
        Column(key="result_by_post", names=("Nhận kết quả qua bưu chính", "Nhận kết quả qua BCCI", "Trả kết quả qua BCCI", "Đăng ký BCCI", "Result by post")),
        Column(key="receiver", personal=True, names=("Người nhận", "Người nhận kết quả", "Tên người nhận", "Receiver", "Receiver name")),
        Column(key="receiver_phone", personal=True, names=("Điện thoại người nhận", "SĐT người nhận", "Số điện thoại người nhận", "Receiver phone")),
        Column(key="receiver_address", personal=True, names=("Địa chỉ nhận kết quả", "Địa chỉ người nhận", "Địa chỉ nhận", "Receiver address", "Delivery address")),
        Column(key="receiver_commune", names=("Mã xã nơi nhận", "Mã xã nhận kết quả", "Receiver commune")),
        Column(key="status", names=("Trạng thái", "Tình trạng", "Trạng thái hồ sơ", "Tình trạng hồ sơ", "Status", "State")),
        Column(key="resolved_at", names=("Ngày giải quyết", "Ngày có kết quả", "Ngày hoàn thành", "Ngày kết thúc xử lý", "Resolved at", "Resolved on")),
        Column(key="returned_at", names=("Ngày trả kết quả", "Ngày trả", "Ngày công dân nhận", "Returned at", "Returned on")),
        Column(key="_number", ignored=True, names=("STT", "TT", "Số thứ tự", "No", "#")),
        Column(key="_procedure_name", ignored=True, names=("Tên TTHC", "Tên thủ tục", "Thủ tục", "Tên thủ tục hành chính", "Lĩnh vực", "Procedure name", "Field")),
    )
)  # fmt: skip

# Provincial systems number the channels 1, 2, 3.
CHANNELS = {
    **dict.fromkeys(("truc tiep", "tai quay", "1", "direct", "counter"), Channel.DIRECT),
    **dict.fromkeys(("truc tuyen", "online", "2", "qua mang", "toan trinh"), Channel.ONLINE),
    **dict.fromkeys(("bcci", "buu chinh", "buu chinh cong ich", "qua bcci", "qua buu chinh", "3", "post"), Channel.POST),
}  # fmt: skip
STATES = {
    **dict.fromkeys(("dang xu ly", "dang giai quyet", "da tiep nhan", "moi tiep nhan", "received"), Administrative.RECEIVED),
    **dict.fromkeys(("cho bo sung", "yeu cau bo sung", "tam dung", "supplement"), Administrative.SUPPLEMENT),
    **dict.fromkeys(("nghia vu tai chinh", "cho nghia vu tai chinh", "financial duty", "financial_duty"), Administrative.FINANCIAL_DUTY),
    **dict.fromkeys(("da giai quyet", "co ket qua", "da co ket qua", "da xu ly xong", "cho tra ket qua", "resolved"), Administrative.RESOLVED),
    **dict.fromkeys(("da tra ket qua", "da tra", "hoan thanh", "da hoan thanh", "returned"), Administrative.RETURNED),
    **dict.fromkeys(("tu choi", "tu choi tiep nhan", "tra lai", "refused"), Administrative.REFUSED),
    **dict.fromkeys(("dung giai quyet", "rut ho so", "da rut", "da huy", "discontinued"), Administrative.DISCONTINUED),
}  # fmt: skip
_ENDED = frozenset(
    {
        Administrative.RESOLVED,
        Administrative.RETURNED,
        Administrative.REFUSED,
        Administrative.DISCONTINUED,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DossierRecord:
    """A dossier as a file tells it. None and "" are what the file does not tell."""

    code: str
    procedure: VersionId
    agency: UnitCode
    desk: UnitCode
    received_at: datetime
    due_at: datetime | None  # as the file has it
    computed_due: datetime | None  # where it has none
    channel: Channel | None
    state: Administrative | None
    resolved_at: datetime | None
    returned_at: datetime | None
    result_by_post: bool | None
    people: Mapping[PersonRole, Person]


@dataclass
class Catalogue:
    """Procedures, versions and calendars, looked up once for a file."""

    session: Session
    units: Gazetteer
    _codes: dict[str, list[tuple[VersionId, date, date | None]]] = field(default_factory=dict)
    _versions: dict[VersionId, ProcedureVersion] = field(default_factory=dict)
    _calendars: dict[UnitCode, WorkingCalendar] = field(default_factory=dict)

    def version_on(self, code: str, day: date) -> VersionId:
        """Raises BadProcedureCode, UnknownProcedure or NoVersion."""
        check_code(code)
        known = self._codes.get(code) or self._codes.get(procedures.national_code(code))
        if not known:
            raise UnknownProcedure(procedure=code)
        for version, begins, ends in known:
            if begins <= day and (ends is None or day <= ends):
                return version
        raise NoVersion(day=f"{day:%d/%m/%Y}")

    def version(self, version: VersionId) -> ProcedureVersion:
        if version not in self._versions:
            self._versions[version] = catalogue.version(self.session, version)
        return self._versions[version]

    def due(self, version: VersionId, agency: Place, received_at: datetime) -> datetime | None:
        """Raises NoCalendar."""
        if agency.code not in self._calendars:
            self._calendars[agency.code] = calendars.of_unit(self.session, agency)
        steps = [Step(kind=StepKind.RECEIVED, at=received_at)]
        term = rules.term_of(self.version(version), steps, mountain=agency.terrain == "mountain")
        return rules.due_after(steps, term, self._calendars[agency.code])


def load(session: Session) -> Catalogue:
    """Everything a file of dossiers refers to."""
    found = Catalogue(session, gazetteer.load(session))
    rows = session.execute(
        select(ProcedureRow.code, ProcedureRow.id, ProcedureRow.valid_from, ProcedureRow.valid_to)
    )
    for code, version, begins, ends in rows:
        found._codes.setdefault(code, []).append((VersionId(version), begins, ends))  # noqa: SLF001  # made here
    return found


def read(cells: RowCells, known: Catalogue, *, at: datetime) -> DossierRecord | None:
    """The dossier of a row; None where a cell it cannot do without was refused."""
    code = _code(cells, local(at).date())
    received_at = _received_at(cells, at)
    channel = cells.choice("channel", CHANNELS)
    by_post = cells.flag("result_by_post")
    version = _version(cells, known, received_at)
    agency = _agency(cells, known, code, received_at)
    dates = _dates(cells, received_at, at)
    people = _people(cells, known, agency, by_post=bool(by_post), at=at)
    if by_post and version is not None:
        _check_by_post(cells, known, version, people, at)
    computed = None
    if version and agency and received_at and not cells.given("due_at"):
        computed = _computed_due(cells, known, version, agency, received_at)
    if cells.refused or code is None or version is None or agency is None or received_at is None:
        return None
    return DossierRecord(
        code=code.canonical,
        procedure=version,
        agency=agency.code,
        desk=known.units.desk_of(agency, day=local(received_at).date()).code,
        received_at=received_at,
        due_at=dates.due_at,
        computed_due=computed,
        channel=channel,
        state=dates.state,
        resolved_at=dates.resolved_at,
        returned_at=dates.returned_at,
        result_by_post=by_post,
        people=people,
    )


@dataclass(frozen=True, kw_only=True)
class _Dates:
    due_at: datetime | None
    state: Administrative | None
    resolved_at: datetime | None
    returned_at: datetime | None


def _code(cells: RowCells, today: date) -> DossierCode | None:
    text = cells.text("code", longest=60)
    if not text:
        return None
    try:
        return dossier_code.parse(text, today=today)
    except Refusal as refusal:
        cells.refuse("code", refusal.code, **refusal.facts)
        return None


def _received_at(cells: RowCells, at: datetime) -> datetime | None:
    found = cells.moment("received_at")
    if found is not None and found > at:
        cells.refuse("received_at", "import.in_the_future")
        return None
    if found is not None and found.year < 2000:
        cells.refuse("received_at", "import.too_long_ago")
        return None
    return found


def _version(cells: RowCells, known: Catalogue, received_at: datetime | None) -> VersionId | None:
    text = cells.text("procedure", longest=60)
    if not text or received_at is None:
        return None
    try:
        return known.version_on(text, local(received_at).date())
    except Refusal as refusal:
        cells.refuse("procedure", refusal.code, **refusal.facts)
        return None


def _agency(
    cells: RowCells, known: Catalogue, code: DossierCode | None, received_at: datetime | None
) -> Place | None:
    text = cells.text("agency", longest=200)
    if received_at is None or (code is None and not text):
        return None
    day = local(received_at).date()
    try:
        if text:
            return known.units.agency(text, day=day)
        return known.units.agency_of(code, day=day) if code else None
    except Refusal as refusal:
        cells.refuse("agency" if text else "code", refusal.code, **refusal.facts)
        return None


def _dates(cells: RowCells, received_at: datetime | None, at: datetime) -> _Dates:
    due_at = cells.moment("due_at", at_time=END_OF_DAY)
    resolved_at, returned_at = cells.moment("resolved_at"), cells.moment("returned_at")
    state = cells.choice("status", STATES)
    if state in _ENDED and not (resolved_at or returned_at):
        cells.refuse("resolved_at", "import.end_without_day")
    if state is None and returned_at:
        state = Administrative.RETURNED
    if state is None and resolved_at:
        state = Administrative.RESOLVED
    if received_at is not None:
        for key, moment in (("due_at", due_at), ("resolved_at", resolved_at), ("returned_at", returned_at)):  # fmt: skip
            # A day without an hour begins at midnight: it is not before that day's reception.
            if moment is not None and local(moment).date() < local(received_at).date():
                cells.refuse(key, "import.before_reception")
    for key, moment in (("resolved_at", resolved_at), ("returned_at", returned_at)):
        if moment is not None and moment > at:
            cells.refuse(key, "import.in_the_future")
    if resolved_at and returned_at and returned_at.date() < resolved_at.date():
        cells.refuse("returned_at", "import.returned_before_resolved")
    return _Dates(due_at=due_at, state=state, resolved_at=resolved_at, returned_at=returned_at)


def _computed_due(
    cells: RowCells, known: Catalogue, version: VersionId, agency: Place, received_at: datetime
) -> datetime | None:
    try:
        return known.due(version, agency, received_at)
    except Refusal as refusal:
        cells.refuse("due_at", refusal.code, **refusal.facts)
        return None


def _people(
    cells: RowCells, known: Catalogue, agency: Place | None, *, by_post: bool, at: datetime
) -> dict[PersonRole, Person]:
    found: dict[PersonRole, Person] = {}
    address = _address(cells, known, agency, "address", "commune", needed=by_post, at=at)
    submitter = _person(cells, "submitter", "phone", "citizen", address)
    if submitter is None:
        return found
    found[PersonRole.SUBMITTER] = submitter
    owner = submitter
    if cells.given("owner"):
        named = _person(cells, "owner", "", "owner_citizen", None)
        owner = submitter if named and named.name == submitter.name and not named.citizen else named or submitter  # fmt: skip
    found[PersonRole.OWNER] = owner
    if by_post:
        found[PersonRole.RECEIVER] = _receiver(cells, known, agency, submitter, at=at)
    return found


def _receiver(
    cells: RowCells, known: Catalogue, agency: Place | None, submitter: Person, *, at: datetime
) -> Person:
    """Whom the result is brought to: the submitter, but for what the row says otherwise."""
    address = submitter.address
    if cells.given("receiver_address"):
        address = _address(
            cells, known, agency, "receiver_address", "receiver_commune", needed=True, at=at
        )
    if not cells.given("receiver"):
        named = Person(name=submitter.name, citizen=submitter.citizen)
    else:
        named = _person(cells, "receiver", "", "", None) or submitter
    phone = submitter.phone
    if cells.given("receiver_phone"):
        text = cells.text("receiver_phone", longest=40, digits=10)
        phone = _made(cells, "receiver_phone", named.name, phone=text).phone
    return Person(name=named.name, phone=phone, citizen=named.citizen, address=address)


def _person(
    cells: RowCells, name_key: str, phone_key: str, citizen_key: str, address: Address | None
) -> Person | None:
    name = cells.text(name_key, longest=120)
    if not name:
        return None
    phone = cells.text(phone_key, longest=40, digits=10) if phone_key else ""
    citizen = cells.text(citizen_key, longest=40) if citizen_key else ""
    digits = "".join(c for c in citizen if c not in " .")
    if digits.isdigit() and len(digits) == 9:
        # Nine-digit identity cards ended; the people of old dossiers are kept without theirs.
        cells.remark(citizen_key, "import.old_identity_number")
        citizen = ""
    elif digits.isdigit() and len(digits) in {10, 11} and cells.is_number(citizen_key):
        citizen = digits.zfill(12)  # a spreadsheet has eaten the zeros in front
    told = _made(cells, phone_key, name, phone=phone)
    known = _made(cells, citizen_key, name, citizen=citizen)
    return Person(name=known.name, phone=told.phone, citizen=known.citizen, address=address)


def _made(cells: RowCells, key: str, name: str, *, phone: str = "", citizen: str = "") -> Person:
    try:
        return read_person(name, phone=phone, citizen=citizen)
    except Refusal as refusal:
        cells.refuse(key, refusal.code, **refusal.facts)
        return Person(name=name)


def _address(
    cells: RowCells,
    known: Catalogue,
    agency: Place | None,
    key: str,
    commune_key: str,
    *,
    needed: bool,
    at: datetime,
) -> Address | None:
    """The address as written, with the commune of today. Unfound, it lies in the agency's province."""
    text = cells.text(key, longest=300)
    written = cells.text(commune_key, longest=40)
    if not text or agency is None:
        return None
    day = local(at).date()
    if written:
        now = known.units.followed(UnitCode(written), day=day)
        if len(now) != 1:
            cells.refuse(commune_key, "unit.unknown", unit=written, day=f"{day:%d/%m/%Y}")
            return None
        return _placed(cells, key, text, now.pop())
    commune = known.units.commune_in(text, day=day)
    if commune is None and needed:
        # A courier must know where to go; the row says it is the receiver's address below.
        if key == "address" and cells.given("receiver_address"):
            return _placed(cells, key, text, known.units.province_of(agency))
        cells.refuse(key, "import.no_commune")
        return None
    if commune is None:
        cells.remark(key, "import.commune_not_found")
    return _placed(cells, key, text, commune or known.units.province_of(agency))


def _placed(cells: RowCells, key: str, text: str, unit: UnitCode) -> Address | None:
    try:
        return read_address(text, unit)
    except Refusal as refusal:
        cells.refuse(key, refusal.code, **refusal.facts)
        return None


def _check_by_post(
    cells: RowCells,
    known: Catalogue,
    version: VersionId,
    people: Mapping[PersonRole, Person],
    at: datetime,
) -> None:
    """What reception asks of a result that is brought home."""
    try:
        known.version(version).refuse_unless_by_post(procedures.PostalWay.TO_CITIZEN)
    except Refusal as refusal:
        cells.refuse("result_by_post", refusal.code, **refusal.facts)
    receiver = people.get(PersonRole.RECEIVER)
    if receiver is None or cells.refused:
        return
    key = "receiver_address" if cells.given("receiver_address") else "address"
    if receiver.address is None:
        cells.refuse(key, "reception.no_receiver")
    elif not known.units.delivered(receiver.address.unit, day=local(at).date()):
        cells.refuse(key, "place.no_office_serves", unit=receiver.address.unit)
    if not receiver.phone:
        cells.refuse("phone", "reception.no_phone", role=PersonRole.RECEIVER.value)
