"""Warnings: what is said loudly, and once, about runs outside that cannot be followed."""

from bot.domain.deployments.outside import Place
from bot.domain.deployments.runs import RunSummary
from bot.messages.blocks import Message
from bot.messages.deployments import outside as words
from bot.ports import Post, Tx
from bot.services.desk import Desk
from bot.services.runs import lookouts
from bot.services.runs.lookouts import Lookout


async def say_conflict(desk: Desk, place: Place, run: RunSummary) -> None:
    """Once for each attempt: only one of two live operations can be followed."""
    asked = await lookouts.asked_late(desk, run)

    def say(tx: Tx) -> None:
        holder = tx.holder(*place)
        if holder is None or (run.is_over and run.updated_at <= holder.requested_at):
            return
        message = words.conflict(holder, run, asked)
        _say(tx, desk, f"conflict:{run.id}:{run.attempt}", message, holder.name, run)

    await desk.store.run(say)


async def say_unclear(desk: Desk, lookout: Lookout, run: RunSummary) -> None:
    """Nobody can tell what a run of a shared workflow deploys."""
    message = words.unclear(run, lookout.workflow, lookout.places)
    key = f"unclear:{lookout.repo}:{run.id}:{run.attempt}"
    await desk.store.run(lambda tx: _say(tx, desk, key, message, lookout.repo, run))


def _say(tx: Tx, desk: Desk, key: str, message: Message, subject: str, run: RunSummary) -> None:
    if tx.message_of(key) is None:
        tx.post(Post(key=key, channel=desk.config.slack.channel, message=message))
        tx.audit("gonogo", key.partition(":")[0], subject, run_id=run.id, login=run.actor)
