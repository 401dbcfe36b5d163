"""A report as tables for people: rows of plain values under headings in two languages, with what each figure means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from postal_service.domain.acts import Leg
from postal_service.domain.wording import Language
from postal_service.domain.wording_dates import short_date, short_moment
from postal_service.reports.held import Holder
from postal_service.reports.report import Figures, Report
from postal_service.reports.volumes import Volume

Value = str | int | Fraction | None


class Kind(StrEnum):
    """How a value is read: a word, a count, a share of one, hours, dong or kilometres."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    HOURS = "hours"
    DONG = "dong"
    KILOMETRES = "km"


@dataclass(frozen=True, kw_only=True)
class Column:
    """`title` is Vietnamese and English; a `brief` column stands in narrow tables too."""

    key: str
    title: tuple[str, str]
    kind: Kind = Kind.COUNT
    brief: bool = False

    def heading(self, language: Language) -> str:
        return self.title[0] if language == "vi" else self.title[1]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows have a value for each column. The first row of `units` is the total."""

    key: str
    title: tuple[str, str]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


def _figure(
    key: str,
    title: tuple[str, str],
    of: Callable[[Figures], Value],
    kind: Kind = Kind.COUNT,
    *,
    brief: bool = False,
) -> tuple[Column, Callable[[Figures], Value]]:
    return Column(key=key, title=title, kind=kind, brief=brief), of


FIGURES: Sequence[tuple[Column, Callable[[Figures], Value]]] = (
    _figure("received", ("Hồ sơ tiếp nhận", "Received"), lambda f: f.dossiers.received, brief=True),
    _figure("in_by_post", ("Gửi qua bưu chính", "In by post"), lambda f: f.dossiers.in_by_post_share, Kind.SHARE),
    _figure("settled", ("Đã giải quyết", "Settled"), lambda f: f.dossiers.settled),
    _figure("out_by_post", ("Trả qua bưu chính", "Out by post"), lambda f: f.dossiers.out_by_post_share, Kind.SHARE),
    _figure("on_time", ("Đúng hạn", "On time"), lambda f: f.dossiers.on_time),
    _figure("late", ("Trễ hạn", "Late"), lambda f: f.dossiers.late, brief=True),
    _figure("overdue", ("Quá hạn chưa xong", "Overdue, open"), lambda f: f.dossiers.overdue, brief=True),
    _figure("on_time_share", ("Tỷ lệ đúng hạn", "On-time share"), lambda f: f.dossiers.on_time_share, Kind.SHARE, brief=True),
    _figure("tried", ("Kết quả đã phát lần đầu", "Results first tried"), lambda f: f.deliveries.tried),
    _figure("first_share", ("Phát được ngay lần đầu", "At the first attempt"), lambda f: f.deliveries.first_attempt_share, Kind.SHARE, brief=True),
    _figure("sent_back", ("Chuyển hoàn", "Sent back"), lambda f: f.deliveries.returned),
    _figure("in_hours", ("Giờ chiều gửi, trung bình", "Hours in, average"), lambda f: f.legs.of(Leg.IN).average_hours, Kind.HOURS),
    _figure("out_hours", ("Giờ chiều trả, trung bình", "Hours out, average"), lambda f: f.legs.of(Leg.OUT).average_hours, Kind.HOURS),
    _figure("held", ("Đang giữ", "Held now"), lambda f: f.held.items, brief=True),
    _figure("held_long", ("Giữ quá 3 ngày", "Held over 3 days"), lambda f: f.held.longer),
    _figure("past_date", ("Đã quá hạn", "Past their date"), lambda f: f.risks.past_date),
    _figure("due_soon", ("Đến hạn trong 48 giờ", "Due within 48 hours"), lambda f: f.risks.due_soon, brief=True),
    _figure("fee_cash", ("Phí, lệ phí chưa nộp (₫)", "State fee not handed in (₫)"), lambda f: f.cash.state_fee_dong, Kind.DONG),
    _figure("postage_cash", ("Cước chưa nộp (₫)", "Postage not handed in (₫)"), lambda f: f.cash.postage_dong, Kind.DONG),
    _figure("collected_cash", ("Thu hộ chưa nộp (₫)", "Collected for others, not handed in (₫)"), lambda f: f.cash.collected_for_others_dong, Kind.DONG),
    _figure("rounds", ("Tuyến đã phát hành", "Rounds published"), lambda f: f.rounds.rounds),
    _figure("km", ("Km theo kế hoạch", "Km planned"), lambda f: f.rounds.kilometres, Kind.KILOMETRES, brief=True),
)  # fmt: skip

TIERS = {
    "province": ("Cấp tỉnh", "Province"),
    "district": ("Cấp huyện", "District"),
    "commune": ("Cấp xã", "Commune"),
}
CAPACITIES = {
    "courier": ("bưu tá", "courier"),
    "counter": ("quầy bưu cục", "post office counter"),
    "desk": ("bộ phận Một cửa", "one-stop desk"),
}
LEGS = {
    Leg.IN: ("hồ sơ gửi đi", "dossier to the agency"),
    Leg.SUP: ("hồ sơ bổ sung", "supplement"),
    Leg.OUT: ("kết quả", "result"),
    Leg.RET: ("giấy tờ trả về cơ quan", "papers back to the agency"),
}
TOTAL = ("Tổng cộng", "Total")

DEFINITIONS: Sequence[tuple[str, str]] = (
    ("Hồ sơ được tính một lần, tại nơi nhận giấy tờ từ công dân: bưu cục đã giúp, nếu không thì bộ phận Một cửa. Tiếp nhận là ngày cơ quan tiếp nhận theo luật.", "A dossier is counted once, where the papers were taken from the citizen: at the post office that helped, else at the desk. Received means legally, by the agency."),
    ("Tỷ lệ đúng hạn = đúng hạn / (đã giải quyết có ngày hẹn + quá hạn chưa xong), theo Quyết định 766/QĐ-TTg; không chia cho số tiếp nhận. Hồ sơ chờ bổ sung hoặc chờ nghĩa vụ tài chính không tính quá hạn.", "On-time share = on time / (settled with a date + overdue and open), after Decision 766/QĐ-TTg; received is not the denominator. A dossier that waits for the citizen or for a tax is not overdue."),
    ("Gửi qua bưu chính: phần của hồ sơ tiếp nhận do bưu điện nhận hoặc nộp qua bưu chính. Trả qua bưu chính: phần của hồ sơ đã giải quyết có kết quả được phát tận nơi.", "In by post: of what was received, what the post took in or what was filed by post. Out by post: of what was settled, whose result is carried home."),
    ("Phát được ngay lần đầu: trong các kết quả được phát lần đầu trong kỳ, phần không có lần phát hỏng nào được tính trước đó.", "At the first attempt: of the results first tried in the period, those without a counted failed attempt before."),
    ("Giờ mỗi chiều: từ lúc nhận giữ đầu tiên đến lúc kết thúc, theo giờ ghi sổ cái, của bưu gửi kết thúc trong kỳ. 90 %: thời gian mà 90 % bưu gửi không vượt quá.", "Hours a leg: from the first custody to the end, by the ledger's clock, of items that ended in the period. 90 %: the time that 90 % of the items did not exceed."),
    ("Đang giữ, đã quá hạn, đến hạn và tiền chưa nộp là số liệu lúc lập báo cáo. Km là theo tuyến đã phát hành, không phải quãng đường thực đi.", "Held, past date, due and cash are of the moment of the report. Km are those of published rounds, not what was ridden."),
    ("Khối lượng dịch vụ tính cho cơ quan giải quyết hồ sơ. Bưu gửi tính một lần khi kết thúc chặng, theo giờ ghi sổ cái, tại bưu cục phía công dân; bản quét tính khi người thứ hai đã kiểm tra đạt. Giấy tờ trả lại của hồ sơ bị từ chối hoặc dừng giải quyết được phát như kết quả và tính cùng.", "Services are counted for the agency that settles. An item counts once, when its way ended by the ledger's clock, at the citizen's office; a scan when a second person accepted it. The papers of a refused or discontinued dossier are delivered as a result is, and counted with them."),
    ("“–” là không có mẫu số; không phải là 0.", "“–” means that there is no denominator; it is not 0."),
)  # fmt: skip


def shown(kind: Kind, value: Value, language: Language) -> str:
    """A value as a person reads it; nothing is a dash."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if kind in {Kind.SHARE, Kind.HOURS, Kind.KILOMETRES}:
        number = f"{float(value * 100 if kind is Kind.SHARE else value):,.1f}"
    else:
        number = f"{int(value):,}"
    if language == "vi":
        number = number.translate(_VIETNAMESE_MARKS)
    return f"{number} %" if kind is Kind.SHARE else number


_VIETNAMESE_MARKS = str.maketrans(",.", ".,")


def made_of(report: Report, language: Language) -> str:
    """What the tables are of, in a line: unit, period, moment, time zone."""
    first, last = short_date(report.period.first), short_date(report.period.last)
    at = short_moment(report.at)
    if language == "vi":
        return f"{report.name}: {first} – {last}, số liệu đến {at} (giờ Việt Nam)"
    return f"{report.name}: {first} – {last}, as of {at} (Asia/Ho_Chi_Minh)"


def units(report: Report, language: Language) -> Table:
    """The total, then each part of the unit."""
    columns = [
        Column(key="unit", title=("Đơn vị", "Unit"), kind=Kind.TEXT, brief=True),
        Column(key="code", title=("Mã đơn vị", "Unit code"), kind=Kind.TEXT),
        *(column for column, _ in FIGURES),
    ]
    total = TOTAL[0] if language == "vi" else TOTAL[1]
    listed = [
        (total, report.unit, report.total),
        *((part.name, part.unit, part.figures) for part in report.parts),
    ]
    rows = [[name, code, *(of(figures) for _, of in FIGURES)] for name, code, figures in listed]
    return Table(key="units", title=("Theo đơn vị", "By unit"), columns=columns, rows=rows)


def procedures(report: Report, language: Language) -> Table:
    """Dossiers by tier and procedure."""
    columns = [
        Column(key="tier", title=("Cấp", "Tier"), kind=Kind.TEXT, brief=True),
        Column(key="code", title=("Mã thủ tục", "Procedure code"), kind=Kind.TEXT, brief=True),
        Column(key="name", title=("Thủ tục", "Procedure"), kind=Kind.TEXT),
        *(column for column, _ in FIGURES[: len(_OF_DOSSIERS)]),
    ]
    rows: list[Sequence[Value]] = []
    for each in report.procedures:
        figures = Figures(dossiers=each.dossiers)
        told = [of(figures) for _, of in FIGURES[: len(_OF_DOSSIERS)]]
        rows.append([_said(TIERS, each.tier, language), each.code, each.name, *told])
    title = ("Theo thủ tục", "By procedure")
    return Table(key="procedures", title=title, columns=columns, rows=rows)


_OF_DOSSIERS = ("received", "in_by_post", "settled", "out_by_post", "on_time", "late", "overdue", "on_time_share")  # fmt: skip


VOLUMES: Sequence[tuple[Column, Callable[[Volume], int]]] = (
    (Column(key="received", title=("Tiếp nhận hồ sơ", "Dossiers received"), brief=True), lambda v: v.received),
    (Column(key="by_post", title=("Gửi qua bưu chính", "Filed by post")), lambda v: v.received_by_post),
    (Column(key="inputs", title=("Giấy tờ số hóa", "Papers digitised"), brief=True), lambda v: v.inputs_digitised),
    (Column(key="results", title=("Kết quả số hóa", "Results digitised")), lambda v: v.results_digitised),
    (Column(key="pages", title=("Trang số hóa", "Pages digitised")), lambda v: v.pages),
    (Column(key="carried", title=("Hồ sơ chuyển đến cơ quan", "Dossiers carried"), brief=True), lambda v: v.dossiers_carried),
    (Column(key="supplements", title=("Hồ sơ bổ sung chuyển đến", "Supplements carried")), lambda v: v.supplements_carried),
    (Column(key="delivered", title=("Kết quả, giấy tờ trả lại đã phát", "Results and returned papers delivered"), brief=True), lambda v: v.results_delivered),
    (Column(key="home", title=("Trong đó phát tại nhà", "Of these, at home")), lambda v: v.results_home),
    (Column(key="returned", title=("Chuyển hoàn cơ quan", "Sent back to the agency")), lambda v: v.returned),
)  # fmt: skip


def agencies(report: Report) -> Table:
    """What was done for each agency."""
    columns = [
        Column(key="agency", title=("Cơ quan", "Agency"), kind=Kind.TEXT, brief=True),
        *(column for column, _ in VOLUMES),
    ]
    rows: list[Sequence[Value]] = [
        [each.name, *(of(each.volume) for _, of in VOLUMES)] for each in report.agencies
    ]
    title = ("Khối lượng dịch vụ theo cơ quan", "Services by agency")
    return Table(key="agencies", title=title, columns=columns, rows=rows)


def legs(report: Report, language: Language) -> Table:
    """Time by leg, with the ninth of ten."""
    columns = [
        Column(key="leg", title=("Chiều", "Leg"), kind=Kind.TEXT, brief=True),
        Column(key="ended", title=("Bưu gửi kết thúc", "Items that ended"), brief=True),
        Column(key="average", title=("Giờ trung bình", "Average hours"), kind=Kind.HOURS, brief=True),
        Column(key="most", title=("90 % không quá (giờ)", "90 % within (hours)"), kind=Kind.HOURS, brief=True),
    ]  # fmt: skip
    rows: list[Sequence[Value]] = []
    for leg, names in LEGS.items():
        taken = report.total.legs.of(leg)
        name = names[0] if language == "vi" else names[1]
        rows.append([name, taken.ended, taken.average_hours, report.nine_in_ten_hours.get(leg)])
    title = ("Thời gian từng chiều", "Time by leg")
    return Table(key="legs", title=title, columns=columns, rows=rows)


def holders(report: Report, language: Language) -> Table:
    """Who holds items now, the longest first."""
    columns = [
        Column(key="name", title=("Người giữ", "Holder"), kind=Kind.TEXT, brief=True),
        Column(key="unit", title=("Đơn vị", "Unit"), kind=Kind.TEXT, brief=True),
        Column(key="capacity", title=("Tư cách", "Capacity"), kind=Kind.TEXT),
        Column(key="day", title=("Dưới 1 ngày", "Under a day"), brief=True),
        Column(key="three", title=("1–3 ngày", "1–3 days"), brief=True),
        Column(key="longer", title=("Quá 3 ngày", "Over 3 days"), brief=True),
        Column(key="oldest", title=("Lâu nhất từ", "Oldest since"), kind=Kind.TEXT, brief=True),
    ]
    rows: list[Sequence[Value]] = [
        [
            each.name,
            each.unit_name,
            _said(CAPACITIES, each.capacity, language),
            each.held.under_a_day,
            each.held.up_to_three_days,
            each.held.longer,
            _oldest(each, language),
        ]
        for each in report.holders
    ]
    title = ("Đang giữ, lâu nhất trước", "Held now, the longest first")
    return Table(key="holders", title=title, columns=columns, rows=rows)


def _oldest(holder: Holder, language: Language) -> str:
    at = short_moment(holder.oldest_since)
    return (
        f"{at} ({'ước tính' if language == 'vi' else 'estimated'})" if holder.is_estimated else at
    )


def every(report: Report, language: Language) -> tuple[Table, ...]:
    """All tables of a report."""
    return (
        units(report, language),
        procedures(report, language),
        agencies(report),
        legs(report, language),
        holders(report, language),
    )


def _said(words: dict[str, tuple[str, str]], code: str, language: Language) -> str:
    vietnamese, english = words.get(code, (code, code))
    return vietnamese if language == "vi" else english
