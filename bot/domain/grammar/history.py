"""The grammar of `/deployments history`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta, tzinfo
from difflib import get_close_matches
from types import MappingProxyType

from bot.domain.deployments.searches import Search
from bot.domain.deployments.states import UNFINISHED, Kind, State
from bot.domain.errors import Refusal
from bot.domain.grammar.words import (
    ENVIRONMENTS,
    hint,
    normalise,
    not_a_version,
    once,
    page_number,
)
from bot.domain.metrics.metrics import midnight
from bot.domain.versions import Version

OUTCOMES: Mapping[str, frozenset[State]] = MappingProxyType(
    {
        "open": UNFINISHED,
        **{
            str(state): frozenset({state})
            for state in (
                *(State.SUCCEEDED, State.FAILED, State.DEGRADED, State.CANCELLED),
                *(State.REFUSED, State.REJECTED, State.EXPIRED, State.VOID),
            )
        },
    }
)
"""The words for how deployments ended; those that have not are open."""

KINDS = tuple(str(kind) for kind in Kind)
_WORDS = ("since", "until", "page")
_NEAR = 0.8
"""How alike a word after a name and a known one are for it to be a typo, and not of the name."""

_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|@(\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryWish:
    """Which deployments are to be listed. A person is a Slack id, or a name after an @; both days
    belong to it.
    """

    service: str | None = None
    environment: str | None = None
    outcome: str | None = None
    kind: str | None = None
    version: str | None = None
    person: str | None = None
    since: date | None = None
    until: date | None = None
    page: int = 1

    @property
    def words(self) -> str:
        """What to type for it, but for the page."""
        marks = {"person": "@", "since": "since ", "until": "until "}
        wanted = (field.name for field in fields(self) if field.name != "page")
        return " ".join(
            f"{marks.get(name, '')}{value}" for name in wanted if (value := getattr(self, name))
        )

    @property
    def place(self) -> str:
        """The part of these words that says where."""
        return " ".join(filter(None, (self.service, self.environment)))

    def search(self, person: str | None, zone: tzinfo) -> Search:
        """What is to be looked for, with the id of that person, and days as they are in a zone."""
        return Search(
            service=self.service,
            environment=self.environment,
            states=OUTCOMES[self.outcome] if self.outcome else None,
            kind=Kind(self.kind) if self.kind else None,
            person=person,
            version=self.version,
            since=midnight(self.since, zone) if self.since else None,
            before=midnight(self.until + timedelta(days=1), zone) if self.until else None,
        )


def parse_history(text: str, services: Iterable[str]) -> HistoryWish:
    """`history` with what narrows it, in any order, without the first word; a name after an @ may
    have several words.
    """
    names = {name.lower(): name for name in services}
    found: dict[str, str | date | int] = {}

    def take(kind: str, value: str | date | int) -> None:
        found[kind] = once(kind, found.get(kind), value)

    known = (*names.values(), *ENVIRONMENTS, *OUTCOMES, *KINDS, *_WORDS)
    words = iter(normalise(text).split())
    name: list[str] = []  # of a person, as long as it goes on
    for raw in words:
        word, before, name = raw.lstrip("-").lower(), name, []
        if word in names:
            take("service", names[word])
        elif word in ENVIRONMENTS:
            take("environment", ENVIRONMENTS[word])
        elif word in OUTCOMES:
            take("outcome", word)
        elif word in KINDS:
            take("kind", word)
        elif person := _PERSON.fullmatch(raw):
            take("person", person[1] or person[2])
            name = [person[2]] if person[2] else []
        elif word in ("since", "until"):
            take(word, _day(word, words))
        elif word == "page":
            take("page", page_number(next(words, "")))
        elif re.match("v?[0-9]", word):
            take("version", _version(raw))
        elif before and not get_close_matches(word, known, n=1, cutoff=_NEAR):
            name = [*before, raw]
            found["person"] = " ".join(name)
        else:
            raise Refusal(
                "unknown_word",
                "I do not understand “{word}”.{hint} For example: "
                "{deployments} history failed @ana since 2024-03-01",
                word=raw,
                hint=hint(word, known, every=True),
            )
    wish = HistoryWish(**found)  # type: ignore[arg-type]
    if wish.since and wish.until and wish.until < wish.since:
        raise Refusal(
            "ends_before",
            "It would end before it begins. The earlier day is the one after “since”.",
        )
    return wish


def _day(before: str, words: Iterator[str]) -> date:
    try:
        found = date.fromisoformat(next(words, ""))
        _ = found - timedelta(days=2), found + timedelta(days=2)  # in whatever zone it begins
    except (ValueError, OverflowError):
        raise Refusal(
            "no_day", "Which day? For example: {before} 2024-03-01", before=before
        ) from None
    return found


def _version(raw: str) -> str:
    found = Version.told(raw)
    if found is None:
        raise not_a_version(raw)
    return str(found)
