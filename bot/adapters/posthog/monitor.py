"""PostHogMonitor: exceptions for each page view, shortly before and since a deployment."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field

from bot.adapters.rest import Answer, Rest
from bot.domain.deployments.comparing import Sample, of_rates
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.errors import Fault
from bot.ports.monitors import Question

BEFORE = timedelta(hours=1)

QUERY = (
    "select countIf(event = '$exception') as bad, countIf(event = '$pageview') as every "
    "from events where timestamp >= toDateTime('{start}', 'UTC') "
    "and timestamp < toDateTime('{end}', 'UTC'){more} limit 1"
)


class _Rows(Answer):
    results: list[list[int]]
    is_cached: bool = Field(default=False)


class PostHogMonitor:
    """One project, or one `$environment` of it."""

    what = "error_rate"
    pace = timedelta(seconds=60)

    def __init__(
        self,
        rest: Rest,
        base: str,
        project: int,
        *,
        environment: str | None,
        least: int,
        span: timedelta,
    ) -> None:
        self._rest = rest
        self._path = f"/api/projects/{project}/query/"
        self._environment = environment
        self._least = least
        self._span = span
        self.url = f"{base.rstrip('/')}/project/{project}/error_tracking"

    async def close(self) -> None:
        """Give the connections back."""
        await self._rest.close()

    async def look(self, question: Question) -> Reading:
        """The share of page views with an exception, of the newest minutes after a deployment."""
        end = question.now
        start = end - BEFORE if question.since is None else max(question.since, end - self._span)
        sample = await self._count(start, end)
        before = question.before.value if question.before else None
        rate = sample.rate
        if question.since is None:
            enough = rate is not None and sample.every >= self._least
            outcome = Outcome.OK if enough else Outcome.NO_DATA
        else:
            outcome = of_rates(sample, before, self._least)
        return Reading(
            what=self.what,
            outcome=outcome,
            text=_in_words(sample, before, self._least),
            at=question.now,
            value=rate,
            baseline=before,
            url=self.url,
        )

    async def _count(self, start: datetime, end: datetime) -> Sample:
        body = {
            "query": {"kind": "HogQLQuery", "query": query(start, end, self._environment)},
            "refresh": "force_blocking",  # otherwise it answers with what it knew before
            "name": "gonogo watch",
        }
        answer = await self._rest.ask(_Rows, self._path, body)
        if answer.is_cached:
            raise Fault("posthog", "it answered from its cache, which may be from before")
        if len(answer.results) != 1 or len(answer.results[0]) != 2:
            raise Fault("posthog", "no usable answer (one row of two numbers was expected)")
        bad, every = answer.results[0]
        if bad < 0 or every < 0:
            raise Fault("posthog", "no usable answer (a count below zero)")
        return Sample(bad=bad, every=every)


def query(start: datetime, end: datetime, environment: str | None) -> str:
    """The HogQL for one span; `environment` is one plain word by the configuration."""
    more = f" and properties.$environment = '{environment}'" if environment else ""
    times = {"start": _time(start), "end": _time(end)}
    return QUERY.format(more=more, **times)


def connect(
    url: str,
    key: str,
    project: int,
    *,
    environment: str | None,
    least: int,
    span: timedelta,
    timeout: float = 15.0,
) -> PostHogMonitor:
    """A monitor with connections of its own."""
    rest = Rest("posthog", url, key, words=words, timeout=timeout)
    return PostHogMonitor(rest, url, project, environment=environment, least=least, span=span)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _in_words(sample: Sample, before: float | None, least: int) -> str:
    known = "no baseline" if before is None else f"baseline {percent(before)}"
    if sample.rate is None or sample.every < least:
        return f"not enough data ({sample.every} page views, {least} are needed; {known})"
    return f"{percent(sample.rate)} ({known})"


def percent(rate: float) -> str:
    """A share as people read it."""
    return f"{rate * 100:.1f} %"


def words(data: Mapping[str, Any]) -> str:
    """What an answer that says no means."""
    return str(data.get("detail") or "")
