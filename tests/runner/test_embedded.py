"""The embedded server: made, found again, recovered, and never in the way of other folders."""

from __future__ import annotations

import json
import os
import shutil
import signal
import site
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from runner.binaries import binaries, copy_programs, system, version, wheel
from runner.cluster import Cluster, identity, reaches
from runner.embedded import Server, postmaster
from runner.errors import UserError

ROOT = Path(__file__).parents[2]


def mode(path: Path) -> int:
    """Permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def cluster_of(server: Server) -> Cluster:
    """The data folder that a home points to."""
    state = json.loads((server.home / "server.json").read_text())
    return Cluster(server.home / state["folder"], Path(state["bin"]))


def remove(server: Server) -> None:
    """Stop the server and delete its data, wherever that is."""
    server.stop()
    folder = cluster_of(server).folder
    shutil.rmtree(folder.parent if folder.parent != server.home else folder)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home below folders of mode 0700, as pytest makes them; its server is removed after."""
    home = tmp_path / "private" / ".pgears"
    home.parent.mkdir(mode=0o700)
    yield home
    if (home / "server.json").exists():
        remove(Server(home))


def one(url: str, query: str) -> object:
    """The single value of a query."""
    with psycopg.connect(url) as conn:
        row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_first_use_makes_and_starts(home: Path) -> None:
    """A URL is all that a caller needs; the server listens on loopback, with a password."""
    url = Server(home).ensure()

    assert one(url, "show listen_addresses") == "127.0.0.1"
    assert one(url, "select upper('äžя')") == "ÄŽЯ"
    assert one(url, "show fsync") == "on"
    assert mode(home / "password") == 0o600
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(url.replace(url.split("@")[0], "postgresql://pgears"))


def test_no_folder_changes_its_mode(home: Path) -> None:
    """Root's server runs as another account, yet nothing above the data is opened to it."""
    before = [mode(folder) for folder in home.parents]
    Server(home).ensure()

    assert [mode(folder) for folder in home.parents] == before
    assert mode(cluster_of(Server(home)).folder) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_root_is_dropped(home: Path) -> None:
    """The server's processes belong to nobody."""
    Server(home).ensure()

    pid = postmaster(cluster_of(Server(home)))
    assert Path(f"/proc/{pid}").stat().st_uid == identity()["user"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a program as nobody")
def test_programs_are_copied_where_they_cannot_be_reached(tmp_path: Path) -> None:
    """A copy with its libraries runs as nobody from a virtual environment below /root."""
    state = Path("/var/lib/pgears") / f"test-{os.getpid()}"
    state.mkdir(parents=True)
    try:
        programs = copy_programs(binaries(), state)
        assert reaches(programs / "postgres")
        cluster = Cluster(state / "none", programs)
        assert "PostgreSQL" in cluster.run("psql", "--version")
    finally:
        shutil.rmtree(state)


def test_restart_keeps_data_and_url(home: Path) -> None:
    """stop and ensure: same port, same password, same rows; stop says whether it ran."""
    url = Server(home).ensure()
    with psycopg.connect(url) as conn:
        conn.execute("create table kept (n integer)")

    assert Server(home).stop() is True
    assert Server(home).stop() is False
    assert Server(home).running() is False
    assert Server(home).ensure() == url
    assert one(url, "select count(*) from kept") == 0


def test_taken_port_is_left_to_its_owner(home: Path) -> None:
    """Somebody took the port while the server was down: it moves."""
    url = Server(home).ensure()
    Server(home).stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", _port(url)))
        other.listen()
        moved = Server(home).ensure()

    assert _port(moved) != _port(url)
    assert one(moved, "select 1") == 1


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1].split("/")[0])


def test_killed_server_recovers(home: Path) -> None:
    """kill -9 of the main process: the next ensure starts anew with what was committed."""
    url = Server(home).ensure()
    with psycopg.connect(url) as conn:
        conn.execute("create table kept as select 1 as n")
    pid = postmaster(cluster_of(Server(home)))
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    assert Server(home).ensure() == url
    assert one(url, "select n from kept") == 1
    assert postmaster(cluster_of(Server(home))) != pid


def test_stale_process_id_of_somebody_else(home: Path) -> None:
    """After a reboot the number in postmaster.pid can belong to any process."""
    url = Server(home).ensure()
    Server(home).stop()
    file = cluster_of(Server(home)).data / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n{file.parent}\n0\n1\n\n127.0.0.1\n0 0\nready\n")

    assert Server(home).running() is False
    assert one(Server(home).ensure(), "select 1") == 1
    assert url == Server(home).url()


def test_programs_that_have_gone_are_found_again(home: Path) -> None:
    """The virtual environment was made anew elsewhere: the data stays in use."""
    url = Server(home).ensure()
    Server(home).stop()
    file = home / "server.json"
    state = json.loads(file.read_text())
    file.write_text(json.dumps({**state, "bin": "/nowhere/bin"}))

    assert Server(home).ensure() == url
    assert one(url, "select 1") == 1


def test_data_of_another_version_is_refused(home: Path) -> None:
    """Programs of another major version cannot read the data: the message says which can."""
    other = system()
    if other is None or version(other) == version(binaries()):
        pytest.skip("there is only one version of PostgreSQL on this machine")
    Server(home).ensure()
    Server(home).stop()
    file = home / "server.json"
    state = json.loads(file.read_text())
    file.write_text(json.dumps({**state, "bin": "/nowhere/bin"}))

    with pytest.raises(UserError, match=f"is of PostgreSQL {version(binaries())}"):
        Server(home, other).ensure()


def test_two_at_once_make_one_server(home: Path) -> None:
    """Two commands on a fresh machine: one makes the server, the other finds it."""
    with ThreadPoolExecutor(4) as pool:
        urls = list(pool.map(lambda _: Server(home).ensure(), range(4)))

    assert len(set(urls)) == 1
    assert one(urls[0], "select 1") == 1


def test_interrupted_init_is_done_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between initdb and the note of it: the next ensure begins from the start."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Server, "_write", die)
        with pytest.raises(KeyboardInterrupt):
            Server(home).ensure()

    assert one(Server(home).ensure(), "select 1") == 1


def test_server_outlives_the_command(home: Path) -> None:
    """`pgears up` ends, the server stays, and the next command finds it."""
    code = (
        "import sys; from pathlib import Path; from runner.embedded import Server;"
        "print(Server(Path(sys.argv[1])).ensure())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, home], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert Server(home).running()
    assert one(done.stdout.strip(), "select 1") == 1


def test_child_server_ends_with_its_parent() -> None:
    """kill -9 of the parent: a throw-away server shuts down by itself."""
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent died")
    code = (
        "import tempfile, time; from pathlib import Path\n"
        "from runner.throwaway import child_server\n"
        "folder = Path(tempfile.mkdtemp(prefix='pgears-child-')); folder.chmod(0o755)\n"
        "with child_server(folder, {}) as url: print(folder, url, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        folder, url = parent.stdout.readline().split()
        assert one(url, "select 1") == 1
        parent.kill()
    log = Path(folder) / "postgres" / "log"
    try:
        until(lambda: "database system is shut down" in log.read_text())
    finally:
        shutil.rmtree(folder)


def until(reached: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that happens by itself."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_as_an_ordinary_user(home: Path) -> None:
    """Without root nothing is copied: data and programs are used where they are."""
    if os.geteuid() != 0:
        Server(home).ensure()
        assert cluster_of(Server(home)).folder == home / "postgres"
        return
    own = Path("/var/tmp") / f"pgears-test-{os.getpid()}"
    own.mkdir(mode=0o700)
    os.chown(own, identity()["user"], identity()["group"])
    code = (
        "import sys; from pathlib import Path; from runner.embedded import Server\n"
        "server = Server(Path(sys.argv[1])); server.ensure(); server.stop()"
    )
    path = os.pathsep.join([str(ROOT), *site.getsitepackages()])
    try:
        subprocess.run(
            [python_of_everybody(), "-c", code, own / "home"],
            env={"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/",
            check=True,
            **identity(),
        )
        assert (own / "home" / "postgres" / "data").is_dir()
    finally:
        shutil.rmtree(own)


def python_of_everybody() -> Path:
    """This Python, or the same version of the system where this one is out of reach."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (Path(sys.executable), Path("/usr/bin") / name):
        if candidate.exists() and reaches(candidate) and reaches(ROOT):
            return candidate
    pytest.skip("an ordinary user can run no Python of this version on this machine")


def test_binaries_in_order(tmp_path: Path) -> None:
    """A named folder first, then the wheel, then the system; an empty folder is refused."""
    found = wheel()
    assert found is not None
    assert binaries() == found
    assert version(found) >= 18
    other = system()
    if other is not None:
        assert binaries(other) == other
        assert version(other) >= 15
    with pytest.raises(UserError, match="no usable PostgreSQL programs"):
        binaries(tmp_path)
