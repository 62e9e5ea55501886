"""Letters: telling authors that what they wrote is in production, unless they want none."""

from bot.config import Config
from bot.domain.deployments import letters
from bot.domain.deployments.deployments import Deployment
from bot.messages.blocks import Message
from bot.messages.deployments import letters as messages
from bot.ports import Post, Tx
from bot.services.desk import Desk


def about(tx: Tx, config: Config, deployment: Deployment) -> tuple[Post, ...]:
    """A letter to each author of a deployment that succeeded, once for each of them."""
    people = tx.people_of(letters.authors(deployment))
    return tuple(
        Post(
            key=f"letter:{deployment.id}:{person.slack_id}",
            channel=person.slack_id,
            message=messages.letter(deployment, theirs, config.commands.deployments),
        )
        for person, theirs in letters.addressed(deployment, people)
        if tx.wants_letters(person.slack_id)
    )


async def of_success(desk: Desk, deployment: Deployment) -> tuple[Post, ...]:
    """The same, in a transaction of its own."""
    return await desk.store.read(lambda tx: about(tx, desk.config, deployment))


def choose(tx: Tx, config: Config, slack_id: str, *, wanted: bool) -> Message:
    """Note whether this person wants letters."""
    tx.choose_letters(slack_id, wanted=wanted)
    tx.audit(slack_id, "letters_on" if wanted else "letters_off", slack_id)
    return messages.chosen(wanted, config.commands.deployments)
