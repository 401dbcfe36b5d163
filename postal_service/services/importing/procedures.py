"""Versions of procedures from a file. A version that is entered never changes; a newer one follows it.

What a file says is only as sure as it says itself: trust is "unsure" and a fee a placeholder unless
the row names the source in which it was found.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import SHARED, Actor, OverAllNeeded
from postal_service.domain.deadlines import Term, TimeUnit
from postal_service.domain.procedures import (
    Fee,
    FeeStatus,
    PaperNeed,
    ProcedureVersion,
    Trust,
    check_code,
)
from postal_service.domain.refusals import Refusal
from postal_service.domain.text import search_key
from postal_service.services import procedures as catalogue
from postal_service.services.importing.cells import NotACellError, RowCells
from postal_service.services.importing.columns import Column, Columns
from postal_service.services.importing.subject import Mode, Numbered, Outcome, Verdict, judged
from postal_service.services.importing.tables import Cell
from postal_service.storage.schema import ProcedureRow

LEVELS = {
    **dict.fromkeys(("tinh", "cap tinh", "province"), "province"),
    **dict.fromkeys(("huyen", "cap huyen", "district"), "district"),
    **dict.fromkeys(("xa", "cap xa", "commune"), "commune"),
}
TIME_UNITS = {
    **dict.fromkeys(("gio lam viec", "gio", "working_hour", "working hour"), TimeUnit.WORKING_HOUR),
    **dict.fromkeys(("ngay lam viec", "working_day", "working day"), TimeUnit.WORKING_DAY),
    **dict.fromkeys(("ngay", "calendar_day", "calendar day", "day"), TimeUnit.CALENDAR_DAY),
    **dict.fromkeys(("thang", "month"), TimeUnit.MONTH),
    **dict.fromkeys(("trong ngay", "same_day", "same day"), TimeUnit.SAME_DAY),
}
TRUSTS = {
    **dict.fromkeys(("da kiem chung", "found"), Trust.FOUND),
    **dict.fromkeys(("da biet", "known"), Trust.KNOWN),
    **dict.fromkeys(("chua chac", "unsure"), Trust.UNSURE),
}
_PAPER = re.compile(r"(?P<name>[^\[\]]+?)\s*(?:\[(?P<counts>\d{1,2}/\d{1,2}/\d{1,2})(?P<flags>[^\]]*)\])?")  # fmt: skip
_FLAGS = {
    **dict.fromkeys(("tra lai", "return"), "return"),
    **dict.fromkeys(("xuat trinh", "doi chieu", "look"), "look"),
    **dict.fromkeys(("neu co", "optional"), "optional"),
}


@dataclass(frozen=True, kw_only=True)
class VersionRecord:
    """A version, and where it was found."""

    version: ProcedureVersion
    source: str


class Procedures:
    """One pass over a file of procedures."""

    columns = Columns(
        (
            Column(key="code", required=True, names=("Mã TTHC", "Mã thủ tục", "Mã", "Procedure code", "Procedure")),
            Column(key="name", required=True, names=("Tên TTHC", "Tên thủ tục", "Tên", "Procedure name")),
            Column(key="field", required=True, names=("Lĩnh vực", "Subject field")),
            Column(key="authority", required=True, names=("Cơ quan thực hiện", "Cơ quan có thẩm quyền", "Cơ quan", "Competent authority")),
            Column(key="level", required=True, names=("Cấp", "Cấp thực hiện", "Administrative level")),
            Column(key="valid_from", required=True, names=("Ngày hiệu lực", "Từ ngày", "Hiệu lực từ", "In force from")),
            Column(key="term_unit", required=True, names=("Đơn vị thời hạn", "Đơn vị tính", "Time unit")),
            Column(key="term", names=("Thời hạn", "Thời hạn giải quyết", "Time")),
            Column(key="post_in", required=True, names=("Nhận qua BCCI", "Tiếp nhận qua BCCI", "Nộp qua bưu chính", "By post in")),
            Column(key="post_out", required=True, names=("Trả qua BCCI", "Trả kết quả qua BCCI", "Trả qua bưu chính", "By post out")),
            Column(key="presence_in", names=("Phải có mặt khi nộp", "Presence at intake")),
            Column(key="presence_out", names=("Phải có mặt khi nhận", "Presence at return")),
            Column(key="papers", names=("Thành phần hồ sơ", "Giấy tờ", "Required papers")),
            Column(key="fee", names=("Phí, lệ phí", "Lệ phí", "Phí", "Mức phí", "Fee dong")),
            Column(key="source", names=("Nguồn", "Căn cứ", "Quyết định công bố", "Legal source")),
            Column(key="status", names=("Mức độ tin cậy", "Độ tin cậy", "Trust")),
            Column(key="_number", ignored=True, names=("STT", "TT", "No")),
        )
    )  # fmt: skip

    def __init__(self, session: Session, by: Actor, at: datetime) -> None:
        self._session, self._by, self._at = session, by, at
        self._days: dict[str, date] = {}  # the newest version of each code, in the store or above
        self._stored: set[tuple[str, date]] = set()
        for code, day in session.execute(select(ProcedureRow.code, ProcedureRow.valid_from)):
            self._stored.add((code, day))
            self._days[code] = max(day, self._days.get(code, day))

    def read(self, cells: RowCells) -> VersionRecord | None:
        record = self._version(cells)
        if not self._by.administers(SHARED):
            cells.refuse("code", OverAllNeeded.code)
        if record is None or cells.refused:
            return None
        code, day = record.version.code, record.version.valid_from
        newest = self._days.get(code)
        if (code, day) not in self._stored and newest is not None and day <= newest:
            cells.refuse(
                "valid_from",
                "procedure.overlapping_versions",
                procedure=code,
                day=f"{day:%d/%m/%Y}",
            )
            return None
        self._days[code] = max(day, newest or day)
        return record

    def key(self, record: VersionRecord) -> str:
        return f"{record.version.code}\0{record.version.valid_from}"

    def judge(
        self, session: Session, batch: Sequence[Numbered[VersionRecord]], mode: Mode
    ) -> list[Verdict]:
        return [self._judge(session, each, mode) for each in batch]

    def save(self, session: Session, batch: Sequence[tuple[VersionRecord, Outcome]]) -> None:
        for record, _ in batch:
            catalogue.add_version(
                session, record.version, source=record.source, by=self._by, at=self._at
            )

    def finish(self, session: Session) -> None:
        pass

    def _judge(self, session: Session, row: Numbered[VersionRecord], mode: Mode) -> Verdict:
        told = row.record.version
        if (told.code, told.valid_from) not in self._stored:
            return judged(mode, exists=False)
        found = session.scalars(
            select(ProcedureRow).filter_by(code=told.code, valid_from=told.valid_from)
        ).one()
        stored = catalogue.version(session, catalogue.VersionId(found.id))
        same = {
            "name": told.name == stored.name,
            "field": told.field == stored.field,
            "authority": told.authority == stored.authority,
            "level": told.level == stored.level,
            "term": told.term.amount == stored.term.amount,
            "term_unit": told.term.unit == stored.term.unit,
            "post_in": told.post_in == stored.post_in,
            "post_out": told.post_out == stored.post_out,
            "presence_in": told.presence_at_intake == stored.presence_at_intake,
            "presence_out": told.presence_at_return == stored.presence_at_return,
            "papers": told.papers == stored.papers,
            "fee": _first_fee(told) == _first_fee(stored),
            "source": row.record.source == found.source,
            "status": told.trust == stored.trust,
        }
        otherwise = [key for key in same if not same[key] and row.cells.given(key)]
        return judged(mode, exists=True, fixed=[_TITLES[key] for key in otherwise])

    def _version(self, cells: RowCells) -> VersionRecord | None:
        code, source = self._code(cells), cells.text("source", longest=500)
        name, field = cells.text("name"), cells.text("field", longest=120)
        authority, level = cells.text("authority", longest=200), cells.choice("level", LEVELS)
        day, term = cells.day("valid_from"), _term(cells)
        post_in, post_out = cells.flag("post_in"), cells.flag("post_out")
        trust = cells.choice("status", TRUSTS) or Trust.UNSURE
        papers, fees = cells.read("papers", _papers) or (), _fees(cells, day, source, trust)
        presence = cells.flag("presence_in"), cells.flag("presence_out")
        if trust is Trust.FOUND and not source:
            cells.refuse("status", "import.trust_without_source")
        if cells.refused or day is None or term is None or level is None:
            return None
        try:
            version = ProcedureVersion(
                code=code, name=name, field=field, authority=authority, level=level,
                valid_from=day, term=term, post_in=bool(post_in), post_out=bool(post_out),
                presence_at_intake=bool(presence[0]), presence_at_return=bool(presence[1]),
                papers=papers, fees=fees, trust=trust, trust_in_term=trust,
            )  # fmt: skip
        except Refusal as refusal:
            cells.refuse("code", refusal.code, **refusal.facts)
            return None
        return VersionRecord(version=version, source=source)

    def _code(self, cells: RowCells) -> str:
        code = cells.text("code", longest=40)
        try:
            if code:
                check_code(code)
        except Refusal as refusal:
            cells.refuse("code", refusal.code, **refusal.facts)
        return code


_TITLES = {column.key: column.title for column in Procedures.columns.all}


def _first_fee(version: ProcedureVersion) -> int | None:
    """What every channel without its own asks on the version's first day: all that one cell tells."""
    fee = version.entered_fee(None, version.valid_from)
    return fee.amount_dong if fee else None


def _term(cells: RowCells) -> Term | None:
    unit = cells.choice("term_unit", TIME_UNITS)
    amount = cells.whole("term", least=0, most=1000)
    if unit is None:
        return None
    try:
        return Term(amount=amount or 0, unit=unit)
    except Refusal as refusal:
        cells.refuse("term", refusal.code, **refusal.facts)
        return None


def _fees(cells: RowCells, day: date | None, source: str, trust: Trust) -> tuple[Fee, ...]:
    amount = cells.whole("fee", least=0, most=1_000_000_000)
    if amount is None or day is None:
        return ()
    sure = trust is Trust.FOUND and bool(source)
    status = FeeStatus.CONFIRMED if sure else FeeStatus.PLACEHOLDER
    return (Fee(amount_dong=amount, status=status, source=source, valid_from=day),)


def _papers(cell: Cell) -> tuple[PaperNeed, ...]:
    """Papers one a line or set apart by semicolons: "Tờ khai [1/0/0]; Thẻ căn cước [0/0/1 xuất trình]".

    The figures are originals, certified copies and photocopies; without them one original is asked.
    """
    if not isinstance(cell, str) or len(cell) > 4000:
        raise NotACellError("import.bad_papers", part="")
    found = [_paper(part) for part in re.split(r"[;\n]", cell) if part.strip()]
    names = [paper.name for paper in found]
    if len(set(names)) < len(names):
        raise NotACellError("import.bad_papers", part=max(names, key=names.count))
    return tuple(found)


def _paper(written: str) -> PaperNeed:
    text = " ".join(written.split())
    parts = _PAPER.fullmatch(text)
    if parts is None:
        raise NotACellError("import.bad_papers", part=text[:60])
    counts = [int(n) for n in (parts["counts"] or "1/0/0").split("/")]
    told = [search_key(word) for word in (parts["flags"] or "").split(",") if word.strip()]
    if not set(told).issubset(_FLAGS):
        raise NotACellError("import.bad_papers", part=text[:60])
    flags = {_FLAGS[word] for word in told}
    return PaperNeed(
        name=parts["name"],
        originals=counts[0],
        certified=counts[1],
        photocopies=counts[2],
        original_to_return="return" in flags,
        shown_only="look" in flags,
        optional="optional" in flags,
    )
