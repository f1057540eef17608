"""What a process counts itself: tasks or requests by duration, and its own memory and time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from .database import DatabaseCollector
from .tally import BUCKETS, Tallies, Tally

TASKS = (
    "pgears_task_duration_seconds",
    "Attempts at tasks by this process, by kind and outcome (done, retry, dead, released).",
    ("kind", "outcome"),
)
REQUESTS = (
    "pgears_web_request_duration_seconds",
    "Requests answered by this process, by method and status.",
    ("method", "status"),
)
HELD = ("pgears_runner_tasks_held", "Tasks that this runner has leased and not settled.")


def registry(url: Callable[[], str], *more: Collector) -> CollectorRegistry:
    """What one process serves: the database's metrics, its own, and those given."""
    found = CollectorRegistry()
    for collector in (DatabaseCollector(url), *more):
        # Registering does not ask for the names, which would ask the database.
        found.register(collector)
    ProcessCollector(registry=found)
    GCCollector(registry=found)
    return found


class TallyCollector(Collector):
    """Histograms of tallies that grow elsewhere: name, what it says, names of labels."""

    def __init__(self, name: str, help: str, labels: tuple[str, ...], tallies: Tallies) -> None:
        self.name = name
        self.help = help
        self.labels = labels
        self.tallies = tallies

    def collect(self) -> Iterable[Metric]:
        """One family with a histogram for each set of labels."""
        family = HistogramMetricFamily(self.name, self.help, labels=self.labels)
        for labels, tally in sorted(self.tallies.found.items()):
            family.add_metric(labels, _buckets(tally), tally.total)
        yield family


class GaugeCollector(Collector):
    """A number that is looked up when it is asked for."""

    def __init__(self, name: str, help: str, value: Callable[[], float]) -> None:
        self.name = name
        self.help = help
        self.value = value

    def collect(self) -> Iterable[Metric]:
        """The number now."""
        yield GaugeMetricFamily(self.name, self.help, value=self.value())


def _buckets(tally: Tally) -> list[tuple[str, float]]:
    bounds = [*map(str, BUCKETS), "+Inf"]
    found: list[tuple[str, float]] = []
    number = 0
    for bound, count in zip(bounds, tally.counts, strict=True):
        number += count
        found.append((bound, number))
    return found
