"""deploy/: what container, compose and systemd files name exists in pgears and holds together."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.core import TyperGroup

from runner.cli import app
from runner.config import Settings
from runner.services import Service

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
FILES = [path for path in DEPLOY.rglob("*") if path.is_file()]
VARIABLE = re.compile(r"PGEARS_[A-Z_]+")
SETTINGS = {f"PGEARS_{name.upper()}" for name in Settings.model_fields}
KNOWN = SETTINGS | {f"{name}_FILE" for name in SETTINGS}
"""What pgears reads from its environment."""


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's lines: instruction and rest."""
    lines = [line for line in CONTAINERFILE.splitlines() if line and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def commands() -> list[tuple[str, list[str]]]:
    """Every command line of pgears in these files, and where it stands."""
    found = []
    for name, service in COMPOSE["services"].items():
        if name != "db":
            found.append((f"compose {name}", list(service["command"])))
        check = service.get("healthcheck", {}).get("test", [])
        if "pgears" in check:
            found.append((f"compose {name} health", check[check.index("pgears") + 1 :]))
    for unit in UNITS:
        [start] = re.findall(r"^ExecStart=\S+/pgears (.+)$", unit.read_text(), re.MULTILINE)
        found.append((unit.name, shlex.split(start)))
    [health] = re.findall(r"CMD \[\"pgears\", (.+)\]", CONTAINERFILE)
    found.append(("Containerfile health", re.findall(r'"([^"]+)"', health)))
    [command] = [rest for word, rest in instructions() if word == "CMD"]
    found.append(("Containerfile", re.findall(r'"([^"]+)"', command)))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_variables_are_settings(path: Path) -> None:
    """A variable that pgears does not read would be a setting that does nothing."""
    assert set(VARIABLE.findall(path.read_text())) - KNOWN == set()


def test_the_check_of_variables_sees_something() -> None:
    """The database's URL comes from a file wherever a process is started."""
    for text in [(DEPLOY / "compose.yaml").read_text(), *(unit.read_text() for unit in UNITS)]:
        assert "PGEARS_DATABASE_URL_FILE" in VARIABLE.findall(text)


@pytest.mark.parametrize(("where", "arguments"), commands(), ids=lambda value: str(value))
def test_commands_exist(where: str, arguments: list[str]) -> None:
    """Command and options are those of the command line."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    command = group.commands.get(arguments[0])
    assert command is not None, where
    options = {option for parameter in command.params for option in parameter.opts}
    given = {part.split("=")[0] for part in arguments[1:] if part.startswith("--")}
    assert given - options == set()


def test_compose_holds_together() -> None:
    """Dependencies, secrets and volumes that are named are there, and services say if they live."""
    services = COMPOSE["services"]
    assert set(services) == {"db", "init", "runner", "web"}
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in services
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[other]
            else:
                assert services[other]["restart"] == "on-failure"
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"]), name
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in COMPOSE["volumes"]
        assert ("healthcheck" in service) == (name != "init")
        if name != "db":
            assert service["read_only"]
            assert service["cap_drop"] == ["ALL"]
            assert service["security_opt"] == ["no-new-privileges:true"]
        told = str([service["environment"], service.get("command")])
        for path in re.findall(r"/run/secrets/([\w-]+)", told):
            assert path in service["secrets"], f"{name} is not handed {path}"
    assert services["db"]["image"] == "postgres:18"


def test_each_process_is_handed_its_own_login() -> None:
    """The owner's URL reaches no process that goes on, in containers as under systemd."""
    handed = {
        name: {secret for secret in service["secrets"] if secret.endswith("-url")}
        for name, service in COMPOSE["services"].items()
        if name not in {"db", "init"}
    }
    assert handed == {"runner": {"runner-url"}, "web": {"web-url"}}
    loaded = [re.findall(r"database-url:\S+/(\S+)", unit.read_text()) for unit in UNITS]
    assert loaded == [["runner-url"], ["web-url"]]


def test_secrets_are_made_once(tmp_path: Path) -> None:
    """Every secret that compose names, for its owner's eyes; what is there is left alone."""
    script = shutil.copy(DEPLOY / "make-secrets", tmp_path)
    made = tmp_path / "secrets"
    for _ in range(2):
        done = subprocess.run([script], capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == (os.geteuid() == 0), done.stderr
        kept = {path.name: path.read_text() for path in made.iterdir()}
        assert set(kept) == set(COMPOSE["secrets"])
        assert {path.stat().st_mode & 0o777 for path in made.iterdir()} == {0o600}
        (made / "web-jwt-secret").write_text("kept" * 10)
    assert kept["web-jwt-secret"] == "kept" * 10
    assert kept["owner-url"] == f"postgresql://pgears:{kept['postgres-password']}@db/pgears"
    for kind in ("runner", "web"):
        service = Service.of_option(f"{kind}={made / f'{kind}-url'}")
        assert (service.login, len(str(service.password))) == (f"pgears-{kind}", 48)


def test_no_secret_is_in_a_file() -> None:
    """Passwords and keys are files that are named, in compose as in the image."""
    values = {
        name: str(value)
        for service in COMPOSE["services"].values()
        for name, value in service["environment"].items()
        if re.search("PASSWORD|SECRET|URL", name)
    }
    assert values != {}
    assert [name for name, value in values.items() if "/run/secrets/" not in value] == []
    assert not re.search(r"PASSWORD|SECRET|postgresql://", CONTAINERFILE)


def test_the_image_runs_without_root_and_is_pinned() -> None:
    """Two stages; only hashes of the lock file are installed; the user is a number."""
    words = [word for word, _ in instructions()]
    assert words.count("FROM") == 2
    last = words[words.index("FROM", 1) :]
    assert last.index("USER") < last.index("ENTRYPOINT")
    [user] = [rest for word, rest in instructions() if word == "USER"]
    assert int(user) > 0
    installs = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]
    assert len(installs) == 2
    assert all("--require-hashes -r requirements.lock" in i or "--no-index" in i for i in installs)
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text().split()
    copied = [rest.split()[0] for word, rest in instructions() if word == "COPY"]
    assert ignored == ["*", *(f"!{name}" for name in copied if not name.startswith("--from"))]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    """`systemd-analyze` finds no mistake, and little that a service could reach."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    copy = tmp_path / unit.name.replace("@", "@shop")
    copy.write_text(unit.read_text().replace("/opt/pgears/bin/pgears", "/bin/true"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True, check=False
    )
    ours = [line for line in verified.stderr.splitlines() if copy.name in line]
    assert (verified.returncode, ours) == (0, [])
    exposed = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=15", "--no-pager", copy],
        capture_output=True,
        text=True,
        check=False,
    )
    assert exposed.returncode == 0, exposed.stdout + exposed.stderr
