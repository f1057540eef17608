"""Durations by bucket, counted where each microsecond matters; told as a histogram when asked."""

from __future__ import annotations

from bisect import bisect_left

BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0)


class Tally:
    """Numbers of durations up to each bound, and their sum."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


class Tallies:
    """Tallies by the values of their labels."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, ...], Tally] = {}

    def add(self, labels: tuple[str, ...], seconds: float) -> None:
        """Count a duration."""
        tally = self.found.get(labels)
        if tally is None:
            tally = self.found[labels] = Tally()
        tally.add(seconds)
