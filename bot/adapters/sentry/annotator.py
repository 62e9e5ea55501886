"""SentryAnnotator: the release, and its deploy to an environment."""

from urllib.parse import quote

from bot.adapters.rest import TIMEOUT, Answer, Rest
from bot.adapters.sentry.monitor import words
from bot.domain.errors import Declined, NotFound
from bot.ports.annotations import WentLive


class _Release(Answer):
    version: str


class _Deploy(Answer):
    environment: str
    name: str = ""


class SentryAnnotator:
    """Some projects of an organisation. A deploy carries our key as its name."""

    name = "Sentry"

    def __init__(
        self, rest: Rest, organization: str, projects: tuple[str, ...], environment: str | None
    ) -> None:
        self._rest = rest
        self._releases = f"/api/0/organizations/{organization}/releases/"
        self._projects = list(projects)
        self._environment = environment

    async def close(self) -> None:
        """Give the connections back."""
        await self._rest.close()

    async def examine(self) -> str:
        """Whether its releases can be read, as nothing may be written to try it."""
        await self._rest.list(_Release, self._releases, per_page=1)
        return "its releases can be read"

    async def knows(self, event: WentLive) -> bool:
        """Whether the release has the deploy with our key."""
        try:
            found = await self._rest.list(_Deploy, self._deploys(event))
        except NotFound:
            return False
        place = self._environment or event.environment
        return any((one.name, one.environment) == (event.key, place) for one in found)

    async def tell(self, event: WentLive) -> None:
        """Make the release, unless it is there, then its deploy."""
        if not event.version:
            raise Declined("sentry", "nobody knows its version")
        at = event.at.isoformat()
        release = {
            "version": event.version,
            "projects": self._projects,
            "dateReleased": at,
            **_given(ref=event.commit, url=event.url),
        }
        # The same release again changes nothing there, so that a lost answer costs nothing.
        await self._rest.ask(_Release, self._releases, release)
        deploy = {
            "environment": self._environment or event.environment,
            "name": event.key,
            "dateFinished": at,
            "projects": self._projects,
            **_given(url=event.url),
        }
        await self._rest.make(_Deploy, self._deploys(event), deploy)

    def _deploys(self, event: WentLive) -> str:
        return f"{self._releases}{quote(event.version, safe='')}/deploys/"


def annotator(
    url: str,
    token: str,
    organization: str,
    projects: tuple[str, ...],
    *,
    environment: str | None,
    timeout: float = TIMEOUT,
) -> SentryAnnotator:
    """An annotator with connections of its own."""
    rest = Rest("sentry", url, token, words=words, timeout=timeout)
    return SentryAnnotator(rest, organization, projects, environment)


def _given(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
