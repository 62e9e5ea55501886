"""Credentials: by what right we ask GitHub, and what to do when a token is not taken any more."""

from typing import TYPE_CHECKING, Protocol

from bot.ports import Access

if TYPE_CHECKING:
    from bot.adapters.github.session import Session


class Credentials(Protocol):
    """Who we are to GitHub. Every method may be called from any thread, and may take a while."""

    def token(self) -> str:
        """A token that is valid now. Raises Fault where none is to be had."""

    def renew(self, refused: str) -> bool:
        """GitHub did not take this token; whether there is another one now. Raises Fault."""

    def access(self, session: "Session") -> Access:
        """What these credentials are, as GitHub tells it. Raises Fault."""

    def close(self) -> None:
        """Let go of connections; nothing is asked any more."""


class GivenToken:
    """A token that a person made; it cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renew(self, refused: str) -> bool:
        return False

    def access(self, session: "Session") -> Access:
        return Access(login=str(session.get("/user")["login"]))

    def close(self) -> None:
        pass
