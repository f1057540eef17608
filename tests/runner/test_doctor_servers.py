"""Doctor looks at servers and files around the instance: each fault is made, found and mended."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import jwt
import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg.types.json import Jsonb

from runner.binaries import system
from runner.config import Settings
from runner.doctor import Finding, examine
from runner.doctor.endpoint import Endpoint, of_database
from runner.doctor.secretfiles import certificate_files, secret_files
from runner.doctor.servers import look, servers
from runner.throwaway import child_server
from tests.fix_database import Database
from tests.fix_runner import ROOT, until
from tests.fix_server import SETTINGS
from tests.fix_web import free_port
from tests.peers.dovecot import dovecot
from tests.peers.smtp_tls import smtp_tls
from tests.peers.target import target

KEY = ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Pair:
    """A certificate that signs itself, and its key, in files."""

    certificate: Path
    key: Path

    @property
    def context(self) -> ssl.SSLContext:
        """For a server."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context


def pair(folder: Path, days: float, name: str = "localhost") -> Pair:
    """A certificate that ends in so many days; negative: that has ended."""
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = [x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=100))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(KEY, hashes.SHA256())
    )
    certificate, key = folder / f"cert{days}.pem", folder / f"key{days}.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        KEY.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return Pair(certificate, key)


@contextmanager
def https(keys: Pair) -> Iterator[int]:
    """A web server; gives its port."""
    with target(keys.context) as found:
        yield found.port


def one(endpoint: Endpoint) -> Finding:
    """What is found of a server."""
    [found] = servers([endpoint], seconds=20)
    return found


SERVERS: list[tuple[str, str, Callable[[Pair], Any]]] = [
    ("smtp", "tls", lambda keys: smtp_tls("tls", keys.certificate, keys.key)),
    ("smtp", "starttls", lambda keys: smtp_tls("starttls", keys.certificate, keys.key)),
    ("http", "tls", https),
]


@pytest.mark.parametrize(("protocol", "tls", "serve"), SERVERS)
def test_certificate_of_a_server(
    tmp_path: Path, protocol: Any, tls: str, serve: Callable[[Pair], Any]
) -> None:
    """Not trusted, of another name, ending, ended; mended by a new one and its authority."""
    long, short, over = (pair(tmp_path, days) for days in (90, 5, -2))
    other = pair(tmp_path, 91, "elsewhere.example")
    here = Endpoint("one", protocol, "localhost", tls=tls)
    with serve(long) as port:
        found = one(replace(here, port=port))
        assert (found.state, "not trusted: self-signed" in found.found) == ("wrong", True), found
        assert "ca_file" in found.mend
        found = one(replace(here, port=port, ca_file=str(long.certificate)))
        assert (found.state, "in 90 days" in found.found) == ("fine", True), found
    for keys, state, says in (
        (short, "doubtful", "in 5 days"),
        (over, "wrong", "certificate has expired"),
        (other, "wrong", "ostname mismatch"),
        (long, "fine", "in 90 days"),
    ):
        with serve(keys) as port:
            found = one(replace(here, port=port, ca_file=str(keys.certificate)))
            assert (found.state, says in found.found) == (state, True), found
            assert ("Renew the certificate" in found.mend) == (state != "fine")


@pytest.mark.skipif(
    shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None,
    reason="dovecot is not installed",
)
def test_certificate_of_a_mailbox() -> None:
    """The same of IMAP, both ways to TLS."""
    with dovecot() as server:
        for tls, port in (("tls", server.tls_port), ("starttls", server.port)):
            here = Endpoint("box", "imap", "localhost", port, tls)
            assert "not trusted" in one(here).found
            found = one(replace(here, ca_file=str(server.certificate)))
            assert (found.state, "in 1 days" in found.found) == ("doubtful", True), found


@pytest.fixture
def tls_server() -> Iterator[tuple[str, Path]]:
    """A PostgreSQL of this system, as that of pgears is built without TLS; and its folder."""
    programs = system()
    if programs is None:
        pytest.skip("no PostgreSQL 15 or newer is installed on this system")
    folder = Path(tempfile.mkdtemp(prefix="pgears-test-"))
    folder.chmod(0o755)
    try:
        with child_server(folder, SETTINGS, programs) as url:
            yield url, folder
    finally:
        shutil.rmtree(folder)


def test_certificate_of_postgresql(tls_server: tuple[str, Path], tmp_path: Path) -> None:
    """By its own way to TLS; what sslmode does not verify is not wrong."""
    url, _ = tls_server
    keys = pair(tmp_path, 90)
    database = Endpoint("database", "postgresql")
    place = of_database(database, url)
    strict = of_database(database, f"{url}?sslmode=verify-full")
    assert (place.tls, one(place).found.endswith("answers, without TLS")) == ("prefer", True)
    assert (one(strict).state, "offers no TLS" in one(strict).found) == ("wrong", True)
    with psycopg.connect(url, autocommit=True) as conn:
        [(data,)] = conn.execute("show data_directory").fetchall()
        owner = Path(data).stat()
        for source, name in ((keys.certificate, "server.crt"), (keys.key, "server.key")):
            copy = Path(shutil.copy(source, Path(data) / name))
            copy.chmod(0o600)
            os.chown(copy, owner.st_uid, owner.st_gid)
        conn.execute("alter system set ssl = on")
        conn.execute("select pg_reload_conf()")
        until(lambda: "no TLS" not in one(strict).found, "TLS of the server")
    found = one(place)
    assert (found.state, "sslmode lets nobody verify" in found.found) == ("fine", True)
    found = one(strict)
    assert (found.state, "not trusted" in found.found) == ("wrong", True)
    found = one(replace(strict, ca_file=str(keys.certificate)))
    assert (found.state, "in 90 days" in found.found) == ("fine", True), found


@pytest.mark.parametrize(
    ("options", "tls", "verified", "ca_file"),
    [
        ("", "prefer", "nothing", None),
        ("?sslmode=disable", "none", "nothing", None),
        ("?sslmode=require", "starttls", "nothing", None),
        ("?sslmode=require&sslrootcert=/ca.pem", "starttls", "authority", "/ca.pem"),
        ("?sslmode=verify-ca&sslrootcert=/ca.pem", "starttls", "authority", "/ca.pem"),
        ("?sslmode=verify-full&sslrootcert=/ca.pem", "starttls", "name", "/ca.pem"),
        ("?sslrootcert=system", "starttls", "name", None),
    ],
)
def test_what_libpq_verifies(
    monkeypatch: pytest.MonkeyPatch, options: str, tls: str, verified: str, ca_file: str | None
) -> None:
    """As its documentation says."""
    monkeypatch.setenv("HOME", "/no/such/home")
    for scheme in ("postgresql", "postgresql+psycopg"):
        url = f"{scheme}://a:b@db.example:6432/x{options}"
        found = of_database(Endpoint("x", "postgresql"), url)
        assert (found.place, found.tls, found.verified, found.ca_file) == (
            "db.example:6432", tls, verified, ca_file,
        )  # fmt: skip
    for url in ("mysql://a:b@db.example/x", "postgresql://a:b@%2Frun/x", "host=a,b", "nonsense"):
        assert of_database(Endpoint("x", "postgresql"), url).host is None


def test_servers_that_are_away() -> None:
    """Refused, silent, without a name: findings within the time of one look, side by side."""
    with socket.socket() as silent, socket.socket() as free:
        silent.bind(("127.0.0.1", 0))
        silent.listen(100)
        free.bind(("127.0.0.1", 0))
        places = [
            Endpoint(f"silent {n}", "http", "127.0.0.1", silent.getsockname()[1]) for n in range(20)
        ]
        refused = Endpoint("refused", "smtp", "127.0.0.1", free.getsockname()[1], "starttls")
        nameless = Endpoint("nameless", "imap", "no.such.name.invalid", 993)
        found = list(servers([refused, nameless, *places], seconds=1.0))
    assert len(found) == 22
    assert {each.state for each in found} == {"doubtful"}
    assert all("is not reached" in each.found and each.mend for each in found)
    assert "no answer within" in found[-1].found


def test_looks_are_side_by_side() -> None:
    """Each of ten servers answers only when all of them have been called."""
    all_there = threading.Barrier(10, timeout=20)

    def serve(listener: socket.socket) -> None:
        peer, _ = listener.accept()
        all_there.wait()
        peer.close()

    with socket.socket() as once:
        once.bind(("127.0.0.1", 0))
        once.listen(10)
        threads = [threading.Thread(target=serve, args=(once,)) for _ in range(10)]
        for thread in threads:
            thread.start()
        port = once.getsockname()[1]
        looks = look([Endpoint(str(n), "http", "127.0.0.1", port) for n in range(10)], 20)
        for thread in threads:
            thread.join()
    assert all(each.done and each.error for each in looks)
    assert not all_there.broken


def test_server_without_tls(tmp_path: Path) -> None:
    """A mail server that is asked for STARTTLS and has none."""
    keys = pair(tmp_path, 90)
    with smtp_tls("none", keys.certificate, keys.key) as port:
        here = Endpoint("plain", "smtp", "127.0.0.1", port, "starttls")
        refused, plain = one(here), one(replace(here, tls="none"))
    assert (refused.state, refused.found.endswith("offers no TLS")) == ("wrong", True)
    assert "Switch TLS on" in refused.mend
    assert (plain.state, plain.found.endswith("answers, without TLS")) == ("fine", True)


def test_target_inside(tmp_path: Path) -> None:
    """An address that calls may not reach is not reached by doctor either, until it is allowed."""
    keys = pair(tmp_path, 90)
    with https(keys) as port:
        here = Endpoint(
            "target a.b", "http", "localhost", port, ca_file=str(keys.certificate), allow=()
        )
        found = one(here)
        assert (found.state, "not public" in found.found) == ("wrong", True)
        assert found.mend == "Name it in allow of the target a.b."
        assert one(replace(here, allow=("localhost",))).state == "fine"


def told(settings: Settings, *known: Endpoint) -> list[Finding]:
    """What is found of files; nothing when all is fine."""
    found = [*secret_files(settings, known), *certificate_files(known)]
    assert all(each.mend for each in found if each.state != "fine")
    return [each for each in found if each.state != "fine"]


def token(days: float) -> str:
    """A signed token that ends in so many days."""
    ends = datetime.now(UTC) + timedelta(days=days, hours=1)
    return jwt.encode({"exp": ends}, "of no interest here, but of thirty-two bytes or more")


def test_secret_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, empty, open to all, no text; each is mended as it says."""
    path = tmp_path / "secret"
    box = Endpoint("mailbox a.b", "imap", secrets=(f"file:{path}",))
    bare = Settings(home=tmp_path)
    for fault, state, says, mend in (
        (lambda: None, "wrong", "No such file", "Make the file"),
        (lambda: path.write_text(" \n"), "wrong", "is empty", "Store it in"),
        (lambda: path.write_bytes(b"\xff\xfe\xfa"), "wrong", "it is no text", "Make the file"),
    ):
        fault()
        if path.exists():
            path.chmod(0o600)
        [found] = told(bare, box)
        assert (found.state, says in found.found, mend in found.mend) == (state, True, True), found
        assert "mailbox a.b" in found.found
    path.write_text("hush-hush-hush\n")
    path.chmod(0o644)
    [found] = told(bare, box)
    assert (found.state, "open to every account" in found.found) == ("doubtful", True)
    assert found.mend == f"chmod o-rwx {path}"
    subprocess.run(found.mend.split(), check=True)
    assert told(bare, box) == []

    named = Endpoint("target a.b", "http", secrets=("env:DOCTOR_SECRET",))
    [found] = told(bare, named)
    assert (found.state, "DOCTOR_SECRET" in found.mend) == ("doubtful", True)
    monkeypatch.setenv("DOCTOR_SECRET", "hush-hush-hush")
    assert told(bare, named) == []


def test_secrets_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of tokens, and files that stand for variables; a public key may be read by all."""
    for name in ("jwt", "token", "url"):
        (tmp_path / name).write_text("hush-hush-hush")
        (tmp_path / name).chmod(0o644)
    monkeypatch.setenv("PGEARS_DATABASE_URL_FILE", str(tmp_path / "url"))
    settings = Settings(
        home=tmp_path,
        web_jwt_secret=f"file:{tmp_path}/jwt",
        metrics_token=f"file:{tmp_path}/token",
    )
    found = told(settings)
    whose = ("PGEARS_WEB_JWT_SECRET", "PGEARS_METRICS_TOKEN", "PGEARS_DATABASE_URL_FILE")
    for name in whose:
        assert [name in each.found for each in found].count(True) == 1
    for each in found:
        subprocess.run(each.mend.split(), check=True)
    assert told(settings) == []
    (tmp_path / "jwt").write_text("-----BEGIN PUBLIC KEY-----\n...\n-----END PUBLIC KEY-----\n")
    (tmp_path / "jwt").chmod(0o644)
    assert told(settings) == []


def test_tokens_that_end(tmp_path: Path) -> None:
    """A signed token says itself when it ends; mended by a newer one."""
    path = tmp_path / "token"
    path.touch(0o600)
    box = Endpoint("target a.b", "http", secrets=(f"file:{path}",))
    for days, state in ((-2, "wrong"), (3, "doubtful"), (90, None)):
        path.write_text(token(days))
        found = told(Settings(home=tmp_path), box)
        assert [each.state for each in found] == ([] if state is None else [state])
        assert all("Renew it" in each.mend and str(path) in each.mend for each in found)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody who may not write")
def test_refresh_token_that_cannot_be_renewed(tmp_path: Path) -> None:
    """Somebody else's folder: what the server renews would be lost."""
    folder = Path(tempfile.mkdtemp(prefix="pgears-test-"))
    folder.chmod(0o755)
    path = folder / "refresh"
    path.write_text("hush-hush-hush")
    path.chmod(0o640)
    os.chown(path, 0, 65534)
    box = Endpoint("mailbox a.b", "imap", secrets=(f"file:{path}",), renewed=f"file:{path}")

    def as_nobody() -> list[Finding]:
        os.setegid(65534)
        os.seteuid(65534)
        try:
            return told(Settings(home=tmp_path), box)
        finally:
            os.seteuid(0)
            os.setegid(0)

    try:
        [found] = as_nobody()
        assert (found.state, "cannot be renewed" in found.found) == ("wrong", True)
        assert f"write {path}" in found.mend
        for place in (path, folder):
            os.chown(place, 65534, 65534)
        assert as_nobody() == []
    finally:
        shutil.rmtree(folder)


def test_certificate_files(tmp_path: Path) -> None:
    """Authorities to trust: missing, no certificate, ended, ending; a longer one mends it."""
    path = tmp_path / "ca.pem"
    here = Endpoint("target a.b", "http", "localhost", 443, ca_file=str(path))
    [found] = told(Settings(home=tmp_path), here)
    assert (found.state, "No such file" in found.found) == ("wrong", True)
    path.write_text("no certificate")
    [found] = told(Settings(home=tmp_path), here)
    assert (found.state, "no certificate in PEM form" in found.found) == ("wrong", True)
    for days, state in ((-2, "wrong"), (3, "doubtful"), (90, None)):
        path.write_bytes(pair(tmp_path, days).certificate.read_bytes())
        found_now = told(Settings(home=tmp_path), here)
        assert [each.state for each in found_now] == ([] if state is None else [state])
        assert all(f"into {path}" in each.mend for each in found_now)


CONFIGURED = """
  insert into meta.model (code, name) values ('shop', '{"en": "Shop"}');
  select meta.create_class(m.id, 'item', '{"columns": {"name": {"type": "text"}}}')
  from meta.model as m;
"""


def configure(conn: psycopg.Connection[Any], port: int, ca_file: str, secret: str) -> None:
    """One of each that talks to servers."""
    conn.execute(CONFIGURED.encode())
    conn.execute(
        "select mail.set_account('office', %s)",
        (
            Jsonb(
                {
                    "host": "localhost", "port": port, "tls": "tls",
                    "from_address": "a@example.org", "login": "a", "secret": secret,
                }
            ),
        ),
    )  # fmt: skip
    conn.execute(
        "select http.set_target(m.id, 'erp', %s) from meta.model as m",
        (
            Jsonb(
                {
                    "url": f"https://localhost:{port}/api", "ca_file": ca_file,
                    "allow": ["localhost"], "auth": "bearer", "secret": secret,
                    "signing_secrets": ["env:DOCTOR_SIGNING"],
                }
            ),
        ),
    )  # fmt: skip
    for code, definition in (
        (
            "box",
            {"driver": "imap", "host": "localhost", "port": port, "login": "a", "secret": secret},
        ),
        ("gone", {"driver": "imap", "host": "{{app.par.no_such}}", "login": "a", "secret": secret}),
        ("folder", {"driver": "maildir", "path": "/x"}),
    ):
        conn.execute(
            """
            insert into mail.mailbox (model_id, code, class_id, enabled, definition)
            select m.id, %s, c.id, true, %s from meta.model as m cross join meta.class as c
            """,
            (code, Jsonb(definition)),
        )
    conn.execute("select replica.set_peer('oslo', %s)", (secret,))


def test_command_looks_at_all_that_is_configured(database: Database, tmp_path: Path) -> None:
    """Accounts, mailboxes, targets, peers, the database; nobody is called unless asked."""
    keys = pair(tmp_path, 5)
    secret = tmp_path / "secret"
    secret.write_text(f"postgresql://x:hush-hush-hush@localhost:{free_port()}/x")
    secret.chmod(0o600)
    called = threading.Event()
    with target(keys.context) as other, database.connect() as conn:
        other.on_request = lambda request: called.set()
        configure(conn, other.port, str(keys.certificate), f"file:{secret}")
        clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}

        def doctor(*options: str) -> dict[str, list[dict[str, str]]]:
            done = subprocess.run(
                [sys.executable, "-m", "runner", "doctor", "--json", *options],
                cwd=tmp_path,
                env={**clean, "PGEARS_DATABASE_URL": database.url, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=False,
            )
            assert "hush" not in done.stdout
            assert "Traceback" not in done.stderr, done.stderr
            found: dict[str, list[dict[str, str]]] = {}
            for each in json.loads(done.stdout):
                found.setdefault(each["check"], []).append(each)
            return found

        quiet, asked = doctor(), doctor("--servers")
    assert [each["found"] for each in quiet["servers"]] == [
        "not looked at; that is done by: pgears doctor --servers"
    ]
    [ending] = quiet["certificates"]
    assert (ending["state"], "ends in 5 days" in ending["found"]) == ("doubtful", True)
    [unset] = quiet["secrets"]
    assert "env:DOCTOR_SIGNING of target shop.erp" in unset["found"]
    looked = {each["found"].partition(" (")[0]: each for each in asked["servers"]}
    assert set(looked) == {
        "database", "mail account office", "mailbox shop.box", "mailbox shop.gone", "peer oslo",
        "target shop.erp",
    }  # fmt: skip
    assert "in 5 days" in looked["target shop.erp"]["found"]
    assert "not trusted" in looked["mail account office"]["found"]
    assert "not trusted" in looked["mailbox shop.box"]["found"]
    assert "is not reached" in looked["mailbox shop.gone"]["found"]
    assert "is not reached" in looked["peer oslo"]["found"]
    assert not called.is_set()


def test_a_copy_calls_nobody(database: Database, tmp_path: Path) -> None:
    """Not even to look."""
    with database.connect() as conn:
        conn.execute("update core.setting set value = '\"elsewhere\"' where code = 'place'")
    found = examine(Settings(home=tmp_path, database_url=database.url), others=True)
    [each] = [each for each in found if each.check == "servers"]
    assert each.found == "not looked at: an inert copy calls nobody"
