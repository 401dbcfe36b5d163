"""An exported ledger is a header, so many leaves and so many checkpoints, the newest over all leaves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .answer import Broken, Findings, Unreadable, Verdict
from .ledger import Ledger
from .notes import STRANGER, Checkpoint, Keys, check_note, read_keys
from .signatures import Signatures
from .values import is_number, object_in

FORMAT = "custody-ledger/1"
LONGEST_LINE = 65_536  # bytes; an event has at most 16,384

Known = tuple[int, str]  # the size and root of a checkpoint that somebody kept


def verify(
    path: Path | str, keys_path: Path | str, *, known: Sequence[Known] = (), workers: int = 1
) -> Verdict:
    """The verdict on an exported ledger. Raises Unreadable; everything else is in the verdict.

    `known` are sizes and roots from elsewhere, which the ledger must have had.
    """
    path = Path(path)
    keys = read_keys(Path(keys_path))
    signatures = Signatures(workers)
    ledger = Ledger(keys, signatures)
    broken: Broken | None = None
    try:
        header = _read_header(path, keys)
        signed = _read_checkpoints(path, header, keys, signatures)
        _tell_strangers(signed, ledger.findings)
        try:
            _read_leaves(path, header, ledger, signed, known)
        except Broken as fault:
            broken = fault
        signatures.finish()  # a false signature stands before whatever else was found
        ledger.times.know_roots({each.root[:16].hex() for each in signed.values()})
    except Broken as fault:
        broken = fault
    finally:
        signatures.close()
        ledger.close()
    return Verdict(
        size=ledger.size,
        root=ledger.root.hex(),
        counts=dict(sorted(ledger.counts.items())),
        broken=broken,
        findings=dict(sorted(ledger.findings.counts.items())),
        shown=tuple(ledger.findings.shown),
    )


@dataclass(frozen=True)
class _Header:
    leaves: int
    checkpoints: int


def _read_header(path: Path, keys: Keys) -> _Header:
    try:
        header = object_in(next(_lines(path), b""), "the header")
    except Broken as fault:
        raise Unreadable(f"{path} is not a ledger: {fault}") from fault
    if header.get("format") != FORMAT:
        raise Unreadable(f"{path} is not of the format {FORMAT}")
    known = header.keys() == {"checkpoints", "format", "leaves", "origin"}
    if not known or not (is_number(header["checkpoints"]) and is_number(header["leaves"])):
        raise Broken("the header is malformed")
    if header["origin"] != keys.log.name:
        raise Broken(f"this is the ledger of {header['origin']}, not of {keys.log.name}")
    return _Header(header["leaves"], header["checkpoints"])


def _read_checkpoints(
    path: Path, header: _Header, keys: Keys, signatures: Signatures
) -> dict[int, Checkpoint]:
    """What was signed, by size. It stands at the end and is wanted from the start."""
    signed: dict[int, Checkpoint] = {}
    last = Checkpoint(0, b"", 0, None, ())
    count = 0
    for place, line in enumerate(_lines(path)):
        if place <= header.leaves:
            continue
        told = object_in(line, "a checkpoint")
        if told.keys() != {"checkpoint"}:
            raise Broken("after the leaves there is something that is not a checkpoint")
        found = check_note(told["checkpoint"], keys, signatures)
        if found.size <= last.size:
            raise Broken("the checkpoints are not in the order of their sizes")
        last, count = found, count + 1
        signed[found.size] = found
    signatures.finish()
    if count != header.checkpoints:
        raise Broken(f"{count} checkpoints follow; the header says {header.checkpoints}")
    if last.size != header.leaves:
        raise Broken(f"the newest checkpoint is over {last.size} leaves, not {header.leaves}")
    if last.witnesses < keys.quorum:
        raise Broken(f"{last.witnesses} witnesses signed; {keys.quorum} are needed")
    return signed


def _tell_strangers(signed: dict[int, Checkpoint], findings: Findings) -> None:
    """Each once, at the newest leaf of the first checkpoint that he signed."""
    told: set[str] = set()
    for checkpoint in signed.values():
        for name in checkpoint.strangers:
            if name not in told:
                told.add(name)
                findings.add(checkpoint.size - 1, STRANGER)


def _read_leaves(
    path: Path,
    header: _Header,
    ledger: Ledger,
    signed: dict[int, Checkpoint],
    known: Sequence[Known],
) -> None:
    largest = max((size for size, _ in known), default=0)
    if largest > header.leaves:
        raise Broken(f"it ends after {header.leaves} leaves; you know of {largest}")
    lines = _lines(path)
    next(lines)
    for _ in range(header.leaves):
        line = next(lines, None)
        if line is None:
            raise Broken(f"the file ends after {ledger.size} leaves of {header.leaves}")
        ledger.add(line)
        checkpoint = signed.get(ledger.size)
        if checkpoint is not None:
            ledger.pass_checkpoint(checkpoint)
        for size, root in known:
            if size == ledger.size and root != ledger.root.hex():
                raise Broken(f"the first {size} leaves do not have the root that you know")
    ledger.end()


def _lines(path: Path) -> Iterator[bytes]:
    """Each line without its end. A last line without an end, or an endless one, is broken."""
    try:
        with path.open("rb") as file:
            while line := file.readline(LONGEST_LINE + 1):
                if not line.endswith(b"\n"):
                    raise Broken("a line has no end, or none within reach")
                yield line[:-1]
    except OSError as fault:
        raise Unreadable(f"{path} cannot be read: {fault}") from fault
