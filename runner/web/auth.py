"""Who asks: the bearer token of a request, its claims, and the role that they name."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import jwt

from ..errors import UserError
from .problem import Problem

ALGORITHMS = {
    "oct": ["HS256", "HS384", "HS512"],
    "RSA": ["RS256", "RS384", "RS512", "PS256"],
    "EC": ["ES256", "ES384", "ES512"],
    "OKP": ["EdDSA"],
}
LEEWAY = 30.0
"""Seconds by which clocks may differ."""
KEPT = 1_000
FOREVER = 1 << 40


@dataclass(frozen=True, slots=True)
class Caller:
    """A role and the claims that led to it, as JSON."""

    role: str
    claims: str
    anonymous: bool


class Keys:
    """The keys that tokens may be signed with, each for algorithms of its own kind only."""

    def __init__(self, text: str) -> None:
        self._keys: list[tuple[Any, list[str], str | None]] = []
        stripped = text.strip()
        if stripped.startswith("{"):
            self._read_jwk(stripped)
        elif "-----BEGIN" in stripped:
            self._read_pem(stripped)
        else:
            length = len(text.encode())
            if length < 32:
                raise UserError(
                    "the secret of web_jwt_secret is shorter than 32 bytes",
                    "Make one: openssl rand -base64 32",
                )
            # A hash wants a key as long as itself.
            fitting = [a for a in ALGORITHMS["oct"] if length * 8 >= int(a[2:])]
            self._keys.append((text, fitting, None))

    def decode(self, token: str, audience: str | None) -> dict[str, Any]:
        """The claims of a token that one of the keys has signed; else a Problem."""
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise _undecodable(str(error)) from error
        algorithm, kid = header.get("alg"), header.get("kid")
        fitting = [
            (key, algorithms)
            for key, algorithms, own in self._keys
            if algorithm in algorithms and (kid is None or own is None or own == kid)
        ]
        if not fitting:
            raise _undecodable("No suitable key was found to decode the JWT")
        for key, algorithms in fitting:
            try:
                claims = jwt.decode(
                    token,
                    key,
                    algorithms=algorithms,
                    leeway=LEEWAY,
                    options={"verify_aud": False, "verify_sub": False, "verify_jti": False},
                )
            except jwt.InvalidSignatureError:
                continue
            except jwt.ExpiredSignatureError as error:
                raise _refused("JWT expired") from error
            except jwt.ImmatureSignatureError as error:
                raise _refused("JWT not yet valid") from error
            except (jwt.PyJWTError, OverflowError, RecursionError) as error:
                # Numbers and nesting beyond all measure are no claims.
                raise _undecodable(str(error)) from error
            _check_audience(claims, audience)
            return claims
        raise _undecodable("JWT cryptographic operation failed")

    def _read_jwk(self, text: str) -> None:
        try:
            found = json.loads(text)
            for jwk in found.get("keys", [found]):
                algorithms = ALGORITHMS[jwk["kty"]]
                algorithm = jwk.get("alg", "ES256" if jwk["kty"] == "EC" else algorithms[0])
                key = jwt.PyJWK(jwk, algorithm=algorithm)
                accepted = [jwk["alg"]] if "alg" in jwk else algorithms
                self._keys.append((key.key, accepted, jwk.get("kid")))
        except (ValueError, KeyError, AttributeError, TypeError, jwt.PyJWTError) as error:
            raise UserError("web_jwt_secret is no JWK or JWK set", str(error)) from error

    def _read_pem(self, text: str) -> None:
        for kind in ("RSA", "EC", "OKP"):
            algorithm = jwt.get_algorithm_by_name(ALGORITHMS[kind][0])
            try:
                key = algorithm.prepare_key(text)
            except (ValueError, TypeError, jwt.PyJWTError):
                continue
            self._keys.append((key, ALGORITHMS[kind], None))
            return
        raise UserError("web_jwt_secret is no PEM public key", "Give the key itself or a JWK.")


class Authenticator:
    """Turns the header Authorization into a caller."""

    def __init__(
        self,
        keys: Keys,
        *,
        audience: str | None = None,
        role_claim: str = "role",
        anonymous: str | None = None,
    ) -> None:
        self._keys = keys
        self._audience = audience
        self._role_claim = role_claim.lstrip(".").split(".")
        self._anonymous = anonymous
        self._known: OrderedDict[str, tuple[Caller, float]] = OrderedDict()

    def caller(self, authorization: str | None) -> Caller:
        """The caller of a request, or a Problem with status 401."""
        kind, _, token = (authorization or "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            return self._without_token({})
        token = token.strip()
        known = self._known.get(token)
        if known is not None and time.time() < known[1]:
            return known[0]
        claims = self._keys.decode(token, self._audience)
        caller = self._of_claims(claims)
        expires = min(int(claims.get("exp", FOREVER)), FOREVER)
        self._known[token] = (caller, expires + LEEWAY)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return caller

    def _of_claims(self, claims: dict[str, Any]) -> Caller:
        role: Any = claims
        for step in self._role_claim:
            role = role.get(step) if isinstance(role, dict) else None
        if role is None:
            return self._without_token(claims)
        if not isinstance(role, str) or not role or "\0" in role:
            raise _refused("The role claim of the JWT is no text")
        return Caller(role, json.dumps({**claims, "role": role}), anonymous=False)

    def _without_token(self, claims: dict[str, Any]) -> Caller:
        if self._anonymous is None:
            raise Problem(
                401,
                "PGRST302",
                "Anonymous access is disabled",
                hint="Send a token: Authorization: Bearer ...",
                headers={"WWW-Authenticate": "Bearer"},
            )
        claims = {**claims, "role": self._anonymous}
        return Caller(self._anonymous, json.dumps(claims), anonymous=True)


def _check_audience(claims: dict[str, Any], audience: str | None) -> None:
    if audience is None or claims.get("aud") is None:
        return
    named = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if named and audience not in named:
        raise _refused("JWT not in audience")


def _refused(message: str) -> Problem:
    return Problem(401, "PGRST303", message, headers=_challenge(message))


def _undecodable(message: str) -> Problem:
    return Problem(401, "PGRST301", message, headers=_challenge(message))


def _challenge(message: str) -> dict[str, str]:
    clean = "".join(c for c in message if c.isascii() and c.isprintable() and c not in '"\\')
    return {"WWW-Authenticate": f'Bearer error="invalid_token", error_description="{clean}"'}
