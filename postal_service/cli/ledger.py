"""Watch over the ledger: verify, export, checkpoint, rebuild."""

import argparse
import tempfile
from errno import EEXIST, EISDIR, ENOENT
from pathlib import Path

from postal_service import projections
from postal_service.cli.opening import opened
from postal_service.cli.output import Commands, complain, say
from postal_service.ledger import verify
from postal_service.ledger.checkpoint import Kept
from postal_service.runtime import Runtime
from postal_service.services import auditing, checkpoints
from postal_service.storage.transaction import reading, transaction

REFUSED = 1


def add_commands(commands: Commands) -> None:
    """`verify`, `export-ledger`, `checkpoint`, `rebuild`."""
    check = commands.add_parser(
        "verify",
        help="check a whole ledger from exported rows and public keys alone, and the live store",
    )
    check.add_argument("file", nargs="?", type=Path, help="an exported ledger; else the live one")
    check.add_argument("keys", nargs="?", type=Path, help="the public keys")
    verify.add_options(check)
    check.set_defaults(run=_verify)
    out = commands.add_parser("export-ledger", help="write the ledger and its public keys to files")
    out.add_argument("file", type=Path)
    out.add_argument("keys", type=Path)
    out.set_defaults(run=_export)
    checkpoint = commands.add_parser("checkpoint", help="sign the ledger as it stands now")
    checkpoint.set_defaults(run=_checkpoint)
    rebuild = commands.add_parser("rebuild", help="drop every projection and fold it again")
    rebuild.set_defaults(run=_rebuild)


def sign(runtime: Runtime) -> Kept:
    """A checkpoint over the ledger as it is now, with what the witnesses say to it."""
    at, settings = runtime.clock(), runtime.settings
    with transaction(runtime.sessions) as session:
        kept = checkpoints.make(session, origin=settings.origin, log_key=runtime.log_key, at=at)
    checkpoints.cosign(runtime.sessions, kept, runtime.witnesses, at=at)
    return kept


def export(runtime: Runtime, ledger: Path, keys: Path) -> Kept:
    """Sign, then write the ledger and the keys to check it with."""
    sign(runtime)
    with reading(runtime.sessions) as session:
        return checkpoints.export_to(session, runtime.policy, ledger=ledger, keys=keys)


def _verify(arguments: argparse.Namespace) -> int:
    if (arguments.file is None) != (arguments.keys is None):
        complain("Name both the exported ledger and the keys file, or neither for the live one.")
        return 2
    options = [f"--workers={arguments.workers}"]
    for size, root in arguments.known:
        options += ["--known", size, root]
    if arguments.file is not None:
        return verify.main([str(arguments.file), str(arguments.keys), *options])
    with opened() as runtime:
        with tempfile.TemporaryDirectory() as folder:
            ledger, keys = Path(folder, "ledger.jsonl"), Path(folder, "keys.json")
            export(runtime, ledger, keys)
            status = verify.main([str(ledger), str(keys), *options])
        return status or _compare(runtime)


def _compare(runtime: Runtime) -> int:
    """What no export tells: whether the live store says what its ledger says."""
    count = 0
    with reading(runtime.sessions) as session:
        for each in auditing.differences(session, runtime.vault):
            count += 1
            if count <= auditing.MOST_DIFFERENCES:
                say(f"differs: {each.where}: {each.what}")
    if count:
        say(f"differences: {count}. The ledger itself is valid.")
        return REFUSED
    say("The store says the same: columns and tree, projections, devices and kept files.")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    try:
        _refuse_unless_files(arguments.file, arguments.keys)
        with opened() as runtime:
            kept = export(runtime, arguments.file, arguments.keys)
    except OSError as fault:
        complain(f"Cannot write {fault.filename or arguments.file}: {fault.strerror or fault}.")
        return REFUSED
    say(f"Wrote {kept.size} events to {arguments.file} and the public keys to {arguments.keys}.")
    return 0


def _refuse_unless_files(ledger: Path, keys: Path) -> None:
    """Asked before anything is signed and a long file is written for nothing. Raises OSError."""
    for file in (ledger, keys):
        if file.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder", str(file))
        if not file.parent.is_dir():
            raise FileNotFoundError(ENOENT, "there is no such folder", str(file.parent))
    if ledger.resolve() == keys.resolve():
        raise FileExistsError(EEXIST, "the ledger and its keys are two files", str(ledger))


def _checkpoint(_: argparse.Namespace) -> int:
    with opened() as runtime:
        kept = sign(runtime)
    say(f"Signed {kept.size} events, root {kept.root.hex()}.")
    return 0


def _rebuild(_: argparse.Namespace) -> int:
    with opened() as runtime, transaction(runtime.sessions) as session:
        count = projections.rebuild(session)
    say(f"Told the stories of {count} items anew.")
    return 0
