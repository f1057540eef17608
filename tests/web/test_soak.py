"""200 clients that read and write at once: no error, and memory that does not grow."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench.load import Kind, drive
from tests.fix_database import Database
from tests.fix_web import serving, token

CLIENTS = 200
SECONDS = 20.0
EVERY = 2.0
WARM = 8.0
"""Seconds until everything has been allocated once."""
GROWTH = 15.0
"""Megabytes; what is lost with each of thousands of requests would be more."""
KINDS = (
    Kind("GET", "/helpdesk_ticket?id=eq.{}", 40),
    Kind("GET", "/helpdesk_ticket?select=id,subject,customer(name)&order=id.desc&limit=20", 25),
    Kind("PATCH", "/helpdesk_customer?id=eq.{}", 20, '{"city": "City {}"}'),
    Kind("POST", "/helpdesk_ticket", 15, '{"subject": "Subject {}", "customer": 1}'),
)


@pytest.mark.slow
def test_many_clients(own_web_database: Database, tmp_path: Path) -> None:
    """The short form of `python -m bench soak`."""
    with own_web_database.connect() as conn:
        found = conn.execute("select min(id) from api.helpdesk_customer").fetchone()
    customer = str((found or (1,))[0])
    kinds = [
        Kind(
            k.method, k.target, k.share, k.body.replace('"customer": 1', f'"customer": {customer}')
        )
        for k in KINDS
    ]
    with serving(own_web_database, tmp_path, web_pool="10") as served:
        outcome = asyncio.run(
            drive(
                served.url,
                token("web_ann"),
                kinds,
                clients=CLIENTS,
                seconds=SECONDS,
                ids=30,
                pid=served.process.pid,
                every=EVERY,
            )
        )
    assert not outcome.errors, outcome.errors.most_common(3)
    assert outcome.answered > CLIENTS
    warm = [megabytes for at, megabytes in outcome.memory if at >= WARM]
    assert max(warm) - warm[0] < GROWTH, outcome.memory
    assert "Traceback" not in (tmp_path / served.log.name).read_text()
