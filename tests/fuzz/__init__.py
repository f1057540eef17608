"""Whatever comes in: understood or refused in words, in bounded time; never anything else.

CI runs the same examples each time; elsewhere each run tries others.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

CALM = settings(
    max_examples=200,
    deadline=5000,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""Five seconds for one example: far above what any takes, far below what a bad pattern does."""
