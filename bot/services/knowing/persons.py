"""Persons: whom a name means that somebody typed."""

import re

from bot.config import Config
from bot.domain.errors import Refusal
from bot.domain.grammar.words import same_name
from bot.domain.incidents.detection import KUMA
from bot.ports import Tx

_ID = re.compile("[UW][A-Z0-9]{6,}")


def person_called(tx: Tx, config: Config, name: str) -> str:
    """The Slack id of whoever that is: in the configuration, by the name in Slack, or by id; or the
    name of who acted without one. Whoever has left is known by id alone.
    """
    configured = (one.slack for key, one in config.people.items() if same_name(key, name))
    ids = set(configured) or tx.called(name) or _acted(tx, name)
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
        "I know nobody called {name}. People have the names of gonogo.yaml and of Slack; who has "
        "left has only their id there, such as @U012AB3CD.",
        name=name,
    )


def _acted(tx: Tx, name: str) -> set[str]:
    """Any Slack id, and whom only the audit trail knows."""
    if _ID.fullmatch(name):
        return {name}
    known = (one for one in (name, "gonogo", KUMA) if same_name(one, name))
    return {one for one in known if tx.audited(None, one, limit=1)}
