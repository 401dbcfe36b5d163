"""How many rows of another system's dossiers `postal import` saves a second, and whether its memory follows the file.

A file of each size is written, as CSV and as a workbook, with rows like those of the sample: names,
numbers and addresses that differ from row to row, results by post and days that are computed. The
command itself imports it, a process for each file, into a store that holds the sample's units,
procedures and calendar. Seconds are those of the whole command, from its start to its end: of the
clock, and of its own processor, which says more where others use the machine and leaves out what a
PostgreSQL server does. The memory is what the system says the process used at most. What counts is
that it is the same at every size. Run: python -m benchmarks.imports
"""

import argparse
import csv
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path

from postal_service.settings import make_keys
from postal_service.storage.engine import open_engine
from postal_service.storage.migrate import upgrade
from tests.databases import fresh_database, postgres_server, sqlite_url
from tests.services.importing.writing import write_shared_xlsx

SIZES = (1_000, 10_000, 100_000)
SAMPLES = Path(__file__).parents[1] / "docs" / "samples"
BEFORE = ("units", "offices", "procedures", "calendar", "agency_calendar")
KIND = {"agency_calendar": "calendar"}
ROWS_OF_A_DAY = 9_000  # a dossier code has four to six digits for its number of the day
HEADINGS = (
    "STT", "Mã hồ sơ", "Mã TTHC", "Tên người nộp", "Số CCCD", "Điện thoại", "Địa chỉ", "Cơ quan",
    "Kênh", "Ngày tiếp nhận", "Ngày hẹn trả", "Nhận kết quả qua BCCI", "Trạng thái", "Ngày giải quyết",
)  # fmt: skip
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Đặng", "Võ", "Bùi")
MIDDLES = ("Thị", "Văn", "Ngọc", "Hữu", "Quốc", "Thanh")
NAMES = ("Ánh", "Bình", "Cường", "Dũng", "Giang", "Hòa", "Khánh", "Lan", "Minh", "Nghĩa", "Ưởng")

_IMPORTING = (
    "import sys, pathlib, time; from postal_service.cli import main; status = main(sys.argv[1:]);"
    " print(pathlib.Path('/proc/self/status').read_text());"
    " print('processor:', time.process_time()); sys.exit(status)"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--formats", nargs="+", choices=["csv", "xlsx"], default=["csv", "xlsx"])
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--postgres", default="", help="URL of a server; default: a throw-away one")
    arguments = parser.parse_args()
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    )
    print("| database | file | rows | rows/s | rows/s of its processor | MiB at most |")
    print("|---|---|---|---|---|---|", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = arguments.postgres
        if "postgresql" in arguments.databases and not server:
            server = stack.enter_context(postgres_server())
        for database in arguments.databases:
            for form in arguments.formats:
                for size in arguments.sizes:
                    with _store(database, folder, server) as environment:
                        told = _imported(_written(folder, form, size), size, environment)
                    print(f"| {database} | {form} | {size:,} | {told} |", flush=True)


@contextmanager
def _store(database: str, folder: Path, server: str) -> Iterator[dict[str, str]]:
    """The environment of a service whose store holds what the dossiers name."""
    with ExitStack() as stack:
        if database == "sqlite":
            room = stack.enter_context(tempfile.TemporaryDirectory(dir=folder))
            url = sqlite_url(Path(room))
        else:
            url = stack.enter_context(fresh_database(server, "imports"))
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
        named = {"POSTAL_DATABASE_URL": url, "POSTAL_ORIGIN": "post.example/custody"}
        environment = {**os.environ, **make_keys(), **named}
        for name in BEFORE:
            _command(environment, KIND.get(name, name), SAMPLES / f"{name}.csv")
        yield environment


def _imported(path: Path, rows: int, environment: dict[str, str]) -> str:
    """Rows a second by the clock and by the processor, and MiB at most."""
    began = time.perf_counter()
    told = _command(environment, "dossiers", path)
    seconds = time.perf_counter() - began
    if f"Saved. created {rows}," not in told:
        raise RuntimeError(f"not everything was saved: {told[:2000]}")
    found = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    peak = int(found["VmHWM"].split()[0]) / 1024
    return f"{rows / seconds:,.0f} | {rows / float(found['processor']):,.0f} | {peak:,.0f}"


def _command(environment: dict[str, str], kind: str, path: Path) -> str:
    # It tells its own peak: what the system keeps of a child begins with its parent's memory.
    return subprocess.run(
        [sys.executable, "-c", _IMPORTING, "import", kind, str(path)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def _written(folder: Path, form: str, size: int) -> Path:
    path = folder / f"dossiers-{size}.{form}"
    if path.exists():
        return path
    if form == "xlsx":
        return write_shared_xlsx(path, chain([HEADINGS], _rows(size)))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(chain([HEADINGS], _rows(size)))
    return path


def _rows(size: int) -> Iterator[list[str]]:
    for n in range(size):
        day = n // ROWS_OF_A_DAY + 1
        names = (FAMILIES[n % 8], MIDDLES[n % 6], f"{NAMES[n % 11]} {NAMES[n // 11 % 11]}")
        yield [
            str(n + 1),
            f"H17.132-2610{day:02d}-{n % ROWS_OF_A_DAY + 1:04d}",
            ("1.004859", "2.000635")[n % 2],
            " ".join(names),
            f"0491{70 + n % 29}{n % 1_000_000:06d}",
            f"09{n % 100_000_000:08d}",
            f"{n % 900 + 1} Phan Châu Trinh, khối phố {n % 12 + 1}, phường Tam Kỳ, thành phố Đà Nẵng",
            "UBND phường Tam Kỳ",
            ("Trực tiếp", "Trực tuyến", "BCCI")[n % 3],
            f"{day:02d}/10/2026 {7 + n % 4:02d}:{n % 60:02d}",
            "",  # computed
            "có" if n % 4 == 0 else "không",
            ("Đang xử lý", "Có kết quả")[n % 2],
            ("", f"{day:02d}/10/2026 16:00")[n % 2],
        ]


if __name__ == "__main__":
    main()
