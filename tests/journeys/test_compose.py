"""deploy/compose.yaml by a compose program and an engine: what its containers may do, and survive.

PGEARS_TEST_COMPOSE names the program, such as "docker compose"; DOCKER_HOST names another engine
than the usual one. Its images are fetched where they are missing. The port of the web service is
published at 127.0.0.1:8080, as in the file.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.fix_runner import ROOT, until

pytestmark = pytest.mark.slow

COMPOSE = shlex.split(os.environ.get("PGEARS_TEST_COMPOSE", ""))
ADDRESS = "http://127.0.0.1:8080"
MODEL = """
model: shop
name: {en: Shop}
classes:
  note:
    name: {en: Note}
    web_service: true
    columns:
      title: {type: text}
      seen: {type: boolean}
scripts:
  look:
    class: note
    sql: update api.shop_note set seen = true where id = (context -> 'record' ->> 'id')::bigint;
rules:
  look: {class: note, event: after_insert, script: look}
roles:
  writer:
    name: {en: Writer}
    rights:
      - {class: note, allow: [read, insert]}
"""


class Composition:
    """The services of the file, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, fails: bool = False, timeout: float = 300) -> str:
        """Output of a command of the compose program; one that fails says why by its errors."""
        done = subprocess.run(
            [*COMPOSE, "--project-name", "pgears-test", "-f", "deploy/compose.yaml", *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    def inside(self, service: str, *command: str, fails: bool = False) -> str:
        """Output of a command in the container of a service."""
        return self("exec", "-T", service, *command, fails=fails)

    def engine(self, *arguments: str) -> str:
        """Output of a command of the engine."""
        return subprocess.run(
            ["docker", *arguments], capture_output=True, text=True, check=True, timeout=120
        ).stdout

    def state(self, service: str) -> dict[str, Any]:
        """What the engine knows of the one container of a service."""
        [name] = self("ps", "--all", "--quiet", service).split()
        [found] = json.loads(self.engine("inspect", name))
        return dict(found)

    def healthy(self, service: str) -> bool:
        """What its health check says."""
        return bool(self.state(service)["State"]["Health"]["Status"] == "healthy")

    def until_healthy(self, *services: str) -> None:
        """Wait for their health checks."""
        for service in services:
            until(partial(self.healthy, service), f"{service} to be healthy")


def asked(path: str, token: str | None = None, body: object = None) -> tuple[int, Any]:
    """Status and JSON of an answer of the web service."""
    request = urllib.request.Request(
        ADDRESS + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Prefer": "return=representation"},
    )
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.fixture(scope="module")
def composition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composition]:
    """Built and started by the commands of docs/install.md, from files of this checkout."""
    if not COMPOSE or shutil.which(COMPOSE[0]) is None:
        pytest.skip("PGEARS_TEST_COMPOSE names no compose program")
    folder = tmp_path_factory.mktemp("composition")
    shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("secrets"))
    shutil.copy(ROOT / "requirements.lock", folder)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    subprocess.run([folder / "deploy" / "make-secrets"], check=True)
    made = Composition(folder)
    made("build", timeout=1800)
    try:
        made("up", "--detach")
        made.until_healthy("runner", "web")
        yield made
    finally:
        made("down", "--volumes")


def test_what_a_process_may_do(composition: Composition) -> None:
    """Neither root nor a privilege, nothing to write but its own folder, its own secrets."""
    handed = {"runner": {"runner-url"}, "web": {"web-url", "web-jwt-secret"}}
    for service, secrets in handed.items():
        assert composition.inside(service, "id", "-u") == "10001\n"
        status = composition.inside(service, "cat", "/proc/self/status")
        assert "CapBnd:\t0000000000000000" in status
        assert "NoNewPrivs:\t1" in status
        assert set(composition.inside(service, "ls", "/run/secrets").split()) == secrets
        assert "Read-only" in composition.inside(service, "touch", "/opt/x", fails=True)
        told = str(composition.state(service)["Config"]["Env"])
        for secret in secrets:
            kept = (composition.folder / "deploy" / "secrets" / secret).read_text()
            assert kept not in told
    refused = composition.inside("web", "pgears", "model", "dump", "helpdesk", fails=True)
    assert "permission denied" in refused


@pytest.fixture(scope="module")
def token(composition: Composition) -> str:
    """Of an account that writes notes; model and account are made as the owner, by init."""
    (composition.folder / "model.yaml").write_text(MODEL)
    mounted = f"{composition.folder / 'model.yaml'}:/model.yaml:ro"
    as_owner = ["run", "--rm", "-T", "-v", mounted, "init"]
    composition(*as_owner, "model", "apply", "/model.yaml")
    composition(*as_owner, "account", "create", "lena", "--no-login")
    composition(*as_owner, "role", "grant", "writer", "lena")
    return composition.inside("web", "pgears", "web", "token", "lena").strip()


def seen(token: str, title: str) -> list[bool | None]:
    """What the rule made of the notes with this title."""
    status, notes = asked(f"/shop_note?title=eq.{title}", token)
    assert status == 200, notes
    return [note["seen"] for note in notes]


def written(token: str, title: str) -> None:
    """A note over HTTP, and the runner's hand on it."""
    status, told = asked("/shop_note", token, {"title": title})
    assert status == 201, told
    until(lambda: seen(token, title) == [True], "the rule of the note")


def test_a_record_by_way_of_all_services(composition: Composition, token: str) -> None:
    """Over HTTP, its rule by the runner, under logins that are neither owner nor superuser."""
    written(token, "first")
    status, told = asked("/shop_note", None)
    assert (status, told["code"]) == (401, "PGRST302")
    query = "select string_agg(distinct usename, ' ' order by usename) from pg_stat_activity"
    psql = ["psql", "-h", "127.0.0.1", "-U", "pgears", "-Atc", query]
    password = (composition.folder / "deploy/secrets/postgres-password").read_text()
    logins = composition("exec", "-T", "-e", f"PGPASSWORD={password}", "db", *psql)
    assert logins.split() == ["pgears", "pgears-runner", "pgears-web"]


def test_a_killed_process_is_started_again(composition: Composition, token: str) -> None:
    """By the engine; the next note finds service and runner at work."""
    for service in ("runner", "web"):
        before = composition.state(service)["State"]["Pid"]
        os.kill(before, signal.SIGKILL)
        until(partial(again, composition, service, before), f"a new {service}")
    composition.until_healthy("runner", "web")
    written(token, "after-the-kill")


def again(composition: Composition, service: str, before: int) -> bool:
    """Whether the service runs as another process."""
    state = composition.state(service)["State"]
    return bool(state["Running"] and state["Pid"] != before)


def test_notes_outlive_the_containers(composition: Composition, token: str) -> None:
    """Stopped, they end by themselves and with 0; removed and made anew, data is where it was."""
    written(token, "kept")
    composition("stop")
    for service in ("runner", "web"):
        assert composition.state(service)["State"]["ExitCode"] == 0, service
    composition("down")
    composition("up", "--detach", "--scale", "runner=2")
    composition.until_healthy("web")
    assert seen(token, "kept") == [True]
    written(token, "after-all")
    assert len(composition("ps", "--quiet", "runner").split()) == 2
