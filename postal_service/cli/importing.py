"""Import files of another system: show what would become of them, then save all or nothing."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tqdm import tqdm

from postal_service.cli.installation import INSTALLER
from postal_service.cli.opening import opened
from postal_service.cli.output import INTERRUPTED, Commands, complain, say
from postal_service.domain.legacy_text import Encoding
from postal_service.runtime import Runtime
from postal_service.services import importing
from postal_service.services.importing import (
    Finding,
    Format,
    ImportReport,
    Kind,
    Mode,
    OnProgress,
    Outcome,
    Preview,
    Progress,
    Rules,
    Source,
    Spool,
    Stage,
)
from postal_service.storage.transaction import reading, transaction

ENCODINGS = {
    "utf-8": Encoding.UTF_8,
    "utf-16": Encoding.UTF_16,
    "windows-1258": Encoding.WINDOWS_1258,
    "tcvn3": Encoding.TCVN3,
    "vni": Encoding.VNI,
}
_NAMES = {encoding: name for name, encoding in ENCODINGS.items()}
_TITLES = {Stage.CHECKING: "Kiểm tra / checking", Stage.SAVING: "Lưu / saving"}


def add_commands(commands: Commands) -> None:
    """`import`."""
    parser = commands.add_parser(
        "import", help="import dossiers, units, offices, staff, procedures or calendars from a file"
    )
    parser.add_argument("kind", choices=[kind.value for kind in Kind])
    parser.add_argument("file", type=Path, help="CSV, XLSX, a JSON array, or one object a line")
    parser.add_argument("--format", choices=[form.value for form in Format])
    parser.add_argument(
        "--encoding",
        choices=list(ENCODINGS),
        help="of CSV and JSON; where it has to be guessed, nothing is saved until it is named",
    )
    parser.add_argument(
        "--preview",
        "--dry-run",
        action="store_true",
        help="say what would be done and save nothing",
    )
    parser.add_argument(
        "--save-good-rows",
        action="store_true",
        help="save the good rows although others are refused",
    )
    parser.add_argument(
        "--mode",
        choices=[mode.value for mode in Mode],
        default=Mode.CREATE.value,
        help="create: what is there must be the same; update: change what is there; merge: both",
    )
    parser.add_argument("--errors", type=int, default=20, help="how many errors to show")
    parser.set_defaults(run=_import)


def _import(arguments: argparse.Namespace) -> int:
    if arguments.errors < 0:
        complain("--errors is a number from 0.")
        return 2
    source = Source(
        path=arguments.file,
        format=Format(arguments.format) if arguments.format else None,
        encoding=ENCODINGS[arguments.encoding] if arguments.encoding else None,
    )
    rules = Rules(
        kind=Kind(arguments.kind),
        mode=Mode(arguments.mode),
        good_rows_alone=arguments.save_good_rows,
        most_findings=arguments.errors,
    )
    with opened() as runtime, ExitStack() as opened_files:
        spool = None if arguments.preview else opened_files.enter_context(Spool())
        try:
            told = _look(runtime, source, rules, spool)
            _say_preview(told)
        except KeyboardInterrupt:
            return _stopped(perhaps_saved=False)
        if arguments.preview:
            say("Xem trước: chưa lưu gì. / Preview: nothing was saved.")
            return 0 if told.clean else 1
        if not told.certain:
            return _ask_for_encoding(told)
        return _save(runtime, source, rules, told, spool)


def _look(runtime: Runtime, source: Source, rules: Rules, spool: Spool | None) -> Preview:
    with reading(runtime.sessions) as session, _bar() as on_progress:
        return importing.preview(
            session,
            runtime.vault,
            source,
            rules,
            service=runtime.settings.item_prefix,
            by=INSTALLER,
            at=runtime.clock(),
            on_progress=on_progress,
            spool=spool,
        )


def _ask_for_encoding(told: Preview) -> int:
    """A guess may read another letter where a name stands, so somebody looks and names it."""
    guess = _NAMES[told.encoding] if told.encoding else ""
    complain(
        f"Bảng mã {guess} chỉ là đoán nên chưa lưu gì. Xem chữ ở các dòng trên: đúng thì chạy lại lệnh,"
        f" thêm --encoding {guess}; sai thì thêm tên khác ({', '.join(ENCODINGS)}) và --preview.",
        f"The encoding {guess} is a guess, so nothing was saved. Look at the letters of the rows above: if"
        f" they are right, run the command again with --encoding {guess}; else with another name and --preview.",
    )
    return 1


def _save(
    runtime: Runtime, source: Source, rules: Rules, told: Preview, spool: Spool | None
) -> int:
    tries: list[ImportReport] = []

    def save() -> None:
        with transaction(runtime.sessions) as session, _bar() as on_progress:
            tries.append(
                importing.run(
                    session,
                    runtime.vault,
                    source,
                    rules,
                    service=runtime.settings.item_prefix,
                    by=INSTALLER,
                    at=runtime.clock(),
                    checked=told,
                    on_progress=on_progress,
                    spool=spool,
                )
            )

    try:
        importing.once_more(save)
    except KeyboardInterrupt:
        # Once all is written it is committed, and nobody can say whether that came first.
        return _stopped(perhaps_saved=any(each.saved for each in tries))
    (done,) = tries
    if not done.saved:
        complain(
            "Chưa lưu gì vì có dòng bị từ chối; sửa tệp hoặc thêm --save-good-rows.",
            "Nothing was saved, because rows were refused; mend the file or add --save-good-rows.",
        )
        return 1
    if not done.rows:
        say("Tệp không có dòng nào, nên chưa lưu gì. / The file has no rows, so nothing was saved.")
        return 0
    if done.errors != told.errors:  # something was saved elsewhere since the preview
        _say_findings("Lỗi / errors", done.errors, done.error_count)
    say(f"Đã lưu. / Saved. {_counts(done)}")
    return 1 if done.counts[Outcome.REFUSED] else 0


def _stopped(*, perhaps_saved: bool) -> int:
    """All of a file's rows are in one transaction, the good ones alone too."""
    if perhaps_saved:
        complain(
            "Đã dừng đúng lúc đang lưu, có thể đã lưu. Chạy lại lệnh: dòng nào đã lưu thì giữ nguyên.",
            "Stopped while it was being saved, so it may be saved. Run the command again: rows that are there stay as they are.",
        )
    else:
        complain("Đã dừng, chưa lưu gì.", "Stopped; nothing was saved.")
    return INTERRUPTED


def _say_preview(told: Preview) -> None:
    written = told.encoding.value if told.encoding else "-"
    guess = (
        "" if told.certain else " (đoán, xem các dòng dưới đây / a guess, look at the rows below)"
    )
    say(f"{told.kind.value}: {told.format.value}, {written}{guess}")
    for heading, title in told.columns.items():
        say(f"  {heading} → {title}")
    if told.unknown_columns:
        say(f"  Không dùng / not used: {', '.join(told.unknown_columns)}")
    for row in told.first_rows:
        say("  | " + " · ".join(text for text in row.values() if text))
    say(f"{told.rows} dòng / rows: {_counts(told)}")
    _say_findings("Lỗi / errors", told.errors, told.error_count)
    _say_findings("Lưu ý / remarks", told.remarks, told.remark_count)


def _say_findings(title: str, findings: tuple[Finding, ...], count: int) -> None:
    if not count:
        return
    say(f"{title}: {count}")
    for each in findings:
        row = f"dòng / row {each.row}" if each.row else "tệp / file"  # no row was read yet
        where = " | ".join(part for part in (row, each.column, each.value) if part)
        say(f"  {where}: {each.reason('vi')} / {each.reason('en')}")
    if count > len(findings):
        say(f"  … và {count - len(findings)} nữa / and more")


def _counts(told: Preview) -> str:
    return ", ".join(f"{outcome.value} {count}" for outcome, count in told.counts.items())


@contextmanager
def _bar() -> Iterator[OnProgress]:
    """A bar on a terminal, nothing in a log."""
    with tqdm(disable=None, file=sys.stderr, leave=False, unit=" dòng") as bar:

        def show(progress: Progress) -> None:
            bar.set_description(_TITLES[progress.stage], refresh=False)
            bar.total = progress.total
            bar.update(progress.rows - bar.n)

        yield show
