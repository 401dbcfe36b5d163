"""Send a file in; read what was found in its rows and cells; have all of it saved, or none."""

from typing import Final

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.legacy_text import Encoding
from postal_service.domain.refusals import Refusal
from postal_service.services import import_jobs
from postal_service.services.import_jobs import LOOK, NotLookedAt, Wish
from postal_service.services.importing import Kind, Mode, RowsRefused
from postal_service.services.jobs import JobId, JobState
from postal_service.services.uploads import LARGEST_FILE, NoFile, UploadGone
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, security
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.imports import words
from postal_service.web.language import say

pages = Blueprint("imports", __name__, template_folder="templates", url_prefix="/imports")

LONGEST_JOB: Final = 40


@pages.get("")
@staff_only(Role.ADMINISTRATOR)
def show() -> ResponseReturnValue:
    return _form()


@pages.post("")
@staff_only(Role.ADMINISTRATOR)
@security.takes_files(LARGEST_FILE)
def send() -> ResponseReturnValue:
    """Keep the file and ask for a look at it; nothing of it is saved yet."""
    try:
        kind = forms.choice("kind", "Nội dung tệp", Kind)
        mode = forms.choice("mode", "Cách nhập", Mode)
        written = forms.raw("encoding")
        encoding = forms.choice("encoding", "Bảng mã", Encoding) if written else None
        file = request.files.get("file")
        if file is None:
            raise NoFile
        with transaction(here.sessions()) as store:
            job = import_jobs.ask_for_look(
                store,
                here.runtime().vault,
                file.filename or "",
                file.stream,
                Wish(kind=kind, mode=mode, encoding=encoding),
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _form(refused)
    return redirect(url_for("imports.job", job=job.id))


@pages.get("/<job>")
@staff_only(Role.ADMINISTRATOR)
def job(job: str) -> ResponseReturnValue:
    return _page(JobId(job[:LONGEST_JOB]))


@pages.get("/<job>/state")
@staff_only(Role.ADMINISTRATOR)
def state(job: str) -> ResponseReturnValue:
    """How far it is, for the script of the page."""
    with reading(here.sessions()) as store:
        found = import_jobs.watch(store, JobId(job[:LONGEST_JOB]), by=here.actor())
    return jsonify(
        done=found.done, total=found.total, open=found.is_open, state=words.state_word(found)
    )


@pages.post("/<job>/save")
@staff_only(Role.ADMINISTRATOR)
def save(job: str) -> ResponseReturnValue:
    """What was read is to be saved."""
    key = JobId(job[:LONGEST_JOB])
    try:
        with transaction(here.sessions()) as store:
            saving = import_jobs.ask_for_save(store, key, by=here.actor(), at=here.now())
    except (NotLookedAt, RowsRefused, UploadGone) as refused:
        return _page(key, refused)
    return redirect(url_for("imports.job", job=saving.id))


@pages.post("/<job>/cancel")
@staff_only(Role.ADMINISTRATOR)
def cancel(job: str) -> ResponseReturnValue:
    """Stop it, or forget the file that was looked at."""
    with transaction(here.sessions()) as store:
        stopped = import_jobs.cancel(
            store, JobId(job[:LONGEST_JOB]), by=here.actor(), at=here.now()
        )
    if stopped.is_open:
        flash(say("Đã yêu cầu dừng. Xem kết quả ở trang này."), "good")
        return redirect(url_for("imports.job", job=stopped.id))
    if import_jobs.is_saved(stopped):
        flash(say("Tệp này đã được lưu trước khi dừng."), "warn")
        return redirect(url_for("imports.job", job=stopped.id))
    flash(say("Đã bỏ. Không có gì được lưu từ tệp này."), "good")
    return redirect(url_for("imports.show"))


def _form(refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        recent = import_jobs.recent(store, by=here.actor())
    page = render_template(
        "imports/form.html",
        refusal=told(refused) if refused else "",
        recent=recent,
        words=words,
        typed=forms.typed("kind", "mode", "encoding"),
        largest=LARGEST_FILE // 1_000_000,
    )
    return page, status_of(refused) if refused else 200


def _page(key: JobId, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        found = import_jobs.watch(store, key, by=here.actor())
    done = found.state is JobState.DONE
    page = render_template(
        "imports/job.html",
        refusal=told(refused) if refused else "",
        job=found,
        looked=found.kind == LOOK,
        found=import_jobs.found(found) if done else None,
        words=words,
    )
    return page, status_of(refused) if refused else 200
