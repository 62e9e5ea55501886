"""Passing: a run that went past its gate at GitHub, and who let it."""

import structlog

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Fault
from bot.services.desk import Desk
from bot.services.runs import reviews

log = structlog.get_logger()


async def past(desk: Desk, deployment: Deployment, seen: Deployment) -> bool:
    """The run went past its gate: note who let it, and say so loudly if nobody might; False while
    that is not known, which keeps nobody from following the run, and from stopping it.

    It may be half-way, so only what a person ended is stopped now; time that ran out and a binding
    that moved were about a run that had not begun.
    """
    is_let_go_on = seen.ends_as in (State.EXPIRED, State.VOID)
    is_over = seen.progress is not None and seen.progress.is_over
    at_last = is_over or is_let_go_on
    try:
        known, found, against = await reviews.counted_past(desk, seen, at_last=at_last)
    except Fault as fault:
        if at_last:
            raise
        log.warning("not_known_who_let_it_in", deployment=seen.name, error=fault.text)
        return False
    passed, posts = reviews.judged(desk, known, against)
    action = "four_eyes_broken" if passed.four_eyes else "gate_passed"
    detail: dict[str, object] = {
        "approvals": [one.who or one.github for one in passed.approvals],
        "at_github": [one.login for one in found if one.approved],
        "why": passed.four_eyes,
    }
    if passed.state is State.ABORTING and is_let_go_on:
        passed = passed.to(State.RUNNING, desk.now(), ending=None, ends_as=None)
    followed = passed.with_(due_at=desk.now())
    await desk.save(deployment, followed, action=action, posts=posts, detail=detail)
    return True
