"""The text of a file is read in pieces, in the encoding it was written in; a byte that does not fit leaves a mark.

The mark is U+FFFD: whoever reads the cell refuses it there, so one damaged byte names its row and
column instead of spoiling the file.
"""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from postal_service.domain.legacy_text import Encoding, UnreadableFile, decode, decode_as
from postal_service.services.importing.tables import TooLarge

MARK = "\N{REPLACEMENT CHARACTER}"
LONGEST_LINE = 16 * 1024 * 1024
_CHUNK = 1024 * 1024
_SAMPLE = 256 * 1024
_HEAD = 64 * 1024
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LEGACY = (Encoding.TCVN3, Encoding.VNI, Encoding.WINDOWS_1258)


@dataclass(frozen=True, kw_only=True)
class Writing:
    """How a file is written. `codec` is Python's name; `certain` is False for a guess."""

    encoding: Encoding
    codec: str
    certain: bool


def writing_of(path: Path, said: Encoding | None) -> Writing:
    """Recognise the encoding by the whole file, in bounded memory. Raises UnreadableFile."""
    with path.open("rb") as raw:
        head = raw.read(_HEAD)
    if said is not None:
        named = {Encoding.UTF_8: "utf-8-sig", Encoding.UTF_16: _utf16_codec(head)}
        return Writing(encoding=said, codec=named.get(said, said.value), certain=True)
    if head.startswith(_UTF16_MARKS):
        return Writing(encoding=Encoding.UTF_16, codec="utf-16", certain=True)
    if _is_utf16(head):
        return Writing(encoding=Encoding.UTF_16, codec=_utf16_codec(head), certain=False)
    if head.startswith(codecs.BOM_UTF8):
        return Writing(encoding=Encoding.UTF_8_BOM, codec="utf-8-sig", certain=True)
    if _is_utf8(path):
        return Writing(encoding=Encoding.UTF_8, codec="utf-8-sig", certain=True)
    found = decode(_lines_with_marks(path))
    return Writing(encoding=found.encoding, codec=found.encoding.value, certain=found.certain)


class TextFile:
    """A text file being read, once, from its beginning. Close it, or use it as a context."""

    def __init__(self, path: Path, writing: Writing) -> None:
        self._writing = writing
        self._size = max(path.stat().st_size, 1)
        self._raw = path.open("rb")
        # Old encodings have one byte a character: read them as Latin-1 and turn them line by line.
        codec = "latin-1" if writing.encoding in _LEGACY else writing.codec
        self._text = io.TextIOWrapper(self._raw, encoding=codec, errors="replace", newline="")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _fault: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._text.close()

    def share(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return 1.0 if self._raw.closed else min(self._raw.tell() / self._size, 1.0)

    def lines(self) -> Iterator[str]:
        """Lines with their ends. Raises TooLarge for one that is longer than any table's."""
        while line := self._text.readline(LONGEST_LINE):
            if len(line) >= LONGEST_LINE:
                raise TooLarge(what="line", most=LONGEST_LINE)
            yield self._told(line)

    def piece(self, characters: int) -> str:
        """The next characters; "" at the end."""
        return self._told(self._text.read(characters))

    def _told(self, text: str) -> str:
        if self._writing.encoding not in _LEGACY or text.isascii():
            return text
        content = text.encode("latin-1")
        try:
            return decode_as(content, self._writing.encoding)
        except UnreadableFile:
            return "".join(self._letter(byte) for byte in content)

    def _letter(self, byte: int) -> str:
        try:
            return decode_as(bytes([byte]), self._writing.encoding)
        except UnreadableFile:
            return MARK


class TextTable:
    """An opened text file that is read as a table; how it is cut into rows, each format knows."""

    def __init__(self, path: Path, said: Encoding | None) -> None:
        self._path, self._writing = path, writing_of(path, said)
        self.encoding: Encoding | None = self._writing.encoding
        self.certain = self._writing.certain
        self.headings: list[str] = []
        self._file: TextFile | None = None

    def share(self) -> float | None:
        return self._file.share() if self._file else None


def _is_utf16(head: bytes) -> bool:
    # Every other byte of Latin letters and digits is zero; a stray NUL in a byte file is not that.
    return head.count(0) > len(head) // 5


def _utf16_codec(head: bytes) -> str:
    """Which byte of a pair comes first: the mark at the head says it, else the zeros."""
    if head.startswith(_UTF16_MARKS):
        return "utf-16"
    return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"


def _is_utf8(path: Path) -> bool:
    """Whether all of it is UTF-8, but for at most a few damaged places in otherwise marked text."""
    reader = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as raw:
        try:
            while chunk := raw.read(_CHUNK):
                reader.decode(chunk)
            reader.decode(b"", final=True)
        except UnicodeDecodeError:
            return _mostly_utf8(path)
    return True


def _mostly_utf8(path: Path) -> bool:
    sample = _lines_with_marks(path)
    text = sample.decode("utf-8", errors="replace")
    good = sum(1 for c in text if c > "\x7f" and c != MARK)
    return good > 20 * text.count(MARK)


def _lines_with_marks(path: Path) -> bytes:
    """The first lines that hold more than ASCII: what tells one old encoding from another."""
    kept = bytearray()
    with path.open("rb") as raw:
        while len(kept) < _SAMPLE and (line := raw.readline(_SAMPLE)):
            if not line.isascii():
                kept += line
    return bytes(kept)
