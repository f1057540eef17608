"""One id from a request over HTTP to the rule, the mail and the lines of both logs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fix_database import Database
from tests.fix_runner import ROOT, RunnerProcess, Workplace, until
from tests.fix_web import free_port, serving

REQUEST = "4f2d0c1ab37e4c0d9a5b6e7f8a9b0c1d"
"""As nginx makes them: a UUID without hyphens."""
TICKET = {"subject": "The printer burns", "from_address": "eve@example.org", "channel": "mail"}


def lines(log: Path) -> list[dict[str, Any]]:
    """The lines of a JSON log: every one is an object."""
    return [json.loads(line) for line in log.read_text().splitlines()]


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[str]:
    """Address of a mail server that keeps everything."""
    listen = f"127.0.0.1:{free_port()}"
    clean = {key: value for key, value in os.environ.items() if "PGEARS_" not in key}
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "sink"],
        env={
            **clean,
            "PYTHONPATH": str(ROOT),
            "PGEARS_HOME": str(tmp_path / "sink"),
            "PGEARS_SINK_LISTEN": listen,
        },
        stdout=subprocess.DEVNULL,
    )
    yield listen
    process.terminate()
    process.wait()


def test_request_rule_mail_and_logs(own_web_database: Database, tmp_path: Path, sink: str) -> None:
    """The answer, the log of the web service, the task, the mail and the runner's log agree."""
    runner = RunnerProcess(
        tmp_path, own_web_database.url, "r", handlers="", log="json", sink_listen=sink
    )
    try:
        with (
            own_web_database.connect() as conn,
            serving(own_web_database, tmp_path, log="json") as web,
        ):
            client = web.client("web_ann")
            first = client.post("/helpdesk_ticket", json=TICKET, headers={"X-Request-Id": REQUEST})
            assert first.status_code == 201, first.text
            assert first.headers["X-Request-Id"] == REQUEST
            second = client.post("/helpdesk_ticket", json=TICKET)
            made = second.headers["X-Request-Id"]
            odd = client.post(
                "/helpdesk_ticket", json=TICKET, headers={"X-Request-Id": "trace root 1"}
            )
            assert odd.headers["X-Request-Id"] == "trace root 1"
            long = client.get("/helpdesk_ticket", headers={"X-Request-Id": "x" * 1000})
            assert uuid.UUID(long.headers["X-Request-Id"])

            def sent() -> list[Any]:
                return conn.execute(
                    "select id, correlation from mail.message_status"
                    " where state = 'sent' order by id"
                ).fetchall()

            until(lambda: len(sent()) == 3, "three mails")
        log = lines(web.log)
    finally:
        runner.kill()

    told = {line["request"]: line for line in log if line.get("method") == "POST"}
    assert set(told) == {REQUEST, made, "trace root 1"}
    assert told[REQUEST]["correlation"] == str(uuid.UUID(REQUEST))
    assert (told[REQUEST]["path"], told[REQUEST]["status"]) == ("/helpdesk_ticket", 201)
    ids = {line["correlation"] for line in told.values()}
    assert len(ids) == 3
    assert {str(id) for _, id in sent_of(own_web_database)} == ids

    done = [line for line in lines(runner.log) if line.get("outcome") == "done"]
    for id in ids:
        kinds = {line["kind"] for line in done if line["correlation"] == id}
        assert {"rule", "mail.send"} <= kinds, kinds
    assert all("secret" not in json.dumps(line) for line in done)


def sent_of(database: Database) -> list[Any]:
    """Mails with their ids."""
    with database.connect() as conn:
        return conn.execute("select id, correlation from mail.message_status").fetchall()


def test_handlers_hand_it_on(workplace: Workplace) -> None:
    """Children that a handler stores have the id, in a transaction of its own and without."""
    (workplace.folder / "parents.py").write_text(
        "from runner.tasks import Handler\n"
        "async def parent(task, services):\n"
        "    async with services.pool.connection() as conn:\n"
        "        await conn.execute(\"select queue.enqueue('act')\")\n"
        "    async with services.pool.connection() as conn, conn.transaction():\n"
        "        await conn.execute('select 1')\n"
        "        async with conn.transaction():\n"
        "            await conn.execute(\"select queue.enqueue('act')\")\n"
        "HANDLERS = {'parent': Handler(parent, parallel=1)}\n"
    )
    workplace.conn.execute("select queue.register_kind('parent')")
    id = uuid.uuid4()
    with workplace.conn.transaction():
        workplace.conn.execute("select set_config('pgears.correlation', %s, true)", (str(id),))
        workplace.enqueue("parent")
    workplace.enqueue("parent")
    workplace.start(handlers="parents,tests.runner.handlers")
    until(
        lambda: workplace.count("select count(*) from queue.task_list where state = 'done'") == 6,
        "two parents and four children",
    )
    found = workplace.conn.execute(
        "select correlation, count(*) from queue.task_list where kind = 'act' group by 1"
    ).fetchall()
    assert dict(found) == {id: 2, None: 2}
