"""Words: numbers and lists as they read in a sentence."""

from collections.abc import Sequence

MOST_LISTED = 10


def count(number: int, noun: str) -> str:
    """1 check, 3 checks."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listing(names: Sequence[str]) -> str:
    """The names with commas, the first ten of them."""
    rest = len(names) - MOST_LISTED
    return ", ".join(names[:MOST_LISTED]) + (f" and {rest} more" if rest > 0 else "")


def shortened(text: str, most: int) -> str:
    """A plain text of at most so many characters; an ellipsis says that there was more."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
