"""One search and its pace; several in threads of their own, all reading one net."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Self

from routing.search.search import Search

# One round per stop is worth about so much; a chunk takes some milliseconds.
ROUNDS_A_CHUNK: Final = 20_000
# Where rounds are counted, even a few of them cool down in so many steps and more.
CHUNKS_TO_COOL: Final = 20
LONGEST_CHUNK_SECONDS: Final = 0.05
# Every so many chunks the search is tempted to serve more than pays stop by stop.
TEMPT_EVERY: Final = 25


class Walk:
    """One search with a pace of its own."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.chunk = max(20, ROUNDS_A_CHUNK // max(1, len(search.net.stop)))
        self.chunks = self.rounds = 0

    def step(self, temperature: float, *, most: int | None = None) -> None:
        """One chunk of rounds; `most` are left where they are counted."""
        begun = time.monotonic()
        chunk = self.chunk if most is None else min(self.chunk, max(1, most // CHUNKS_TO_COOL))
        self.chunks += 1
        if self.search.is_tempting and self.chunks % TEMPT_EVERY == 1:
            self.search.tempt(chunk, temperature)
        else:
            self.search.anneal(chunk, temperature)
        self.rounds += chunk
        # Rich days are slower; a chunk must not outlast the patience of clock and cancel.
        if most is None and time.monotonic() - begun > LONGEST_CHUNK_SECONDS:
            self.chunk = max(1, self.chunk // 2)


class Walks:
    """Walks of further threads beside `first`; they stand still while somebody looks at them."""

    def __init__(self, first: Search, *, further: int, temperature: Callable[[], float]) -> None:
        self.first, self.temperature = first, temperature
        self.walks = [Walk(first.beside()) for _ in range(further)]
        self.under_way: list[Future[None]] = []
        self.halted = threading.Event()

    def __enter__(self) -> Self:
        self.pool = ThreadPoolExecutor(max(1, len(self.walks)))
        self.go_on()
        return self

    def __exit__(self, *_: object) -> None:
        self.stand_still()
        self.pool.shutdown()
        self.to_best()

    @property
    def rounds(self) -> int:
        return sum(walk.rounds for walk in self.walks)

    @property
    def searches(self) -> list[Search]:
        """All of them, `first` among them; the one with the best plan in front."""
        every = [self.first, *(walk.search for walk in self.walks)]
        return sorted(every, key=lambda search: search.best_cost)

    def go_on(self) -> None:
        self.halted.clear()
        self.under_way = [self.pool.submit(self._walk, walk) for walk in self.walks]

    def stand_still(self) -> None:
        self.halted.set()
        for future in self.under_way:
            future.result()
        self.under_way = []

    def to_best(self) -> None:
        """Everybody goes on from the best plan."""
        best, *others = self.searches
        for search in others:
            if search.best_cost > best.best_cost:
                search.load(best.best())

    def _walk(self, walk: Walk) -> None:
        while not self.halted.is_set():
            walk.step(self.temperature())
