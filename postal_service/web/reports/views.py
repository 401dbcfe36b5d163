"""A head picks a unit and a period and reads what it comes to; the same tables can be taken away as files."""

from fractions import Fraction

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from postal_service.domain.ids import UnitCode
from postal_service.domain.refusals import Refusal
from postal_service.reports import REPORTING, Period, Report, files, make, tables, volume_for
from postal_service.reports.tables import Kind, Value
from postal_service.services import overview
from postal_service.storage.transaction import reading
from postal_service.web import forms, here, periods
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import language
from postal_service.web.papers import opened
from postal_service.web.reports import papers

pages = Blueprint("reports", __name__, template_folder="templates", url_prefix="/reports")

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What is shown above the tables, of the columns of tables.FIGURES: first the shares, with a bar.
SHARES = ("on_time_share", "first_share", "in_by_post", "out_by_post")
COUNTS = ("received", "late", "overdue", "held", "past_date", "due_soon", "km")
CASH = ("fee_cash", "postage_cash", "collected_cash")


@pages.get("")
@staff_only(*REPORTING)
def show() -> ResponseReturnValue:
    unit, refused = _unit(), None
    try:
        period = periods.asked()
    except Refusal as wrong:
        refused, period = wrong, Period.month_of(here.now())
    report = _made(unit, period)
    spoken = language()
    page = render_template(
        "reports/report.html",
        refusal=told(refused) if refused else "",
        report=report,
        made_of=tables.made_of(report, spoken),
        shares=[_tile(report, key) for key in SHARES],
        counts=[_tile(report, key) for key in COUNTS],
        cash=[_tile(report, key) for key in CASH],
        tables=tables.every(report, spoken),
        definitions=[pair[0] if spoken == "vi" else pair[1] for pair in tables.DEFINITIONS],
        spoken=spoken,
        shown=tables.shown,
        kinds=Kind,
        width=_width,
        agencies=[each.agency for each in report.agencies],
        parts_=[None, *(part.unit for part in report.parts)],
        asked={"unit": report.unit, **periods.in_address(period)},
    )
    return page, status_of(refused) if refused else 200


@pages.get("/units.csv")
@staff_only(*REPORTING)
def units_csv() -> ResponseReturnValue:
    report = _made(_unit(), periods.asked())
    table = tables.units(report, language())
    return _file(report, files.as_csv(table, language()), "text/csv; charset=utf-8", "units.csv")


@pages.get("/procedures.csv")
@staff_only(*REPORTING)
def procedures_csv() -> ResponseReturnValue:
    report = _made(_unit(), periods.asked())
    table = tables.procedures(report, language())
    content = files.as_csv(table, language())
    return _file(report, content, "text/csv; charset=utf-8", "procedures.csv")


@pages.get("/report.xlsx")
@staff_only(*REPORTING)
def workbook() -> ResponseReturnValue:
    report = _made(_unit(), periods.asked())
    return _file(report, files.as_workbook(report, language()), WORKBOOK, "report.xlsx")


@pages.get("/report.pdf")
@staff_only(*REPORTING)
def printed() -> ResponseReturnValue:
    """The same report for signing."""
    report = _made(_unit(), periods.asked())
    who, place = _who_and_where()
    pdf = papers.report(report, printed_by=who, place=place, at=here.now())
    return opened(pdf, f"bao-cao-{_days(report.period)}.pdf")


@pages.get("/acceptance.pdf")
@staff_only(*REPORTING)
def acceptance() -> ResponseReturnValue:
    """What was done for one agency, for both to agree on."""
    period, by, at = periods.asked(), here.actor(), here.now()
    agency = UnitCode(forms.asked("agency"))
    with reading(here.sessions()) as store:
        done = volume_for(store, _unit(), agency, period, by=by, at=at)
        unit = overview.unit_names(store, [_unit()])[_unit()]
    who, place = _who_and_where()
    pdf = papers.acceptance(done, period, unit=unit, printed_by=who, place=place, at=at)
    return opened(pdf, f"nghiem-thu-{_days(period)}.pdf")


def _who_and_where() -> tuple[str, str]:
    """The name of whoever prints, and of the unit he works for."""
    by = here.actor()
    with reading(here.sessions()) as store:
        names = overview.names(store, (), (), units=[by.unit], staff=[by.staff])
    return names.person(by.staff), names.unit(by.unit)


def _made(unit: UnitCode, period: Period) -> Report:
    with reading(here.sessions()) as store:
        return make(store, unit, period, by=here.actor(), at=here.now())


def _unit() -> UnitCode:
    """The unit asked for; else the one he works for, or the first his role covers."""
    asked = forms.asked("unit")
    by = here.actor()
    if asked:
        return UnitCode(asked)
    if by.may(*REPORTING):
        return by.unit
    return next((each.unit for each in by.grants if each.role in REPORTING), by.unit)


def _tile(report: Report, key: str) -> tuple[str, str, Value]:
    column, of = next((column, of) for column, of in tables.FIGURES if column.key == key)
    value = of(report.total)
    return column.heading(language()), tables.shown(column.kind, value, language()), value


def _width(value: Value) -> str:
    """How far a bar of a hundred reaches."""
    return f"{float(value * 100):.1f}" if isinstance(value, Fraction) else "0"


def _file(report: Report, content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind)
    # Codes may hold what a header cannot; the period alone names the file well enough.
    days = _days(report.period)
    answer.headers["Content-Disposition"] = f'attachment; filename="{days}-{name}"'
    return answer


def _days(period: Period) -> str:
    return f"{period.first:%Y%m%d}-{period.last:%Y%m%d}"
