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
_ID = re.compile(
    r"[\"'(\[]?(?:(inc[- #]{0,2}|#))?([1-9][0-9]{0,8})[\"')\]]?([:,.;]?)(?:\s(.*)|$)", re.IGNORECASE
)
"""An incident that an update is for, as INC-7, #7 or 7:, and the news."""

_DRILL = re.compile(
    r"-*(?:(\*{0,2}|[_\"']?)drill[:,.!]{0,3}\1|\(drill[:,.!]*\)|\[drill[:,.!]*\])[-:,.!]*(?:\s[-:\s]*|$)",
    re.IGNORECASE,
)
"""“drill” as the first word; what opens before it closes right behind, unlike “(drill press)”."""

_SAYS_DRILL = re.compile(r"(?<![^\W_])drills?(?!-?[^\W_])", re.IGNORECASE)
"""The word anywhere; “drill-down” is another."""

_SAYS_REAL = re.compile(r"(?<![^\W_])(?:not|no)\s(?:an?\s)?drills?(?![^\W_])", re.IGNORECASE)
_ENDS_REAL = re.compile(r"\(not a drill\)[\W_]*$", re.IGNORECASE)


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
    too long. But a text with the word “drill” in it that does not begin with that is asked about:
    to ask costs a moment, to wake people for nothing a night. One that says “not a drill” is not.
    """
    whole = one_line(text)
    first, _, rest = whole.partition(" ")
    word = first.lstrip("-").rstrip(":").lower()
    if not rest and (deed := _ALONE.get(word)):
        return IncidentWish(deed=deed)
    if word == "update":
        if found := _ID.match(rest):
            return _update(*found.groups(default=""))
        if not rest:
            return IncidentWish(deed="update")
        return IncidentWish(deed="open", text=whole, maybe_update=rest)
    drill = _DRILL.match(whole)
    if drill and not _ENDS_REAL.search(whole):
        severity, said = _severity(whole[drill.end() :])
        return IncidentWish(deed="open", severity=severity, text=_undrilled(said), drill=True)
    severity, said = _severity(whole)
    if _SAYS_DRILL.search(said) and not _SAYS_REAL.search(said):
        raise _which(severity, said)
    return IncidentWish(deed="open", severity=severity, text=said)


def _update(name: str, number: str, mark: str, news: str) -> IncidentWish:
    """News of that incident; a number that may be a part of them goes to no other one."""
    news = news.strip()
    if news and not name and mark != ":":
        raise Refusal(
            "incident_or_news",
            "Is {number} the incident? I posted nothing. If it is: {incident} update INC-{number} "
            "{news}. If it belongs to the news, begin these with a word.",
            number=number,
            news=news,
        )
    return IncidentWish(deed="update", incident=int(number), text=news)


def _which(severity: Severity | None, said: str) -> Refusal:
    """A drill or not: what is wrong would wake people, or nobody."""
    return Refusal(
        "drill_or_not",
        "Is it a drill? I opened nothing. A drill: {incident} drill {drill}. "
        "If it is real, say so: {incident} {real} (not a drill)",
        drill=" ".join(filter(None, (severity, _undrilled(said)))) or "…",
        real=f"{severity or 'outage'} {said}",
    )


def _undrilled(said: str) -> str:
    """Without the “drill” that it begins with."""
    drill = _DRILL.match(said)
    return said[drill.end() :] if drill else said


def _severity(text: str) -> tuple[Severity | None, str]:
    first, _, rest = text.partition(" ")
    severity = SEVERITIES.get(normalise(first).strip("-:").lower())
    return (severity, rest.strip()) if severity else (None, text)
