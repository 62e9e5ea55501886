"""The grammar of `/deploy`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.errors import Refusal
from bot.domain.grammar.words import (
    ENVIRONMENTS,
    environment_in,
    hint,
    not_a_version,
    said_twice,
    split_reason,
)
from bot.domain.versions import Version, looks_like_version

SHORTEST_REASON = 10
"""Characters of a hotfix's reason: a sentence that can be read a year later."""

_OPENING = ("to", "hotfix")
"""Words that say what the next one is."""

_INCIDENT = re.compile("inc-([1-9][0-9]{0,8})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployWish:
    """What `/deploy` was asked for; None is what was left out, "" an absent reason."""

    version: Version
    service: str | None = None
    environment: str | None = None
    dry_run: bool = False
    incident: str | None = None
    reason: str = ""

    def __str__(self) -> str:
        """The same wish as somebody could type it."""
        words = [str(self.version), self.service or ""]
        words += ["to", self.environment] if self.environment else []
        words += ["dry-run"] if self.dry_run else []
        words += ["hotfix", self.incident] if self.incident else []
        words += ["because", self.reason] if self.reason else []
        return " ".join(filter(None, words))


def parse_deploy(text: str, services: Iterable[str]) -> DeployWish | None:
    """`/deploy v1.2.1 [service] [to production|staging] [dry-run] [hotfix INC-7] [because reason]`;
    None when empty.

    Raises Refusal for every word that is not known, with the nearest known one.
    """
    words, reason = split_reason(text)
    if not words and not reason:
        return None
    names = tuple(services)
    found: dict[str, object] = {}
    before = ""
    kind: str
    value: object
    for word in words:
        match before:
            case "to":
                kind, value = environment_in(word)
            case "hotfix":
                kind, value = "incident", incident_in(word)
            case _:
                kind, value = _deploy_word(word, names)
        before = kind
        if kind in found and kind != "dry-run":
            raise said_twice(kind)
        if kind not in _OPENING:
            found[kind] = value
    version = found.get("version")
    if not isinstance(version, Version):
        raise Refusal("no_version", "Which version? For example: {deploy} v1.2.1")
    if before == "to":
        raise Refusal("no_environment", "To which environment? Say: to production, or to staging.")
    if before == "hotfix":
        raise _no_incident()
    named = {
        kind: str(found[kind]) for kind in ("service", "environment", "incident") if kind in found
    }
    return hotfix_checked(
        DeployWish(version=version, dry_run="dry-run" in found, reason=reason, **named)
    )


def incident_in(word: str) -> str:
    """The id of an incident as people read it: INC-7; refuses anything else."""
    found = _INCIDENT.fullmatch(word)
    if found is None:
        raise _no_incident()
    return f"INC-{found[1]}"


def hotfix_checked(wish: DeployWish) -> DeployWish:
    """The wish; refuses a hotfix that does not say why."""
    if wish.incident and len(wish.reason) < SHORTEST_REASON:
        raise Refusal(
            "hotfix_without_reason",
            "A hotfix skips checks, so say why in at least {least} characters: "
            "{deploy} {version} hotfix {incident} because sign-in is broken",
            least=SHORTEST_REASON,
            version=wish.version,
            incident=wish.incident,
        )
    return wish


def _no_incident() -> Refusal:
    return Refusal(
        "no_incident",
        "A hotfix for which incident? "
        "For example: {deploy} v1.2.2 hotfix INC-7 because sign-in is broken",
    )


def _deploy_word(raw: str, services: tuple[str, ...]) -> tuple[str, object]:
    word = raw.lstrip("-")
    lower = word.lower()
    if version := Version.parse(word):
        return "version", version
    if service := next((name for name in services if name.lower() == lower), None):
        return "service", service
    if lower in ENVIRONMENTS:
        return environment_in(word)
    if lower in ("dry-run", "dryrun"):
        return "dry-run", True
    if lower in _OPENING:
        return lower, True
    if looks_like_version(word):
        raise not_a_version(word)
    known = (*services, *ENVIRONMENTS, "dry-run", "to", "hotfix", "because")
    if not services or get_close_matches(lower, known, n=1):
        advice = hint(lower, known)
    else:
        advice = f" Services are: {', '.join(services[:20])}. A reason begins with “because”."
    raise Refusal(
        "unknown_word",
        "I do not understand “{word}”, so nothing was deployed.{hint}",
        word=raw,
        hint=advice,
    )
