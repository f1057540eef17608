"""docs/dependencies.md: what a production install brings, and under which licences."""

# ruff: noqa: E501 - lines of the page

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageMetadata, distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)

ALLOWED = (
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "LGPL-3.0-only",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
)
"""LGPL and MPL ask nothing of who uses the library unchanged."""

# Words of packages that do not name their licence as SPDX does.
WORDS = {
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# How licences begin that stand in a file alone.
TEXTS = {
    "Redistribution and use in source and binary forms": "BSD-3-Clause",
    "Permission is hereby granted, free of charge": "MIT",
}

PAGE = """# Dependencies

Written by `make docs-reference`: every package of `requirements.lock`, with the licence that it declares. A
licence outside the list of `tests/reference/dependencies.py` fails the tests. `make audit` asks whether a locked
version has a known vulnerability; it needs a database of advisories that it can reach, and says so if it cannot.

| package | version | licence |
|---|---|---|
"""


@dataclass(frozen=True)
class Dependency:
    """A locked package."""

    name: str
    version: str
    licence: str
    """As SPDX writes it; empty where nothing says."""


def locked(lock: Path = ROOT / "requirements.lock") -> list[tuple[str, str]]:
    """Name and version of each package of a lock."""
    return LOCKED.findall(lock.read_text("utf-8"))


def licence_of(package: Distribution) -> str:
    """The licence that a package declares: as SPDX, in words, by a classifier, or by its text."""
    about = package.metadata
    expression = _field(about, "License-Expression")
    if expression:
        return expression
    words = _field(about, "License")
    if words in ALLOWED:
        return words
    classifiers = [
        str(line).rpartition(":: ")[2]
        for line in about.get_all("Classifier") or ()
        if str(line).startswith("License ::")
    ]
    for known in (words, *reversed(classifiers)):
        if known in WORDS:
            return WORDS[known]
    for file in package.files or ():
        if file.parts[-2:-1] == ("licenses",) or file.name.startswith(("LICENSE", "COPYING")):
            text = " ".join(file.read_text("utf-8").split())
            for beginning, name in TEXTS.items():
                if beginning in text:
                    return name
    return ""


def _field(about: PackageMetadata, name: str) -> str:
    return str(about[name] or "").strip() if name in about else ""


def allowed(licence: str) -> bool:
    """True when one of the alternatives of an expression is allowed whole."""
    return any(
        all(part.strip(" ()") in ALLOWED for part in alternative.split(" AND "))
        for alternative in licence.split(" OR ")
    )


def dependencies() -> list[Dependency]:
    """The packages of the lock as they are installed here."""
    return [Dependency(name, version, licence_of(distribution(name))) for name, version in locked()]


def page() -> str:
    """The page."""
    return PAGE + "".join(f"| {d.name} | {d.version} | {d.licence} |\n" for d in dependencies())
