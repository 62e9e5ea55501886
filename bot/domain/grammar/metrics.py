"""The grammar of `/deployments metrics`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TypeVar

from bot.domain.errors import Refusal
from bot.domain.grammar.words import ENVIRONMENTS, hint, normalise, said_twice
from bot.domain.metrics.metrics import midnight

T = TypeVar("T")
USUAL = timedelta(days=28)
LONGEST = timedelta(days=731)
_SPAN = re.compile(r"(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?", re.ASCII)
_EXAMPLE = "{deployments} metrics 2024-03-01..2024-04-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsWish:
    """What to measure, from `start` up to but without `end`; None is every one there is."""

    service: str | None = None
    environment: str | None = None
    start: datetime
    end: datetime


def parse_metrics(text: str, services: Iterable[str], now: datetime, zone: tzinfo) -> MetricsWish:
    """`metrics [service] [environment] [from..to]`, without the first word.

    Days begin at midnight in `zone`. Without a span it is the last four weeks, today included.
    """
    names = {name.lower(): name for name in services}
    service = environment = span = None
    for raw in normalise(text).split():
        word = raw.lstrip("-").lower()
        if word in names:
            service = _once("service", service, names[word])
        elif word in ENVIRONMENTS:
            environment = _once("environment", environment, ENVIRONMENTS[word])
        elif ".." in word or "…" in word:
            span = _once("span", span, _span(raw, now, zone))
        elif re.match(r"\d{4}-", word, re.ASCII):
            raise _no_span(raw)
        else:
            known = (*names.values(), *ENVIRONMENTS)
            raise Refusal(
                "unknown_word",
                "I do not understand “{word}”.{hint} A span of time is one word: "
                "2024-03-01..2024-04-01.",
                word=raw,
                hint=hint(word, known, every=True),
            )
    start, end = span or _span("..", now, zone)
    return MetricsWish(service=service, environment=environment, start=start, end=end)


def _once(kind: str, before: T | None, now: T) -> T:
    if before is not None:
        raise said_twice(kind)
    return now


def _span(word: str, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first instant and the one after the last; what is left out is today, or four weeks."""
    found = _SPAN.fullmatch(word.replace("…", ".."))
    if found is None:
        raise _no_span(word)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    try:
        end = date.fromisoformat(found[2]) if found[2] else tomorrow
        start = date.fromisoformat(found[1]) if found[1] else end - USUAL
    except (ValueError, OverflowError):
        raise _no_span(word) from None
    if end <= start:
        raise Refusal(
            "ends_before",
            "“{word}” would end before it begins. The later day comes last: " + _EXAMPLE,
            word=word,
        )
    if end - start > LONGEST:
        raise Refusal("span_too_long", "Two years at most; ask for less. For example: " + _EXAMPLE)
    try:
        return midnight(start, zone), midnight(end, zone)
    except OverflowError:  # the first day there is, in the east
        raise _no_span(word) from None


def _no_span(word: str) -> Refusal:
    return Refusal(
        "no_span",
        "“{word}” is no span of time. Two days with two dots between them are one: " + _EXAMPLE,
        word=word,
    )
