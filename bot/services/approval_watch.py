"""Approval watch: what happens while a card waits: a reminder, a moved tag, the end of the
waiting time.
"""

from datetime import timedelta

from bot.domain.approvals import nudge_time
from bot.domain.deployments import Deployment, State
from bot.domain.errors import Fault
from bot.domain.overrides import standing
from bot.messages import notes
from bot.ports import Post, Tx
from bot.services import closures
from bot.services.binding import what_moved
from bot.services.desk import Desk, card_key, direct, reply
from bot.services.rejudging import rejudged

LOOK_AGAIN = timedelta(minutes=1)
"""How often a waiting card compares what it shows with what GitHub has."""


async def watch_approval(desk: Desk, deployment: Deployment) -> None:
    """Expire, void or remind, whichever is due; then wait."""
    now = desk.now()
    expires = deployment.expires_at or now
    if now >= expires:
        await _expire(desk, deployment)
        return
    moved = await what_moved(desk, deployment)
    if moved:
        await void(desk, deployment, "moved", moved)
        return
    judged = await rejudged(desk, deployment)
    later = min(expires, now + LOOK_AGAIN * desk.github.slowness())
    due_again = await closures.look_again(desk, deployment, later)
    if standing(judged):
        waiting = judged.with_(due_at=due_again, failures=0, waiting_for="")
        await desk.save(deployment, waiting)
        return
    nudge = nudge_time(deployment.requested_at, expires)
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


async def first_asking(desk: Desk, deployment: Deployment) -> tuple[Post, ...]:
    """Who is asked for an approval, once the card is there and nothing blocks any more."""

    def is_next(tx: Tx) -> bool:
        has_card = tx.sent_ts(card_key(deployment.id)) is not None
        return has_card and tx.message_of(f"reply:{deployment.id}:asked") is None

    if standing(deployment) or not await desk.store.read(is_next):
        return ()
    return await asking(desk, deployment, again=False)


async def asking(desk: Desk, deployment: Deployment, *, again: bool) -> tuple[Post, ...]:
    """A mention of the approvers in the thread and a direct message to each."""

    def read(tx: Tx) -> tuple[tuple[str, ...], tuple[str, str] | None]:
        return tx.members("approver"), tx.sent_ts(card_key(deployment.id))

    members, place = await desk.store.read(read)
    decided = (deployment.requested_by, *deployment.approved_by)
    approvers = tuple(who for who in members if who not in decided)
    url = await _permalink(desk, place)
    word = "reminder" if again else "asked"
    note = notes.asking(deployment, approvers, again=again)
    direct = [
        Post(
            key=f"dm:{deployment.id}:{word}:{who}",
            channel=who,
            message=notes.asking_you(deployment, url, again=again),
        )
        for who in approvers
    ]
    return (reply(desk.config, deployment, word, note), *direct)


async def _permalink(desk: Desk, place: tuple[str, str] | None) -> str | None:
    """The address of the card; without it the message still says everything."""
    try:
        return await desk.chat.permalink(*place) if place else None
    except Fault:
        return None


async def void(desk: Desk, deployment: Deployment, code: str, why: str) -> None:
    """End a deployment whose approval no longer holds, and tell both people."""
    text = f"{why}; the approval is void. Nothing was deployed. Ask for a new one."
    ended = deployment.end(State.VOID, desk.now(), code, text)
    people = dict.fromkeys(who for who in (deployment.requested_by, *deployment.approved_by) if who)
    posts = tuple(direct(deployment, "void", who, notes.settled(ended, text)) for who in people)
    await desk.save(deployment, ended, action="voided", posts=posts, detail={"why": why})


async def _expire(desk: Desk, deployment: Deployment) -> None:
    text = "Nobody decided in time, so it was not run. Ask again when an approver is there."
    ended = deployment.end(State.EXPIRED, desk.now(), "expired", text)
    post = direct(deployment, "expired", deployment.requested_by, notes.settled(ended, text))
    await desk.save(deployment, ended, action="expired", posts=(post,))
