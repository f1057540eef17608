"""Connections that are kept, limits over all runners, tokens, and mails too large for memory."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import sys
from collections.abc import Callable
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from psycopg.types.json import Jsonb

from runner.mail import HANDLERS
from runner.mail import connections as conns
from runner.mail.connections import MOST_OPEN
from runner.mail.outbox import desk_of
from runner.mail.spool import IN_MEMORY, compose
from runner.tasks import Services, Task

from .mail_parts import ACCOUNT, ROOT, Script, claim, services, smtp_server, work
from .test_outbox import Outbox, outbox

__all__ = ["outbox"]


class Counting(Script):
    """A scripted server that counts its connections, and may close them."""

    sessions: list[Session]
    close_after = 0

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.sessions.append(session)
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.close_after and len(self.got) == self.close_after and len(self.sessions) == 1:
            return "421 4.3.2 shutting down"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 ok"


def counting() -> Counting:
    """A counting server."""
    script = Counting()
    script.sessions = []
    return script


def serve(outbox: Outbox, script: Script, do: Callable[[Services], Any], **account: Any) -> None:
    """Run something with services against the scripted server."""

    async def main() -> None:
        options = account.pop("options", {})
        async with (
            smtp_server(script, **options) as port,
            services(outbox.database, outbox.home) as s,
        ):
            outbox.account(port=port, **account)
            await do(s)

    asyncio.run(main())


def test_one_connection_serves_many_mails(outbox: Outbox) -> None:
    script = counting()
    for _ in range(5):
        outbox.send()
    outbox.send("bad@b.example")
    outbox.send()
    script.answers = {"bad@b.example": ["550 no"]}
    serve(outbox, script, work)
    assert len(script.got) == 6
    assert len(script.sessions) == 1


def test_a_connection_closed_meanwhile_is_no_failure(outbox: Outbox) -> None:
    script = counting()
    script.close_after = 2
    ids = [outbox.send()[0] for _ in range(4)]
    serve(outbox, script, work)
    assert [outbox.state(id) for id in ids] == [("sent", None)] * 4
    assert len(script.sessions) == 2
    attempts = outbox.conn.execute("select max(attempts) from mail.message").fetchone()
    assert attempts == (1,)


def test_idle_connections_are_closed(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    script = counting()

    async def do(given: Services) -> None:
        outbox.send()
        await work(given)
        monkeypatch.setattr(conns, "IDLE_SECONDS", 0.0)
        outbox.send()
        await work(given)
        await desk_of(given).connections.close()
        assert not desk_of(given).connections.idle

    serve(outbox, script, do)
    assert len(script.sessions) == 2


def test_a_cancelled_conversation_is_not_used_again(outbox: Outbox) -> None:
    script = counting()
    script.data = ["slow"]

    async def do(given: Services) -> None:
        outbox.send()
        working = asyncio.create_task(work(given))
        await script.reached.wait()
        working.cancel()
        await working
        outbox.send()
        await work(given)

    serve(outbox, script, do, timeout_seconds=60)
    assert len(script.sessions) == 2
    states = outbox.conn.execute("select state from mail.message order by id").fetchall()
    assert states == [("unknown",), ("sent",)]


class Tokens:
    """AUTH XOAUTH2 with one token that counts."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:
        told = base64.b64decode(arguments[1]).decode()
        self.seen.append(told)
        if "Bearer good\x01" in told:
            return AuthResult(success=True, auth_data=LoginPassword(b"office", b""))
        challenge = base64.b64encode(b'{"status":"401"}').decode()
        await server.push(f"334 {challenge}")
        await server._reader.readline()
        return AuthResult(success=False, handled=False, message="535 5.7.3 token expired")


class TokenScript(Script, Tokens):
    """A scripted server with AUTH XOAUTH2."""


@pytest.mark.parametrize(("token", "state"), [("good", "sent"), ("old", "retrying")])
def test_login_by_token(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch, token: str, state: str
) -> None:
    monkeypatch.setenv("MAIL_TOKEN", token)
    script = TokenScript()
    Tokens.__init__(script)
    (id,) = outbox.send()
    serve(
        outbox, script, work, auth="xoauth2", login="office@x.example", secret="env:MAIL_TOKEN",
        options={"auth_require_tls": False},
    )  # fmt: skip
    assert script.seen == [f"user=office@x.example\x01auth=Bearer {token}\x01\x01"]
    assert outbox.state(id)[0] == state
    if state == "retrying":
        error = outbox.state(id)[1]
        assert '535 {"status":"401"} 5.7.3 token expired' in error
        assert "Bearer" not in error


def test_pace_holds_over_runners(outbox: Outbox) -> None:
    """60 a minute: the first leaves, each of the others gets a second of its own."""
    script = Script()
    for _ in range(4):
        outbox.send()

    async def do(given: Services) -> None:
        async with services(outbox.database, outbox.home) as other:
            first, second = await claim(given, 2), await claim(other, 2)
            for tasks, runner in ((first, given), (second, other)):
                for task in tasks:
                    await HANDLERS[task.kind].run(task, runner)

    serve(outbox, script, do, per_minute=60)
    assert len(script.got) == 1
    waits = [
        round(seconds)
        for (seconds,) in outbox.conn.execute(
            "select extract(epoch from due - (select min(slot) from mail.message))"
            " from queue.task order by due"
        )
    ]
    assert waits == [1, 2, 3]
    assert outbox.conn.execute("select max(attempts) from queue.task").fetchone() == (0,)
    assert outbox.conn.execute(
        "select count(*) from mail.message where state = 'queued'"
    ).fetchone() == (3,)
    # At its time a mail leaves without another slot.
    outbox.conn.execute("select core.set_clock(core.now() + interval '1 minute')")
    outbox.serve(script, later=True, per_minute=60)
    assert len(script.got) == 4


def test_parallel_limit_holds_over_runners(outbox: Outbox) -> None:
    script = Script(data=["slow"])
    ids = [outbox.send()[0] for _ in range(2)]

    async def do(given: Services) -> None:
        one, two = await claim(given, 2)
        first = asyncio.create_task(cast(Any, HANDLERS["mail.send"].run(one, given)))
        await script.reached.wait()
        await HANDLERS["mail.send"].run(two, given)
        first.cancel()
        await asyncio.wait([first])

    serve(outbox, script, do, max_parallel=1, timeout_seconds=60)
    assert [outbox.state(id)[0] for id in ids] == ["unknown", "queued"]
    outbox.serve(script, later=True, max_parallel=1)
    assert outbox.state(ids[1])[0] == "sent"


def store(outbox: Outbox, name: str, content: bytes, media_type: str = "application/pdf") -> int:
    """A stored file."""
    row = outbox.conn.execute(
        "select core.store_file(%s, %s, %b)", (name, media_type, content)
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("sender", ["ann@a.example", "žofie@a.example"])
def test_spooled_mail_is_what_the_email_package_makes(outbox: Outbox, sender: str) -> None:
    """Both ways of putting a mail together give the same message."""
    files = [("Účet.pdf", b"." * 57 + b"\r\n.\r\n" * 1000), ("b.bin", b"y" * IN_MEMORY), ("c", b"")]
    mail: dict[str, Any] = {
        "from": {"address": "a@b.example", "name": "A"}, "date": "2026-01-01T10:00:00+00:00",
        "message_id": "<1@b.example>", "to": [{"address": sender, "name": "Žofie"}], "cc": [],
        "reply_to": [], "subject": "Subject ž", "in_reply_to": None, "priority": "high",
        "automatic": True, "body": ".dot\nsecond ž\n..two", "html": "<p>.x</p>",
        "attachments": [
            {"file": number, "name": name, "media_type": "application/pdf", "size": len(content)}
            for number, (name, content) in enumerate(files)
        ],
    }  # fmt: skip

    async def read(file: int, offset: int, length: int) -> bytes:
        return files[file][1][offset : offset + length]

    async def main() -> bytes:
        content = await compose(mail, read)
        assert content.whole is None
        pieces = [piece async for piece in content.chunks(10_000)]
        content.close()
        assert sum(map(len, pieces)) == content.size
        return b"".join(pieces)

    raw = asyncio.run(main())
    lines = raw.split(b"\r\n")
    assert not any(line.startswith(b".") and not line.startswith(b"..") for line in lines)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    plain = b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)
    message = BytesParser(policy=policy.default).parsebytes(plain)
    assert str(message["subject"]) == "Subject ž"
    assert message.defects == []
    body, html = message.get_body(("plain",)), message.get_body(("html",))
    assert body is not None
    assert html is not None
    assert body.get_content().splitlines() == [".dot", "second ž", "..two"]
    assert html.get_content().strip() == "<p>.x</p>"
    found = [
        (part.get_filename(), part.get_payload(decode=True)) for part in message.iter_attachments()
    ]
    assert found == files


def test_60_mb_leave_without_being_held_in_memory(outbox: Outbox, tmp_path: Path) -> None:
    """The peak of a runner that sends 60 MB is that of one that sends none, and a few MB."""
    content = bytes(range(256)) * (60 * 4096)
    script = Script()

    async def peak(to: str, **more: Any) -> int:
        outbox.send(to, **more)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.runner.send_measured", outbox.database.url, str(tmp_path),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        printed, _ = await process.communicate()
        return int(printed)

    async def main() -> tuple[int, int]:
        async with smtp_server(script, data_size_limit=200_000_000) as port:
            outbox.account(port=port, timeout_seconds=60)
            without = await peak("ann@a.example")
            file = store(outbox, "large.bin", content)
            return without, await peak("bob@b.example", files=[file])

    without, with_it = asyncio.run(main())
    (attached,) = script.got[1][1].iter_attachments()
    received = attached.get_payload(decode=True)
    assert isinstance(received, bytes)
    assert hashlib.sha256(received).digest() == hashlib.sha256(content).digest()
    assert with_it - without < 20_000, "kB more than for a mail without attachment"


def test_a_mail_too_large_for_the_server_is_refused_before_it_is_sent(outbox: Outbox) -> None:
    (id,) = outbox.send(files=[store(outbox, "x.bin", b"x" * 3_000_000)])
    outbox.serve(Script(), options={"data_size_limit": 1_000_000})
    state, error = outbox.state(id)
    assert state == "refused"
    assert "552" in error


def test_connection_lost_within_a_large_content_is_tried_again(outbox: Outbox) -> None:
    """Without the line with the dot the server has no mail: this is not unknown."""
    (id,) = outbox.send(files=[store(outbox, "x.bin", b"x" * 8_000_000)])

    async def main() -> None:
        async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mx ESMTP\r\n")
            while line := await reader.readline():
                if line.upper().startswith(b"DATA"):
                    writer.write(b"354 go\r\n")
                    await reader.read(1_000_000)
                    break
                writer.write(b"250 ok\r\n")
            writer.close()

        server = await asyncio.start_server(half, "127.0.0.1", 0)
        async with services(outbox.database, outbox.home) as given:
            outbox.account(port=server.sockets[0].getsockname()[1])
            await work(given)
        server.close()

    asyncio.run(main())
    assert outbox.state(id)[0] == "retrying"
    script = Script()
    outbox.serve(script, later=True, options={"data_size_limit": 100_000_000})
    assert outbox.state(id) == ("sent", None)


@pytest.mark.parametrize("greets", [False, True])
def test_a_server_that_is_silent_holds_no_place_of_others(outbox: Outbox, greets: bool) -> None:
    """Its mails are put off at once while one of them tries; those of another account leave."""
    talks: list[asyncio.StreamWriter] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(writer)
        if greets:
            writer.write(b"220 mx.test\r\n")
            await reader.readline()
            writer.write(b"250 mx.test\r\n")
        await reader.read()

    async def main(script: Script) -> tuple[list[int], list[int]]:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        async with (
            server,
            smtp_server(script) as port,
            services(outbox.database, outbox.home) as given,
        ):
            outbox.account(port=server.sockets[0].getsockname()[1], timeout_seconds=1)
            late = [id for _ in range(60) for id in outbox.send()]
            outbox.conn.execute(
                "select mail.set_account('other', %s)",
                (Jsonb({**ACCOUNT, "port": port, "is_default": False}),),
            )
            well = outbox.send(account="other")
            tasks = await claim(given)
            # As many at once as a runner has places, the others when one is free.
            places = asyncio.Semaphore(HANDLERS["mail.send"].parallel)

            async def one(task: Task) -> None:
                async with places:
                    await HANDLERS[task.kind].run(task, given)

            await asyncio.gather(*map(one, tasks))
            for talk in talks:
                talk.close()
        return late, well

    script = Script()
    late, well = asyncio.run(main(script))
    assert [outbox.state(id) for id in well] == [("sent", None)]
    assert {outbox.state(id)[0] for id in late} == {"retrying"}
    assert len(talks) <= MOST_OPEN
