"""Merging: how a deployment that a merge started ends: quietly when it went well, told once when
it did not.
"""

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.messages.deployments import merges
from bot.ports import Post
from bot.services.desk import Desk, announce


def posts(desk: Desk, ended: Deployment) -> tuple[Post, ...]:
    """What has to be said about it; nothing where the run went well and had nothing to deploy."""
    run = ended.progress.conclusion if ended.progress else None
    code = ended.ending.code if ended.ending else ""
    if ended.state is not State.FAILED or (code == "run_failed" and run == "success"):
        return ()
    return (announce(desk.config, ended, "failed", merges.failed(ended)),)


async def not_validated(desk: Desk, deployment: Deployment, bad: Deployment) -> None:
    """Nobody decides about it: the next merge does. So it ends, and frees the slot."""
    ended = bad.end(State.FAILED, desk.now(), "not_validated", bad.notice)
    await desk.save(
        deployment, ended, action="failed", posts=posts(desk, ended), detail={"why": bad.notice}
    )
