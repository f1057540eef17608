"""The image of deploy/Containerfile, built and run by buildah: the demo, and what compose starts.

No image is fetched here: PGEARS_TEST_BUILDAH names a buildah that has python:3.13-slim, such as
"buildah --root /srv/images/root --runroot /srv/images/run --storage-driver vfs". In the build,
packages are fetched by name.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from runner import __version__
from tests.fix_database import Database
from tests.fix_runner import ROOT, until

pytestmark = pytest.mark.slow

BUILDAH = shlex.split(os.environ.get("PGEARS_TEST_BUILDAH", ""))
BASE = "python:3.13-slim"
IMAGE = "pgears-test"
USER = "10001"


def buildah(*arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """A command of buildah."""
    return subprocess.run(
        [*BUILDAH, *arguments], capture_output=True, text=True, check=False, timeout=timeout
    )


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image, built from the wheel of this checkout."""
    if not BUILDAH or shutil.which(BUILDAH[0]) is None:
        pytest.skip("PGEARS_TEST_BUILDAH names no buildah")
    if not buildah("images", "--quiet", BASE).stdout.strip():
        pytest.skip(f"buildah has no image {BASE}")
    context = tmp_path_factory.mktemp("image")
    shutil.copytree(ROOT / "deploy", context / "deploy")
    shutil.copy(ROOT / "requirements.lock", context)
    subprocess.run(
        ["python3", "-m", "build", "--wheel", "--no-isolation", "--outdir", context / "dist", ROOT],
        check=True,
        capture_output=True,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )
    built = buildah(
        "bud", "--isolation", "chroot", "--pull-never", "--format", "docker",
        "--ignorefile", str(context / "deploy" / "Containerfile.dockerignore"),
        "-f", str(context / "deploy" / "Containerfile"), "-t", IMAGE, str(context),
        timeout=900,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    assert "warning" not in built.stderr.lower(), built.stderr
    return IMAGE


class Container:
    """A container of the image, as user 10001; its network is that of this machine."""

    def __init__(self, image: str) -> None:
        made = buildah("from", "--pull-never", image)
        assert made.returncode == 0, made.stderr
        self.name = made.stdout.strip()
        self.started: list[subprocess.Popen[bytes]] = []

    def arguments(self, *command: str, **variables: str) -> list[str]:
        """The command line that runs a command of pgears in it."""
        settings = [f"--env={name}={value}" for name, value in variables.items()]
        run = ["run", "--isolation", "chroot", "--user", USER, *settings, self.name, "--"]
        return [*BUILDAH, *run, "pgears", *command]

    def run(self, *command: str, **variables: str) -> str:
        """Output of a command that goes well."""
        done = subprocess.run(
            self.arguments(*command, **variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *command: str, **variables: str) -> subprocess.Popen[bytes]:
        """A command that goes on."""
        process = subprocess.Popen(
            self.arguments(*command, **variables), stderr=subprocess.PIPE, start_new_session=True
        )
        self.started.append(process)
        return process

    def remove(self) -> None:
        """End what was started, and the container."""
        for process in self.started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 15)
            process.communicate(timeout=60)
        buildah("rm", self.name)


@pytest.fixture
def container(image: str) -> Iterator[Container]:
    """One container for a test."""
    made = Container(image)
    yield made
    made.remove()


def test_what_is_inside(image: str, container: Container) -> None:
    """The version of this checkout, what it is told at start, a user that is nobody else."""
    assert container.run("--version") == f"pgears {__version__}\n"
    config = json.loads(buildah("inspect", "--type", "image", image).stdout)["Docker"]["config"]
    assert (config["User"], config["Entrypoint"], config["Cmd"]) == (USER, ["pgears"], ["run"])
    assert config["Healthcheck"]["Test"] == ["CMD", "pgears", "run", "--check"]


def test_demo(container: Container) -> None:
    """All of the example with the server that the image brings; it says how to call it here."""
    told = container.run("demo")
    assert "40 of 40 tickets are equal there" in told
    assert told.rstrip().endswith("\n  pgears demo --keep")


def test_what_compose_starts(container: Container, database: Database) -> None:
    """Upgrade, runner with its health check, web service, against another server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    settings = {"PGEARS_DATABASE_URL": database.url}
    assert "revision" in container.run("init", **settings)
    container.start("run", **settings)
    with database.connect() as conn:
        awake = "select 1 from queue.runner_status where state = 'asleep'"
        until(lambda: conn.execute(awake.encode()).fetchone(), "the runner of the image")
    container.run("run", "--check", **settings)
    container.start("serve", **settings, PGEARS_WEB_LISTEN=address)

    def ready() -> bool:
        address_of = f"http://{address}/health/ready"
        with suppress(OSError), urllib.request.urlopen(address_of, timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    until(ready, "the web service of the image")
