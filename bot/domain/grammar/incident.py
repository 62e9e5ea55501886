"""The grammar of `/incident`."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.domain.errors import Refusal
from bot.domain.grammar.words import normalise, one_line
from bot.domain.incidents.incidents import Severity

SEVERITIES = {str(severity): severity for severity in Severity} | {
    f"sev{place}": severity for place, severity in enumerate(Severity, 1)
}
Deed = Literal["open", "list", "update", "playbook", "help"]
_ALONE: dict[str, Deed] = {"help": "help", "list": "list", "playbook": "playbook"}
_ID = re.compile(r"inc-?([1-9][0-9]{0,8})", re.IGNORECASE)
_DRILL = re.compile(r"[-\[(*_\"']*drill[-\])*_\"':,.!]*(?:\s[-:\s]*|$)", re.IGNORECASE)
"""“drill” as the first word, whatever is around it."""

_LEADING = re.compile(
    rf"\W*(?:(?:{'|'.join(SEVERITIES)}|this|it|that|is|it's|just|only|a|an|fire)\W+)*drills?(?!-?\w)",
    re.IGNORECASE,
)
"""A text that begins with a drill, in as many words as it takes to say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentWish:
    """What `/incident` was asked for. An absent severity or text is asked for by a form.

    `maybe_update` is the text of what is an update if there is an incident that it can be for, and
    else opens one.
    """

    deed: Deed
    severity: Severity | None = None
    text: str = ""
    drill: bool = False
    incident: int | None = None
    maybe_update: str = ""


def parse_incident(text: str) -> IncidentWish:
    """`/incident [outage|major|moderate|minor] what users see`, `list`, `update [INC-7] text`,
    `drill …`, `playbook`, `help`.

    In an outage nobody reads a manual: whatever is no command opens an incident, and no text is
    too long.
    """
    whole = one_line(text)
    first, _, rest = whole.partition(" ")
    word = first.lstrip("-").lower()
    if not rest and (deed := _ALONE.get(word)):
        return IncidentWish(deed=deed)
    if word == "update":
        number, _, news = rest.partition(" ")
        if found := _ID.fullmatch(number.rstrip(":")):
            return IncidentWish(deed="update", incident=int(found[1]), text=news.strip())
        if not rest:
            return IncidentWish(deed="update")
        return IncidentWish(deed="open", text=whole, maybe_update=rest)
    if drill := _DRILL.match(whole):
        severity, said = _severity(whole[drill.end() :])
        return IncidentWish(deed="open", severity=severity, text=said, drill=True)
    severity, said = _severity(whole)
    if found := _LEADING.match(said):
        raise _which(severity, said[found.end() :].lstrip(" -:,.!)]*_\"'"))
    return IncidentWish(deed="open", severity=severity, text=said)


def _which(severity: Severity | None, said: str) -> Refusal:
    """A drill or not: what is wrong would wake people, or nobody."""
    return Refusal(
        "drill_or_not",
        "Is it a drill? I opened nothing. A drill: {incident} drill {said}. "
        "If it is real, begin with what users see, and not with “drill”: {incident} {severity} …",
        said=" ".join(filter(None, (severity, said))) or "…",
        severity=severity or "outage",
    )


def _severity(text: str) -> tuple[Severity | None, str]:
    first, _, rest = text.partition(" ")
    severity = SEVERITIES.get(normalise(first).strip("-:").lower())
    return (severity, rest.strip()) if severity else (None, text)
