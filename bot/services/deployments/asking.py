"""Asking: the approvers are told that something waits for them, in the thread and one by one."""

from collections.abc import Collection

from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import Fault
from bot.messages.deployments import notes
from bot.ports import Post, Tx
from bot.services.desk import Desk, card_key, reply


async def asking(
    desk: Desk, deployment: Deployment, *, again: bool, but: Collection[str] = ()
) -> tuple[Post, ...]:
    """A mention of the approvers in the thread and a direct message to each, `but` to these."""

    def read(tx: Tx) -> tuple[tuple[str, ...], tuple[str, str] | None]:
        return tx.members("approver"), tx.sent_ts(card_key(deployment.id))

    members, place = await desk.store.read(read)
    decided = (deployment.requested_by, *deployment.approved_by, *but)
    approvers = tuple(who for who in members if who not in decided)
    url = await _permalink(desk, place)
    word = f"reminder-{deployment.revision}" if again else "asked"
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


async def was_asked(desk: Desk, deployment: Deployment) -> bool:
    """Whether the approvers were asked for an approval of it before."""
    key = f"reply:{deployment.id}:asked"
    return await desk.store.read(lambda tx: tx.message_of(key) is not None)


async def _permalink(desk: Desk, place: tuple[str, str] | None) -> str | None:
    """The address of the card; without it the message still says everything."""
    try:
        return await desk.chat.permalink(*place) if place else None
    except Fault:
        return None
