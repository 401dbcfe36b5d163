"""Prove what the demo did: three witnesses sign, the verifier reads the export, the projections are rebuilt."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.cli import ledger
from postal_service.cli.witness import WitnessOffice
from postal_service.demo.summary import Proved
from postal_service.ledger import notes, verify
from postal_service.runtime import Runtime
from postal_service.services.checkpoints import Witness
from postal_service.storage.schema import (
    BagContentRow,
    DeviceRow,
    EvidenceUseRow,
    ExchangeHalfRow,
    HoldingRow,
    SealReuseRow,
    SealRow,
    SpendRow,
    VerdictRow,
)
from postal_service.storage.transaction import transaction

WITNESSES = ("witness-1.demo.invalid", "witness-2.demo.invalid", "witness-3.demo.invalid")
PROJECTED = (
    HoldingRow, VerdictRow, SpendRow, EvidenceUseRow, ExchangeHalfRow, SealRow, SealReuseRow,
    BagContentRow, DeviceRow,
)  # fmt: skip
Progress = Callable[..., Iterable[Any]]


def with_witnesses(runtime: Runtime, folder: Path) -> Runtime:
    """The same runtime with three witnesses in this process, each with a key and memory of its own."""
    log = notes.public_key(runtime.settings.origin, runtime.log_key)
    offices = [WitnessOffice(name, log, folder / name, clock_of(runtime)) for name in WITNESSES]
    asked = tuple(Witness(key=each.key, ask=each.add_checkpoint) for each in offices)
    return replace(runtime, witnesses=asked)


def clock_of(runtime: Runtime) -> Callable[[], float]:
    """The witnesses live in the demo's time too."""
    return lambda: runtime.clock().timestamp()


def prove(runtime: Runtime, folder: Path, progress: Progress) -> Proved:
    """Sign, export, verify, rebuild. The exported files stay in the folder."""
    ledger_file, keys_file = folder / "ledger.jsonl", folder / "ledger-keys.json"
    kept = verdict = alike = None
    seconds: dict[str, float] = {}
    for step in progress(["sign and export", "verify", "rebuild"], "Proving", total=3):
        began = time.monotonic()
        match step:
            case "sign and export":
                kept = ledger.export(runtime, ledger_file, keys_file)
            case "verify":
                verdict = verify.verify(ledger_file, keys_file)
            case _:
                alike = _rebuilt_alike(runtime)
        seconds[step] = time.monotonic() - began
    assert kept is not None
    assert verdict is not None
    assert alike is not None
    return Proved(
        size=kept.size,
        root=kept.root.hex(),
        cosignatures=len(notes.read(kept.note).signatures) - 1,
        broken=str(verdict.broken) if verdict.broken else None,
        findings=dict(verdict.findings),
        items_rebuilt=alike[0],
        rebuilt_alike=alike[1],
        ledger=ledger_file,
        keys=keys_file,
        seconds=seconds,
    )


def _rebuilt_alike(runtime: Runtime) -> tuple[int, bool]:
    """Fold every projection anew and compare it with what stood there, row by row."""
    with transaction(runtime.sessions) as session:
        before = _digests(session)
        count = projections.rebuild(session)
        session.flush()
        return count, _digests(session) == before


def _digests(session: Session) -> list[str]:
    found = []
    for row in PROJECTED:
        told = sorted(repr(tuple(each)) for each in session.execute(select(row.__table__)))
        found.append(sha256("\n".join(told).encode()).hexdigest())
    return found
