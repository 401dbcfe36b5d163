"""What went wrong, on one kind of page: what happened, what was saved, what to do, and a number to quote.

Refusals are rendered here and nowhere else. A bug is logged under the request's number and told
without its details.
"""

from collections.abc import Callable
from traceback import format_exception

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from postal_service.domain.refusals import (
    Malformed,
    NotAllowed,
    OutOfDate,
    Refusal,
    RuleBroken,
    SeveralRefused,
    Unknown,
)
from postal_service.domain.wording import sentence
from postal_service.services.access import NotSignedIn
from postal_service.services.once import SentAlready
from postal_service.web import faults
from postal_service.web.facts import in_words
from postal_service.web.forms import INPUT
from postal_service.web.language import language, pick

log = structlog.get_logger("postal.web")

_STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (NotSignedIn, 401),
    (Unknown, 404),
    (NotAllowed, 403),
    (OutOfDate, 409),
    (RuleBroken, 409),
    (Malformed, 400),
)

# What happened, what to do. Vietnamese, English.
_WORDS: dict[int, tuple[tuple[str, str], tuple[str, str]]] = {
    400: (
        ("Yêu cầu không hợp lệ", "The request is not valid"),
        ("Quay lại trang trước, tải lại trang rồi gửi lại.", "Go back, reload the page and send it again."),
    ),
    401: (
        ("Phiên làm việc đã kết thúc", "Your session has ended"),
        ("Đăng nhập lại ở một thẻ khác, rồi ở thẻ này bấm nút quay lại của trình duyệt, xem lại biểu mẫu và gửi lại. Đừng tải lại trang này.", "Sign in again in another tab, then use the browser’s back button in this one, look over the form and send it again. Do not reload this page."),
    ),
    403: (
        ("Không có quyền", "Not allowed"),
        ("Nhờ người có vai trò phù hợp tại đơn vị, hoặc đổi đơn vị làm việc ở trang tài khoản.", "Ask a colleague who has the role, or change your working unit on the account page."),
    ),
    404: (
        ("Không tìm thấy", "Not found"),
        ("Kiểm tra lại mã, hoặc quét lại nhãn.", "Check the number, or scan the label again."),
    ),
    405: (
        ("Trang này không nhận thao tác đó", "This page does not take that"),
        ("Quay về trang đầu và bắt đầu lại.", "Go to the first page and start again."),
    ),
    409: (
        ("Không thực hiện được lúc này", "This cannot be done now"),
        ("Đọc lý do ở trên, xem lại tình trạng rồi làm tiếp.", "Read the reason above, look at how things stand, then go on."),
    ),
    413: (
        ("Nội dung gửi lên quá lớn", "Too much was sent"),
        ("Gửi ít hơn, hoặc chia làm nhiều lần.", "Send less, or split it."),
    ),
    429: (
        ("Quá nhiều yêu cầu", "Too many requests"),
        ("Chờ một phút rồi thử lại.", "Wait a minute, then try again."),
    ),
    500: (
        ("Hệ thống gặp lỗi", "Something broke here"),
        ("Thử lại. Nếu vẫn lỗi, báo mã yêu cầu bên dưới cho người quản trị.", "Try again. If it stays, tell the administrator the request number below."),
    ),
}  # fmt: skip
_NOTHING_SAVED = ("Chưa có gì được ghi.", "Nothing was recorded.")


def status_of(refusal: Refusal) -> int:
    """The HTTP status a refusal answers with; of several the first decides."""
    if isinstance(refusal, SeveralRefused):
        return status_of(refusal.refusals[0])
    return next((status for kind, status in _STATUS if isinstance(refusal, kind)), 409)


def told(
    refusal: Refusal,
    *,
    at: str | Callable[[Refusal], str] = "",
    form: str = "",
    saved: bool = False,
) -> str:
    """The sentence of a refusal in the person's language.

    It is shown by the field that it is about too: the one that web/forms.py names, else `at`. Of
    several each stands by its own; those about no field follow the sentence that says how many.
    `form` names the form that was sent where the page has several (web/faults.py). `saved` where
    something was kept all the same, such as a try that counts; then the sentence has to say so, as
    that of a form sent before does.
    """
    g.something_saved = saved or isinstance(refusal, SentAlready)
    several = isinstance(refusal, SeveralRefused)
    by_field: dict[str, list[str]] = {}
    for each in refusal.refusals if isinstance(refusal, SeveralRefused) else (refusal,):
        field = each.facts.get(INPUT) or (at if isinstance(at, str) else at(each))
        by_field.setdefault(str(field), []).append(_sentence(each))
    faults.note(form, {field: " ".join(said) for field, said in by_field.items()})
    return " ".join([_sentence(refusal), *(by_field.get("", []) if several else [])])


def nothing_saved(said: str = "") -> str:
    """What the page of a refused form adds to its sentence: that nothing was recorded, where it does not say so."""
    if request.method in {"GET", "HEAD"} or g.get("something_saved"):
        return ""
    nothing = pick(_NOTHING_SAVED)
    return "" if nothing in said else nothing


def _sentence(refusal: Refusal) -> str:
    return sentence(refusal.code, in_words(refusal), language())


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    return _page(status_of(refusal), told(refusal))


def _forged(_: CSRFError) -> ResponseReturnValue:
    reason = (
        "Biểu mẫu đã quá hạn hoặc không được mở từ hệ thống này.",
        "The form is too old or was not opened from this system.",
    )
    return _page(400, pick(reason))


def _http(fault: HTTPException) -> ResponseReturnValue:
    if fault.response is not None:  # a redirect that routing itself asked for
        return fault.response
    return _page(fault.code or 500, "")


def _broken(fault: Exception) -> ResponseReturnValue:
    log.error(
        "page_failed",
        request=g.get("request_id", ""),
        method=request.method,
        endpoint=request.endpoint,
        # structlog itself would show what every variable held, where it finds rich.
        exception="".join(format_exception(fault)),
    )
    return _page(500, "")


def _page(status: int, reason: str) -> ResponseReturnValue:
    known = status if status in _WORDS else (400 if status < 500 else 500)
    happened, to_do = _WORDS[known]
    page = render_template(
        "error.html",
        status=status,
        happened=pick(happened),
        reason=reason,
        # A use case is one transaction: what was refused or broke has left nothing behind.
        saved=nothing_saved(reason),
        to_do=pick(to_do),
    )
    return page, status
