"""The grammar of `/rollback`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import pairwise

from bot.domain.errors import Refusal
from bot.domain.grammar.places import is_alone, plain, split, staging_in, without_prepositions
from bot.domain.grammar.words import (
    ENVIRONMENTS,
    bare_arguments,
    clean_reason,
    is_quoted,
    not_a_version,
    once,
)
from bot.domain.versions import Version, looks_like_version

_BECAUSE = re.compile(r"(?:^|\s)because\b:?", re.IGNORECASE)
_LIKE_A_VERSION = re.compile(r"[vV][0-9][\w.+-]*|[0-9]+\.[0-9]+")
"""What is a version that somebody did not write out, where it follows “to”."""

_NAME_ONE = "The environments are {environments}: name one, or leave the word out."
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
    Refused, with lines to paste, is what would lose a version or staging in it, for then another
    one would be offered. What follows “because” is the reason, whatever it names.
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
        elif lower == "to" and not is_alone(plain(" ".join(following[:1]), names)):
            _expect_version(following[:1])
        elif looks_like_version(word):
            raise not_a_version(word)
        else:
            return replace(wish, reason=_reason(" ".join(words[place:]), wish, names))
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


def _reason(rest: str, wish: RollbackWish, names: Mapping[str, str]) -> str:
    """What is left of the line as the reason; refused where it would be more than that."""
    because = _BECAUSE.match(rest)
    reason = clean_reason(rest[because.end() :] if because else rest)
    if not reason:
        raise Refusal("empty_reason", "“because” needs a reason after it.")
    if not because:
        _loses_nothing(rest, wish, names)
    return reason


def _loses_nothing(rest: str, wish: RollbackWish, names: Mapping[str, str]) -> None:
    """Refuses a reason nobody announced where what stands before a “because” in it names a version
    or staging which the wish lacks, begins with the typo of an argument, or is a lone word.
    """
    because, quoted = _BECAUSE.search(rest), is_quoted(rest)
    head = rest[: because.start()] if because else rest
    said, words = plain(head, names), without_prepositions(head.lower())
    known = () if quoted else (*names, *ENVIRONMENTS, "because")
    first = words[0].strip("-:") if words else ""
    near = next(iter(get_close_matches(first, known, n=1, cutoff=_NEAR)), "")
    version = "" if quoted or wish.version else _version_in(head)
    staging = "" if wish.environment else staging_in(said)
    typo = near not in ("", "because") and _goes_on(words[1:], names)
    lone = because and not quoted and not wish.environment and len(words) <= 1
    if not (version or staging or typo or lone):
        return
    if lone and not (version or staging or near):
        raise _unclear(first or rest.split()[0], all_of_it=_line(wish, rest))
    named = next((names[word] for word in (near, *split(head.lower())) if word in names), None)
    wish = replace(wish, service=wish.service or named)
    in_production = replace(wish, environment=wish.environment or "production")
    if near == "because":
        announced = _line(in_production if staging else wish, rest.partition(" ")[2])
        raise _unclear(rest.split()[0], announced)
    place = "staging" if staging else ENVIRONMENTS.get(near)
    why = rest[because.end() :].strip() if because else ""
    alone = staging and is_alone(said)
    if staging and not version and not alone:
        why = why or rest
    meant = replace(wish, environment=wish.environment or place)
    line = _line(meant, why if clean_reason(why) else "…", version)
    if alone:
        raise _unclear(staging, line)
    all_of_it = _line(in_production if place else wish, rest)
    raise _unclear(staging or rest.split()[0], line, all_of_it)


def _unclear(word: str, line: str = "", all_of_it: str = "") -> Refusal:
    """A word that may be more than a reason, with what was probably meant, if that can be told,
    and, where there is another way to read it, with that.
    """
    return Refusal(
        "unknown_word",
        "I am not sure what “{word}” means here, so nothing was changed. "
        + ("Did you mean {rollback} {line}?" if line else _NAME_ONE)
        + (" If all of it is the reason: {rollback} {all_of_it}" if all_of_it else ""),
        word=word,
        line=line,
        environments=" and ".join(dict.fromkeys(ENVIRONMENTS.values())),
        all_of_it=all_of_it,
    )


def _line(wish: RollbackWish, reason: str, version: str = "") -> str:
    """What is typed after the command for this wish, with that version where it has none."""
    to = str(wish.version or version)
    words = (wish.service, wish.environment, to and f"to {to}", "force" if wish.force else "")
    return " ".join(filter(None, (*words, f"because {reason}")))


def _version_in(text: str) -> str:
    """The version that follows “to” in a text, else the first one, also without its v; “v…” for
    half of one after “to”.
    """
    parts = split(text)
    for then in (then for word, then in pairwise(parts) if word.lower() == "to"):
        if found := Version.told(then):
            return str(found)
        if _LIKE_A_VERSION.fullmatch(then):
            return "v…"
    return str(next(filter(None, map(Version.told, parts)), ""))
