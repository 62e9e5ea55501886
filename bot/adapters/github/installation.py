"""Installation: the App's way in: short tokens for these repositories, with these rights alone."""

import json
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from bot.adapters.github.errors import answered_at, parsed, refused, translated
from bot.domain.errors import Declined, Fault
from bot.ports import Access

if TYPE_CHECKING:
    from github import Github

    from bot.adapters.github.session import Session

log = structlog.get_logger()

WANTED = {
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
"""Every right that the bot has a use for."""

NEEDED = WANTED | {
    **{"contents": "read", "pull_requests": "read"},
    **{"deployments": "", "issues": "", "members": "", "workflows": ""},
}
"""Without these it cannot deploy; the rest are for releases, reverts and hotfixes, known bugs,
drafts of post-mortems, teams and GitHub's own deployments. No workflow file is ever written, but
GitHub takes no branch or tag without that right where these files have changed since.
"""

RENEW_BEFORE = 300.0
"""Seconds before its end when a token is replaced: longer than any request takes."""

TRY_AGAIN = 30.0
"""Seconds after a renewal that failed, while the old token still holds."""

MOST_REPOSITORIES = 500
TIMEOUT = 10
_LEVELS = ("", "read", "write", "admin")


@dataclass(frozen=True, slots=True)
class _Token:
    """A token, and by `time.monotonic` when to replace it and when it is over."""

    text: str
    renew_at: float
    ends_at: float


class Installation:
    """The credentials of a GitHub App that is installed at one account.

    One thread renews the token while the others wait for it, so there is one request for it however
    many need it. A renewal that fails before the old token is over costs nothing but a line in the
    log.
    """

    def __init__(
        self,
        url: str,
        *,
        app_id: str,
        private_key: str,
        installation_id: int,
        repositories: Collection[str] = (),
    ) -> None:
        self._url = url.rstrip("/")
        self._app_id = app_id
        self._key = private_key
        self._path = f"/app/installations/{installation_id}"
        self._repositories = tuple(repositories)
        self._lock = threading.Lock()
        self._token: _Token | None = None
        self._app: Github | None = None

    def token(self) -> str:
        with self._lock:
            return self._valid()

    def renew(self, refused: str) -> bool:
        with self._lock:
            if self._token is not None and self._token.text == refused:
                self._token = None  # another thread may have renewed it already
            return self._valid() != refused

    def access(self, session: "Session") -> Access:
        with self._lock, translated(write=False):
            app, _ = self._ask("GET", "/app")
            here, _ = self._ask("GET", self._path)
        lacking = _lacking(here["permissions"], WANTED)
        missing = _lacking(here["permissions"], NEEDED)
        return Access(
            login=f"{app['slug']}[bot]",
            installed_at=str(here["account"]["login"]),
            missing=missing,
            forgone=tuple(right for right in lacking if right not in missing),
        )

    def close(self) -> None:
        if self._app is not None:
            self._app.close()

    def _valid(self) -> str:
        now = time.monotonic()
        if self._token is None or now >= self._token.renew_at:
            try:
                with translated(write=False):
                    self._token = self._mint()
            except Fault as fault:
                if self._token is None or now >= self._token.ends_at:
                    raise
                log.warning("github_token_not_renewed", error=fault.text)
                self._token = replace(self._token, renew_at=now + TRY_AGAIN)
        return self._token.text

    def _mint(self) -> _Token:
        here, _ = self._ask("GET", self._path)
        if here["suspended_at"]:
            raise Declined("github", "the installation of the App is suspended")
        body: dict[str, Any] = {"permissions": _granted(here["permissions"])}
        owner = f"{here['account']['login'].casefold()}/"
        ours = (repo for repo in self._repositories if repo.casefold().startswith(owner))
        names = sorted({repo.partition("/")[2] for repo in ours})
        if 0 < len(names) <= MOST_REPOSITORIES:
            body["repositories"] = names
        try:
            made, headers = self._ask("POST", f"{self._path}/access_tokens", body)
        except Declined as no:
            if "repositor" not in no.text:
                raise
            # One of them is gone, or not the App's; that must not stop the others.
            log.warning("github_token_not_narrowed", error=no.text)
            del body["repositories"]
            made, headers = self._ask("POST", f"{self._path}/access_tokens", body)
        ends = datetime.fromisoformat(made["expires_at"].replace("Z", "+00:00"))
        left = ends.timestamp() - answered_at(headers)
        now = time.monotonic()
        return _Token(made["token"], now + left - RENEW_BEFORE, now + left)

    def _ask(self, verb: str, path: str, body: object = None) -> tuple[Any, Mapping[str, Any]]:
        """One request as the App itself."""
        if self._app is None:
            from github import Auth

            from bot.adapters.github.session import client

            self._app = client(self._url, Auth.AppAuth(self._app_id, self._key), timeout=TIMEOUT)
        status, headers, text = self._app.requester.requestJson(verb, path, input=body)
        if status not in (200, 201):
            # Not as a write: a token that was made and never arrived does no harm.
            raise refused(status, headers, parsed(text), write=False)
        return json.loads(text), headers


def _granted(permissions: Mapping[str, str]) -> dict[str, str]:
    """What we want, as far as it was granted: asking for more would be declined."""
    lower = {
        name: min(wanted, permissions.get(name, ""), key=_LEVELS.index)
        for name, wanted in WANTED.items()
    }
    return {name: level for name, level in lower.items() if level}


def _lacking(permissions: Mapping[str, str], asked: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {level}"
        for name, level in asked.items()
        if _LEVELS.index(permissions.get(name, "")) < _LEVELS.index(level)
    )
