"""Finding: the run of a dispatch whose answer was lost; adopted, awaited, or left to a person."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.deployments import runs
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Dispatch, RunSummary
from bot.domain.deployments.states import State
from bot.domain.errors import NotFound
from bot.messages.deployments import announcements, notes
from bot.services.desk import Desk, announce, reply
from bot.services.runs import twins

SEARCH_PACE = (1, 2, 3, 5, 8, 13, 20, 30)
"""Seconds between two looks for a run that is not listed yet."""

LATER = timedelta(seconds=SEARCH_PACE[-1])
MUCH_LATER = timedelta(minutes=5)
"""The pause once it has been searched for as long as makes sense."""


async def look(desk: Desk, deployment: Deployment, intent: Dispatch) -> bool:
    """Look for the run once; whether the matter is settled for now."""
    found = await candidates(desk, deployment, intent)
    if len(found) > 1 and not intent.carries_id:
        named = tuple(run.id for run in found)
        listed = ", ".join(map(str, named))
        undecided = deployment.with_(dispatch=replace(intent, candidates=named, again_by=None))
        why = f"Several runs could be this one ({listed}). Look at them, then say which it is."
        await needs_attention(desk, deployment, why, now=undecided)
        return True
    if found:
        first, *more = found
        known = deployment.with_(dispatch=twins.noted(intent, more))
        await adopt(desk, known, deployment, first.id, first.url, "run_adopted")
        return True
    return False


async def wait(desk: Desk, deployment: Deployment, intent: Dispatch) -> None:
    """Look again later, soon at first."""
    pause = _pace(intent.sent_at, desk.now())
    later = deployment.with_(due_at=desk.now() + pause, waiting_for="", failures=0)
    await desk.save(deployment, later)


async def candidates(
    desk: Desk, deployment: Deployment, intent: Dispatch
) -> tuple[RunSummary, ...]:
    """The runs that may be this deployment's, oldest first."""
    listed = await desk.github.runs(
        deployment.repo, deployment.workflow, after=intent.before_run_id
    )
    if not listed:
        return ()
    claimed = await desk.store.read(lambda tx: tx.claimed_runs(deployment.repo))
    return runs.pick(
        listed,
        intent,
        request_id=deployment.request_id or "",
        version=deployment.version,
        actor="" if intent.carries_id else await desk.github.login(),
        claimed=frozenset(run for run in claimed if run != deployment.run_id),
    )


async def adopt(
    desk: Desk, known: Deployment, stored: Deployment, run_id: int, url: str | None, action: str
) -> None:
    """Take a run as this deployment's. `known` is `stored` with what was learned meanwhile. Raises
    Stale where somebody else was first: the next look finds the same run.
    """
    running = known.follow(run_id, desk.now(), run_url=url)
    post = reply(desk.config, running, f"run-{run_id}", notes.run_found(running))
    posts = (post, *twins.found(desk.config, running))
    await desk.save(stored, running, action=action, posts=posts, detail={"run_id": run_id})


async def find_lost(desk: Desk, deployment: Deployment, run_id: int) -> None:
    """A run that GitHub no longer showed may come back, for one when a token regains a right."""
    try:
        summary, _ = await desk.github.run(deployment.repo, run_id)
    except NotFound:
        await desk.save(deployment, deployment.with_(due_at=desk.now() + LATER, waiting_for=""))
    else:
        await adopt(desk, deployment, deployment, run_id, summary.url, "run_found_again")


async def needs_attention(
    desk: Desk, deployment: Deployment, why: str, *, now: Deployment | None = None
) -> None:
    """Leave it to a person, loudly the first time, who also has the rollback begin that waits for
    it. `now` is the deployment with what is known.
    """
    known = now or deployment
    due = desk.now() + LATER
    if wish := known.rescue:
        why = f"{why.rstrip('.')}. The rollback to {wish.version} begins with Close as Failed."
    if deployment.state is State.NEEDS_ATTENTION:
        await desk.save(deployment, known.with_(notice=why, due_at=due, waiting_for=""))
        return
    if known.dispatch:
        known = known.with_(dispatch=replace(known.dispatch, again_by=None))
    waiting = known.to(State.NEEDS_ATTENTION, desk.now(), due_at=due, notice=why)
    word = f"attention-{deployment.revision}"
    post = announce(desk.config, waiting, word, announcements.attention(waiting))
    await desk.save(
        deployment, waiting, action="needs_attention", posts=(post,), detail={"why": why}
    )


def _pace(sent_at: datetime, now: datetime) -> timedelta:
    """The pause before the next look: short at first, then up to half a minute."""
    waited = (now - sent_at).total_seconds()
    total = 0
    for pause in SEARCH_PACE:
        total += pause
        if total > waited:
            return timedelta(seconds=pause)
    return LATER if now - sent_at < runs.GIVE_UP_SEARCH * 2 else MUCH_LATER
