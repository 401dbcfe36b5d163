"""Read a printed paper as its users do: the words from the PDF, the codes from the rasterised page."""

import dataclasses
import io
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf
import pytest
import zxingcpp
from PIL import Image
from pypdf.generic import DictionaryObject

MM_PER_POINT = 25.4 / 72
_DRAWN = frozenset({"QR Code", "Code 128"})  # a row of digits can pass for another bar code
PRINTER_DPI = 203  # an ordinary thermal label printer


@dataclass(frozen=True, kw_only=True)
class ReadCode:
    """One code found on a page; `version` is empty for bars."""

    symbology: str
    text: str
    version: str
    correction: str


def page_texts(pdf: bytes) -> list[str]:
    """Each page's words with single spaces between them."""
    return [" ".join(page.extract_text().split()) for page in _reader(pdf).pages]


def text_of(pdf: bytes) -> str:
    return " ".join(page_texts(pdf))


def first_lines(pdf: bytes) -> list[str]:
    return [page.extract_text().strip().splitlines()[0] for page in _reader(pdf).pages]


def sizes_mm(pdf: bytes) -> set[tuple[int, int]]:
    boxes = [page.mediabox for page in _reader(pdf).pages]
    return {(_mm(float(box.width)), _mm(float(box.height))) for box in boxes}


def title_and_language(pdf: bytes) -> tuple[str, str]:
    reader = _reader(pdf)
    assert reader.metadata is not None
    return str(reader.metadata.title), str(reader.root_object["/Lang"])


def described(pdf: bytes) -> tuple[str, str, bool]:
    """Author, subject, and whether a window shows the title instead of the file's name."""
    reader = _reader(pdf)
    assert reader.metadata is not None
    preferences = reader.root_object["/ViewerPreferences"]
    assert isinstance(preferences, DictionaryObject)
    shown = bool(preferences["/DisplayDocTitle"])
    return str(reader.metadata.author), str(reader.metadata.subject), shown


def codes_of(pdf: bytes, folder: Path, *, dpi: int = PRINTER_DPI) -> list[set[ReadCode]]:
    """Each page's codes, read from a picture in black dots only, as a printer at `dpi` makes it."""
    tool = shutil.which("pdftoppm")
    if tool is None:
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    source = folder / "paper.pdf"
    source.write_bytes(pdf)
    subprocess.run(
        [tool, "-r", str(dpi), "-mono", str(source), str(folder / "page")], check=True, timeout=60
    )
    return [_codes_on(picture) for picture in sorted(folder.glob("page*.pbm"))]


def with_each_text(view: Any, change: Any, *, keep: frozenset[str]) -> Any:  # noqa: ANN401 (any view)
    """The view with `change` applied to every text in it, except in the fields named in `keep`."""
    if isinstance(view, str):
        return change(view)
    if isinstance(view, tuple):
        return tuple(with_each_text(part, change, keep=keep) for part in view)
    if not dataclasses.is_dataclass(view) or isinstance(view, type):
        return view
    changed = {
        field.name: with_each_text(getattr(view, field.name), change, keep=keep)
        for field in dataclasses.fields(view)
        if field.name not in keep
    }
    return dataclasses.replace(view, **changed)


def _codes_on(picture: Path) -> set[ReadCode]:
    with Image.open(picture) as image:
        found = zxingcpp.read_barcodes(image.convert("L"))
    return {
        ReadCode(
            symbology=str(code.format),
            text=code.text,
            version=_version(code.extra),
            correction=code.ec_level,
        )
        for code in found
        if str(code.format) in _DRAWN
    }


def _version(extra: object) -> str:
    return str(extra["Version"]) if isinstance(extra, dict) else ""


def _reader(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def _mm(points: float) -> int:
    return round(points * MM_PER_POINT)
