"""Lines of the log: text and JSON, and no secret in either, whatever wrote it."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from runner.correlation import acceptable, correlation_of, current
from runner.logs import JsonLines, Lines, masked

URL = "connecting to postgresql://own:s3cret-word@db.example:5433/shop failed"


def record(message: str, *values: object, **extra: object) -> logging.LogRecord:
    """As a logger makes it."""
    return logging.getLogger("pgears.test").makeRecord(
        "pgears.test", logging.WARNING, __file__, 1, message, values, None, extra=extra
    )


def test_json_is_one_object_a_line() -> None:
    """With what the event has, and the id of what it belongs to."""
    token = current.set("0a1b2c3d-0000-4000-8000-000000000001")
    try:
        line = JsonLines().format(record("two\nlines %s", "x", task=7, kind="demo", other="no"))
    finally:
        current.reset(token)
    assert "\n" not in line
    found = json.loads(line)
    assert found["message"] == "two\nlines x"
    assert (found["level"], found["logger"]) == ("warning", "pgears.test")
    assert (found["task"], found["kind"]) == (7, "demo")
    assert found["correlation"] == "0a1b2c3d-0000-4000-8000-000000000001"
    assert "other" not in found
    assert found["time"].endswith("Z")


def test_text_has_the_id_in_brackets() -> None:
    """At the end of the first line."""
    token = current.set("some-id")
    try:
        assert Lines().format(record("done")).endswith("WARNING done [some-id]")
    finally:
        current.reset(token)
    assert Lines().format(record("done")).endswith("WARNING done")


@pytest.mark.parametrize(
    "text",
    [
        URL,
        "could not connect: host=db password=s3cret-word dbname=x",
        "password='s3cret-word' user=x",
        "refresh_token failed; token: s3cret-word",
        "Authorization: Bearer s3cret-word.of.mine",
        "client_secret=s3cret-word&grant=x",
    ],
)
@pytest.mark.parametrize("formatter", [Lines(), JsonLines()])
def test_secrets_are_masked(text: str, formatter: logging.Formatter) -> None:
    """In messages and tracebacks."""
    assert "s3cret-word" not in masked(text)
    try:
        raise ValueError(text)
    except ValueError:
        entry = logging.getLogger("pgears.test").makeRecord(
            "pgears.test", logging.ERROR, __file__, 1, "failed: %s", (text,), sys.exc_info()
        )
    line = formatter.format(entry)
    assert "s3cret-word" not in line
    assert "***" in line


def test_what_is_no_secret_stays() -> None:
    """The rest of a message can be read."""
    assert masked(URL) == "connecting to postgresql://own:***@db.example:5433/shop failed"
    assert masked("task 7 mail.send: 550 no such user") == "task 7 mail.send: 550 no such user"


def test_ids_of_requests() -> None:
    """A UUID in any spelling is itself, others have one that is always the same."""
    plain = "4f2d0c1ab37e4c0d9a5b6e7f8a9b0c1d"
    assert correlation_of(plain) == "4f2d0c1a-b37e-4c0d-9a5b-6e7f8a9b0c1d"
    assert correlation_of("a") == correlation_of("a") != correlation_of("b")
    assert acceptable("trace/1-5759")
    assert not any(map(acceptable, ("", None, "x" * 201, "a\nb", "é")))
