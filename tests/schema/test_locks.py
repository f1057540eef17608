"""The lock files pin, with hashes, what pyproject.toml asks for, and name no address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = PROJECT["project"]["dependencies"]
DEV = PROJECT["dependency-groups"]["dev"]
VERSIONS = PROJECT["dependency-groups"]["versions"]


def pins(lock: str) -> dict[str, Version]:
    """Name and version of each line of a lock file."""
    found = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^ ;\\]+)", lock, re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in found}


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("requirements.lock", RUNTIME),
        ("requirements-dev.lock", RUNTIME + DEV),
        ("requirements-versions.lock", VERSIONS),
    ],
)
def test_lock_answers_the_project(name: str, asked: list[str]) -> None:
    """`make lock` was run after the last change of pyproject.toml."""
    pinned = pins((ROOT / name).read_text())
    for requirement in map(Requirement, asked):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in {name}: make lock"
        assert version in requirement.specifier, f"{requirement} is {version}: make lock"


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-dev.lock", "requirements-versions.lock"]
)
def test_lock_has_hashes_and_no_address(name: str) -> None:
    """A lock file with an address would only install where that address is reached."""
    text = (ROOT / name).read_text()
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
    assert len(blocks) >= (2 if "versions" in name else 10)
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_both_locks_agree() -> None:
    """What the tests run with is what users get."""
    runtime = pins((ROOT / "requirements.lock").read_text())
    dev = pins((ROOT / "requirements-dev.lock").read_text())
    assert {name: dev[name] for name in runtime} == runtime
