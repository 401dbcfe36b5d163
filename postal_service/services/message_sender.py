"""One thread of a server sends what waits in the outbox, one message after the other.

The sender is an edge: it opens its own transactions, and none while it waits for a gateway. Neither
a number nor a text gets into its log: a message is named by its key.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Final

from postal_service.services import outbox
from postal_service.services.gateways import Answer, Gateway, Later, Never, Taken, WhyNot
from postal_service.services.outbox import Claimed, MessageState
from postal_service.services.vault import Vault
from postal_service.storage.transaction import Sessions, reading, transaction

log = logging.getLogger(__name__)
TRY_SECONDS: Final = 15.0  # of one try; far below outbox.TAKEN_FOR
IDLE_SECONDS: Final = 1.0


class Sender:
    """Sends what is due until it is stopped; start one in each server process.

    Without a gateway it only lets run out what nobody can send.
    """

    def __init__(
        self,
        sessions: Sessions,
        gateway: Gateway | None,
        *,
        vault: Vault,
        clock: Callable[[], datetime],
        try_seconds: float = TRY_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.sessions, self.gateway, self.vault, self.clock = sessions, gateway, vault, clock
        self.try_seconds, self.idle_seconds = try_seconds, idle_seconds
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in a thread of its own. Raises RuntimeError when it sends already."""
        if self._thread is not None:
            raise RuntimeError("This sender was started already.")
        self._thread = threading.Thread(target=self._run, name="messages", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the message at hand."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout=self.try_seconds)

    def send_due(self) -> Counter[MessageState]:
        """Send in this thread what is due now; what became of each try."""
        found: Counter[MessageState] = Counter()
        while not self._ending.is_set() and self._look(found):
            pass
        return found

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self.send_due()
            except Exception:
                # The store may be away for a moment; the next round tries again.
                log.exception("The sender of messages could not reach its store")
            self._ending.wait(self.idle_seconds)

    def _look(self, found: Counter[MessageState]) -> bool:
        """Take one message and try it; whether there was one."""
        until, at = monotonic() + self.try_seconds, self.clock()
        with reading(self.sessions) as session:
            if not outbox.is_due(session, at=at):
                return False
        with transaction(self.sessions) as session:
            found[MessageState.EXPIRED] += outbox.let_run_out(session, at=at)
            claimed = outbox.claim(session, at=at) if self.gateway else None
        if claimed is None or self.gateway is None:
            return False
        answer = self._tried(self.gateway, claimed, until)
        with transaction(self.sessions) as session:
            state = outbox.settle(session, claimed, answer, via=self.gateway.via, at=self.clock())
        if state is not None:
            found[state] += 1
        return True

    def _tried(self, gateway: Gateway, claimed: Claimed, until: float) -> Answer:
        letter = outbox.opened(self.vault, claimed)
        if letter is None:
            log.error("Message %s does not open with the master key", claimed.key)
            return Never(why=WhyNot.UNREADABLE)
        try:
            answer = gateway.carry(letter, until=until)
        except Exception as fault:  # noqa: BLE001 - a fault's own words could tell the message
            log.error("Message %s broke its gateway: %s", claimed.key, type(fault).__name__)  # noqa: TRY400
            return Later(why=WhyNot.GATEWAY_FAULT)
        if not isinstance(answer, Taken):
            log.warning(
                "Message %s was not taken: %s %s", claimed.key, answer.why, answer.status or ""
            )
        return answer
