"""What a server does beside answering: jobs that were asked for, messages, a checkpoint when one is due."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from postal_service.runtime import Runtime
from postal_service.services import auditing, checkpoints, erasing, import_jobs, planning_jobs
from postal_service.services.job_runner import Runner
from postal_service.services.message_sender import Sender

log = logging.getLogger(__name__)
LOOK_EVERY_SECONDS = 15.0


@contextmanager
def at_work(runtime: Runtime) -> Iterator[None]:
    """Jobs are done, messages sent and checkpoints signed while the block runs."""
    check = auditing.check_work(
        origin=runtime.settings.origin,
        log_key=runtime.log_key,
        witnesses=runtime.witnesses,
        vault=runtime.vault,
    )
    kinds = {
        **planning_jobs.kinds(runtime.vault, conditions=runtime.settings.conditions),
        **import_jobs.kinds(runtime.vault, service=runtime.settings.item_prefix),
        auditing.VERIFY: check,
        erasing.OVERWRITE: erasing.overwrite,
    }
    runner = Runner(runtime.sessions, clock=runtime.clock, kinds=kinds)
    sender = sender_of(runtime)
    ending = threading.Event()
    signer = threading.Thread(target=_sign, args=(runtime, ending), name="signer", daemon=True)
    runner.start()
    sender.start()
    signer.start()
    try:
        yield
    finally:
        ending.set()
        runner.stop()
        sender.stop()
        signer.join(timeout=checkpoints.WITNESS_SECONDS)


def sender_of(runtime: Runtime) -> Sender:
    """What sends the messages of this installation."""
    return Sender(
        runtime.sessions, runtime.settings.gateway, vault=runtime.vault, clock=runtime.clock
    )


def sign_if_due(runtime: Runtime) -> None:
    """Sign the ledger if it grew enough, or long enough ago, and ask the witnesses."""
    checkpoints.sign_if_due(
        runtime.sessions,
        origin=runtime.settings.origin,
        log_key=runtime.log_key,
        witnesses=runtime.witnesses,
        at=runtime.clock(),
    )


def _sign(runtime: Runtime, ending: threading.Event) -> None:
    while not ending.wait(LOOK_EVERY_SECONDS):
        try:
            sign_if_due(runtime)
        except Exception:
            # The store or a witness may be away for a moment; the next round tries again.
            log.exception("No checkpoint was made")
