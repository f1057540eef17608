"""Health of runner and web service: server stopped, another revision, a runner that is deaf."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from runner.apply import upgrade
from runner.embedded import Server
from tests.fix_database import Database
from tests.fix_runner import RunnerProcess, Workplace, until
from tests.fix_web import free_port, serving


def health(url: str, name: str) -> tuple[int, str]:
    """Status, and what the answer says."""
    answer = httpx.get(f"{url}/health/{name}", timeout=30)
    return answer.status_code, answer.json()["status"]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Server, Database]]:
    """A server that may be stopped, with an instance."""
    server = Server(tmp_path / "home")
    url = server.ensure()
    upgrade(url)
    yield server, Database(url.rpartition("/")[2], url)
    server.stop()
    shutil.rmtree((server.home / "server.json").resolve().parent, ignore_errors=True)


def test_server_stops_and_comes_back(own: tuple[Server, Database], tmp_path: Path) -> None:
    """Both live all the time, are ready while the server runs, and say why when it does not."""
    server, database = own
    listen = f"127.0.0.1:{free_port()}"
    runner = RunnerProcess(tmp_path, database.url, "r", handlers="", metrics_listen=listen)
    quiet = {"web_schemas": "api", "web_anon_role": ""}
    try:
        with serving(database, tmp_path, **quiet) as web:
            places = (f"http://{listen}", web.url)
            until(lambda: _answers(places[0]), "the runner's address")
            for url in places:
                until(lambda url=url: health(url, "ready")[0] == 200, "readiness")  # type: ignore[misc]
            server.stop()
            for url in places:
                assert health(url, "ready") == (503, "the database does not answer")
                assert health(url, "live") == (200, "live")
            server.ensure()
            for url in places:
                until(lambda url=url: health(url, "ready")[0] == 200, "readiness again")  # type: ignore[misc]
    finally:
        runner.kill()


def _answers(url: str) -> bool:
    try:
        return health(url, "live")[0] == 200
    except httpx.TransportError:
        return False


def test_another_revision(workplace: Workplace, web_folder: Path) -> None:
    """A newer schema is worked with until it says that it is not for this program any more."""
    listen = f"127.0.0.1:{free_port()}"
    workplace.start(metrics_listen=listen)
    with serving(workplace.database, web_folder, web_schemas="api", web_anon_role="") as web:
        places = (f"http://{listen}", web.url)
        assert [health(url, "ready")[0] for url in places] == [200, 200]
        workplace.conn.execute("update core.alembic_version set version_num = '9999'")
        assert [health(url, "ready")[0] for url in places] == [200, 200]
        raised = "update core.setting set value = to_jsonb(%s::text) where code = 'oldest_runner'"
        before = workplace.count("select count(*) from core.setting where code = 'oldest_runner'")
        assert before == 1
        workplace.conn.execute(raised, ("9999",))
        for url in places:
            status, said = health(url, "ready")
            assert (status, "needs a pgears of revision 9999" in said) == (503, True), said
        workplace.conn.execute(
            "update core.setting set value = '\"0001\"' where code = 'oldest_runner'"
        )
        task = workplace.enqueue("act")
        workplace.wait_for(task)


def test_deaf_runner(workplace: Workplace) -> None:
    """Behind a pooler it works, by polling, and is not ready."""
    listen = f"127.0.0.1:{free_port()}"
    workplace.conn.execute(
        "create or replace function queue.probe(p_runner uuid) returns void language sql as ''"
    )
    workplace.start(listening="deaf", metrics_listen=listen)
    status, said = health(f"http://{listen}", "ready")
    assert (status, "doorbell is deaf" in said) == (503, True), said
    assert health(f"http://{listen}", "live") == (200, "live")


def test_hung_runner(workplace: Workplace) -> None:
    """A handler that blocks the event loop: the endpoint's own threads still tell the rest."""
    listen = f"127.0.0.1:{free_port()}"
    (workplace.folder / "blocking.py").write_text(
        "import time\n"
        "from runner.service import observation\n"
        "from runner.tasks import Handler\n"
        "observation.HUNG = 1.0\n"
        "async def stare(task, services):\n"
        "    time.sleep(8)\n"
        "HANDLERS = {'stare': Handler(stare)}\n"
    )
    workplace.conn.execute("select queue.register_kind('stare')")
    workplace.start(metrics_listen=listen, handlers="blocking")
    assert health(f"http://{listen}", "live")[0] == 200
    workplace.enqueue("stare")
    until(lambda: health(f"http://{listen}", "live")[0] == 503, "that it hangs")
    until(lambda: health(f"http://{listen}", "live")[0] == 200, "that it goes on")


def test_address_in_use(workplace: Workplace) -> None:
    """One line and a hint."""
    listen = f"127.0.0.1:{free_port()}"
    workplace.start("a", metrics_listen=listen)
    second = RunnerProcess(workplace.folder, workplace.database.url, "b", metrics_listen=listen)
    workplace.runners.append(second)
    assert second.process.wait(60) == 1
    log = second.log.read_text()
    assert f"metrics cannot be served at {listen}" in log
    assert "Traceback" not in log
