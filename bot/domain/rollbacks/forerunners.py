"""Forerunners: the versions that ran well in a place before gonogo was set up, as the runs of the
release workflow tell; a rollback may go to one of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.deployments import outside
from bot.domain.deployments.runs import RunSummary
from bot.domain.deployments.states import Kind
from bot.domain.metrics.history import Record, Result
from bot.domain.versions import Version

MOST = 3
"""How many earlier versions are learnt: each costs a look at the jobs of its run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forerunner:
    """One run that brought a version there; `by` is a Slack user id, empty where nobody is known.

    It is a rollback when the version before it was a newer one.
    """

    service: str
    environment: str
    run_id: int
    version: str
    kind: Kind
    at: datetime
    by: str = ""

    @property
    def record(self) -> Record:
        """The run as the history reads it; the health of that time is not known."""
        return Record(
            id=f"run {self.run_id}",
            service=self.service,
            environment=self.environment,
            version=self.version,
            kind=self.kind,
            result=Result.SUCCESS,
            requested_at=self.at,
            live_at=self.at,
            requested_by=self.by,
        )


def runs_before(
    listed: Iterable[RunSummary],
    live: str,
    place: tuple[str, str],
    sharing: Iterable[outside.Place],
) -> tuple[tuple[RunSummary, str], ...]:
    """The good runs with their versions up to the one that brought `live`, the newest first.

    What came after it was left again, whatever its run says. Where no run brought `live`, only
    older versions count.
    """
    good = good_runs(listed, place, sharing)
    for number, (_, version) in enumerate(good):
        if version == live:
            return good[number:]
    ours = Version.parse(live)
    return tuple(
        (run, version)
        for run, version in good
        if ours is None or ((found := Version.parse(version)) and found < ours)
    )


def good_runs(
    listed: Iterable[RunSummary], place: outside.Place, sharing: Iterable[outside.Place]
) -> tuple[tuple[RunSummary, str], ...]:
    """The runs that ended well, with the versions that they were to bring to a place, the newest
    first. Where several are `sharing` the workflow, a run has to name this one.
    """
    places = tuple(sharing)
    return tuple(
        (run, str(version))
        for run in sorted(listed, key=lambda run: run.id, reverse=True)
        if run.conclusion == "success" and outside.place_of(run, places) == place
        if (version := Version.find(run.title))
    )


def newest_of_each(runs: Sequence[tuple[RunSummary, str]], live: str) -> dict[str, RunSummary]:
    """The run by which each of the newest versions but `live` is judged."""
    found: dict[str, RunSummary] = {}
    for run, version in runs:
        if version != live and len(found) < MOST:
            found.setdefault(version, run)
    return found


def forerunners(
    runs: Sequence[tuple[RunSummary, str]],
    proven: Iterable[str],
    place: tuple[str, str],
    people: dict[str, str],
) -> tuple[Forerunner, ...]:
    """The runs of these versions as history, oldest first; `people` are Slack ids by login."""
    kept = [(run, version) for run, version in reversed(runs) if version in set(proven)]
    before: Version | None = None
    made = []
    for run, text in kept:
        version = Version.parse(text)
        went_back = before is not None and version is not None and version < before
        before = version
        made.append(
            Forerunner(
                service=place[0],
                environment=place[1],
                run_id=run.id,
                version=text,
                kind=Kind.ROLLBACK if went_back else Kind.RELEASE,
                at=run.updated_at,
                by=people.get(run.actor, ""),
            )
        )
    return tuple(made)
