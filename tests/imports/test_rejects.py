"""The file of rows in error is read by the import that it comes from."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Any

import pytest

from runner.batch.rejects import write_rejects

from .parts import Shop

PATHS = {"columns": {"email": "mail/@of", "name": "who/name", "points": "points", "note": "@n"}}
JSON = '{"email": "a@x", "name": "Žofie", "points": "%s", "note": "„…“"}\n'
CASES: list[tuple[dict[str, Any], str, str]] = [
    *(
        ({"encoding": encoding}, "name,email,points,note\nŽofie,a@x,%s,\r\n", encoding)
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "windows-1250", "utf-16-le")
    ),
    # The byte order mark tells what the definition does not have.
    ({"encoding": "ascii"}, "name,email,points\nŽofie,a@x,%s\n", "utf-8-sig"),
    ({"format": "jsonl", "encoding": "windows-1250"}, JSON, "windows-1250"),
    ({"format": "jsonl", "encoding": "utf-16"}, JSON, "utf-16"),
    (
        {"format": "xml", "item": "/a/b/c", **PATHS},
        '<a><b><c n="1 &lt; &quot;2&quot;&#10;"><who><name>Žofie &amp;</name></who>'
        '<mail of="a@x"/><points>%s</points></c></b></a>',
        "utf-8",
    ),
    (
        {"format": "xml", "item": "/c", **PATHS},
        '<c n=""><mail of="a@x"/><who><name>Žofie</name></who><points>%s</points></c>',
        "utf-8",
    ),
]


@pytest.mark.parametrize(("definition", "content", "encoding"), CASES)
def test_rows_in_error_come_back(
    shop: Shop, definition: dict[str, Any], content: str, encoding: str
) -> None:
    """In every encoding and form: mended, they are what the rows would have been."""
    shop.define(match=["email"], **definition)
    state = shop.load((content % "7").encode(encoding))
    assert (state["inserted"], state["errors"]) == (1, 0), (state, shop.errors())
    good = shop.people("name, email, points, note")
    shop.person.delete(shop.one("select id from api.shop_person"))
    state = shop.load((content % "many").encode(encoding))
    assert (state["inserted"], state["errors"]) == (0, 1), state
    rejects = shop.folder / "rejects"
    assert write_rejects(shop.conn, state["run"], rejects) == 1
    data = rejects.read_bytes()
    if definition.get("encoding") == "ascii":
        assert data.startswith(BOM_UTF8)
    plain = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(encoding, encoding)
    plain = plain.removesuffix("-sig")
    rejects.write_bytes(data.replace("many".encode(plain), "7".encode(plain), 1))
    state = shop.load(rejects)
    assert (state["rows"], state["inserted"], state["errors"]) == (1, 1, 0), (state, shop.errors())
    assert shop.people("name, email, points, note") == good
