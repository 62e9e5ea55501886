"""PostHogAnnotator: an annotation in a project, which its charts show at its time."""

from datetime import timedelta

from pydantic import AwareDatetime

from bot.adapters.posthog.monitor import words
from bot.adapters.rest import TIMEOUT, Answer, Rest
from bot.ports.annotations import WentLive

NEWEST, DAY = 100, timedelta(days=1)


class _Annotation(Answer):
    content: str = ""
    date_marker: AwareDatetime | None = None


class _Annotations(Answer):
    results: list[_Annotation]


class PostHogAnnotator:
    """One project. PostHog keeps no key of ours: its text and day find an annotation again."""

    name = "PostHog"

    def __init__(self, rest: Rest, project: int) -> None:
        self._rest = rest
        self._path = f"/api/projects/{project}/annotations/"

    async def close(self) -> None:
        """Give the connections back."""
        await self._rest.close()

    async def examine(self) -> str:
        """Whether its annotations can be read, as nothing may be written to try it."""
        await self._rest.get(_Annotations, self._path, limit=1)
        return "its annotations can be read"

    async def knows(self, event: WentLive) -> bool:
        """Whether it is among the newest annotations."""
        found = await self._rest.get(_Annotations, self._path, limit=NEWEST)
        return any(
            one.content == event.text and one.date_marker and abs(one.date_marker - event.at) < DAY
            for one in found.results
        )

    async def tell(self, event: WentLive) -> None:
        """Annotate the project."""
        body = {
            "content": event.text,
            "date_marker": event.at.isoformat(timespec="seconds"),
            "scope": "project",
            "creation_type": "GIT",
        }
        await self._rest.make(_Annotation, self._path, body)


def annotator(url: str, key: str, project: int, *, timeout: float = TIMEOUT) -> PostHogAnnotator:
    """An annotator with connections of its own."""
    return PostHogAnnotator(Rest("posthog", url, key, words=words, timeout=timeout), project)
