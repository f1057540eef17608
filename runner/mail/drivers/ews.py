"""Messages of a folder of Exchange by its web services (EWS), by its sync state.

For Exchange on premises. Each page of changes has the sync state of the next, which is the
cursor. The library is told to fail at once: it is the schedule of the mailbox that tries
again, and the library's own waiting would hold a wrong password for a busy server.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import requests
from exchangelib import BASIC, DELEGATE, NTLM, UTC, Account, Configuration, Credentials
from exchangelib.credentials import OAuth2AuthorizationCodeCredentials
from exchangelib.errors import (
    ErrorInvalidSyncStateData,
    ErrorItemNotFound,
    ErrorServerBusy,
    EWSError,
    RateLimitError,
    ResponseMessageError,
    UnauthorizedError,
)
from exchangelib.folders import Folder, SingleFolderQuerySet
from exchangelib.items import HARD_DELETE, Message
from exchangelib.properties import ItemId
from exchangelib.protocol import FailFast
from exchangelib.services import SyncFolderItems
from exchangelib.transport import OAUTH2
from exchangelib.version import EXCHANGE_2013_SP1, Version
from oauthlib.oauth2 import OAuth2Token

from ...secrets import SecretMissing, read_secret
from ...tokens import Grant, TokenRefused, access_token, forget_token
from .contract import Cursor, Fetched, Listing, MailboxUnreachable

PAGE = 512
"""Changes that Exchange gives at most in one answer."""


class Ews:
    """One folder of one mailbox, connected at the first use."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.definition = definition
        self.after: str = definition["after_read"]
        self.target: str = definition["folder"]
        self.secret_expires: datetime | None = None
        self._account: Account | None = None
        self._folder: Folder | None = None

    def listing(self, cursor: Cursor | None, limit: int) -> Listing:
        """One page of changes; deleted and read ones are left out."""
        first = cursor is None or bool(cursor.get("first"))
        again = cursor is not None and bool(cursor.get("again"))
        state = None if cursor is None else cursor["state"]
        with self._trouble():
            try:
                changes, service = self._changes(state, limit)
            except ErrorInvalidSyncStateData:
                if state is None:
                    raise
                again = True
                changes, service = self._changes(None, limit)
        items = [item for kind, item in changes if kind in ("create", "update")]
        if first and not again and self.after != "keep":
            # What was there at the first contact and was read by somebody is not new.
            items = [item for item in items if not item.is_read]
        items.sort(key=_received)
        last = bool(service.includes_last_item_in_range) or service.sync_state == state
        onward = {
            "state": service.sync_state,
            "first": first and not last,
            "again": again and not last,
        }
        return Listing([item.id for item in items], onward, not last)

    def fetch(self, keys: Sequence[str]) -> Iterator[Fetched]:
        """The MIME content of each: a page of changes never holds it."""
        for key in keys:
            with self._trouble():
                found = self._content(key)
            if isinstance(found, ErrorItemNotFound):
                yield Fetched(key)
            elif isinstance(found, Exception):
                yield Fetched(key, error=f"{type(found).__name__}: {found}")
            elif getattr(found, "mime_content", None) is None:
                yield Fetched(key, error="Exchange gives no MIME content of it")
            else:
                content = found.mime_content
                yield Fetched(key, content if isinstance(content, bytes) else content.encode())

    def after_read(self, keys: Sequence[str]) -> None:
        """Keep, mark as read, move, or delete."""
        if self.after == "keep" or not keys:
            return
        with self._trouble():
            account = self._open()
            items = [
                item
                for item in account.fetch([ItemId(id=key) for key in keys], only_fields=["is_read"])
                if not isinstance(item, ErrorItemNotFound)
            ]
            for item in items:
                if isinstance(item, Exception):
                    raise item
            if self.after == "delete":
                results = account.bulk_delete(items, delete_type=HARD_DELETE) if items else []
            else:
                unread = [item for item in items if not item.is_read]
                for item in unread:
                    item.is_read = True
                results = []
                if unread:
                    results += account.bulk_update(
                        [(item, ("is_read",)) for item in unread],
                        conflict_resolution="AlwaysOverwrite",
                    )
                if self.after == "move" and items:
                    results += account.bulk_move(items, to_folder=self._target())
            for result in results:
                if isinstance(result, Exception) and not isinstance(result, ErrorItemNotFound):
                    raise result

    def close(self) -> None:
        """Close the connections."""
        if self._account is not None:
            with suppress(EWSError, OSError):
                self._account.protocol.close()
            self._account = None

    def cut(self) -> None:
        """Nothing: the library holds its connections, each with a time-out of its own."""

    def _content(self, key: str) -> Any:
        """The item, or the error that is about it alone."""
        try:
            answers = self._open().fetch([ItemId(id=key)], only_fields=["mime_content"])
            return next(iter(answers))
        except ErrorServerBusy:
            raise
        except ResponseMessageError as error:
            return error

    def _open(self) -> Account:
        if self._account is None:
            configuration = Configuration(
                service_endpoint=self.definition["url"],
                # No probing: these are two of the questions that the library would ask.
                version=Version(build=EXCHANGE_2013_SP1),
                retry_policy=FailFast(),
                **self._login(),
            )
            self._account = Account(
                self.definition["address"],
                config=configuration,
                autodiscover=False,
                access_type=DELEGATE,
                default_timezone=UTC,
            )
            self._account.protocol.TIMEOUT = int(self.definition.get("timeout_seconds") or 60)
        return self._account

    def _login(self) -> dict[str, Any]:
        kind = self.definition.get("auth") or "ntlm"
        if kind == "oauth2":
            token = access_token(Grant.of(self.definition))
            self.secret_expires = token.refresh_expires
            # The token is ours to renew: each turn begins with one that is good.
            given = OAuth2Token({"access_token": token.value, "token_type": "Bearer"})
            return {
                "auth_type": OAUTH2,
                "credentials": OAuth2AuthorizationCodeCredentials(access_token=given),
            }
        password = read_secret(self.definition["secret"], str(self.definition["login"])) or ""
        return {
            "auth_type": BASIC if kind == "basic" else NTLM,
            "credentials": Credentials(self.definition["login"], password),
        }

    def _source(self) -> Folder:
        if self._folder is None:
            inbox = self._open().inbox
            name = self.definition.get("source_folder")
            self._folder = inbox if name is None else _child(inbox, name)
            if self._folder is None:
                raise MailboxUnreachable(f"the inbox has no folder {name}")
        return self._folder

    def _target(self) -> Folder:
        inbox = self._open().inbox
        found = _child(inbox, self.target)
        if found is None:
            found = Folder(parent=inbox, name=self.target)
            found.save()
        return found

    def _changes(self, state: str | None, limit: int) -> tuple[list[Any], SyncFolderItems]:
        try:
            return self._sync(state, limit)
        except UnauthorizedError:
            if self.definition.get("auth") != "oauth2":
                raise
            # The token may have been revoked: once more with a new one.
            forget_token(Grant.of(self.definition))
            self._account = self._folder = None
            return self._sync(state, limit)

    def _sync(self, state: str | None, limit: int) -> tuple[list[Any], SyncFolderItems]:
        folder = self._source()
        fields = ["is_read", "datetime_received"]
        service = SyncFolderItems(account=self._open())
        changes = service.call(
            folder=folder,
            shape="IdOnly",
            additional_fields=set(folder.normalize_fields(fields=fields)),
            sync_state=state,
            ignore=None,
            max_changes_returned=min(limit, PAGE),
            sync_scope=None,
        )
        return list(changes), service

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        place = self.definition["url"]
        try:
            yield
        except ErrorInvalidSyncStateData:
            raise
        except UnauthorizedError as error:
            if self.definition.get("auth") == "oauth2":
                forget_token(Grant.of(self.definition))
            self._account = self._folder = None
            who = self.definition.get("login") or self.definition.get("client_id")
            raise MailboxUnreachable(f"{place} refuses the login {who}: {error}") from error
        except (RateLimitError, ErrorServerBusy) as error:
            wait = getattr(error, "back_off", None) or getattr(error, "wait", None) or 60
            raise MailboxUnreachable(f"{place} wants fewer requests", float(wait)) from error
        except (SecretMissing, TokenRefused) as error:
            raise MailboxUnreachable(f"{place}: {error}") from error
        except (EWSError, requests.RequestException, ssl.SSLError, OSError) as error:
            words = str(error).strip() or type(error).__name__
            raise MailboxUnreachable(f"{place}: {words[:500]}") from error


def _received(item: Message) -> str:
    moment = getattr(item, "datetime_received", None)
    return "" if moment is None else str(moment.astimezone(UTC).isoformat())


def _child(parent: Folder, name: str) -> Folder | None:
    # "parent / name" would walk through the whole mailbox.
    children = SingleFolderQuerySet(account=parent.account, folder=parent).depth("Shallow")
    return next((child for child in children if child.name == name), None)
