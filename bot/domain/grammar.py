"""Grammar: what a person typed after a command, as values; a typo is a refusal, never a reason."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from bot.domain.errors import Refusal
from bot.domain.versions import Version, looks_like_version

ENVIRONMENTS = {"production": "production", "prod": "production", "staging": "staging"}
KEYWORDS = frozenset({*ENVIRONMENTS, "to", "dry-run", "dryrun", "because", "page", "help"})
"""Words that mean something by themselves, so that no service can have them as its name."""

MAX_REASON = 500
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»″＂"), '"') | dict.fromkeys(map(ord, "‘’‚‛′"), "'")

_MARKS = "\"'"
_QUOTED = re.compile(r"([\"'])(?:(?!\1(?:\s|$)).)*\1")
"""From a quotation mark to the same one at the end, which closes no word before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployWish:
    """What `/deploy` was asked for; None is what was left out, "" an absent reason."""

    version: Version
    service: str | None = None
    environment: str | None = None
    dry_run: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWish:
    """What `/deployments` was asked for."""

    report: str
    service: str | None = None
    environment: str | None = None
    deployment: int | None = None
    page: int = 1


def normalise(text: str) -> str:
    """The text with typographic dashes and quotes as ASCII and without invisible characters."""
    text = unicodedata.normalize("NFC", text).translate(_DASHES).translate(_QUOTES)
    return "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C"
    )


def clean_reason(text: str) -> str:
    """A free text as one line without quotes around it; refuses one that is too long to read on a
    card.
    """
    reason = _unquoted(" ".join(normalise(text).split()))
    if len(reason) > MAX_REASON:
        raise Refusal(
            "reason_too_long",
            "The reason has {length} characters; {most} are enough. "
            "Shorten it and link to the rest.",
            length=len(reason),
            most=MAX_REASON,
        )
    return reason


def parse_deploy(text: str, services: Iterable[str]) -> DeployWish | None:
    """`/deploy v1.2.1 [service] [to production|staging] [dry-run] [because reason]`; None when
    empty.

    Raises Refusal for every word that is not known, with the nearest known one.
    """
    words, reason = _split_reason(text)
    if not words and not reason:
        return None
    names = tuple(services)
    found: dict[str, object] = {}
    after_to = False
    for word in words:
        kind, value = _environment(word) if after_to else _deploy_word(word, names)
        after_to = kind == "to"
        if kind in found and kind != "dry-run":
            raise _said_twice(kind)
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


def _environment(raw: str) -> tuple[str, str]:
    lower = raw.lstrip("-").lower()
    if lower in ENVIRONMENTS:
        return "environment", ENVIRONMENTS[lower]
    raise Refusal(
        "unknown_environment",
        "I know no environment “{word}”.{hint}",
        word=raw,
        hint=_hint(lower, ENVIRONMENTS),
    )


def _deploy_word(raw: str, services: tuple[str, ...]) -> tuple[str, object]:
    word = raw.lstrip("-")
    lower = word.lower()
    if version := Version.parse(word):
        return "version", version
    if service := next((name for name in services if name.lower() == lower), None):
        return "service", service
    if lower in ENVIRONMENTS:
        return _environment(word)
    if lower in ("dry-run", "dryrun"):
        return "dry-run", True
    if lower == "to":
        return "to", True
    if looks_like_version(word):
        raise _not_a_version(word)
    known = (*services, *ENVIRONMENTS, "dry-run", "to", "because")
    if not services or get_close_matches(lower, known, n=1):
        advice = _hint(lower, known)
    else:
        advice = f" Services are: {', '.join(services[:20])}. A reason begins with “because”."
    raise Refusal(
        "unknown_word",
        "I do not understand “{word}”, so nothing was deployed.{hint}",
        word=raw,
        hint=advice,
    )


def _said_twice(kind: str) -> Refusal:
    return Refusal("said_twice", "Two {kind}s are named, and I take one. Leave one out.", kind=kind)


def _not_a_version(word: str) -> Refusal:
    guess = Version.parse("v" + word.lstrip("vV"))
    hint = f" Did you mean {guess}?" if guess else " A version looks like v1.2.1."
    return Refusal("not_a_version", "“{word}” is no version.{hint}", word=word, hint=hint)


T = TypeVar("T")
REPORTS = ("status", "history", "show", "why", "help")


def parse_report(text: str, services: Iterable[str]) -> ReportWish:
    """`/deployments status|history [service] [environment] [page N]`, `show|why ID`, `help`."""
    words = normalise(text).split()
    if not words:
        return ReportWish(report="status")
    report, rest = words[0].lower(), words[1:]
    if report not in REPORTS:
        raise Refusal(
            "unknown_report",
            "I know no “{word}”.{hint}",
            word=words[0],
            hint=_hint(report, REPORTS, every=True),
        )
    if report in ("show", "why"):
        return ReportWish(report=report, deployment=_deployment_id(rest, report))
    names = {name.lower(): name for name in services}
    service = environment = page = None
    words_left = iter(rest)
    for word in words_left:
        lower = word.lower()
        if lower in names:
            service = _once("service", service, names[lower])
        elif lower in ENVIRONMENTS:
            environment = _once("environment", environment, ENVIRONMENTS[lower])
        elif lower == "page":
            page = _once("page", page, _page(next(words_left, "")))
        else:
            known = (*names.values(), *ENVIRONMENTS, "page")
            raise Refusal(
                "unknown_word",
                "I do not understand “{word}”.{hint}",
                word=word,
                hint=_hint(lower, known, every=True),
            )
    return ReportWish(report=report, service=service, environment=environment, page=page or 1)


def _once(kind: str, before: T | None, now: T) -> T:
    if before is not None:
        raise _said_twice(kind)
    return now


def _page(word: str) -> int:
    if re.fullmatch("[1-9][0-9]{0,4}", word):
        return int(word)
    raise Refusal("no_page", "Which page? For example: page 2")


def _deployment_id(words: list[str], report: str) -> int:
    if len(words) == 1 and (found := re.fullmatch("[dD]?([0-9]{1,12})", words[0])):
        return int(found[1])
    raise Refusal(
        "no_deployment_id",
        "Which deployment? For example: {deployments} {report} D12",
        report=report,
    )


def _split_reason(text: str) -> tuple[list[str], str]:
    """The words before the reason, and the reason: all after “because”, or the quoted rest."""
    clean = normalise(text)
    start = re.search(r"(?:^|\s)(because\b:?|[\"'])", clean, re.IGNORECASE)
    if start is None:
        return clean.split(), ""
    head, tail = clean[: start.start(1)], clean[start.start(1) :].strip()
    if tail[0] in _MARKS:
        if not _QUOTED.fullmatch(tail):
            raise Refusal(
                "half_quoted",
                "I take a reason in quotes only as the rest of the line: {quoted}. "
                "Put it last, or write because before it.",
                quoted=tail,
            )
    else:
        tail = re.sub(r"^because\b:?", "", tail, flags=re.IGNORECASE)
    reason = clean_reason(tail)
    if not reason:
        raise Refusal("empty_reason", "“because” needs a reason after it.")
    return head.split(), reason


def _unquoted(text: str) -> str:
    """Without the quotes around the whole of it; nothing when it is nothing but quotes."""
    if not text.strip(_MARKS + " "):
        return ""
    return text[1:-1].strip() if _QUOTED.fullmatch(text) else text


def _hint(word: str, known: Iterable[str], *, every: bool = False) -> str:
    choices = tuple(dict.fromkeys(known))
    close = get_close_matches(word, choices, n=1)
    if close:
        return f" Did you mean “{close[0]}”?"
    return f" Known are: {', '.join(choices[:20])}." if every or len(choices) <= 6 else ""
