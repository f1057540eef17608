"""What a measurement found: one line of the table, with every sample kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

Verdict = Literal["kept", "missed", "not measured", "no budget"]


@dataclass(frozen=True)
class Budget:
    """A limit on a ratio (no unit) or on an absolute figure."""

    limit: float
    sense: Literal["at most", "at least"] = "at most"
    unit: str = ""

    def holds(self, value: float) -> bool:
        """True when a measured value keeps the budget."""
        return value <= self.limit if self.sense == "at most" else value >= self.limit

    def __str__(self) -> str:
        sign = "<=" if self.sense == "at most" else ">="
        return f"{sign} {number(self.limit)} {self.unit}".rstrip()


@dataclass(frozen=True)
class Figure:
    """All samples of one variant, in the order in which they were taken."""

    variant: str
    samples: Sequence[float]
    unit: str
    note: str = ""

    @property
    def median(self) -> float:
        """The figure that is shown."""
        return median(self.samples)

    def __str__(self) -> str:
        low, high = min(self.samples), max(self.samples)
        spread = "" if low == high else f" ({number(low)} to {number(high)})"
        note = f", {self.note}" if self.note else ""
        return f"{self.variant}: {number(self.median)} {self.unit}{spread}{note}"


@dataclass(frozen=True)
class Result:
    """One line of the table; without a value, `reason` says why there is none."""

    work: str
    against: str
    budget: Budget | None
    value: float | None
    figures: Sequence[Figure] = ()
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Whether the budget was kept."""
        if self.value is None:
            return "not measured"
        if self.budget is None:
            return "no budget"
        return "kept" if self.budget.holds(self.value) else "missed"

    @property
    def shown(self) -> str:
        """The value with the budget's unit."""
        if self.value is None:
            return "-"
        return f"{number(self.value)} {self.budget.unit if self.budget else ''}".rstrip()

    def as_json(self) -> dict[str, Any]:
        """Everything that was measured, for .bench/last.json."""
        return {
            "work": self.work,
            "against": self.against,
            "value": self.value,
            "budget": str(self.budget) if self.budget else None,
            "verdict": self.verdict,
            "reason": self.reason,
            "details": dict(self.details),
            "figures": [
                {
                    "variant": figure.variant,
                    "median": figure.median,
                    "unit": figure.unit,
                    "note": figure.note,
                    "samples": list(figure.samples),
                }
                for figure in self.figures
            ],
        }


def ratio(figure: Figure, reference: Figure) -> float:
    """Median of the ratios round by round: what slows a whole round down cancels out."""
    return median(a / b for a, b in zip(figure.samples, reference.samples, strict=True))


def number(value: float) -> str:
    """Three significant digits, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
