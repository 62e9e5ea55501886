"""SentryMonitor: unresolved issues that were first seen in the version that was deployed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import Field

from bot.adapters import new_issues
from bot.adapters.new_issues import LATELY, hours
from bot.adapters.rest import Answer, Rest
from bot.domain.deployments.comparing import of_issues
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.errors import NotFound
from bot.ports.monitors import Question

MOST = 100
"""So many issues Sentry tells at once."""


class _Issue(Answer):
    id: str
    title: str


class _Project(Answer):
    id: int
    has_health_data: bool = Field(default=False, alias="hasHealthData")


class _Release(Answer):
    version: str
    first_event: str = Field(default="", alias="firstEvent")
    projects: list[_Project] = Field(default_factory=list)

    def is_told_by(self, project: int, *, there: bool) -> bool:
        """Whether the app of that project told of it; making a release, as a deployment may, proves
        nothing. Whose its first event is only an answer for one environment tells (`there`), or
        that it has no other project.
        """
        ours = [one for one in self.projects if one.id == project]
        is_event_ours = there or len(self.projects) == 1
        return bool(ours) and (
            any(one.has_health_data for one in ours) or (bool(self.first_event) and is_event_ours)
        )


class SentryMonitor:
    """One project of an organisation, in one environment or in all. A release of which its app told
    Sentry nothing there tells nothing.
    """

    what = "issues"
    pace = timedelta(seconds=30)

    def __init__(
        self,
        rest: Rest,
        base: str,
        organization: str,
        project: int,
        *,
        environment: str | None,
        fails_from: int,
    ) -> None:
        self._rest = rest
        self._place = f"/api/0/organizations/{organization}"
        self._project = project
        self._environment = environment
        self._fails_from = fails_from
        self.url = f"{base.rstrip('/')}/organizations/{organization}/issues/?project={project}"

    async def close(self) -> None:
        """Give the connections back."""
        await self._rest.close()

    async def look(self, question: Question) -> Reading:
        """How many issues are new with this version; before a deployment, how many are new of
        late.
        """
        if question.since is None:
            return await self._of_late(question)
        version = question.version
        if not await self._has_heard_of(version):
            where = f" in {self._environment}" if self._environment else ""
            text = f"Sentry has not heard of {version}{where}: nothing is known"
            return new_issues.reading(self.url, question, Outcome.NO_DATA, text)
        found = await self._issues(f'is:unresolved firstRelease:"{version}"')
        outcome = of_issues(len(found), self._fails_from)
        text = new_issues.in_words([issue.title for issue in found])
        if not self._environment:
            text += " (in any environment)"
        elif not found:
            text += f" (heard of from {self._environment}, or by a deploy to it)"
        return new_issues.reading(self.url, question, outcome, text, float(len(found)))

    async def _of_late(self, question: Question) -> Reading:
        query = f"is:unresolved age:-{hours(LATELY)}h"
        found = await self._issues(query)
        text = new_issues.of_late([issue.title for issue in found])
        if not self._environment:
            text += " (in any environment)"
        outcome = of_issues(len(found), self._fails_from)
        return new_issues.reading(self.url, question, outcome, text, float(len(found)))

    async def _issues(self, query: str) -> tuple[_Issue, ...]:
        path = f"{self._place}/issues/"
        return tuple(await self._rest.list(_Issue, path, query=query, limit=MOST, **self._asked))

    async def _has_heard_of(self, version: str) -> bool:
        """Sentry lists, for an environment, the releases that an app told of from there, and those
        of which somebody, as we do, made a deploy to it: it does not say which.
        """
        path = f"{self._place}/releases/"
        try:
            found = await self._rest.list(
                _Release, path, query=version, per_page=MOST, **self._asked
            )
        except NotFound:  # of the environment, too, it has not heard
            return False
        there = bool(self._environment)
        return any(
            one.version == version and one.is_told_by(self._project, there=there) for one in found
        )

    @property
    def _asked(self) -> dict[str, str | int]:
        more = {"environment": self._environment} if self._environment else {}
        return {"project": self._project, **more}


def connect(
    url: str,
    token: str,
    organization: str,
    project: int,
    *,
    environment: str | None,
    fails_from: int,
    timeout: float = 15.0,
) -> SentryMonitor:
    """A monitor with connections of its own."""
    rest = Rest("sentry", url, token, words=words, timeout=timeout)
    return SentryMonitor(
        rest, url, organization, project, environment=environment, fails_from=fails_from
    )


def words(data: Mapping[str, Any]) -> str:
    """What an answer that says no means."""
    if detail := data.get("detail"):
        return str(detail)
    return "; ".join(f"{name}: {' '.join(why)}" for name, why in data.items())
