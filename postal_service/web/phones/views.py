"""A head gives a courier a code, compares what the phone shows, revokes it, and settles what it sent."""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.acts import Deliver, OverrideProof
from postal_service.domain.crockford import ENTROPY_BYTES
from postal_service.domain.event import Event
from postal_service.domain.ids import DeviceId, StaffId
from postal_service.domain.refusals import Refusal
from postal_service.services import devices, enrolling, overview, phone_holders, quarantine
from postal_service.services.directory import UnknownStaff
from postal_service.services.enrolling import FingerprintDiffers
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.phones import words
from postal_service.web.phones.pictures import qr_link

pages = Blueprint("phones", __name__, template_folder="templates", url_prefix="/phones")

HEADS = (Role.MANAGER, Role.ADMINISTRATOR)
GROUP = 4  # characters of a code between two blanks: the eye loses its place in longer ones
FIELD_OF: Final[Mapping[type[Refusal], str]] = {
    UnknownStaff: "courier",
    FingerprintDiffers: "fingerprint",
}
# What the database's row numbers hold; a longer number is no row of ours.
KEPT = "<int(max=9223372036854775807):kept>"


@pages.get("")
@staff_only(*HEADS)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("/codes")
@staff_only(*HEADS)
def issue() -> ResponseReturnValue:
    """A one-time code for a courier: in this answer and nowhere else."""
    try:
        courier = StaffId(forms.line("courier", "Bưu tá", most=limits.STAFF))
        with transaction(here.sessions()) as store:
            made = enrolling.issue_code(
                store, courier, entropy=os.urandom(ENTROPY_BYTES), by=here.actor(), at=here.now()
            )
            names = overview.names(store, [], [], units=[made.unit], staff=[made.staff])
    except Refusal as refused:
        return _page(refused, form="issue")
    groups = [made.code[at : at + GROUP] for at in range(0, len(made.code), GROUP)]
    return render_template(
        "phones/code.html", made=made, groups=groups, picture=qr_link(made.code), names=names
    )


@pages.post("/<device>/confirm")
@staff_only(*HEADS)
def confirm(device: str) -> ResponseReturnValue:
    """The head types what the phone in front of him shows; this page never shows it."""
    try:
        fingerprint = forms.line(
            "fingerprint", "Sáu ký tự trên màn hình điện thoại", most=limits.FINGERPRINT
        )
        with transaction(here.sessions()) as store:
            enrolling.confirm(
                store, here.keys(), DeviceId(device), fingerprint, by=here.actor(), at=here.now()
            )
    except Refusal as refused:
        return _page(refused, form=device)
    flash(say("Đã xác nhận điện thoại. Từ bây giờ chữ ký của máy có giá trị."), "good")
    return redirect(url_for("phones.show"))


@pages.post("/<device>/revoke")
@staff_only(*HEADS)
def revoke(device: str) -> ResponseReturnValue:
    try:
        why = forms.line("why", "Lý do", most=limits.REASON)
        with transaction(here.sessions()) as store:
            devices.revoke(
                store, here.keys(), DeviceId(device), why=why, by=here.actor(), at=here.now()
            )
    except Refusal as refused:
        return _page(refused, form=f"revoke-{device}")
    flash(say("Đã thu hồi điện thoại. Máy không ký được nữa."), "good")
    return redirect(url_for("phones.show"))


@pages.post(f"/kept/{KEPT}/admit")
@staff_only(*HEADS)
def admit(kept: int) -> ResponseReturnValue:
    try:
        with transaction(here.sessions()) as store:
            quarantine.admit(store, here.runtime().vault, kept, by=here.actor(), at=here.now())
    except Refusal as refused:
        return _page(refused, form=f"kept-{kept}")
    flash(say("Đã cho sự kiện vào sổ, cùng những gì chờ sau nó."), "good")
    return redirect(url_for("phones.show"))


@pages.post(f"/kept/{KEPT}/dismiss")
@staff_only(*HEADS)
def dismiss(kept: int) -> ResponseReturnValue:
    try:
        why = forms.line("why", "Lý do", most=limits.REASON)
        with transaction(here.sessions()) as store:
            quarantine.dismiss(store, kept, why=why, by=here.actor(), at=here.now())
    except Refusal as refused:
        return _page(refused, form=f"kept-{kept}")
    flash(say("Đã xếp vào hồ sơ lưu; dữ liệu gốc vẫn được giữ."), "good")
    return redirect(url_for("phones.show"))


def _page(refused: Refusal | None = None, *, form: str = "") -> ResponseReturnValue:
    by = here.actor()
    with reading(here.sessions()) as store:
        listed = {
            status: devices.phones(store, status=status, by=by, after=forms.cursor(status))
            for status in (devices.PENDING, devices.ACTIVE, devices.TO_REVOKE, devices.REVOKED)
        }
        kept = quarantine.open_ones(store, by=by, after=_row_number(forms.cursor("kept")))
        senders = devices.of_ids(store, {each.phone for each in kept})
        known = {each.id: each for each in (*chain(*listed.values()), *senders)}
        said = [each.event for each in kept if each.event is not None]
        couriers = phone_holders.couriers(store, by=by)
        names = overview.names(
            store,
            [],
            [],
            units=[each.unit for each in known.values()],
            staff=[
                *(each.staff for each in known.values()),
                *(each.staff for each in said),
                *_witnesses(said),
            ],
        )
    page = render_template(
        "phones/phones.html",
        refusal=told(refused, at=FIELD_OF.get(type(refused), ""), form=form) if refused else "",
        **listed,
        known=known,
        following={
            **{
                status: found[-1].id if len(found) >= devices.LISTED else ""
                for status, found in listed.items()
            },
            "kept": kept[-1].id if len(kept) >= quarantine.LISTED else "",
        },
        kept=kept,
        couriers=[
            ("", "—"),
            *((each.staff, f"{each.name} · {each.unit_name}") for each in couriers),
        ],
        names=names,
        reason_word=words.reason_word,
        remedy=words.remedy,
        facts=words.facts,
        received=_received,
    )
    return page, status_of(refused) if refused else 200


def _row_number(written: str) -> int:
    """Where the list of what was kept apart goes on; at its beginning for what is no number."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0


def _witnesses(said: Iterable[Event]) -> list[StaffId]:
    proofs = [each.act.proof for each in said if isinstance(each.act, Deliver)]
    return [each.witness for each in proofs if isinstance(each, OverrideProof)]


def _received(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1_000, tz=UTC)
