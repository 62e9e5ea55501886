"""Maintenance: the public hears of a deployment before, when a person says so, and of its end."""

from datetime import timedelta

from bot.config import Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import TERMINAL, Kind, State
from bot.domain.errors import Refusal
from bot.domain.incidents.publishing import Health, Phase, PostState, StatusPost
from bot.domain.people import Role, require_answer
from bot.messages.blocks import Message
from bot.messages.incidents import maintenance as messages
from bot.ports import Post, Tx
from bot.services.deployments.decisions import load
from bot.services.deployments.requests import as_before
from bot.services.desk import Desk, reply
from bot.services.incidents.incident_room import PRODUCTION

WORD = "maintenance"
MAY_TELL = (Role.DEPLOYER, Role.APPROVER, Role.LEAD, Role.ADMIN)


def offer(config: Config, deployment: Deployment) -> tuple[Post, ...]:
    """The reply below a card that offers it, where the team wants that."""
    page = config.status_page
    if page is None or not page.maintenance or deployment.environment != PRODUCTION:
        return ()
    if deployment.kind is Kind.ROLLBACK or deployment.state is not State.AWAITING_APPROVAL:
        return ()
    return (reply(config, deployment, WORD, messages.offer(deployment)),)


def may_announce(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Deployment:
    """Refuse unless this person may announce this deployment now."""
    deployment = load(tx, deployment_id)
    if config.status_page is None:
        raise Refusal("no_status_page", "No status page is set up. An admin can: `status_page`.")
    actor = as_before(tx, slack_id)
    if not actor.holds(*MAY_TELL):
        require_answer(actor, *MAY_TELL)
        raise Refusal(
            "not_allowed",
            "Only people with the role deployer, approver, lead or admin may tell the public.",
        )
    if deployment.state in TERMINAL:
        raise Refusal(
            "over",
            "Nothing was announced: {name} ({version}) is over.",
            name=deployment.name,
            version=deployment.version,
        )
    if tx.maintenance(deployment.id) is not None:
        raise Refusal(
            "announced",
            "{name} is announced already; the public hears of its end by itself.",
            name=deployment.name,
        )
    return deployment


def announce(
    tx: Tx,
    config: Config,
    deployment_id: int,
    title: str,
    text: str,
    length: timedelta,
    slack_id: str,
) -> Message:
    """Write down what the public is to be told; the tick tells it."""
    deployment = may_announce(tx, config, deployment_id, slack_id)
    wanted = StatusPost(
        deployment=deployment.id,
        title=messages.title(title, deployment),
        text=text,
        phase=Phase.MAINTENANCE,
        health=Health.MAINTENANCE,
        by=slack_id,
        asked_at=tx.now,
        ends_at=tx.now + length,
        due_at=tx.now,
    )
    saved = tx.add_status_post(wanted)
    tx.audit(slack_id, "announced", deployment.name, title=saved.title, text=text)
    return messages.accepted(deployment)


async def end(desk: Desk, deployment_id: int) -> None:
    """The deployment has ended, so the maintenance has."""

    def write_down(tx: Tx) -> None:
        post, deployment = tx.maintenance(deployment_id), tx.deployment(deployment_id)
        if post is None or deployment is None or post.is_over or deployment.state not in TERMINAL:
            return
        text = messages.over(succeeded=deployment.state is State.SUCCEEDED)
        saved = tx.save_status_post(post, post.ending(text, Phase.COMPLETED, tx.now))
        if saved.due_at is None:
            tell(tx, desk.config, post, saved)

    await desk.store.run(write_down)
    desk.wake()


def tell(tx: Tx, config: Config, old: StatusPost, new: StatusPost) -> None:
    """In the thread of the card: what the page shows, or why it does not yet."""
    deployment = tx.deployment(new.deployment or 0)
    is_news = new.state is not old.state or new.state is PostState.FAILED
    if deployment is None or not is_news:
        return
    lag = config.status_page.lag if config.status_page else ""
    word = f"{WORD}:{new.phase}:{new.revision}"
    tx.post(reply(config, deployment, word, messages.status(new, lag)))
