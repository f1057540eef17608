"""Logins of runner and web service, as the files with their connection URLs name them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from psycopg import Connection, ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from .accounts import ensure_service
from .errors import UserError
from .hiding import remember

KINDS = ("runner", "web")
"""Processes that have a login of their own."""


@dataclass(frozen=True)
class Service:
    """A process and the login that its connection URL names; no password is one by other means."""

    kind: str
    login: str
    password: str | None

    @classmethod
    def of_option(cls, option: str) -> Self:
        """From KIND=FILE; UserError for another kind, or a file that holds no URL with a login."""
        kind, _, path = option.partition("=")
        if kind not in KINDS or not path:
            raise UserError(
                f'"{option}" names no service', "Write runner=FILE or web=FILE, FILE with its URL."
            )
        try:
            url = conninfo_to_dict(Path(path).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"the file {path} of --service cannot be read",
                "Make the file, and let this process read it.",
            ) from error
        except ProgrammingError:
            url = {}
        if not url.get("user"):
            raise UserError(
                f"the file {path} of --service has no URL with a login",
                "It is the URL of that process: postgresql://LOGIN:PASSWORD@HOST/DATABASE",
            )
        password = url.get("password")
        remember(None if password is None else str(password))
        return cls(kind, str(url["user"]), None if password is None else str(password))

    def ensure(self, conn: Connection[Any]) -> str:
        """Make the login where it is missing, else give it this password; what was done."""
        made = ensure_service(conn, self.login, self.kind, self.password)
        done = "made" if made else "left" if self.password is None else "given its password"
        return f'login "{self.login}" of the {self.kind} {done}'
