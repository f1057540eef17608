"""Variants side by side: each round runs all of them once, in random order."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from .results import Figure

Variant = Callable[[], float]


def interleave(
    variants: Mapping[str, Variant], *, rounds: int, unit: str, warm_up: int = 1
) -> dict[str, Figure]:
    """Samples of each variant, taken in `rounds` rounds after some that do not count."""
    order = list(variants)
    samples: dict[str, list[float]] = {name: [] for name in order}
    for turn in range(-warm_up, rounds):
        random.shuffle(order)
        for name in order:
            sample = variants[name]()
            if turn >= 0:
                samples[name].append(sample)
    return {name: Figure(name, taken, unit) for name, taken in samples.items()}


@dataclass
class Stopwatch:
    """Seconds that a block took."""

    seconds: float = field(default=0.0, init=False)


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure a block."""
    watch = Stopwatch()
    begin = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - begin


def percentile(samples: list[float], percent: float) -> float:
    """The sample below which `percent` of the samples lie."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
