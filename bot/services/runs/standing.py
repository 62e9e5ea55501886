"""Standing: which jobs of a run stand at GitHub's gates, and which environments are to answer."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter

from bot.domain.approvals.protection import ANSWER_SHOWS, Protection, Standing
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Progress
from bot.domain.errors import Declined, NotFound
from bot.ports import Held
from bot.services.desk import Desk
from bot.services.runs import reviews


async def at_gate(desk: Desk, seen: Deployment) -> tuple[tuple[Held, ...], datetime | None]:
    """The environments that are to answer, a rule's once for each job that stands there; and when
    the last wait timer opens one that was answered, if there is one.
    """
    protection = seen.protection
    if protection is None or seen.run_id is None:
        return (), None
    if seen.progress is None or seen.progress.status != "waiting":
        return (), None
    held = await desk.github.held(seen.repo, seen.run_id)
    waiting = {_spelled(protection, one.environment): one for one in held}
    opens = await _opens(desk, seen, protection, waiting)
    last = max(opens.values(), default=None)
    named = await _named(desk, seen)
    if not protection.is_rule:
        people = _standing(seen.progress, waiting, named)
        jobs: dict[str, tuple[str, ...]] = {}
        for one in protection.unanswered(people, desk.now(), opens):
            jobs[one.environment] = (*jobs.get(one.environment, ()), one.job)
        asked = (
            replace(waiting[name], environment=name, jobs=found) for name, found in jobs.items()
        )
        # What somebody let in at GitHub may still have its timer to wait for.
        return tuple(one for one in asked if one.may_answer or one.environment not in opens), last
    # GitHub's list is one of people's gates; of rules the webhook tells, and the workflow.
    asked_at = await heard(desk, seen)
    told = {*waiting, *asked_at, *named.values()} or protection.environments
    asks = _asks_again(protection, seen.progress, asked_at, waiting, desk.now())
    rules = protection.unanswered(_standing(seen.progress, told, named, asks), desk.now())
    return tuple(
        Held(id=0, environment=one.environment, may_answer=True, jobs=(one.job,)) for one in rules
    ), last


async def _named(desk: Desk, seen: Deployment) -> dict[str, str]:
    """The environment of each job that stands at a gate, where the workflow file tells it. Looked
    up where it matters: there are several, or one was answered already.
    """
    protection = seen.protection
    if seen.progress is None or protection is None:
        return {}
    if len(protection.environments) < 2 and not protection.answered:
        return {}
    return await named(desk, seen, seen.progress.waiting)


async def named(desk: Desk, seen: Deployment, jobs: Iterable[str]) -> dict[str, str]:
    """The environment of each of these jobs for which the workflow file surely tells one."""
    protection = seen.protection
    if protection is None:
        return {}
    try:
        workflow = await desk.github.workflow(seen.repo, seen.workflow)
    except NotFound:
        return {}
    places = {job: workflow.environment_of(job) for job in jobs}
    return {
        job: _spelled(protection, place)
        for job, place in places.items()
        if place and "${{" not in place
    }


def _asks_again(
    protection: Protection,
    progress: Progress,
    asked_at: Mapping[str, datetime],
    listed: Collection[str],
    now: datetime,
) -> frozenset[str]:
    """The environments of which it is sure that a rule waits there, though it was answered before:
    an answer may have been lost, GitHub's webhook came since, or its list shows them once more.
    """
    since = protection.answering_at
    # A webhook right after an answer may be a late one of the job that was let in; where a job
    # stands at somebody else's gate it is taken for that.
    is_elsewhere = not set(listed) <= set(protection.environments)
    late = ANSWER_SHOWS if is_elsewhere else timedelta(0)
    asked = {name for name, at in asked_at.items() if since is None or at > since + late}
    is_still_there = not set(protection.let_in).isdisjoint(progress.waiting)
    shown = () if is_still_there or protection.is_settling(now) else listed
    return frozenset((*protection.answering, *asked, *shown))


def _standing(
    progress: Progress,
    environments: Iterable[str],
    named: Mapping[str, str],
    asks: Collection[str] = (),
) -> tuple[Standing, ...]:
    """Which jobs stand at these environments; one whose environment is not known, at each, and
    surely where it `asks`.
    """
    jobs = progress.waiting or ("",)
    return tuple(
        Standing(place, job, job in named or place in asks)
        for place in environments
        for job in jobs
        if named.get(job, place) == place
    )


async def _opens(
    desk: Desk, seen: Deployment, protection: Protection, waiting: Mapping[str, Held]
) -> dict[str, datetime]:
    """When the wait timers open the environments that were answered: GitHub lists those until
    then. Who let in there is asked for only where there is a timer.
    """
    timers = {name: one.timer for name, one in waiting.items() if one.timer}
    if not timers:
        return {}
    try:
        listed = await desk.github.reviews(seen.repo, seen.run_id or 0)
    except (Declined, NotFound):  # what was answered by us opens all the same
        listed = ()
    found = reviews.of_attempt(listed, seen.run_attempt, protection.earlier)
    approved = (name for review in found if review.approved for name in review.environments)
    let_in = {_spelled(protection, name) for name in approved}
    ends = {name: protection.opens_at(name, timer, let_in) for name, timer in timers.items()}
    return {name: at for name, at in ends.items() if at is not None}


async def heard(desk: Desk, seen: Deployment) -> dict[str, datetime]:
    """When GitHub's webhooks asked last, by environment of this deployment."""
    run = seen.run_id or 0
    told = await desk.store.read(lambda tx: tx.announced(seen.repo, run))
    assert seen.protection is not None
    oldest_first = sorted(told.items(), key=itemgetter(1))
    return {name: at for place, at in oldest_first if (name := seen.protection.ours(place))}


def _spelled(protection: Protection, name: str) -> str:
    """An environment by the name that we know it by; any other as GitHub spells it."""
    return protection.ours(name) or name
