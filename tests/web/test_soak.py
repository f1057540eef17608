"""200 clients at once for a while: no errors, and the server's memory stays as it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench.soak import Load, soak
from tests.fix_database import Database
from tests.fix_web import serving, token

GROWTH = 16.0
"""MB by which the server may grow once it is warm."""


@pytest.mark.slow
def test_many_clients(web_database: Database, tmp_path: Path) -> None:
    """Reads and writes of 200 connections; what they write is rolled back."""
    with serving(web_database, tmp_path, web_tx_end="rollback", web_pool="10") as served:
        load = Load(
            url=served.url,
            token=token("web_ann"),
            reads=["/helpdesk_ticket?id=eq.{}", "/helpdesk_ticket?select=id,number&limit={}"],
            insert="/helpdesk_ticket",
            record={"subject": "of the load", "priority": 4},
            most=20,
            clients=200,
            seconds=20,
            pid=served.process.pid,
        )
        found = asyncio.run(soak(load))
        assert found.errors == []
        assert len(found.latencies) > 200
        assert found.writes > 0
        assert found.growth < GROWTH, found.lines()
        assert "Traceback" not in served.log.read_text()
