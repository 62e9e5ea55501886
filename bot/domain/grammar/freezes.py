"""The grammar of `/deployments freeze`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.domain.errors import Refusal
from bot.domain.grammar.words import hint, normalise

LONGEST_NAME = 60
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EXAMPLE = "{deployments} freeze year-end from 2026-12-18 to 2027-01-04"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeWish:
    """A freeze to set, from `start` up to but without `end`; None is every service."""

    name: str
    service: str | None = None
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftWish:
    """A freeze to lift."""

    name: str


def parse_freeze(
    text: str, services: Iterable[str], zone: Callable[[str | None], tzinfo]
) -> FreezeWish | LiftWish:
    """`freeze NAME from 2026-12-18 [09:00] to 2027-01-04 [17:00] [service]`, or `freeze lift NAME`,
    without the first word.

    `zone` is that of a service, or of all; in it times are read that name no offset. A day at the
    end is meant as a whole.
    """
    words = normalise(text).split()
    if words and words[0].lower() == "lift":
        return LiftWish(name=_name(words[1:], "Which one? {deployments} locks lists them."))
    first = _place(words, "from")
    then = _place(words, "to", first + 1) if first is not None else None
    if first is None or then is None:
        raise Refusal("no_span", f"From when to when? For example: {_EXAMPLE}")
    name = _name(words[:first], f"What is it called? For example: {_EXAMPLE}")
    end_words, service = _service(words[then + 1 :], tuple(services))
    here = zone(service)
    start = _moment(words[first + 1 : then], here, whole_day=False)
    end = _moment(end_words, here, whole_day=True)
    if end <= start:
        raise Refusal("ends_before", "It would end before it begins. For example: " + _EXAMPLE)
    return FreezeWish(name=name, service=service, start=start, end=end)


def _place(words: list[str], keyword: str, begin: int = 0) -> int | None:
    """Where a keyword stands before a day, so that a name may contain it."""
    return next(
        (
            i
            for i in range(begin, len(words))
            if words[i].lower() == keyword and i + 1 < len(words) and _DAY.match(words[i + 1])
        ),
        None,
    )


def _name(words: list[str], advice: str) -> str:
    name = " ".join(words).strip("\"' ")
    if not name:
        raise Refusal("no_name", advice)
    if len(name) > LONGEST_NAME:
        raise Refusal(
            "name_too_long", "A name may have {most} characters; shorten it.", most=LONGEST_NAME
        )
    return name


def _service(words: list[str], services: tuple[str, ...]) -> tuple[list[str], str | None]:
    """The words of the end without the service that may follow them."""
    names = {name.lower(): name for name in services}
    if len(words) > 1 and not words[-1][0].isdigit():
        raw = words[-1]
        if raw.lower() not in names:
            raise Refusal(
                "unknown_word",
                "I do not understand “{word}”, so nothing was changed.{hint}",
                word=raw,
                hint=hint(raw.lower(), services, every=True),
            )
        return words[:-1], names[raw.lower()]
    return words, None


def _moment(words: list[str], zone: tzinfo, *, whole_day: bool) -> datetime:
    text = "T".join(words)
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text) + timedelta(days=whole_day)
            return datetime.combine(day, time(0), zone).astimezone(UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal(
            "not_a_time",
            "“{word}” is no time. Write 2026-12-18, or 2026-12-18 09:00.",
            word=" ".join(words),
        ) from None
