"""Texts that came from outside, in a form that the database takes."""

from __future__ import annotations


def storable(text: str) -> str:
    """The text without NUL; bytes that are no UTF-8 (answers, names of files) show as U+FFFD."""
    text = text.replace("\0", "")
    try:
        given = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a pair, as JSON of others can have it
        given = text.encode("utf-8", "replace")
    return given.decode("utf-8", "replace")
