"""Choices: what a person may decide about a deployment that is degraded."""

from enum import StrEnum

from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks import switching


class Choice(StrEnum):
    """One of them, as its button says it."""

    RETRY = "Retry"
    MARK_GOOD = "Mark Good"
    ROLL_BACK = "Roll Back"
    CLOSE = "Close as Failed"


def choices(deployment: Deployment) -> tuple[Choice, ...]:
    """Those that there are, in the order in which they are shown. What is not there, or broken, is
    good by nobody's word.
    """
    d = deployment
    may = {
        Choice.RETRY: bool(switching.retried(d.steps)),
        Choice.MARK_GOOD: not d.is_half_back and switching.may_be_good(d.steps),
    }
    return tuple(one for one in Choice if may.get(one, True))
