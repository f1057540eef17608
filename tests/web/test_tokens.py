"""Who asks: tokens of each kind, claims, and requests without a token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from runner.config import Settings
from runner.errors import UserError
from runner.web.auth import Authenticator, Keys
from runner.web.problem import Problem
from runner.web.secret import make_token
from tests.fix_runner import until
from tests.fix_web import SECRET, WebServer, serving, token

HOUR = 3600


UNSIGNED = "eyJhbGciOiJub25lIn0.eyJyb2xlIjoid2ViX2FubiJ9."
"""{"alg": "none"}, {"role": "web_ann"}"""


def ask(web: WebServer, bearer: str | None) -> httpx.Response:
    """Read one ticket with a token."""
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    return web.client().get("/helpdesk_ticket?select=id&limit=1", headers=headers)


def test_good_tokens(web: WebServer) -> None:
    """The role of the token reads with its own rights."""
    assert ask(web, token("web_ann")).status_code == 200
    assert ask(web, token("web_ben", exp=int(time.time()) + HOUR)).status_code == 200
    refused = ask(web, token("web_nobody"))
    assert (refused.status_code, refused.json()["code"]) == (403, "42501")


def test_without_a_token(web: WebServer) -> None:
    """The anonymous role has its own rights, and none here: 401 asks for a token."""
    refused = ask(web, None)
    assert (refused.status_code, refused.json()["code"]) == (401, "42501")
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    shown = web.client().get("/client?limit=1", headers={"Accept-Profile": "shop"})
    assert shown.status_code == 200


@pytest.mark.parametrize(
    ("bearer", "code"),
    [
        ("nonsense", "PGRST301"),
        ("a.b.c", "PGRST301"),
        (jwt.encode({"role": "web_ann"}, "x" * 40, algorithm="HS256"), "PGRST301"),
        (UNSIGNED, "PGRST301"),
        (token("web_ann", exp=1), "PGRST303"),
        (token("web_ann", nbf=4_000_000_000), "PGRST303"),
        (token("web_ann", aud="others"), None),
    ],
)
def test_tokens_that_are_refused(web: WebServer, bearer: str, code: str | None) -> None:
    """Broken, signed by others, expired, not yet valid; without an audience set any is taken."""
    answer = ask(web, bearer)
    if code is None:
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize(
    "role", ["pgears", "postgres", "pg_read_all_data", "nobody at all", "x" * 80]
)
def test_a_token_makes_nobody_a_superuser(web: WebServer, role: str) -> None:
    """Roles that are no accounts are refused, the owner first of all."""
    answer = ask(web, token(role))
    assert (answer.status_code, answer.json()["code"]) == (403, "PG602")


@pytest.fixture
def strict(web_database: Any, tmp_path: Path) -> Iterator[WebServer]:
    """A server with an audience, a claim of its own, and no anonymous role."""
    with serving(
        web_database,
        tmp_path,
        web_jwt_audience="pgears",
        web_jwt_role_claim="app.account",
        web_anon_role="",
    ) as served:
        yield served


def test_audience_role_claim_and_no_anonymous(strict: WebServer) -> None:
    """What settings ask of tokens."""
    claim = {"app": {"account": "web_ann"}}
    assert ask(strict, token(None, aud="pgears", **claim)).status_code == 200
    assert ask(strict, token(None, aud=["x", "pgears"], **claim)).status_code == 200
    refused = ask(strict, token(None, aud="others", **claim))
    assert (refused.status_code, refused.json()["code"]) == (401, "PGRST303")
    for bearer in (None, token("web_ann")):
        refused = ask(strict, bearer)
        assert (refused.status_code, refused.json()["code"]) == (401, "PGRST302")
    client = strict.client()  # no names of classes either, but the question of a browser
    for path in ("/helpdesk_ticket", "/helpdesk_tickex", "/rpc/x"):
        assert client.options(path).status_code == 401
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    assert client.options("/helpdesk_ticket", headers=asked).status_code == 200


def pem(key: Any) -> str:
    """The public key as text."""
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    encoded: bytes = key.public_key().public_bytes(serialization.Encoding.PEM, kind)
    return encoded.decode()


def jwk(algorithm: str, key: Any) -> dict[str, Any]:
    """The public key as a JWK."""
    found: str = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key())
    return dict(json.loads(found))


def unpadded(data: bytes) -> bytes:
    """base64url as tokens have it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")


RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
JWK = json.dumps(
    {
        "keys": [
            {**jwk("RS256", RSA), "kid": "r", "alg": "RS256"},
            {**jwk("ES256", EC), "kid": "e"},
            {"kty": "oct", "k": unpadded(SECRET.encode()).decode(), "kid": "o"},
        ]
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("key", "signed"),
    [
        (pem(RSA), jwt.encode({"role": "a"}, RSA, algorithm="RS256")),
        (pem(EC), jwt.encode({"role": "a"}, EC, algorithm="ES256")),
        (JWK, jwt.encode({"role": "a"}, RSA, algorithm="RS256", headers={"kid": "r"})),
        (JWK, jwt.encode({"role": "a"}, EC, algorithm="ES256", headers={"kid": "e"})),
        (JWK, jwt.encode({"role": "a"}, EC, algorithm="ES256")),
        (JWK, jwt.encode({"role": "a"}, SECRET, algorithm="HS256", headers={"kid": "o"})),
        (SECRET * 2, jwt.encode({"role": "a"}, SECRET * 2, algorithm="HS512")),
    ],
)
def test_kinds_of_keys(key: str, signed: str) -> None:
    """Secrets, public keys, sets of keys."""
    assert Authenticator(Keys(key)).caller(f"Bearer {signed}").role == "a"


def test_a_public_key_is_no_secret() -> None:
    """A token signed with the text of the public key as if it were a secret is refused."""
    text = pem(RSA)
    head = unpadded(b'{"alg":"HS256","typ":"JWT"}')
    body = unpadded(b'{"role":"a"}')
    mark = hmac.new(text.encode(), head + b"." + body, hashlib.sha256).digest()
    forged = b".".join((head, body, unpadded(mark)))
    with pytest.raises(Problem) as refused:
        Authenticator(Keys(text)).caller(f"Bearer {forged.decode()}")
    assert refused.value.code == "PGRST301"


@pytest.mark.parametrize(
    "key", ["short", "{}", '{"kty": "nope"}', "-----BEGIN X-----\nx\n-----END X-----"]
)
def test_unusable_keys(key: str) -> None:
    """They are told when the service starts."""
    with pytest.raises(UserError):
        Keys(key)


def test_an_expired_token_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is checked once and kept, but not beyond its end."""
    monkeypatch.setattr("runner.web.auth.LEEWAY", 0.0)
    authenticator = Authenticator(Keys(SECRET))
    bearer = f"Bearer {token('a', exp=int(time.time()) + 2)}"
    assert authenticator.caller(bearer) is authenticator.caller(bearer)

    def refused() -> bool:
        try:
            authenticator.caller(bearer)
        except Problem as problem:
            return problem.code == "PGRST303"
        return False

    until(refused, "the token to end")


@pytest.mark.parametrize("claim", ["role", "app.account", ".a.b.c"])
def test_tokens_that_are_made_here_name_the_role(claim: str) -> None:
    """Where the setting says that the service looks for it, also within objects."""
    settings = Settings(web_jwt_secret=SECRET, web_jwt_role_claim=claim)
    made = make_token(settings, "ann", 60)
    caller = Authenticator(Keys(SECRET), role_claim=claim).caller(f"Bearer {made}")
    assert caller.role == "ann"
