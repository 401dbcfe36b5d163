"""Upload a scan of one paper, open it, check it. What is no scan is refused by its first bytes, whatever its name."""

from io import BytesIO
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.ids import DossierId
from postal_service.domain.refusals import Refusal
from postal_service.services import digitisation, once, overview
from postal_service.services.digitisation import (
    LARGEST_FILE,
    MOST_PAGES,
    SCANNERS,
    Fault,
    NoSuchPaper,
    ScanId,
    ScanState,
    UnknownScan,
)
from postal_service.services.persons import Purpose
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, security
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say

pages = Blueprint("scans", __name__, template_folder="templates", url_prefix="/scans")

ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
LARGEST_NUMBER: Final = 10**12
ACCEPT: Final = "accept"


@pages.get("")
@staff_only(*SCANNERS)
def listed() -> ResponseReturnValue:
    """What waits for this person's eyes."""
    with reading(here.sessions()) as store:
        waiting = digitisation.to_check(store, by=here.actor())
    return render_template("scans/list.html", waiting=waiting)


@pages.get("/<key>")
@staff_only(*SCANNERS)
def show(key: str) -> ResponseReturnValue:
    return _page(DossierId(key))


@pages.post("/<key>")
@staff_only(*SCANNERS)
@security.takes_files(LARGEST_FILE)
def upload(key: str) -> ResponseReturnValue:
    """Keep one paper's file; it waits for the check of somebody else."""
    dossier = DossierId(key)
    try:
        position = _position()
        pages_in_it = forms.number("pages", "Số trang", least=1, most=MOST_PAGES)
        form = form_keys.read()
        sent = request.files.get("file")
        content = sent.stream.read(LARGEST_FILE + 1) if sent else b""
        with transaction(here.sessions()) as store:
            once.use(store, form)
            digitisation.scan(
                store,
                here.runtime().vault,
                dossier,
                position,
                content,
                pages=pages_in_it,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _page(dossier, refused)
    flash(say("Đã lưu bản quét. Một đồng nghiệp phải xem và chấp nhận."), "good")
    return redirect(url_for("scans.show", key=key))


@pages.get(f"/<key>/<int(max={LARGEST_NUMBER}):scan>")
@staff_only(*SCANNERS)
def look(key: str, scan: int) -> ResponseReturnValue:
    """The file itself; the look is logged, and the citizen can read that log."""
    number = ScanId(scan)
    with transaction(here.sessions()) as store:
        found, content = digitisation.open_scan(
            store,
            here.runtime().vault,
            number,
            purpose=Purpose.PROCESSING,
            by=here.actor(),
            at=here.now(),
        )
    if found.dossier != key:
        raise UnknownScan(scan=scan)
    answer = send_file(
        BytesIO(content),
        mimetype=found.media_type,
        download_name=f"{found.dossier[:8]}-{found.position}.{ENDINGS[found.media_type]}",
    )
    answer.headers["Cache-Control"] = "no-store"
    # A file from outside runs nothing here; the browser's own viewer may show it.
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
    )
    return answer


@pages.post(f"/<key>/<int(max={LARGEST_NUMBER}):scan>")
@staff_only(*SCANNERS)
def check(key: str, scan: int) -> ResponseReturnValue:
    """Accept, or send back with what is wrong."""
    dossier = DossierId(key)
    try:
        verdict = forms.raw("verdict")
        fault = None if verdict == ACCEPT else forms.choice("verdict", "Kết luận", Fault)
        with transaction(here.sessions()) as store:
            found = digitisation.check(
                store, ScanId(scan), fault=fault, by=here.actor(), at=here.now()
            )
            if found.dossier != dossier:
                raise UnknownScan(scan=scan)
    except Refusal as refused:
        return _page(dossier, refused)
    flash(
        say("Đã gửi trả bản quét để quét lại.")
        if fault
        else say("Đã chấp nhận bản quét."),
        "good",
    )  # fmt: skip
    return redirect(url_for("scans.show", key=key))


def _position() -> int:
    try:
        return forms.number("position", "Giấy tờ", most=MOST_PAGES)
    except forms.NotANumber:
        raise NoSuchPaper(position=forms.raw("position")[:20]) from None


def _page(key: DossierId, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.dossier(store, here.runtime().vault, key, by=here.actor())
        names = overview.names(
            store,
            (),
            (),
            staff=[each.scanned_by for each in view.scans]
            + [each.checked_by for each in view.scans if each.checked_by],
        )
    page = render_template(
        "scans/scans.html",
        refusal=told(refused, at="file") if refused else "",
        view=view,
        names=names,
        lines=_lines(view),
        faults=list(Fault),
        myself=here.actor().staff,
        waiting=ScanState.WAITING,
        most_pages=MOST_PAGES,
        most_megabytes=LARGEST_FILE // 1_000_000,
        typed=forms.typed("position", "pages"),
    )
    return page, status_of(refused) if refused else 200


def _lines(view: overview.DossierView) -> list[tuple[int, str, list[digitisation.Scan]]]:
    """Each paper with its scans, the newest first; the result comes last, once there is one."""
    of = {each.position: each.name for each in view.papers}
    if view.dossier.administrative in digitisation.HAS_RESULT:
        of[digitisation.RESULT] = say("Kết quả giải quyết")
    return [
        (position, name, [each for each in reversed(view.scans) if each.position == position])
        for position, name in of.items()
    ]
