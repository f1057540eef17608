"""Settings: environment PGEARS_*, else pgears.toml in the current folder, else the default."""

from __future__ import annotations

from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from .errors import UserError

Environment = Literal["production", "acceptance", "test", "development"]


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

    debug: bool = False
    """Show tracebacks."""

    @field_validator("handlers", "commands", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("sink_listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
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


def load_settings() -> Settings:
    """Read the settings; a wrong one is a UserError that names it."""
    try:
        return Settings()
    except TOMLDecodeError as error:
        raise UserError(f"pgears.toml: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        raise UserError(
            f"setting {name}: {first['msg']}",
            f"Correct PGEARS_{name.upper()} or {name} in pgears.toml.",
        ) from error
