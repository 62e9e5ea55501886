"""Trigger ids: for three seconds and one use they let the bot open a modal."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass

from sandbox.slack.errors import SlackError

LIFETIME = 3.0  # seconds of real time, as for acks


@dataclass
class _Trigger:
    user: str
    born: float
    view: str | None = None
    used: bool = False


class Triggers:
    """The trigger ids handed out."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._triggers: dict[str, _Trigger] = {}

    def new(self, user: str) -> str:
        """A fresh id for what `user` just did."""
        name = f"{next(self._numbers)}.{time.time_ns()}.local"
        self._triggers[name] = _Trigger(user, time.monotonic())
        return name

    def exchange(self, name: str) -> str:
        """The person whose trigger this is; raises SlackError when it is too old or used up."""
        trigger = self._triggers.get(name)
        if trigger is None or time.monotonic() - trigger.born > LIFETIME:
            raise SlackError("expired_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        trigger.used = True
        return trigger.user

    def opened(self, name: str, view: str) -> None:
        """Remember what came of it."""
        self._triggers[name].view = view

    def view_of(self, name: str) -> str | None:
        """The view that the bot opened with it, if it did."""
        return self._triggers[name].view
