"""Addresses, times and ids as every answer writes them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload

from sandbox.github.accounts import Account, Accounts
from sandbox.github.repository import Repository

Json = dict[str, Any]
_USER_LINKS = (
    *("events{/privacy}", "followers", "following{/other_user}", "gists{/gist_id}"),
    *("received_events", "repos", "starred{/owner}{/repo}", "subscriptions"),
)


@overload
def stamp(at: datetime) -> str: ...
@overload
def stamp(at: datetime | None) -> str | None: ...
def stamp(at: datetime | None) -> str | None:
    """GitHub's form of time: UTC, whole seconds, Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def node(kind: str, number: int | str) -> str:
    """The opaque id that GraphQL uses."""
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


@dataclass(frozen=True)
class Site:
    """Where the host answers; `root` has no slash at its end."""

    root: str
    accounts: Accounts

    def api(self, repo: Repository) -> str:
        return f"{self.root}/repos/{repo.full_name}"

    def page(self, repo: Repository) -> str:
        """The repository's address for browsers."""
        return f"{self.root}/{repo.full_name}"

    def user(self, login: str) -> Json:
        """A `simple-user`."""
        account = self.accounts[login]
        url = f"{self.root}/users/{account.login}"
        links = {f"{word.partition('{')[0]}_url": f"{url}/{word}" for word in _USER_LINKS}
        return {
            "login": account.login,
            "id": account.id,
            "node_id": node("User", account.id),
            "avatar_url": f"{self.root}/avatars/{account.id}",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{self.root}/{account.login}",
            "type": account.kind,
            "site_admin": False,
            **links,
            "organizations_url": f"{url}/orgs",
        }

    def full_user(self, account: Account) -> Json:
        """A `public-user`."""
        return self.user(account.login) | {
            "name": account.name,
            "company": None,
            "blog": "",
            "location": None,
            "email": None,
            "hireable": None,
            "bio": None,
            "public_repos": 0,
            "public_gists": 0,
            "followers": 0,
            "following": 0,
            "created_at": "2023-01-09T09:00:00Z",
            "updated_at": "2023-01-09T09:00:00Z",
        }
