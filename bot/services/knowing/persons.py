"""Persons: whom a name means that somebody typed."""

from bot.config import Config
from bot.domain.errors import Refusal
from bot.ports import Tx


def person_called(tx: Tx, config: Config, name: str) -> str:
    """The Slack id of whoever that is: in the configuration, by the name in Slack, or by id."""
    configured = {key.casefold(): one.slack for key, one in config.people.items()}
    ids = {configured[name.casefold()]} if name.casefold() in configured else tx.called(name)
    if len(ids) == 1:
        return ids.pop()
    if ids:
        raise Refusal(
            "ambiguous_person",
            "Several people are called {name}: type an id instead, such as @{example}.",
            name=name,
            example=min(ids),
        )
    raise Refusal(
        "unknown_person",
        "I know nobody called {name}. People have the names of gonogo.yaml and of Slack.",
        name=name,
    )
