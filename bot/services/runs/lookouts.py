"""Lookouts: the workflows whose runs are watched for, and which of those runs are nobody's yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config import Config
from bot.domain.deployments import outside
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import RunSummary, pick
from bot.domain.deployments.states import Kind, State
from bot.ports import Tx
from bot.services.desk import Desk

LOOK_EVERY = timedelta(seconds=30)
SOON = timedelta(seconds=2)
"""From a webhook to the look that it asks for."""

CALLS_AN_HOUR = 1000
"""Of GitHub's 5,000, for looking whether somebody acts outside, as long as nobody does."""

_REQUEST_ID = re.compile(r"\[(D\d+-[0-9a-f]{8})(?:-\d+-\d+)?\]")
_OWN_RUN = re.compile(r"\[(D(\d+)-[0-9a-f]{8})\]")
"""The same but for the steps of a rollback, whose deployment never follows a run."""

LOOKS_NO_MORE = (State.VALIDATING, State.DEGRADED)
"""States in which an unfinished deployment no longer looks whether its run is run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookout:
    """One workflow whose runs are looked for, and the places that it deploys to.

    `kind` is what its runs are. With a `branch` it is one that merges to this branch start, and
    each of its runs is for every place.
    """

    repo: str
    workflow: str
    places: tuple[tuple[str, str], ...]
    branch: str = ""
    kind: Kind = Kind.RELEASE

    @property
    def duty(self) -> str:
        """The name of the recurring duty."""
        return f"outside:{self.repo}:{self.key}"

    @property
    def key(self) -> str:
        """What tells it from the other lookouts of the repository."""
        return f"{self.workflow}@{self.branch}" if self.branch else self.workflow


def lookouts(config: Config) -> tuple[Lookout, ...]:
    """Every workflow that deploys once, in order; what people start is before what merges start."""
    places: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for service, environment, settings, _, workflow in config.pipelines():
        places.setdefault(("", settings.repo, workflow), []).append((service, environment))
    for service, environment, settings, adopt in config.merges():
        key = (adopt.branch, settings.repo, adopt.workflow)
        places.setdefault(key, []).append((service, environment))
    back: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for service, settings in config.services.items():
        key = ("", settings.repo, settings.rollback_workflow)
        if "production" in settings.environments and key not in places:
            back.setdefault(key[1:], []).append((service, "production"))
    return (
        *(
            Lookout(repo=repo, workflow=workflow, places=tuple(found), branch=branch)
            for (branch, repo, workflow), found in sorted(places.items())
        ),
        *(
            Lookout(repo=repo, workflow=workflow, places=tuple(found), kind=Kind.ROLLBACK)
            for (repo, workflow), found in sorted(back.items())
        ),
    )


def sharing(config: Config, repo: str, workflow: str) -> tuple[outside.Place, ...]:
    """The places whose releases are runs of one workflow."""
    return next(
        one.places
        for one in lookouts(config)
        if (one.repo, one.workflow, one.branch) == (repo, workflow, "")
    )


def pace(config: Config) -> timedelta:
    """The pause between two looks: longer where many workflows share GitHub's rate limit."""
    return max(LOOK_EVERY, timedelta(hours=len(lookouts(config)) / CALLS_AN_HOUR))


def hurry(tx: Tx, config: Config, repo: str) -> None:
    """Look soon, because a run changed there; what comes close together is one look.

    A look that is due already may be under way, and have been answered before that change.
    """
    for lookout in lookouts(config):
        due = tx.duty(lookout.duty) if lookout.repo == repo else None
        if due is not None and not tx.now < due <= tx.now + SOON:
            tx.set_duty(lookout.duty, tx.now + SOON)


def new_runs(
    tx: Tx, lookout: Lookout, listed: Sequence[RunSummary], login: str
) -> tuple[RunSummary, ...]:
    """The runs that are neither known nor those of a deployment that was sent and has none yet."""
    ids = [run.id for run in listed]
    if lookout.branch:
        return _merged(tx, lookout, listed)
    since, known = tx.lookout(lookout.repo, lookout.key), tx.attempts(lookout.repo, ids)
    unfinished = tx.unfinished(lookout.repo)
    own = {one.run_id for one in unfinished if one.state not in LOOKS_NO_MORE}
    new = tuple(
        run
        for run in listed
        if run.id not in own and _is_new(tx, run, since, known.get(run.id, 0), login)
    )
    for sent in unfinished:
        if sent.dispatch and sent.run_id is None:
            ours = pick(
                new,
                sent.dispatch,
                request_id=sent.request_id or "",
                version=sent.version,
                actor=login,
                claimed=frozenset(),
            )
            new = tuple(run for run in new if run not in ours)
    return new


def _merged(tx: Tx, lookout: Lookout, listed: Sequence[RunSummary]) -> tuple[RunSummary, ...]:
    """The runs on the branch that some place has not seen."""
    since, ids = tx.lookout(lookout.repo, lookout.key), [run.id for run in listed]
    known = [tx.attempts(lookout.repo, ids, place) for place in lookout.places]
    return tuple(
        run
        for run in listed
        if run.branch == lookout.branch
        and any(outside.is_new(run, since, seen.get(run.id, 0)) for seen in known)
    )


def _is_new(tx: Tx, run: RunSummary, since: datetime | None, known: int, login: str) -> bool:
    """Whether an attempt is nobody's yet. Of our own requests the first attempt is that of its
    deployment; but not where that is over and GitHub began the run only then.
    """
    if run.attempt == 1 and run.actor == login and _is_request(tx, run):
        return not known and late_for(tx, run, login) is not None
    return outside.is_new(run, since, known)


def late_for(tx: Tx, run: RunSummary, login: str) -> Deployment | None:
    """The deployment that asked for this run and was over before any was to be seen; None where it
    is no such run.
    """
    if run.attempt != 1 or run.actor != login:
        return None
    for request_id, number in _OWN_RUN.findall(run.title):
        asked = tx.deployment(int(number))
        if asked and asked.request_id == request_id and asked.is_terminal and not asked.run_id:
            return asked
    return None


async def asked_late(desk: Desk, run: RunSummary) -> Deployment | None:
    """The deployment of ours that was over before GitHub began this run, if it is such a one."""
    login = await desk.github.login()
    return await desk.store.read(lambda tx: late_for(tx, run, login))


def _is_request(tx: Tx, run: RunSummary) -> bool:
    """Whether its title carries a request of ours, which the runs of others may show as well."""
    return any(tx.is_request(found) for found in _REQUEST_ID.findall(run.title))
