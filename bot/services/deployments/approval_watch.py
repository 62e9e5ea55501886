"""Approval watch: what happens while a card waits: a reminder, a moved tag, the end of the
waiting time.
"""

from datetime import timedelta

from bot.domain.approvals.approvals import is_enough, is_yet_to_begin, nudge_time
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.gates.overrides import can_be_lifted, standing
from bot.messages.deployments import notes
from bot.ports import Post, Tx, Workflow
from bot.services.closures import closures
from bot.services.deployments.asking import asking
from bot.services.deployments.voiding import let_in_before, void
from bot.services.desk import Desk, card_key, direct
from bot.services.gates.binding import bound_now, difference
from bot.services.gates.rejudging import rejudged
from bot.services.rollbacks import rolling_back
from bot.services.runs import crossing, dispatching, gate_watch

LOOK_AGAIN = timedelta(minutes=1)
"""How often a waiting card compares what it shows with what GitHub has."""


async def watch_approval(desk: Desk, deployment: Deployment) -> None:
    """Expire, void or remind, whichever is due; then wait."""
    now = desk.now()
    expires = deployment.expires_at or now
    seen = deployment
    if deployment.run_id is not None:  # whoever let it in decided before its time is over
        found = await gate_watch.still_waits(desk, deployment)
        if found is None:
            return
        seen = found
    if now >= expires:
        await _expire(desk, deployment)
        return
    is_put_off = deployment.waiting_for and not standing(deployment)
    if is_put_off and is_yet_to_begin(deployment) and await crossing.puts_off(desk, deployment):
        return  # what held it up goes on; all that it rests on is read anew after that
    judged, workflow, moved = await _as_it_is(desk, seen)
    if moved:
        await void(desk, deployment, "moved", moved)
        return
    later = min(expires, now + LOOK_AGAIN * desk.github.slowness())
    due_again = await closures.look_again(desk, deployment, later)
    if standing(judged):
        waiting = judged.with_(due_at=due_again, failures=0, waiting_for="")
        await desk.save(deployment, waiting)
        return
    if workflow is not None and is_yet_to_begin(deployment):
        await dispatching.begin(desk, judged, workflow)
        return
    if is_enough(judged):  # what blocked it was all that it waited for
        await desk.save(deployment, judged.to(State.APPROVED, now), action="opened")
        return
    opened = max(deployment.requested_at, expires - desk.config.approval.expires)
    nudge = nudge_time(opened, expires)
    if deployment.nudged_at is None:
        due_again = min(due_again, max(nudge, now + timedelta(seconds=1)))
    waiting = judged.with_(due_at=due_again, failures=0, waiting_for="")
    if deployment.nudged_at is None and now >= nudge:
        waiting = waiting.with_(nudged_at=now, due_at=min(expires, now + LOOK_AGAIN))
        await desk.save(
            deployment,
            waiting,
            action="reminded",
            posts=await asking(desk, waiting, again=True),
        )
    else:
        await desk.save(deployment, waiting, posts=await first_asking(desk, waiting))


async def _as_it_is(desk: Desk, seen: Deployment) -> tuple[Deployment, Workflow | None, str]:
    """It with what its gates say now, the workflow that it takes, and what has moved since it was
    asked for, in words. No gate judges a way back, and over targets it takes no workflow. Raises
    Fault.
    """
    if rolling_back.is_over_targets(desk, seen):
        known, moved = await rolling_back.as_tagged(desk, seen)
        return known, None, moved
    bound = await bound_now(desk, seen)
    if isinstance(bound, str):
        return seen, None, bound
    if moved := difference(seen, *bound):
        return seen, None, moved
    judged = seen if seen.is_way_back else await rejudged(desk, seen, *bound)
    return judged, bound[1], ""


async def first_asking(desk: Desk, deployment: Deployment) -> tuple[Post, ...]:
    """Who is asked for an approval, once the card is there and nothing blocks any more."""

    def is_next(tx: Tx) -> bool:
        has_card = tx.sent_ts(card_key(deployment.id)) is not None
        return has_card and tx.message_of(f"reply:{deployment.id}:asked") is None

    if standing(deployment) or is_yet_to_begin(deployment) or not await desk.store.read(is_next):
        return ()
    return await asking(desk, deployment, again=False)


async def _expire(desk: Desk, deployment: Deployment) -> None:
    then = "GitHub is asked to stop its run" if deployment.run_id else "it was not run"
    before = let_in_before(deployment)
    text = f"Nobody decided in time, so {then}. {before}Ask again when an approver is there."
    if is_yet_to_begin(deployment) and (why := deployment.waiting_for):
        late = f"It could not be begun in time, so it was not run: {why}"
        text = f"{late}. Ask again when that is over."
    if blocked := standing(deployment):
        late = f"It was still blocked when its time was over, so {then}"
        why = "; ".join(found.text for found in blocked)
        lifted = ", or have it lifted then" if can_be_lifted(blocked) else ""
        text = f"{late}: {why}. {before}Ask again when that is over{lifted}."
    ended = deployment.close(State.EXPIRED, desk.now(), "expired", text)
    post = direct(deployment, "expired", deployment.requested_by, notes.settled(ended, text))
    await desk.save(deployment, ended, action="expired", posts=(post,))
