"""Places: whether staging is named among words that nobody marked as a place."""

import re
from collections.abc import Container

_BEFORE = "on|in|at|from|for|to|env|environment"
_LEADING = rf"(?:(?:{_BEFORE}|the|;) )*"
_SURE = "staging|stg|pre[- ]?prod(?:uction)?"
"""What is no word of everyday reasons."""

_EVERYDAY = "stage|uat"
"""What is one, too, as in “the payment stage”."""

_STAGING = re.compile(
    rf"(?<![^\W_])({_SURE})(?![^\W_])|(?:^{_LEADING}|\b(?:{_BEFORE}) |; )({_EVERYDAY})(?![^\W_])"
)
_ENDING = re.compile(rf"(?:\S+ ){{0,3}}({_EVERYDAY})(?: ;)*")
"""A place at the end of so few words that they hardly are a reason, as “now stage”."""

_ALONE = re.compile(rf"{_LEADING}(?:{_SURE}|{_EVERYDAY})")
_PRODUCTION = re.compile(rf"{_LEADING}prod(?:uction)?(?![\w-])")


def split(text: str) -> list[str]:
    """The words of a text without what is around them; app@v1.2.0 is two."""
    words = (word.strip("_.+-") for word in re.split(r"[^\w.+-]+", text))
    return [word for word in words if word]


def plain(text: str, services: Container[str]) -> str:
    """The words of a text in lower case, a service as “;”."""
    return " ".join(";" if word in services else word for word in split(text.lower()))


def staging_in(said: str) -> str:
    """The word for staging in what `plain` made of a text, or "".

    “staging” and its like are asked about anywhere. “stage” and “uat” are only where a place
    stands: at the beginning, after a service or a preposition, at the end of four words or fewer.
    Where production is what it begins with, that is the place.
    """
    if _PRODUCTION.match(said):
        return ""
    found = _STAGING.search(said) or _ENDING.fullmatch(said)
    return next(filter(None, found.groups())) if found else ""


def is_alone(said: str) -> bool:
    """Whether there is nothing but a word for staging, so that it can be no reason."""
    return _ALONE.fullmatch(said) is not None


def without_prepositions(said: str) -> list[str]:
    """Its words from the first one that may name something."""
    return re.sub(f"^{_LEADING}", "", said + " ").split()
