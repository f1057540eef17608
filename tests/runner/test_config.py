"""Settings: where they come from and how a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.config import load_settings
from runner.db import account_url
from runner.errors import UserError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder and no settings from outside."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "DATABASE_URL", "DATABASE_DIRECT_URL", "ENVIRONMENT", "HANDLERS"):
        monkeypatch.delenv(f"PGEARS_{name}", raising=False)
    return tmp_path


def test_defaults(folder: Path) -> None:
    """Nothing has to be set; home is below the current folder."""
    settings = load_settings()
    assert settings.home == folder / ".pgears"
    assert settings.database_url is None
    assert settings.environment is None
    assert settings.handlers == ()


def test_environment_goes_before_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pgears.toml is read from the current folder; PGEARS_* overrides it."""
    (folder / "pgears.toml").write_text('environment = "test"\nhandlers = "a.b"\n')
    assert load_settings().environment == "test"
    monkeypatch.setenv("PGEARS_ENVIRONMENT", "production")
    monkeypatch.setenv("PGEARS_HANDLERS", "shop.tasks, shop.more")
    assert load_settings().environment == "production"
    assert load_settings().handlers == ("shop.tasks", "shop.more")


@pytest.mark.parametrize(
    ("text", "named"),
    [('environment = "prod"', "environment"), ("databse_url = 'x'", "databse_url")],
)
def test_wrong_setting_is_named(folder: Path, text: str, named: str) -> None:
    """A bad value and an unknown name are both refused with the place to correct."""
    (folder / "pgears.toml").write_text(text)
    with pytest.raises(UserError, match=f"setting {named}") as refusal:
        load_settings()
    assert f"PGEARS_{named.upper()}" in (refusal.value.hint or "")


def test_unreadable_file_is_named(folder: Path) -> None:
    """A file that is no TOML is told with its line."""
    (folder / "pgears.toml").write_text("home = \n")
    with pytest.raises(UserError, match=r"pgears\.toml: .*line 1"):
        load_settings()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://a:secret@127.0.0.1:5433/shop", "postgresql://jo%40hn@127.0.0.1:5433/shop"),
        ("host=db dbname=shop password=x", "postgresql://jo%40hn@db/shop"),
        ("postgresql://a@[::1]:5433/shop", "postgresql://jo%40hn@[::1]:5433/shop"),
        ("host=/run/pg dbname=shop", "postgresql://jo%40hn@%2Frun%2Fpg/shop"),
    ],
)
def test_account_url(url: str, expected: str) -> None:
    """Another login's URL never shows the owner's password."""
    assert account_url(url, "jo@hn") == expected


def test_values_in_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PGEARS_<NAME>_FILE names a file with the value; it is no second source beside the value."""
    (folder / "secret").write_text("postgresql://x:y@z/db\n")
    (folder / "size").write_text("5")
    monkeypatch.setenv("PGEARS_DATABASE_URL_FILE", str(folder / "secret"))
    monkeypatch.setenv("PGEARS_WEB_POOL_FILE", str(folder / "size"))
    settings = load_settings()
    assert (settings.database_url, settings.web_pool) == ("postgresql://x:y@z/db", 5)
    monkeypatch.setenv("PGEARS_DATABASE_URL", "postgresql://other/db")
    with pytest.raises(UserError, match="both set"):
        load_settings()
    monkeypatch.delenv("PGEARS_DATABASE_URL")
    (folder / "size").write_text("many")
    with pytest.raises(UserError, match="web_pool"):
        load_settings()
