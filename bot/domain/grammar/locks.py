"""The grammar of `/deployments lock` and `unlock`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from bot.domain.closures.locks import LONGEST
from bot.domain.errors import Refusal
from bot.domain.grammar.words import (
    ENVIRONMENTS,
    bare_arguments,
    hint,
    said_twice,
    split_reason,
)
from bot.domain.spans import parse_span

_LOCK = re.compile("[lL]([0-9]{1,9})")
_NEAR = 0.8
"""How alike a word in quotes and a place are for it to be a typo, and no reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockWish:
    """What to lock; None is every service or environment, or no expiry."""

    service: str | None = None
    environment: str | None = None
    length: timedelta | None = None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockWish:
    """What to unlock: a lock by its number, or the one on a place."""

    lock: int | None = None
    service: str | None = None
    environment: str | None = None


def parse_lock(text: str, services: Iterable[str]) -> LockWish:
    """`lock [service] [environment] [for 2h] because reason`, without the first word."""
    names = tuple(services)
    words, reason = split_reason(_bare(text, names))
    before, after = _split(words, "for")
    service, environment = _place(before, names, ("for", "because"))
    length = _length(after) if after is not None else None
    if not reason:
        raise Refusal(
            "no_reason",
            "Why? Whoever wants to deploy reads it. "
            "For example: {deployments} lock production for 2h because of database maintenance",
        )
    return LockWish(service=service, environment=environment, length=length, reason=reason)


def parse_unlock(text: str, services: Iterable[str]) -> UnlockWish:
    """`unlock [L3 | service] [environment]`, without the first word."""
    names = tuple(services)
    bare = _bare(text, names).strip()
    words, reason = split_reason(bare)
    if bare.startswith(("'", '"')):
        words = [reason]  # nothing names a lock but these words: they cannot be why
    if len(words) == 1 and (found := _LOCK.fullmatch(words[0])):
        return UnlockWish(lock=int(found[1]))
    service, environment = _place(words, names, ())
    return UnlockWish(service=service, environment=environment)


def _bare(text: str, services: tuple[str, ...]) -> str:
    """What was typed, without the quotes around places, spans and locks; around the typo of a
    place neither, so that it is told.
    """
    places = [name.lower() for name in (*services, *ENVIRONMENTS)]

    def is_argument(raw: str) -> bool:
        word = raw.lstrip("-").lower()
        if word == "for" or word.isdigit() or parse_span(word) or _LOCK.fullmatch(word):
            return True
        return bool(get_close_matches(word, places, n=1, cutoff=_NEAR))

    return bare_arguments(text, is_argument)


def _split(words: list[str], keyword: str) -> tuple[list[str], list[str] | None]:
    """The words before a keyword, and those after it or None."""
    place = next((i for i, w in enumerate(words) if w.lstrip("-").lower() == keyword), None)
    return (words, None) if place is None else (words[:place], words[place + 1 :])


def _place(
    words: list[str], services: tuple[str, ...], more: tuple[str, ...]
) -> tuple[str | None, str | None]:
    names = {name.lower(): name for name in services}
    service = environment = None
    for raw in words:
        word = raw.lstrip("-").lower()
        if word in names:
            service = _once("service", service, names[word])
        elif word in ENVIRONMENTS:
            environment = _once("environment", environment, ENVIRONMENTS[word])
        else:
            raise Refusal(
                "unknown_word",
                "I do not understand “{word}”, so nothing was changed.{hint}",
                word=raw,
                hint=hint(word, (*services, *ENVIRONMENTS, *more), every=True),
            )
    return service, environment


def _once(kind: str, before: str | None, now: str) -> str:
    if before is not None:
        raise said_twice(kind)
    return now


def _length(words: list[str]) -> timedelta:
    length = parse_span(" ".join(words))
    if length is None:
        raise Refusal("no_length", "For how long? For example: for 2h, for 30m, for 1d.")
    if length > LONGEST:
        raise Refusal(
            "lock_too_long",
            "A lock may last {days} days. For longer, an admin sets a freeze.",
            days=LONGEST.days,
        )
    return length
