"""Drills: what marks a text as a rehearsal, and the text without that mark."""

import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass

_CALM = "(?:do not|don'?t|no) (?:call|escalate|page|panic|react|wake|worry|worries)"
_WORD = re.compile(rf"{_CALM}(?![\w-])|[^\W_]+(?:['-][^\W_]+)*", re.IGNORECASE)
"""A word, as “drill-down” and “it's” are one, or what keeps people calm."""

_DRILL = re.compile(r"(?:(?:dr|fire|practice|test|training)-)?drills?", re.IGNORECASE)
_COMPANION = re.compile(
    rf"{_CALM}|[0-9]+|a|again|all|an|annual|any(?:body|one)|day|disregard|dr|every(?:body|one)"
    r"|exercise|fire|for|game|ignore|in|is|it|it'?s|just|monthly|my|now|of|only|our|part|planned"
    r"|please|pls|plz|practi[cs]e|quarterly|regular|rehearsal|scheduled|test|testing|thanks|that"
    r"|that's|the|this|this's|today|training|weekly|yearly",
    re.IGNORECASE,
)
"""What is said beside “drill” where users see nothing of it; never “not”."""

_OPENS = re.compile(
    "a|an|dr|fire|is|it|it's|just|only|planned|practi[cs]e|test|that|this|training", re.IGNORECASE
)
"""What leads to “drill” in a text that begins by saying that it is one; an article alone tells of
what users see.
"""

_ARTICLE = re.compile("an?", re.IGNORECASE)
_PUNCTUATION = re.compile(
    r"(?<![,;:.!?…|])[,;:.!?…|]+\s+[-#*_\"':]*|,(?!\d)|(?:\s[-#*_\"':|=>~]+)+\s*|\s[/\\]+\s+"
)
_SEPARATOR = re.compile(
    _PUNCTUATION.pattern
    + r"|(?<!not)(?<!not a)(?<!no)\s(?=(?-i:DRILL)\b|(?:this|it|that)(?:'s| is)\b"
    r"|(?:just|only) a\b|drill,? (?:please|pls|plz|ignore|do not)\b)",
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
_SEPARATING = " ,;:.!?…|-=~>/#"
_REAL = "(not a drill)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A text that is marked as a drill: `rest` is what it says besides, on one line.

    `apart` is whether the mark is surely none of the words that tell what users see.
    """

    rest: str
    apart: bool = True


def is_real(text: str) -> bool:
    """Whether a text says so of itself, by ending with “(not a drill)”."""
    return text.lower().rstrip(" .!").endswith(_REAL)


def marked(text: str, titles: Container[str]) -> Marked | None:
    """What marks one line as a drill; None where nothing does. In linear time.

    A mark is “drill” and nothing but its companions: first in brackets anywhere, or set apart at
    the end or the beginning, where some of `titles`, in lower case, may stand before it. A text
    that begins with “drill”, or says that it is one, is marked though nothing sets that apart.
    """
    rest = _without_beginning(_without_end(_without_brackets(text)), titles)
    if rest != text:
        return Marked(rest=_tidy(rest))
    end = _led_by(text, titles)
    if not end:
        return None
    rest = _ATTACHED.sub("", text[end:], count=1).lstrip(_SEPARATING)
    return Marked(rest=_tidy(rest), apart=False)


def _tidy(text: str) -> str:
    words = [word for word in text.split() if not _LONE_MARKS.fullmatch(word)]
    return " ".join(words).strip(" -,;|/=~") if _WORD.search(text) else ""


def _without_brackets(text: str) -> str:
    parts, end, marks = [], 0, Counter[str]()
    for found in _BRACKETS.finditer(text):
        first = _PUNCTUATION.split(found[1].strip(), maxsplit=1)[0]  # the rest may say whose it is
        if _is_bare(first) and _names(first):
            before = text[end : found.start()]
            marks.update(_WORD.sub("", before))
            closing = _left_open(marks, found[0])
            marks.update(closing)
            parts += [before, closing, " "]
            end = found.end()
    return "".join([*parts, text[end:]])


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


def _without_beginning(text: str, titles: Container[str]) -> str:
    begin, named, end = 0, False, None
    for found in (*_SEPARATOR.finditer(text), None):
        piece = text[begin : found.start() if found else len(text)]
        if not _is_bare(piece, () if named else titles):
            break
        named = named or _names(piece)
        begin = found.end() if found else len(text)
        if named:
            end = found.start() if found else len(text)
    return text if end is None else text[end:].lstrip(_SEPARATING)


def _led_by(text: str, titles: Container[str]) -> int:
    """Where the drill ends that a text begins with although nothing sets it apart, else 0. “A drill
    press” is none.
    """
    for place, found in enumerate(_WORD.finditer(text)):
        if _DRILL.fullmatch(found[0]):
            return found.end()
        article = place == 0 and _ARTICLE.fullmatch(found[0])
        if article or not (_OPENS.fullmatch(found[0]) or found[0].lower() in titles):
            break
    return 0


def _is_bare(piece: str, titles: Container[str] = ()) -> bool:
    """Whether there is nothing in it but drills and their companions."""
    words = _WORD.findall(piece)
    return all(
        _COMPANION.fullmatch(word) or _DRILL.fullmatch(word) or word.lower() in titles
        for word in words
    )


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
