"""Values on their way between databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import types

from runner.sync.values import binder, to_text

PRAGUE = ZoneInfo("Europe/Prague")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-01 22:59:59+00", "2026-01-01"),
        ("2026-01-01 23:00:00+00", "2026-01-02"),
        ("2026-07-01 22:00:00.5+00", "2026-07-02"),
    ],
)
def test_the_day_of_a_moment(moment: str, day: str) -> None:
    """Of the time zone of the synchronisation, in both directions, in whatever zone it comes."""
    assert binder(types.Date(), "timestamptz", PRAGUE)(moment) == date.fromisoformat(day)
    for zone in (UTC, PRAGUE, ZoneInfo("Asia/Tokyo")):
        assert to_text(datetime.fromisoformat(moment).astimezone(zone), "date", PRAGUE) == day


def test_days_without_a_time() -> None:
    """They are what they are."""
    assert binder(types.Date(), "date", PRAGUE)("2026-01-01") == date(2026, 1, 1)
    assert to_text(datetime(2026, 1, 1, 23, 30), "date", PRAGUE) == "2026-01-01"
    assert to_text(date(2026, 1, 1), "date", PRAGUE) == "2026-01-01"
