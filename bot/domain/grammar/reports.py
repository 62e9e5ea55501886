"""The grammar of `/deployments`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.errors import Refusal
from bot.domain.grammar.words import ENVIRONMENTS, hint, normalise, once, one_line

REPORTS = ("status", "show", "why", "locks", "validate", "help")
ACTS = ("history", "lock", "unlock", "freeze", "notify", "notes", "metrics", "audit")
"""What `/deployments` does besides: each has a grammar of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWish:
    """What `/deployments` was asked for; of one deployment its number, where that was typed, and
    what was typed: the history may know one by that.
    """

    report: str
    service: str | None = None
    environment: str | None = None
    deployment: int | None = None
    typed: str = ""


def parse_report(text: str, services: Iterable[str]) -> ReportWish:
    """`/deployments status|locks|validate [service] [environment]`, `show|why ID`, `help`."""
    words = normalise(text).split()
    if not words:
        return ReportWish(report="status")
    report, rest = words[0].lower(), words[1:]
    if report not in REPORTS:
        raise Refusal(
            "unknown_report",
            "I know no “{word}”.{hint}",
            word=words[0],
            hint=hint(report, (*REPORTS, *ACTS), every=True),
        )
    if report in ("show", "why"):
        return _of_one(report, one_line(" ".join(rest)))
    names = {name.lower(): name for name in services}
    service = environment = None
    for word in rest:
        lower = word.lower()
        if lower in names:
            service = once("service", service, names[lower])
        elif lower in ENVIRONMENTS:
            environment = once("environment", environment, ENVIRONMENTS[lower])
        else:
            known = (*names.values(), *ENVIRONMENTS)
            raise Refusal(
                "unknown_word",
                "I do not understand “{word}”.{hint}",
                word=word,
                hint=hint(lower, known, every=True),
            )
    return ReportWish(report=report, service=service, environment=environment)


def _of_one(report: str, typed: str) -> ReportWish:
    if not typed:
        raise no_deployment(report)
    found = re.fullmatch("#?[dD]?([0-9]{1,12})[.,;:]?", typed)
    return ReportWish(report=report, deployment=int(found[1]) if found else None, typed=typed)


def no_deployment(report: str, typed: str = "") -> Refusal:
    """None was named, or by words that are no name of one."""
    unknown = "I know none called “{typed}”. " if typed else ""
    return Refusal(
        "no_deployment_id",
        f"Which deployment? {unknown}For example: {{deployments}} {{report}} D12",
        report=report,
        typed=typed,
    )
