"""New issues: how an error tracker's count of them is read, whichever tracker it is."""

from datetime import timedelta

from bot.domain.deployments.validation import Outcome, Reading
from bot.ports.monitors import Question

LATELY = timedelta(hours=24)
"""What is new before a deployment."""


def reading(
    url: str, question: Question, outcome: Outcome, text: str, value: float | None = None
) -> Reading:
    """How many there are, beside how many were new of late before the deployment; `value` is None
    where nobody counted.
    """
    before = question.before.value if question.before else None
    was = f" (before: {before:.0f} within {hours(LATELY)} h)" if before else ""
    return Reading(
        what="issues",
        outcome=outcome,
        text=text if value is None else f"{text}{was}",
        at=question.now,
        value=value,
        baseline=before,
        unit="issues",
        url=url,
    )


def in_words(titles: list[str]) -> str:
    """How many are new, and the first of them."""
    if not titles:
        return "no new issues"
    named = "; ".join(title[:80] for title in titles[:2])
    return f"{len(titles)} new {'issue' if len(titles) == 1 else 'issues'}: {named}"


def of_late(titles: list[str]) -> str:
    """How many open ones were seen for the first time lately, and the first of them."""
    return f"{in_words(titles)} (first seen within {hours(LATELY)} h, unresolved)"


def hours(length: timedelta) -> int:
    """A length in whole hours."""
    return length // timedelta(hours=1)
