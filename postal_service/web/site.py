"""The office's pages put together: features, tabs, gate, errors. A new feature adds its line here."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from flask import Blueprint, Flask, current_app, g, request

from postal_service.domain.actors import Role
from postal_service.domain.wording_dates import short_date, short_moment, short_window, told_date
from postal_service.domain.wording_numbers import dong
from postal_service.reports import REPORTING
from postal_service.runtime import Runtime
from postal_service.services.auditing import AUDITING
from postal_service.web import (
    addresses,
    assets,
    errors,
    faults,
    form_keys,
    gate,
    here,
    limits,
    security,
    tabs,
)
from postal_service.web.account import views as account
from postal_service.web.acts import act_facts, act_word, verdict_word
from postal_service.web.audit import views as audit
from postal_service.web.bags import views as bags
from postal_service.web.cash import views as cash
from postal_service.web.collecting import views as collecting
from postal_service.web.delegates import views as delegates
from postal_service.web.delivery import views as delivery
from postal_service.web.desk import views as desk
from postal_service.web.dossiers import views as dossiers
from postal_service.web.erasing import views as erasing
from postal_service.web.exceptions import rewriting
from postal_service.web.exceptions import views as exceptions
from postal_service.web.factor_resets import views as factor_resets
from postal_service.web.fees import deciding as fee_decisions
from postal_service.web.fees import views as fees
from postal_service.web.handovers import views as handovers
from postal_service.web.imports import views as imports
from postal_service.web.items import views as items
from postal_service.web.labels import leg_word, word, worded
from postal_service.web.language import language, say
from postal_service.web.ledger import views as ledger
from postal_service.web.messages import views as messages
from postal_service.web.particulars import views as particulars
from postal_service.web.payments import views as payments
from postal_service.web.phones import views as phones
from postal_service.web.printouts import views as printouts
from postal_service.web.receptions import views as receptions
from postal_service.web.records import views as records
from postal_service.web.reports import views as reports
from postal_service.web.results import views as results
from postal_service.web.rounds import by_hand as rounds_by_hand
from postal_service.web.rounds import views as rounds
from postal_service.web.scans import views as scans
from postal_service.web.second_factor import views as second_factor
from postal_service.web.shifts import views as shifts
from postal_service.web.staff import views as staff
from postal_service.web.supplements import views as supplements
from postal_service.web.tabs import Tab
from postal_service.web.tracking import views as tracking
from postal_service.web.transfers import views as transfers

FEATURES: Final[Sequence[Blueprint]] = (
    assets.pages,
    account.pages,
    second_factor.pages,
    factor_resets.pages,
    staff.pages,
    desk.pages,
    receptions.pages,
    collecting.pages,
    supplements.pages,
    items.pages,
    exceptions.pages,
    dossiers.pages,
    printouts.pages,
    scans.pages,
    particulars.pages,
    delegates.pages,
    erasing.pages,
    handovers.pages,
    bags.pages,
    results.pages,
    delivery.pages,
    records.pages,
    cash.pages,
    shifts.pages,
    fees.pages,
    fee_decisions.pages,
    transfers.pages,
    payments.pages,
    rounds.pages,
    rounds_by_hand.by_hand,
    phones.pages,
    reports.pages,
    imports.pages,
    tracking.pages,
    ledger.pages,
    audit.pages,
    messages.pages,
)

_AT_WORK = frozenset({Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY, Role.MANAGER})

TABS: Final[Sequence[Tab]] = (
    Tab(endpoint="desk.show", name=("Quầy", "Desk"), shown_to=_AT_WORK),
    Tab(
        endpoint="receptions.search",
        name=("Tiếp nhận", "Reception"),
        shown_to=frozenset({Role.DESK_CLERK, Role.POSTAL_CLERK, Role.MANAGER}),
    ),
    Tab(
        endpoint="rounds.show",
        name=("Tuyến phát", "Rounds"),
        shown_to=frozenset({Role.MANAGER}),
    ),
    Tab(endpoint="handovers.listed", name=("Bàn giao", "Hand-over"), shown_to=_AT_WORK),
    Tab(
        endpoint="delivery.held",
        name=("Lưu chờ nhận", "Held"),
        shown_to=frozenset({Role.POSTAL_CLERK, Role.MANAGER}),
    ),
    Tab(
        endpoint="cash.listed",
        name=("Nộp tiền", "Cash"),
        shown_to=frozenset({Role.POSTAL_CLERK, Role.MANAGER}),
    ),
    Tab(endpoint="dossiers.search", name=("Hồ sơ", "Dossiers"), shown_to=frozenset(Role)),
    Tab(
        endpoint="phones.show",
        name=("Điện thoại", "Phones"),
        shown_to=frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    ),
    Tab(endpoint="reports.show", name=("Báo cáo", "Report"), shown_to=frozenset(REPORTING)),
    Tab(
        endpoint="staff.listed",
        name=("Nhân viên", "Staff"),
        shown_to=frozenset({Role.ADMINISTRATOR}),
    ),
    Tab(
        endpoint="imports.show",
        name=("Nhập dữ liệu", "Import"),
        shown_to=frozenset({Role.ADMINISTRATOR}),
    ),
    Tab(endpoint="audit.show", name=("Kiểm tra", "Audit"), shown_to=frozenset(AUDITING)),
    Tab(endpoint="account.show", name=("Tài khoản", "Account"), shown_to=frozenset(Role)),
)


def build(runtime: Runtime) -> Flask:
    """The app of the pages. Raises TypeError when a route does not say who may use it."""
    app = Flask(__name__, static_folder="static", template_folder="templates")
    runtime.metrics.watch(app, "office")
    here.keep_runtime(app, runtime)
    app.extensions[tabs.KEY] = TABS
    addresses.install(app)
    security.install(app, runtime.settings)
    for feature in FEATURES:
        app.register_blueprint(feature)
    gate.open_to_all(app.view_functions["static"])
    gate.install(app)
    errors.install(app)
    _words_for_templates(app)
    return app


def _words_for_templates(app: Flask) -> None:
    app.jinja_env.globals.update(
        {
            "_": say,
            "language": language,
            "word": word,
            "worded": worded,
            "leg_word": leg_word,
            "act_word": act_word,
            "act_facts": act_facts,
            "verdict_word": verdict_word,
            "may_put_right": rewriting.offered,
            "nonce": security.nonce,
            "navigation": tabs.navigation,
            "moment": short_moment,
            "window": short_window,
            "day": _day,
            "dong": dong,
            "form_key": form_keys.fresh,
            "fault_at": faults.at_field,
            "show_fault": faults.show,
            "shown_faults": faults.shown,
            "field_id": faults.field_id,
            "nothing_saved": errors.nothing_saved,
            "has_faults": faults.has_some,
            "again": faults.again,
            "is_ticked": faults.is_ticked,
            "is_refused": faults.is_refused,
            "limits": limits,
            "here_path": _here_path,
            "request_id": _request_id,
            "is_demo": runtime_is_demo,
        }
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def _person() -> dict[str, object]:
        return {"person": here.signed_in()}


def runtime_is_demo() -> bool:
    """Whether the data are samples, which every page then says."""
    return here.runtime().settings.demo


def _day(of: date | str) -> str:
    # An event says its days as text; a person reads the same day either way.
    return told_date(of) if isinstance(of, str) else short_date(of)


def _here_path() -> str:
    """Where a change of language comes back to."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    # The answer to a form stands at its address, which may be one that only takes forms.
    addresses = current_app.create_url_adapter(request)
    return request.path if addresses and addresses.test(request.path, "GET") else "/"


def _request_id() -> str:
    name: str = g.get("request_id", "")
    return name
