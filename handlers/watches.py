"""I Am Watching: the button below the card of a deployment that is being watched."""

from bot.services.deployments import watches
from handlers.payloads import Answer, Click, Office


def take(click: Click, office: Office) -> Answer:
    """Whoever presses it watches."""
    return watches.take(office.tx, click.deployment, click.user)
