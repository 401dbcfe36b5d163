"""Why something was kept apart and what it says, in the words of whoever has to settle it."""

from collections.abc import Mapping
from typing import Final, assert_never

from postal_service.domain import acts
from postal_service.domain.event import Event
from postal_service.services.examining import Reason
from postal_service.services.overview import Names
from postal_service.web.acts import act_facts
from postal_service.web.language import pick, say

REASONS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.MALFORMED: ("không đọc được thành sự kiện", "cannot be read as an event"),
    Reason.UNKNOWN_DEVICE: ("máy ký không có trong sổ", "signed by an unknown device"),
    Reason.BAD_SIGNATURE: ("chữ ký không đúng", "the signature does not hold"),
    Reason.BAD_OFFER: ("mã bàn giao không đúng", "the hand-over code does not hold"),
    Reason.NOT_FOR_PHONES: ("việc này không làm trên điện thoại", "not an act for phones"),
    Reason.WRONG_STAFF: ("người ký không phải chủ máy", "signed by somebody else than its holder"),
    Reason.ID_REUSED: ("trùng mã với sự kiện khác", "its id belongs to another event"),
    Reason.SEQUENCE_FORK: ("số thứ tự đã dùng cho sự kiện khác", "its number was used already"),
    Reason.CHAIN_BROKEN: ("không nối với sự kiện trước của máy", "does not follow the last event"),
    Reason.TOO_FAR_AHEAD: (
        "số thứ tự vượt quá xa số cuối của máy",
        "its number is too far past the phone's last one",
    ),
    Reason.REVOKED: ("máy đã bị thu hồi", "the phone was revoked"),
    Reason.UNKNOWN_ITEM: ("bưu gửi không có trong sổ", "an unknown item"),
    Reason.UNPROVED: ("phát mà chưa chứng minh được", "a delivery without its proof"),
}
# What helps where the head can let nothing in.
REMEDIES: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.UNKNOWN_DEVICE: (
        "Nếu máy đang chờ xác nhận: xác nhận máy, rồi để máy gửi lại.",
        "If the phone waits to be confirmed: confirm it, then let it send again.",
    ),
    Reason.TOO_FAR_AHEAD: (
        "Khi các sự kiện trước của máy đã vào sổ, máy gửi lại là được.",
        "Once the phone's earlier events are in the ledger, it is taken when it is sent again.",
    ),
    **dict.fromkeys(
        (Reason.BAD_OFFER, Reason.NOT_FOR_PHONES, Reason.WRONG_STAFF),
        (
            "Những gì máy này ký sau đó sẽ phải chờ: hãy đăng ký lại máy.",
            "What this phone signs after it has to wait: enrol the phone anew.",
        ),
    ),
}


def reason_word(reason: Reason) -> str:
    """The sentence for a reason."""
    return pick(REASONS[reason])


def remedy(reason: Reason) -> str:
    """What helps instead of letting it in; "" where nothing does."""
    return pick(REMEDIES[reason]) if reason in REMEDIES else ""


def facts(event: Event, names: Names, *, of_bag: bool) -> list[tuple[str, str]]:
    """What an event says besides who, when and of which item; of a delivery also how it was proved."""
    told = act_facts(event.act, of_bag=of_bag)
    if isinstance(event.act, acts.Deliver):
        told.append((say("Cách xác nhận"), _proof(event.act.proof, names)))
    return told


def _proof(proof: acts.Proof, names: Names) -> str:
    match proof:
        case acts.CodeProof():  # its secret is the citizen's: on no page
            return pick(("mã nhận kết quả", "delivery code"))
        case acts.MessageProof():
            return pick(("mã một lần qua tin nhắn", "one-time code by message"))
        case acts.CardProof():
            return pick(
                (
                    f"thẻ căn cước, bốn số cuối {proof.last4}",
                    f"citizen card, last four digits {proof.last4}",
                )
            )
        case acts.OverrideProof():
            witness = names.person(proof.witness)
            return pick(
                (f"hai nhân viên, người chứng kiến {witness}", f"two staff, witness {witness}")
            )
        case _:
            assert_never(proof)
