"""Many phones upload at once; their batches are written in one transaction, and each gets its own answer.

A durable commit waits for the disk, and only one transaction appends at a time. Whoever comes while
one is being written joins the next: the oldest first, so that nobody starves. If a joint transaction
fails, each of its batches is tried alone, so that one cannot spoil the others.
"""

from collections import deque
from dataclasses import dataclass, field
from threading import Lock

from postal_service.runtime import Clock
from postal_service.services import syncing
from postal_service.services.examining import Batch
from postal_service.services.syncing import Outcome
from postal_service.services.vault import Vault
from postal_service.storage.transaction import Sessions, transaction

TOGETHER = 2_000  # events of one transaction


@dataclass(eq=False)
class _Waiting:
    batch: Batch
    outcomes: tuple[Outcome, ...] | None = None
    fault: BaseException | None = field(default=None)

    @property
    def done(self) -> bool:
        return self.outcomes is not None or self.fault is not None


class Intake:
    """The door through which batches enter; one for a process."""

    def __init__(self, sessions: Sessions, clock: Clock, vault: Vault) -> None:
        self._sessions, self._clock, self._vault = sessions, clock, vault
        self._queue: deque[_Waiting] = deque()
        self._queueing, self._writing = Lock(), Lock()

    def submit(self, batch: Batch) -> tuple[Outcome, ...]:
        """The outcomes of a batch, after they are committed. Raises what its writing raised."""
        mine = _Waiting(batch)
        with self._queueing:
            self._queue.append(mine)
        while not mine.done:
            with self._writing:
                # Whoever held the pen before may have written this one too.
                if not mine.done:
                    self._write_next()
        if mine.fault is not None:
            raise mine.fault
        assert mine.outcomes is not None
        return mine.outcomes

    def _write_next(self) -> None:
        joint = self._oldest()
        try:
            self._write(joint)
        except Exception as fault:  # noqa: BLE001 - it is raised where its batch came in
            if len(joint) == 1:
                joint[0].fault = fault
                return
            for each in joint:
                self._write_alone(each)
        except BaseException as stop:
            for each in joint:
                each.fault = stop
            raise

    def _oldest(self) -> list[_Waiting]:
        """From the front of the queue, at least one and at most what one transaction takes."""
        joint: list[_Waiting] = []
        events = 0
        with self._queueing:
            while self._queue:
                events += len(self._queue[0].batch.examined)
                if joint and events > TOGETHER:
                    break
                joint.append(self._queue.popleft())
        return joint

    def _write(self, joint: list[_Waiting]) -> None:
        batches = [each.batch for each in joint]
        with transaction(self._sessions) as session:
            answers = syncing.receive(session, self._vault, batches, at=self._clock())
        # Only now is it committed; before, nobody may be told.
        for each, outcomes in zip(joint, answers, strict=True):
            each.outcomes = outcomes

    def _write_alone(self, each: _Waiting) -> None:
        try:
            self._write([each])
        except Exception as fault:  # noqa: BLE001 - it is raised where its batch came in
            each.fault = fault
