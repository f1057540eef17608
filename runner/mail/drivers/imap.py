"""Messages of an IMAP folder, by a cursor of UIDVALIDITY and UID.

The flag \\Seen is no cursor: whoever opens a message in a mail program would hide it. It
only says which of the messages that were there at the first contact are new. When the
server numbers the folder anew (another UIDVALIDITY), reading starts over; what was read
before is known by its content.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from ...secrets import SecretMissing, read_secret
from ...tokens import Grant, TokenRefused, access_token, forget_token
from .contract import LARGE, Cursor, Fetched, Listing, MailboxUnreachable
from .spooled import in_pieces

GROUP_BYTES = 4 * 1024 * 1024
"""Messages are asked for together up to this size; a larger one comes alone."""
GROUP = 200


class Imap:
    """One folder, connected at the first use."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.definition = definition
        self.folder: str = definition.get("source_folder") or "INBOX"
        self.after: str = definition["after_read"]
        self.target: str = definition["folder"]
        self.secret_expires: datetime | None = None
        self.validity = 0
        self._client: IMAPClient | None = None

    def listing(self, cursor: Cursor | None, limit: int) -> Listing:
        """UIDs above the cursor."""
        with self._trouble():
            client = self._open()
            cursor = self._begin(client, cursor)
            found = client.search(self._criteria(cursor))
            uids = sorted(uid for uid in found if uid > cursor["uid"])
        taken = uids[:limit]
        more = len(uids) > limit
        # Nothing in between is wanted: the next search begins behind it.
        last = taken[-1] if more else max([cursor["uid"], cursor["seen_below"] - 1, *taken])
        return Listing(
            [self._key(uid) for uid in taken], {**cursor, "uid": last}, more, self._epoch()
        )

    def fetch(self, keys: Sequence[str]) -> Iterator[Fetched]:
        """Contents, small ones together; nothing is marked as seen by this."""
        with self._trouble():
            client = self._open()
            uids = {uid: key for key in keys if (uid := self._uid(key)) is not None}
            sizes = client.fetch(list(uids), ["RFC822.SIZE"]) if uids else {}
        for key in keys:
            if self._uid(key) not in sizes:
                yield Fetched(key)
        for group in _groups(
            {uid: int(sizes[uid][b"RFC822.SIZE"]) for uid in uids if uid in sizes}
        ):
            if sizes[group[0]][b"RFC822.SIZE"] > LARGE:
                with self._trouble():
                    yield in_pieces(client, group[0], uids[group[0]])
                continue
            with self._trouble():
                fetched = self._contents(client, group)
            for uid in group:
                content = fetched.get(uid)
                if isinstance(content, str):
                    yield Fetched(uids[uid], error=content)
                else:
                    yield Fetched(uids[uid], content)

    def after_read(self, keys: Sequence[str]) -> None:
        """Keep, mark as seen, move, or delete: for all at once."""
        uids = [uid for key in keys if (uid := self._uid(key)) is not None]
        if self.after == "keep" or not uids:
            return
        with self._trouble():
            client = self._open()
            if self.after == "mark":
                client.add_flags(uids, [b"\\Seen"], silent=True)
            elif self.after == "move":
                self._move(client, uids)
            else:
                self._delete(client, uids)

    def close(self) -> None:
        """Log out, or drop a connection that is lost."""
        client, self._client = self._client, None
        if client is not None:
            try:
                client.logout()
            except (IMAPClientError, OSError):
                with suppress(OSError):
                    client.shutdown()

    def connect(self) -> None:
        """Log in and open the folder."""
        with self._trouble():
            self._open()

    def wait(self, seconds: float) -> bool:
        """Wait for the server to announce something (IDLE); true when it did."""
        with self._trouble():
            client = self._open()
            if not client.has_capability("IDLE"):
                raise MailboxUnreachable("the server cannot announce messages (no IDLE)")
            client.idle()
            heard = client.idle_check(timeout=seconds)
            _, late = client.idle_done()
        return any(_announces(answer) for answer in [*heard, *(late or [])])

    def cut(self) -> None:
        """Drop the connection; a read that is under way ends."""
        client = self._client
        if client is not None:
            with suppress(OSError):
                # Of the socket below: file and TLS above are the other thread's.
                socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)

    def _open(self) -> IMAPClient:
        if self._client is None:
            self._client = self._connect()
            selected = self._client.select_folder(self.folder, readonly=self.after == "keep")
            self.validity = int(selected[b"UIDVALIDITY"])
        return self._client

    def _connect(self) -> IMAPClient:
        tls = self.definition.get("tls") or "tls"
        context = ssl.create_default_context(cafile=self.definition.get("ca_file"))
        client = IMAPClient(
            self.definition["host"],
            port=self.definition.get("port") or (993 if tls == "tls" else 143),
            ssl=tls == "tls",
            ssl_context=context if tls == "tls" else None,
            timeout=float(self.definition.get("timeout_seconds") or 60),
        )
        try:
            if tls == "starttls":
                client.starttls(context)
            self._login(client)
        except BaseException:
            with suppress(OSError):
                client.shutdown()
            raise
        return client

    def _login(self, client: IMAPClient) -> None:
        login = self.definition["login"]
        if self.definition.get("auth") == "oauth2":
            self._login_by_token(client, login, Grant.of(self.definition))
            return
        password = read_secret(self.definition["secret"], str(self.definition["login"])) or ""
        # LOGIN takes no line breaks and little beyond ASCII; PLAIN takes all.
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(login, password)
        else:
            client.login(login, password)

    def _login_by_token(self, client: IMAPClient, login: str, grant: Grant) -> None:
        for attempt in (1, 2):
            token = access_token(grant)
            self.secret_expires = token.refresh_expires
            try:
                client.oauth2_login(login, token.value)
                return
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                forget_token(grant)  # it may have been revoked: one more with a new one
                if attempt == 2:
                    raise LoginError(str(error)) from error

    def _begin(self, client: IMAPClient, cursor: Cursor | None) -> dict[str, Any]:
        """The cursor, or a new one at the first contact and after a new numbering."""
        if cursor is not None and cursor.get("validity") == self.validity:
            return dict(cursor)
        status = client.folder_status(self.folder, ["UIDNEXT"])
        return {
            "validity": self.validity,
            "uid": 0,
            "seen_below": int(status[b"UIDNEXT"]),
            "first": date.today().isoformat() if cursor is None else cursor["first"],
            "again": cursor is not None,
        }

    def _criteria(self, cursor: Mapping[str, Any]) -> list[Any]:
        above: list[Any] = ["UID", f"{cursor['uid'] + 1}:*"]
        if self.after == "keep" or cursor["uid"] + 1 >= cursor["seen_below"]:
            return above
        new = ["OR", "UID", f"{cursor['seen_below']}:*", "UNSEEN"]
        if cursor["again"]:
            # Mail that came since the first contact and was seen by somebody meanwhile.
            since = date.fromisoformat(cursor["first"]) - timedelta(days=1)
            return [*above, "OR", "SINCE", since, *new]
        return [*above, *new]

    def _contents(self, client: IMAPClient, uids: Sequence[int]) -> dict[int, bytes | str | None]:
        try:
            answers = client.fetch(uids, ["BODY.PEEK[]"])
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if len(uids) == 1:
                return {uids[0]: f"the server does not give it: {error}"}
            # One of them is to blame: ask for each alone.
            found: dict[int, bytes | str | None] = {}
            for uid in uids:
                found |= self._contents(client, [uid])
            return found
        return {uid: answer.get(b"BODY[]") for uid, answer in answers.items()}

    def _move(self, client: IMAPClient, uids: Sequence[int]) -> None:
        if not client.folder_exists(self.target):
            client.create_folder(self.target)
        client.add_flags(uids, [b"\\Seen"], silent=True)
        if client.has_capability("MOVE"):
            client.move(uids, self.target)
        else:
            client.copy(uids, self.target)
            self._delete(client, uids)

    def _delete(self, client: IMAPClient, uids: Sequence[int]) -> None:
        client.delete_messages(uids, silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(uids)
        # Without UIDPLUS an EXPUNGE would take along what others marked: they stay marked.

    def _epoch(self) -> str:
        return f"{self.folder};{self.validity}"

    def _key(self, uid: int) -> str:
        return f"{self._epoch()};{uid}"

    def _uid(self, key: str) -> int | None:
        """UID of a key; None for keys of another folder or numbering."""
        epoch, _, uid = key.rpartition(";")
        return int(uid) if epoch == self._epoch() else None

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        """Whatever ends the connection is a MailboxUnreachable that says why."""
        place = f"{self.definition['host']}, folder {self.folder}"
        try:
            yield
        except LoginError as error:
            self._drop()
            login = self.definition["login"]
            raise MailboxUnreachable(
                f"{self.definition['host']} refuses the login {login}: {_words(error)}"
            ) from error
        except (SecretMissing, TokenRefused) as error:
            self._drop()
            raise MailboxUnreachable(f"{place}: {error}") from error
        except (IMAPClientError, OSError) as error:
            self._drop()
            raise MailboxUnreachable(f"{place}: {_words(error)}") from error

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError):
                client.shutdown()


def _groups(sizes: Mapping[int, int]) -> Iterator[list[int]]:
    group: list[int] = []
    room = GROUP_BYTES
    for uid, size in sizes.items():
        if group and (size > room or len(group) >= GROUP or size > LARGE):
            yield group
            group, room = [], GROUP_BYTES
        group.append(uid)
        room -= size
        if size > LARGE:
            yield group
            group, room = [], GROUP_BYTES
    if group:
        yield group


def _announces(answer: Any) -> bool:
    return (
        isinstance(answer, tuple) and len(answer) > 1 and answer[1] in (b"EXISTS", b"RECENT")
    ) or (isinstance(answer, bytes) and answer.endswith(b"EXISTS"))


def _words(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text[2:-1] if text[:2] in ("b'", 'b"') else text
