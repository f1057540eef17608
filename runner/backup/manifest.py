"""What a backup is of, and the checksum of each of its files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import UserError

NAME = "manifest.json"
FORMAT = 1


class Manifest(BaseModel):
    """Written last: a folder without it is no complete backup."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    pgears: str
    revision: str
    server: int
    """Major version of PostgreSQL."""
    database: str
    environment: str
    taken: str
    passwords: bool
    """Whether roles.sql has the verifiers of passwords."""
    roles: list[str]
    files: dict[str, str]
    """SHA-256 of each file."""


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of each file below a folder but the manifest."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != NAME:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[path.relative_to(folder).as_posix()] = digest
    return found


def write(folder: Path, manifest: Manifest) -> None:
    """Complete a backup."""
    path = folder / NAME
    path.write_text(json.dumps(manifest.model_dump(), indent=2) + "\n")


def read(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all there and unchanged."""
    path = folder / NAME
    if not path.is_file():
        raise UserError(f"{folder} is no complete backup: there is no {NAME}")
    try:
        manifest = Manifest.model_validate_json(path.read_text())
    except ValidationError as error:
        raise UserError(f"{path} cannot be read: {error.errors()[0]['msg']}") from error
    if manifest.format != FORMAT:
        raise UserError(f"{path} is of format {manifest.format}", "Use the pgears that made it.")
    found = checksums(folder)
    wrong = sorted(
        name
        for name in manifest.files.keys() | found.keys()
        if manifest.files.get(name) != found.get(name)
    )
    if wrong:
        raise UserError(f"{folder} has changed since it was made: {', '.join(wrong[:5])}")
    return manifest
