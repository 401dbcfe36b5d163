"""The demo's clock: it stands where the play puts it, and runs on from there once the day is over."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class DemoClock:
    """Answers what the runtime asks. Moving it back is refused: the ledger would notice."""

    now: datetime
    _running_since: float | None = field(default=None)

    def __call__(self) -> datetime:
        if self._running_since is None:
            return self.now
        return self.now + timedelta(seconds=time.monotonic() - self._running_since)

    def move_to(self, moment: datetime) -> datetime:
        """Put it to a later moment; an earlier one leaves it where it is."""
        self.now = max(self.now, moment)
        return self.now

    def run(self) -> None:
        """From now on it goes at the pace of the world."""
        self._running_since = time.monotonic()
