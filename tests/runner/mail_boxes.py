"""The four kinds of mailbox with one face, for tests that hold for all of them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from runner.mail.maildir import make
from tests.peers import dovecot as dovecot_peer
from tests.peers.dovecot import Dovecot
from tests.peers.exchange import ExchangeServer, exchange_server
from tests.peers.graph import USER, GraphServer, graph_server

KINDS = ("maildir", "imap", "ews", "graph")


class Box(Protocol):
    """A mailbox on its server, as the server sees it."""

    kind: str

    def definition(self) -> dict[str, Any]:
        """Keys of its driver."""

    def add(self, raw: bytes) -> None:
        """A message comes."""

    def counts(self) -> Counter[str]:
        """Messages of the inbox that are `new` or `seen`, and of other folders by name."""

    def lose_cursor(self) -> None:
        """The server forgets where its readers are."""

    def vanish(self) -> None:
        """Somebody takes the messages away between the listing and the fetching."""

    def refuse_login(self, refused: bool) -> None:
        """Change the password, or change it back."""


class MaildirBox:
    """A folder."""

    kind = "maildir"

    def __init__(self, folder: Path) -> None:
        self.folder = make(folder)
        self.number = 0

    def definition(self) -> dict[str, Any]:
        return {"path": str(self.folder)}

    def add(self, raw: bytes) -> None:
        self.number += 1
        (self.folder / "new" / f"{self.number:010d}.{uuid.uuid4().hex}.test").write_bytes(raw)

    def counts(self) -> Counter[str]:
        return Counter(
            path.parent.parent.name.strip(".")
            if path.parent.parent != self.folder
            else "new" if path.parent.name == "new" else "seen"
            for path in self.folder.rglob("*")
            if path.is_file()
        )  # fmt: skip

    def lose_cursor(self) -> None:
        """It has none."""

    def vanish(self) -> None:
        for path in (self.folder / "new").iterdir():
            path.unlink()

    def refuse_login(self, refused: bool) -> None:
        """The folder is where it was not."""
        other = self.folder.with_name("away")
        if refused:
            self.folder.rename(other)
        else:
            other.rename(self.folder)


class ImapBox:
    """An account of Dovecot."""

    kind = "imap"

    def __init__(self, server: Dovecot, secret: Path) -> None:
        self.server, self.user, self.secret = server, f"u{uuid.uuid4().hex[:12]}", secret
        secret.write_text("secret\n")

    def definition(self) -> dict[str, Any]:
        return {
            "host": "127.0.0.1", "port": self.server.port, "tls": "none", "timeout_seconds": 20,
            "login": self.user, "secret": f"file:{self.secret}",
        }  # fmt: skip

    def add(self, raw: bytes) -> None:
        with self.server.client(self.user) as client:
            client.append("INBOX", raw)

    def counts(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        with self.server.client(self.user) as client:
            for _, _, name in client.list_folders():
                client.select_folder(name, readonly=True)
                seen = len(client.search("SEEN"))
                if name == "INBOX":
                    counts["seen"] += seen
                    counts["new"] += len(client.search("ALL")) - seen
                else:
                    counts[name] += len(client.search("ALL"))
        return +counts

    def lose_cursor(self) -> None:
        """Another UIDVALIDITY, as after a restored backup."""
        with self.server.client(self.user) as client:
            uids = client.search("ALL")
            kept = [client.fetch([uid], ["BODY.PEEK[]", "FLAGS"])[uid] for uid in uids]
            old = client.select_folder("INBOX")[b"UIDVALIDITY"]
        folder = self.server.folder / "mail" / self.user
        for name in (
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
        ):
            (folder / name).unlink(missing_ok=True)
        with self.server.client(self.user) as client:
            new = client.select_folder("INBOX")[b"UIDVALIDITY"]
            assert new != old
            assert len(client.search("ALL")) == len(kept)

    def vanish(self) -> None:
        with self.server.client(self.user) as client:
            client.delete_messages(client.search("ALL"))
            client.expunge()

    def refuse_login(self, refused: bool) -> None:
        self.secret.write_text("wrong" if refused else "secret")


class EwsBox:
    """The mailbox of the Exchange in tests/peers."""

    kind = "ews"

    def __init__(self, server: ExchangeServer, secret: Path) -> None:
        self.server, self.secret = server, secret
        secret.write_text("secret")

    def definition(self) -> dict[str, Any]:
        return {
            "url": self.server.url, "address": USER, "auth": "basic", "login": "support",
            "secret": f"file:{self.secret}", "timeout_seconds": 20,
        }  # fmt: skip

    def add(self, raw: bytes) -> None:
        self.server.add(raw)

    def counts(self) -> Counter[str]:
        return _counts(self.server.items.values())

    def lose_cursor(self) -> None:
        self.server.epoch += 1

    def vanish(self) -> None:
        self.server.vanish = True

    def refuse_login(self, refused: bool) -> None:
        self.server.password = "another" if refused else "secret"


class GraphBox:
    """The mailbox of the Graph in tests/peers."""

    kind = "graph"

    def __init__(self, server: GraphServer, secret: Path) -> None:
        self.server, self.secret = server, secret
        secret.write_text("secret")

    def definition(self) -> dict[str, Any]:
        return {
            "url": self.server.url, "address": USER, "client_id": "pgears",
            "token_url": f"http://127.0.0.1:{self.server.port}/token",
            "client_secret": f"file:{self.secret}", "timeout_seconds": 20,
        }  # fmt: skip

    def add(self, raw: bytes) -> None:
        self.server.add(raw)

    def counts(self) -> Counter[str]:
        return _counts(self.server.messages.values())

    def lose_cursor(self) -> None:
        self.server.gone_links = True

    def vanish(self) -> None:
        self.server.vanish = True

    def refuse_login(self, refused: bool) -> None:
        self.server.epoch += 1
        self.server.secret = "another" if refused else "secret"


def _counts(messages: Any) -> Counter[str]:
    return Counter(
        message.folder if message.folder != "inbox" else "seen" if message.read else "new"
        for message in messages
    )


@contextmanager
def open_box(kind: str, folder: Path, server: Dovecot | None) -> Iterator[Box]:
    """An empty mailbox of a kind; a missing server skips the test."""
    with ExitStack() as stack:
        if kind == "maildir":
            yield MaildirBox(folder / "inbox")
        elif kind == "imap":
            if server is None:
                pytest.skip(dovecot_peer.missing() or "no Dovecot")
            yield ImapBox(server, folder / "secret")
        elif kind == "ews":
            yield EwsBox(stack.enter_context(exchange_server()), folder / "secret")
        else:
            yield GraphBox(stack.enter_context(graph_server()), folder / "secret")
