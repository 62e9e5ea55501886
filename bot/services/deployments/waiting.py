"""Waiting: what happens to a deployment while something outside does not do what it should."""

from datetime import timedelta

import structlog

from bot.domain.deployments import aborts
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Fault
from bot.domain.rollbacks import switching
from bot.messages.deployments import aborts as words
from bot.messages.deployments import announcements, notes
from bot.ports import Tx
from bot.services.desk import Desk, announce, retry_in, tell

log = structlog.get_logger()

TELL_AFTER = 3
"""Failures in a row after which the requester is told, as long as there is no card to say it."""

ALERT_AFTER = 6
"""Failures in a row, which take a minute, after which everybody reads that a way back waits."""

NAMES = {
    "bugsink": "Bugsink",
    "digitalocean": "DigitalOcean",
    "github": "GitHub",
    "kuma": "Uptime Kuma",
    "pagerduty": "PagerDuty",
    "posthog": "PostHog",
    "sentry": "Sentry",
    "slack": "Slack",
    "ssh": "the host",
    "vercel": "Vercel",
}

CHECK_WITHIN = timedelta(minutes=10)
"""A request whose checks do not end within this is refused; it must not hold the slot for ever. A
rollback, which nothing but the next rollback has to make way for, waits.
"""


def waits_for(system: str, why: str) -> str:
    """What a card says of a passing trouble with a system, named as in a Fault."""
    return f"Waiting for {NAMES.get(system, system)} ({why})"


async def wait_for(desk: Desk, deployment_id: int, fault: Fault) -> None:
    """Say what is waited for, and look again later; a request that cannot be checked ends."""

    def put_off(tx: Tx) -> timedelta | None:
        current = tx.deployment(deployment_id)
        if current is None or current.is_terminal:
            return None
        is_late = tx.now - current.requested_at >= CHECK_WITHIN
        if current.state is State.CHECKING and is_late and not current.is_way_back:
            _give_up(tx, current, fault)
            return None
        pause = retry_in(current.failures, fault.retry_after)
        due = tx.now + pause
        if current.state is State.AWAITING_APPROVAL and current.expires_at is not None:
            due = min(due, current.expires_at) if current.expires_at > tx.now else due
        if current.state is State.SWITCHING and (until := switching.awaited_until(current.steps)):
            due = min(due, until) if until > tx.now else due
        text = waits_for(fault.system, fault.text)
        waiting = current.with_(failures=current.failures + 1, due_at=due, waiting_for=text)
        if current.state is State.ABORTING and aborts.hangs(current, tx.now):
            waiting = waiting.with_(notice=words.hangs(current, fault.text))
            alert = announcements.attention(waiting)
            tx.post(announce(desk.config, waiting, f"hangs-{current.run_id}", alert))
        saved = tx.save(current, waiting)
        if saved.state is State.CHECKING and saved.failures == TELL_AFTER:
            note = notes.still_checking(saved)
            tx.post(tell(saved, "still-checking", saved.requested_by, note))
        waits = saved.is_way_back and saved.state in (State.CHECKING, State.APPROVED)
        if waits and saved.failures == ALERT_AFTER:
            tx.post(announce(desk.config, saved, "waits", announcements.waits(saved)))
        return pause

    pause = await desk.store.run(put_off)
    log.warning(
        "waiting",
        deployment=deployment_id,
        system=fault.system,
        error=fault.text,
        pause=str(pause),
    )


def _give_up(tx: Tx, current: Deployment, fault: Fault) -> None:
    text = f"I could not check it: {fault.system} ({fault.text}). Nothing was deployed."
    ended = tx.save(current, current.end(State.REFUSED, tx.now, "not_checked", text))
    tx.audit("gonogo", "refused", ended.name, code="not_checked", why=text)
    tx.post(tell(ended, "refused", ended.requested_by, notes.refused(ended, ended.verdicts)))
