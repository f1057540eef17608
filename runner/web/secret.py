"""The key of tokens: named by a setting, or made for this home folder."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path
from typing import Any

import jwt

from ..config import Settings
from ..errors import UserError
from ..hiding import remember

FILE = "web-secret"
ALGORITHM = "HS256"


def secret_text(settings: Settings) -> str:
    """The text of the key: of env:NAME, file:PATH, the setting itself, or a file of our own."""
    text = _read(settings)
    remember(text)
    return text


def _read(settings: Settings) -> str:
    reference = settings.web_jwt_secret
    if reference is None:
        return _own(settings.home / FILE)
    kind, _, place = reference.partition(":")
    try:
        if kind == "env":
            return os.environ[place]
        if kind == "file":
            return Path(place).read_text(encoding="utf-8").rstrip("\r\n")
    except (KeyError, OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"the secret {reference} of web_jwt_secret cannot be read",
            "Set the variable or make the file, and let the service read it.",
        ) from error
    return reference


def make_token(settings: Settings, role: str, seconds: float) -> str:
    """A token for an account, where the key is a secret that signs as well."""
    text = secret_text(settings)
    if text.lstrip().startswith("{") or "-----BEGIN" in text:
        raise UserError(
            "the key of web_jwt_secret only checks tokens",
            "Let who has the private key make the token, with a claim role.",
        )
    claim: Any = role
    for step in reversed(settings.web_jwt_role_claim.lstrip(".").split(".")):
        claim = {step: claim}
    claims = {**claim, "exp": int(time.time() + seconds)}
    if settings.web_jwt_audience is not None:
        claims["aud"] = settings.web_jwt_audience
    return jwt.encode(claims, text, algorithm=ALGORITHM)


def _own(path: Path) -> str:
    """The secret of a home folder; two that make it at once agree on one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        found = path.read_text().strip()
        if not found:
            raise UserError(f"{path} is empty", "Delete it; it is made anew.") from None
        return found
    made = secrets.token_urlsafe(32)
    with os.fdopen(handle, "w") as file:
        file.write(made + "\n")
    return made
