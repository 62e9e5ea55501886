"""/deployments notify, and the button of a letter: whether somebody wants letters."""

from bot.domain.errors import Refusal
from bot.domain.grammar import normalise
from bot.domain.people import require_member
from bot.services.deployments import letters
from bot.services.deployments.requests import who
from handlers.payloads import Answer, Click, Command, Office


def notify(command: Command, rest: str, office: Office) -> Answer:
    """`/deployments notify on|off`."""
    word = normalise(rest).strip().lower()
    if word not in ("on", "off"):
        raise Refusal("on_or_off", "On or off? Type {deployments} notify on, or notify off.")
    return letters.choose(office.tx, office.config, command.user, wanted=word == "on")


def off(click: Click, office: Office) -> Answer:
    """No More of These."""
    actor, _ = who(office.tx, click.user)
    require_member(actor)
    return letters.choose(office.tx, office.config, click.user, wanted=False)
