"""What one process counts for whoever runs the service, in Prometheus' text format. Numbers only.

No label says anything of anybody: a request is counted under the template of its route, never under
its path. Each process counts for itself and is asked by itself; what lies in the store is the same in
all of them.
"""

import logging
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from time import perf_counter

from flask import Flask, Response, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from postal_service.services.syncing import Status
from postal_service.services.watching import Figures, figures
from postal_service.storage.transaction import Sessions, reading

SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = logging.getLogger(__name__)


class Metrics:
    """The numbers of one process. Both of its apps count here."""

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        # Else each series has a second one, which says when this process began.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "postal_http_request_seconds",
            "Answers by route template, method and class of status, and how long they took.",
            ("app", "route", "method", "status"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._events = Counter(
            "postal_phone_events",
            "Events that phones uploaded, by what became of them.",
            ("outcome",),
            registry=self._registry,
        )
        for status in Status:
            self._events.labels(status)
        ProcessCollector(registry=self._registry)
        self._registry.register(_Store(sessions, clock))

    def watch(self, app: Flask, name: str) -> None:
        """Count every answer of this app. Before anything else is hung on its requests."""

        def count(answer: Response) -> Response:
            began: float | None = g.get("began")
            if began is not None:
                self._requests.labels(
                    app=name,
                    route=request.url_rule.rule if request.url_rule else "",
                    method=request.method if request.method in METHODS else "",
                    status=f"{answer.status_code // 100}xx",
                ).observe(perf_counter() - began)
            return answer

        app.before_request(_begin)
        app.after_request(count)

    def count_events(self, statuses: Iterable[Status]) -> None:
        """What became of the events of an upload, after it was committed."""
        for status, number in Tally(statuses).items():
            self._events.labels(status).inc(number)

    def text(self) -> bytes:
        """Everything counted, as `CONTENT_TYPE_LATEST` says."""
        return generate_latest(self._registry)


def _begin() -> None:
    g.began = perf_counter()


class _Store(Collector):
    """What is asked of the store when somebody asks for the numbers, and not before."""

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._sessions, self._clock = sessions, clock

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # else the registry would ask the store to learn the names

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            with reading(self._sessions) as session:
                found = figures(session)
        except Exception:  # noqa: BLE001 - whatever it is, a number says so, and the log has it
            _log.exception("the store could not be counted")
            yield _gauge("postal_store_up", "Whether the store answered.", 0)
            return
        yield _gauge("postal_store_up", "Whether the store answered.", 1)
        yield from self._told(found)

    def _told(self, found: Figures) -> Iterator[GaugeMetricFamily]:
        yield _gauge("postal_ledger_entries", "Entries of the ledger.", found.entries)
        yield _gauge(
            "postal_checkpoint_entries",
            "Entries beneath the newest checkpoint.",
            found.checkpoint_entries,
        )
        if found.checkpoint_at is not None:
            yield _gauge(
                "postal_checkpoint_age_seconds",
                "Age of the newest checkpoint. None is made while the ledger does not grow.",
                (self._clock() - found.checkpoint_at).total_seconds(),
            )
        jobs = GaugeMetricFamily("postal_jobs", "Jobs that wait, run or failed.", labels=("state",))
        for state, number in found.jobs.items():
            jobs.add_metric([state], number)
        yield jobs
        yield _gauge(
            "postal_quarantine_open",
            "Uploaded events that wait for the head of a unit.",
            found.quarantined,
        )
        messages = GaugeMetricFamily(
            "postal_messages", "Messages that wait, were given up or ran out.", labels=("state",)
        )
        for state, number in found.messages.items():
            messages.add_metric([state], number)
        yield messages
        oldest = found.oldest_message_at
        yield _gauge(
            "postal_oldest_message_seconds",
            "How long the oldest message waits; 0 where none does.",
            (self._clock() - oldest).total_seconds() if oldest else 0,
        )


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)
