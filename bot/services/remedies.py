"""Remedies: what people have made at GitHub after a rollback, asked for inside one transaction."""

from collections.abc import Sequence

from bot.config import Config
from bot.domain import remedies
from bot.domain.changes import Change
from bot.domain.deployments import Deployment
from bot.domain.errors import Refusal
from bot.domain.remedies import Remedy, RemedyKind, RemedyState
from bot.domain.states import Kind, State
from bot.messages import remedies as messages
from bot.messages.blocks import Message
from bot.ports import Post, Tx
from bot.services import caring
from bot.services.decisions import load
from bot.services.desk import card_key, reply

PRODUCTION = "production"


def follow(config: Config, tx: Tx, old: Deployment, new: Deployment) -> None:
    """Offer what there is to do when a rollback of production succeeds."""
    if new.state is not State.SUCCEEDED or old.state is State.SUCCEEDED or new.dry_run:
        return
    if new.kind is Kind.ROLLBACK and new.environment == PRODUCTION:
        tx.post(reply(config, new, "remedies", messages.offered(new)))


def may_revert(tx: Tx, deployment_id: int, slack_id: str) -> tuple[Deployment, Sequence[Change]]:
    """The rollback and what can be reverted of it, if this person may ask for that."""
    rollback = caring.may_care(tx, deployment_id, slack_id)
    found = remedies.revertible(rollback.changes, tx.remedies_of(rollback.name))
    if not found:
        raise Refusal(
            "nothing_to_revert",
            "No pull request is left to revert: what {name} took away came without one, could not "
            "be read, or is reverted already (see its thread).",
            name=rollback.name,
        )
    return rollback, found


def revert(tx: Tx, deployment_id: int, number: int, slack_id: str) -> Message:
    """Record that somebody wants a pull request reverted; the tick has it done."""
    rollback = caring.may_care(tx, deployment_id, slack_id)
    change = remedies.chosen(rollback.changes, number)
    wish = Remedy(
        kind=RemedyKind.REVERT,
        subject=rollback.name,
        service=rollback.service,
        environment=rollback.environment,
        repo=rollback.repo,
        asked_by=slack_id,
        asked_at=tx.now,
        pull=number,
        title=change.title,
        due_at=tx.now,
    )
    return want(tx, wish)


def want(tx: Tx, wish: Remedy) -> Message:
    """Note a wish, unless somebody had it before; one that failed begins anew."""
    before = next((one for one in tx.remedies_of(wish.subject) if _is_same(one, wish)), None)
    if before is None:
        kept = tx.add_remedy(wish)
    elif before.state is RemedyState.FAILED:
        again = before.to(RemedyState.WANTED, asked_by=wish.asked_by, due_at=tx.now)
        kept = tx.save_remedy(before, again)
    else:
        return messages.there_already(before)
    detail = {"repo": kept.repo, "pull": kept.pull, "title": kept.title}
    tx.audit(kept.asked_by, f"{kept.kind}_wanted", kept.subject, **detail)
    return messages.wanted(kept)


def begun(tx: Tx, remedy: Remedy) -> None:
    """Let the announcement of the rollback say that something is under way."""
    rollback = load(tx, int(remedy.subject.removeprefix("D")))
    tx.save(rollback, rollback.with_(mending=messages.under_way(remedy)))


def say(tx: Tx, config: Config, remedy: Remedy, word: str, message: Message) -> None:
    """A message in the thread of what it is about, once for each word."""
    number = remedy.subject.removeprefix("D")
    tx.post(
        Post(
            key=f"remedy:{remedy.id}:{word}",
            channel=config.slack.channel,
            message=message,
            thread_of=card_key(int(number)),
        )
    )


def _is_same(one: Remedy, wish: Remedy) -> bool:
    return (one.kind, one.pull) == (wish.kind, wish.pull)
