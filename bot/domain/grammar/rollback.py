"""The grammar of `/rollback`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.errors import Refusal
from bot.domain.grammar.words import clean_reason, normalise, not_a_version, said_twice
from bot.domain.versions import Version, looks_like_version


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackWish:
    """What `/rollback` was asked for; None is what was left out, "" an absent reason.

    `force` asks for a version that never ran well there.
    """

    service: str | None = None
    version: Version | None = None
    force: bool = False
    reason: str = ""


def parse_rollback(text: str, services: Iterable[str]) -> RollbackWish:
    """`/rollback [service] [to v1.2.0] [force] [because reason]`.

    In a hurry nobody writes “because”: the first word that is none of these begins the reason.
    """
    names = {name.lower(): name for name in services}
    words = re.findall(r"\S+", normalise(text))
    service: str | None = None
    version: Version | None = None
    force = False
    rest: list[str] = []
    for place, raw in enumerate(words):
        word = raw.lstrip("-")
        if found := names.get(word.lower()):
            if service is not None:
                raise said_twice("service")
            service = found
        elif named := Version.parse(word):
            if version is not None:
                raise said_twice("version")
            version = named
        elif word.lower() == "force" and (version or _goes_on(words[place + 1 :], names)):
            force = True
        elif word.lower() == "to":
            _expect_version(words[place + 1 : place + 2])
        elif looks_like_version(word):
            raise not_a_version(word)
        else:
            rest = words[place:]
            break
    reason = re.sub(r"^because\b:?", "", " ".join(rest), flags=re.IGNORECASE)
    if rest and not (cleaned := clean_reason(reason)):
        raise Refusal("empty_reason", "“because” needs a reason after it.")
    return RollbackWish(
        service=service, version=version, force=force, reason=cleaned if rest else ""
    )


def _goes_on(following: list[str], names: Mapping[str, str]) -> bool:
    """Whether this is still what is asked for, and not yet why: “force push broke the login”."""
    word = following[0].lstrip("-").lower().rstrip(":") if following else "because"
    return word in ("to", "because") or word in names or Version.parse(word) is not None


def _expect_version(following: list[str]) -> None:
    if following and Version.parse(following[0].lstrip("-")):
        return
    if following and looks_like_version(following[0]):
        raise not_a_version(following[0])
    raise Refusal("no_version", "To which version? For example: {rollback} to v1.2.0")
