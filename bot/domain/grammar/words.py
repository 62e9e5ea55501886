"""Words: what all commands have in common: text made plain, reasons, and hints for typos."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TypeVar

from bot.domain.errors import Refusal
from bot.domain.versions import Version

T = TypeVar("T")
ENVIRONMENTS = {"production": "production", "prod": "production", "staging": "staging"}
_WORDS = "to dry-run dryrun because force page help for hotfix"
KEYWORDS = frozenset({*ENVIRONMENTS, *_WORDS.split()})
"""Words that mean something by themselves, so that no service can have them as its name."""

MAX_REASON = 500
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»″＂"), '"') | dict.fromkeys(map(ord, "‘’‚‛′"), "'")

_MARKS = "\"'"
_QUOTED = re.compile(r"([\"'])(?:(?!\1(?:\s|$)).)*\1")
"""From a quotation mark to the same one at the end, which closes no word before."""
_SPAN = re.compile(r"(?<!\S)([\"'])((?:(?!\1).)+)\1(?!\S)")
"""Words in quotes, none of which they cut."""
_BECAUSE = re.compile(r"(?:^|\s)because\b", re.IGNORECASE)


def normalise(text: str) -> str:
    """The text with typographic dashes and quotes as ASCII and without invisible characters."""
    text = unicodedata.normalize("NFC", text).translate(_DASHES).translate(_QUOTES)
    return "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C"
    )


def same_name(one: str, other: str) -> bool:
    """Whether two names of people are the same, however they are written."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(normalise(name).split()).casefold()


def one_line(text: str) -> str:
    """A free text as one line without quotes around it, however long."""
    return _unquoted(" ".join(normalise(text).split()))


def clean_reason(text: str) -> str:
    """A free text as one line without quotes around it; refuses one that is too long to read on a
    card.
    """
    reason = one_line(text)
    if len(reason) > MAX_REASON:
        raise Refusal(
            "reason_too_long",
            "The reason has {length} characters; {most} are enough. "
            "Shorten it and link to the rest.",
            length=len(reason),
            most=MAX_REASON,
        )
    return reason


def environment_in(raw: str) -> tuple[str, str]:
    """("environment", its full name) for a word that names one; refuses any other."""
    lower = raw.lstrip("-").lower()
    if lower in ENVIRONMENTS:
        return "environment", ENVIRONMENTS[lower]
    raise Refusal(
        "unknown_environment",
        "I know no environment “{word}”.{hint}",
        word=raw,
        hint=hint(lower, ENVIRONMENTS),
    )


def once(kind: str, before: T | None, now: T) -> T:
    """A word of that kind; refuses the second one."""
    if before is not None:
        raise said_twice(kind)
    return now


def page_number(word: str) -> int:
    """The number after “page”."""
    if re.fullmatch("[1-9][0-9]{0,4}", word):
        return int(word)
    raise Refusal("no_page", "Which page? For example: page 2")


def said_twice(kind: str) -> Refusal:
    """What is told when two words of one kind were typed."""
    return Refusal("said_twice", "Two {kind}s are named, and I take one. Leave one out.", kind=kind)


def not_a_version(word: str) -> Refusal:
    """What is told about a word that looks like a version and is none."""
    guess = Version.parse("v" + word.lstrip("vV"))
    advice = f" Did you mean {guess}?" if guess else " A version looks like v1.2.1."
    return Refusal("not_a_version", "“{word}” is no version.{hint}", word=word, hint=advice)


def split_reason(text: str) -> tuple[list[str], str]:
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


def bare_arguments(text: str, is_argument: Callable[[str], bool]) -> str:
    """The text as `normalise` makes it, without quotes around words that are nothing but arguments;
    what “because” begins stays as it is.
    """
    clean = normalise(text)
    because = _BECAUSE.search(clean)
    end = because.start() if because else len(clean)

    def bare(found: re.Match[str]) -> str:
        words = found[2].split()
        return found[2] if words and all(map(is_argument, words)) else found[0]

    return _SPAN.sub(bare, clean[:end]) + clean[end:]


def is_quoted(text: str) -> bool:
    """Whether a text that `normalise` made is one in quotes."""
    return _QUOTED.fullmatch(text) is not None


def _unquoted(text: str) -> str:
    """Without the quotes around the whole of it; nothing when it is nothing but quotes."""
    if not text.strip(_MARKS + " "):
        return ""
    return text[1:-1].strip() if _QUOTED.fullmatch(text) else text


def hint(word: str, known: Iterable[str], *, every: bool = False) -> str:
    """The nearest known word as a question, else the known ones where they are few or `every` is
    set.
    """
    choices = tuple(dict.fromkeys(known))
    close = get_close_matches(word, choices, n=1)
    if close:
        return f" Did you mean “{close[0]}”?"
    return f" Known are: {', '.join(choices[:20])}." if every or len(choices) <= 6 else ""
