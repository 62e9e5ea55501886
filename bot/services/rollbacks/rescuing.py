"""Rescuing: the rollback that waits for the end of a deployment begins in the transaction that ends
it.
"""

from bot.domain.deployments.deployments import Deployment
from bot.ports import Post, Tx
from bot.services.desk import Desk
from bot.services.rollbacks import rollbacks


async def end(
    desk: Desk,
    stored: Deployment,
    ended: Deployment,
    action: str,
    *posts: Post,
    **detail: object,
) -> None:
    """Store how it ended, and begin the rollback, if one waited for that."""

    def swap(tx: Tx) -> None:
        saved = tx.save(stored, ended)
        tx.audit(
            "gonogo", action, saved.name, **{"from": stored.state, "to": saved.state}, **detail
        )
        rollbacks.begin_waiting(tx, desk.config, saved)
        for post in posts:
            tx.post(post)

    await desk.store.run(swap)
    desk.wake()
