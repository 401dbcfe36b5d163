"""A long file needs no more memory than a short one: what is held at once is counted while it is taken."""

import gc
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from postal_service.services.importing import (
    Kind,
    Outcome,
    Progress,
    Rules,
    Source,
    Spool,
    preview,
    run,
)
from postal_service.services.importing.cells import RowCells
from postal_service.services.importing.dossier_rows import DossierRecord
from postal_service.services.importing.tables import BrokenAt
from postal_service.services.importing.tally import CHUNK
from postal_service.services.importing.xlsx_files import XlsxTable
from postal_service.services.importing.xlsx_sheet import SharedTexts
from postal_service.storage.temporary import FirstSeen
from tests.services.importing.files import AT, Importer, row
from tests.services.importing.writing import write_csv, write_shared_xlsx

ROWS = 3 * CHUNK + 200
COUNTED = (RowCells, DossierRecord, Element)
FEW = 300  # rows that lie in one piece of a workbook, which is read ahead


def _rows() -> list[dict[str, object]]:
    return [row(n, Tên_người_nộp=f"Nguyễn Văn {n}", Địa_chỉ=f"{n} Hùng Vương") for n in range(1, ROWS + 1)]  # fmt: skip


def _csv(folder: Path) -> Path:
    return write_csv(folder / "d.csv", _rows())


def _xlsx(folder: Path) -> Path:
    made = _rows()
    return write_shared_xlsx(folder / "d.xlsx", [list(made[0]), *(list(r.values()) for r in made)])


def alive() -> dict[type, int]:
    """How many there are of what a file is read into."""
    gc.collect()
    found = dict.fromkeys(COUNTED, 0)
    for each in gc.get_objects():
        kind = type(each)
        if kind in found and (kind is not Element or each.tag.endswith(("}row", "}si"))):
            found[kind] += 1
    return found


@pytest.mark.parametrize("write", [_csv, _xlsx], ids=["csv", "xlsx"])
def test_what_is_held_at_once_does_not_follow_the_file(
    office: Importer, tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    source, rules = Source(path=write(tmp_path)), Rules(kind=Kind.DOSSIERS)
    held: list[dict[type, int]] = []
    steps, rows_held = [0], []

    def watch(progress: Progress) -> None:
        steps.append(progress.rows)
        held.append(alive())
        rows_held.append(len(office.session.identity_map))

    with Spool() as spool:
        looked = preview(
            office.session, office.vault, source, rules, service="BH", by=office.by, at=AT,
            on_progress=watch, spool=spool,
        )  # fmt: skip
        done = run(
            office.session, office.vault, source, rules, service="BH", by=office.by, at=AT,
            checked=looked, on_progress=watch, spool=spool,
        )  # fmt: skip

    assert done.counts[Outcome.CREATED] == ROWS
    assert max(after - before for before, after in pairwise(steps)) == CHUNK
    assert max(each[RowCells] for each in held) <= 2
    assert max(each[DossierRecord] for each in held) <= CHUNK + 2
    assert max(each[Element] for each in held) <= FEW
    assert max(rows_held) <= FEW


def test_texts_that_cells_share_come_back_from_the_disk(tmp_path: Path) -> None:
    count = 40_500  # more than the blocks that are at hand
    rows = [[f"ô {n}", "chung", f"<&> {n}"] for n in range(count)]
    path = write_shared_xlsx(tmp_path / "t.xlsx", [["Một", "Hai", "Ba"], *rows])

    read = [list(each.cells.values()) for each in XlsxTable(path, len).rows()]

    assert read == rows


@pytest.mark.parametrize("number", [-1, 3, 1_000, 10**30])
def test_a_text_that_there_is_not_is_not_another(number: int) -> None:
    with Spool() as spool:
        spool.add(["a", "b", "c"])

        with pytest.raises((IndexError, OverflowError)):
            SharedTexts(spool)[number]


def test_a_cell_whose_text_there_is_not_ends_the_reading(tmp_path: Path) -> None:
    def rows() -> Iterator[Sequence[object]]:
        yield ["Một", "Hai"]
        yield ["a", "b"]

    good = write_shared_xlsx(tmp_path / "t.xlsx", rows())
    bad = tmp_path / "bad.xlsx"
    _rewrite(good, bad, b"<v>3</v>", b"<v>30</v>")

    with pytest.raises(BrokenAt) as refused:
        list(XlsxTable(bad, len).rows())
    assert refused.value.facts["row"] == 2


def _rewrite(path: Path, changed: Path, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as told, zipfile.ZipFile(changed, "w") as made:
        for name in told.namelist():
            made.writestr(name, told.read(name).replace(old, new))


def test_where_a_key_came_first_is_known_however_many_there_are() -> None:
    seen = FirstSeen()
    assert [seen.at(key, n) for n, key in enumerate("abab", start=2)] == [2, 3, 2, 3]
    assert [seen.at(f"{n}", n) for n in range(5_000)] == list(range(5_000))
    assert seen.at("4999", 9_999) == 4_999
    seen.close()
