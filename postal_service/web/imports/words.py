"""The words of an import: what is imported, how, and how far it is."""

from collections.abc import Mapping
from typing import Any, Final

from postal_service.domain.legacy_text import Encoding
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording import sentence
from postal_service.services.import_jobs import LOOK
from postal_service.services.importing import Finding, Kind, Mode, Outcome
from postal_service.services.jobs import Job
from postal_service.web.labels import word
from postal_service.web.language import language, pick

Pair = tuple[str, str]

KINDS: Final[dict[Kind, Pair]] = {
    Kind.DOSSIERS: ("Hồ sơ của hệ thống một cửa", "Dossiers of a one-stop system"),
    Kind.UNITS: ("Đơn vị hành chính, cơ quan", "Administrative units, agencies"),
    Kind.OFFICES: ("Bưu cục", "Post offices"),
    Kind.STAFF: ("Nhân viên", "Staff"),
    Kind.PROCEDURES: ("Thủ tục hành chính", "Procedures"),
    Kind.CALENDAR: (
        "Lịch làm việc chung hoặc của một cơ quan",
        "Working calendar, everybody's or one agency's",
    ),
}
MODES: Final[dict[Mode, Pair]] = {
    Mode.CREATE: (
        "Chỉ thêm mới; dòng đã có phải giống hệt",
        "Only add; what is there must be the same",
    ),
    Mode.UPDATE: ("Chỉ sửa dòng đã có", "Only change what is there"),
    Mode.MERGE: ("Thêm mới và sửa dòng đã có", "Add, and change what is there"),
}
ENCODINGS: Final[dict[Encoding, Pair]] = {
    Encoding.UTF_8: ("Unicode (UTF-8)", "Unicode (UTF-8)"),
    Encoding.UTF_16: ("Unicode (UTF-16)", "Unicode (UTF-16)"),
    Encoding.WINDOWS_1258: ("Windows-1258", "Windows-1258"),
    Encoding.TCVN3: ("TCVN3 (ABC)", "TCVN3 (ABC)"),
    Encoding.VNI: ("VNI", "VNI"),
}
OUTCOMES: Final[dict[Outcome, Pair]] = {
    Outcome.CREATED: ("thêm mới", "added"),
    Outcome.UPDATED: ("sửa", "changed"),
    Outcome.UNCHANGED: ("không đổi", "unchanged"),
    Outcome.REFUSED: ("bị từ chối", "refused"),
}
_ENDED_BADLY: Final[dict[str, Pair]] = {
    "job.silent": ("Máy chủ dừng giữa chừng; chưa lưu gì. Hãy làm lại.", "The server stopped half-way; nothing was saved. Begin anew."),
    "job.busy": ("Cơ sở dữ liệu bận quá lâu vì việc khác; chưa lưu gì. Hãy làm lại.", "Other work kept the store busy for too long; nothing was saved. Begin anew."),
    "job.broken": ("Hệ thống gặp lỗi; chưa lưu gì và lỗi đã được ghi lại.", "Something broke; nothing was saved, and the fault was logged."),
}  # fmt: skip


def options(words: Mapping[Any, Pair]) -> list[tuple[str, str]]:
    """A closed list as a form offers it."""
    return [(code.value, pick(pair)) for code, pair in words.items()]


def kind_word(kind: str) -> str:
    return pick(KINDS[Kind(kind)])


def outcome_word(outcome: Outcome) -> str:
    return pick(OUTCOMES[outcome])


def state_word(job: Job) -> str:
    """What is being done, and how it stands."""
    what = pick(("Kiểm tra tệp", "Looking at the file") if job.kind == LOOK else ("Lưu", "Saving"))
    return f"{what}: {word(job.state)}"


def why_failed(job: Job) -> str:
    """The sentence behind a job that failed."""
    if job.message in _ENDED_BADLY:
        return pick(_ENDED_BADLY[job.message])
    facts = job.result.get("facts")
    return sentence(
        job.message or Refusal.code, facts if isinstance(facts, dict) else {}, language()
    )


def reason(finding: Finding) -> str:
    """Why a cell cannot be taken."""
    return finding.reason(language())
