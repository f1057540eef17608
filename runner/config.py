"""Settings: environment PGEARS_*, else pgears.toml in the current folder, else the default.

PGEARS_<NAME>_FILE names a file with the value, as containers and systemd hand over secrets.
"""

from __future__ import annotations

import os
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, PositiveFloat, PositiveInt, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from .errors import UserError
from .hiding import remember

Environment = Literal["production", "acceptance", "test", "development"]


def checked_url(value: str) -> str:
    """A connection string that can be read; its password shows nowhere from now on."""
    try:
        parts = conninfo_to_dict(value.strip())
    except ProgrammingError:
        parts = {"port": "none"}
    # What libpq says of a wrong one holds all of it; and with "/" or "@" in a password that
    # is not escaped, a part of the password is taken for the port.
    if not all(number.isdecimal() for number in str(parts.get("port") or "0").split(",")):
        raise ValueError(
            "no connection string of PostgreSQL: write postgresql://user:password@host/database,"
            " with %2F for / and %40 for @ in the password"
        )
    remember(str(parts.get("password") or ""), str(parts.get("user") or ""))
    return value.strip()


class Settings(BaseSettings):
    """All that an instance can be told from outside; everything else is in its database."""

    model_config = SettingsConfigDict(
        env_prefix="PGEARS_", toml_file="pgears.toml", extra="forbid", frozen=True
    )

    home: Path = Field(default=Path(".pgears"), validate_default=True)
    """Folder of the embedded server, the sink and other local files."""

    database_url: str | None = None
    """Any PostgreSQL 15 to 18; without it the embedded server is used."""

    database_direct_url: str | None = None
    """For LISTEN, migrations and session locks, where database_url goes through a pooler."""

    environment: Environment | None = None
    """Set in the instance by init and upgrade when given."""

    pg_bin: Path | None = None
    """Folder of the embedded server's binaries, instead of those found."""

    handlers: Annotated[tuple[str, ...], NoDecode] = ()
    """Python modules with own task handlers, separated by commas."""

    commands: Annotated[tuple[str, ...], NoDecode] = ()
    """Command lines that steps of jobs may run, separated by commas; * stands for anything."""

    sink_listen: str = "127.0.0.1:8025"
    """Address that `pgears sink` serves and mail accounts marked as sink deliver to."""

    web_listen: str = "127.0.0.1:8080"
    """Address of the web service."""

    web_schemas: Annotated[tuple[str, ...], NoDecode] = ("api",)
    """Schemas that the web service serves, separated by commas; the first is the default."""

    web_extra_search_path: Annotated[tuple[str, ...], NoDecode] = ("public",)
    """Schemas in which served functions and views find what they name without a schema."""

    web_jwt_secret: str | None = None
    """Key of tokens: env:NAME, file:PATH, or itself; a text, a PEM public key, a JWK or JWK set.

    Left out, it is a secret that is made in the home folder."""

    web_jwt_audience: str | None = None
    """What the claim aud must contain when a token has one."""

    web_jwt_role_claim: str = "role"
    """Claim with the account of a token; dots lead into objects."""

    web_anon_role: str | None = None
    """Role of requests without a token; without it they are refused."""

    web_tx_end: Literal[
        "commit", "commit-allow-override", "rollback", "rollback-allow-override"
    ] = "commit"
    """How transactions of requests end, and whether Prefer: tx= may say otherwise."""

    web_max_rows: PositiveInt | None = None
    """Most rows of an answer, and of each embedded resource."""

    web_pre_request: str | None = None
    """Function schema.name without parameters that runs before each request, as its role."""

    web_aggregates: bool = False
    """Allow aggregates in select."""

    web_login_header: str | None = None
    """Header in which a proxy names the account at pages; only where no client can send it."""

    web_cors_origins: Annotated[tuple[str, ...], NoDecode] = ("*",)
    """Origins whose pages may call the service, separated by commas; * is any."""

    web_max_body: PositiveInt = 10_000_000
    """Most bytes of a request's body."""

    web_request_timeout: PositiveFloat = 60.0
    """Seconds that a request may take, its body and waiting for a connection included."""

    web_head_timeout: PositiveFloat = 10.0
    """Seconds that a client may take for the head of a request, or for a part of its answer."""

    web_connections: PositiveInt = 1_000
    """Connections of clients that the web service keeps at once."""

    web_statement_timeout: PositiveFloat = 30.0
    """Seconds that a statement of a request may take."""

    web_rate: PositiveInt | None = None
    """Most requests a minute of one account, per server process."""

    web_pool: PositiveInt = 10
    """Connections that the web service opens at most."""

    web_replica_url: str | None = None
    """A streaming replica of the database, which GET and HEAD read from while it is fresh."""

    web_replica_lag: PositiveFloat = 5.0
    """Seconds that the replica may be behind to be read from."""

    web_prepare: bool = True
    """Keep prepared statements; switch off behind a pooler that cannot."""

    metrics_listen: str | None = None
    """Address at which the runner serves metrics and health; without it, nowhere."""

    metrics_token: str | None = None
    """Bearer token of /metrics: env:NAME or file:PATH; the web service needs one to have it."""

    log: Literal["text", "json"] = "text"
    """How runner and web service write their log: lines for people, or a JSON object a line."""

    debug: bool = False
    """Show tracebacks."""

    @field_validator(
        "handlers",
        "commands",
        "web_schemas",
        "web_extra_search_path",
        "web_cors_origins",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("database_url", "database_direct_url")
    @classmethod
    def _connection_string(cls, value: str | None) -> str | None:
        return None if value is None else checked_url(value)

    @field_validator("web_schemas")
    @classmethod
    def _not_empty(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("name at least one schema, such as api")
        return value

    @field_validator("web_pre_request")
    @classmethod
    def _schema_and_name(cls, value: str | None) -> str | None:
        if value is not None and value.count(".") != 1:
            raise ValueError("write schema.name, such as api.check_request")
        return value

    @field_validator("sink_listen", "web_listen", "metrics_listen")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        if value is None:
            return None
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            raise ValueError("write host:port, such as 127.0.0.1:8025")
        return value

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def _from_files() -> dict[str, Any]:
    """Values that stand in files which the environment names."""
    found: dict[str, Any] = {}
    for name in Settings.model_fields:
        variable = f"PGEARS_{name.upper()}"
        path = os.environ.get(f"{variable}_FILE")
        if path is None:
            continue
        if variable in os.environ:
            raise UserError(f"{variable} and {variable}_FILE are both set", "Keep one of them.")
        try:
            found[name] = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"the file {path} of {variable}_FILE cannot be read",
                "Make the file, and let the process read it.",
            ) from error
    return found


def load_settings(**given: str) -> Settings:
    """Read the settings, but for those given; a wrong one is a UserError that names it."""
    try:
        return Settings(**{**_from_files(), **given})
    except TOMLDecodeError as error:
        raise UserError(f"pgears.toml: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        raise UserError(
            f"setting {name}: {first['msg']}",
            f"Correct PGEARS_{name.upper()} or {name} in pgears.toml.",
        ) from error
