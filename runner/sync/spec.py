"""What a run is to read and write, as sync.begin_run says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Mapped:
    """A column: its code in the class, its name on the other side, the type in PostgreSQL."""

    code: str
    name: str
    type: str
    key: bool


@dataclass(frozen=True)
class Spec:
    """One run."""

    inwards: bool
    local: bool
    url: str
    table: str | None
    select: str | None
    filter: str | None
    columns: tuple[Mapped, ...]
    compare: str
    watermark: str | None
    overlap: float | None
    """Seconds, or a number for a numeric watermark."""
    position: Mapping[str, str] | None
    batch_size: int
    zone: ZoneInfo
    stage: tuple[str, ...]
    """Schema and name of the table for rows read."""

    @property
    def keys(self) -> tuple[Mapped, ...]:
        """Columns by which rows are the same."""
        return tuple(column for column in self.columns if column.key)

    @property
    def reads(self) -> bool:
        """Whether rows of the other side are wanted."""
        return self.inwards or self.compare == "values"


def read_spec(given: Mapping[str, Any]) -> Spec:
    """The answer of sync.begin_run."""
    return Spec(
        inwards=given["direction"] == "in",
        local=given["local"],
        url=given.get("url", ""),
        table=given.get("table"),
        select=given.get("select"),
        filter=given.get("filter"),
        columns=tuple(
            Mapped(column["code"], column["name"], column["type"], column["key"])
            for column in given["columns"]
        ),
        compare=given["compare"],
        watermark=given.get("watermark"),
        overlap=given.get("overlap"),
        position=given.get("position"),
        batch_size=given.get("batch_size", 5000),
        zone=ZoneInfo(given.get("time_zone", "UTC")),
        stage=tuple(given["copy"].split(".")),
    )
