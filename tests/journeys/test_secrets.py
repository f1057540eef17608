"""Secrets are told to nobody: each has a mark, every door fails, and no mark comes out anywhere.

The peers are the worst there are: they repeat what they were sent in their refusals.
"""

# ruff: noqa: E501 - queries in one line

from __future__ import annotations

import base64
import json
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

import httpx
import jwt
import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.hiding import hide, remember
from tests.fix_database import Database
from tests.fix_least import drop_accounts_group, service_login
from tests.fix_runner import ROOT, Workplace, until
from tests.fix_server import TestServer
from tests.fix_web import serving
from tests.peers.target import Reply, Request, target
from tests.runner.mail_parts import helpdesk, server_mailbox

NAMES = (
    "runner_login", "web_login", "jwt", "smtp", "imap", "bearer", "basic", "api_key", "oauth",
    "signing", "peer_broken", "peer_far", "sync_broken", "sync_driver", "sync_far", "replaced",
)  # fmt: skip
MARKS = {name: f"Mark-{name.replace('_', '-')}-7f3a91c2e5d8b604aa51c0 /+%" for name in NAMES}


def forms(mark: str) -> set[str]:
    """What a mark looks like on the way."""
    stable = mark.split(" ")[0]
    return {stable, *(base64.b64encode(p.encode()).decode()[:24] for p in (mark, f"me:{mark}"))}


def found_in(text: str) -> list[str]:
    """Names of the secrets that a text tells."""
    return [name for name, mark in MARKS.items() if any(form in text for form in forms(mark))]


class Echo(socketserver.StreamRequestHandler):
    """A mail server, by SMTP or IMAP, that refuses every login and repeats it."""

    imap = False

    def say(self, line: str) -> None:
        """A line."""
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        """One conversation."""
        self.say("* OK [CAPABILITY IMAP4rev1] ready" if self.imap else "220 mx.test ESMTP")
        while line := self.rfile.readline().decode().strip():
            words = line.split(" ")
            told = " ".join([line, *(_decoded(word) for word in words)])
            if self.imap:
                verb = words[1].upper() if len(words) > 1 else ""
                if verb == "CAPABILITY":
                    self.say("* CAPABILITY IMAP4rev1")
                self.say(f"{words[0]} {'NO' if verb == 'LOGIN' else 'OK'} you said {told}")
            elif words[0].upper() == "EHLO":
                self.say("250-mx.test")
                self.say("250 AUTH PLAIN LOGIN")
            elif words[0].upper() == "AUTH" and len(words) == 2:
                self.say("334 VXNlcm5hbWU6")
            else:
                self.say(f"535 5.7.8 you said {told}")


class ImapEcho(Echo):
    """The same by IMAP."""

    imap = True


def _decoded(word: str) -> str:
    try:
        return base64.b64decode(word, validate=True).decode().replace("\0", " ")
    except ValueError:
        return ""


@contextmanager
def echo(kind: type[Echo]) -> Iterator[int]:
    """The port of a server."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), kind) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join()


def answer(request: Request) -> Reply:
    """Whatever came is repeated in headers, and in the words of a server of tokens."""
    told = {name: quote(value, safe=" /+:%") for name, value in request.headers.items()}
    seen = " ".join(told.get(n, "") for n in ("authorization", "x-api-key", "webhook-signature"))
    if request.path == "/token":
        form = parse_qs(request.body.decode())
        words = {"error_description": f"not {form.get('client_secret')}"}
        return Reply(400, json.dumps(words).encode())
    raw = " ".join(request.headers.get(n, "") for n in ("authorization", "x-api-key"))
    return Reply(400, b"{}", {"www-authenticate": f"no: {raw} {seen}", "x-basic": _basic(raw)})


def _basic(raw: str) -> str:
    return " ".join(_decoded(word) for word in raw.split())


@pytest.fixture
def marked(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """References to the marked secrets, in the environment of all processes."""
    values = {
        **{name: MARKS[name] for name in NAMES},
        "signing": "whsec_" + base64.b64encode(MARKS["signing"].encode()).decode(),
        "peer_broken": f"postgresql:/me:{MARKS['peer_broken']}@127.0.0.1:1/x",
        "peer_far": f"postgresql://me:{quote(MARKS['peer_far'], safe='')}@127.0.0.1:1/x",
        "sync_broken": f"mysql:/me:{MARKS['sync_broken']}@127.0.0.1",
        "sync_driver": f"nothing+at+all://me:{quote(MARKS['sync_driver'], safe='')}@127.0.0.1/x",
        "sync_far": f"postgresql://me:{quote(MARKS['sync_far'], safe='')}@127.0.0.1:1/x",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"MARK_{name.upper()}", value)
    yield {name: f"env:MARK_{name.upper()}" for name in NAMES}
    drop_accounts_group(workplace.database)


def define(
    conn: psycopg.Connection[Any], refer: dict[str, str], smtp: int, imap: int, url: str
) -> int:
    """Everything that has a secret; gives the number of tasks that will fail."""
    helpdesk(conn)
    (model,) = conn.execute("select id from meta.model where code = 'helpdesk'").fetchone() or (0,)
    account = {
        "host": "127.0.0.1", "port": smtp, "tls": "none", "login": "me", "secret": refer["smtp"],
        "from_address": "me@x.example", "is_default": True,
    }  # fmt: skip
    conn.execute("select mail.set_account('office', %s)", (Jsonb(account),))
    conn.execute("select mail.set_guard('deliver')")
    conn.execute("select http.set_guard('deliver')")
    conn.execute("select mail.send(p_to => 'a@b.example', p_subject => 's', p_body => 'b')")
    place = {"host": "127.0.0.1", "port": imap, "tls": "none", "timeout_seconds": 5}
    server_mailbox(conn, "imap", {**place, "login": "me", "secret": refer["imap"]})
    targets: dict[str, dict[str, Any]] = {
        "bearer": {"auth": "bearer", "secret": refer["bearer"]},
        "basic": {"auth": "basic", "login": "me", "secret": refer["basic"]},
        "api_key": {"auth": "api_key", "secret": refer["api_key"]},
        "oauth": {
            "auth": "oauth2", "secret": refer["oauth"], "client_id": "me",
            "token_url": f"{url}/token",
        },
        "signed": {"signing_secrets": [refer["signing"]]},
    }  # fmt: skip
    for code, definition in targets.items():
        given = {"url": url, "allow": ["127.0.0.1"], "backoff": "0", "attempts": 1, **definition}
        conn.execute("select http.set_target(%s, %s, %s)", (model, code, Jsonb(given)))
        conn.execute("select http.send(%s, '/x')", (f"helpdesk.{code}",))
    for name in ("peer_broken", "peer_far"):
        peer = name.replace("_", "-")
        conn.execute("select replica.set_peer(%s, %s)", (peer, refer[name]))
        conn.execute(
            "select replica.set_subscription(%s, %s, %s)",
            (model, name, Jsonb({"peer": peer, "classes": ["customer"]})),
        )
    for name in ("sync_broken", "sync_driver", "sync_far"):
        sync = {
            "class": "customer", "direction": "in", "table": "x", "url": refer[name],
            "columns": {"name": "name", "email": "email"}, "keys": ["email"],
        }  # fmt: skip
        conn.execute("select sync.set_sync(%s, %s, %s)", (model, name, Jsonb(sync)))
        conn.execute("select api.run_sync(%s)", (f"helpdesk.{name}",))
    return len(targets)


TROUBLES = """
select
  (select count(*) from mail.message_status where error is not null or state in ('retrying', 'refused'))
  + (select count(*) from mail.mailbox_status where error is not null)
  + (select count(*) from http.call_status where state in ('refused', 'dead', 'retrying') and attempts > 0)
  + (select count(*) from replica.status where error is not null)
  + (select count(*) from sync.run_status where state = 'failed')
"""
COMMANDS = (
    "doctor --json", "status --json", "mail list --json", "mail show 1", "mail accounts",
    "mailbox list --json", "mailbox status support --json", "http list --json", "http show 1", "http show 2",
    "http targets --json", "task list --json", "replicate status --json", "replicate peer list",
    "model dump helpdesk", "job list --json", "sync helpdesk.sync_far", "sync helpdesk.sync_driver",
    "sync helpdesk.sync_broken", "replicate helpdesk.peer_broken --once", "web status",
    "replicate helpdesk.peer_far --once", "mailbox poll support",
)  # fmt: skip


@pytest.mark.slow
def test_no_secret_comes_out(
    workplace: Workplace, server: TestServer, marked: dict[str, str], tmp_path: Path
) -> None:
    """Logs, what commands print, rows of errors, the model file and a dump of the database."""
    database, conn = workplace.database, workplace.conn
    told: dict[str, str] = {}
    with ExitStack() as stack:
        peer = stack.enter_context(target())
        peer.enter = lambda request: (peer.got.append(request), answer(request))[1]  # type: ignore[method-assign, func-returns-value]
        smtp, imap = (stack.enter_context(echo(kind)) for kind in (Echo, ImapEcho))
        conn.execute("select meta.rebuild()")
        calls = define(conn, marked, smtp, imap, peer.url)
        own = stack.enter_context(service_login(database, "runner", MARKS["runner_login"]))
        runner = workplace.start(database_url=own.url)
        until(lambda: workplace.count(TROUBLES) >= 1 + 1 + calls + 2 + 3 - 1, "all to fail")
        told["runner"] = runner.stop()
        assert len(peer.got) >= calls
        told["web"] = ask_wrongly(stack, database, tmp_path)
    for line in COMMANDS:
        told[line] = command(database.url, tmp_path, *line.split())
    told["wrong URL"] = command(
        f"postgresql:/me:{MARKS['replaced']}@h/d", tmp_path, "status", fails=True
    )
    told["secret as reference"] = command(
        database.url, tmp_path, "replicate", "peer", "set", "p", MARKS["replaced"], fails=True
    )
    with pytest.raises(psycopg.Error) as refused:
        conn.execute(
            "select mail.set_account('office', %s)", (Jsonb({"secret": MARKS["replaced"]}),)
        )
    told["account"] = str(refused.value)
    told["dump"] = dump(server.bin, database.url)
    assert "535" in told["dump"], "the peers were not heard"
    assert "you said" in told["dump"], "the peers were not heard"
    assert {name: found_in(text) for name, text in told.items() if found_in(text)} == {}


def ask_wrongly(stack: ExitStack, database: Database, folder: Path) -> str:
    """The log and the answers of a web service that is asked with everything that is wrong."""
    own = stack.enter_context(service_login(database, "web", MARKS["web_login"]))
    settings = {"web_jwt_secret": MARKS["jwt"], "web_schemas": "api", "web_anon_role": ""}
    with serving(own, folder, **settings) as web:
        answers = []
        signed = [
            jwt.encode(claims, MARKS["jwt"], algorithm="HS256")
            for claims in ({"role": "nobody"}, {"role": 7}, {"role": "x", "exp": "y"}, {})
        ]
        for given in ("x", MARKS["jwt"], *signed):
            headers = {"Authorization": f"Bearer {given}"}
            for path in ("/helpdesk_customer", "/", "/rpc/nothing"):
                answers.append(httpx.get(web.url + path, headers=headers))
        secret = MARKS["replaced"]
        answers += [
            httpx.get(web.url + f"/link/{quote(secret, safe='')}"),
            httpx.post(web.url + "/pages/login", data={"login": "me", "password": secret}),
            httpx.get(web.url + "/pages/", cookies={"pgears_session": quote(secret, safe="")}),
        ]
        assert {a.status_code // 100 for a in answers} <= {3, 4}
        headers_sent = "".join(str(a.headers) for a in answers)
        log = web.log.read_text()
    return log + headers_sent + "".join(a.text for a in answers if "/link/" not in str(a.url))


def command(url: str, folder: Path, *words: str, fails: bool = False) -> str:
    """What a command prints, on both channels."""
    clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "runner", *words],
        cwd=folder,
        env={**clean, "PGEARS_DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, (words, done.stderr)
    assert done.returncode == 1 if fails else done.returncode in (0, 1), (words, done.stderr)
    return done.stdout + done.stderr


def dump(programs: Path, url: str) -> str:
    """All rows and definitions of the database."""
    done = subprocess.run(
        [programs / "pg_dump", "--no-owner", url], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_forms_are_hidden() -> None:
    """As it is, in URLs, in basic authentication, in PLAIN; short words stay words."""
    secret = "a b+c/secret é"
    remember(secret, "me")
    remember("it")
    basic = base64.b64encode(f"me:{secret}".encode()).decode()
    plain = base64.b64encode(f"\0me\0{secret}".encode()).decode()
    text = f"it said {secret}, {quote(secret, safe='')}, {basic}, {plain}"
    assert hide(text).replace("=", "") == "it said ***, ***, ***, ***"


def test_passing_secrets_push_no_lasting_ones_out() -> None:
    """A password that was read at the start is hidden after two thousand access tokens."""
    remember("the password of the start")
    for number in range(2_000):
        remember(f"access token {number}", passing=True)
    assert hide("the password of the start") == "***"
    assert hide("access token 1999") == "***"


PLACE = {"host": "h", "port": 1, "tls": "none", "login": "me"}
WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "mailbox": (
        "mail.set_mailbox(%s, 'x', %s)",
        {"driver": "imap", "class": "ticket", "mapping": {"subject": "subject"}, **PLACE},
    ),
    "target": ("http.set_target(%s, 'x', %s)", {"url": "https://x.example", "auth": "bearer"}),
    "sync": (
        "sync.set_sync(%s, 'x', %s)",
        {
            "class": "customer",
            "direction": "in",
            "table": "x",
            "columns": {"name": "n"},
            "keys": ["name"],
        },
    ),
    "account": (
        "mail.set_account('x', %s)",
        {"host": "h", "login": "me", "from_address": "a@b.example"},
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_secret_in_place_of_its_reference(database: Database, kind: str) -> None:
    """It is refused, stored nowhere, and not repeated in message, detail, hint or context."""
    call, definition = WRONG[kind]
    key = "url" if kind == "sync" else "secret"
    with database.connect() as conn:
        helpdesk(conn)
        model = conn.execute("select id from meta.model where code = 'helpdesk'").fetchone()
        values = (Jsonb({**definition, key: MARKS["replaced"]}),)
        if "%s, 'x'" in call:
            values = (*(model or ()), *values)
        with pytest.raises(psycopg.Error) as refused:
            conn.execute(f"select {call}".encode(), values)
    diag = refused.value.diag
    told = (diag.message_primary, diag.message_detail, diag.message_hint, diag.context)
    assert found_in(" ".join(filter(None, told))) == []
