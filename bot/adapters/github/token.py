"""Token: who the bot is to GitHub, asked for at each request, because some tokens expire."""

from collections.abc import Callable

from github import Auth


class ProvidedToken(Auth.Token):
    """PyGithub's token, but never older than what the provider says now."""

    def __init__(self, provide: Callable[[], str]) -> None:
        super().__init__(provide())
        self._provide = provide

    @property
    def token(self) -> str:
        return self._provide()
