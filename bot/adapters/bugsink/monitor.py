"""BugsinkMonitor: issues first seen since the deployment; its API is not Sentry's."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from bot.adapters import new_issues
from bot.adapters.new_issues import LATELY, in_words, of_late
from bot.adapters.rest import Answer, Rest
from bot.domain.deployments.comparing import of_issues
from bot.domain.deployments.validation import Outcome, Reading
from bot.ports.monitors import Question

PATH = "/api/canonical/0"


class _Issue(Answer):
    first_seen: AwareDatetime
    calculated_type: str = ""
    is_resolved: bool = False
    is_muted: bool = False


class _Issues(Answer):
    results: list[_Issue]


class _Release(Answer):
    version: str


class _Releases(Answer):
    results: list[_Release] = Field(default_factory=list)


class BugsinkMonitor:
    """One project. Bugsink keeps no release with an issue, so the time counts; a version that it
    has not heard of tells nothing.
    """

    what = "issues"
    pace = timedelta(seconds=30)

    def __init__(self, rest: Rest, base: str, project: int, *, fails_from: int) -> None:
        self._rest = rest
        self._project = project
        self._fails_from = fails_from
        self.url = f"{base.rstrip('/')}/issues/{project}/"

    async def close(self) -> None:
        """Give the connections back."""
        await self._rest.close()

    async def look(self, question: Question) -> Reading:
        """How many issues are new since the deployment; before one, how many are new of late."""
        if question.since is None:
            new = await self._new(question.now - LATELY)
            outcome = of_issues(len(new), self._fails_from)
            return new_issues.reading(self.url, question, outcome, of_late(new), float(len(new)))
        known = await self._rest.get(_Releases, f"{PATH}/releases/", project=self._project)
        if all(release.version != question.version for release in known.results):
            text = f"Bugsink has not heard of {question.version}: nothing is known"
            return new_issues.reading(self.url, question, Outcome.NO_DATA, text)
        new = await self._new(question.since)
        outcome = of_issues(len(new), self._fails_from)
        return new_issues.reading(self.url, question, outcome, in_words(new), float(len(new)))

    async def _new(self, since: datetime) -> list[str]:
        """The kinds of the open issues that were first seen since then."""
        found = await self._rest.get(
            _Issues, f"{PATH}/issues/", project=self._project, sort="digest_order", order="desc"
        )
        new = (one for one in found.results if self._is_new(one, since))
        return [one.calculated_type or "an error" for one in new]

    def _is_new(self, issue: _Issue, since: datetime) -> bool:
        is_open = not issue.is_resolved and not issue.is_muted
        return is_open and issue.first_seen.astimezone(UTC) >= since


def connect(
    url: str, token: str, project: int, *, fails_from: int, timeout: float = 15.0
) -> BugsinkMonitor:
    """A monitor with connections of its own."""
    rest = Rest("bugsink", url, token, words=_words, timeout=timeout)
    return BugsinkMonitor(rest, url, project, fails_from=fails_from)


def _words(data: Mapping[str, Any]) -> str:
    return str(data.get("detail") or "")
