"""Checks of what the configuration names by reference: secrets, tokens and certificates here."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import jwt
from cryptography import x509

from ..config import Settings
from ..hiding import remember
from .endpoint import Endpoint
from .finding import Finding

DAYS = 14
"""As long before their end certificates and tokens are told of."""


def secret_files(settings: Settings, known: Iterable[Endpoint]) -> Iterator[Finding]:
    """Of settings and endpoints; one finding says that there is none."""
    used: dict[str, list[str]] = {}
    for who, reference in (
        *_of_settings(settings),
        *((e.name, s) for e in known for s in e.secrets),
    ):
        used.setdefault(reference, []).append(who)
    renewed = {e.renewed for e in known if e.renewed is not None}
    found = [
        finding
        for reference, who in sorted(used.items())
        for finding in _secret(reference, ", ".join(who), reference in renewed)
    ]
    yield from found or [Finding("secrets", "fine", f"{len(used)} looked at")]


def certificate_files(known: Iterable[Endpoint]) -> Iterator[Finding]:
    """Of files with the authorities to trust; one finding says that there is none."""
    used: dict[str, list[str]] = {}
    for endpoint in known:
        if endpoint.ca_file is not None:
            used.setdefault(endpoint.ca_file, []).append(endpoint.name)
    found = [
        finding
        for path, who in sorted(used.items())
        for finding in _authorities(path, ", ".join(who))
    ]
    yield from found or [Finding("certificates", "fine", f"{len(used)} files looked at")]


def days_left(end: datetime) -> int:
    """Whole days until then; negative when it has passed."""
    return (end - datetime.now(UTC)).days


def _of_settings(settings: Settings) -> Iterator[tuple[str, str]]:
    for name in ("web_jwt_secret", "metrics_token"):
        value = getattr(settings, name)
        if value is not None and value.startswith(("env:", "file:")):
            yield f"PGEARS_{name.upper()}", value
    for name in type(settings).model_fields:
        path = os.environ.get(f"PGEARS_{name.upper()}_FILE")
        if path is not None:
            yield f"PGEARS_{name.upper()}_FILE", f"file:{path}"


def _secret(reference: str, who: str, renewed: bool) -> Iterator[Finding]:
    kind, _, name = reference.partition(":")
    if kind == "env":
        if name not in os.environ:
            yield Finding(
                "secrets",
                "doubtful",
                f"{reference} of {who} is not set where doctor runs",
                f"Set {name} for the processes that need it, and for doctor to see it.",
            )
            return
        text = os.environ[name]
    else:
        path = Path(name)
        try:
            mode = path.stat().st_mode
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            yield Finding(
                "secrets",
                "wrong",
                f"the file {name} of {who} cannot be read: {_reason(error)}",
                f"Make the file {name}, and let the account of the processes read it.",
            )
            return
        if mode & (stat.S_IROTH | stat.S_IWOTH) and "BEGIN PUBLIC KEY" not in text:
            yield Finding(
                "secrets",
                "doubtful",
                f"the file {name} of {who} is open to every account of this machine",
                f"chmod o-rwx {shlex.quote(name)}",
            )
        if renewed and not all(
            os.access(place, os.W_OK, effective_ids=True) for place in (path, path.parent)
        ):
            yield Finding(
                "secrets",
                "wrong",
                f"the file {name} of {who} cannot be renewed: it or its folder is not writable",
                f"Let the account of the processes write {name} and its folder.",
            )
    if not text.strip():
        yield Finding("secrets", "wrong", f"{reference} of {who} is empty", f"Store it in {name}.")
        return
    remember(text)
    yield from _token(reference, who, text.strip())


def _token(reference: str, who: str, text: str) -> Iterator[Finding]:
    """A signed token says itself when it ends."""
    try:
        claims = jwt.decode(text, options={"verify_signature": False})
        end = datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError, OSError):
        return
    days = days_left(end)
    mend = f"Renew it where it was issued, and store it under {reference}."
    if days < 0:
        text = f"the token {reference} of {who} ended on {end:%Y-%m-%d}"
        yield Finding("secrets", "wrong", text, mend)
    elif days < DAYS:
        text = f"the token {reference} of {who} ends on {end:%Y-%m-%d}, in {days} days"
        yield Finding("secrets", "doubtful", text, mend)


def _authorities(path: str, who: str) -> Iterator[Finding]:
    try:
        ends = [
            found.not_valid_after_utc
            for found in x509.load_pem_x509_certificates(Path(path).read_bytes())
        ]
    except (OSError, ValueError) as error:
        yield Finding(
            "certificates",
            "wrong",
            f"the file {path} of {who} cannot be read: {_reason(error)}",
            f"Put the certificates of the authority into {path}, in PEM form.",
        )
        return
    days = days_left(max(ends))
    mend = f"Get the new certificates of the authority into {path}."
    if days < 0:
        yield Finding("certificates", "wrong", f"all of {path} of {who} have ended", mend)
    elif days < DAYS:
        text = f"the last of {path} of {who} ends in {days} days"
        yield Finding("certificates", "doubtful", text, mend)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return (
        "it is no text" if isinstance(error, UnicodeDecodeError) else "no certificate in PEM form"
    )
