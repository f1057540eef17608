"""Accounts and mailboxes that log in by tokens of OAuth2, or by NTLM, at servers that check it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner.mail.drivers import MailboxUnreachable, open_mailbox
from runner.tokens import Grant, access_token
from tests.peers.exchange import ExchangeServer, exchange_server
from tests.peers.graph import GraphServer, graph_server

from .mail_boxes import ImapBox
from .test_driver_contract import filled
from .test_outbox import Outbox, outbox
from .test_smtp import Tokens, TokenScript

__all__ = ["outbox"]

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture
def token_server() -> Any:
    """Where tokens come from: a server of its own for each test, so that none is remembered."""
    with graph_server() as server:
        server.token = "good"
        yield server


def grant(server: GraphServer, folder: Path, **more: Any) -> dict[str, Any]:
    """Keys that describe where tokens come from."""
    (folder / "client").write_text("secret\n")
    return {
        "token_url": f"http://127.0.0.1:{server.port}/token",
        "client_id": "pgears",
        "client_secret": f"file:{folder / 'client'}",
        "scope": "https://outlook.office365.com/.default",
        **more,
    }


def serve(outbox: Outbox, script: TokenScript, definition: dict[str, Any], **more: Any) -> None:
    """A runner sends by the account with tokens."""
    outbox.serve(
        script, options={"auth_require_tls": False}, auth="xoauth2", login="office@x.example",
        **definition, **more,
    )  # fmt: skip


def token_script() -> TokenScript:
    """A server that takes the token `good`."""
    script = TokenScript()
    Tokens.__init__(script)
    return script


def logins(script: TokenScript) -> list[str]:
    """Tokens that were tried."""
    return [told.partition("Bearer ")[2].rstrip("\x01") for told in script.seen]


def test_smtp_with_client_credentials(
    outbox: Outbox, token_server: GraphServer, tmp_path: Path
) -> None:
    """One token for all mails; the database has none."""
    ids = [outbox.send()[0] for _ in range(3)]
    script, definition = token_script(), grant(token_server, tmp_path)
    serve(outbox, script, definition)
    assert [outbox.state(id) for id in ids] == [("sent", None)] * 3
    assert set(logins(script)) == {"good"}
    (later,) = outbox.send()
    serve(outbox, script, definition)
    assert outbox.state(later) == ("sent", None)
    assert token_server.tokens == 1
    stored = outbox.conn.execute("select string_agg(a::text, ' ') from mail.account as a")
    assert "good" not in str(stored.fetchone())


def test_smtp_with_a_refresh_token(
    outbox: Outbox, token_server: GraphServer, tmp_path: Path
) -> None:
    """What the server renews is in its file before the mail leaves."""
    kept = tmp_path / "refresh"
    kept.write_text("refresh-1\n")
    (id,), script = outbox.send(), token_script()
    seen: list[str] = []
    script.on_data = lambda: seen.append(kept.read_text())
    serve(outbox, script, grant(token_server, tmp_path, refresh_token=f"file:{kept}"))
    assert outbox.state(id) == ("sent", None)
    assert seen == ["refresh-2\n"]


def test_smtp_token_that_was_revoked_is_renewed_once(
    outbox: Outbox, token_server: GraphServer, tmp_path: Path
) -> None:
    token_server.token = "old"
    definition = grant(token_server, tmp_path)
    (id,), script = outbox.send(), token_script()
    serve(outbox, script, definition)
    assert logins(script) == ["old", "old"], "asked anew once, and not again and again"
    state, error = outbox.state(id)
    assert state == "retrying"
    assert "535" in error
    assert "Bearer" not in error
    assert token_server.tokens == 2

    token_server.token = "good"  # in memory is still the old one
    serve(outbox, script, definition, later=True)
    assert logins(script)[2:] == ["old", "good"]
    assert outbox.state(id) == ("sent", None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"secret": "wrong"}, "answered 401: bad secret"),
        ({"secret": None}, "cannot be read"),
        ({"port": 1}, "cannot be reached"),
    ],
)
def test_smtp_without_a_token_waits(
    outbox: Outbox, token_server: GraphServer, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    definition = grant(token_server, tmp_path)
    if "port" in change:
        definition["token_url"] = "http://127.0.0.1:1/token"
    elif change["secret"] is None:
        (tmp_path / "client").unlink()
    else:
        (tmp_path / "client").write_text(change["secret"])
    (id,), script = outbox.send(), token_script()
    serve(outbox, script, definition)
    state, error = outbox.state(id)
    assert state == "retrying"
    assert words in error
    assert "wrong" not in error
    assert script.seen == []


def test_imap_token_that_was_revoked_is_renewed_once(
    imap_box: ImapBox, token_server: GraphServer, tmp_path: Path
) -> None:
    filled(imap_box, 1)
    token_server.token = "old"
    definition = {
        **imap_box.definition(), **grant(token_server, tmp_path),
        "driver": "imap", "auth": "oauth2", "after_read": "mark", "folder": "x",
    }  # fmt: skip
    assert access_token(Grant.of(definition)).value == "old"
    driver = open_mailbox(definition, tmp_path)
    token_server.token = "secret"
    assert len(driver.listing(None, 1).keys) == 1
    assert token_server.tokens == 2
    driver.close()


def ews(server: ExchangeServer, **more: Any) -> dict[str, Any]:
    """A mailbox of Exchange."""
    return {
        "driver": "ews", "url": server.url, "address": "support@example.test",
        "after_read": "mark", "folder": "x", **more,
    }  # fmt: skip


RAW = b"From: a@b.example\r\nSubject: one\r\n\r\ntext\r\n"


def test_ews_with_oauth2(
    token_server: GraphServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library takes the token; one that was revoked is renewed in the same turn."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with exchange_server() as server:
        server.bearer = "good"
        server.add(RAW)
        definition = ews(server, auth="oauth2", **grant(token_server, tmp_path))
        driver = open_mailbox(definition, tmp_path)
        keys = driver.listing(None, 10).keys
        assert [found.raw for found in driver.fetch(keys)] == [RAW]
        driver.after_read(keys)
        driver.close()
        assert [item.read for item in server.items.values()] == [True]

        server.bearer = token_server.token = "better"
        driver = open_mailbox(definition, tmp_path)
        assert len(driver.listing(None, 10).keys) == 0  # it is read
        driver.close()
        assert token_server.tokens == 2

        server.bearer = "never"
        with pytest.raises(MailboxUnreachable, match="refuses the login pgears"):
            open_mailbox(definition, tmp_path).listing(None, 10)
        assert token_server.tokens == 3


def test_ews_with_ntlm(tmp_path: Path) -> None:
    """Challenge and response, checked by a server that knows the password."""
    (tmp_path / "secret").write_text("pa55word\n")
    definition: dict[str, Any] = {"login": "SHOP\\support", "secret": f"file:{tmp_path}/secret"}
    with exchange_server() as server:
        server.ntlm = ("SHOP", "support", "pa55word", tmp_path)
        server.add(RAW)
        driver = open_mailbox(ews(server, auth="ntlm", **definition), tmp_path)
        keys = driver.listing(None, 10).keys
        assert [found.raw for found in driver.fetch(keys)] == [RAW]
        driver.close()
        (tmp_path / "secret").write_text("wrong\n")
        driver = open_mailbox(ews(server, auth="ntlm", **definition), tmp_path)
        with pytest.raises(MailboxUnreachable, match="refuses the login"):
            driver.listing(None, 10)
        driver.close()
