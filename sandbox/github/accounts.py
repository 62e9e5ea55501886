"""Who exists on this GitHub: accounts, the tokens that speak for them, and teams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SCOPES = ("read:org", "repo", "workflow")


@dataclass(frozen=True)
class Account:
    """A user, a bot user or an organisation."""

    id: int
    login: str
    name: str
    kind: str = "User"

    @property
    def email(self) -> str:
        return f"{self.id}+{self.login}@users.noreply.github.com"


class Accounts:
    """All accounts by login; ids are given in the order of creation."""

    def __init__(self, people: Iterable[tuple[str, str]], owner: str) -> None:
        self._by_login: dict[str, Account] = {}
        self._tokens: dict[str, str] = {}
        self.scopes: dict[str, tuple[str, ...]] = {}
        self.teams: dict[str, tuple[str, ...]] = {}
        self.add(owner, owner.capitalize(), "Organization")
        self.add("github-actions[bot]", "github-actions[bot]", "Bot")
        for login, name in people:
            self.add(login, name, "User")

    def add(self, login: str, name: str, kind: str) -> None:
        self._by_login[login] = Account(1000 + len(self._by_login), login, name, kind)

    def allow(self, tokens: Mapping[str, str]) -> None:
        """Accept these tokens; each speaks for the login it is mapped to. Classic ones (`ghp_…`)
        have scopes.
        """
        self._tokens |= tokens
        self.scopes |= {token: SCOPES for token in tokens if token.startswith("ghp_")}

    def find(self, login: str) -> Account | None:
        return self._by_login.get(login)

    def __getitem__(self, login: str) -> Account:
        """The account; logins of people who have left are shown as GitHub's `ghost`."""
        return self._by_login.get(login) or Account(10137, "ghost", "Deleted user")

    def of_token(self, token: str) -> Account | None:
        login = self._tokens.get(token)
        return self._by_login.get(login) if login else None
