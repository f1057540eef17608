"""Dovecot of the system on loopback ports, wholly as an ordinary user: the real IMAP server."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
instance_name = pgears-test
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = {ssl}
{certificates}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mailbox_idle_check_interval = 1 s
mail_max_userip_connections = 100
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def missing() -> str | None:
    """Why there is no Dovecot here; None when there is one."""
    if shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None:
        return "Dovecot is not installed (Debian: dovecot-imapd)"
    return None


@dataclass(frozen=True)
class Dovecot:
    """A server that takes every login with the password, or the token, `secret`."""

    port: int
    tls_port: int
    folder: Path

    @property
    def certificate(self) -> Path:
        """What a client is to trust."""
        return self.folder / "cert.pem"

    def client(self, user: str) -> IMAPClient:
        """A client of a user, the inbox open."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=20)
        client.login(user, "secret")
        client.select_folder("INBOX")
        return client


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Serve until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-dovecot-", dir="/var/tmp"))
    folder.chmod(0o755)
    user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    group = {"nobody": "nogroup"}.get(user, user)
    port, tls_port = _free_port(), _free_port()
    with_tls = _certificate(folder)
    certificates = f"ssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem"
    (folder / "dovecot.conf").write_text(
        CONFIGURATION.format(
            folder=folder, user=user, group=group, port=port, tls_port=tls_port,
            ssl="yes" if with_tls else "no", certificates=certificates if with_tls else "",
        )
    )  # fmt: skip
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, user, group)
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert program is not None
    as_root = os.geteuid() == 0
    process = subprocess.Popen(
        [program, "-F", "-c", str(folder / "dovecot.conf")],
        user=user if as_root else None,
        group=group if as_root else None,
        extra_groups=[] if as_root else None,
    )
    try:
        _wait(port, process, folder)
        yield Dovecot(port, tls_port, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _certificate(folder: Path) -> bool:
    if shutil.which("openssl") is None:
        return False
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", folder / "key.pem", "-out", folder / "cert.pem",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, (folder / "log").read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("Dovecot does not answer: " + (folder / "log").read_text())
