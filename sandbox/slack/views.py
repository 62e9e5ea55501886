"""Views: open modals, each person's stack of them, and App Homes."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.identity import APP_ID, BOT_ID, TEAM_ID
from sandbox.slack.messages import Block

STACK_LIMIT = 3


@dataclass
class View:
    """One modal or App Home of one person; `state` is what they filled in so far."""

    id: str
    user: str
    source: Block
    hash: str
    root: str
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    state: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Block]:
        return list(self.source["blocks"])

    def as_slack(self) -> dict[str, Any]:
        """The view object of views.open and of payloads."""
        source = self.source
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "type": source["type"],
            "blocks": source["blocks"],
            "private_metadata": source.get("private_metadata", ""),
            "callback_id": source.get("callback_id", ""),
            "state": {"values": self.state},
            "hash": self.hash,
            "title": source.get("title"),
            "clear_on_close": source.get("clear_on_close", False),
            "notify_on_close": source.get("notify_on_close", False),
            "close": source.get("close"),
            "submit": source.get("submit"),
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": APP_ID,
            "external_id": source.get("external_id", ""),
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }


class Views:
    """All open views. Looking up what is not there raises KeyError."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """The modals of a person, the visible one last."""
        return self._stacks.get(user, [])

    def top(self, user: str) -> View | None:
        stack = self.stack(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        return self._homes.get(user)

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View:
        for view in [*itertools.chain(*self._stacks.values()), *self._homes.values()]:
            if view_id == view.id or (
                external_id and external_id == view.source.get("external_id")
            ):
                return view
        raise KeyError(view_id or external_id)

    def open(self, user: str, source: Block) -> View:
        """Show a modal; one that was open is gone."""
        view = self._new(user, source)
        self._stacks[user] = [view]
        return view

    def push(self, user: str, source: Block) -> View:
        """Show a modal on top of the open one; the caller minds STACK_LIMIT."""
        below = self._stacks[user][-1]
        view = self._new(user, source)
        view.root, view.previous = below.root, below.id
        self._stacks[user].append(view)
        return view

    def publish(self, user: str, source: Block) -> View:
        """Set a person's App Home."""
        home = self._homes.get(user)
        if home:
            return self.update(home, source)
        self._homes[user] = home = self._new(user, source)
        return home

    def update(self, view: View, source: Block) -> View:
        """New contents; what was filled in stays where a block kept its id."""
        kept = {block.get("block_id") for block in source["blocks"]}
        view.source, view.errors = source, {}
        view.state = {block: values for block, values in view.state.items() if block in kept}
        view.hash = f"{next(self._numbers)}.{view.id}"
        return view

    def close(self, user: str, *, everything: bool = False) -> None:
        """Take the visible modal, or the whole stack, away."""
        if everything:
            self._stacks.pop(user, None)
        elif self.stack(user):
            self._stacks[user].pop()

    def _new(self, user: str, source: Block) -> View:
        # Never the same again: the bot may remember what it did for a view of an earlier world.
        name = f"V{secrets.token_hex(5).upper()}"
        return View(name, user, source, hash=f"{next(self._numbers)}.{name}", root=name)
