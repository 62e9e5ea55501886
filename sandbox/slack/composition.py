"""The small parts of Block Kit (texts, options, confirm dialogs), and the list of problems."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Problems:
    """What is wrong with a payload, each with a pointer to the place, as Slack words it."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, pointer: str, problem: str) -> None:
        self.messages.append(f"[ERROR] {problem} [json-pointer:{pointer}]")

    def require(self, holds: bool, pointer: str, problem: str) -> bool:
        """Note the problem unless the condition holds; answers the condition."""
        if not holds:
            self.add(pointer, problem)
        return holds

    def string(
        self, value: Any, pointer: str, most: int, *, least: int = 1, optional: bool = True
    ) -> None:
        """A string of least..most characters."""
        if value is None:
            self.require(optional, pointer, "missing required field")
        elif self.require(isinstance(value, str), pointer, "must be a string"):
            self.require(len(value) >= least, pointer, f"must be more than {least - 1} characters")
            self.require(len(value) <= most, pointer, f"must be less than {most + 1} characters")

    def items(self, value: Any, pointer: str, most: int, *, least: int = 1) -> list[Any]:
        """A list of least..most objects; answers it, empty where it is none."""
        if not self.require(isinstance(value, list), pointer, "must be an array"):
            return []
        self.require(len(value) >= least, pointer, f"no less than {least} items required")
        self.require(len(value) <= most, pointer, f"no more than {most} items allowed")
        return [
            item
            for place, item in enumerate(value)
            if self.require(isinstance(item, dict), f"{pointer}/{place}", "must be an object")
        ]

    def text(
        self,
        value: Any,
        pointer: str,
        most: int,
        *,
        plain: bool = False,
        optional: bool = False,
    ) -> None:
        """A text object: plain_text, or mrkdwn where that is allowed."""
        if value is None:
            self.require(optional, pointer, "missing required field")
            return
        if not self.require(isinstance(value, dict), pointer, "must be an object"):
            return
        kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
        self.require(value.get("type") in kinds, f"{pointer}/type", "unsupported type of text")
        self.string(value.get("text"), f"{pointer}/text", most, optional=False)

    def one_of(self, value: Any, pointer: str, words: Iterable[str]) -> None:
        """One of some words, or absent."""
        if value is not None:
            allowed = tuple(words)
            self.require(value in allowed, pointer, f"must be one of {', '.join(allowed)}")

    def option(self, value: dict[str, Any], pointer: str, *, markup: bool = False) -> None:
        """One option of a menu or of a list of choices."""
        self.text(value.get("text"), f"{pointer}/text", 75, plain=not markup)
        self.string(value.get("value"), f"{pointer}/value", 150, optional=False)
        self.text(value.get("description"), f"{pointer}/description", 75, optional=True)

    def options(self, value: Any, pointer: str, most: int, *, markup: bool = False) -> None:
        """A list of options whose values differ."""
        options = self.items(value, pointer, most)
        for place, option in enumerate(options):
            self.option(option, f"{pointer}/{place}", markup=markup)
        values = [str(option.get("value")) for option in options]
        self.require(len(values) == len(set(values)), pointer, "values must be unique")

    def confirm(self, value: Any, pointer: str) -> None:
        """A confirm dialog, or none."""
        if value is None or not self.require(isinstance(value, dict), pointer, "must be an object"):
            return
        self.text(value.get("title"), f"{pointer}/title", 100, plain=True)
        self.text(value.get("text"), f"{pointer}/text", 300)
        self.text(value.get("confirm"), f"{pointer}/confirm", 30, plain=True)
        self.text(value.get("deny"), f"{pointer}/deny", 30, plain=True)
        self.one_of(value.get("style"), f"{pointer}/style", ("primary", "danger"))
