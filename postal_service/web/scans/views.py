"""Upload a scan of one paper, open it, check it. What is no scan is refused by its first bytes, whatever its name."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.ids import DossierId
from postal_service.domain.refusals import Refusal
from postal_service.services import digitisation, once, overview
from postal_service.services.digitisation import (
    LARGEST_FILE,
    SCANNERS,
    BadPageCount,
    CheckedAlready,
    ChecksHimself,
    Fault,
    NoSuchPaper,
    NotAScan,
    ScanId,
    ScanState,
    UnknownScan,
)
from postal_service.services.persons import Purpose
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits, security
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.labels import word
from postal_service.web.language import say
from postal_service.web.papers import file_from_outside

pages = Blueprint("scans", __name__, template_folder="templates", url_prefix="/scans")

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
        pages_in_it = forms.number("pages", "Số trang", within=limits.PAGES)
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
        return _page(dossier, refused, form="upload")
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
    return file_from_outside(content, found.media_type, f"{found.dossier[:8]}-{found.position}")


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
        return _page(dossier, refused, form=str(scan))
    flash(
        say("Đã gửi trả bản quét để quét lại.")
        if fault
        else say("Đã chấp nhận bản quét."),
        "good",
    )  # fmt: skip
    return redirect(url_for("scans.show", key=key))


def _position() -> int:
    try:
        return forms.number("position", "Giấy tờ cần quét", within=limits.PAPER_PLACE)
    except forms.NotANumber:
        raise NoSuchPaper(position=forms.raw("position")[: forms.LONGEST_NUMBER]) from None


def _page(key: DossierId, refused: Refusal | None = None, *, form: str = "") -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.dossier(store, here.runtime().vault, key, by=here.actor())
        names = overview.names(
            store,
            (),
            (),
            staff=[each.scanned_by for each in view.scans]
            + [each.checked_by for each in view.scans if each.checked_by],
        )
    lines = _lines(view)
    page = render_template(
        "scans/scans.html",
        refusal=told(refused, at=_field_of(refused), form=form) if refused else "",
        view=view,
        names=names,
        lines=lines,
        papers=[(str(position), name) for position, name, _ in lines],
        verdicts=_verdicts(),
        myself=here.actor().staff,
        waiting=ScanState.WAITING,
        most_megabytes=LARGEST_FILE // 1_000_000,
    )
    return page, status_of(refused) if refused else 200


def _field_of(refused: Refusal) -> str:
    match refused:
        case NoSuchPaper():
            return "position"
        case BadPageCount():
            return "pages"
        case NotAScan():
            return "file"
        case ChecksHimself() | CheckedAlready():
            return "verdict"
        case _:
            return ""


def _verdicts() -> list[tuple[str, str]]:
    sent_back = [(each.value, say("Gửi trả: {fault}", fault=word(each))) for each in Fault]
    return [("", "—"), (ACCEPT, say("Rõ, đủ trang, đúng giấy tờ")), *sent_back]


def _lines(view: overview.DossierView) -> list[tuple[int, str, list[digitisation.Scan]]]:
    """Each paper with its scans, the newest first; the result comes last, once there is one."""
    of = {each.position: each.name for each in view.papers}
    if view.dossier.administrative in digitisation.HAS_RESULT:
        of[digitisation.RESULT] = say("Kết quả giải quyết")
    return [
        (position, name, [each for each in reversed(view.scans) if each.position == position])
        for position, name in of.items()
    ]
