"""Drills: what marks a text as a rehearsal, and the text without that mark."""

import re
from collections import Counter
from dataclasses import dataclass

from bot.domain.incidents.incidents import Severity

_CALM = "(?:do not|don'?t|no) (?:action|call|escalate|page|panic|react|wake|worry|worries)"
_WORD = re.compile(rf"{_CALM}(?![\w-])|[^\W_]+(?:['-][^\W_]+)*", re.IGNORECASE)
"""A word, as “drill-down” and “it's” are one, or what keeps people calm."""

_TITLE = "|".join((*Severity, "sev[1-4]"))
_OPENS = "a|an|dr|fire|is|it|it's|just|only|planned|practi[cs]e|test|that|this|training"
_DRILL = re.compile(r"(?:(?:dr|fire|practice|test|training)-)?drills?", re.IGNORECASE)
_COMPANION = re.compile(
    rf"{_OPENS}|{_CALM}|[0-9]+|again|all|annual|any(?:body|one)|chaos|day|disaster|disregard"
    r"|every(?:body|one)|exercise|for|game|gameday|have|ignore|in|incident|mock|monthly|my|needed"
    r"|now|of|onboarding|our|part|please|pls|plz|q[1-4]|quarterly|recovery|regular|rehearsal|scheduled"
    r"|testing|thanks|that's|the|this's|today|we|weekly|yearly",
    re.IGNORECASE,
)
"""What is said beside “drill” where users see nothing of it; never “not”."""

_TITLED = re.compile(f"{_COMPANION.pattern}|{_TITLE}", re.IGNORECASE)
_NAMED = rf"(?:{_DRILL.pattern})(?!['-]?[^\W_])"
_LED = re.compile(rf"[\W_]*(?!an?\b)(?:(?:{_OPENS}|{_TITLE})[\W_]+)*{_NAMED}", re.IGNORECASE)
"""A text that begins by saying that it is a drill; an article alone tells of what users see."""

_BRACKETED = re.compile(rf"(?:(?:{_COMPANION.pattern})[\W_]+)*{_NAMED}", re.IGNORECASE)
"""What brackets begin with that may be about a drill: they are asked about, whatever follows."""

_EMOJI = r"(?<![^\W_]):(?!drills?:)[a-z0-9_+'-]+:"
"""The name of an emoji, as Slack types it."""

_PUNCTUATION = re.compile(
    rf"\s?{_EMOJI}\s*"
    r"|(?<![,;:.!?…|])[,;:.!?…|]+\s+[-#*_\"':]*|,(?!\d)|(?:\s[-#*_\"':|=>~]+)+\s*|\s[/\\]+\s+",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    _PUNCTUATION.pattern
    + r"|(?<!not)(?<!not a)(?<!no)\s(?=(?-i:DRILL)\b|(?:this|it|that)(?:'s| is)\b"
    r"|(?:just|only) a\b|test drill\b|drill,? (?:please|pls|plz|ignore|do not)\b)",
    re.IGNORECASE,
)
"""What sets apart: by a sign, as in “…, drill”, or by the sense, as in “… this is a drill”. No name
such as “/drill” is."""

_BRACKETS = re.compile(
    r"\s?[(\[{<][(\[{<\s*_\"']{0,8}([^()\[\]{}<>]*)(?:[)\]}>][)\]}>\s*_\"']{0,8}|$)"
)
_LONE_MARKS = re.compile(r"[()\[\]{}<>*_\"'.!?…]+")
_ATTACHED = re.compile(r"(?:[^\w\s(\[{<]|_)*")
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ('"', '"'), ("'", "'"), ("*", "*"))
_SEPARATING = re.compile(rf"(?:{_EMOJI}|[ ,;:.!?…|=~>/#-])*", re.IGNORECASE)
_REAL = re.compile(r"(?:\(not a drill\)[\W_]*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A text that is marked as a drill: `rest` is what it says besides, on one line, and never
    ends with “(not a drill)”.

    `apart` is whether the mark is surely none of the words that tell what users see.
    """

    rest: str
    apart: bool = True


def is_real(text: str) -> bool:
    """Whether a text says so of itself, by ending with “(not a drill)”, signs aside."""
    return _said_real(text) < len(text)


def marked(text: str) -> Marked | None:
    """What marks one line as a drill; None where nothing does. In linear time.

    A mark is “drill” and nothing but its companions, set apart at the end or the beginning, where
    severities may stand before it. So are brackets anywhere that begin with it, whatever follows.
    A text that begins with “drill”, or says that it is one, is marked though nothing sets that
    apart.
    """
    outside, apart = _without_brackets(text)
    rest = _without_beginning(_without_end(outside))
    if rest != text:
        return Marked(rest=_tidy(rest), apart=apart)
    begun = _after_separators(text)
    led = _LED.match(begun)
    if led is None:
        return None
    rest = _after_separators(_ATTACHED.sub("", begun[led.end() :], count=1))
    return Marked(rest=_tidy(rest), apart=False)


def _tidy(text: str) -> str:
    words = [word for word in text.split() if not _LONE_MARKS.fullmatch(word)]
    tidy = " ".join(words)
    tidy = tidy[: _said_real(tidy)]
    return tidy.strip(" -,;|/=~") if _WORD.search(tidy) else ""


def _said_real(text: str) -> int:
    """Where the “(not a drill)” begins that ends a text; the length of the text if none does."""
    begins = (found.start() for found in _REAL.finditer(text) if found.end() == len(text))
    return next(begins, len(text))


def _after_separators(text: str) -> str:
    return _SEPARATING.sub("", text, count=1)


def _without_brackets(text: str) -> tuple[str, bool]:
    """The text without the brackets that mark it, and whether these surely tell of nothing else."""
    parts, end, marks, apart = [], 0, Counter[str](), True
    for found in _BRACKETS.finditer(text):
        inside = _after_separators(found[1])
        first = _PUNCTUATION.split(inside, maxsplit=1)[0]  # the rest may say whose it is
        bare = _is_bare(first) and _names(first)
        beside = found[0] != text and not found[1].startswith("/")  # more than a name, and not all
        if _BRACKETED.match(inside) and (bare or beside):
            before = text[end : found.start()]
            marks.update(_WORD.sub("", before))
            closing = _left_open(marks, found[0])
            marks.update(closing)
            parts += [before, closing, " "]
            end, apart = found.end(), apart and bare
    return "".join([*parts, text[end:]]), apart


def _without_end(text: str) -> str:
    start, named, end = len(text), False, len(text)
    for found in reversed(list(_SEPARATOR.finditer(text))):
        piece = text[found.end() : end]
        if not _is_bare(piece):
            break
        named = named or _names(piece)
        end = found.start()
        start = end if named else start
    return text[:start] + _left_open(Counter(_WORD.sub("", text[:start])), text[start:])


def _without_beginning(text: str) -> str:
    begin, named, end = 0, False, None
    for found in (*_SEPARATOR.finditer(text), None):
        piece = text[begin : found.start() if found else len(text)]
        if not _is_bare(piece, _COMPANION if named else _TITLED):
            break
        named = named or _names(piece)
        begin = found.end() if found else len(text)
        if named:
            end = found.start() if found else len(text)
    return text if end is None else _after_separators(text[end:])


def _is_bare(piece: str, companion: re.Pattern[str] = _COMPANION) -> bool:
    """Whether there is nothing in it but drills and their companions."""
    words = _WORD.findall(piece)
    return all(companion.fullmatch(word) or _DRILL.fullmatch(word) for word in words)


def _names(piece: str) -> bool:
    return any(map(_DRILL.fullmatch, _WORD.findall(piece)))


def _left_open(before: Counter[str], cut: str) -> str:
    """What of the quotes and brackets that are cut closes one of those before."""
    marks = _WORD.sub("", cut)
    pairs = (pair for pair in _PAIRS if pair[1] in marks)
    return "".join(
        closes
        for opens, closes in pairs
        if (before[opens] % 2 if opens == closes else before[opens] > before[closes])
    )
