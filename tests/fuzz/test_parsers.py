"""Parsers of what strangers send: mail, files, tokens, headers, answers of other systems."""

# ruff: noqa: E501, PT017 - an example is refused or understood, and both are looked at

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import anyio
import httpx
import jwt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runner.batch.files import BadFile
from runner.batch.load import open_reader
from runner.errors import UserError
from runner.http_out.answers import headers_of, read_body, retry_after
from runner.http_out.credentials import Tokens
from runner.http_out.signing import signature, signing_key
from runner.mail.parse import Parsed, Unreadable, parse
from runner.mail.plaintext import plain_text
from runner.model.file import load
from runner.secrets import SecretMissing
from runner.tokens import Grant, TokenRefused, access_token, token_of
from runner.web.auth import Authenticator, Caller, Keys
from runner.web.pages.classic import read_classic
from runner.web.pages.description import Column
from runner.web.preferences import Preferences, parse_preferences
from runner.web.problem import Problem
from tests.imports.hostile import CASES
from tests.mails.hostile.messages import ALL
from tests.peers.target import Reply, target

from . import CALM

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
KEY = "a key of the tests that is longer than 32 bytes"


@st.composite
def bent(draw: st.DrawFn, kind: str) -> bytes:
    """A known input with some of its bytes changed, doubled, cut off or put elsewhere."""
    originals = ORIGINALS[kind]
    data = bytearray(originals[draw(st.integers(0, len(originals) - 1))])
    for _ in range(draw(st.integers(0, 6))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 30))
        match draw(st.integers(0, 4)):
            case 0:
                data[at : at + length] = draw(st.binary(max_size=20))
            case 1:
                data[at:at] = data[at : at + length] * draw(st.integers(1, 20))
            case 2:
                del data[at : at + length]
            case 3:
                del data[at:]
            case _:
                data[at:at] = draw(st.sampled_from(PIECES))
    return bytes(data)


PIECES = [
    b"\0", b"\r\n\r\n", b"=?utf-8?q?=00?=", b"=?x?b?////?=", b'"', b"(" * 60, b"<" * 60, b"--", b";;",
    b"\xff\xfe", b"\xe2\x80\xae", b"charset=\"\"", b"multipart/mixed; boundary=x", b"{" * 50, b"&#x0;",
    b"9" * 400, b"1e999", b"[" * 60, b"<![CDATA[", b"<!DOCTYPE a>", b"%s%n", b"\t" * 50, b"a@" * 50,
]  # fmt: skip

MODELS = [
    b"model: m\nname: {en: M}\nclasses:\n  a:\n    columns:\n      x: {type: text}\n",
    b"model: m\nclasses: &c {a: {columns: {x: {type: integer, min: -1}}}}\nqueries: *c\n",
    b"? [a]\n: !!python/object/apply:os.system ['true']\n",
]
SMALL = 8_000
"""Bytes of an original: larger ones are tried as they are, in tests of their own."""
ORIGINALS = {
    "mail": [raw for raw in (entry.make() for entry in ALL) if len(raw) < SMALL],
    "model": MODELS,
    **{
        kind: [c.data for c in CASES if c.keys.get("format", "csv") == kind and len(c.data) < SMALL]
        for kind in ("csv", "jsonl", "xml", "xlsx")
    },
}


@CALM
@given(raw=bent("mail") | st.binary(max_size=300))
def test_messages(raw: bytes) -> None:
    """A message is taken apart or put aside; its files have names that lead nowhere."""
    try:
        parsed = parse(raw, NOW)
    except Unreadable as error:
        assert str(error)
        json.dumps(error.parts)
        return
    assert isinstance(parsed, Parsed)
    assert "\0" not in json.dumps(parsed.parts, ensure_ascii=False)
    for attached in parsed.attachments:
        assert not set(attached.name) & set("/\\\0\r\n")
        assert 0 < len(attached.name.encode()) <= 255


@CALM
@given(html=st.text(st.sampled_from("<>!-/=\"'&;#x abp\n\t"), max_size=300) | TEXT)
@example(html="<" * 20_000)
@example(html="<!--" * 5_000)
@example(html="&" * 20_000)
@example(html="<a " * 10_000)
@example(html="\t \n" * 20_000)
def test_html(html: str) -> None:
    """Any HTML has a text, in time."""
    assert isinstance(plain_text(html), str)


FORMATS = ("csv", "jsonl", "xml", "xlsx")


@pytest.mark.parametrize("kind", FORMATS)
@CALM
@given(data=st.data())
def test_files(tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject) -> None:
    """Rows, rows with what is wrong with them, or a file that cannot be read."""
    content = data.draw(bent(kind) | st.binary(max_size=200))
    definition = {
        "format": kind,
        "sources": ["name", "email", "a.b", "@id"],
        "item": "/all/person",
        "separator": data.draw(st.sampled_from([",", ";", "tab", "|", "é"])),
        "quote": data.draw(st.sampled_from(['"', "'", "^"])),
        "header": data.draw(st.booleans()),
        "encoding": data.draw(st.sampled_from(["utf-8", "cp1250", "utf-16", "idna", "nothing"])),
    }
    packed = data.draw(st.booleans())
    path = tmp_path_factory.getbasetemp() / f"fuzz-{os.getpid()}.{kind}"
    path.write_bytes(gzip.compress(content) if packed else content)
    try:
        with open_reader(path, definition) as (_, reader):
            for number, row in enumerate(reader):
                assert row.problem is None or isinstance(row.problem, str)
                assert number < 100_000
    except BadFile as error:
        assert str(error)


@CALM
@given(depth=st.integers(1, 3000), value=st.sampled_from(['"x"', "1", "[]"]))
def test_depth_of_json(tmp_path_factory: pytest.TempPathFactory, depth: int, value: str) -> None:
    """However deep a value is, its line is a row or a row in error."""
    path = tmp_path_factory.getbasetemp() / f"deep-{os.getpid()}.jsonl"
    path.write_text('{"name": ' + "[" * depth + value + "]" * depth + '}\n{"name": "next"}\n')
    with open_reader(path, {"format": "jsonl", "sources": ["name"]}) as (_, reader):
        rows = list(reader)
    assert [row.values for row in rows][1:] == [["next"]]


def test_elements_of_one_record_are_limited(tmp_path: Path) -> None:
    """Elements without text are counted as well, before they fill the memory."""
    path = tmp_path / "wide.xml"
    path.write_text("<all><person>" + "<x/>" * 3_000_000 + "</person></all>")
    definition = {"format": "xml", "item": "/all/person", "sources": ["name"]}
    with (
        pytest.raises(BadFile, match="longer than"),
        open_reader(path, definition) as (_, reader),
    ):
        list(reader)


COLUMNS = {
    code: Column(code=code, name=code, type=kind, multiple=code == "many")
    for code, kind in (
        ("name", "text"), ("size", "integer"), ("born", "date"), ("seen", "timestamp"),
        ("boss", "reference"), ("many", "reference"),
    )
}  # fmt: skip
CLASSIC = st.lists(
    st.sampled_from(
        [*COLUMNS, "EQ", "IN", "CONTAINS", "ININTERVAL", "ISNULL", "~", "~~", "AND", "OR", "(", ")",
         " ", "Today", "2026-01-01..2026-13-01", "²", '"', "\\", ",", "\0", "0001-01-01..9999-12-31"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@CALM
@given(text=CLASSIC | TEXT)
@example(text="(" * 5_000)
@example(text=" " * 20_000 + "x")
@example(text="a" * 20_000)
@example(text="nameEQ" + "~~" * 20_000)
def test_classic_filters(text: str) -> None:
    """A filter in the classic form becomes one in the form of the web service, or is refused."""
    try:
        name, value = read_classic(text, COLUMNS, date(2026, 3, 1))
    except Problem as problem:
        assert (problem.status, problem.code) == (400, "PG632")
        return
    assert name == "and"
    assert value.startswith("(")


ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.lists(st.integers(), max_size=2)
)
CLAIMS = st.dictionaries(
    st.sampled_from(["role", "exp", "nbf", "iat", "aud", "iss", "sub", "jti", "x"]), ODD, max_size=4
)
AUTHENTICATOR = Authenticator(Keys(KEY), audience="us")


def signed(claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    """A token that is signed with the right key, whatever is in it."""
    body = json.dumps(claims).encode()
    return jwt.api_jws.PyJWS().encode(body, KEY, algorithm="HS256", headers=header)


@CALM
@given(claims=CLAIMS)
@example(claims={"role": "a", "exp": float("inf")})
@example(claims={"role": "a", "exp": float("nan")})
@example(claims={"role": "a", "exp": 10**400})
def test_claims(claims: dict[str, Any]) -> None:
    """A token by the right key is a caller, or 401."""
    admitted(signed(claims))


@CALM
@given(
    parts=st.lists(st.binary(max_size=30), min_size=1, max_size=5),
    header=st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "crit", "b64", "zip"]), ODD, max_size=3
    ),
)
def test_tokens(parts: list[bytes], header: dict[str, Any]) -> None:
    """What is no token, and tokens whose header asks for something else, are 401."""
    coded = [jwt.utils.base64url_encode(part).decode() for part in parts]
    for token in (
        ".".join(coded),
        ".".join([jwt.utils.base64url_encode(json.dumps(header).encode()).decode(), *coded[:2]]),
        "".join(chr(byte) for byte in parts[0]),
    ):
        with pytest.raises(Problem) as refused:
            AUTHENTICATOR.caller(f"Bearer {token}")
        assert refused.value.status == 401
        challenge = refused.value.headers["WWW-Authenticate"]
        assert challenge.isascii()
        assert challenge.isprintable()


def admitted(token: str) -> None:
    """A caller or 401."""
    try:
        assert isinstance(AUTHENTICATOR.caller(f"Bearer {token}"), Caller)
    except Problem as problem:
        assert problem.status == 401


PREFER = st.lists(
    st.sampled_from(
        ["return", "count", "handling", "max-affected", "timezone", "tx", "=", ",", "strict", "exact",
         "9" * 30, "²", "Europe/Prague", "../../etc/passwd", ";", '"', " "]
    ),
    max_size=15,
).map("".join)  # fmt: skip


@CALM
@given(header=PREFER | TEXT)
def test_preferences(header: str) -> None:
    """Wishes that are unknown are none."""
    try:
        assert isinstance(parse_preferences([header]), Preferences)
    except Problem as problem:
        assert problem.code == "PGRST122"


@CALM
@given(content=bent("model") | st.binary(max_size=200))
def test_model_files(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """A model, or one line with the place and a hint."""
    path = tmp_path_factory.getbasetemp() / f"fuzz-{os.getpid()}.yaml"
    path.write_bytes(content)
    try:
        json.loads(load(path).json)
    except UserError as error:
        assert "\n" not in str(error)


def test_aliases_of_aliases(tmp_path: Path) -> None:
    """A file of 400 bytes that stands for a thousand million values."""
    lines = ["model: m", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join(lines))
    with pytest.raises(UserError, match="more than 500000 values"):
        load(path)


@CALM
@given(secret=TEXT, body=st.binary(max_size=50))
def test_signing_keys(secret: str, body: bytes) -> None:
    """A key signs, or is no key."""
    try:
        key = signing_key(secret)
    except SecretMissing as error:
        assert not secret.strip() or len(secret) < 6 or secret not in str(error)
        return
    assert signature([key], "id", 1, body)["webhook-signature"].startswith("v1,")


ANSWERS = st.dictionaries(
    st.sampled_from(
        ["access_token", "expires_in", "refresh_token_expires_in", "error", "error_description"]
    ),
    ODD,
    max_size=4,
)


@CALM
@given(answer=ANSWERS | ODD, status=st.sampled_from([200, 400, 500]))
@example(answer={"access_token": "x", "refresh_token_expires_in": 1e300}, status=200)
@example(answer={"access_token": "x", "expires_in": float("nan")}, status=200)
@example(answer={"error": " "}, status=400)
def test_answers_of_a_server_of_tokens(answer: Any, status: int) -> None:
    """A token, or words why there is none."""
    response = httpx.Response(status, content=json.dumps(answer).encode())
    try:
        assert token_of(Grant("https://x", "me"), response).value
    except TokenRefused as error:
        assert str(error)


@CALM
@given(
    value=TEXT
    | st.sampled_from(["9" * 400, "Mon, 99 Foo 2026", "Sun, 06 Nov 1994 08:49:37 +9999", "²"])
)
def test_retry_after(value: str) -> None:
    """Seconds that are a number, or nothing."""
    headers = [(b"retry-after", value.encode())]
    wait = retry_after(httpx.Response(503, headers=headers))
    assert wait is None or 0 <= wait <= 1e12
    assert len(headers_of(httpx.Response(200, headers=headers))) == 1


class Parts(httpx.AsyncByteStream):
    """A body in pieces."""

    def __init__(self, parts: list[bytes]) -> None:
        self.parts = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            yield part


@CALM
@given(
    parts=st.lists(st.binary(max_size=200), max_size=5),
    coding=st.sampled_from(["gzip", "deflate", "br", "identity", "gzip, gzip"]),
)
@example(parts=[gzip.compress(b"\0" * 30_000_000)], coding="gzip")
@example(parts=[zlib.compress(gzip.compress(b"\0" * 10_000_000))], coding="deflate")
def test_bodies_of_answers(parts: list[bytes], coding: str) -> None:
    """Never more than is kept, however it is packed."""
    response = httpx.Response(200, headers={"content-encoding": coding}, stream=Parts(parts))
    body = anyio.run(read_body, response, 1000)
    assert len(body.content) <= 1000


def test_endless_answers_of_a_server_of_tokens() -> None:
    """Read up to a limit, unpacked, and refused; by mail and by calls alike."""
    packed = Reply(200, gzip.compress(b"[" * 50_000_000), {"content-encoding": "gzip"})
    with target() as server:
        server.answer(packed, packed)
        grant = Grant(f"{server.url}/token", "me")
        with pytest.raises(TokenRefused, match="more than"):
            access_token(grant)

        async def ask() -> None:
            async with httpx.AsyncClient() as client:
                await Tokens().get(grant, client)

        with pytest.raises(TokenRefused, match="more than"):
            anyio.run(ask)
