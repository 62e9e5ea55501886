"""The App at this GitHub: its key, its installation, and the short tokens that it is given.

Tokens live on real time, whatever the shared clock says.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.github.errors import Refused, invalid

GRANTED = {
    "actions": "write",
    "checks": "read",
    "contents": "write",
    "deployments": "write",
    "issues": "write",
    "members": "read",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "read",
    "workflows": "write",
}
UNSEEN = (
    "There is at least one repository that does not exist or is not accessible to the parent"
    " installation."
)
OVER = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time at which"
    " the assertion expires"
)
_LEVELS = ("", "read", "write")
_LONGEST_JWT = 600  # seconds
_RIGHTS = (
    (re.compile(r"/actions/runs/\d+/deployment_protection_rule"), "deployments"),
    (re.compile(r"/(actions|environments)(/|$)"), "actions"),
    (re.compile(r"/commits/[^/]+/check-runs"), "checks"),
    (re.compile(r"/commits/[^/]+/status"), "statuses"),
    (re.compile(r"/pulls(/|$)|/commits/[^/]+/pulls"), "pull_requests"),
    (re.compile(r"/deployments(/|$)"), "deployments"),
    (re.compile(r"/issues(/|$)"), "issues"),
    (re.compile(r"/."), "contents"),
)


@cache
def key() -> rsa.RSAPrivateKey:
    """The App's key, made once in a process: none is worth keeping in a file."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Grant:
    """What one token may do until `ends_at`, a time of the real clock."""

    permissions: Mapping[str, str]
    repositories: frozenset[str] | None
    ends_at: float

    def check(self, method: str, repo: str, path: str) -> None:
        """Refuse a request below `/repos/{repo}` as GitHub does: 404 for what cannot be seen."""
        if self.repositories is not None and repo.partition("/")[2] not in self.repositories:
            raise Refused(404, "Not Found")
        right = next((name for form, name in _RIGHTS if form.match(path)), "metadata")
        wanted = "read" if method == "GET" else "write"
        if _LEVELS.index(self.permissions.get(right, "")) < _LEVELS.index(wanted):
            raise Refused(403, "Resource not accessible by integration")


@dataclass
class App:
    """A GitHub App with one installation; `lifetime` of its tokens in seconds."""

    id: int
    slug: str
    account: str
    installation: int
    permissions: dict[str, str] = field(default_factory=lambda: dict(GRANTED))
    repositories: frozenset[str] | None = None
    """The names that were chosen at the installation; None for all."""

    suspended: bool = False
    lifetime: float = 3600.0
    grants: dict[str, Grant] = field(default_factory=dict)

    @property
    def login(self) -> str:
        return f"{self.slug}[bot]"

    def pem(self) -> str:
        """The key as GitHub hands it out."""
        form = serialization.PrivateFormat.TraditionalOpenSSL
        bare = serialization.NoEncryption()
        return key().private_bytes(serialization.Encoding.PEM, form, bare).decode()

    def check_jwt(self, token: str) -> None:
        """Whether this is the App itself. Raises Refused."""
        try:
            claims = jwt.decode(
                token,
                key().public_key(),
                algorithms=["RS256"],
                options={"require": ["exp", "iat", "iss"]},
            )
        except jwt.ExpiredSignatureError:
            raise Refused(401, OVER) from None
        except jwt.InvalidTokenError:
            raise Refused(401, "A JSON web token could not be decoded") from None
        if claims["exp"] > time.time() + _LONGEST_JWT:
            raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")
        if str(claims["iss"]) != str(self.id):
            raise Refused(404, "Integration not found")

    def mint(self, body: Mapping[str, object]) -> tuple[str, Grant]:
        """A new token, narrowed as asked."""
        if self.suspended:
            raise Refused(403, "This installation has been suspended")
        asked = body.get("permissions") or self.permissions
        if not isinstance(asked, Mapping):
            raise invalid("Installation", "permissions", "invalid")
        for name, level in asked.items():
            had = self.permissions.get(name, "")
            if level not in _LEVELS or _LEVELS.index(had) < _LEVELS.index(level):
                raise Refused(
                    422, "The permissions requested are not granted to this installation."
                )
        names = body.get("repositories")
        repositories = frozenset(map(str, names)) if isinstance(names, list) else self.repositories
        if repositories and self.repositories is not None and repositories - self.repositories:
            raise Refused(422, UNSEEN)
        text = f"ghs_{self.id}_{secrets.token_urlsafe(380)}"
        grant = Grant(dict(asked), repositories, time.time() + self.lifetime)
        self.grants[text] = grant
        return text, grant

    def grant(self, token: str) -> Grant:
        """What a token may do. Raises Refused when it is over, or was never one."""
        found = self.grants.get(token)
        if found is None or found.ends_at <= time.time():
            raise Refused(401, "Bad credentials")
        return found

    def expire(self) -> None:
        """End every token now, as if its hour were over."""
        self.grants.clear()
