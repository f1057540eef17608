"""What the database tells of itself (`core.metrics()`), as families of metrics.

Each collection has a connection of its own: it works while the pools are exhausted, and says so
by `pgears_database_up` when it does not.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import psycopg
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg import Connection

from ..db import connect
from ..errors import UserError

log = logging.getLogger("pgears.metrics")

TIMEOUT = "10s"
UP = ("pgears_database_up", "1 when the database answered this collection of metrics.")


class Sample(NamedTuple):
    """One row of core.metrics()."""

    name: str
    kind: str
    help: str
    labels: Mapping[str, Any]
    value: float | None


def samples(conn: Connection[Any]) -> list[Sample]:
    """All metrics of the instance; those without a value have none now."""
    with conn.transaction():
        conn.execute("select set_config('statement_timeout', %s, true)", (TIMEOUT,))
        rows = conn.execute(
            "select name, kind, help, labels, value from core.metrics() order by name, labels"
        ).fetchall()
    return [Sample(*row) for row in rows]


def families(found: Iterable[Sample]) -> Iterator[Metric]:
    """Samples by metric; also those without a sample, so that their names are known."""
    by_name: dict[str, list[Sample]] = {}
    for sample in found:
        by_name.setdefault(sample.name, []).append(sample)
    for name, group in by_name.items():
        kind = CounterMetricFamily if group[0].kind == "counter" else GaugeMetricFamily
        names = sorted({label for sample in group for label in sample.labels})
        family = kind(name, group[0].help, labels=names)
        for sample in group:
            if sample.value is not None:
                values = [str(sample.labels.get(label, "")) for label in names]
                family.add_metric(values, sample.value)
        yield family


class DatabaseCollector(Collector):
    """Asks the database at each collection, one at a time."""

    def __init__(self, url: Callable[[], str]) -> None:
        self.url = url
        self.lock = threading.Lock()

    def collect(self) -> Iterable[Metric]:
        """Families of the database, and whether it answered."""
        with self.lock:
            try:
                with connect(self.url(), autocommit=True, name="pgears metrics") as conn:
                    found = list(families(samples(conn)))
            except (UserError, psycopg.Error) as error:
                log.warning("metrics: %s", str(error).strip().splitlines()[0])
                return [_up(0)]
        return [_up(1), *found]


def _up(value: int) -> Metric:
    family = GaugeMetricFamily(*UP)
    family.add_metric([], value)
    return family
