"""The people of a row: who submitted, whose it is, to whom the result goes. Their data is in no message."""

from datetime import datetime

from postal_service.domain.ids import UnitCode
from postal_service.domain.persons import Address, Person, PersonRole, read_address, read_person
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_dates import local
from postal_service.services.importing.cells import RowCells
from postal_service.services.importing.dossier_catalogue import Catalogue
from postal_service.services.places import Place


def people(
    cells: RowCells, known: Catalogue, agency: Place | None, *, by_post: bool, at: datetime
) -> dict[PersonRole, Person]:
    """Submitter, owner and, for a result by post, receiver; nobody without a submitter."""
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
    try:
        return read_person(name, phone=phone, citizen=citizen, address=address)
    except Refusal:
        _made(cells, phone_key, name, phone=phone)  # which of the two it was
        _made(cells, citizen_key, name, citizen=citizen)
        return Person(name=name, address=address)


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
