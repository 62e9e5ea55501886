"""The grammar of `/deploy`."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployWish:
    """What `/deploy` was asked for; None is what was left out, "" an absent reason."""

    version: Version
    service: str | None = None
    environment: str | None = None
    dry_run: bool = False
    reason: str = ""


def parse_deploy(text: str, services: Iterable[str]) -> DeployWish | None:
    """`/deploy v1.2.1 [service] [to production|staging] [dry-run] [because reason]`; None when
    empty.

    Raises Refusal for every word that is not known, with the nearest known one.
    """
    words, reason = split_reason(text)
    if not words and not reason:
        return None
    names = tuple(services)
    found: dict[str, object] = {}
    after_to = False
    for word in words:
        kind, value = environment_in(word) if after_to else _deploy_word(word, names)
        after_to = kind == "to"
        if kind in found and kind != "dry-run":
            raise said_twice(kind)
        if not after_to:
            found[kind] = value
    version = found.get("version")
    if not isinstance(version, Version):
        raise Refusal("no_version", "Which version? For example: {deploy} v1.2.1")
    if after_to:
        raise Refusal("no_environment", "To which environment? Say: to production, or to staging.")
    service, environment = found.get("service"), found.get("environment")
    return DeployWish(
        version=version,
        service=str(service) if service else None,
        environment=str(environment) if environment else None,
        dry_run="dry-run" in found,
        reason=reason,
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
    if lower == "to":
        return "to", True
    if looks_like_version(word):
        raise not_a_version(word)
    known = (*services, *ENVIRONMENTS, "dry-run", "to", "because")
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
