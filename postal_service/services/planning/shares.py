"""The seconds of a search, shared out so that all of it together ends within a second of its budget.

What may be needed after the search is kept back from it. Where a search took longer than it was
given, each of them still has the little that it takes to say what must be said.
"""

from dataclasses import dataclass
from typing import Final

from routing.baseline import baseline_seconds, search_seconds

COUNTER_SHARE: Final = 1 / 6
LONGEST_COUNTER_SECONDS: Final = 3.0
LONGEST_REASONS_SECONDS: Final = 3.0
LONGEST_CURRENT_SECONDS: Final = 1.0
LONGEST_MORE_SECONDS: Final = 1.0
LEAST_BASELINE_SECONDS: Final = 0.1
LEAST_COUNTER_SECONDS: Final = 0.2
LEAST_REASONS_SECONDS: Final = 0.3
LEAST_CURRENT_SECONDS: Final = 0.05
# Of the second by which a search may outlast its budget: reasons are what people ask for first.
OVER_SECONDS: Final = 0.9


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Of a budget, at a moment at which so much of it is spent."""

    budget_seconds: float
    spent_seconds: float

    @property
    def baseline(self) -> float:
        """For the nearest stop next, before the search."""
        return baseline_seconds(self.budget_seconds)

    def search(self, *, has_pairs: bool) -> float:
        """A day with pairs may have to be searched once more, so something is kept back for that."""
        kept_back = self.budget_seconds * COUNTER_SHARE if has_pairs else 0.0
        kept_back = min(kept_back, LONGEST_COUNTER_SECONDS)
        return search_seconds(self.budget_seconds, self.spent_seconds + kept_back)

    @property
    def second_baseline(self) -> float:
        """For the nearest stop next once more, where pairs are fetched for the counter instead."""
        return min(self.baseline, max(self._left / 2, LEAST_BASELINE_SECONDS))

    @property
    def to_counter(self) -> float:
        """For fetching what could not be brought to its desk."""
        return min(LONGEST_COUNTER_SECONDS, max(self._left, LEAST_COUNTER_SECONDS))

    @property
    def reasons(self) -> float:
        """For saying why calls are left, where the search had no time to.

        A machine that stood still during the search takes no reason from anybody.
        """
        return min(LONGEST_REASONS_SECONDS, max(self._left + OVER_SECONDS, LEAST_REASONS_SECONDS))

    @property
    def current(self) -> float:
        """For going on in the order that was decided before: half of what is left, if anything is."""
        half = max(self._left + OVER_SECONDS, 0.0) / 2
        return min(LONGEST_CURRENT_SECONDS, max(half, LEAST_CURRENT_SECONDS))

    @property
    def more(self) -> float:
        """For what one courier or one hour more would bring, after all else."""
        return min(LONGEST_MORE_SECONDS, max(self._left + OVER_SECONDS, 0.0))

    @property
    def _left(self) -> float:
        return self.budget_seconds - self.spent_seconds
