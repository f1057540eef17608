"""Mail leaves through a real mail server, Exim, and comes back from it as one delivers."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .test_outbox import Outbox, outbox

__all__ = ["outbox"]

EXIM = shutil.which("exim4") or shutil.which("exim4", path="/usr/sbin")

CONFIGURATION = """\
primary_hostname = mx.test
exim_user = {user}
exim_group = {group}
keep_environment =
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
prdr_enable = no
never_users =
deliver_drop_privilege = true
message_size_limit = 100M
acl_smtp_rcpt = acl_rcpt
begin acl
acl_rcpt:
  deny    local_parts = bad
          message = 5.1.1 no such user
  defer   local_parts = busy
          message = 4.3.0 try later
  accept
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  user = {user}
  group = {group}
begin retry
* * F,1m,1s
"""


@pytest.fixture
def exim() -> Iterator[tuple[int, Path]]:
    """An Exim as nobody that delivers into a Maildir; gives its port and that folder."""
    if EXIM is None:
        pytest.skip("Exim is not installed; .ci/run installs exim4-daemon-light")
    if os.getuid() != 0:
        pytest.skip("Exim is started as nobody, which only root can do")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nobody = pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp(prefix="pgears-exim-", dir="/var/tmp"))
    folder.chmod(0o755)
    for name in ("spool", "log", "mail"):
        (folder / name).mkdir()
        os.chown(folder / name, nobody.pw_uid, nobody.pw_gid)
    configuration = folder / "exim.conf"
    configuration.write_text(
        CONFIGURATION.format(folder=folder, port=port, user="nobody", group="nogroup")
    )
    for path in (folder, configuration):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    process = subprocess.Popen(
        [EXIM, "-C", str(configuration), "-bdf", "-q1m"],
        user="nobody", group="nogroup", extra_groups=[],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port)
        yield port, folder / "mail"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def _wait(port: int) -> None:
    for _ in range(100):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("Exim does not listen")


def test_mail_through_a_real_server(outbox: Outbox, exim: tuple[int, Path]) -> None:
    """Outcomes per recipient as the server gives them, and what it delivers is what was stored."""
    port, folder = exim
    content = b"\x00\xff.\r\n" * 400_000
    row = outbox.conn.execute(
        "select core.store_file('large.bin', null, %b)", (content,)
    ).fetchone()
    assert row is not None
    (mixed,) = outbox.send("ann@a.example; bad@b.example; busy@c.example", subject="Příliš")
    (large,) = outbox.send("ann@a.example", body=".\n..\n.dot", files=[row[0]])
    outbox.run(port=port)
    assert {key: value[:2] for key, value in outbox.recipients(mixed).items()} == {
        "ann@a.example": ("sent", 250),
        "bad@b.example": ("refused", 550),
        "busy@c.example": ("retrying", 451),
    }
    assert outbox.state(large) == ("sent", None)
    messages = outbox.delivered(folder, 2)
    assert sorted(str(message["subject"]) for message in messages) == ["Hello", "Příliš"]
    (with_file,) = [message for message in messages if str(message["subject"]) == "Hello"]
    body = with_file.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == [".", "..", ".dot"]
    (attached,) = with_file.iter_attachments()
    assert attached.get_payload(decode=True) == content
