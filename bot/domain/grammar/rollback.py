"""The grammar of `/rollback`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import pairwise, takewhile

from bot.domain.errors import Refusal
from bot.domain.grammar.words import (
    ENVIRONMENTS,
    bare_arguments,
    clean_reason,
    is_quoted,
    not_a_version,
    once,
)
from bot.domain.versions import Version, looks_like_version

_BECAUSE = re.compile(r"because\b:?", re.IGNORECASE)
_LIKE_A_VERSION = re.compile(r"[vV][0-9][\w.+-]*|[0-9]+\.[0-9]+")
"""What is a version that somebody did not write out, where it follows “to”."""

_ALSO_STAGING = frozenset({"stage", "stg", "preprod", "uat"})
"""What staging is called elsewhere: not understood, and no reason either."""

_BEFORE_A_PLACE = frozenset({"on", "in", "at", "from", "the"})
_FILLERS = _BEFORE_A_PLACE | {"please", "go", "roll", "back", "now"}
"""Words after which a place is still meant as one."""

_NEAR = 0.75
"""How alike a word and a known one are for it to be the typo of that: “please” is no “because”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackWish:
    """What `/rollback` was asked for; None is what was left out, "" an absent reason.

    `force` asks for a version that never ran well there.
    """

    service: str | None = None
    environment: str | None = None
    version: Version | None = None
    force: bool = False
    reason: str = ""


def parse_rollback(text: str, services: Iterable[str]) -> RollbackWish:
    """`/rollback [service] [production|staging] [to v1.2.0] [force] [because reason]`.

    In a hurry nobody writes “because”: the first word that is none of these begins the reason.
    Refused is what would lose a version or a place in it, for then another one would be offered.
    """
    names = {name.lower(): name for name in services}
    words = bare_arguments(text, lambda word: _is_argument(word, names)).split()
    wish = RollbackWish()
    for place, raw in enumerate(words):
        word, following = raw.lstrip("-"), words[place + 1 :]
        lower = word.lower()
        if lower in names:
            wish = replace(wish, service=once("service", wish.service, names[lower]))
        elif named := Version.parse(word):
            wish = replace(wish, version=once("version", wish.version, named))
        elif lower == "force" and (wish.version or _goes_on(following, names)):
            wish = replace(wish, force=True)
        elif lower in ENVIRONMENTS and _goes_on(following, names):
            where = once("environment", wish.environment, ENVIRONMENTS[lower])
            wish = replace(wish, environment=where)
        elif lower == "to":
            _expect_version(following[:1])
        elif looks_like_version(word):
            raise not_a_version(word)
        else:
            return replace(wish, reason=_reason(words[place:], wish, names))
    return wish


def _is_argument(raw: str, names: Mapping[str, str]) -> bool:
    word = raw.lstrip("-")
    lower = word.lower()
    known = lower in names or lower in ENVIRONMENTS or lower in ("to", "force")
    return known or Version.parse(word) is not None


def _goes_on(following: list[str], names: Mapping[str, str]) -> bool:
    """Whether this is still what is asked for, and not yet why: “force push broke the login”."""
    word = following[0].lstrip("-").rstrip(":") if following else "because"
    return word.lower() == "because" or _is_argument(word, names)


def _expect_version(following: list[str]) -> None:
    if following and Version.parse(following[0].lstrip("-")):
        return
    if following and looks_like_version(following[0]):
        raise not_a_version(following[0])
    raise Refusal("no_version", "To which version? For example: {rollback} to v1.2.0")


def _reason(rest: list[str], wish: RollbackWish, names: Mapping[str, str]) -> str:
    """What is left of the line as the reason; refused where it would be more than that."""
    line = " ".join(rest)
    if not _BECAUSE.match(line) and not is_quoted(line):
        _loses_nothing(rest, wish, names)
    reason = clean_reason(_BECAUSE.sub("", line, count=1) if _BECAUSE.match(line) else line)
    if not reason:
        raise Refusal("empty_reason", "“because” needs a reason after it.")
    return reason


def _loses_nothing(rest: list[str], wish: RollbackWish, names: Mapping[str, str]) -> None:
    """Refuses a reason nobody announced that names a version which the wish lacks, or begins with a
    place, the typo of one or a lone word before “because”, with the line that was probably meant.
    """
    known = (*names, *ENVIRONMENTS, "because")
    near = next(iter(get_close_matches(rest[0].lower().strip("-:"), known, n=1, cutoff=_NEAR)), "")
    version = _version_in(rest) if wish.version is None else ""
    words = [part.strip(".+-").lower() for part in re.split(r"[^\w.+-]+", " ".join(rest))]
    elsewhere = wish.environment is None and _begins_with_staging(words, names)
    typo = near not in ("", "because") and _goes_on(rest[1:], names)
    lone = wish.environment is None and _is_lone(rest)
    if not (version or elsewhere or typo or lone):
        return
    service, where, to = wish.service, wish.environment, str(wish.version or version)
    if near == "because":
        to = str(wish.version or "")
    else:
        service = service or next((names[word] for word in (near, *words) if word in names), None)
        where = where or ("staging" if elsewhere else ENVIRONMENTS.get(near))
        where = where or ("production" if lone and not typo else None)
    line = filter(None, (service, where, to and f"to {to}", "because …"))
    raise Refusal(
        "unknown_word",
        "I do not understand “{word}”, so nothing was changed. "
        "Did you mean {rollback} {line}? If it is the reason, write because before it.",
        word=rest[0],
        line=" ".join(line),
    )


def _begins_with_staging(words: list[str], names: Mapping[str, str]) -> bool:
    """Whether staging is what they begin with, apart from what is no reason yet. Further on it is a
    word like another: “checkout fails at the payment stage”.
    """
    named = {"staging", *_ALSO_STAGING} - names.keys()
    said = (word for word in words if word and word not in _FILLERS)
    first = next((word for word in said if word in named or not _is_argument(word, names)), "")
    return first in named


def _is_lone(rest: list[str]) -> bool:
    """Whether one word stands before “because”, which was meant as an argument: “qa”, “on qa”."""
    before = list(takewhile(lambda word: not _BECAUSE.match(word), rest))
    lone = [word for word in before if word.lower() not in _BEFORE_A_PLACE]
    return len(before) < len(rest) and len(lone) <= 1


def _version_in(rest: list[str]) -> str:
    """The first version in these words, also one without its v; “v…” for half of one after “to”."""
    parts = [part.strip(".+-") for part in re.split(r"[^\w.+-]+", " ".join(rest))]
    if found := next(filter(None, map(Version.told, parts)), None):
        return str(found)
    after = (then for word, then in pairwise(parts) if word.lower() == "to")
    return "v…" if any(map(_LIKE_A_VERSION.fullmatch, after)) else ""
