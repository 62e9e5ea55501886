"""The grammar of `/deployments audit`."""

import re
from dataclasses import dataclass

from bot.domain.errors import Refusal
from bot.domain.grammar.words import normalise, once, page_number

_SUBJECT = re.compile("(?:D|INC-|L)[1-9][0-9]{0,11}", re.IGNORECASE)
_ID = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditWish:
    """Of what the audit trail is to be shown: a deployment, an incident or a lock by its name, a
    person by their Slack id or by a name after an @.
    """

    subject: str | None = None
    person: str | None = None
    page: int = 1

    @property
    def words(self) -> str:
        """What was typed, but for the page."""
        return " ".join(filter(None, (self.subject, self.person and f"@{self.person}")))


def parse_audit(text: str) -> AuditWish:
    """`[D12 | INC-7 | L3] [@person] [page N]`, in any order; a name may have several words."""
    subject = person = page = None
    name: list[str] | None = None
    words = iter(normalise(text).split())
    for word in words:
        if _SUBJECT.fullmatch(word):
            subject = once("subject", subject, word.upper())
        elif found := _ID.fullmatch(word):
            person = once("person", person, found[1])
        elif word.startswith("@") and word != "@":
            name = once("person", name, [word[1:]])
        elif word.lower() == "page":
            page = once("page", page, page_number(next(words, "")))
        elif name:
            name.append(word)
        else:
            raise Refusal(
                "unknown_word",
                "I do not understand “{word}”. For example: {deployments} audit D12, "
                "audit INC-7, audit @ana page 2",
                word=word,
            )
    if name:
        person = once("person", person, " ".join(name))
    return AuditWish(subject=subject, person=person, page=page or 1)
