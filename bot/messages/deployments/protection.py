"""Protection in words: the alerts about a run that waits at GitHub, or went past its gate."""

from datetime import UTC, datetime

from bot.domain.approvals.protection import Protection
from bot.domain.deployments.deployments import Deployment
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments.cards import title


def four_eyes(deployment: Deployment) -> Message:
    """The top-level alert that a run went on without the approval that it needs."""
    advice = "Production may have changed. Look at it now, and at who may approve at GitHub."
    return _alert(deployment, "four eyes broken", deployment.four_eyes, advice)


def ended_at_gate(deployment: Deployment) -> Message:
    """The top-level alert that a run ended while it waited for the approval."""
    why = deployment.ending.text if deployment.ending else ""
    return _alert(deployment, "its run ended at GitHub's gate", why, "")


def waits_outside(deployment: Deployment, protection: Protection) -> str:
    """What a run that was started outside waits for, and who can do what about it."""
    if not protection.is_rule:
        names = " and ".join(protection.environments)
        return (
            f"The run waits at GitHub's environment {names}. It was started outside, so it is "
            "approved or rejected there"
        )
    at = "my own rule" if protection.announced else "GitHub"
    again = f"/deploy {deployment.version}".strip()
    return (
        f"The run waits at {at}, and I let in only what was asked for in Slack. Press Cancel, then "
        f"`{again}`"
    )


def not_let_in(deployment: Deployment) -> Message:
    """The top-level alert that a run started outside waits where nobody will let it in."""
    advice = "Until then it holds the slot."
    return _alert(deployment, "nobody lets its run in", f"{deployment.waiting_for}.", advice)


def not_answered(deployment: Deployment, why: str) -> Message:
    """The top-level call for a person where GitHub does not take what was approved."""
    advice = "Approve the run in the browser, or press Cancel on the card."
    return _alert(deployment, "GitHub does not take the approval", why, advice)


def unread(deployment: Deployment) -> Message:
    """The top-level alert that GitHub goes on not to tell who answers at a gate."""
    why = deployment.protection.unread if deployment.protection else ""
    advice = (
        "Approve or reject it here: whose answer it is in the browser, nobody can tell. Let the "
        "App, or the token, read Actions."
    )
    return _alert(deployment, "GitHub does not tell who answers at its gate", why, advice)


def timer(opens_at: datetime) -> str:
    """What a run waits for that was let in, where its environment has a wait timer."""
    at = f"{opens_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"It was let in; GitHub's wait timer opens the gate at {at}"


def _alert(deployment: Deployment, what: str, why: str, advice: str) -> Message:
    d = deployment
    people = dict.fromkeys(who for who in (d.requested_by, *d.approved_by) if who)
    point = f"{title(d)}: {what}"
    lines = [
        f"*{point}*",
        b.line(why),
        f"{' '.join(map(b.mention, people))} {advice}".strip(),
        b.link(d.run_url, f"Run {d.run_id}") if d.run_url else "",
    ]
    return Message(f"{point}\n{b.line(why)}", (b.section("\n".join(filter(None, lines))),))
