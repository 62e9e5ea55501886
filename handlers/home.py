"""The App Home: somebody looks at it, or changes what they are told about."""

from bot.domain.people import require_member
from bot.ports import Tx
from bot.services.deployments import letters
from bot.services.deployments.requests import who
from handlers.payloads import Answer, Click, Office, Shown


def looked(tx: Tx, user: str) -> None:
    """Somebody opened the tab."""
    tx.want_home(user)


def letters_chosen(click: Click, office: Office) -> Answer:
    """Turn On, Turn Off."""
    actor, _ = who(office.tx, click.user)
    require_member(actor)
    letters.choose(office.tx, office.config, click.user, wanted=click.value == "on")
    office.tx.want_home(click.user)
    return Shown()
